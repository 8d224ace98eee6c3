"""What findings may quote: a file that is likely what it should be. Any other may be anyone's, and hold secrets."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace

from builder.findings import Finding, Phrase, rules
from builder.manifest.yaml.document import Document

# Of these the words are the program's own, whatever the file holds.
_BARE = frozenset({"E101", "E102", "E103", "E107", "E108", "E109", "E110", "E111", "E112", "E202"})
_LEAST_KEYS = 2


def quoted(
    document: Document, findings: Iterable[Finding], keys: Collection[str], unlike: Phrase
) -> tuple[tuple[str, ...], list[Finding]]:
    """The lines of a file that findings may show, and the findings: as they are where at least two of `keys` are in
    the file, which makes it likely what it should be; else without a word of it, and with the help `unlike`.
    """
    if len(_keys_in(document).intersection(keys)) >= _LEAST_KEYS:
        return document.lines, [*findings]
    is_map = document.root is not None and isinstance(document.root.value, dict)
    return (), [
        finding
        if finding.code in _BARE or (finding.code == "E219" and not is_map)
        else replace(finding, message=rules()[finding.code].title, help=str(unlike), track="", problem=None)
        for finding in findings
    ]


def _keys_in(document: Document) -> set[str]:
    """The keys at the top of a file; if it is not YAML, the words in the places of keys."""
    root = document.root
    if root is not None:
        return {*root.value} if isinstance(root.value, dict) else set()
    found = (re.match(r"""[{\s]*["']?(\w+)["']?\s*:""", line) for line in document.lines)
    return {match[1] for match in found if match}

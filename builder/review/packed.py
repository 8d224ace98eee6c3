"""A pack that was built, as its record alone describes it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from builder.review.compare import State
from builder.review.report import TreeRow, tree_lines
from builder.text import length, many, printable, size


def pack_text(records: Sequence[Mapping[str, Any]], state: State) -> str:
    """What is on the cards of a pack, what they were made from, and what was found wrong then."""
    head, rows = state.head, state.rows
    folders = {(row.path or "").rpartition("/")[0] for row in rows}
    cards = f" on {len(records)} cards" if len(records) > 1 else ""
    sums = f"{length(sum(row.seconds or 0 for row in rows))}, {size(sum(row.bytes or 0 for row in rows))}"
    what = f"{head.get('pack')} for {head.get('profile')}, as it was built{cards}"
    out = [f"{what}: {many(len(rows), 'track')} in {many(len(folders), 'folder')}, {sums}"]
    tree = [
        TreeRow(path=row.path or "", seconds=row.seconds or 0, bytes=row.bytes or 0, text=row.title)
        for row in rows
    ]
    out += [*tree_lines(tree, {}), *_origin(records[0]), *_findings(records)]
    return "\n".join(printable(line) for line in out)


def _origin(record: Mapping[str, Any]) -> Iterator[str]:
    manifest = record.get("manifest")
    if isinstance(manifest, dict):
        yield f"of the manifest {manifest.get('file')}, sha256 {str(manifest.get('sha256'))[:16]}..."
    else:
        yield "its record is of an older kind, and says neither the manifest nor what was found wrong"


def _findings(records: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    found: dict[str, None] = {}
    for record in records:
        for one in record.get("findings") or ():
            track = f"{one['track']}: " if one.get("track") else ""
            found[f"{one.get('code')} {one.get('severity')}: {track}{one.get('message')}"] = None
    if found:
        yield f"found wrong when it was built: {many(len(found), 'warning')}"
        yield from (f"  {line}" for line in found)

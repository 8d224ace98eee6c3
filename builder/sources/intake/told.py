"""What there is to say of a file or folder that was looked at: a finding whose place is the file itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from builder.findings import Finding, Place


def told(code: str, path: str, message: str, help_text: str = "") -> Finding:
    """A finding of a path relative to the folder that was given; "" is that folder."""
    return Finding(code=code, place=Place(file=path, is_binary=True), message=message, help=help_text)


def below(folder: Path, findings: Iterable[Finding]) -> list[Finding]:
    """Findings with the folder that was given before the paths in them."""
    return [
        replace(finding, place=replace(finding.place, file=str(folder / finding.place.file)))
        for finding in findings
    ]

"""The one way to a pack: file -> nodes -> models -> pack, and the findings of all three."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from builder.findings import Finding, in_order
from builder.manifest.models import Manifest
from builder.manifest.pack import Pack
from builder.manifest.resolve import resolve
from builder.manifest.yaml.document import read_document
from builder.manifest.yaml.quoting import quoted
from builder.manifest.yaml.validate import validate

_KEYS = ("pack", "title", "language", "sections")


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """`pack` may lack what the findings spoke of; build it only when there are no errors among them."""

    file: str
    lines: tuple[str, ...]
    pack: Pack | None
    findings: tuple[Finding, ...]


def load_pack(path: Path) -> Loaded:
    """Read a manifest. OSError when the file cannot be read; all else is a finding."""
    document = read_document(path)
    findings = list(document.findings)
    pack: Pack | None = None
    if document.root is not None:
        manifest, nodes, faults = validate(document.root, Manifest)
        findings += faults
        if manifest is not None:
            pack, faults = resolve(
                manifest, nodes, path, faulty_lines={fault.place.line for fault in findings}
            )
            findings += faults
    lines, findings = quoted(document, findings, _KEYS, "a manifest")
    return Loaded(file=document.file, lines=lines, pack=pack, findings=in_order(findings))

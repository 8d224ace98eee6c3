"""Reads a manifest file: its size and encoding, then its nodes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from builder.files.opening import open_file
from builder.findings import Finding, Place, Problem
from builder.manifest.yaml.compose import Composer, Node

MAX_BYTES = 2 * 1024 * 1024
# What turns the order of a line on a screen, and line ends of YAML 1.1 that editors show as nothing.
_DISGUISE = re.compile("[\u202a-\u202e\u2066-\u2069\x85\u2028\u2029]")
_LINE_END = re.compile("\r\n|\r|\n")


@dataclass(frozen=True, kw_only=True)
class Document:
    """A manifest file as read: `root` is None when nothing usable is in it; `lines` serve the report. `sha256` is that
    of the bytes that were read.
    """

    file: str
    sha256: str
    lines: tuple[str, ...]
    root: Node | None
    findings: tuple[Finding, ...]


def read_document(path: Path, *, shown_as: str | None = None) -> Document:
    """Read and compose `path`. Faults of form become findings; only an unreadable file raises OSError."""
    file = shown_as or str(path)
    with open_file(path) as stream:
        raw = stream.read(MAX_BYTES + 1)
    sha256 = hashlib.sha256(raw).hexdigest()
    text, fault = _decoded(raw, file)
    if fault is not None:
        return Document(file=file, sha256=sha256, lines=(), root=None, findings=(fault,))
    lines = tuple(_LINE_END.split(text)[: -1 if text.endswith(("\n", "\r")) else None])
    disguise = _disguise(lines, file)
    if disguise is not None:
        return Document(file=file, sha256=sha256, lines=lines, root=None, findings=(disguise,))
    composer = Composer(file)
    root = composer.compose(text)
    return Document(file=file, sha256=sha256, lines=lines, root=root, findings=tuple(composer.findings))


def _disguise(lines: Sequence[str], file: str) -> Finding | None:
    """The first sign by which a file shows a reviewer something else than what is read."""
    for number, line in enumerate(lines, 1):
        match = _DISGUISE.search(line)
        if match is not None:
            key = "E112.line_end" if match[0] in "\x85\u2028\u2029" else "E112.direction"
            place = Place(file=file, line=number, column=match.start() + 1)
            return Problem(key, number=ord(match[0])).at(place)
    return None


def _decoded(raw: bytes, file: str) -> tuple[str, Finding | None]:
    place = Place(file=file)
    if len(raw) > MAX_BYTES:
        return "", Problem("E102.file", mib=MAX_BYTES // 1024 // 1024).at(place)
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or raw[:200].count(0) > len(raw[:200]) // 4:
        return "", Problem("E101.utf16").at(place)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        guess = _legacy_encoding(raw)
        problem = Problem("E101.legacy", encoding=guess) if guess else Problem("E101")
        return "", problem.at(Place(file=file, line=raw.count(b"\n", 0, error.start) + 1))
    return text, None


def _legacy_encoding(raw: bytes) -> str:
    """The East Asian code page these bytes most likely are, or "": the one that reads as words, not as signs."""
    guesses = (("CP949", "euc_kr", "가", "힣"), ("GBK", "gb2312", "一", "鿿"), ("CP949", "cp949", "가", "힣"))
    for name, encoding, first, last in guesses:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        foreign = [c for c in text if ord(c) > 127]
        if sum(first <= c <= last for c in foreign) > 0.9 * len(foreign):
            return name
    return ""

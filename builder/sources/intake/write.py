"""The manifest as text, with what was recognized in comments; read back before it is published."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from builder.bible.books import names_for
from builder.bible.passage import parse_passages
from builder.errors import BuilderError
from builder.files.papers import Paper, write_paper
from builder.findings import Finding
from builder.manifest.load import load_pack
from builder.sources.folder import composed
from builder.sources.intake.decide import COUNTED_AS
from builder.sources.intake.intake import Intake
from builder.sources.intake.sections import Parts, Reading
from builder.sources.intake.sermons import Sermons
from builder.text import many, printable

# Read as text by this program and by every editor.
_PLAIN = re.compile(
    r"(?!(?:y|n|yes|no|on|off|true|false|null)$)[^\W\d_][\w./-]*(?: [\w./-]+)*", re.IGNORECASE
)
_MOST_TOLD = 40
_ANNOUNCED = "# they say book and chapter themselves, as this family does; if not: false"


@dataclass(frozen=True, kw_only=True)
class Head:
    """The part of the manifest above the sections."""

    pack: str
    title: str
    language: str
    sources: str
    names: str | None = None
    profiles: Sequence[str] = ()
    allow_gaps: bool = False
    checksums: str = ""


def _may_be_text(data: bytes) -> bool:
    """Whether bytes may be those of a manifest, which people edit or write by hand: no mark of ours need be there."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\0" not in data


MANIFEST = Paper(what="a manifest or another text", is_known=_may_be_text)


def manifest_text(intake: Intake, head: Head, file: str) -> str:
    """The manifest; `file` is what it will be called."""
    announced = _all_announced(intake)
    defaults = [f"defaults: {{announced: true}} {_ANNOUNCED}"] if announced else []
    sections = _sections(intake, head, is_told=announced)
    return "\n".join([*_comments(intake, file), *_head(head), *defaults, "sections:", *sections, ""])


def publish(text: str, path: Path, intake: Intake) -> None:
    """Write the manifest whole or not at all, once reading it back has given what was meant. StorageError where it
    cannot be written; BuilderError where it does not say what was meant, which would be a fault of this program.
    """
    write_paper(path, text, MANIFEST, lambda part: _check(part, intake))


def _check(part: Path, intake: Intake) -> None:
    loaded = load_pack(part)
    faults = [f"{f.code} {f.message}" for f in loaded.findings if f.severity == "error"]
    there = {}
    for track in loaded.pack.tracks if loaded.pack else ():
        there[track.pieces[0].source] = str(track.passage) if track.passage else track.title
    absent = {passage for one in intake.sections if isinstance(one, Reading) for passage in one.missing}
    extra = {said for path, said in there.items() if path not in intake.placed}
    if faults or extra != absent or any(there.get(path) != said for path, said in intake.placed.items()):
        raise BuilderError(
            f"the manifest that was written does not say what was meant: {'; '.join(faults[:3])}",
            "nothing was published; send us the list of the folder's names",
        )


def _comments(intake: Intake, file: str) -> Iterator[str]:
    yield f"# Written by packbuilder init. Next: packbuilder check {_shown(file)}"
    for one in intake.recognized:
        held = f": {many(one.books, 'book')}, {many(one.chapters, 'chapter')}" if one.books else ""
        yield f"# Recognized: {many(one.recordings, 'recording')}, {one.family}{held}"
    if intake.numbering:
        yield f"# Numbers of books are counted so that {COUNTED_AS[intake.numbering]}."
    if intake.told_by_names:
        yield f"# The language, {intake.language}, is told by the names."
    for kind, names in intake.left_out.items():
        yield f"# Left out: {kind} ({len(names):,})"
    told = [finding for finding in intake.findings if finding.code != "W326"]
    for finding in told[:_MOST_TOLD]:
        yield f"# {_said(finding)}"
    if len(told) > _MOST_TOLD:
        yield f"# ... and {len(told) - _MOST_TOLD:,} more; packbuilder init tells them all"


def _said(finding: Finding) -> str:
    return _shown(f"{finding.code} {finding.place.file or '.'}: {finding.message}")


def _shown(text: str) -> str:
    return printable(text, "")[:400]


def _head(head: Head) -> Iterator[str]:
    yield f"pack: {_scalar(head.pack)}"
    yield f"title: {_scalar(head.title)}"
    yield f"language: {_scalar(head.language)}"
    if head.names:
        yield f"names: {_scalar(head.names)}"
    if head.profiles:
        yield f"profiles: [{', '.join(map(_scalar, head.profiles))}]"
    yield f"sources: {_scalar(head.sources)}"
    if head.checksums:
        yield f"checksums: {_scalar(head.checksums)} # what stood under each name; check tells what has changed places"
    if head.allow_gaps:
        yield "gaps: allowed"


def _all_announced(intake: Intake) -> bool:
    return bool(intake.sections) and all(_is_announced(section, intake) for section in intake.sections)


def _is_announced(section: Reading | Parts | Sermons, intake: Intake) -> bool:
    """Whether the recordings of a section say their titles themselves, as far as their family's do."""
    if not isinstance(section, Reading):
        return False
    return {passage.book for passage in parse_passages(section.text)} <= intake.announced


def _sections(intake: Intake, head: Head, *, is_told: bool) -> Iterator[str]:
    """`is_told`: what all recordings say of themselves is above the sections."""
    names = names_for(head.language, head.names)
    note = f" {_ANNOUNCED}"
    for section in intake.sections:
        announced = []
        if _is_announced(section, intake) and not is_told:
            announced, note = [f"    announced: true{note}"], ""  # why is reported once
        match section:
            case Reading(text=text, source=str(source)):
                yield f"  - reading: {_scalar(text)}"
                yield from (f"    source: {_scalar(source)}", *announced)
            case Reading(text=text, source=sources):
                yield f"  - reading: {_scalar(text)}"
                yield "    source:"
                yield from (*(f"      - {_scalar(source)}" for source in sources), *announced)
            case Parts(book=book, tracks=parts):
                yield f"  - title: {_scalar(names.of(book))}"
                yield "    level: together"
                yield "    tracks:"
                for path, passage in parts:
                    yield f"      - {{passage: {_scalar(str(passage))}, source: {_scalar(path)}}}"
            case Sermons(title=title, tracks=tracks):
                yield f"  - title: {_scalar(title)}"
                yield "    tracks:"
                for path, shown in tracks:
                    yield f"      - {{title: {_scalar(shown)}, source: {_scalar(path)}}}"


def _scalar(value: str) -> str:
    """A value as YAML: plain where it can only be read as text, else in double quotes, escaped as JSON is."""
    return value if _PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=False)


def relative(path: Path, manifest: Path) -> str:
    """A folder or file as a manifest names it: relative, with `/`; in full where it is on another drive."""
    there, here = os.path.realpath(path), os.path.realpath(manifest.parent)
    try:
        return composed(Path(os.path.relpath(there, here)).as_posix())
    except ValueError:
        return composed(Path(there).as_posix())

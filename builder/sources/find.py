"""The recordings a pack names: found in their folder, looked at once each, and reported by track or by reading."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from builder.bible.coverage import spans
from builder.findings import Finding, Place, Problem
from builder.manifest.pack import Pack, Piece, Section, Track, speech_of
from builder.sources.folder import SourceFolder, unreadable
from builder.sources.probe import SourceFacts, SourceFault, probe


@dataclass(frozen=True, kw_only=True)
class Source:
    """A source that is there: its path on this computer, and its facts. `sha256` is "" until it is asked for."""

    path: Path
    facts: SourceFacts
    sha256: str = ""


def finding_of(fault: SourceFault, place: Place, track: str) -> Finding:
    """A fault of a recording as a finding where the manifest names the recording."""
    return Finding(code=fault.code, place=place, message=fault.message, help=fault.help, track=track)


def look_at_sources(pack: Pack) -> tuple[dict[str, Source], list[Finding], Pack]:
    """Every recording that is there, by the path the manifest gives it; what is wrong with the others; and the pack
    without the chapters that have none, where it may lack some.
    """
    source_folder = SourceFolder(pack.sources)
    recordings = _Recordings(source_folder)
    sources: dict[str, Source] = {}
    findings = []
    if not source_folder.is_there:
        findings.append(
            Finding(
                code="E300",
                place=pack.sources_place,
                message=f"the sources folder {pack.sources} is not there",
                help="`sources` is relative to the manifest; connect the disk, or correct the path",
            )
        )
    missing: list[list[_Needed]] = [[] for _ in pack.sections]
    for section, lacks in zip(pack.sections, missing, strict=True):
        for use in (*_uses(section), *_names(section)):
            found = recordings.find(use.name)
            if found is None:
                lacks.append(use)
                continue
            findings += [
                finding_of(fault, use.place, use.shown_as) for fault in found.faults if use.minds(fault)
            ]
            if found.source is not None:
                sources[use.name] = found.source
            findings += _beyond(use, found)
    whole = pack
    if pack.gaps_allowed and source_folder.is_there:
        pack, missing, faults = _left_out(pack, missing)
        findings += faults
    books, others = _of_no_book(_by_book(whole.sections, missing))
    findings += [_missing_books(those) for those in books]
    for section, lacks in others:
        if (
            source_folder.is_there or section.passage
        ):  # without the folder, a reading still tells how much it needs
            findings += _missing(section, lacks, source_folder)
    return sources, findings, pack


# From so many on, books of one entry that are missing as a whole are one finding: one pattern is wrong.
_MANY_BOOKS = 3
_Lacking = tuple[Section, list["_Needed"]]


def _of_no_book(sections: Iterable[_Lacking]) -> tuple[list[list[_Lacking]], list[_Lacking]]:
    """The books of which no recording is there, together where one pattern is for many of them; and all others."""
    groups: dict[object, list[_Lacking]] = {}
    for number, (section, lacks) in enumerate(sections):
        is_whole = section.passage is not None and all(not use.is_title for use in lacks) and bool(lacks)
        is_whole = is_whole and len({use.track.number for use in lacks}) == len(section.tracks)
        groups.setdefault(lacks[0].place if is_whole else number, []).append((section, lacks))
    many = [group for group in groups.values() if len(group) >= _MANY_BOOKS]
    return many, [one for group in groups.values() if len(group) < _MANY_BOOKS for one in group]


def _missing_books(those: Sequence[_Lacking]) -> Finding:
    codes = [section.passage.book for section, _ in those if section.passage]
    uses = [use for _, lacks in those for use in lacks]
    return Problem(
        "E301.books",
        first=codes[0],
        last=codes[-1],
        recordings=len(uses),
        books=len(codes),
        first_file=uses[0].name,
        last_file=uses[-1].name,
    ).at(uses[0].place)


def _left_out(
    pack: Pack, missing: Sequence[list[_Needed]]
) -> tuple[Pack, list[list[_Needed]], list[Finding]]:
    """The pack without the chapters that have no recording, what else is missing, and which chapters they are.

    An entry of which there is no recording at all loses nothing: most likely its pattern is wrong.
    """
    without = [{use.track.number for use in lacks if not use.is_title} for lacks in missing]
    sections: list[Section] = []
    still, findings = [], []
    there = {
        section.place
        for section, chapters in zip(pack.sections, without, strict=True)
        if len(chapters) < len(section.tracks)
    }
    for section, chapters, lacks in zip(pack.sections, without, missing, strict=True):
        if section.passage and chapters and section.place in there:
            tracks = tuple(track for track in section.tracks if track.number not in chapters)
            findings.append(_missing_chapters(section, [use for use in lacks if not use.is_title], "W315"))
            lacks = [use for use in lacks if use.is_title and use.track.number not in chapters]
            section = replace(section, tracks=tracks)
        still.append(lacks)
        if section.tracks:
            sections.append(replace(section, number=len(sections) + 1))
    return replace(pack, sections=tuple(sections)), still, findings


def _by_book(
    sections: Sequence[Section], missing: Sequence[list[_Needed]]
) -> Iterable[tuple[Section, list[_Needed]]]:
    """Sections with what they lack; of a reading plan, which may read a book in many parts, a book as one."""
    found: dict[object, tuple[Section, list[_Needed]]] = {}
    for section, lacks in zip(sections, missing, strict=True):
        book = section.passage.book if section.passage else ""
        key = (section.plan, book) if section.plan else section.number
        before, lacked = found.get(key, (None, []))
        whole = replace(before, tracks=before.tracks + section.tracks) if before else section
        found[key] = whole, lacked + lacks
    return found.values()


@dataclass(frozen=True, kw_only=True)
class _Needed:
    """A file that a track needs: a piece of it, or else its spoken title, which may be that of many tracks and is
    reported without their titles."""

    name: str
    place: Place
    track: Track
    piece: Piece | None

    @property
    def is_title(self) -> bool:
        return self.piece is None

    @property
    def shown_as(self) -> str:
        return "" if self.is_title else self.track.title

    def minds(self, fault: SourceFault) -> bool:
        """A recording that is cut short may be used up to an `end` that is set."""
        return not (fault.code == "E307" and self.piece and self.piece.end_seconds is not None)


def _uses(section: Section) -> Iterator[_Needed]:
    for track in section.tracks:
        for piece in track.pieces:
            yield _Needed(name=piece.source, place=piece.place, track=track, piece=piece)
    for track in section.tracks:
        for clip in track.edit.announcement:
            if speech_of(clip) is None:
                yield _Needed(name=clip, place=track.announcement_place, track=track, piece=None)


def _names(section: Section) -> Iterator[_Needed]:
    """The recordings of a section's spoken name."""
    prompt = section.prompt
    for piece in prompt.pieces if prompt else ():
        if prompt is not None and speech_of(piece.source) is None:
            yield _Needed(name=piece.source, place=piece.place, track=prompt, piece=None)


@dataclass(frozen=True, kw_only=True)
class _Found:
    source: Source | None
    faults: tuple[SourceFault, ...] = ()


class _Recordings:
    """The recordings of the sources folder, each looked at once."""

    def __init__(self, source_folder: SourceFolder) -> None:
        self._source_folder = source_folder
        self._found: dict[str, _Found | None] = {}

    def find(self, name: str) -> _Found | None:
        """What is known of a file; None when it is not there."""
        if name not in self._found:
            self._found[name] = self._look(name)
        return self._found[name]

    def _look(self, name: str) -> _Found | None:
        path = self._source_folder.locate(name)
        if path is None:
            return None
        if isinstance(path, SourceFault):
            return _Found(source=None, faults=(path,))
        try:
            probed = probe(path)
        except OSError as error:
            return _Found(source=None, faults=(unreadable(name, error),))
        source = Source(path=path, facts=probed.facts) if probed.facts else None
        return _Found(source=source, faults=probed.faults)


def _beyond(use: _Needed, found: _Found) -> list[Finding]:
    """`start` and `end` against the length that the recording declares."""
    piece = use.piece
    if piece is None or found.source is None or not found.source.facts.is_exact:
        return []
    seconds = found.source.facts.seconds
    beyond = (
        ("start", piece.start_seconds, piece.start_place, seconds),
        ("end", piece.end_seconds, piece.end_place, seconds + 0.5),
    )
    return [
        Finding(
            code="E502",
            place=place,
            track=use.track.title,
            message=f"`{key}` is at {at:.1f} s; {use.name} is {seconds:.1f} s long",
            help=f"set `{key}` inside the recording",
        )
        for key, at, place, limit in beyond
        if at is not None and at >= limit
    ]


def _missing(section: Section, missing: Sequence[_Needed], source_folder: SourceFolder) -> list[Finding]:
    """One finding for each missing file of listed tracks; one for all that a reading lacks, however many."""
    if section.passage is None:
        return [finding_of(source_folder.missing(use.name), use.place, use.shown_as) for use in missing]
    chapters = [use for use in missing if use.track is not section.prompt]
    by_kind = [[use for use in chapters if use.is_title is is_title] for is_title in (False, True)]
    names = [use for use in missing if use.track is section.prompt]
    return [
        *(_missing_chapters(section, uses, "E301") for uses in by_kind if uses),
        *(finding_of(source_folder.missing(use.name), use.place, "") for use in names),
    ]


_MISSING = {
    "E301": "copy them into the sources folder, or correct the pattern",
    "W315": "the card is made without them; copy them into the sources folder if they should be on it",
}


def _missing_chapters(section: Section, uses: Sequence[_Needed], code: str) -> Finding:
    book = section.passage.book if section.passage else ""
    what = "spoken title" if uses[0].is_title else "recording"
    count, total = len(uses), len(section.tracks)
    counted = f"{count} of {total} {what}s are missing" if total > 1 else f"its {what} is missing"
    files = list(dict.fromkeys(use.name for use in uses))
    shown = files[0] if len(files) == 1 else f"{files[0]} ... {files[-1]}"
    chapters = spans([use.track.number for use in uses])
    return Finding(
        code=code,
        place=uses[0].place,
        message=f"{book}: {counted}: chapter{'s' if count > 1 else ''} {chapters} ({shown})",
        help=_MISSING[code],
    )

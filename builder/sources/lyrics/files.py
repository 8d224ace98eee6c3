"""The files of words that a pack names: found below its sources, read once each, and reported in their own lines."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from builder.files.opening import open_file
from builder.findings import Finding, Place, has_errors
from builder.manifest.pack import LyricsFile, Pack, Piece, Section, Track
from builder.profiles.profile import Profile
from builder.sources.find import Source
from builder.sources.folder import SourceFolder
from builder.sources.lyrics.lines import Line
from builder.sources.lyrics.read import MAX_BYTES, read_timings

# A recording whose length is known ends within this of what a program that times words may take for its end.
_SLACK_SECONDS = 0.5


@dataclass(frozen=True, kw_only=True)
class Lyrics:
    """The words of a recording: lines timed from its start. `source` is the path in the manifest, `file` the one
    on this computer, `rows` are the lines of the file.
    """

    source: str
    file: str
    sha256: str
    lines: tuple[Line, ...]
    rows: tuple[str, ...]

    def finding(self, code: str, row: int, message: str, help_text: str = "") -> Finding:
        """Findings about a line of the file."""
        return _at_row(self.file, self.rows, code, row, message, help_text)


@dataclass(frozen=True, kw_only=True)
class LookedAt:
    """The words that can be used, by their source; `rows` of every file that was read, by its name; and findings."""

    lyrics: Mapping[str, Lyrics] = field(default_factory=dict)
    rows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


def look_at_lyrics(pack: Pack, profiles: Sequence[Profile], sources: Mapping[str, Source]) -> LookedAt:
    """Every file of words that is there, and what is wrong with the others; or why they are on no card, told once."""
    first = next((piece.lyrics for track in pack.tracks for piece in track.pieces if piece.lyrics), None)
    if first is None or not profiles:
        return LookedAt()
    if not pack.discreet and any(profile.lyrics.lyrics != "none" for profile in profiles):
        return _look(pack, sources)
    names = ", ".join(profile.name for profile in profiles)
    why = "the pack is discreet" if pack.discreet else f"{names} shows none"
    message, help_text = f"the words are not written to any card: {why}", "take `lyrics` out, or leave it"
    return LookedAt(findings=(Finding(code="W350", place=first.place, message=message, help=help_text),))


def _look(pack: Pack, sources: Mapping[str, Source]) -> LookedAt:
    source_folder = SourceFolder(pack.sources)
    found: dict[str, Lyrics | None] = {}
    rows: dict[str, tuple[str, ...]] = {}
    findings: list[Finding] = []
    for section in pack.sections if source_folder.is_there else ():
        missing: list[tuple[Track, str]] = []
        for track, piece, named in _uses(section):
            source, place = named.source, named.place
            if source not in found:
                path = source_folder.locate(source)
                if path is None and named.is_extra:
                    missing.append((track, source))
                    continue
                if not isinstance(path, Path):
                    fault = path or source_folder.missing(source)
                    finding = Finding(code="E348", place=place, message=fault.message, help=fault.help)
                    findings.append(finding)
                    found[source] = None
                    continue
                found[source] = _read(source, pack.sources / source, path, place, rows, findings)
            one = found[source]
            if one is not None:
                findings += _against(one, track, piece, place, sources.get(piece.source))
        findings += _without(section, missing)
    lyrics = {source: one for source, one in found.items() if one is not None}
    return LookedAt(lyrics=lyrics, rows=rows, findings=tuple(findings))


def _uses(section: Section) -> Iterator[tuple[Track, Piece, LyricsFile]]:
    for track in section.tracks:
        for piece in track.pieces:
            if piece.lyrics is not None:
                yield track, piece, piece.lyrics


def _read(
    source: str,
    shown: Path,
    path: Path,
    place: Place,
    rows: dict[str, tuple[str, ...]],
    findings: list[Finding],
) -> Lyrics | None:
    """A file as it is read; None if it cannot be used, which the findings report."""
    try:
        with open_file(path) as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        message = f"{source} cannot be read: {error.strerror or error}"
        findings.append(Finding(code="E348", place=place, message=message, help="check it and its folder"))
        return None
    read = read_timings(data, PurePosixPath(source).suffix.lower())
    name = str(shown)
    told = [_at_row(name, read.rows, f.code, f.row, f.message, f.help) for f in read.faults]
    findings += told
    if told and read.lines:  # a file that is something else is not quoted: it may be anyone's
        rows[name] = read.rows
    if has_errors(told):
        return None
    digest = hashlib.sha256(data).hexdigest()
    return Lyrics(source=source, file=name, sha256=digest, lines=read.lines, rows=read.rows)


def _at_row(file: str, rows: tuple[str, ...], code: str, row: int, message: str, help_text: str) -> Finding:
    width = max(1, len(rows[row - 1])) if row <= len(rows) else 1
    place = Place(file=file, line=row, width=width)
    return Finding(code=code, place=place, message=message, help=help_text)


def _against(
    one: Lyrics, track: Track, piece: Piece, place: Place, recording: Source | None
) -> Iterator[Finding]:
    """The times of the words against the recording, and the part of it that is used."""
    if recording is not None and recording.facts.is_exact:
        seconds = recording.facts.seconds
        late = [line for line in one.lines if line.text and line.at > (seconds + _SLACK_SECONDS) * 100]
        if late:
            more = f" (and {len(late) - 1:,} more like it)" if len(late) > 1 else ""
            message = f"words at {late[0].at / 100:.1f} s; {piece.source} is {seconds:.1f} s long{more}"
            help_text = "is it the timing of another recording, or of another version of it?"
            yield one.finding("E354", late[0].row, message, help_text)
    start, end = piece.start_seconds or 0.0, piece.end_seconds
    words = [line.at for line in one.lines if line.text]
    if end is not None and words[0] >= end * 100:
        message = f"no words fall into the part that is used, {start:g} to {end:g} s"
        help_text = "times count from the recording's start, not from the part's"
        yield Finding(code="E356", place=place, track=track.title, message=message, help=help_text)


def _without(section: Section, missing: list[tuple[Track, str]]) -> Iterator[Finding]:
    """One finding for all chapters of a reading that have no words: the sound ships without."""
    if not missing:
        return
    (track, source), count = missing[0], len(missing)
    lyrics = next(piece.lyrics for piece in track.pieces if piece.lyrics)
    book = section.passage.book if section.passage else section.title
    numbers = ", ".join(str(track.number) for track, _ in missing[:20]) + (", ..." if count > 20 else "")
    of = f"{count} of {len(section.tracks)} chapters have" if count > 1 else "a chapter has"
    yield Finding(
        code="W349",
        place=lyrics.place,
        message=f"{book}: {of} no words: {numbers} ({source}{' ...' if count > 1 else ''})",
        help="nothing need be done; or copy the files there, or correct the pattern",
    )

"""What a device's screen cannot show of the words, told at the lines of the author's file. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from builder.findings import Finding, Place, Problem
from builder.plan.plan import Plan, PlannedTrack
from builder.profiles.naming import holds
from builder.profiles.profile import LyricsSettings, Profile
from builder.sources.lyrics.files import Lyrics
from builder.sources.lyrics.lines import LAST_AT, STAMP_CHARS, Line, LyricsFault, lrc_bytes
from builder.sources.lyrics.read import first_of_each
from builder.text import some

_NAMES = {"utf-8": "UTF-8", "cp936": "GBK", "cp949": "CP949"}
_LINE_END_BYTES = 2


def bytes_for(profile: Profile, lyrics: Mapping[str, Lyrics]) -> dict[str, int]:
    """The size of each file of words, by its source, as a card of the profile has it; nothing where it has none."""
    if profile.lyrics.lyrics == "none":
        return {}
    return {source: _size(one.lines, profile.lyrics) for source, one in lyrics.items()}


def _size(lines: Iterable[Line], settings: LyricsSettings) -> int:
    return sum(
        STAMP_CHARS + len(line.text.encode(settings.lyrics_encoding, "replace")) + _LINE_END_BYTES
        for line in lines
    )


def screen_faults(plan: Plan, lyrics: Mapping[str, Lyrics]) -> list[Finding]:
    """Findings about the words on a card: each file once for what is in it, each track for how much."""
    sources = dict.fromkeys(source for track in plan.tracks for source in track.lyrics)
    return [
        *(finding for source in sources for finding in _of_file(plan.profile, lyrics[source])),
        *(
            finding
            for track in plan.tracks
            if track.lyrics
            for finding in _of_track(plan.profile, track, lyrics)
        ),
    ]


def _of_file(profile: Profile, one: Lyrics) -> Iterator[Finding]:
    faults = [fault for line in one.lines for fault in _of_line(profile, line)]
    for fault in first_of_each(faults):
        yield one.finding(fault.code, fault.row, f"{profile.name}: {fault.message}", fault.help)


def _of_line(profile: Profile, line: Line) -> Iterator[LyricsFault]:
    settings = profile.lyrics
    if missing := _missing(line.text, settings.lyrics_encoding):
        named = _NAMES[settings.lyrics_encoding]
        message = f"{named} has no {some([f'{c} (U+{ord(c):04X})' for c in missing], 5)}"
        others = [name for code, name in _NAMES.items() if not _missing(line.text, code)]
        help_text = (
            f"write it otherwise, or build for a device that reads {' or '.join(others)} (`lyrics_encoding`)"
            if others
            else "write it otherwise: no encoding of players has it"
        )
        yield LyricsFault(code="E357", row=line.row, message=message, help=help_text)
        return
    chars, size = len(line.text), len(lrc_bytes([line], settings.lyrics_encoding))
    found = ""
    if chars > settings.max_lyrics_line_chars:
        found = f"a line of {chars} characters; it shows {settings.max_lyrics_line_chars}"
    elif size > settings.max_lyrics_line_bytes:
        most = settings.max_lyrics_line_bytes
        found = f"a line of {size} bytes with its time; it reads {most}"
    if found:
        help_text = "divide it in two, the second with a time of its own; times are not guessed"
        yield LyricsFault(code="E358", row=line.row, message=found, help=help_text)


def _missing(text: str, encoding: str) -> list[str]:
    """The characters of a text that an encoding, as players read it, has not; UTF-8 they read up to U+FFFF."""
    charset = "bmp" if encoding == "utf-8" else encoding
    if holds(charset, text):  # as nearly all do
        return []
    return [character for character in dict.fromkeys(text) if not holds(charset, character)]


def _of_track(profile: Profile, track: PlannedTrack, lyrics: Mapping[str, Lyrics]) -> Iterator[Finding]:
    """What becomes of the files of a track together, which are mostly one; of one that is split, only its length."""
    if track.parts == 1:
        yield from too_much(
            profile, track, [line for source in track.lyrics for line in lyrics[source].lines]
        )
    if track.seconds * 100 > LAST_AT:
        problem = Problem("E358.time", device=profile.name, minutes=track.seconds / 60)
        yield problem.at(_words_place(track), track.title)


def too_much(profile: Profile, track: PlannedTrack, lines: Sequence[Line]) -> Iterator[Finding]:
    """Findings about all the lines beside a track."""
    settings, size, device = profile.lyrics, _size(lines, profile.lyrics), profile.name
    if len(lines) > settings.max_lyrics_lines:
        problem = Problem("E358.lines", device=device, lines=len(lines), most=settings.max_lyrics_lines)
        yield problem.at(_words_place(track), track.title)
    elif size > settings.max_lyrics_bytes:
        problem = Problem("E358.size", device=device, bytes=size, most=settings.max_lyrics_bytes)
        yield problem.at(_words_place(track), track.title)


def _words_place(track: PlannedTrack) -> Place:
    return next(piece.lyrics.place for piece in track.pieces if piece.lyrics)

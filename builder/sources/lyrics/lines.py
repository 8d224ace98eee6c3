"""Lines of words with their times, their one form on a card, and their times in the finished track. Pure.

A card's file has lines `[mm:ss.xx]words`, each ended by CR LF, in ascending order, and nothing else: no id tag, which
would name someone, and no byte order mark.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from builder.text import LAST_SHOWN, has_invisible, has_many_marks, invisible, named

ENDING = ".lrc"
# The last time that [mm:ss.xx] can say, in hundredths of a second.
LAST_AT = 599_999
STAMP_CHARS = len("[00:00.00]")

_LINE = re.compile(r"\[([0-9]{2}):([0-5][0-9])\.([0-9]{2})\](.*)", re.DOTALL)
# What a player would take for a time, or for a tag, wherever it is in a line or at its beginning.
_TAG = re.compile(r"^\[|[\[<][0-9]+:[0-9]")


@dataclass(frozen=True, kw_only=True)
class Line:
    """Words from a time on, in hundredths of a second; "" clears the screen. `row` is their line in the file."""

    at: int
    text: str
    row: int = field(default=1, compare=False)


@dataclass(frozen=True, kw_only=True)
class LyricsFault:
    """What is wrong with a file of timings, as the finding of `code` in its line `row`, from 1."""

    code: str
    row: int
    message: str
    help: str = ""


def plain(text: str) -> str:
    """Words as a screen shows them: composed letters, one space between words."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def text_fault(text: str) -> str:
    """What in a line is no words, or would be taken for something else by a player; "" where nothing is."""
    for at, character in enumerate(text if has_invisible(text) else ""):
        if kind := invisible(text, at):
            return f"{kind}, {named(character)}"
    if has_many_marks(text):
        return "more marks on a letter than any language has"
    if match := _TAG.search(text):
        return f'"{text[match.start() :][:12]}", which a player takes for a tag'
    return ""


def stamp(at: int) -> str:
    """`[01:02.03]` for 6203 hundredths of a second."""
    seconds, hundredths = divmod(at, 100)
    return f"[{seconds // 60:02}:{seconds % 60:02}.{hundredths:02}]"


def lrc_bytes(lines: Iterable[Line], encoding: str) -> bytes:
    """The file of a card. UnicodeEncodeError where the encoding has not all characters."""
    return "".join(f"{stamp(line.at)}{line.text}\r\n" for line in lines).encode(encoding)


def read_card_file(data: bytes, encoding: str) -> tuple[Line, ...] | LyricsFault:
    """The lines of a card's file, every byte accounted for: written again they give the same bytes.

    What cannot be is a Fault, without a code: its row, and what it is.
    """
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        row = data.count(b"\r\n", 0, error.start) + 1
        return LyricsFault(code="", row=row, message="holds bytes that are no letters of the encoding")
    found = _lines(text)
    if isinstance(found, LyricsFault) or lrc_bytes(found, encoding) == data:
        return found
    return LyricsFault(code="", row=1, message="is written with other bytes than its letters have")


def _lines(text: str) -> tuple[Line, ...] | LyricsFault:
    lines: list[Line] = []
    rows = text.split("\r\n")
    for row, written in enumerate(rows[:-1], 1):
        match = _LINE.fullmatch(written)
        if match is None:
            return LyricsFault(code="", row=row, message="is no [mm:ss.xx] with words behind it")
        at = (int(match[1]) * 60 + int(match[2])) * 100 + int(match[3])
        if not match[4] and not (lines and lines[-1].text):
            return LyricsFault(code="", row=row, message="says nothing, and clears no words from the screen")
        if lines and at <= lines[-1].at:
            return LyricsFault(
                code="", row=row, message="has a time that does not come after the one before it"
            )
        if what := text_fault(match[4]):
            return LyricsFault(code="", row=row, message=f"holds {what}")
        if any(ord(character) > LAST_SHOWN for character in match[4]):
            return LyricsFault(
                code="", row=row, message="holds characters that no player shows, such as emoji"
            )
        if plain(match[4]) != match[4]:
            return LyricsFault(
                code="", row=row, message="holds spaces or parts of letters that no screen needs"
            )
        lines.append(Line(at=at, text=match[4], row=row))
    if rows[-1] or not lines:
        return LyricsFault(code="", row=len(rows), message="does not end with a whole line")
    return tuple(lines)


@dataclass(frozen=True, kw_only=True)
class PlayedSpan:
    """What a track plays of a recording: its seconds from `start` to `end`, counted from the recording's own start,
    are heard from `at` on, in seconds from the start of the finished file.
    """

    at: float
    start: float
    end: float


def fitted(lines: Sequence[Sequence[Line]], stretches: Sequence[PlayedSpan]) -> tuple[Line, ...]:
    """The lines of a track, of which each stretch has its own, timed from the recording's start, in ascending order.

    A line that is on the screen when a stretch begins is shown from there on; what lies outside is left out. All lines
    of a stretch are shifted by one number, so that those apart by a hundredth of a second stay so.
    """
    found: list[Line] = []
    for own, stretch in zip(lines, stretches, strict=True):
        found += _within(own, stretch)
    # What is before any words, and a screen cleared twice, says nothing.
    return tuple(
        line
        for before, line in zip([None, *found], found, strict=False)
        if line.text or (before and before.text)
    )


def _within(lines: Sequence[Line], stretch: PlayedSpan) -> Iterator[Line]:
    begin = round(stretch.at * 100)
    end = round((stretch.at + stretch.end - stretch.start) * 100)
    shift = round((stretch.at - stretch.start) * 100)
    earlier = [line for line in lines if line.at + shift <= begin]
    if earlier and begin < end:
        yield Line(at=begin, text=earlier[-1].text, row=earlier[-1].row)
    for line in lines:
        if begin < line.at + shift < end:
            yield Line(at=line.at + shift, text=line.text, row=line.row)

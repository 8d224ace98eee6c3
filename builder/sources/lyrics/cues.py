"""Timed words from subtitles (SRT, WebVTT) and from label files (Audacity, Scripture App Builder). Pure.

A label file has lines `start<TAB>end<TAB>label`. Scripture App Builder puts `\\id`, `\\c`, `\\level` and `\\separators`
before them, and its labels are verses (`1`, `3-4`), phrases (`2a`), headings (`s1`): places in another text.
A file of such labels alone shows the numbers of verses; one that has words for labels shows the words.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from builder.sources.lyrics.lines import Line, LyricsFault, plain

_TIME = r"(?:([0-9]{1,4}):)?([0-9]{1,2}):([0-9]{1,2})[.,]([0-9]{1,3})"
_TIMES = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?")
_SRT_TAG = re.compile(r"</?(?:b|i|u|s|font)\b[^>]*>|\{\\[^}]*\}", re.IGNORECASE)
_VTT_TAG = re.compile(r"<rt>.*?</rt>|<rt>[^<]*|<[^>]*>", re.DOTALL)
_HELP = "write the times as 00:01:02,300 --> 00:01:05,000, the words below them, then an empty line"
_VTT_ASIDE = ("NOTE", "STYLE", "REGION")
# Programs that write subtitles round; players of words tell fifths of a second apart (MVSilicon, lrc.h [R5]).
_MOST_OVERLAP = 20
# A shorter silence needs no empty screen.
_CLEARED = 200


@dataclass(frozen=True, kw_only=True)
class Cue:
    """Words from one time to another, in hundredths of a second."""

    start: int
    end: int
    text: str
    row: int


def parse_srt(rows: Sequence[str]) -> tuple[list[Line], list[LyricsFault]]:
    """SubRip: a number, the times, words, an empty line."""
    cues, faults = _cues(_blocks(rows, 0), lambda text: _SRT_TAG.sub("", text))
    return lines_of(cues, faults)


def parse_vtt(rows: Sequence[str]) -> tuple[list[Line], list[LyricsFault]]:
    """WebVTT (W3C): settings, notes, styles, voices and tags are taken away."""
    if not rows or not re.match(r"WEBVTT(?:[ \t]|$)", rows[0]):
        help_text = "its first line is WEBVTT; call it .srt if it is SubRip"
        return [], [LyricsFault(code="E352", row=1, message="this is no WebVTT file", help=help_text)]
    blocks = (
        block
        for block in _blocks(rows, 1)
        if not re.match(rf"(?:{'|'.join(_VTT_ASIDE)})(?:\s|$)", block[0][1]) and not _is_head(block)
    )
    cues, faults = _cues(blocks, lambda text: html.unescape(_VTT_TAG.sub("", text)))
    return lines_of(cues, faults)


def _is_head(block: list[tuple[int, str]]) -> bool:
    """Whether it goes on the line of WEBVTT, as a header of older programs does (`Kind: captions`)."""
    return block[0][0] == 2 and not any("-->" in text for _, text in block)


def lines_of(cues: Sequence[Cue], faults: list[LyricsFault]) -> tuple[list[Line], list[LyricsFault]]:
    """Lines as a player of LRC shows them: each until the next; a longer silence between two clears the screen."""
    lines: list[Line] = []
    for at, cue in enumerate(cues):
        message = help_text = ""
        before = cues[at - 1] if at else None
        if cue.end < cue.start:
            message, help_text = "it ends before it begins", "correct its times"
        elif before and cue.start < before.start:
            message, help_text = "it begins before the one above it", "sort them by their times"
        elif before and (cue.start == before.start or before.end - cue.start > _MOST_OVERLAP):
            message, help_text = (
                "it begins while the one above it still stands",
                "one after the other is shown",
            )
        if message:
            faults.append(LyricsFault(code="E353", row=cue.row, message=message, help=help_text))
        if before and cue.start - before.end >= _CLEARED:
            lines.append(Line(at=before.end, text="", row=before.row))
        lines.append(Line(at=cue.start, text=cue.text, row=cue.row))
    return lines, faults


def _blocks(rows: Sequence[str], first: int) -> Iterator[list[tuple[int, str]]]:
    """Runs of lines that are not empty, each with its number."""
    block: list[tuple[int, str]] = []
    for row, text in enumerate([*rows, ""], 1):
        if row <= first:
            continue
        if text.strip():
            block.append((row, text))
        elif block:
            yield block
            block = []


def _cues(
    blocks: Iterable[list[tuple[int, str]]], stripped: Callable[[str], str]
) -> tuple[list[Cue], list[LyricsFault]]:
    cues: list[Cue] = []
    faults: list[LyricsFault] = []
    for block in blocks:
        arrows = [at for at, (_, text) in enumerate(block) if "-->" in text]
        if not arrows or arrows[0] > 1:
            message = "words without a time"
            faults.append(LyricsFault(code="E352", row=block[0][0], message=message, help=_HELP))
            continue
        row, written = block[arrows[0]]
        match = _TIMES.fullmatch(written)
        if match is None or max(map(int, match.group(2, 3, 6, 7))) > 59:
            faults.append(LyricsFault(code="E352", row=row, message="times that cannot be read", help=_HELP))
            continue
        if len(arrows) > 1:
            message, help_text = "times within the words of another", "put an empty line before its number"
            faults.append(LyricsFault(code="E352", row=block[arrows[1]][0], message=message, help=help_text))
            continue
        words = plain(stripped(" ".join(text for _, text in block[arrows[0] + 1 :])))
        start, end = _hundredths(match.groups()[:4]), _hundredths(match.groups()[4:])
        cues.append(Cue(start=start, end=end, text=words, row=row))
    return cues, faults


def _hundredths(time: Sequence[str | None]) -> int:
    hours, minutes, seconds, fraction = (part or "0" for part in time)
    whole = (int(hours) * 60 + int(minutes)) * 60 + int(seconds)
    return whole * 100 + int(fraction.ljust(3, "0")) // 10


_LABEL = re.compile(r"\s*([0-9]{1,6}(?:[.,][0-9]{1,9})?)\t\s*([0-9]{1,6}(?:[.,][0-9]{1,9})?)(?:\t(.*))?")
_VERSE = re.compile(r"([0-9]{1,3}(?:-[0-9]{1,3})?)[a-z]{0,2}")
_HEADING = re.compile(r"(?:s|ms|mt|is|mr|r|d)[0-9]*[a-z]?")
_LABEL_HELP = "write the start and the end in seconds and the words, with a tab between them"


def parse_labels(rows: Sequence[str]) -> tuple[list[Line], list[LyricsFault]]:
    """The lines of a label file; W359 among the faults where it has verses and no words."""
    cues: list[Cue] = []
    faults: list[LyricsFault] = []
    for row, written in enumerate(rows, 1):
        # Audacity also puts the range of frequencies of a label on a line of its own, behind a backslash.
        if not written.strip() or written.startswith("\\"):
            continue
        match = _LABEL.fullmatch(written)
        if match is None:
            faults.append(LyricsFault(code="E352", row=row, message="this is no label", help=_LABEL_HELP))
            continue
        start, end = (_hundredths_of(time) for time in match.group(1, 2))
        cues.append(Cue(start=start, end=end, text=plain(match[3] or ""), row=row))
    if all(_VERSE.fullmatch(cue.text) or _HEADING.fullmatch(cue.text) for cue in cues):
        cues = _verses(cues)
        message = "the labels are verses without their words: the screen shows the number of the verse"
        help_text = "nothing need be done; for the words, give them as labels, or as LRC, SRT or WebVTT"
        faults += [LyricsFault(code="W359", row=cue.row, message=message, help=help_text) for cue in cues[:1]]
    return lines_of(cues, faults)


def _verses(cues: Sequence[Cue]) -> list[Cue]:
    """A cue for each verse, from its first phrase to its last; headings have no number."""
    numbers = [match[1] if (match := _VERSE.fullmatch(cue.text)) else "" for cue in cues]
    verses = []
    for number, run in groupby(zip(numbers, cues, strict=True), key=lambda pair: pair[0]):
        if number:
            phrases = [cue for _, cue in run]
            first, last = phrases[0], phrases[-1]
            verses.append(Cue(start=first.start, end=last.end, text=number, row=first.row))
    return verses


def _hundredths_of(seconds: str) -> int:
    whole, _, fraction = seconds.replace(",", ".").partition(".")
    return int(whole) * 100 + int(fraction.ljust(3, "0")[:3]) // 10

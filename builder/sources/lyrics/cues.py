"""Subtitles: SRT and WebVTT, in which words stand from one time to another. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from builder.sources.lyrics.lines import Fault, Line, plain

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


def parse_srt(rows: Sequence[str]) -> tuple[list[Line], list[Fault]]:
    """SubRip: a number, the times, words, an empty line."""
    cues, faults = _cues(_blocks(rows, 0), lambda text: _SRT_TAG.sub("", text))
    return lines_of(cues, faults)


def parse_vtt(rows: Sequence[str]) -> tuple[list[Line], list[Fault]]:
    """WebVTT (W3C): settings, notes, styles, voices and tags are taken away."""
    if not rows or not re.match(r"WEBVTT(?:[ \t]|$)", rows[0]):
        help_text = "its first line is WEBVTT; call it .srt if it is SubRip"
        return [], [Fault(code="E352", row=1, message="this is no WebVTT file", help=help_text)]
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


def lines_of(cues: Sequence[Cue], faults: list[Fault]) -> tuple[list[Line], list[Fault]]:
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
            faults.append(Fault(code="E353", row=cue.row, message=message, help=help_text))
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
) -> tuple[list[Cue], list[Fault]]:
    cues: list[Cue] = []
    faults: list[Fault] = []
    for block in blocks:
        arrows = [at for at, (_, text) in enumerate(block) if "-->" in text]
        if not arrows or arrows[0] > 1:
            message = "words without a time"
            faults.append(Fault(code="E352", row=block[0][0], message=message, help=_HELP))
            continue
        row, written = block[arrows[0]]
        match = _TIMES.fullmatch(written)
        if match is None or max(map(int, match.group(2, 3, 6, 7))) > 59:
            faults.append(Fault(code="E352", row=row, message="times that cannot be read", help=_HELP))
            continue
        if len(arrows) > 1:
            message, help_text = "times within the words of another", "put an empty line before its number"
            faults.append(Fault(code="E352", row=block[arrows[1]][0], message=message, help=help_text))
            continue
        words = plain(stripped(" ".join(text for _, text in block[arrows[0] + 1 :])))
        start, end = _hundredths(match.groups()[:4]), _hundredths(match.groups()[4:])
        cues.append(Cue(start=start, end=end, text=words, row=row))
    return cues, faults


def _hundredths(time: Sequence[str | None]) -> int:
    hours, minutes, seconds, fraction = (part or "0" for part in time)
    whole = (int(hours) * 60 + int(minutes)) * 60 + int(seconds)
    return whole * 100 + int(fraction.ljust(3, "0")) // 10

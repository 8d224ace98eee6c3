"""LRC as authors write it: `[mm:ss.xx]words`, several times before one line, id tags, word tags (A2). Pure.

Of the id tags only `[offset:]` is heeded: milliseconds by which the words come sooner, as most programs take it; the
others say who made the file. Word tags `<mm:ss.xx>` are taken away: the line is shown from its own time on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from builder.sources.lyrics.lines import Line, LyricsFault, plain

_STAMP = re.compile(r"\s*\[([0-9]{1,4}):([0-5]?[0-9])(?:\.([0-9]{1,3}))?\]")
_WORD = re.compile(r"<[0-9]{1,4}:[0-5]?[0-9](?:\.[0-9]{1,3})?>")
_ID = re.compile(r"\s*\[([A-Za-z#][A-Za-z0-9_ #-]*):(.*)\]\s*")
_MOST_OFFSET_MS = 600_000
_HELP = "write [mm:ss.xx] before the words, as in [01:23.45]"


def parse_lrc(rows: Sequence[str]) -> tuple[list[Line], list[LyricsFault]]:
    """The lines in the order of their times, and what is wrong with the file's."""
    lines: list[Line] = []
    faults: list[LyricsFault] = []
    offset = last = 0
    for row, written in enumerate(rows, 1):
        times, text = _split(written)
        if not times:
            tag = _ID.fullmatch(text)
            if tag and tag[1].lower() == "offset":
                milliseconds = _offset(tag[2])
                if milliseconds is None:
                    message = "this is no shift in milliseconds"
                    faults.append(
                        LyricsFault(code="E352", row=row, message=message, help="write [offset:500]")
                    )
                offset = round((milliseconds or 0) / 10)
            elif text.strip() and not tag:
                what = (
                    "a time that cannot be read" if text.strip().startswith("[") else "words without a time"
                )
                faults.append(LyricsFault(code="E352", row=row, message=what, help=_HELP))
            continue
        if times[0] < last:
            message = "this time comes before that of the line above it"
            faults.append(
                LyricsFault(code="E353", row=row, message=message, help="sort the lines by their times")
            )
        last = times[0]
        words = plain(_WORD.sub("", text))
        lines += [Line(at=at, text=words, row=row) for at in times]
    lines.sort(key=lambda line: line.at)
    for before, line in pairwise(lines):
        if line.at == before.at:
            message = f"two lines have one time, this and line {min(before.row, line.row)}"
            row = max(before.row, line.row)
            faults.append(
                LyricsFault(code="E353", row=row, message=message, help="join them, or part their times")
            )
    return [Line(at=line.at - offset, text=line.text, row=line.row) for line in lines], faults


def _split(written: str) -> tuple[list[int], str]:
    """The times before a line, in hundredths of a second, and the rest of the line."""
    times, at = [], 0
    while match := _STAMP.match(written, at):
        fraction = int((match[3] or "0").ljust(3, "0")) // 10
        times.append((int(match[1]) * 60 + int(match[2])) * 100 + fraction)
        at = match.end()
    return times, written[at:]


def _offset(value: str) -> int | None:
    if not re.fullmatch(r"\s*[+-]?[0-9]{1,7}\s*", value) or abs(int(value)) > _MOST_OFFSET_MS:
        return None
    return int(value)

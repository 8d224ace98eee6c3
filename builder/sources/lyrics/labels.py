r"""Label files, as Audacity writes them and Scripture App Builder reads them: `start<TAB>end<TAB>label`. Pure.

Scripture App Builder puts `\id`, `\c`, `\level` and `\separators` before the labels, and labels what is read: a verse
(`1`, `3-4`), a phrase of one (`2a`), a heading (`s1`). Such labels are places in a text that is elsewhere. So a file of
nothing else shows the number of the verse that is read, and one that has words for labels shows the words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from builder.sources.lyrics.cues import Cue, lines_of
from builder.sources.lyrics.lines import Fault, Line, plain

_LABEL = re.compile(r"\s*([0-9]{1,6}(?:[.,][0-9]{1,9})?)\t\s*([0-9]{1,6}(?:[.,][0-9]{1,9})?)(?:\t(.*))?")
_VERSE = re.compile(r"([0-9]{1,3}(?:-[0-9]{1,3})?)[a-z]{0,2}")
_HEADING = re.compile(r"(?:s|ms|mt|is|mr|r|d)[0-9]*[a-z]?")
_HELP = "write the start and the end in seconds and the words, with a tab between them"


def parse_labels(rows: Sequence[str]) -> tuple[list[Line], list[Fault]]:
    """The lines of a label file; W359 among the faults where it has verses and no words."""
    cues: list[Cue] = []
    faults: list[Fault] = []
    for row, written in enumerate(rows, 1):
        # Audacity also puts the range of frequencies of a label on a line of its own, behind a backslash.
        if not written.strip() or written.startswith("\\"):
            continue
        match = _LABEL.fullmatch(written)
        if match is None:
            faults.append(Fault(code="E352", row=row, message="this is no label", help=_HELP))
            continue
        start, end = (_hundredths(time) for time in match.group(1, 2))
        cues.append(Cue(start=start, end=end, text=plain(match[3] or ""), row=row))
    if all(_VERSE.fullmatch(cue.text) or _HEADING.fullmatch(cue.text) for cue in cues):
        cues = _verses(cues)
        message = "the labels are verses without their words: the screen shows the number of the verse"
        help_text = "nothing need be done; for the words, give them as labels, or as LRC, SRT or WebVTT"
        faults += [Fault(code="W359", row=cue.row, message=message, help=help_text) for cue in cues[:1]]
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


def _hundredths(seconds: str) -> int:
    whole, _, fraction = seconds.replace(",", ".").partition(".")
    return int(whole) * 100 + int(fraction.ljust(3, "0")[:3]) // 10

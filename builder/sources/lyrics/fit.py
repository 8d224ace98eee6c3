"""Where the words fall in a track as it was delivered: shifted by what was cut away and put before it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from builder.sources.lyrics.lines import Line


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """What a track plays of a recording: its seconds from `start` to `end`, counted from the recording's own start,
    are heard from `at` on, in seconds from the start of the finished file.
    """

    at: float
    start: float
    end: float


def fitted(lines: Sequence[Sequence[Line]], stretches: Sequence[Stretch]) -> tuple[Line, ...]:
    """The lines of a track, of which each stretch has its own, timed from the recording's start, in ascending order.

    A line whose words stand when a stretch begins is shown from there on; what lies outside is left out. All lines of a
    stretch are shifted by one number, so that those apart by a hundredth of a second stay so.
    """
    found: list[Line] = []
    for own, stretch in zip(lines, stretches, strict=True):
        found += _within(own, stretch)
    # What stands before any words, and a screen cleared twice, says nothing.
    return tuple(
        line
        for before, line in zip([None, *found], found, strict=False)
        if line.text or (before and before.text)
    )


def _within(lines: Sequence[Line], stretch: Stretch) -> Iterator[Line]:
    begin = round(stretch.at * 100)
    end = round((stretch.at + stretch.end - stretch.start) * 100)
    shift = round((stretch.at - stretch.start) * 100)
    earlier = [line for line in lines if line.at + shift <= begin]
    if earlier and begin < end:
        yield Line(at=begin, text=earlier[-1].text, row=earlier[-1].row)
    for line in lines:
        if begin < line.at + shift < end:
            yield Line(at=line.at + shift, text=line.text, row=line.row)

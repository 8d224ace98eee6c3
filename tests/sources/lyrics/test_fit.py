"""Where words fall in a finished track, whatever was cut away and put before."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.sources.lyrics.lines import Line, PlayedSpan, fitted

_LINES = [Line(at=at, text=text) for at, text in [(0, "a"), (300, "b"), (500, ""), (700, "c"), (900, "d")]]


@pytest.mark.parametrize(
    ("at", "start", "end", "wanted"),
    [
        (0, 0, 10, [(0, "a"), (300, "b"), (500, ""), (700, "c"), (900, "d")]),
        (2.5, 0, 10, [(250, "a"), (550, "b"), (750, ""), (950, "c"), (1150, "d")]),
        (0, 1, 8, [(0, "a"), (200, "b"), (400, ""), (600, "c")]),
        (0, 3, 10, [(0, "b"), (200, ""), (400, "c"), (600, "d")]),
        (0, 6, 10, [(100, "c"), (300, "d")]),
        (1, 2.995, 9, [(100, "b"), (300, ""), (500, "c")]),
        (0, 9.5, 10, [(0, "d")]),
        (0, 5.5, 6.5, []),
        (0, 10, 10, []),
    ],
)
def test_lines_move_with_the_sound(
    at: float, start: float, end: float, wanted: list[tuple[int, str]]
) -> None:
    found = fitted([_LINES], [PlayedSpan(at=at, start=start, end=end)])
    assert [(line.at, line.text) for line in found] == wanted


def test_joined_recordings_have_each_their_own_lines_and_some_none() -> None:
    stretches = [
        PlayedSpan(at=1.0, start=0.0, end=4.0),
        PlayedSpan(at=5.0, start=0.0, end=2.0),
        PlayedSpan(at=7.0, start=7.0, end=9.5),
    ]
    found = fitted([_LINES, [], _LINES], stretches)
    assert [(line.at, line.text) for line in found] == [
        (100, "a"),
        (400, "b"),
        (700, "c"),
        (900, "d"),
    ]


_TIMES = st.sets(st.integers(-500, 100_000), min_size=1, max_size=30).map(sorted)
_SECONDS = st.floats(0, 500, allow_nan=False)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(_TIMES, _SECONDS, _SECONDS), min_size=1, max_size=4), _SECONDS)
def test_lines_ascend_stay_in_their_stretch_and_keep_their_distances(
    pieces: list[tuple[list[int], float, float]], title: float
) -> None:
    stretches, lines, at = [], [], title
    for number, (times, start, length) in enumerate(pieces):
        stretches.append(PlayedSpan(at=at, start=start, end=start + length))
        lines.append([Line(at=time, text=f"{number} {time}") for time in times])
        at += length
    found = fitted(lines, stretches)
    assert all(one.at < other.at for one, other in pairwise(found))
    for line in found:
        number, time = map(int, line.text.split())
        stretch = stretches[number]
        where = stretch.at + max(time / 100, stretch.start) - stretch.start
        assert abs(line.at / 100 - where) < 0.02
        assert round(stretch.at * 100) <= line.at < round((stretch.at + stretch.end - stretch.start) * 100)
    for number, (times, start, length) in enumerate(pieces):
        heard = {f"{number} {time}" for time in times if start + 0.02 < time / 100 < start + length - 0.02}
        assert heard <= {line.text for line in found}

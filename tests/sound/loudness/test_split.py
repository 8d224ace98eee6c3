"""Where a recording is divided: in pauses, near even shares, in order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.sound.loudness.envelope import Envelope, split_points
from tests.sound.loudness.envelopes import envelope_of, speech


def _talk(seconds: float, *pauses: float, length: float = 1.0, floor: float = -60.0) -> Envelope:
    """Speech of so many seconds with pauses that begin at these."""
    sound = speech(-20.0, bins=round(seconds * 100))
    quiet = np.float32(10 ** (floor / 10))
    for at in pauses:
        sound.power[round(at * 100) : round((at + length) * 100)] = quiet
    return sound


def test_the_cut_is_made_within_the_pause_near_the_even_share() -> None:
    (point,) = split_points(_talk(60, 27.0), 2)
    assert 27.2 <= point <= 27.8
    first, second = split_points(_talk(90, 12.0, 33.0, 57.0, 80.0), 3)
    assert 33.2 <= first <= 33.8
    assert 57.2 <= second <= 57.8


def test_a_pause_beyond_the_reach_is_not_looked_for() -> None:
    """A fifth of a share, and never more than two minutes."""
    (point,) = split_points(_talk(60, 20.0), 2)
    assert point == pytest.approx(30.0, abs=0.5)
    (point,) = split_points(_talk(3600, 1800 - 125.0), 2)
    assert point == pytest.approx(1800.0, abs=0.5)
    (point,) = split_points(_talk(3600, 1800 - 115.0), 2)
    assert 1685.2 <= point <= 1685.8


def test_of_two_pauses_the_deeper_wins_unless_it_is_much_farther() -> None:
    sound = _talk(60, 31.0, floor=-40.0)
    sound.power[2600:2700] = 1e-7
    (deep,) = split_points(sound, 2)
    assert 26.2 <= deep <= 26.8
    sound.power[2600:2700] = 10**-4.1
    (near,) = split_points(sound, 2)
    assert 31.2 <= near <= 31.8


def test_a_gap_between_words_is_no_pause() -> None:
    sound = _talk(60, 30.0, length=0.1, floor=-80.0)
    sound.power[2700:2760] = 1e-5
    (point,) = split_points(sound, 2)
    assert 27.2 <= point <= 27.4


def test_where_all_is_alike_the_shares_are_even() -> None:
    for level in (-20.0, -300.0):
        points = split_points(envelope_of((level, level, 12_000)), 4)
        assert points == pytest.approx([30.0, 60.0, 90.0], abs=0.5)


def test_one_part_needs_no_cut() -> None:
    assert split_points(speech(-20.0), 1) == []


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.floats(1e-9, 1), min_size=1, max_size=60),
    st.integers(1, 40),
    st.integers(2, 12),
    st.booleans(),
)
def test_points_are_in_order_and_near_their_shares(
    powers: list[float], stretch: int, parts: int, is_silent: bool
) -> None:
    power = np.repeat(np.array(powers, np.float32), stretch * 10)
    if len(power) < parts * 1000:  # no part is shorter than ten seconds: `split` refuses that
        power = np.tile(power, parts * 1000 // len(power) + 1)
    power *= not is_silent
    sound = Envelope(power=power, peak=np.sqrt(power), seconds=len(power) / 100)
    points = split_points(sound, parts)
    share = sound.seconds / parts
    assert len(points) == parts - 1
    for number, point in enumerate(points, 1):
        assert abs(point - number * share) <= min(0.2 * share, 120) + 0.3
    edges = [0.0, *points, sound.seconds]
    assert min(np.diff(edges)) >= 0.5 * share
    assert split_points(sound, parts) == points

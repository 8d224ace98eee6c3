"""The limiter: no peak above the ceiling wherever it stands, and nothing done where there is nothing to do."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.sound.loudness import limiter
from builder.sound.loudness.limiter import gain_curve, limited
from tests.sound.loudness.envelopes import envelope_of, speech, with_peak

_PEAKS = st.lists(st.floats(-60, 6), min_size=1, max_size=300).map(
    lambda levels: (10 ** (np.array(levels) / 20)).astype(np.float32)
)


def _one_peak(dbtp: float, at: int, bins: int = 100) -> npt.NDArray[np.float32]:
    peak = np.full(bins, 0.1, np.float32)
    peak[at] = 10 ** (dbtp / 20)
    return peak


@settings(deadline=None)
@given(_PEAKS, st.floats(-20, 24), st.floats(-12, -0.5))
def test_no_peak_is_above_the_ceiling_wherever_in_its_bin_it_stands_or_one_bin_off(
    peak: npt.NDArray[np.float32], gain_db: float, ceiling_dbtp: float
) -> None:
    curve = gain_curve(peak, gain_db, ceiling_dbtp)
    assert len(curve) == len(peak) + 1
    edges = np.concatenate([[0], curve, [0]])  # the lines between them are nowhere above their ends
    around = np.max([edges[at : at + len(peak)] for at in range(4)], axis=0)
    highest = peak.astype(float) * 10 ** (gain_db / 20) * around
    assert highest.max() <= 10 ** (ceiling_dbtp / 20) * (1 + 1e-6)


@settings(deadline=None)
@given(_PEAKS, st.floats(-20, 24), st.floats(-12, -0.5))
def test_it_turns_down_only_and_no_further_than_the_highest_peak_needs(
    peak: npt.NDArray[np.float32], gain_db: float, ceiling_dbtp: float
) -> None:
    curve = gain_curve(peak, gain_db, ceiling_dbtp)
    over_db = 20 * math.log10(float(peak.max())) + gain_db - ceiling_dbtp
    assert curve.max() <= 1.0
    assert curve.min() >= 10 ** (-max(0.0, over_db) / 20) * (1 - 1e-6)


@settings(deadline=None)
@given(st.integers(20, 79), st.floats(-1.9, 6))
def test_it_is_one_exactly_where_no_peak_is_near(at: int, dbtp: float) -> None:
    curve = gain_curve(_one_peak(dbtp, at), 0.0, -2.0)
    assert (curve[: at - 7] == 1).all()
    assert (curve[at + 9 :] == 1).all()
    assert (curve[at - 7 : at + 9] < 1).all()


@settings(deadline=None)
@given(_PEAKS, st.floats(-20, 24))
def test_what_stays_below_the_ceiling_is_not_touched(peak: npt.NDArray[np.float32], gain_db: float) -> None:
    above = 20 * math.log10(float(peak.max())) + gain_db + 1e-6
    assert (gain_curve(peak, gain_db, above) == 1).all()


@settings(deadline=None)
@given(_PEAKS, st.floats(-20, 24), st.integers(1, 80))
def test_it_does_not_matter_in_which_pieces_it_is_worked_out(
    peak: npt.NDArray[np.float32], gain_db: float, piece: int
) -> None:
    sound = envelope_of(*((20 * math.log10(float(one)) - 12, 20 * math.log10(float(one)), 1) for one in peak))
    curve, whole = gain_curve(peak, gain_db, -2.0), limited(sound, gain_db, -2.0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limiter, "_PIECE", piece)
        assert (gain_curve(peak, gain_db, -2.0) == curve).all()
        parts = limited(sound, gain_db, -2.0)
    assert parts.reduction_db == whole.reduction_db
    assert parts.envelope.power == pytest.approx(whole.envelope.power, rel=1e-6)
    assert parts.envelope.peak == pytest.approx(whole.envelope.peak, rel=1e-6)


def test_it_falls_to_a_peak_and_rises_from_it_without_a_step() -> None:
    curve = gain_curve(_one_peak(4.0, 50, bins=101), 0.0, -2.0)
    assert curve[50] == curve[51] == curve.min() == pytest.approx(10 ** (-6 / 20))
    assert (np.diff(curve[:51]) <= 0).all()
    assert (np.diff(curve[51:]) >= 0).all()
    assert curve == pytest.approx(curve[::-1])
    assert np.abs(np.diff(curve)).max() < 0.3 * (1 - curve.min())


def test_a_plateau_is_held_at_the_ceiling() -> None:
    peak = np.full(200, 10 ** (4 / 20), np.float32)
    curve = gain_curve(peak, 0.0, -2.0)
    assert curve == pytest.approx(np.full(201, 10 ** (-6 / 20)))


def test_nothing_and_silence_need_no_gain() -> None:
    assert gain_curve(np.empty(0, np.float32), 6.0, -2.0).tolist() == [1.0]
    assert (gain_curve(np.zeros(50, np.float32), 24.0, -2.0) == 1).all()


@settings(deadline=None)
@given(_PEAKS, st.floats(-20, 24), st.floats(-12, -0.5))
def test_the_envelope_of_what_is_limited_keeps_to_the_ceiling_and_says_how_far_it_went(
    peak: npt.NDArray[np.float32], gain_db: float, ceiling_dbtp: float
) -> None:
    sound = envelope_of(*((20 * math.log10(float(one)) - 12, 20 * math.log10(float(one)), 1) for one in peak))
    found = limited(sound, gain_db, ceiling_dbtp)
    over_db = 20 * math.log10(float(peak.max())) + gain_db - ceiling_dbtp
    assert found.envelope.loudness.true_peak_dbtp <= ceiling_dbtp + 1e-4
    assert found.reduction_db == pytest.approx(max(0.0, over_db), abs=1e-4)
    assert found.envelope.seconds == sound.seconds
    factor = 10 ** (gain_db / 10)
    assert (found.envelope.power <= sound.power * factor * 1.000001).all()
    assert (found.envelope.power >= sound.power * factor * 10 ** (-found.reduction_db / 10) * 0.999).all()


def test_a_gain_alone_moves_the_loudness_and_reduces_nothing() -> None:
    found = limited(speech(-30.0, 10.0), 6.0, -2.0)
    assert (found.reduction_db, math.copysign(1, found.reduction_db)) == (0.0, 1.0)
    assert found.envelope.loudness.integrated_lufs == pytest.approx(-24.0, abs=0.01)
    assert found.envelope.loudness.true_peak_dbtp == pytest.approx(-14.0, abs=0.01)


def test_one_peak_costs_hardly_any_loudness() -> None:
    found = limited(with_peak(speech(-24.0), 0.0), 5.0, -2.0)
    assert found.reduction_db == pytest.approx(7.0, abs=0.01)
    assert found.envelope.loudness.integrated_lufs == pytest.approx(-19.0, abs=0.1)

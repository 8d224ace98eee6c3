"""Envelopes: cut and joined without loss, kept on disk as they are, and finite whatever they hold."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.sound.loudness.envelope import QUIETEST_DB, Envelope, joined, read_envelope
from tests.sound.loudness.envelopes import envelope_of, speech

_POWERS = st.lists(st.one_of(st.just(0.0), st.floats(1e-12, 4)), min_size=1, max_size=700).map(
    lambda values: np.array(values, np.float32)
)


def _made(power: npt.NDArray[np.float32]) -> Envelope:
    return Envelope(power=power, peak=np.sqrt(power) * np.float32(2), seconds=len(power) / 100)


@settings(deadline=None)
@given(_POWERS, st.data())
def test_what_is_cut_apart_and_joined_again_is_the_same(
    power: npt.NDArray[np.float32], data: st.DataObject
) -> None:
    whole = _made(power)
    cut = data.draw(st.integers(0, len(power))) / 100
    again = joined([whole.between(0.0, cut), whole.between(cut, whole.seconds)])
    assert (again.power == whole.power).all()
    assert (again.peak == whole.peak).all()
    assert again.seconds == pytest.approx(whole.seconds)
    assert again.loudness == whole.loudness


def test_a_part_is_cut_to_the_nearest_10_ms_and_not_beyond_the_end() -> None:
    whole = envelope_of((-20.0, -8.0, 100), (-30.0, -18.0, 100))
    part = whole.between(0.994, 1.506)
    assert len(part.power) == 52
    assert part.seconds == pytest.approx(0.512)
    assert part.loudness.true_peak_dbtp == pytest.approx(-8.0, abs=0.001)
    assert whole.between(1.0, 9.0).seconds == pytest.approx(1.0)
    assert whole.between(1.0, 9.0).loudness.true_peak_dbtp == pytest.approx(-18.0, abs=0.001)


@settings(deadline=None)
@given(_POWERS)
def test_what_is_written_is_read_again_to_the_last_bit(
    tmp_path_factory: pytest.TempPathFactory, power: npt.NDArray[np.float32]
) -> None:
    path = tmp_path_factory.getbasetemp() / "envelope"
    whole = _made(power)
    whole.write(path)
    again = read_envelope(path, whole.seconds)
    assert (again.power.tobytes(), again.peak.tobytes()) == (whole.power.tobytes(), whole.peak.tobytes())
    assert (again.seconds, again.loudness) == (whole.seconds, whole.loudness)
    assert path.stat().st_size == 8 * len(power)


def test_an_hour_is_less_than_three_megabytes(tmp_path: Path) -> None:
    speech(-20.0, bins=360_000).write(tmp_path / "hour")
    assert (tmp_path / "hour").stat().st_size < 3_000_000


@settings(deadline=None)
@given(_POWERS)
def test_every_number_is_finite_or_none_whatever_the_sound(power: npt.NDArray[np.float32]) -> None:
    found = _made(power)
    assert math.isfinite(found.lra_lu)
    assert found.lra_lu >= 0
    assert QUIETEST_DB <= found.noise_floor_db < 10
    for level in (found.loudness.integrated_lufs, found.momentary_max_lufs, found.short_term_max_lufs):
        assert level is None or math.isfinite(level)
    head, tail = found.silence_at_ends(-50.0)
    assert 0 <= head <= found.seconds
    assert 0 <= tail <= found.seconds
    assert head + tail <= found.seconds + 1e-9


@pytest.mark.parametrize("bins", [1, 39, 40, 299])
def test_below_three_seconds_there_is_no_range(bins: int) -> None:
    short = speech(-20.0, bins=bins)
    assert (short.lra_lu, short.short_term_max_lufs) == (0.0, None)
    assert (short.momentary_max_lufs is None) == (bins < 40)


def test_the_range_is_that_of_the_loud_and_the_soft_parts() -> None:
    even = envelope_of((-20.0, -8.0, 2000))
    uneven = envelope_of((-20.0, -8.0, 2000), (-30.0, -18.0, 2000))
    assert even.lra_lu == pytest.approx(0.0, abs=0.01)
    assert uneven.lra_lu == pytest.approx(10.0, abs=0.1)


def test_the_noise_floor_is_the_level_of_the_pauses() -> None:
    talk = [(-20.0, -8.0, 200), (-58.0, -46.0, 60)]
    assert envelope_of(*(talk * 5)).noise_floor_db == pytest.approx(-58.0, abs=0.1)
    assert envelope_of(*([talk[0], (-200.0, -200.0, 60)] * 5)).noise_floor_db == QUIETEST_DB
    assert speech(-20.0, bins=39).noise_floor_db == QUIETEST_DB


def test_a_clip_shorter_than_a_block_is_measured_as_if_silence_followed() -> None:
    assert speech(-20.0, bins=40).loudness.blocks == {-2000: 1}
    assert speech(-20.0, bins=20).loudness.blocks == {-2301: 1}
    assert speech(-20.0, bins=49).loudness.blocks == {-2000: 1}
    assert speech(-20.0, bins=50).loudness.blocks == {-2000: 2}


def test_silence_has_no_loudness_and_no_peak() -> None:
    silence = _made(np.zeros(100, np.float32))
    assert silence.loudness.integrated_lufs is None
    assert silence.loudness.true_peak_dbtp == -math.inf
    assert silence.silence_at_ends(-50.0) == (0.0, 0.0)
    nothing = _made(np.empty(0, np.float32))
    assert (nothing.loudness.integrated_lufs, nothing.lra_lu, nothing.seconds) == (None, 0.0, 0.0)


def test_silence_at_the_ends_is_what_stays_below_the_threshold() -> None:
    sound = envelope_of((-70.0, -60.0, 150), (-20.0, -8.0, 100), (-70.0, -60.0, 30), (-20.0, -8.0, 10))
    assert sound.silence_at_ends(-50.0) == (1.5, 0.0)
    assert sound.between(0.0, 2.8).silence_at_ends(-50.0) == pytest.approx((1.5, 0.3))
    assert sound.silence_at_ends(-75.0) == (0.0, 0.0)

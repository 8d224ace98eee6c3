"""Loudness as numbers: the gates of BS.1770, one gain per work, and corrections that stay below the ceiling."""

from __future__ import annotations

import dataclasses
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.audio.loudness import (
    ENCODER_LOSS_DB,
    MAX_CORRECTIONS,
    PEAK_SLACK_DB,
    TOLERANCE_LU,
    Loudness,
    Tried,
    best,
    combined,
    corrected,
    gain_for,
    held_by,
    next_gain,
)
from builder.profiles.profile import AudioSettings

_SETTINGS = AudioSettings(
    sample_rate_hz=44100, channels=1, bitrate_kbps=64, target_lufs=-19.0, peak_dbtp=-1.5, max_gain_db=24.0
)
# Two decimals are recorded, so a gain may lie half a hundredth beside the exact one.
_ROUNDING = 0.0051


def _sound(lufs: float, peak: float = -10.0) -> Loudness:
    return Loudness(blocks={round(lufs * 100): 100}, true_peak_dbtp=peak)


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        # One level is its own mean, however often.
        ({-2300: 1}, -23.0),
        ({-2300: 1000}, -23.0),
        ({-6999: 3}, -69.99),
        # Energies, not decibels, are averaged: (10^-2 + 10^-3) / 2 = 0.0055.
        ({-2000: 1, -2900: 1}, 10 * math.log10((10**-2.0 + 10**-2.9) / 2)),
        ({-2000: 3, -2300: 1}, 10 * math.log10((3 * 10**-2.0 + 10**-2.3) / 4)),
        # The relative gate: 10 LU below the mean of all. -40 lies below -20 - 3 - 10 and is not counted ...
        ({-2000: 1, -4000: 1}, -20.0),
        ({-2000: 100, -6000: 300}, -20.0),
        # ... but where most blocks are quiet, the mean falls, and with it the gate.
        ({-2000: 1, -4000: 99}, 10 * math.log10((10**-2.0 + 99 * 10**-4.0) / 100)),
        # The mean of the three is -24.74, its gate -34.74: -34 passes, -35 does not.
        ({-2000: 1, -3400: 2}, 10 * math.log10((10**-2.0 + 2 * 10**-3.4) / 3)),
        ({-2000: 1, -3500: 2}, -20.0),
    ],
)
def test_loudness_is_gated_as_bs_1770_says(blocks: dict[int, int], expected: float) -> None:
    found = Loudness(blocks=blocks, true_peak_dbtp=-3.0).integrated_lufs
    assert found is not None
    assert found == pytest.approx(expected, abs=1e-9)


def test_silence_has_no_loudness_and_no_gain() -> None:
    silence = Loudness(blocks={}, true_peak_dbtp=-math.inf)
    assert silence.integrated_lufs is None
    with pytest.raises(ValueError, match="silence has no gain"):
        gain_for(silence, _SETTINGS)
    assert corrected(0.0, silence, _SETTINGS) is None


_BLOCKS = st.dictionaries(st.integers(-7000, 300), st.integers(1, 500), min_size=1, max_size=30)
_PEAKS = st.floats(-60, 6)
_LOUDNESS = st.builds(lambda blocks, peak: Loudness(blocks=blocks, true_peak_dbtp=peak), _BLOCKS, _PEAKS)
_GAINS = st.floats(-40, 24).map(lambda db: round(db, 2))


def _by_the_book(blocks: dict[int, int]) -> float:
    """BS.1770-4, equations 4 to 7, on every block by itself. The absolute gate has been applied."""
    levels = [level / 100 for level, count in blocks.items() for _ in range(count)]

    def mean(kept: list[float]) -> float:
        return 10 * math.log10(sum(10 ** (level / 10) for level in kept) / len(kept))

    gate = mean(levels) - 10
    return mean([level for level in levels if level > gate])


@settings(deadline=None)
@given(_LOUDNESS)
def test_a_histogram_measures_what_its_blocks_do(sound: Loudness) -> None:
    assert sound.integrated_lufs == pytest.approx(_by_the_book(dict(sound.blocks)), abs=1e-6)


@settings(deadline=None)
@given(_LOUDNESS)
def test_loudness_lies_between_the_quietest_and_the_loudest_block(sound: Loudness) -> None:
    level = sound.integrated_lufs
    assert level is not None
    assert min(sound.blocks) / 100 - 1e-9 <= level <= max(sound.blocks) / 100 + 1e-9


@settings(deadline=None)
@given(_BLOCKS, st.integers(-500, 500))
def test_a_gain_moves_loudness_by_as_much(blocks: dict[int, int], hundredths: int) -> None:
    moved = {level + hundredths: count for level, count in blocks.items()}
    before, after = (Loudness(blocks=b, true_peak_dbtp=0.0).integrated_lufs for b in (blocks, moved))
    assert before is not None
    assert after is not None
    # A block that lies on the gate to the last digit may fall on either side of it.
    assert after - before == pytest.approx(hundredths / 100, abs=0.05)


@settings(deadline=None)
@given(st.lists(_LOUDNESS, min_size=1, max_size=5))
def test_tracks_combined_are_one_programme(parts: list[Loudness]) -> None:
    whole = combined(parts)
    assert whole.true_peak_dbtp == max(part.true_peak_dbtp for part in parts)
    for level in {level for part in parts for level in part.blocks}:
        assert whole.blocks[level] == sum(part.blocks.get(level, 0) for part in parts)
    assert combined(reversed(parts)).integrated_lufs == pytest.approx(whole.integrated_lufs)
    assert combined([whole]) == whole


def test_combined_loudness_is_gated_over_the_whole_and_not_averaged() -> None:
    loud, quiet = (
        Loudness(blocks={-2000: 10}, true_peak_dbtp=-3),
        Loudness(blocks={-4000: 10}, true_peak_dbtp=-30),
    )
    assert combined([loud, quiet]).integrated_lufs == pytest.approx(-20.0)
    assert combined([]).integrated_lufs is None


@pytest.mark.parametrize(
    ("lufs", "peak", "expected"),
    [
        (-25.0, -20.0, 6.0 + ENCODER_LOSS_DB),  # to the target
        (-19.0, -10.0, ENCODER_LOSS_DB),  # already there
        (-12.0, -3.0, -7.0 + ENCODER_LOSS_DB),  # too loud: turned down
        (-25.0, -4.0, 2.5 + ENCODER_LOSS_DB),  # held by its peak
        (-19.0, 0.5, -2.0 + ENCODER_LOSS_DB),  # over the ceiling: turned down, below its target
        (-42.9, -40.0, 24.0),  # 23.9 and the encoder's loss: more than the limit
        (-60.0, -50.0, 24.0),  # held by the boost limit
        (-60.0, -20.0, 18.5 + ENCODER_LOSS_DB),  # the peak comes first
    ],
)
def test_the_first_gain_goes_to_the_target_as_far_as_it_may(
    lufs: float, peak: float, expected: float
) -> None:
    assert gain_for(_sound(lufs, peak), _SETTINGS) == pytest.approx(expected, abs=_ROUNDING)


@settings(deadline=None)
@given(_LOUDNESS)
def test_sound_always_has_a_gain_within_its_limits(sound: Loudness) -> None:
    gain = gain_for(sound, _SETTINGS)
    assert math.isfinite(gain)
    assert gain <= _SETTINGS.max_gain_db
    assert sound.true_peak_dbtp + gain - ENCODER_LOSS_DB <= _SETTINGS.peak_dbtp + _ROUNDING
    level = sound.integrated_lufs
    assert level is not None
    assert level + gain - ENCODER_LOSS_DB <= _SETTINGS.target_lufs + _ROUNDING
    assert round(gain, 2) == gain
    assert math.copysign(1, gain) == 1 or gain < 0  # never -0.0


@pytest.mark.parametrize(
    ("gain", "lufs", "peak", "expected"),
    [
        (6.0, -19.0, -5.0, None),  # right
        (6.0, -19.29, -5.0, None),  # within the tolerance
        (6.0, -18.71, -5.0, None),
        (6.0, -19.31, -5.0, 6.31),  # beyond it
        (6.0, -18.69, -5.0, 5.69),
        (6.0, -22.0, -5.0, 9.0),
        (6.0, -16.0, -5.0, 3.0),
        (6.0, -22.0, -1.6, None),  # nothing left below the ceiling
        (6.0, -22.0, -1.7, None),  # nothing worth another encode
        (6.0, -22.0, -1.71, 6.11),  # up to 0.1 below the ceiling
        (6.0, -22.0, -3.0, 7.4),
        (6.0, -19.0, -1.5, None),  # on the ceiling is not above it
        (6.0, -19.0, -1.4, 5.8),  # above the ceiling: down, also where the level is right
        (6.0, -19.0, 0.5, 3.9),
        (6.0, -22.0, -1.0, 5.4),
        (6.0, -16.0, -1.0, 3.0),
        (24.0, -30.0, -20.0, None),  # at the boost limit
        (23.0, -30.0, -20.0, 24.0),  # up to it
        (24.0, -30.0, -1.0, 23.4),
    ],
)
def test_a_delivered_work_is_corrected_where_it_missed(
    gain: float, lufs: float, peak: float, expected: float | None
) -> None:
    found = corrected(gain, _sound(lufs, peak), _SETTINGS)
    assert found == (None if expected is None else pytest.approx(expected, abs=_ROUNDING))


@settings(deadline=None)
@given(_GAINS, _LOUDNESS, st.floats(-3, -0.5), st.floats(-25, -14), st.floats(6, 30))
def test_a_correction_never_aims_above_a_limit(
    gain: float, delivered: Loudness, peak: float, target: float, boost: float
) -> None:
    boost = round(boost, 1)
    limits = dataclasses.replace(_SETTINGS, peak_dbtp=peak, target_lufs=target, max_gain_db=boost)
    better = corrected(gain, delivered, limits)
    level = delivered.integrated_lufs
    assert level is not None
    if better is None:
        is_right = abs(target - level) <= TOLERANCE_LU + _ROUNDING
        is_held = target > level and (gain == boost or peak - delivered.true_peak_dbtp <= PEAK_SLACK_DB)
        assert delivered.true_peak_dbtp <= peak
        assert is_right or is_held
    else:
        assert better != gain
        assert better <= boost
        assert delivered.true_peak_dbtp + better - gain <= peak - PEAK_SLACK_DB / 2 + _ROUNDING
        assert level + better - gain <= target + _ROUNDING


@settings(deadline=None)
@given(_LOUDNESS, st.floats(-1.5, 1.0), st.floats(0, 1.5))
def test_corrections_come_to_rest_when_the_encoder_is_steady(
    source: Loudness, loss: float, overshoot: float
) -> None:
    """Whatever an encoder takes from the level and adds to the peaks, two corrections are enough."""

    def delivered(gain: float) -> Loudness:
        moved = {math.floor(level + (gain - loss) * 100 + 0.5): n for level, n in source.blocks.items()}
        return Loudness(blocks=moved, true_peak_dbtp=source.true_peak_dbtp + gain - loss + overshoot)

    gain = gain_for(source, _SETTINGS)
    for _ in range(MAX_CORRECTIONS):
        better = corrected(gain, delivered(gain), _SETTINGS)
        gain = gain if better is None else better
    assert corrected(gain, delivered(gain), _SETTINGS) is None
    assert delivered(gain).true_peak_dbtp <= _SETTINGS.peak_dbtp


@pytest.mark.parametrize(
    ("gain", "lufs", "peak", "expected"),
    [
        (6.0, -19.0, -8.0, None),
        (6.0, -19.29, -8.0, None),
        (24.0, -19.2, -8.0, None),
        (6.0, -19.31, -1.6, "true peak"),
        (-2.0, -22.0, -1.6, "true peak"),
        (24.0, -22.0, -8.0, "boost limit"),
        (6.0, -19.31, -8.0, "corrections"),
        (6.0, -15.0, -8.0, "corrections"),
    ],
)
def test_what_holds_a_quiet_work_is_said(gain: float, lufs: float, peak: float, expected: str | None) -> None:
    assert held_by([Tried(gain_db=gain, delivered=_sound(lufs, peak))], _SETTINGS) == expected


def _tried(gain: float, lufs: float, peak: float) -> Tried:
    return Tried(gain_db=gain, delivered=_sound(lufs, peak))


def test_the_search_stays_between_what_kept_to_the_ceiling_and_what_did_not() -> None:
    """The overshoot of speech jumps: this is a real slice of the sonnet, which once ended above the ceiling."""
    tried = [_tried(3.56, -19.34, -1.19), _tried(3.05, -19.88, -2.30)]
    gain = next_gain(tried, _SETTINGS)
    assert gain is not None
    assert 3.05 < gain < 3.56


def test_the_try_that_ships_is_the_nearest_of_those_below_the_ceiling() -> None:
    tried = [
        _tried(3.6, -19.3, -1.2),
        _tried(3.0, -19.9, -2.3),
        _tried(3.3, -19.6, -1.8),
        _tried(3.4, -19.5, -1.4),
    ]
    assert best(tried, _SETTINGS).gain_db == 3.3
    assert held_by(tried, _SETTINGS) == "true peak"
    assert best(tried[:1], _SETTINGS).gain_db == 3.6


def test_no_gain_is_tried_twice() -> None:
    tried = [_tried(6.0, -19.6, -5.0), _tried(6.6, -19.6, -5.0), _tried(7.2, -19.6, -5.0)]
    assert next_gain([*tried, _tried(6.0, -19.6, -5.0)], _SETTINGS) is None

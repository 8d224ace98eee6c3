"""Loudness as numbers: the gates of BS.1770 on a histogram, and tracks measured together."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.sound.loudness.envelope import Loudness, combined


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


def test_silence_has_no_loudness_and_adds_none() -> None:
    silence = Loudness(blocks={}, true_peak_dbtp=-math.inf)
    assert silence.integrated_lufs is None
    assert combined([silence, silence]) == silence
    sound = Loudness(blocks={-2000: 3}, true_peak_dbtp=-4.0)
    assert combined([silence, sound]) == sound


_BLOCKS = st.dictionaries(st.integers(-7000, 300), st.integers(1, 500), min_size=1, max_size=30)
_PEAKS = st.floats(-60, 6)
_LOUDNESS = st.builds(lambda blocks, peak: Loudness(blocks=blocks, true_peak_dbtp=peak), _BLOCKS, _PEAKS)


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

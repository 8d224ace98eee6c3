"""Loudness and peak of a recording every 10 ms, and what follows from them: sums, range, pauses, places to split. Pure.

ITU-R BS.1770-4 and EBU Tech 3341: blocks of 400 ms, 75 % overlapping, an absolute gate at -70 LUFS and a relative one
10 LU below the mean of what passed; short-term loudness over 3 s. EBU Tech 3342: the range. A mono file is measured as
the one channel that it is; a player puts it on two speakers, where it would read 3.01 LU higher.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from builder.sound.loudness.decibels import Decibels, level_of, levels_of, power_of

ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0


@dataclass(frozen=True, kw_only=True)
class Loudness:
    """What a meter found. `blocks` counts gating blocks above -70 LUFS by their loudness in 1/100 LU.

    A histogram, so that tracks of one work can be measured as the one programme they are, exactly enough (the
    bins are 0.01 LU wide) and in little memory however long they are.
    """

    blocks: Mapping[int, int]
    true_peak_dbtp: float

    @property
    def integrated_lufs(self) -> float | None:
        """Gated loudness; None for silence."""
        if not self.blocks:
            return None
        gate = _mean_lufs(self.blocks) + RELATIVE_GATE_LU
        return _mean_lufs({level: count for level, count in self.blocks.items() if level / 100 > gate})


def _mean_lufs(blocks: Mapping[int, int]) -> float:
    energy = math.fsum(count * power_of(level / 100) for level, count in blocks.items())
    return level_of(energy / sum(blocks.values()))


def combined(parts: Iterable[Loudness]) -> Loudness:
    """Several tracks measured as one programme."""
    blocks: Counter[int] = Counter()
    peak = -math.inf
    for part in parts:
        blocks.update(part.blocks)
        peak = max(peak, part.true_peak_dbtp)
    return Loudness(blocks=blocks, true_peak_dbtp=peak)


BINS_PER_SECOND = 100
_OFFSET_DB = -0.691  # BS.1770-4: makes a full-scale sine of 1 kHz in one front channel read -3.01 LUFS
_MOMENTARY, _SHORT_TERM, _HOP = 40, 300, 10  # bins
_RANGE_GATE = 0.01  # of the mean power: 20 LU below
_QUIET_PERCENT = 5
_LEAST_POWER = 1e-20  # so that silence has a level
QUIETEST_DB = -96.0  # what 16 bits can hold; digital silence is written as this


@dataclass(frozen=True, kw_only=True, eq=False)
class Envelope:
    """`power` is the K-weighted mean square of each 10 ms, all channels; `peak` what its true peak is at most.

    The highest `peak` of all is a true peak itself. Full scale is 1.
    """

    power: NDArray[np.float32]
    peak: NDArray[np.float32]
    seconds: float
    sample_peak: float = 0.0
    clipped_samples: int = 0

    @property
    def loudness(self) -> Loudness:
        """Gating blocks of 400 ms, one every 100 ms. A clip shorter than one is measured as if silence followed."""
        blocks = self._levels(_MOMENTARY, _HOP)
        if not len(blocks):
            blocks = _loudness(np.array([self.power.sum(dtype=np.float64) / _MOMENTARY]))
        loud = np.round(blocks[blocks > ABSOLUTE_GATE_LUFS] * 100).astype(int)
        levels, counts = np.unique(loud, return_counts=True)
        return Loudness(
            blocks=dict(zip(levels.tolist(), counts.tolist(), strict=True)),
            true_peak_dbtp=_peak_db(float(self.peak.max(initial=0.0))),
        )

    @property
    def momentary_max_lufs(self) -> float | None:
        return _highest(self._levels(_MOMENTARY, 1))

    @property
    def short_term_max_lufs(self) -> float | None:
        return _highest(self._levels(_SHORT_TERM, 1))

    @property
    def sample_peak_dbfs(self) -> float:
        return _peak_db(self.sample_peak)

    @property
    def lra_lu(self) -> float:
        """Loudness range: from the 10th to the 95th percentile of the short-term loudness. 0 below three seconds."""
        powers = self._powers(_SHORT_TERM, _HOP)
        powers = powers[_loudness(powers) > ABSOLUTE_GATE_LUFS]
        if not len(powers):
            return 0.0
        levels = levels_of(powers[powers > powers.mean() * _RANGE_GATE])
        low, high = np.percentile(levels, [10, 95])
        return float(high - low)

    @property
    def noise_floor_db(self) -> float:
        """The level, K-weighted, below which the quietest twentieth of the 400 ms blocks stay."""
        levels = self._levels(_MOMENTARY, _HOP)
        if not len(levels):
            return QUIETEST_DB
        return max(float(np.percentile(levels, _QUIET_PERCENT)), QUIETEST_DB)

    def _levels(self, window: int, hop: int) -> Decibels:
        return _loudness(self._powers(window, hop))

    def _powers(self, window: int, hop: int) -> Decibels:
        """Mean power of windows of so many bins, one every `hop`; only whole windows."""
        whole = self.power[: math.floor(self.seconds * BINS_PER_SECOND + 1e-6)]
        if len(whole) < window:
            return np.empty(0)
        sums = np.concatenate([[0.0], np.cumsum(whole, dtype=np.float64)])
        powers: Decibels = (sums[window::hop] - sums[:-window:hop]) / window
        return powers

    def between(self, start: float, end: float) -> Envelope:
        """The envelope of a part, cut to the nearest 10 ms."""
        first, last = round(start * BINS_PER_SECOND), round(end * BINS_PER_SECOND)
        power, peak = self.power[first:last], self.peak[first:last]
        return Envelope(power=power, peak=peak, seconds=min(end, self.seconds) - start)

    def silence_at_ends(self, threshold: float) -> tuple[float, float]:
        """Seconds at the head and the tail in which nothing reaches `threshold` (dB, K-weighted)."""
        loud = np.flatnonzero(self.power > power_of(threshold - _OFFSET_DB))
        if not len(loud):
            return 0.0, 0.0
        return loud[0] / BINS_PER_SECOND, max(0.0, self.seconds - (loud[-1] + 1) / BINS_PER_SECOND)

    def write(self, path: Path) -> None:
        np.stack([self.power, self.peak]).tofile(path)


def read_envelope(path: Path, seconds: float) -> Envelope:
    """What `write` wrote. Sample peak and clipped samples are no part of it."""
    power, peak = np.fromfile(path, np.float32).reshape(2, -1)
    return Envelope(power=power, peak=peak, seconds=seconds)


def joined(parts: Sequence[Envelope]) -> Envelope:
    """One recording after the other; each begins in the bin nearest to where it begins in time."""
    if len(parts) == 1:
        return parts[0]
    seconds = math.fsum(part.seconds for part in parts)
    count = math.ceil(seconds * BINS_PER_SECOND - 1e-6)
    power, peak = np.zeros(count + 2, np.float32), np.zeros(count + 2, np.float32)
    at = 0.0
    for part in parts:
        bins = slice(round(at * BINS_PER_SECOND), round(at * BINS_PER_SECOND) + len(part.power))
        power[bins] += part.power[: len(power[bins])]
        peak[bins] = np.maximum(peak[bins], part.peak[: len(peak[bins])])
        at += part.seconds
    if count:  # what rounding has pushed over the end
        power[count - 1] = power[count - 1 :].sum()
        peak[count - 1] = peak[count - 1 :].max()
    return Envelope(power=power[:count], peak=peak[:count], seconds=seconds)


def _loudness(power: Decibels) -> Decibels:
    return levels_of(np.maximum(power, _LEAST_POWER)) + _OFFSET_DB


def _peak_db(peak: float) -> float:
    return level_of(peak * peak)


def _highest(levels: Decibels) -> float | None:
    return float(levels.max()) if len(levels) else None


# A cut may lie so much of a part's length away from the even share, at most two minutes.
_REACH, _MOST_SECONDS = 0.2, 120.0
# Half a second of quiet is a pause between sentences; the cut is made in its middle.
_PAUSE_SECONDS = 0.5
# A pause at the far end of the reach must be this much deeper than one at the even share.
_FAR_DB = 6.0
_QUIETEST = 1e-12


def split_points(envelope: Envelope, parts: int) -> list[float]:
    """The seconds at which a recording is cut into so many parts: `parts` - 1 of them, ascending."""
    share = envelope.seconds / parts
    reach = min(share * _REACH, _MOST_SECONDS)
    window = round(_PAUSE_SECONDS * BINS_PER_SECOND)
    sums = np.concatenate([[0.0], np.cumsum(envelope.power, dtype=np.float64)])
    points = []
    for number in range(1, parts):
        first = max(0, round((number * share - reach) * BINS_PER_SECOND))
        last = min(len(envelope.power) - window, round((number * share + reach) * BINS_PER_SECOND))
        starts = np.arange(first, max(first, last) + 1)
        middles = (starts + window / 2) / BINS_PER_SECOND
        power = (sums[np.minimum(starts + window, len(sums) - 1)] - sums[starts]) / window
        far = np.abs(middles - number * share) / reach
        quietest = int(np.argmin(levels_of(np.maximum(power, _QUIETEST)) + _FAR_DB * far))
        points.append(round(float(middles[quietest]), 2))
    return points

"""Loudness as numbers that can be added up: what a track measures, and what tracks measure together. Pure.

ITU-R BS.1770-4: loudness of 400 ms blocks, 75 % overlapping; an absolute gate at -70 LUFS and a relative one
10 LU below the mean of what passed. A mono file is measured as the one channel it is; a player that puts it on
two speakers is not asked (a stereo copy of the same sound would read 3.01 LU higher).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from builder.sound.loudness.decibels import level_of, power_of

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

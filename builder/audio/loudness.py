"""Loudness as numbers: what a work measures, which gain it gets, whether the delivered file kept to it. Pure.

ITU-R BS.1770-4: loudness of 400 ms blocks, 75 % overlapping; an absolute gate at -70 LUFS and a relative one
10 LU below the mean of what passed. A mono file is measured as the one channel it is; a player that puts it on
two speakers is not asked (a stereo copy of the same sound would read 3.01 LU higher).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from builder.profiles.profile import AudioSettings

ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0

# A delivered file is corrected and rendered again when it is further than this from where it should be.
TOLERANCE_LU = 0.3
# Held by its peak: a delivered true peak within this of the ceiling leaves nothing worth another encode.
PEAK_SLACK_DB = 0.2
MAX_CORRECTIONS = 4

# LAME scales its input by 0.95 at speech bitrates (measured: -0.445 dB at 32-128 kbps mono, LAME 3.100 and 4.1
# alike). The first gain makes up for it; that it did is then proved on the file, whichever encoder wrote it.
ENCODER_LOSS_DB = 0.445


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
        kept = dict(self.blocks)
        if not kept:
            return None
        gate = _mean_lufs(kept) + RELATIVE_GATE_LU
        kept = {level: count for level, count in kept.items() if level / 100 > gate}
        return _mean_lufs(kept)


def _mean_lufs(blocks: Mapping[int, int]) -> float:
    total = sum(blocks.values())
    energy = math.fsum(count * 10 ** (level / 1000) for level, count in blocks.items()) / total
    return 10 * math.log10(energy)


def combined(parts: Iterable[Loudness]) -> Loudness:
    """Several tracks measured as one programme."""
    blocks: Counter[int] = Counter()
    peak = -math.inf
    for part in parts:
        blocks.update(part.blocks)
        peak = max(peak, part.true_peak_dbtp)
    return Loudness(blocks=blocks, true_peak_dbtp=peak)


def gain_for(source: Loudness, settings: AudioSettings) -> float:
    """The one gain of a work, in dB: to the target, as far as its true peak and the boost limit allow.

    Rounded to 0.01 dB, so that it can be recorded, and found again in the store, as the number it was.
    """
    level = source.integrated_lufs
    if level is None:
        raise ValueError("silence has no gain")
    room = settings.peak_dbtp - source.true_peak_dbtp
    return _rounded(min(min(settings.target_lufs - level, room) + ENCODER_LOSS_DB, settings.max_gain_db))


def corrected(gain_db: float, delivered: Loudness, settings: AudioSettings) -> float | None:
    """A better gain for a work whose delivered files were measured; None when they are right.

    An encoder changes level and peaks, by up to a decibel or two, so only the file that ships can tell.
    """
    level = delivered.integrated_lufs
    if level is None:
        return None
    off = settings.target_lufs - level
    room = settings.peak_dbtp - delivered.true_peak_dbtp
    if room >= 0 and (abs(off) <= TOLERANCE_LU or (off > 0 and room <= PEAK_SLACK_DB)):
        return None
    # Aim a little below the ceiling: a changed gain moves the encoder's overshoot too.
    step = min(off, room - PEAK_SLACK_DB / 2)
    better = _rounded(min(gain_db + step, settings.max_gain_db))
    return None if better == gain_db else better


@dataclass(frozen=True, kw_only=True)
class Tried:
    """A gain, and what a work measured once it was encoded with it."""

    gain_db: float
    delivered: Loudness


def next_gain(tried: Sequence[Tried], settings: AudioSettings) -> float | None:
    """The gain to try after these; None when the last was right or nothing better is in sight.

    An encoder's overshoot jumps about as the gain moves, so the search stays between the highest gain that kept to
    the ceiling and the lowest that did not.
    """
    last = tried[-1]
    better = corrected(last.gain_db, last.delivered, settings)
    if better is None:
        return None
    low = max((one.gain_db for one in tried if _is_legal(one, settings)), default=-math.inf)
    high = min((one.gain_db for one in tried if not _is_legal(one, settings)), default=math.inf)
    if not low < better < high and math.isfinite(low) and math.isfinite(high):
        better = _rounded((low + high) / 2)
    return None if any(better == one.gain_db for one in tried) else better


def best(tried: Sequence[Tried], settings: AudioSettings) -> Tried:
    """The try to ship: of those below the ceiling the nearest to the target; without one, the lowest peak."""
    legal = [one for one in tried if _is_legal(one, settings)]
    if not legal:
        return min(tried, key=lambda one: one.delivered.true_peak_dbtp)
    return min(
        legal, key=lambda one: abs(settings.target_lufs - (one.delivered.integrated_lufs or -math.inf))
    )


def _is_legal(one: Tried, settings: AudioSettings) -> bool:
    return one.delivered.true_peak_dbtp <= settings.peak_dbtp


def held_by(tried: Sequence[Tried], settings: AudioSettings) -> str | None:
    """Why a work is not delivered at its target: "boost limit", "true peak", "corrections"; None when it is.

    "corrections" means that there was room, and that no try found the level all the same.
    """
    chosen = best(tried, settings)
    level = chosen.delivered.integrated_lufs
    if level is not None and abs(settings.target_lufs - level) <= TOLERANCE_LU:
        return None
    if chosen.gain_db >= settings.max_gain_db:
        return "boost limit"
    met_ceiling = any(one.delivered.true_peak_dbtp > settings.peak_dbtp - PEAK_SLACK_DB for one in tried)
    return "true peak" if met_ceiling else "corrections"


def _rounded(db: float) -> float:
    return round(db, 2) + 0.0  # + 0.0 turns -0.0 into 0.0

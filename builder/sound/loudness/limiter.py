"""The limiter: a gain over time that keeps every true peak below a ceiling. Pure.

It is decided from the envelope, before any rendering: a value for each edge between two bins of 10 ms, with
straight lines between them. No bin's gain is above what its own peak and those around it need, so that nothing depends
on where exactly within a bin a peak is. Where no peak comes near the ceiling, the gain is exactly 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from builder.sound.loudness.decibels import factor_of, level_of, levels_of
from builder.sound.loudness.envelope import Envelope

Curve: TypeAlias = NDArray[np.float32]
"""Gain factors at the edges of the bins, 10 ms apart: one more than there are bins."""

# The gain falls before a peak and rises after it over so many bins each (30 ms): several periods of a voice, so that
# it does not follow the waveform, which would be distortion.
_REACH = 3
# Of a Hann window over so many edges, without the zeros at its ends: the sines of eighths of a half turn, squared.
_LOW, _HIGH = (2 - math.sqrt(2)) / 4, (2 + math.sqrt(2)) / 4
_WINDOW = tuple(weight / 4 for weight in (_LOW, 0.5, _HIGH, 1.0, _HIGH, 0.5, _LOW))
# Once raised, what is below this (-50 dB, K-weighted) is a pause.
SILENT_POWER = 1e-5
# Ten minutes at a time, so that a recording of hours takes little memory.
_PIECE = 60_000


@dataclass(frozen=True, kw_only=True)
class Limited:
    """What a limiter would do to a recording: `reduction_db` is the deepest it goes, 0 where it does nothing.

    `reductions_db` is the sum of what it takes from each of the `sounding` bins, those that are no silence.
    """

    envelope: Envelope
    reduction_db: float
    reductions_db: float
    sounding: int


def gain_curve(peak: NDArray[np.float32], gain_db: float, ceiling_dbtp: float) -> Curve:
    """The limiter's curve for these peaks once raised by `gain_db`."""
    curve = np.ones(len(peak) + 1, np.float32)
    highest = factor_of(ceiling_dbtp - gain_db)  # that need not be held down
    for start in range(0, len(curve), _PIECE):
        end = min(start + _PIECE, len(curve))
        # An edge belongs to the bins on either side, and the smoothing mixes _REACH edges into it; one more, since an
        # encoder may move a peak a little. Over so many bins goes the minimum, so that no mean is above any of them.
        reach = 2 * _REACH + 2
        first, last = max(0, start - reach), min(len(peak), end + reach)
        around = np.pad(peak[first:last], (first - start + reach, end + reach - last)).astype(np.float64)
        if around.max() <= highest:
            continue
        needed = highest / np.maximum(around, highest)
        edges = np.lib.stride_tricks.sliding_window_view(needed, 2 * _REACH + 4).min(axis=1)
        smooth = np.zeros(end - start)
        for at, weight in enumerate(_WINDOW):  # in this order on every processor
            smooth += weight * edges[at : at + len(smooth)]
        curve[start:end] = np.minimum(smooth, 1.0)
    return curve


def reduction_of(curve: Curve) -> float:
    """The deepest that a curve goes, in dB; 0 where it does nothing."""
    lowest = float(curve.min(initial=1.0))
    return -level_of(lowest * lowest) + 0.0


def limited(envelope: Envelope, gain_db: float, ceiling_dbtp: float) -> Limited:
    """The envelope of the recording raised by `gain_db` and limited."""
    curve = gain_curve(envelope.peak, gain_db, ceiling_dbtp)
    before, after = curve[:-1], curve[1:]
    gain = np.float32(factor_of(gain_db))
    power = before * after
    power += before * before
    power += after * after
    power *= envelope.power * (gain * gain / 3)  # the mean of a squared straight line
    sounding = power > SILENT_POWER
    held = ((before[sounding] + after[sounding]) / 2).astype(np.float64)
    return Limited(
        envelope=Envelope(
            power=power, peak=envelope.peak * np.maximum(before, after) * gain, seconds=envelope.seconds
        ),
        reduction_db=reduction_of(curve),
        reductions_db=-float(levels_of(np.square(held[held < 1])).sum()) + 0.0,
        sounding=len(held),
    )

"""Where a long recording is divided: in the deepest pause near each even share. Pure."""

from __future__ import annotations

import numpy as np

from builder.sound.loudness.decibels import levels_of
from builder.sound.loudness.envelope import BINS_PER_SECOND, Envelope

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

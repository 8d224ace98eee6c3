"""The loudness meter: samples in, an envelope out, in constant memory. ITU-R BS.1770-4.

Mono is measured as the one channel it is. A stereo copy of the same sound reads 3.01 LU more, since the standard
adds the powers of all channels; a player that puts a mono file on two speakers is not asked.
"""

from __future__ import annotations

import math

import numpy as np

from builder.sound.loudness.envelope import BINS_PER_SECOND, Envelope
from builder.sound.loudness.exact import Samples, as_samples, in_steps, table, unit_of
from builder.sound.loudness.kweight import KWeighting

# Left, right, centre count once; the two surrounds of five channels 1.5 dB more (BS.1770-4, table 3).
_WEIGHTS = (1.0, 1.0, 1.0, 1.41, 1.41)
_FULL_SCALE = 32767 / 32768
_OVERSAMPLING, _TAPS = 4, 16
# So much is measured at a time: long enough to be worth the calls, short enough for a processor's own memory.
_PIECE_SECONDS = 2


def _interpolator() -> list[list[float]]:
    """Windowed sincs (Kaiser) that give the three values between two samples, one row each: 3 of so many taps.

    Made with + - * / and square roots alone, so that they are the same everywhere.
    """
    rows = []
    for part in range(1, _OVERSAMPLING):
        sine = (
            1.0 if 2 * part == _OVERSAMPLING else math.sqrt(0.5)
        )  # of the angles that quarters of a sample make
        row = []
        for tap in range(_TAPS):
            at = tap - _TAPS // 2 + part / _OVERSAMPLING
            sign = 1 if math.floor(at) % 2 == 0 else -1
            inside = 2 * at / _TAPS
            window = _bessel(6.0 * math.sqrt(1 - inside * inside)) / _bessel(6.0)
            row.append(sign * sine / (math.pi * at) * window)
        rows.append([value / math.fsum(row) for value in row])
    return rows


def _bessel(x: float) -> float:
    """The modified Bessel function I0."""
    total = term = 1.0
    for count in range(1, 40):
        term *= x / (2 * count) * (x / (2 * count))
        total += term
    return total


def _most_bend() -> float:
    """A bound on how far a value between two samples exceeds them, in units of the strongest bend around it.

    Each row of the interpolator is a mean of two neighbours, which is never above the higher of them, plus a filter
    that straight lines pass without a trace; so that filter can be written as one on second differences, and the sum
    of its magnitudes is what is asked for.
    """
    most = 0.0
    for row in _BETWEEN:
        place = math.fsum(value * at for at, value in enumerate(row))
        first = math.floor(place)
        rest = np.array(row)
        rest[first] -= first + 1 - place
        rest[first + 1] -= place - first
        most = max(most, float(np.abs(np.cumsum(np.cumsum(rest))).sum()))
    return most


_BETWEEN = _interpolator()
_BETWEEN_STEPS = table(np.array(_BETWEEN).T)
_MOST_BEND = np.float32(_most_bend() * (1 + 1e-5))  # for what is lost in 32 bits


class ClippingCounter:
    """Counts samples that were cut off at full scale: neighbours of one value there, in any channel."""

    def __init__(self, channels: int) -> None:
        self.count = 0
        self._last = np.zeros((1, channels), np.float32)
        self._was_cut = np.zeros((1, channels), bool)

    def add(self, samples: Samples) -> None:
        """The next samples, at least one: (n, channels)."""
        if max(samples.max(), -samples.min()) < _FULL_SCALE:
            self._was_cut[:] = False
        else:
            rows = np.concatenate([self._last, samples])
            is_cut = (rows[1:] == rows[:-1]) & (np.abs(rows[1:]) >= _FULL_SCALE)
            begins = is_cut & ~np.concatenate([self._was_cut, is_cut[:-1]])
            self.count += int(is_cut.sum() + begins.sum())
            self._was_cut = is_cut[-1:]
        self._last = samples[-1:]


class Meter:
    """Give it all samples by `add`, in pieces of any size, then ask `finish` for the envelope."""

    def __init__(self, rate_hz: int, channels: int = 1) -> None:
        if not 1 <= channels <= len(_WEIGHTS):
            raise ValueError(f"a meter of {channels} channels; there are 1 to {len(_WEIGHTS)}")
        self._rate = rate_hz
        self._filters = [KWeighting(rate_hz) for _ in range(channels)]
        # Sample i belongs to bin i * 100 // rate. A second is a whole number of bins at every rate.
        self._piece = _PIECE_SECONDS * rate_hz
        self._starts = -(-np.arange(_PIECE_SECONDS * BINS_PER_SECOND) * rate_hz // BINS_PER_SECOND)
        self._waiting = np.empty((0, channels), np.float32)
        self._before = np.zeros((_TAPS - 1, channels), np.float32)
        self._power, self._peak = bytearray(), bytearray()
        self._last_peak = self._last_bend = np.float32(0)
        self._samples = 0
        self._sample_peak = self._true_peak = 0.0
        self._tops = ClippingCounter(channels)

    def add(self, samples: Samples) -> None:
        """The next samples: (n, channels), finite, full scale 1."""
        if len(samples):
            self._samples += len(samples)
            self._tops.add(samples)
            self._take(samples)

    def finish(self) -> Envelope:
        """The envelope of all that was added."""
        # Silence behind the end, so that the peaks between the last samples are seen, and a whole piece is there.
        bins = -(-self._samples * BINS_PER_SECOND // self._rate)
        rest = self._piece - len(self._waiting) - _TAPS
        self._take(np.zeros((_TAPS + rest % self._piece, len(self._filters)), np.float32))
        power, peak = np.frombuffer(self._power, np.float32), np.frombuffer(self._peak, np.float32)
        if bins:
            peak[bins - 1] = peak[bins - 1 :].max()
        return Envelope(
            power=power[:bins],
            peak=peak[:bins],
            seconds=self._samples / self._rate,
            sample_peak=self._sample_peak,
            clipped_samples=self._tops.count,
        )

    def _take(self, samples: Samples) -> None:
        waiting = np.concatenate([self._waiting, samples]) if len(self._waiting) else samples
        whole = len(waiting) - len(waiting) % self._piece
        for start in range(0, whole, self._piece):
            self._measure(waiting[start : start + self._piece])
        self._waiting = waiting[whole:].copy()

    def _measure(self, piece: Samples) -> None:
        power = np.zeros(len(self._starts))
        for weight, samples, weighting in zip(_WEIGHTS, piece.T, self._filters, strict=False):
            filtered = weighting.filter(samples)
            filtered *= filtered
            power += np.add.reduceat(filtered, self._starts) * (weight * BINS_PER_SECOND / self._rate)
        size = np.abs(piece)
        size = size[:, 0] if size.shape[1] == 1 else size.max(axis=1)
        peak = np.maximum.reduceat(size, self._starts)
        highest = float(peak.max())
        self._sample_peak = max(self._sample_peak, highest)
        self._power += power.astype(np.float32).tobytes()
        self._peak += self._with_true_peaks(piece, peak).tobytes()

    def _with_true_peaks(self, piece: Samples, peak: Samples) -> Samples:
        """Look between the samples of those bins that could hold the highest true peak so far.

        The search is lazy, and the highest of all is exact. A bin that cannot hold it gets what its true peak is at
        most, from how strongly the wave bends there, so that a limiter that goes by it is safe.
        """
        context = np.concatenate([self._before, piece])
        bend = np.abs(np.diff(context, 2, axis=0)[_TAPS - 3 :])
        bend = np.maximum.reduceat(bend[:, 0] if bend.shape[1] == 1 else bend.max(axis=1), self._starts)
        # The interpolator reaches back into the bin before.
        highest = np.maximum(peak, np.concatenate([[self._last_peak], peak[:-1]]))
        strongest = np.maximum(bend, np.concatenate([[self._last_bend], bend[:-1]]))
        found: Samples = highest + _MOST_BEND * strongest
        bins = np.flatnonzero(found > self._true_peak)
        if len(bins):
            found[bins] = np.maximum(peak[bins], self._between(context, bins))
            self._true_peak = max(self._true_peak, float(found[bins].max()))
        self._last_peak, self._last_bend = peak[-1], bend[-1]
        self._before = context[-(_TAPS - 1) :]
        return found

    def _between(self, context: Samples, bins: np.ndarray) -> Samples:
        """The highest value between the samples of each of these bins; (bins,)."""
        length = math.ceil(self._rate / BINS_PER_SECOND)
        at = self._starts[bins][:, None] + np.arange(length + _TAPS - 1)[None, :]
        highest = np.zeros(len(bins))
        for samples in context.T:
            pieces = samples[np.minimum(at, len(context) - 1)]
            unit = unit_of(pieces)
            around = np.lib.stride_tricks.sliding_window_view(in_steps(pieces, unit), _TAPS, axis=1)
            values = np.abs(around.reshape(-1, _TAPS).astype(np.float64) @ _BETWEEN_STEPS)
            np.maximum(highest, as_samples(values.reshape(len(bins), -1).max(axis=1), unit), out=highest)
        return highest.astype(np.float32)

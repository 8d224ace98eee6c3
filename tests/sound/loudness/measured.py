"""What a recording measures and what is decided from it, as one line of numbers: run under other processors.

    python measured.py

The recording is made of whole numbers, so that it is itself the same everywhere. The last word is a control: a product
that is rounded, and another one where the processor is another.
"""

from __future__ import annotations

import hashlib
import json
import math
import sys

import numpy as np

import builder  # noqa: F401  # as in the program: one thread for products
from builder.profiles.profile import AudioSettings
from builder.sound.encode.feed import gain_factor
from builder.sound.loudness.envelope import Envelope, combined, joined, split_points
from builder.sound.loudness.level import Programme, search
from builder.sound.loudness.limiter import gain_curve, limited
from builder.sound.loudness.meter import Meter

_SETTINGS = AudioSettings(
    sample_rate_hz=24000,
    channels=1,
    bitrate_kbps=48,
    target_lufs=-16.0,
    peak_dbtp=-2.0,
    max_gain_db=30.0,
)


def _recording(rate: int, channels: int, scale: float) -> np.ndarray:
    """Six seconds of noise in syllables, with a step of direct current, and a few samples far above the rest."""
    chance = np.random.default_rng(rate + channels)
    sound = chance.integers(-(2**15), 2**15, (6 * rate, channels)) / 2**15
    syllable = np.arange(len(sound)) * 20 // (3 * rate) % 4 * 0.05 + 0.002
    sound *= syllable[:, None]
    sound[rate : 2 * rate] += 0.03125
    sound[3 * rate :: rate // 2] *= 5
    return (sound * scale).astype(np.float32)


def _measured(rate: int, channels: int, scale: float) -> Envelope:
    meter, sound = Meter(rate, channels), _recording(rate, channels, scale)
    for start in range(0, len(sound), 7001):
        meter.add(sound[start : start + 7001])
    return meter.finish()


def _numbers(envelope: Envelope) -> list[object]:
    loudness = envelope.loudness
    curve = gain_curve(envelope.peak, 9.35, -3.1)
    held = limited(envelope, 9.35, -3.1)
    orders = next(search({"a": Programme(loudness=loudness, envelope=lambda: envelope)}, _SETTINGS))
    exact = (envelope.power, envelope.peak, curve, held.envelope.power)
    return [
        [hashlib.sha256(one.tobytes()).hexdigest() for one in exact],
        sorted(loudness.blocks.items()),
        loudness.integrated_lufs,
        loudness.true_peak_dbtp,
        [envelope.momentary_max_lufs, envelope.short_term_max_lufs, envelope.sample_peak_dbfs],
        [envelope.lra_lu, envelope.noise_floor_db, envelope.silence_at_ends(-40.0)],
        [held.reduction_db, held.reductions_db, held.sounding],
        [orders["a"].gain_db, orders["a"].ceiling_dbtp, gain_factor(orders["a"].gain_db)],
        split_points(joined([envelope, envelope]), 3),
    ]


def _control() -> str:
    rows = np.random.default_rng(3).random((96, 96), np.float32)
    return hashlib.sha256((rows @ rows).tobytes() + np.exp(rows).tobytes()).hexdigest()


if __name__ == "__main__":
    kinds = ((44100, 1, 0.5), (24000, 2, 1.0), (11025, 1, 0.01), (48000, 1, 700.0), (8000, 2, 1e-9))
    envelopes = [_measured(*kind) for kind in kinds]
    found = [_numbers(envelope) for envelope in envelopes[:-1]]
    level = combined(envelope.loudness for envelope in envelopes).integrated_lufs
    assert level is not None
    assert math.isfinite(level)
    sys.stdout.write(f"{json.dumps([found, level])} {_control()}\n")

"""Envelopes made from numbers, and a simulated encoder, for the rooms that need nothing else."""

from __future__ import annotations

import dataclasses

import numpy as np

from builder.sound.loudness.envelope import Envelope, Loudness
from builder.sound.loudness.level import Order
from builder.sound.loudness.limiter import limited

_NEVER = 200.0  # a ceiling that nothing reaches


def envelope_of(*parts: tuple[float, float, int]) -> Envelope:
    """Steady sound: parts of (LUFS, peak in dBTP, length in bins of 10 ms)."""
    power = np.concatenate([np.full(bins, 10 ** ((lufs + 0.691) / 10)) for lufs, _, bins in parts])
    peak = np.concatenate([np.full(bins, 10 ** (dbtp / 20)) for _, dbtp, bins in parts])
    return Envelope(power=power.astype(np.float32), peak=peak.astype(np.float32), seconds=len(power) / 100)


def speech(lufs: float, crest: float = 12.0, *, bins: int = 500) -> Envelope:
    return envelope_of((lufs, lufs + crest, bins))


def with_peak(sound: Envelope, dbtp: float, at: int = 250) -> Envelope:
    """The same with one peak, which has no power to speak of."""
    peak = sound.peak.copy()
    peak[at] = 10 ** (dbtp / 20)
    return dataclasses.replace(sound, peak=peak)


def encoded(envelope: Envelope, order: Order, loss: float, overshoot: float) -> Loudness:
    """What an encoder makes of a track that takes `loss` from its level, and adds `overshoot` to its peaks."""
    ceiling = _NEVER if order.ceiling_dbtp is None else order.ceiling_dbtp
    sound = limited(envelope, order.gain_db, ceiling).envelope.loudness
    blocks = {level - round(loss * 100): count for level, count in sound.blocks.items()}
    kept = {level: count for level, count in blocks.items() if level > -7000}
    return Loudness(blocks=kept, true_peak_dbtp=sound.true_peak_dbtp - loss + overshoot)

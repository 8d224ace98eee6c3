"""The level: which gain a work gets, and how far its peaks are held down, until the files that ship are right. Pure.

One gain per work. A formula gives the first, from what was measured; what the encoder makes of it is measured again,
since it changes levels by tenths and peaks by a decibel or two; and where that is off, gain or ceiling are corrected.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from builder.profiles.profile import AudioSettings
from builder.sound.loudness.envelope import Envelope, Loudness, combined
from builder.sound.loudness.limiter import limited

# A delivered work is corrected and rendered again when it is further than this from its target.
TOLERANCE_LU = 0.3
MAX_CORRECTIONS = 2

# LAME scales its input by 0.95 at speech bitrates (measured: -0.445 dB at 32-128 kbps mono, LAME 3.100 and 4.1
# alike). The gain makes up for it; that it did is then proved on the file, whichever encoder wrote it.
ENCODER_LOSS_DB = 0.445
# Coding moves peaks. Of speech that was limited by 6 dB they came out up to 0.6 dB higher at 64 kbps (ten minutes; less
# in shorter pieces), and at 32 kbps more than 1.2 dB in one of ten. A limiter that goes so much lower at once costs
# hundredths of loudness; a second encode costs as much as the first. What exceeds even this is corrected.
_OVERSHOOT_DB, _OVERSHOOT_BELOW_64_KBPS_DB = 1.0, 1.6
# A ceiling that was not kept is lowered by what it was exceeded by, and by this.
_MARGIN_DB = 0.2
# A limiter may take any peak down, but not more than this in the mean over all that is no silence: a clap or a click is
# not missed, a voice that is squeezed all the time is heard. Rather let such a work be quieter.
MAX_LIMITING_DB = 3.0
_STEP_DB = 0.02


@dataclass(frozen=True, kw_only=True)
class Programme:
    """A track before its level is set. The envelope is asked for only where a limiter is needed."""

    loudness: Loudness
    envelope: Callable[[], Envelope]


@dataclass(frozen=True, kw_only=True)
class Order:
    """The settings of a track's render. `ceiling_dbtp` is the limiter's, before the encoder; None: no limiter."""

    gain_db: float
    ceiling_dbtp: float | None


@dataclass(frozen=True, kw_only=True)
class Level:
    """How the level of a work came out: the order of each track that ships, and why the work missed, if it did.

    `held_by` is "boost limit", "limiter" (more of it would be heard) or "corrections" (no try was right).
    """

    orders: Mapping[str, Order]
    held_by: str | None


Search: TypeAlias = Generator[Mapping[str, Order], Mapping[str, Loudness], Level]
"""Yields orders by track, is sent what each measured once encoded, and returns the level."""


@dataclass(frozen=True, kw_only=True)
class _Tried:
    orders: Mapping[str, Order]
    delivered: Mapping[str, Loudness]
    held_by: str | None

    def off_lu(self, settings: AudioSettings) -> float:
        """How far above the target the work is."""
        level = combined(self.delivered.values()).integrated_lufs
        return -math.inf if level is None else level - settings.target_lufs

    def over_db(self, settings: AudioSettings) -> float:
        """How far the highest peak is above the ceiling; negative below it."""
        return max(one.true_peak_dbtp for one in self.delivered.values()) - settings.peak_dbtp


def search(work: Mapping[str, Programme], settings: AudioSettings) -> Search:
    """Find the level of one work; its tracks by any name."""
    want = settings.target_lufs + ENCODER_LOSS_DB
    overshoot = _OVERSHOOT_DB if settings.bitrate_kbps >= 64 else _OVERSHOOT_BELOW_64_KBPS_DB
    ceilings = dict.fromkeys(work, _rounded(settings.peak_dbtp + ENCODER_LOSS_DB - overshoot))
    tried: list[_Tried] = []
    for _ in range(1 + MAX_CORRECTIONS):
        gain, held_by = _gain(work, ceilings, want, settings)
        orders = {
            name: Order(
                gain_db=gain, ceiling_dbtp=ceilings[name] if _is_over(one, gain, ceilings[name]) else None
            )
            for name, one in work.items()
        }
        if any(orders == one.orders for one in tried):
            break
        delivered = yield orders
        tried.append(_Tried(orders=orders, delivered=delivered, held_by=held_by))
        off, over = tried[-1].off_lu(settings), tried[-1].over_db(settings)
        is_near = abs(off) <= TOLERANCE_LU or (off < 0 and held_by is not None)
        if not math.isfinite(off) or (over <= 0 and is_near):
            break
        if not is_near:
            want -= off
        for name, found in delivered.items():
            if found.true_peak_dbtp > settings.peak_dbtp:
                # Without a limiter so far, the ceiling begins at what went in.
                went_in = min(ceilings[name], work[name].loudness.true_peak_dbtp + gain)
                ceilings[name] = _rounded(went_in - (found.true_peak_dbtp - settings.peak_dbtp) - _MARGIN_DB)
    chosen = min(tried, key=lambda one: (max(0.0, one.over_db(settings)), abs(one.off_lu(settings))))
    is_right = abs(chosen.off_lu(settings)) <= TOLERANCE_LU
    return Level(orders=chosen.orders, held_by=None if is_right else chosen.held_by or "corrections")


def order_for(programme: Programme, settings: AudioSettings) -> Order:
    """The first order for a recording of its own, without proof: for spoken titles."""
    return next(search({"": programme}, settings))[""]


def _gain(
    work: Mapping[str, Programme], ceilings: Mapping[str, float], want: float, settings: AudioSettings
) -> tuple[float, str | None]:
    """The gain after which the work, limited, would measure `want`; and what kept it from that."""
    level = combined(one.loudness for one in work.values()).integrated_lufs
    if level is None:
        raise ValueError("silence has no gain")
    gain = min(want - level, settings.max_gain_db)
    if not any(_is_over(one, gain, ceilings[name]) for name, one in work.items()):
        return _rounded(gain), "boost limit" if want - level > settings.max_gain_db else None
    envelopes = {name: one.envelope() for name, one in work.items()}

    def after(gain: float) -> tuple[float, float]:
        """The loudness at this gain, and the mean of what the limiter takes, in dB."""
        parts = [limited(envelope, gain, ceilings[name]) for name, envelope in envelopes.items()]
        loudness = combined(part.envelope.loudness for part in parts).integrated_lufs
        mean = math.fsum(part.reductions_db for part in parts) / max(1, sum(part.sounding for part in parts))
        return -math.inf if loudness is None else loudness, mean

    free = min(ceilings[name] - one.loudness.true_peak_dbtp for name, one in work.items())
    most = _highest(min(free, gain), settings.max_gain_db, lambda gain: after(gain)[1] <= MAX_LIMITING_DB)
    if after(most)[0] < want:
        return _rounded(most), "boost limit" if most > settings.max_gain_db - _STEP_DB else "limiter"
    return _rounded(_highest(min(gain, most), most, lambda gain: after(gain)[0] <= want)), None


def _highest(low: float, high: float, is_right: Callable[[float], bool]) -> float:
    """The highest gain up to which something is right; it is at `low`."""
    if is_right(high):
        return high
    while high - low > _STEP_DB:
        middle = (low + high) / 2
        low, high = (middle, high) if is_right(middle) else (low, middle)
    return low


def _is_over(programme: Programme, gain_db: float, ceiling_dbtp: float) -> bool:
    return programme.loudness.true_peak_dbtp + gain_db > ceiling_dbtp


def _rounded(db: float) -> float:
    """To 0.05 dB, so that it can be recorded, and found again in the store, as the number it was."""
    return round(round(db * 20) / 20, 2) + 0.0  # + 0.0 turns -0.0 into 0.0

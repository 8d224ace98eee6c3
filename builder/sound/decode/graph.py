"""The filters, in ffmpeg's words, by which a recording becomes a clip: the signal that is measured and encoded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from builder.manifest.shaping import PLAIN, Channel, Compress, Denoise, Shaping
from builder.sources.probe import SourceFacts


@dataclass(frozen=True, kw_only=True)
class Window:
    """The part of a recording that is meant, in seconds from its first sample; `end` None is its end."""

    start: float = 0.0
    end: float | None = None


@dataclass(frozen=True, kw_only=True)
class Clip:
    """A part of a recording as it is heard: which part and channel, what direct current is taken from it, how it is
    shaped.
    """

    path: Path
    facts: SourceFacts
    window: Window
    channel: Channel
    channels: int = 0
    shift: float = 0.0
    shaping: Shaping = PLAIN
    lift_db: float = 0.0

    @property
    def is_plain(self) -> bool:
        """Whether it is heard as it was recorded, so that no filter needs to touch it."""
        return self.shaping.is_plain and not self.lift_db


_MONO: Mapping[Channel, str] = {
    "left": "pan=mono|c0=c0",
    "right": "pan=mono|c0=c1",
    "mix": "pan=mono|c0=0.5*c0+0.5*c1",
}

# The level, in LUFS, to which a work is lifted before these filters, whose thresholds are levels.
SHAPING_LUFS = -20.0

# Fast compression behind a high-pass helps speech in noise ([P53] in CONTRIBUTING.md); the numbers are ours. Of a
# recording that swells from a whisper to a shout, with a range of 22 LU, gentle leaves 14 and strong 8.
_COMPRESS: Mapping[Compress, str] = {
    "gentle": "acompressor=threshold=-27dB:ratio=2:attack=8:release=120:knee=4:detection=rms",
    "strong": "acompressor=threshold=-32dB:ratio=4:attack=5:release=100:knee=4:detection=rms",
}
# What compression takes from the loudness may be given back on top of the boost limit.
MAKE_UP_DB: Mapping[Compress, float] = {"none": 0.0, "gentle": 6.0, "strong": 12.0}
# Takes 6 dB from a steady hiss whose level it follows by itself; more would be heard in the voice.
_DENOISE: Mapping[Denoise, str] = {"light": "afftdn=noise_reduction=6:noise_floor=-50:track_noise=1"}


def plain_filters(window: Window, rate_hz: int) -> str:
    """A part of a recording as 32-bit samples of one or two channels at a rate.

    Time is counted in samples, since a recording's own time stamps may have gaps.
    """
    cut = "asetpts=N/SR/TB"
    if window != Window():
        end = "" if window.end is None else f":end={window.end:.6f}"
        cut += f",atrim=start={window.start:.6f}{end},asetpts=N/SR/TB"
    # Long frames cost ffmpeg less on their way through it, and are little memory all the same.
    return f"asetnsamples=n=32768:p=0,{cut},aformat=sample_fmts=flt:sample_rates={rate_hz}:channel_layouts=mono|stereo"


def shaped_filters(clip: Clip, rate_hz: int) -> str:
    """A clip as one channel at a rate, lifted and shaped on the way."""
    filters = [plain_filters(clip.window, rate_hz)]
    if clip.channels == 2:
        filters.append(_MONO[clip.channel])
    if clip.shift:
        filters.append(f"aeval=val(0)-{clip.shift:.6f}")
    if clip.lift_db:
        filters.append(f"volume={clip.lift_db:.2f}dB:precision=float")
    shaping = clip.shaping
    if shaping.high_pass_hz:
        filters.append(f"highpass=f={shaping.high_pass_hz:g}")
    if shaping.denoise != "none":
        filters.append(_DENOISE[shaping.denoise])
    if shaping.compress != "none":
        filters.append(_COMPRESS[shaping.compress])
    return ",".join([*filters, "aformat=sample_fmts=flt"])

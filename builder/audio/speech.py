"""Short pieces of speech, edited with pydub: the silence around a recording, and the spoken title before it.

Never a whole recording: pydub holds all of a sound in memory, so it is given seconds, not hours.
"""

from __future__ import annotations

import warnings
from io import BytesIO
from pathlib import Path

with warnings.catch_warnings():
    # pydub warns that there is no ffmpeg on PATH, which it is never asked to use, and imports audioop.
    warnings.simplefilter("ignore")
    from pydub import AudioSegment
    from pydub.silence import detect_leading_silence

SAMPLE_BYTES = 2
_STEP_MS = 10


def head_silence_seconds(pcm: bytes, rate_hz: int, channels: int, threshold_dbfs: float) -> float:
    """How long a piece (16-bit PCM) stays below `threshold_dbfs` (RMS of 10 ms) before sound begins."""
    return _leading(_segment(pcm, rate_hz, channels), threshold_dbfs)


def tail_silence_seconds(pcm: bytes, rate_hz: int, channels: int, threshold_dbfs: float) -> float:
    """How long a piece stays below `threshold_dbfs` after its last sound."""
    return _leading(_segment(pcm, rate_hz, channels).reverse(), threshold_dbfs)


def write_spoken_title(
    path: Path,
    pcm: bytes,
    rate_hz: int,
    channels: int,
    *,
    gain_db: float,
    threshold_dbfs: float,
    pause_seconds: float,
) -> float:
    """Write a spoken title as WAV: its silence trimmed, its level set, the pause behind it. Returns its seconds.

    `threshold_dbfs` is meant for the clip before its gain.
    """
    clip = _segment(pcm, rate_hz, channels)
    head = int(_leading(clip, threshold_dbfs) * 1000)
    tail = int(_leading(clip.reverse(), threshold_dbfs) * 1000)
    clip = clip[head : len(clip) - tail].apply_gain(gain_db)
    # Five milliseconds of fade keep the cut edges from clicking.
    clip = clip.fade_in(5).fade_out(5)
    pause = AudioSegment.silent(duration=round(pause_seconds * 1000), frame_rate=rate_hz)
    title = clip + pause.set_channels(channels)
    # By way of memory: on a full disk the wave module would leave its own noise behind.
    path.write_bytes(title.export(BytesIO(), format="wav").getvalue())
    return float(title.frame_count() / rate_hz)


def _segment(pcm: bytes, rate_hz: int, channels: int) -> AudioSegment:
    whole = len(pcm) - len(pcm) % (SAMPLE_BYTES * channels)
    return AudioSegment(data=pcm[:whole], sample_width=SAMPLE_BYTES, frame_rate=rate_hz, channels=channels)


def _leading(segment: AudioSegment, threshold_dbfs: float) -> float:
    return float(detect_leading_silence(segment, threshold_dbfs, _STEP_MS)) / 1000

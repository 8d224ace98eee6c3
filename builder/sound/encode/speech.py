"""Short pieces of speech, edited with pydub: the silence around a recording, and the spoken title before it.

Never a whole recording: pydub holds all of a sound in memory, so it is given seconds, not hours.
"""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    # pydub warns that there is no ffmpeg on PATH, which it is never asked to use, and imports audioop.
    warnings.simplefilter("ignore")
    from pydub import AudioSegment
    from pydub.silence import detect_leading_silence

SAMPLE_BYTES = 2
_STEP_MS = 10


def head_silence_seconds(pcm: bytes, rate_hz: int, threshold_dbfs: float) -> float:
    """How long a piece (16-bit mono PCM) stays below `threshold_dbfs` (RMS of 10 ms) before sound begins."""
    return _leading(_segment(pcm, rate_hz), threshold_dbfs)


def tail_silence_seconds(pcm: bytes, rate_hz: int, threshold_dbfs: float) -> float:
    """How long a piece stays below `threshold_dbfs` after its last sound."""
    return _leading(_segment(pcm, rate_hz).reverse(), threshold_dbfs)


def spoken_title(pcm: bytes, rate_hz: int, *, threshold_dbfs: float, pause_seconds: float) -> bytes:
    """A spoken title, or a part of one, as 16-bit PCM: the silence around it trimmed, the pause behind it."""
    clip = _segment(pcm, rate_hz)
    head = int(_leading(clip, threshold_dbfs) * 1000)
    tail = int(_leading(clip.reverse(), threshold_dbfs) * 1000)
    clip = clip[head : len(clip) - tail]
    # Five milliseconds of fade keep the cut edges from clicking.
    clip = clip.fade_in(5).fade_out(5)
    title = clip + AudioSegment.silent(duration=round(pause_seconds * 1000), frame_rate=rate_hz)
    return bytes(title.raw_data)


def _segment(pcm: bytes, rate_hz: int) -> AudioSegment:
    whole = len(pcm) - len(pcm) % SAMPLE_BYTES
    return AudioSegment(data=pcm[:whole], sample_width=SAMPLE_BYTES, frame_rate=rate_hz, channels=1)


def _leading(segment: AudioSegment, threshold_dbfs: float) -> float:
    return float(detect_leading_silence(segment, threshold_dbfs, _STEP_MS)) / 1000

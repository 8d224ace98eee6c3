"""Decoded sound on its way from ffmpeg: 32-bit float samples behind the header of a WAV, which says what they are."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np

from builder.audio.ending import read_riff
from builder.audio.ffmpeg import Call, Ffmpeg, source_arguments
from builder.audio.graph import Voice, plain_filters, shaped_filters
from builder.audio.kweight import Samples

SAMPLE_BYTES = 4
_LONGEST_HEADER = 4096


@dataclass(frozen=True, kw_only=True)
class Pcm:
    """`samples` come as (n, channels), one or two."""

    channels: int
    samples: Iterator[Samples]


def decode(ffmpeg: Ffmpeg, voice: Voice, rate_hz: int, folder: Path) -> Call:
    """Begin to decode: the whole voice where it is shaped, else the recording with its channels as they are."""
    filters = plain_filters(voice.window, rate_hz) if voice.is_plain else shaped_filters(voice, rate_hz)
    arguments = [
        *source_arguments(voice.path, voice.facts.kind),
        *("-filter_complex_threads", "1", "-filter_complex", f"[0:a:0]{filters}[out]", "-map", "[out]"),
        *("-fflags", "+bitexact", "-flags:a", "+bitexact", "-f", "wav", "-c:a", "pcm_f32le", "pipe:1"),
    ]
    return ffmpeg.stream(arguments, folder)


def read_pcm(call: Call) -> Pcm:
    """The samples of a running call; none where it has nothing to decode."""
    chunks = iter(call)
    head = b""
    while len(head) < _LONGEST_HEADER and (chunk := next(chunks, b"")):
        head += chunk
    try:
        riff = read_riff(BytesIO(head), len(head))
    except (ValueError, struct.error):
        return Pcm(channels=1, samples=iter(()))
    return Pcm(channels=riff.channels, samples=_arrays(head[riff.start :], chunks, riff.channels))


def heard_of(samples: Samples, voice: Voice) -> Samples:
    """What is used of decoded samples (n, channels): one channel or the mean of two, less direct current. (n,)"""
    if not voice.is_plain:  # the filters have seen to it
        return samples[:, 0]
    if samples.shape[1] == 1 or voice.channel == "left":
        used = samples[:, 0]
    elif voice.channel == "right":
        used = samples[:, 1]
    else:
        used = (samples[:, 0] + samples[:, 1]) * np.float32(0.5)
    return used - np.float32(voice.shift) if voice.shift else used


def pcm16(samples: Samples) -> bytes:
    """Samples as 16-bit integers."""
    return (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()


def _arrays(waiting: bytes, chunks: Iterator[bytes], channels: int) -> Iterator[Samples]:
    frame = SAMPLE_BYTES * channels
    while True:
        whole = len(waiting) - len(waiting) % frame
        if whole:
            yield np.frombuffer(waiting, np.float32, whole // SAMPLE_BYTES).reshape(-1, channels)
        chunk = next(chunks, b"")
        if not chunk:
            return
        waiting = waiting[whole:] + chunk if whole < len(waiting) else chunk

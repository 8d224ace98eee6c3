"""Decoded samples from ffmpeg: 32-bit floats behind a WAV header that states the number of channels."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np

from builder.files.opening import open_file
from builder.sound.decode.ffmpeg import Call, Ffmpeg, Outcome, failure, source_arguments
from builder.sound.decode.graph import Clip, plain_filters, shaped_filters
from builder.sound.loudness.exact import Samples
from builder.sources.ending import read_riff

SAMPLE_BYTES = 4
# As FLAC digests its samples (RFC 9639, section 8.2). ffmpeg aligns those of other depths otherwise.
_DIGESTED: Mapping[int, str] = {8: "pcm_s8", 16: "pcm_s16le", 24: "pcm_s24le", 32: "pcm_s32le"}
_DIGEST = "digest"
_LONGEST_HEADER = 4096


@dataclass(frozen=True, kw_only=True)
class Decoder:
    """How recordings are decoded: to which sample rate, with what, and a folder for its files."""

    ffmpeg: Ffmpeg
    rate_hz: int
    folder: Path


@dataclass(frozen=True, kw_only=True)
class Pcm:
    """`samples` come as (n, channels), one or two. Without `is_begun` not even a header came."""

    is_begun: bool
    channels: int
    samples: Iterator[Samples]


def decode(decoder: Decoder, clip: Clip, *, is_digested: bool = False) -> Call:
    """A running ffmpeg that decodes: the shaped clip, or the recording with its channels as they are.

    With `is_digested` a recording that carries a digest of its samples, and is meant to its end, is digested on the
    way; ask `digest_is_wrong` when the call has ended.
    """
    rate_hz = decoder.rate_hz
    filters = plain_filters(clip.window, rate_hz) if clip.is_plain else shaped_filters(clip, rate_hz)
    digest: tuple[str, ...] = ()
    if is_digested and _has_digest(clip):
        codec = _DIGESTED[clip.facts.bits]
        digest = ("-map", "0:a:0", "-c:a", codec, "-f", "md5", f"file:{_DIGEST}")
    arguments = [
        *source_arguments(clip.facts),
        *("-filter_complex_threads", "1", "-filter_complex", f"[0:a:0]{filters}[out]", "-map", "[out]"),
        *("-fflags", "+bitexact", "-flags:a", "+bitexact", "-f", "wav", "-c:a", "pcm_f32le", "pipe:1"),
        *digest,
    ]
    with open_file(clip.path) as source:
        return decoder.ffmpeg.stream(arguments, decoder.folder, source)


def _has_digest(clip: Clip) -> bool:
    return clip.is_plain and bool(clip.facts.md5) and clip.facts.bits in _DIGESTED and clip.window.end is None


def digest_is_wrong(clip: Clip, outcome: Outcome, folder: Path) -> bool:
    """True if the decoded samples do not match the MD5 that the file states."""
    if outcome.code != 0 or not _has_digest(clip):
        return False
    file = folder / _DIGEST
    if not file.exists():
        raise failure(folder, outcome, f"ffmpeg did not digest {clip.path.name}")
    return file.read_text("ascii").strip() != f"MD5={clip.facts.md5}"


def read_pcm(call: Call) -> Pcm:
    """The samples of a running call; none if it has nothing to decode."""
    chunks = iter(call)
    head = b""
    while len(head) < _LONGEST_HEADER and (chunk := next(chunks, b"")):
        head += chunk
    try:
        riff = read_riff(BytesIO(head), len(head))
    except (ValueError, struct.error):
        return Pcm(is_begun=False, channels=1, samples=iter(()))
    return Pcm(
        is_begun=True, channels=riff.channels, samples=_arrays(head[riff.start :], chunks, riff.channels)
    )


def heard_of(samples: Samples, clip: Clip) -> Samples:
    """Mono from decoded samples (n, channels): one channel, or the mean of two, less the DC offset. (n,)"""
    if not clip.is_plain:  # the filters have seen to it
        return samples[:, 0]
    if samples.shape[1] == 1 or clip.channel == "left":
        used = samples[:, 0]
    elif clip.channel == "right":
        used = samples[:, 1]
    else:
        used = (samples[:, 0] + samples[:, 1]) * np.float32(0.5)
    return used - np.float32(clip.shift) if clip.shift else used


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

"""The walker: which part of an MP3 file each of its bytes belongs to. No byte is passed over.

A file of ours is [an ID3v2 tag] [frames of one mode, back to back] [an ID3v1 tag]. What others append, insert or put
before is recognized by its signature: ID3 (id3.org), APEv2 (wiki.hydrogenaud.io), Lyrics3 (id3.org/Lyrics3v2).
"""

from __future__ import annotations

import mmap
import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from builder.sources.mpeg import KEPT_BYTES, FrameHeader, declared, id3v2_size, let_go, parse_header

PartKind = Literal["id3v2", "info", "frames", "id3v1", "enhanced", "apev2", "lyrics3", "unknown"]
Data = bytes | bytearray | mmap.mmap

_PADDING, _MODE_EXTENSION, _JOINT_STEREO, _MONO = 0x02, 0x30, 1, 3
_ID3V1_BYTES, _ENHANCED_BYTES, _APE_BYTES = 128, 227, 32
_SIGNS = re.compile(rb"ID3|TAG|APETAGEX|LYRICSBEGIN|\xff[\xe2\xe3\xf2\xf3\xfa\xfb][\x10-\xef]")
_LYRICS_END = re.compile(rb"LYRICS200|LYRICSEND")
_LONGEST_LYRICS = 1 << 20
_LONGEST_SEARCH = 1 << 22


@dataclass(frozen=True, kw_only=True)
class FrameRun:
    """Whole frames back to back, up to the byte `end`: of one version, rate and layer, all mono or none.

    `header` is that of the first, `offsets` where each begins: (n,). `odd` is the first frame whose header differs from
    the first one's in more than padding and, in joint stereo, the mode extension; None where they are all alike.
    """

    header: FrameHeader
    offsets: NDArray[np.int64]
    end: int
    odd: int | None


@dataclass(frozen=True, kw_only=True)
class StreamPart:
    """The bytes of a file from `start` up to `end`, and what they are. `run` is there for "frames"."""

    kind: PartKind
    start: int
    end: int
    run: FrameRun | None = None


def parts(data: Data) -> Iterator[StreamPart]:
    """The parts of a file, from its first byte to its last, each beginning where the one before ends.

    "info" is a frame that is no sound but tells of the others; "unknown" is what is none of what is known. Two headers
    make frames, or one that ends with the file: a single one may be anything.
    """
    at = 0
    while at < len(data):
        part = _recognized(data, at) or _unknown(data, at)
        yield part
        at = part.end


def run_at(data: Data, start: int) -> FrameRun | None:
    """The frames from `start` on, as far as they follow each other; None if there is no whole one."""
    header = parse_header(bytes(data[start : start + 4]))
    offsets, end = _followed(data, start, header, len(data)) if header else (array("q"), start)
    return _run(data, np.frombuffer(offsets, np.int64), end, header) if header and offsets else None


def _followed(data: Data, start: int, header: FrameHeader, most: int) -> tuple[array[int], int]:
    """Where up to `most` frames begin, and where the last ends. Mono and stereo are laid out differently: no run goes
    on from one to the other.
    """
    second, sizes = data[start + 1], _sizes(data[start + 1], header.sample_rate_hz)
    is_mono = header.channels == 1
    offsets, at, length, kept = array("q"), start, len(data), start
    while at + 4 <= length and data[at] == 0xFF and data[at + 1] == second and len(offsets) < most:
        size = sizes[data[at + 2]]
        if not size or at + size > length or (data[at + 3] >> 6 == _MONO) != is_mono:
            break
        offsets.append(at)
        at += size
        if at - kept > 2 * KEPT_BYTES:
            kept = let_go(data, kept, at - KEPT_BYTES)
    return offsets, at


@lru_cache(maxsize=64)
def _sizes(second: int, rate_hz: int) -> list[int]:
    """The length of a frame by the third byte of its header; 0 where it is no frame of this rate."""
    found = [parse_header(bytes((0xFF, second, third, 0))) for third in range(256)]
    return [one.size if one and one.sample_rate_hz == rate_hz else 0 for one in found]


def _run(data: Data, offsets: NDArray[np.int64], end: int, header: FrameHeader) -> FrameRun:
    words = np.empty((len(offsets), 2), np.uint8)
    view = np.frombuffer(data, np.uint8)
    words[:, 0], words[:, 1] = view[offsets + 2], view[offsets + 3]
    words[:, 0] &= 0xFF ^ _PADDING
    if words[0, 1] >> 6 == _JOINT_STEREO:
        words[:, 1] &= 0xFF ^ _MODE_EXTENSION
    odd = np.flatnonzero((words != words[0]).any(axis=1))
    return FrameRun(header=header, offsets=offsets, end=end, odd=int(offsets[odd[0]]) if len(odd) else None)


def _recognized(data: Data, at: int) -> StreamPart | None:
    """The part that begins at a byte, if it is one that can be told."""
    head = bytes(data[at : at + _APE_BYTES])
    if size := id3v2_size(head):
        return StreamPart(kind="id3v2", start=at, end=min(at + size, len(data)))
    if head[:3] == b"TAG":
        size = _ENHANCED_BYTES if head[3:4] == b"+" else _ID3V1_BYTES
        kind: PartKind = "enhanced" if head[3:4] == b"+" else "id3v1"
        return StreamPart(kind=kind, start=at, end=at + size) if at + size <= len(data) else None
    if head[:8] == b"APETAGEX":
        return StreamPart(kind="apev2", start=at, end=min(at + _ape_size(head), len(data)))
    if head[:11] == b"LYRICSBEGIN":
        last = _LYRICS_END.search(data, at, at + _LONGEST_LYRICS)
        return StreamPart(kind="lyrics3", start=at, end=last.end() if last else len(data))
    header = parse_header(head[:4])
    offsets, end = _followed(data, at, header, 2) if header else (array("q"), at)
    if header is None or not offsets or (len(offsets) == 1 and end != len(data)):
        return None
    if declared(data, at, header) is not None:
        return StreamPart(kind="info", start=at, end=at + header.size)
    run = run_at(data, at)
    return StreamPart(kind="frames", start=at, end=run.end, run=run) if run else None


def _ape_size(head: bytes) -> int:
    """The size of an APE tag by its header; of a footer alone, whose items come before it, 32 bytes."""
    is_header = head[23:24] and head[23] & 0x20
    return _APE_BYTES + (int.from_bytes(head[12:16], "little") if is_header else 0)


def _unknown(data: Data, start: int) -> StreamPart:
    """Up to the next part that can be told; the items before the footer of an APEv2 tag belong to it.

    Where none comes for 4 MiB, none is looked for: nothing of ours has such a hole.
    """
    for sign in _SIGNS.finditer(data, start + 1, start + _LONGEST_SEARCH):
        after = _recognized(data, sign.start())
        if after is not None and after.kind == "apev2":
            return StreamPart(kind="apev2", start=start, end=after.end)
        if after is not None:
            return StreamPart(kind="unknown", start=start, end=after.start)
    return StreamPart(kind="unknown", start=start, end=len(data))


@dataclass(frozen=True, kw_only=True)
class Stream:
    """A bare MP3 stream walked to its end. `trailing_bytes` are those after the last whole frame."""

    frames: int
    samples: int
    sample_rate_hz: int
    channels: int
    bitrates_kbps: frozenset[int]
    trailing_bytes: int


def walk(path: Path) -> Stream | None:
    """Walk every frame of a file that begins with one (after an ID3v2 tag, if any); None where none is."""
    with path.open("rb") as stream:
        if stream.seek(0, 2) < 4:
            return None
        with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
            run = run_at(data, id3v2_size(data[:10]))
            if run is None:
                return None
            third = np.unique(np.frombuffer(data, np.uint8)[run.offsets + 2])
            headers = (parse_header(bytes((0xFF, data[run.offsets[0] + 1], byte, 0))) for byte in third)
            return Stream(
                frames=len(run.offsets),
                samples=len(run.offsets) * run.header.samples,
                sample_rate_hz=run.header.sample_rate_hz,
                channels=run.header.channels,
                bitrates_kbps=frozenset(header.bitrate_kbps for header in headers if header),
                trailing_bytes=len(data) - run.end,
            )

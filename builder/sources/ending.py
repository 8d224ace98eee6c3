"""Whether the end of a recording is there, told from a file's own counts and its last kilobytes.

A decoder is no help in this: half an MP3 decodes without a complaint.
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from typing import BinaryIO

from builder.sources import mpeg


def truncation(stream: BinaryIO, kind: str, size: int) -> str:
    """In which way the file is cut short, in words; "" when it is whole, or when that cannot be told.

    FLAC is not looked at here: its header counts the samples, and decoding counts them again.
    """
    match kind:
        case "mp3":
            with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return _mp3(data)
        case "wav":
            return _wav(stream, size)
        case "ogg":
            return _ogg(stream, size)
        case "m4a":
            return _m4a(stream, size)
    return ""


def _mp3(data: mmap.mmap) -> str:
    """By the byte count of an Info frame; without one, by a last frame that is not whole."""
    start, end = mpeg.bounds(data)
    offset = mpeg.first_frame(data, start)
    header = mpeg.parse_header(data[offset : offset + 4]) if offset is not None else None
    if offset is None or header is None:
        return ""
    said = mpeg.declared(data, offset, header)
    if said and said.bytes:
        there = end - offset
        return f"{there:,} of {said.bytes:,} bytes are there" if there < said.bytes - header.size else ""
    missing = _missing_of_last_frame(data, offset, end)
    return f"the last frame lacks {missing} bytes" if missing else ""


def _missing_of_last_frame(data: mmap.mmap, start: int, end: int) -> int:
    """How many bytes the last frame lacks; 0 if frames run up to the end or something else is there."""
    offset = max(start, end - 16384)
    while True:
        found = mpeg.first_frame(data, offset, within=8192)
        if found is None:
            return 0
        chain = 0
        while found + 4 <= end:
            header = mpeg.parse_header(data[found : found + 4])
            if header is None:
                break
            if found + header.size > end:
                return found + header.size - end if chain >= 2 or found == start else 0
            found, chain = found + header.size, chain + 1
        if chain >= 2:
            return 0
        offset = found + 1


def _wav(stream: BinaryIO, size: int) -> str:
    """A RIFF whose `data` chunk claims more than the file holds."""
    riff = read_riff(stream, size)
    there = size - riff.start
    return f"{there:,} of {riff.length:,} bytes of sound are there" if there < riff.length else ""


@dataclass(frozen=True, kw_only=True)
class Riff:
    """The sound of a WAV: where it begins, how many bytes it has, and what its `fmt` chunk says of them."""

    start: int
    length: int
    is_plain: bool  # every sample takes the same number of bytes
    channels: int
    sample_rate_hz: int
    bytes_per_second: int


# No program writes so many chunks or boxes; a file of nothing else would be read for hours.
_MOST_PARTS = 20_000
_PLAIN_FORMATS = frozenset({1, 3, 6, 7, 0xFFFE})  # PCM, float, A-law, mu-law, extensible


def read_riff(stream: BinaryIO, size: int) -> Riff:
    """Read the chunks of a WAV. A length of FFFFFFFF is a stream's way of not saying: all that follows is sound.

    ValueError where there is no sound, or where the bytes behind it are no chunks: a recorder that lost power
    leaves a length that is too small, and the rest of the sound would be lost in silence.
    """
    position = 12
    count = 0
    layout: tuple[int, int, int, int] | None = None
    while position + 8 <= size and (count := count + 1) < _MOST_PARTS:
        name, length = _chunk(stream, position)
        if name == b"fmt " and length >= 16:
            layout = struct.unpack("<HHII", stream.read(12))
        elif name == b"data" and layout is not None:
            start = position + 8
            if length == 0xFFFFFFFF:
                length = size - start
            _refuse_uncounted(stream, start + length + (length & 1), size)
            tag, channels, rate, per_second = layout
            return Riff(
                start=start,
                length=length,
                is_plain=tag in _PLAIN_FORMATS,
                channels=channels,
                sample_rate_hz=rate,
                bytes_per_second=per_second,
            )
        position += 8 + length + (length & 1)
    raise ValueError("it has no sound in it")


def _refuse_uncounted(stream: BinaryIO, position: int, size: int) -> None:
    rest = size - position
    count = 0
    while position + 8 <= size:
        name, length = _chunk(stream, position)
        count += 1
        if count > _MOST_PARTS or not all(32 <= byte < 127 for byte in name) or position + 8 + length > size:
            raise ValueError(f"its header leaves out {rest:,} bytes of it; save it again in an audio editor")
        position += 8 + length + (length & 1)


def _chunk(stream: BinaryIO, position: int) -> tuple[bytes, int]:
    stream.seek(position)
    name, length = struct.unpack("<4sI", stream.read(8))
    return name, length


def _ogg(stream: BinaryIO, size: int) -> str:
    """The last page carries the flag that ends the stream (RFC 3533 section 6)."""
    stream.seek(max(0, size - 65536))
    tail = stream.read()
    last = tail.rfind(b"OggS")
    ends = last != -1 and tail[last + 5 : last + 6] != b"" and tail[last + 5] & 4
    return "" if ends else "the page that ends the stream is missing"


def _m4a(stream: BinaryIO, size: int) -> str:
    """Top-level boxes that reach beyond the end of the file (ISO/IEC 14496-12 section 4.2)."""
    position = count = 0
    while position + 8 <= size and (count := count + 1) < _MOST_PARTS:
        stream.seek(position)
        length, name = struct.unpack(">I4s", stream.read(8))
        if length == 1:
            (length,) = struct.unpack(">Q", stream.read(8))
        if length == 0:
            return ""
        if position + length > size:
            return f"its part {name.decode('ascii', 'replace')!r} lacks {position + length - size:,} bytes"
        position += max(length, 8)
    return ""

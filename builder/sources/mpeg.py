"""MPEG audio frames: their headers, the first one, runs of whole ones, and whether a file has one format to its end.

Layout and tables: ISO/IEC 11172-3 section 2.4 and 13818-3 (low sampling frequencies), Layer III.

Files copied one behind the other play on, but where the sample rate or the number of channels changes ffmpeg starts its
filters again, and from there on `start` and `end` would be counted from the change.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

from builder.files.opening import open_file

_BITRATES_V1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_BITRATES_V2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
KEPT_BYTES = 1 << 20
_MOST_TAGS = 8
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


class SideLayout(NamedTuple):
    """Where fields are in the side information: `main_data_begin` is its first `begin_bits`; the private bits are
    those of `private_mask` in its second byte; each `part2_3_length` has 12 bits from one of `lengths` on.
    """

    begin_bits: int
    private_mask: int
    lengths: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class FrameHeader:
    """One Layer III frame header. `size` is the frame's length in bytes, `samples` per channel."""

    is_mpeg1: bool
    sample_rate_hz: int
    bitrate_kbps: int
    channels: int
    has_crc: bool
    size: int

    @cached_property
    def samples(self) -> int:
        return 1152 if self.is_mpeg1 else 576

    @cached_property
    def side_size(self) -> int:
        if self.is_mpeg1:
            return 17 if self.channels == 1 else 32
        return 9 if self.channels == 1 else 17

    @cached_property
    def side_layout(self) -> SideLayout:
        is_mono = self.channels == 1
        if self.is_mpeg1:
            first, step, count = (18 if is_mono else 20), 59, (2 if is_mono else 4)
        else:
            first, step, count = (9 if is_mono else 10), 63, (1 if is_mono else 2)
        begin = 9 if self.is_mpeg1 else 8
        private = (0x7C if is_mono else 0x70) if self.is_mpeg1 else (0x80 if is_mono else 0xC0)
        return SideLayout(begin, private, tuple(first + step * part for part in range(count)))

    @cached_property
    def data_start(self) -> int:
        """Where main data begins within the frame."""
        return 4 + (2 if self.has_crc else 0) + self.side_size


@lru_cache(maxsize=512)
def parse_header(word: bytes) -> FrameHeader | None:
    """The header in four bytes, or None where they are not one of Layer III."""
    if len(word) < 4 or word[0] != 0xFF or word[1] & 0xE0 != 0xE0:
        return None
    version, layer = word[1] >> 3 & 3, word[1] >> 1 & 3
    bitrate_index, rate_index = word[2] >> 4, word[2] >> 2 & 3
    if layer != 1 or version == 1 or rate_index == 3 or bitrate_index in (0, 15):
        return None
    is_mpeg1 = version == 3
    rate = _RATES[version][rate_index]
    bitrate = (_BITRATES_V1 if is_mpeg1 else _BITRATES_V2)[bitrate_index]
    padding = word[2] >> 1 & 1
    return FrameHeader(
        is_mpeg1=is_mpeg1,
        sample_rate_hz=rate,
        bitrate_kbps=bitrate,
        channels=1 if word[3] >> 6 == 3 else 2,
        has_crc=word[1] & 1 == 0,
        size=(144 if is_mpeg1 else 72) * bitrate * 1000 // rate + padding,
    )


def id3v2_size(data: bytes) -> int:
    """Length of the ID3v2 tag that `data` begins with, header and footer counted; 0 without one."""
    if len(data) < 10 or data[:3] != b"ID3" or max(data[6:10]) > 127:
        return 0
    size = data[6] << 21 | data[7] << 14 | data[8] << 7 | data[9]
    return 10 + size + (10 if data[5] & 0x10 else 0)


def bounds(data: mmap.mmap) -> tuple[int, int]:
    """Where the frames of a file may begin and must end: between its ID3v2 tags and its ID3v1 tag."""
    start, end = 0, len(data)
    while size := id3v2_size(data[start : start + 10]):
        start += size
    if data[max(0, end - 128) : max(0, end - 125)] == b"TAG":
        end -= 128
    return min(start, end), end


def tags_behind(data: mmap.mmap) -> int:
    """How many bytes of tags a file ends with: ID3v1, the enhanced tag before it, APEv2 and Lyrics3v2, in any order."""
    end = len(data)
    for _ in range(_MOST_TAGS):
        end -= _tag_before(data, end)
    return len(data) - max(end, 0)


def _tag_before(data: mmap.mmap, end: int) -> int:
    if data[max(0, end - 128) : max(0, end - 125)] == b"TAG":
        return 355 if data[max(0, end - 355) : max(0, end - 351)] == b"TAG+" else 128
    if data[max(0, end - 32) : max(0, end - 24)] == b"APETAGEX":  # its footer; the size is without the header
        size, _, flags = struct.unpack("<III", data[end - 20 : end - 8])
        return int(size) + (32 if flags & 1 << 31 else 0)
    if data[max(0, end - 9) : end] == b"LYRICS200" and data[end - 15 : end - 9].isdigit():
        return int(data[end - 15 : end - 9]) + 15
    return 0


def first_frame(data: bytes | bytearray | mmap.mmap, start: int, *, within: int = 65536) -> int | None:
    """Offset of the first header at or after `start` that another header follows; None without one."""
    end = min(start + within, len(data) - 4)
    offset = data.find(b"\xff", start, end)
    while offset != -1:
        header = parse_header(bytes(data[offset : offset + 4]))
        if header is not None:
            after = offset + header.size
            if after >= len(data) or parse_header(bytes(data[after : after + 4])) is not None:
                return offset
        offset = data.find(b"\xff", offset + 1, end)
    return None


def frames(data: bytes | bytearray | mmap.mmap, start: int) -> Iterator[tuple[int, FrameHeader]]:
    """Each (offset, header) from `start` on, as long as whole frames follow each other without a gap."""
    offset, length, kept = start, len(data), 0
    while offset + 4 <= length:
        header = parse_header(bytes(data[offset : offset + 4]))
        if header is None or offset + header.size > length:
            return
        yield offset, header
        offset += header.size
        if offset - kept > 2 * KEPT_BYTES:
            kept = let_go(data, kept, offset - KEPT_BYTES)


def let_go(data: bytes | bytearray | mmap.mmap, start: int, end: int) -> int:
    """Pages of a mapped file that were read count as this program's memory until it says that they need not.

    Returns where the pages end that were let go.
    """
    start += -start % mmap.ALLOCATIONGRANULARITY
    end -= end % mmap.ALLOCATIONGRANULARITY
    if end <= start:
        return start
    if isinstance(data, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        data.madvise(mmap.MADV_DONTNEED, start, end - start)
    return end


@dataclass(frozen=True, kw_only=True)
class Declared:
    """What an Info, Xing or VBRI frame says of its file; None where it does not say."""

    frames: int | None
    bytes: int | None


def declared(data: bytes | bytearray | mmap.mmap, offset: int, header: FrameHeader) -> Declared | None:
    """Read the frame at `offset` as an information frame; None when it is an ordinary one."""
    at = offset + header.data_start - (2 if header.has_crc else 0)
    if data[at : at + 4] in (b"Xing", b"Info"):
        flags = int.from_bytes(data[at + 4 : at + 8], "big")
        at += 8
        count = size = None
        if flags & 1:
            count, at = int.from_bytes(data[at : at + 4], "big"), at + 4
        if flags & 2:
            size = int.from_bytes(data[at : at + 4], "big")
        return Declared(frames=count, bytes=size)
    at = offset + 36
    if data[at : at + 4] == b"VBRI":
        return Declared(
            bytes=int.from_bytes(data[at + 10 : at + 14], "big"),
            frames=int.from_bytes(data[at + 14 : at + 18], "big"),
        )
    return None


# Fewer frames in a row may be noise that looks like some.
_FRAMES_OF_A_MODE = 10
# What is searched for frames behind damage or a tag, and how often: beyond that the decoder will complain.
_SEARCHED_BYTES, _SEARCHES = 1 << 20, 20


def format_change(path: Path, start: int) -> str:
    """From what to what an MP3 changes, in words; "" where it does not. Walks every frame from `start` on."""
    with open_file(path) as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        first: tuple[int, int] | None = None
        seconds = 0.0
        at = start
        for _ in range(_SEARCHES):
            found = first_frame(data, at, within=_SEARCHED_BYTES)
            if found is None:
                break
            run = 0
            mode: tuple[int, int] | None = None
            for offset, header in frames(data, found):
                here = (header.sample_rate_hz, header.channels)
                if here != mode:
                    run, mode = 0, here
                run += 1
                if run == _FRAMES_OF_A_MODE:
                    first = first or here
                    if here != first:
                        return (
                            f"{_words(first)} at first, {_words(here)} from about {seconds / 60:.1f} min on"
                        )
                seconds += header.samples / header.sample_rate_hz
                at = offset + header.size
            at = max(at, found + 1)
    return ""


def _words(mode: tuple[int, int]) -> str:
    return f"{mode[0]:,} Hz and {mode[1]} channel{'s' if mode[1] > 1 else ''}"

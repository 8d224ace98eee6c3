"""MPEG audio frames, byte by byte: finding them, following them to the end, and clearing what hides between them.

Layout and tables: ISO/IEC 11172-3 section 2.4 and 13818-3 (low sampling frequencies), Layer III.
"""

from __future__ import annotations

import mmap
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

_BITRATES_V1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_BITRATES_V2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_KEPT_BYTES = 1 << 20
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


@dataclass(frozen=True, kw_only=True)
class Header:
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
    def side_layout(self) -> tuple[int, int, tuple[int, ...]]:
        """Where in the side information, read as one number, `main_data_begin` stands (shift and mask) and each
        `part2_3_length` of 12 bits (shifts).
        """
        total, mono = self.side_size * 8, self.channels == 1
        if self.is_mpeg1:
            first, step, count = (18 if mono else 20), 59, (2 if mono else 4)
            return total - 9, 0x1FF, tuple(total - first - step * part - 12 for part in range(count))
        first, step, count = (9 if mono else 10), 63, (1 if mono else 2)
        return total - 8, 0xFF, tuple(total - first - step * part - 12 for part in range(count))

    @cached_property
    def data_start(self) -> int:
        """Where main data begins within the frame."""
        return 4 + (2 if self.has_crc else 0) + self.side_size


@lru_cache(maxsize=512)
def parse_header(word: bytes) -> Header | None:
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
    return Header(
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


def first_frame(data: bytes | mmap.mmap, start: int, *, within: int = 65536) -> int | None:
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


def frames(data: bytes | mmap.mmap, start: int) -> Iterator[tuple[int, Header]]:
    """Each (offset, header) from `start` on, as long as whole frames follow each other without a gap."""
    offset, length, kept = start, len(data), 0
    while offset + 4 <= length:
        header = parse_header(bytes(data[offset : offset + 4]))
        if header is None or offset + header.size > length:
            return
        yield offset, header
        offset += header.size
        if offset - kept > 2 * _KEPT_BYTES:
            kept = _let_go(data, kept, offset - _KEPT_BYTES)


def _let_go(data: bytes | mmap.mmap, start: int, end: int) -> int:
    """Pages of a mapped file that were read count as this program's memory until it says that they need not."""
    end -= end % mmap.ALLOCATIONGRANULARITY
    if isinstance(data, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        data.madvise(mmap.MADV_DONTNEED, start, end - start)
    return end


@dataclass(frozen=True, kw_only=True)
class Declared:
    """What an Info, Xing or VBRI frame says of its file; None where it does not say."""

    frames: int | None
    bytes: int | None


def declared(data: bytes | mmap.mmap, offset: int, header: Header) -> Declared | None:
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
            start = id3v2_size(data[:10])
            count = samples = 0
            bitrates: set[int] = set()
            end, last = start, None
            for offset, header in frames(data, start):
                count += 1
                samples += header.samples
                bitrates.add(header.bitrate_kbps)
                end, last = offset + header.size, header
            if last is None:
                return None
            return Stream(
                frames=count,
                samples=samples,
                sample_rate_hz=last.sample_rate_hz,
                channels=last.channels,
                bitrates_kbps=frozenset(bitrates),
                trailing_bytes=len(data) - end,
            )


def clear_ancillary(path: Path) -> int:
    """Zero every bit of a bare stream that no decoder reads, in place; the count of bytes that changed.

    Between the Huffman data of one frame and the next an encoder may leave ancillary bits: LAME writes its name
    and version there (`drain_into_ancillary`). They are found by arithmetic, not by searching for a name: each
    frame's data begins `main_data_begin` bytes before its own slot and is as long as its `part2_3_length`s say.
    """
    changed = 0
    with path.open("r+b") as stream, mmap.mmap(stream.fileno(), 0) as data:
        slots: deque[tuple[int, int, int]] = deque()  # (place in the main data stream, offset, length)
        position = 0  # of the present frame's own slot in the main data stream, bytes
        used_until = 0  # bits of the main data stream that decoders have read so far
        for offset, header in frames(data, 0):
            first = offset + header.data_start
            side = int.from_bytes(data[first - header.side_size : first], "big")
            begin_shift, begin_mask, shifts = header.side_layout
            start = (position - (side >> begin_shift & begin_mask)) * 8
            if used_until < start:
                changed += _zero(data, slots, used_until, start)
            end = max(0, start)
            for shift in shifts:
                end += side >> shift & 0xFFF
            if end > used_until:
                used_until = end
            room = header.size - header.data_start
            slots.append((position, first, room))
            position += room
            while (slots[0][0] + slots[0][2]) * 8 <= used_until:
                slots.popleft()
                if not slots:
                    break
        changed += _zero(data, slots, used_until, position * 8)
        data.flush()
    return changed


def _zero(data: mmap.mmap, slots: deque[tuple[int, int, int]], first_bit: int, end_bit: int) -> int:
    """Zero bits [first_bit, end_bit) of the main data stream, which lies scattered over `slots`."""
    changed = 0
    for place, offset, length in slots:
        low, high = max(first_bit, place * 8), min(end_bit, (place + length) * 8)
        if low >= high:
            continue
        low, high = low - place * 8, high - place * 8
        first, last = low // 8, (high - 1) // 8
        old = data[offset + first : offset + last + 1]
        bits = int.from_bytes(old, "big")
        keep_after = (last + 1) * 8 - high
        mask = ((1 << (high - low)) - 1) << keep_after
        new = (bits & ~mask).to_bytes(len(old), "big")
        if new != old:
            data[offset + first : offset + last + 1] = new
            changed += sum(a != b for a, b in zip(old, new, strict=True))
    return changed

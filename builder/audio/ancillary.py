"""Bits of MPEG frames that no decoder reads: where they are, and clearing them.

Between the Huffman data of one frame and the next an encoder may leave ancillary bits: LAME writes its name there
(`drain_into_ancillary`). They are found by arithmetic, not by searching for a name: each frame's data begins
`main_data_begin` bytes before its own slot and is as long as its `part2_3_length`s say (ISO/IEC 11172-3 section
2.4.1.7). The private bits of the side information are as free.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from builder.audio.frames import KEPT_BYTES, Header, let_go
from builder.audio.mp3 import Data, Run, run_at

_Ints = NDArray[np.int64]
_Bytes = NDArray[np.uint8]
_FRAMES_AT_ONCE = 1 << 12


@dataclass(frozen=True, kw_only=True)
class Unread:
    """Bits that no decoder reads: `offsets` of bytes in the file, and the bits of each, as masks. Both (n,).

    `astray` is the first byte of each frame whose data would begin before the stream or within that of the frame
    before it, or end behind its own slot: decoders pass over such a frame, and its slot may hold anything.
    """

    offsets: _Ints
    masks: _Bytes
    astray: _Ints = field(default_factory=lambda: np.empty(0, np.int64))


def unread_bits(data: Data, run: Run) -> Iterator[Unread]:
    """The bits of a run of frames that are no sound, some thousand frames at a time."""
    header, offsets = run.header, run.offsets
    rooms = np.diff(offsets, append=run.end) - header.data_start
    places = np.cumsum(rooms) - rooms  # of each frame's own slot in the stream of main data, in bytes
    used, kept = (
        0,
        int(offsets[0]),
    )  # bits of that stream that decoders have read so far; bytes that are let go
    for first in range(0, len(offsets), _FRAMES_AT_ONCE):
        part = slice(first, first + _FRAMES_AT_ONCE)
        begin, length, private = _side_information(data, offsets[part], header)
        starts = (places[part] - begin) * 8
        # What the first frames claim of frames before them that are not there is read from nowhere.
        ends = np.maximum.accumulate(np.concatenate([[used], np.maximum(starts, 0) + length]))
        is_astray = (starts < ends[:-1]) | (starts + length > (places[part] + rooms[part]) * 8)
        yield replace(private, astray=offsets[part][is_astray])
        yield _located(ends[:-1], starts, offsets, places, header)
        used = int(ends[-1])
        kept = let_go(data, kept, max(kept, int(offsets[part][-1]) - KEPT_BYTES))
    end = int(places[-1] + rooms[-1]) * 8
    yield _located(np.array([used]), np.array([end]), offsets, places, header)


def clear_ancillary(path: Path) -> int:
    """Zero every bit of a bare stream that no decoder reads, in place; the count of bytes that changed."""
    changed = 0
    with path.open("r+b") as stream, mmap.mmap(stream.fileno(), 0) as data:
        run = run_at(data, 0)
        for unread in unread_bits(data, run) if run else ():
            for place in np.flatnonzero(_told(data, unread)):
                offset = int(unread.offsets[place])
                data[offset] &= ~int(unread.masks[place]) & 0xFF
                changed += 1
        data.flush()
    return changed


def first_hidden(data: Data, run: Run) -> int | None:
    """The first byte of a run that says something no decoder reads; None where all such bits are zero, and all frames
    can be played.
    """
    first = min(
        int(min(unread.offsets[_told(data, unread)].min(initial=run.end), unread.astray.min(initial=run.end)))
        for unread in unread_bits(data, run)
    )
    return first if first < run.end else None


def _told(data: Data, unread: Unread) -> NDArray[np.bool_]:
    """Which of those bytes have bits that are not zero."""
    told: NDArray[np.bool_] = (np.frombuffer(data, np.uint8)[unread.offsets] & unread.masks) != 0
    return told


def _side_information(data: Data, offsets: _Ints, header: Header) -> tuple[_Ints, _Ints, Unread]:
    """Of each frame `main_data_begin` in bytes and the bits of its main data, both (n,); and its private bits."""
    at = header.data_start - header.side_size
    side = np.frombuffer(data, np.uint8)[offsets[:, None] + np.arange(at, at + header.side_size)]

    def field(first: int, width: int) -> _Ints:
        """A field of up to 16 bits that begins at bit `first` of the side information."""
        byte = first // 8
        three = np.zeros(len(side), np.int64)
        for index in range(byte, byte + 3):
            three = three << 8 | (side[:, index] if index < header.side_size else 0)
        return three >> (24 - first % 8 - width) & ((1 << width) - 1)

    layout = header.side_layout
    length = sum((field(first, 12) for first in layout.lengths), np.zeros(len(side), np.int64))
    private = Unread(
        offsets=offsets + at + 1,
        masks=np.full(len(offsets), layout.private_mask, np.uint8),
    )
    return field(0, layout.begin_bits), length, private


def _located(from_bits: _Ints, to_bits: _Ints, offsets: _Ints, places: _Ints, header: Header) -> Unread:
    """Bits [from, to) of the stream of main data, where to > from, as bytes of the file."""
    is_gap = to_bits > from_bits
    low, high = from_bits[is_gap], to_bits[is_gap]
    first, last = low // 8, (high - 1) // 8
    counts = last - first + 1
    total = int(counts.sum())
    starts = np.cumsum(counts) - counts
    inner = np.arange(total) - np.repeat(starts, counts)
    at = np.repeat(first, counts) + inner
    masks = np.full(total, 0xFF, np.uint8)
    masks[starts] &= (0xFF >> (low % 8)).astype(np.uint8)
    masks[starts + counts - 1] &= (0xFF << (7 - (high - 1) % 8) & 0xFF).astype(np.uint8)
    frame = np.searchsorted(places, at, "right") - 1
    return Unread(offsets=offsets[frame] + header.data_start + at - places[frame], masks=masks)

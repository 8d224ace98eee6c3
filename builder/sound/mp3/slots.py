"""The main data of frames: which bytes of a file are read one behind the other, and where each frame's begin.

Each frame's data begins `main_data_begin` bytes before its own slot, the room behind its side information, and is as
long as its `part2_3_length`s say (ISO/IEC 11172-3 section 2.4.1.7).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from builder.sound.mp3.granules import Bytes, Ints, field
from builder.sound.mp3.walk import Data, FrameRun
from builder.sources.mpeg import KEPT_BYTES, FrameHeader, let_go

_FRAMES_AT_ONCE = 1 << 12
_LONGEST_BEGIN = 511


@dataclass(frozen=True, kw_only=True)
class FrameStretch:
    """Some thousand frames of a run, from the frame of number `first` on. `offsets` are those of the frames, `rooms`
    the bytes of their slots, and `places` where these begin in the stream of main data, in bytes: all (n,). `side` is
    their side information, (n, bytes).
    """

    header: FrameHeader
    first: int
    offsets: Ints
    rooms: Ints
    places: Ints
    side: Bytes

    @cached_property
    def begins(self) -> Ints:
        """`main_data_begin`, in bytes."""
        return field(self.side, 0, self.header.side_layout.begin_bits)

    @cached_property
    def lengths(self) -> Ints:
        """How many bits each granule of each frame claims: (n, granules)."""
        return np.stack([field(self.side, first, 12) for first in self.header.side_layout.lengths], 1)

    @cached_property
    def starts(self) -> Ints:
        """The bit of the main data at which each frame begins."""
        return (self.places - self.begins) * 8


@dataclass(frozen=True, kw_only=True)
class Slots:
    """The slots of all frames of a run."""

    header: FrameHeader
    offsets: Ints
    rooms: Ints
    places: Ints

    def stretches(self, data: Data) -> Iterator[FrameStretch]:
        """The frames from the first to the last, some thousand at a time. Pages of a mapped file are let go."""
        kept = int(self.offsets[0])
        for first in range(0, len(self.offsets), _FRAMES_AT_ONCE):
            part = slice(first, first + _FRAMES_AT_ONCE)
            offsets = self.offsets[part]
            yield FrameStretch(
                header=self.header,
                first=first,
                offsets=offsets,
                rooms=self.rooms[part],
                places=self.places[part],
                side=np.frombuffer(data, np.uint8)[side_bytes(offsets, self.header)],
            )
            kept = let_go(data, kept, max(kept, int(offsets[-1]) - KEPT_BYTES))

    @property
    def bits(self) -> int:
        """All bits of main data."""
        return int(self.places[-1] + self.rooms[-1]) * 8

    def main_data(self, data: Data, stretch: FrameStretch) -> tuple[Bytes, int]:
        """The bytes that the frames of a stretch may read, and the place of the first of them."""
        earliest = max(0, int(stretch.places[0]) - _LONGEST_BEGIN)
        first = int(np.searchsorted(self.places, earliest, "right")) - 1
        last = stretch.first + len(stretch.offsets)
        rooms, places = self.rooms[first:last], self.places[first:last]
        starts = self.offsets[first:last] + self.header.data_start - places
        at = np.repeat(starts, rooms) + np.arange(places[0], places[-1] + rooms[-1])
        return np.frombuffer(data, np.uint8)[at], int(places[0])


def slots_of(run: FrameRun) -> Slots:
    """The slots of a run of frames."""
    rooms = np.diff(run.offsets, append=run.end) - run.header.data_start
    return Slots(header=run.header, offsets=run.offsets, rooms=rooms, places=np.cumsum(rooms) - rooms)


def side_bytes(offsets: Ints, header: FrameHeader) -> Ints:
    """The bytes of the side information of frames: (n, bytes)."""
    at: Ints = offsets[:, None] + np.arange(header.data_start - header.side_size, header.data_start)
    return at

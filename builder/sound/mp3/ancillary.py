"""Bits of MPEG frames that no decoder reads, or that change nothing: finding them, and clearing them.

Between the sound of one frame and the next an encoder may leave ancillary bits: LAME writes its name there
(`drain_into_ancillary`). They are found by arithmetic, not by searching for a name (`slots`). The private bits of the
side information are as free, and so is a field that says something of nothing (`effect`). What is left has an effect,
but could be written in another way; there our encoder has its habits (`lame`).
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from builder.sound.mp3 import lame
from builder.sound.mp3.effect import settled, sounding
from builder.sound.mp3.granules import BANDS, Bytes, Granules, Ints, granules_of, write_words
from builder.sound.mp3.slots import FrameStretch, Slots, side_bytes, slots_of
from builder.sound.mp3.spectrum import Spectrum, read_spectrum
from builder.sound.mp3.walk import Data, FrameRun, run_at
from builder.sources.mpeg import FrameHeader

_UNPLAYED = "bits within frames that no player plays hold something"
_OVERLONG = "a frame says that its sound is longer or shorter than it is"
_STRANGE = "a frame says something in another way than the encoder of this program does"


@dataclass(frozen=True, kw_only=True)
class Hidden:
    """Where frames first say something that is not heard, and how."""

    offset: int
    what: str


def first_hidden(data: Data, run: FrameRun, *, is_proved: bool = False) -> Hidden | None:
    """Where frames first say something that no player plays; None where they are as this program leaves them.

    Of frames that this program does not make, or that are proved, only bits are looked at that no decoder reads.
    """
    for look in _looks(data, run, is_proved=is_proved):
        is_told = np.frombuffer(data, np.uint8)[look.free] & look.masks != 0
        found = [(look.free[is_told], _UNPLAYED), (look.astray, _UNPLAYED)]
        if look.heard is not None:
            found += [(look.heard.unsettled, _UNPLAYED), *_unusual(look)]
        if hidden := _first(found, run):
            return hidden
    return None


@dataclass(frozen=True, kw_only=True)
class Cleared:
    """How many bytes of a stream were changed, and what there still is that our encoder is not known to write."""

    bytes: int
    left: Hidden | None


def clear_ancillary(path: Path) -> Cleared:
    """Zero every bit of a bare stream that changes nothing, in place."""
    changed, left = 0, None
    with path.open("r+b") as stream, mmap.mmap(stream.fileno(), 0) as data:
        run = run_at(data, 0)
        for look in _looks(data, run) if run else ():
            changed += _write(data, look.free, np.frombuffer(data, np.uint8)[look.free] & ~look.masks)
            if look.heard is not None and run is not None:
                at = side_bytes(look.stretch.offsets, look.stretch.header)
                side = np.frombuffer(data, np.uint8)[at]
                write_words(side, look.heard.settled, look.stretch.header)
                changed += _write(data, at, side)
                left = left or _first([(look.astray, _UNPLAYED), *_unusual(look)], run)
        data.flush()
    return Cleared(bytes=changed, left=left)


def is_known(header: FrameHeader) -> bool:
    """Whether this program makes such frames: then it is known what each of their bits must be."""
    return header.channels == 1 and header.sample_rate_hz in BANDS


@dataclass(frozen=True, kw_only=True)
class _Heard:
    """A stretch of frames as a decoder reads it; `starts` are the bits of `main` at which its granules begin, (n,)."""

    stretch: FrameStretch
    main: Bytes
    starts: Ints

    @cached_property
    def granules(self) -> Granules:
        return granules_of(self.stretch.side, self.stretch.header)

    @cached_property
    def spectrum(self) -> Spectrum:
        return read_spectrum(self.main, self.starts, self.granules)

    @cached_property
    def has_sound(self) -> NDArray[np.bool_]:
        return sounding(self.granules, self.spectrum)

    @cached_property
    def settled(self) -> NDArray[np.uint64]:
        return settled(self.granules, self.spectrum, self.has_sound)

    @property
    def unsettled(self) -> Ints:
        """Where the frames are that have bits without an effect."""
        return self.frames(self.settled != self.granules.words)

    def frames(self, flags: NDArray[np.bool_]) -> Ints:
        """Where the frames are for which any flag of theirs is set, there being one for each or for each granule."""
        offsets = self.stretch.offsets
        found: Ints = offsets[flags.reshape(len(offsets), -1).any(1)]
        return found


@dataclass(frozen=True, kw_only=True)
class _Look:
    """What a look at a stretch of frames finds. `free` are bytes of which no decoder reads the bits in `masks`, (m,);
    `astray` are frames whose data would begin before the stream or within that of the frame before, or end behind
    their own slot: decoders pass over them, and their slots may hold anything. `due` says where the data of each frame
    would begin if it came from our encoder.
    """

    stretch: FrameStretch
    free: Ints
    masks: Bytes
    astray: Ints
    due: Ints
    heard: _Heard | None


def _looks(data: Data, run: FrameRun, *, is_proved: bool = False) -> Iterator[_Look]:
    """A look at all frames of a run, some thousand at a time."""
    slots, hears = slots_of(run), is_known(run.header) and not is_proved
    used = reserve = (
        0  # bits of main data that decoders have read so far; those that our encoder would have in reserve
    )
    for stretch in slots.stretches(data):
        starts, lengths = stretch.starts, stretch.lengths.sum(1)
        # What the first frames claim of frames before them that are not there is read from nowhere.
        ends = np.maximum.accumulate(np.concatenate([[used], np.maximum(starts, 0) + lengths]))
        is_astray = (starts < ends[:-1]) | (starts + lengths > (stretch.places + stretch.rooms) * 8)
        used = int(ends[-1])
        last = slots.bits if stretch.offsets[-1] == slots.offsets[-1] else used
        free, masks = _between(slots, ends, np.append(starts, last))
        due, reserve = lame.begins(stretch.rooms, lengths, run.header, reserve)
        at = stretch.offsets + run.header.data_start - run.header.side_size + 1
        private = np.full(len(at), run.header.side_layout.private_mask, np.uint8)
        yield _Look(
            stretch=stretch,
            free=np.concatenate([at, free]),
            masks=np.concatenate([private, masks]),
            astray=stretch.offsets[is_astray],
            due=due,
            heard=_heard(data, slots, stretch) if hears else None,
        )


def _between(slots: Slots, from_bits: Ints, to_bits: Ints) -> tuple[Ints, Bytes]:
    """Bits [from, to) of the main data, where to > from, as bytes of the file and masks."""
    is_gap = to_bits > from_bits
    low, high = from_bits[is_gap], to_bits[is_gap]
    first, last = low // 8, (high - 1) // 8
    counts = last - first + 1
    total = int(counts.sum())
    starts = np.cumsum(counts) - counts
    at = np.repeat(first, counts) + np.arange(total) - np.repeat(starts, counts)
    masks = np.full(total, 0xFF, np.uint8)
    masks[starts] &= (0xFF >> (low % 8)).astype(np.uint8)
    masks[starts + counts - 1] &= (0xFF << (7 - (high - 1) % 8) & 0xFF).astype(np.uint8)
    frame = np.searchsorted(slots.places, at, "right") - 1
    return slots.offsets[frame] + slots.header.data_start + at - slots.places[frame], masks


def _heard(data: Data, slots: Slots, stretch: FrameStretch) -> _Heard:
    main, first = slots.main_data(data, stretch)
    starts = stretch.starts[:, None] - 8 * first + np.cumsum(stretch.lengths, 1) - stretch.lengths
    return _Heard(stretch=stretch, main=main, starts=np.maximum(starts, 0).ravel())


def _unusual(look: _Look) -> list[tuple[Ints, str]]:
    """Where the frames are that are not as our encoder writes them, by what is wrong."""
    stretch, heard = look.stretch, look.heard
    assert heard is not None  # noqa: S101  # or nobody knows how they would be written
    sizes = lame.sizes(stretch.first, len(look.due), stretch.header)
    is_strange = (stretch.begins != look.due) | (stretch.rooms + stretch.header.data_start != sizes)
    return [
        (heard.frames(lame.overlong(heard.granules, heard.spectrum, heard.starts)), _OVERLONG),
        (heard.frames(is_strange), _STRANGE),
        (heard.frames(lame.strange(heard.granules, heard.spectrum, heard.has_sound)), _STRANGE),
    ]


def _first(found: list[tuple[Ints, str]], run: FrameRun) -> Hidden | None:
    """The first of these offsets, with what is wrong there."""
    offsets = [int(where.min(initial=run.end)) for where, _ in found]
    first = min(offsets)
    return Hidden(offset=first, what=found[offsets.index(first)][1]) if first < run.end else None


def _write(data: mmap.mmap, at: Ints, values: Bytes) -> int:
    """Put bytes into a mapped file; how many were others before."""
    view = np.frombuffer(data, np.uint8)
    changed = int(np.count_nonzero(view[at] != values))
    view[at] = values
    return changed

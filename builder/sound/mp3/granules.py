"""The side information of mono frames, taken apart and put together: a row of numbers for each granule.

ISO/IEC 11172-3 section 2.4.1.7, 13818-3 section 2.4.1.7 for the low rates.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from builder.sources.mpeg import FrameHeader

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]
Words64 = NDArray[np.uint64]

_SHORT = 2


@dataclass(frozen=True, kw_only=True)
class Bands:
    """The lines at which the scalefactor bands of a sampling rate begin; the last number ends the last band."""

    long: tuple[int, ...]
    short: tuple[int, ...]


# ISO/IEC 11172-3 table 3-B.8, and 13818-3 table B.2 for the low rates.
BANDS = {
    44100: Bands(
        long=(0, 4, 8, 12, 16, 20, 24, 30, 36, 44, 52, 62, 74, 90, 110, 134, 162, 196, 238, 288, 342, 418, 576),
        short=(0, 4, 8, 12, 16, 22, 30, 40, 52, 66, 84, 106, 136, 192),
    ),
    48000: Bands(
        long=(0, 4, 8, 12, 16, 20, 24, 30, 36, 42, 50, 60, 72, 88, 106, 128, 156, 190, 230, 276, 330, 384, 576),
        short=(0, 4, 8, 12, 16, 22, 28, 38, 50, 64, 80, 100, 126, 192),
    ),
    32000: Bands(
        long=(0, 4, 8, 12, 16, 20, 24, 30, 36, 44, 54, 66, 82, 102, 126, 156, 194, 240, 296, 364, 448, 550, 576),
        short=(0, 4, 8, 12, 16, 22, 30, 42, 58, 78, 104, 138, 180, 192),
    ),
    22050: Bands(
        long=(0, 6, 12, 18, 24, 30, 36, 44, 54, 66, 80, 96, 116, 140, 168, 200, 238, 284, 336, 396, 464, 522, 576),
        short=(0, 4, 8, 12, 18, 24, 32, 42, 56, 74, 100, 132, 174, 192),
    ),
    24000: Bands(
        long=(0, 6, 12, 18, 24, 30, 36, 44, 54, 66, 80, 96, 114, 136, 162, 194, 232, 278, 332, 394, 464, 540, 576),
        short=(0, 4, 8, 12, 18, 26, 36, 48, 62, 80, 104, 136, 180, 192),
    ),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Granules:
    """The side information of granules in order of time. `words` has that of each as a number, its first bit the
    highest; `shared` says which four groups of scalefactors a second granule takes from the first. Both (n,).
    """

    is_mpeg1: bool
    bands: Bands
    words: Words64
    shared: Ints

    def __getitem__(self, name: str) -> Ints:
        """A field of all granules; with a window switch, some bits belong to other fields than without."""
        first, width = fields(self.is_mpeg1)[name]
        return (self.words >> np.uint64(64 - first - width)).astype(np.int64) & ((1 << width) - 1)

    @cached_property
    def switches(self) -> NDArray[np.bool_]:
        return self["switches"] > 0

    @cached_property
    def is_short(self) -> NDArray[np.bool_]:
        found: NDArray[np.bool_] = self.switches & (self["block"] == _SHORT)
        return found

    @cached_property
    def big_values(self) -> Ints:
        return self["big_values"]

    @cached_property
    def tables(self) -> Ints:
        """The Huffman tables of the three regions: (3, n). After a window switch there are two regions."""
        plain = np.stack([self["table0"], self["table1"], self["table2"]])
        switched = np.stack([self["switched0"], self["switched1"], np.zeros(len(self.words), np.int64)])
        return np.where(self.switches, switched, plain)

    @cached_property
    def borders(self) -> Ints:
        """The pairs at which the second region begins and the third: (2, n)."""
        long = np.array(self.bands.long)
        first = self["region0"] + 1
        plain = long[np.minimum(np.stack([first, first + self["region1"] + 1]), len(long) - 1)]
        second = np.where(self.is_short, 3 * self.bands.short[3], long[8])
        return np.where(self.switches, np.stack([second, np.full_like(second, long[-1])]), plain) // 2


@cache
def fields(is_mpeg1: bool) -> dict[str, tuple[int, int]]:
    """The first bit of each field of a granule, and its width."""
    rows = [
        ("length", 12),
        ("big_values", 9),
        ("gain", 8),
        ("compress", 4 if is_mpeg1 else 9),
        ("switches", 1),
    ]
    plain = [("table0", 5), ("table1", 5), ("table2", 5), ("region0", 4), ("region1", 3)]
    switched = [("block", 2), ("mixed", 1), ("switched0", 5), ("switched1", 5)]
    switched += [("gain0", 3), ("gain1", 3), ("gain2", 3)]
    last = [*([("preflag", 1)] if is_mpeg1 else []), ("scale", 1), ("quads", 1)]
    found: dict[str, tuple[int, int]] = {}
    for names in ([*rows, *plain, *last], [*rows, *switched]):
        at = 0
        for name, width in names:
            found[name] = (at, width)
            at += width
    return found


def granules_of(side: Bytes, header: FrameHeader) -> Granules:
    """Take the side information of frames apart: a row of bytes for each."""
    starts = header.side_layout.lengths
    shared = np.zeros((len(side), len(starts)), np.int64)
    if header.is_mpeg1:
        shared[:, 1] = field(side, 14, 4)
    return Granules(
        is_mpeg1=header.is_mpeg1,
        bands=BANDS[header.sample_rate_hz],
        words=np.stack([_word(side, first) & _mask(header.is_mpeg1) for first in starts], 1).ravel(),
        shared=shared.ravel(),
    )


def write_words(side: Bytes, words: Words64, header: FrameHeader) -> None:
    """Put granules into the side information that they were taken from."""
    starts = header.side_layout.lengths
    for part, first in enumerate(starts):
        byte, shift = divmod(first, 8)
        changed = (_word(side, first) & _mask(header.is_mpeg1)) ^ words[part :: len(starts)]
        nine = np.zeros((len(side), 9), np.uint8)
        nine[:, :8] = (changed >> np.uint64(shift)).astype(">u8").view(np.uint8).reshape(-1, 8)
        nine[:, 8] = changed << np.uint64(8 - shift) & np.uint64(0xFF)
        side[:, byte : byte + 9] ^= nine[:, : side.shape[1] - byte]


def _word(side: Bytes, first: int) -> Words64:
    """The 64 bits from bit `first` on; zeros behind the end."""
    byte, shift = divmod(first, 8)
    nine = np.zeros((len(side), 9), np.uint8)
    there = side[:, byte : byte + 9]
    nine[:, : there.shape[1]] = there
    upper = nine[:, :8].copy().view(">u8").ravel().astype(np.uint64)
    return upper << np.uint64(shift) | nine[:, 8].astype(np.uint64) >> np.uint64(8 - shift)


def _mask(is_mpeg1: bool) -> np.uint64:
    """The bits that a granule has of a word."""
    first, width = fields(is_mpeg1)["quads"]
    return np.uint64((1 << 64) - (1 << (64 - first - width)))


def field(side: Bytes, first: int, width: int) -> Ints:
    """A field of up to 16 bits that begins at bit `first` of each row of side information."""
    byte = first // 8
    three = np.zeros(len(side), np.int64)
    for index in range(byte, byte + 3):
        three = three << 8 | (side[:, index] if index < side.shape[1] else 0)
    return three >> (24 - first % 8 - width) & ((1 << width) - 1)

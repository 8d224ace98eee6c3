"""Which bits of the side information have an effect on what is heard, and granules as they say the same with no other.

An encoder leaves behind what it tried before: tables of regions that hold nothing, the gain of a window without sound.
Whoever may choose such bits can write with them; so they are zero here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from builder.sound.mp3.granules import Granules, Ints, Words64, fields
from builder.sound.mp3.huffman import FAMILIES, HAS_ESCAPE, LEAST_OTHER, codes
from builder.sound.mp3.spectrum import FACTORS, PAIRS, Spectrum

_Flags = NDArray[np.bool_]
# Bands that the preflag amplifies: those from 11 on, but the last, which has no scalefactor.
_AMPLIFIED = slice(11, 21)
_MOST_BANDS = 8  # that a second region may have


def sounding(granules: Granules, spectrum: Spectrum) -> _Flags:
    """Whether there is any value in each band: (39, n), rows as those of the scalefactors."""
    found = np.zeros((FACTORS, len(granules.words)), np.bool_)
    long = np.array(granules.bands.long[:-1]) // 2
    found[: len(long)] = np.bitwise_or.reduceat(spectrum.pairs[:PAIRS], long) > 0
    widths = np.repeat(np.diff(granules.bands.short), 3) // 2
    columns = np.flatnonzero(granules.is_short)
    found[:, columns] = (
        np.bitwise_or.reduceat(spectrum.pairs[:PAIRS, columns], np.cumsum(widths) - widths) > 0
    )
    return found


def settled(granules: Granules, spectrum: Spectrum, has_sound: _Flags) -> Words64:
    """The granules with all bits zero that have no effect, and of what is written the same by several regions and
    tables the first. Of a granule without sound, which may be of any block and gain, nothing is left.
    """
    values, is_switched = granules.big_values, granules.switches
    words = granules.words
    for name, is_free in (
        *((f"gain{at}", is_switched & ~(granules.is_short & has_sound[at::3].any(0))) for at in range(3)),
        *((("preflag", granules.is_short | ~has_sound[_AMPLIFIED].any(0)),) if granules.is_mpeg1 else ()),
        ("scale", ~_scaled(granules, spectrum, has_sound)),
        ("quads", spectrum.filled == values),
    ):
        words = np.where(is_free, _put(words, granules.is_mpeg1, name, np.zeros_like(values)), words)
    tables, upper, lower = _division(granules, spectrum)
    for name, is_meant, numbers in (
        ("switched0", is_switched, tables[0]),
        ("switched1", is_switched, tables[1]),
        ("table0", ~is_switched, tables[0]),
        ("table1", ~is_switched, tables[1]),
        ("table2", ~is_switched, tables[2]),
        ("region0", ~is_switched, upper - 1),
        ("region1", ~is_switched, lower - upper - 1),
    ):
        words = np.where(is_meant, _put(words, granules.is_mpeg1, name, numbers), words)
    kept = np.zeros_like(words)
    for name in ("length", "big_values", "compress"):  # what is read even so
        kept = _put(kept, granules.is_mpeg1, name, granules[name])
    return np.where(has_sound.any(0), words, kept)


def _put(words: Words64, is_mpeg1: bool, name: str, numbers: Ints) -> Words64:
    first, width = fields(is_mpeg1)[name]
    shift = np.uint64(64 - first - width)
    return words & ~(np.uint64((1 << width) - 1) << shift) | numbers.astype(np.uint64) << shift


def _scaled(granules: Granules, spectrum: Spectrum, has_sound: _Flags) -> _Flags:
    """Whether any value is amplified, which the scale would double."""
    rows = (spectrum.factors > 0) & has_sound
    if granules.is_mpeg1:
        rows[_AMPLIFIED] |= has_sound[_AMPLIFIED] & (granules["preflag"] > 0) & ~granules.is_short
    found: _Flags = np.logical_or.reduce(rows)
    return found


def _division(granules: Granules, spectrum: Spectrum) -> tuple[Ints, Ints, Ints]:
    """The least tables, and bands at which the second and the third region begin, that give each pair the codeword
    which it has. What two tables write alike may be of either, and belongs to the later region.
    """
    long = np.array(granules.bands.long)
    last = np.searchsorted(long, 2 * granules.big_values)  # the band that ends the big values
    upper, lower = np.minimum(np.searchsorted(long, 2 * granules.borders), last)
    lower = np.maximum(lower, upper + 1)
    tables = granules.tables
    while True:
        before = (tables, upper, lower)
        tables = _least_tables(tables, upper, lower, spectrum)
        steps = _steps(tables, upper, lower, spectrum) & ~granules.switches
        upper, lower = upper - (steps[0] & (upper < last)), lower - (steps[1] & (lower < last))
        if all(np.array_equal(old, new) for old, new in zip(before, (tables, upper, lower), strict=True)):
            has_none = granules.big_values == 0
            return tables, np.where(has_none, 1, upper), np.where(has_none, 2, lower)


def _steps(tables: Ints, upper: Ints, lower: Ints, spectrum: Spectrum) -> _Flags:
    """Whether the last band of the first region, and that of the second, could be of the next one: (2, n)."""
    alike, columns = codes().alike, np.arange(len(upper))
    has_room = np.stack([(upper > 1) & (lower - upper < _MOST_BANDS), lower > upper + 1])
    kinds = np.stack([spectrum.kinds[upper - 1, columns], spectrum.kinds[lower - 2, columns]])
    kinds[1] = spectrum.kinds[np.minimum(lower, len(spectrum.kinds)) - 1, columns]
    found: _Flags = has_room & (kinds & ~alike[tables[:2], tables[1:]] == 0)
    return found


def _least_tables(tables: Ints, upper: Ints, lower: Ints, spectrum: Spectrum) -> Ints:
    """The first table of each region that gives all its pairs the same codewords; 0 for a region without pairs."""
    alike = codes().alike
    band = np.arange(len(spectrum.kinds))[:, None]
    region = (band >= upper).astype(np.int64) + (band >= lower)
    found = tables.copy()
    for at in range(3):
        kinds = np.bitwise_or.reduce(np.where(region == at, spectrum.kinds, 0))
        found[at] = np.where(kinds < HAS_ESCAPE, FAMILIES[tables[at]], tables[at])
        free = np.flatnonzero((kinds < LEAST_OTHER) & (tables[at] > 0))
        for table in range(15, -1, -1):
            could = kinds[free] & ~alike[tables[at, free], table] == 0
            found[at, free[could & (table < tables[at, free])]] = table
    return found

"""Which bits of the side information have an effect on what is heard, and granules as they say the same with no other.

An encoder leaves behind what it tried before: tables of regions that hold nothing, the gain of a window without sound.
Whoever may choose such bits can write with them; so they are zero here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from builder.audio.granules import Granules, Ints, Words, fields
from builder.audio.spectrum import FACTORS, PAIRS, Spectrum

_Flags = NDArray[np.bool_]
# Bands that the preflag amplifies: those from 11 on, but the last, which has no scalefactor.
_AMPLIFIED = slice(11, 21)
_SHARED_TABLE_BANDS = 8  # the most that a second region may hold


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


def settled(granules: Granules, spectrum: Spectrum, has_sound: _Flags) -> Words:
    """The granules with all bits zero that have no effect, and of all divisions into regions that say the same the
    first. Of one without sound, which may be anything, nothing is left.
    """
    values, is_switched = granules.big_values, granules.switches
    is_empty = np.concatenate([np.zeros((1, len(values)), np.int64), granules.borders]) >= values
    words = granules.words
    for name, is_free in (
        ("table0", ~is_switched & is_empty[0]),
        ("table1", ~is_switched & is_empty[1]),
        ("table2", ~is_switched & is_empty[2]),
        ("switched0", is_switched & is_empty[0]),
        ("switched1", is_switched & is_empty[1]),
        *((f"gain{at}", is_switched & ~(granules.is_short & has_sound[at::3].any(0))) for at in range(3)),
        *((("preflag", granules.is_short | ~has_sound[_AMPLIFIED].any(0)),) if granules.is_mpeg1 else ()),
        ("scale", ~_scaled(granules, spectrum, has_sound)),
        ("quads", spectrum.filled == values),
    ):
        words = np.where(is_free, _put(words, granules.is_mpeg1, name, np.zeros_like(values)), words)
    for name, numbers in zip(("region0", "region1"), _regions(granules), strict=True):
        words = np.where(is_switched, words, _put(words, granules.is_mpeg1, name, numbers))
    kept = np.zeros_like(words)
    for name in ("length", "big_values", "compress"):  # what is read even so
        kept = _put(kept, granules.is_mpeg1, name, granules[name])
    return np.where(has_sound.any(0), words, kept)


def _put(words: Words, is_mpeg1: bool, name: str, numbers: Ints) -> Words:
    first, width = fields(is_mpeg1)[name]
    shift = np.uint64(64 - first - width)
    return words & ~(np.uint64((1 << width) - 1) << shift) | numbers.astype(np.uint64) << shift


def _scaled(granules: Granules, spectrum: Spectrum, has_sound: _Flags) -> _Flags:
    """Whether any value is amplified, which the scale would double."""
    has_factor: _Flags = ((spectrum.factors > 0) & has_sound).any(0)
    if not granules.is_mpeg1:
        return has_factor
    return has_factor | ((granules["preflag"] > 0) & ~granules.is_short & has_sound[_AMPLIFIED].any(0))


def _regions(granules: Granules) -> tuple[Ints, Ints]:
    """The first `region0` and `region1` that give every pair the table which it has."""
    table0, table1, table2 = granules.tables
    last = np.searchsorted(granules.bands.long, 2 * granules.big_values)  # the band that ends the big values
    border0 = np.minimum(granules["region0"] + 1, last)
    border1 = np.minimum(granules["region0"] + granules["region1"] + 2, np.maximum(last, border0 + 1))
    joins_third = (border1 < last) & (table1 == table2)
    border1 = np.where(joins_third, border0 + 1, border1)
    joins_second = (border0 < last) & (table0 == table1)
    earliest = np.where(joins_third, 1, np.maximum(1, border1 - _SHARED_TABLE_BANDS))
    border0 = np.where(joins_second, earliest, border0)
    border1 = np.where(joins_second & joins_third, 2, border1)
    has_none = granules.big_values == 0
    return np.where(has_none, 0, border0 - 1), np.where(has_none, 0, border1 - border0 - 1)

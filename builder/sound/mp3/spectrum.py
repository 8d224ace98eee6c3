"""The main data of mono granules read as a decoder does, thousands at a time: scalefactors, pairs and quads of values.

ISO/IEC 11172-3 sections 2.4.1.7 and 2.4.2.7, 13818-3 section 2.4.3.2 for the low rates.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from builder.sound.mp3 import huffman
from builder.sound.mp3.granules import Bytes, Granules, Ints

PAIRS, FACTORS = 288, 39
# slen1 and slen2 by scalefac_compress (ISO/IEC 11172-3, section 2.4.2.7).
SLENS = np.array(
    [[0, 0, 0, 0, 3, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4], [0, 1, 2, 3, 0, 1, 2, 3, 1, 2, 3, 1, 2, 3, 2, 3]],
    np.int64,
)
# Scalefactors of one length each that a first granule may share with the second: 24 bits at most.
GROUPS = (6, 5, 5, 5)
# Codes of the low rates: from here on they are for intensity stereo, or say a preflag. No encoder of mono writes them.
LSF_CODES = 400
_WINDOWS, _SHORT_BANDS = 3, 12
_BEYOND_BYTES = 1 << 12  # more than 288 of the longest codewords take


@dataclass(frozen=True, kw_only=True)
class Spectrum:
    """What a decoder reads of granules. `pairs` are its values, two by two and four bits for each: (289, n), of which
    the last is behind all lines. `factors` are the scalefactors as they apply: (39, n), in short blocks by band
    and window. `largest` is the largest value of each region, 15 for an escape: (3, n).

    `kinds` are those of the symbols that are in the big values of each long band: (22, n).

    `ends` are the bits at which each was read to its end, `filled` how many pairs were: (n,).
    """

    pairs: Bytes
    factors: Bytes
    largest: Ints
    kinds: huffman.Words32
    ends: Ints
    filled: Ints


def read_spectrum(data: Bytes, starts: Ints, granules: Granules) -> Spectrum:
    """Read granules that begin at these bits of the main data. Where the bits make no sense, nor does what is read."""
    words = _words(data)
    at, factors = _scalefactors(words, starts, granules)
    at, pairs, largest, kinds = _big_values(words, at, granules)
    filled = _quads(words, at, starts + granules["length"], granules, pairs)
    return Spectrum(pairs=pairs, factors=factors, largest=largest, kinds=kinds, ends=at, filled=filled)


def slens(granules: Granules) -> Ints:
    """How many bits each scalefactor has, by quarter: (4, n)."""
    if granules.is_mpeg1:
        first, second = SLENS[:, granules["compress"]]
        return np.stack([first, first, second, second])
    compress = np.minimum(granules["compress"], LSF_CODES - 1)
    upper, lower = compress >> 4, compress & 15
    return np.stack([upper // 5, upper % 5, lower >> 2, lower & 3])


def _words(data: Bytes) -> huffman.Words32:
    """At each byte the 32 bits that begin there, with zeros behind the end."""
    bytes_ = np.concatenate([data, np.zeros(_BEYOND_BYTES, np.uint8)]).astype(np.uint32)
    halves = bytes_[:-1] << np.uint32(8) | bytes_[1:]
    return halves[:-2] << np.uint32(16) | halves[2:]


def _look(words: huffman.Words32, at: Ints) -> huffman.Words32:
    """The bits that begin at `at`, 25 or more, at the upper end of each word."""
    found: huffman.Words32 = words[at >> 3] << (at & 7).astype(np.uint32)
    return found


def _scalefactors(words: huffman.Words32, starts: Ints, granules: Granules) -> tuple[Ints, Bytes]:
    """Where the pairs begin, and the scalefactors of each band."""
    at, factors = starts.copy(), np.zeros((FACTORS, len(starts)), np.uint8)
    lengths, is_short = slens(granules), granules.is_short
    for columns, groups in (
        (np.flatnonzero(~is_short), GROUPS),
        (np.flatnonzero(is_short), (_WINDOWS,) * _SHORT_BANDS),
    ):
        row = 0
        for group, count in enumerate(groups):
            bits = lengths[group * 4 // len(groups), columns]
            if groups is GROUPS:
                bits = np.where(granules.shared[columns] >> (3 - group) & 1, 0, bits)
            factors[row : row + count, columns] = _taken(words, at[columns], bits, count)
            at[columns] += bits * count
            row += count
    if granules.is_mpeg1:
        rows = np.repeat(3 - np.arange(4), GROUPS)[:, None]
        is_shared = (granules.shared[None, 1::2] >> rows & 1) > 0
        later = factors[: len(rows), 1::2]
        later[is_shared] = factors[: len(rows), ::2][is_shared]
    return at, factors


def _taken(words: huffman.Words32, at: Ints, bits: Ints, count: int) -> Bytes:
    """So many numbers of so many bits each: (count, n)."""
    ends = 32 - bits * np.arange(1, count + 1)[:, None]
    return (_look(words, at) >> ends.astype(np.uint32) & ((1 << bits) - 1).astype(np.uint32)).astype(np.uint8)


def _big_values(
    words: huffman.Words32, at: Ints, granules: Granules
) -> tuple[Ints, Bytes, Ints, huffman.Words32]:
    """Where the quads begin, the pairs before them, and what `Spectrum` says of these. All granules take their next
    pair at once; those with most of them come first, so that the first ones are always those that are not through.
    """
    codes = huffman.codes()
    counts = np.minimum(granules.big_values, PAIRS)
    order = np.argsort(-counts, kind="stable")
    active = np.searchsorted(-counts[order], -np.arange(PAIRS), "left")
    at, tables, borders = at[order], granules.tables[:, order], granules.borders[:, order]
    turns, bands = set(borders.ravel().tolist()), np.array(granules.bands.long[1:]) // 2
    band = np.searchsorted(bands, np.arange(PAIRS), "right")
    pairs, largest = np.zeros((PAIRS + 1, len(order)), np.uint8), np.zeros((3, len(order)), np.int64)
    kinds, peak = np.zeros((len(bands), len(order)), np.uint32), np.zeros(len(order), np.uint32)
    base = codes.starts[tables[0]]
    for place in range(int(counts.max(initial=0))):
        count = int(active[place])
        if place in turns:
            for region in (0, 1):
                turned = np.flatnonzero(borders[region, :count] == place)
                largest[region, turned], peak[turned] = peak[turned] >> huffman.LARGEST_SHIFT, 0
                base[turned] = codes.starts[tables[region + 1, turned]]
        here, highest = at[:count], peak[:count]
        seen = _look(words, here)
        entry = codes.first[base[:count] + (seen >> (32 - huffman.FIRST_BITS))]
        longer = np.flatnonzero(entry & huffman.LONGER)
        if len(longer):
            block = (entry[longer] & (huffman.LONGER - 1)) << huffman.SECOND_BITS
            rest = seen[longer] << huffman.FIRST_BITS >> (32 - huffman.SECOND_BITS)
            entry[longer] = codes.second[block | rest]
        here += entry & huffman.LENGTH_MASK
        np.maximum(highest, entry, out=highest)
        pairs[place, :count] = entry >> huffman.SYMBOL_SHIFT
        kinds[band[place], :count] |= codes.kinds[pairs[place, :count]]
    region = (borders < counts[order]).sum(0)
    largest[region, np.arange(len(order))] = peak >> huffman.LARGEST_SHIFT
    back = np.empty_like(order)
    back[order] = np.arange(len(order))
    return at[back], pairs[:, back], largest[:, back], kinds[:, back]


def _quads(words: huffman.Words32, at: Ints, ends: Ints, granules: Granules, pairs: Bytes) -> Ints:
    """Fill the pairs behind the big values, and move `at` to where each granule was read to its end. How many pairs
    are filled.
    """
    codes = huffman.codes()
    place = np.minimum(granules.big_values, PAIRS)
    base = codes.starts[huffman.QUADS_A + granules["quads"]]
    active = np.flatnonzero((at < ends) & (place < PAIRS))
    while len(active):
        here = at[active]
        entry = codes.first[base[active] + (_look(words, here) >> (32 - huffman.FIRST_BITS))]
        here += entry & huffman.LENGTH_MASK
        quad, row = entry >> huffman.SYMBOL_SHIFT, place[active]
        pairs[row, active] = (quad & 8) << 1 | (quad & 4) >> 2
        pairs[row + 1, active] = (quad & 2) << 3 | quad & 1
        at[active], place[active] = here, row + 2
        active = active[(here < ends[active]) & (row + 2 < PAIRS)]
    return place

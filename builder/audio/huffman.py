"""Huffman codes of Layer III as arrays: which symbol the next bits begin with, and how many of them it takes.

The codewords stand in `huffman.tsv`. A first look takes ten bits, for longer codewords a second one the nine behind
them: thousands of streams can take their next codeword at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint32]

QUADS_A, QUADS_B = 32, 33
FIRST_BITS, SECOND_BITS = 10, 9
# An entry: how long the codeword is with its signs; from bit 8 on its symbol, four bits for each value of a pair, one
# for each of a quad; from bit 16 on how many of the values are escapes; from bit 24 on the larger value.
LENGTH_MASK, SYMBOL_SHIFT, ESCAPES_SHIFT, LARGEST_SHIFT = 0x1F, 8, 16, 24
ESCAPES = 3 << ESCAPES_SHIFT
# With this bit it is instead the number of the block that the longer codewords are in.
LONGER = 1 << 20
_ESCAPE = 15
_ALL, LEAST_OTHER, _HAS_ESCAPE = (1 << 32) - 1, 1 << 30, 1 << 31
# Bits behind an escape in tables 16 to 31, of which the first eight share one code and the others another.
_LINBITS = (1, 2, 3, 4, 6, 8, 10, 13, 4, 5, 6, 7, 8, 9, 11, 13)


@dataclass(frozen=True, kw_only=True)
class Codes:
    """All codes in one: the entries of a table begin at its place in `starts`, and its escapes have `linbits`.

    `largest` is the largest value that a table has a codeword for, -1 where there is no such table.

    `kinds` gives each symbol a bit, alone or with others; `alike[a, b]` has those of the symbols for which two tables
    have one codeword.
    """

    first: Words
    second: Words
    starts: NDArray[np.int64]
    linbits: NDArray[np.int64]
    largest: NDArray[np.int64]
    kinds: Words
    alike: Words


@cache
def codes() -> Codes:
    """The codes of the standard, read once."""
    first = [np.zeros(1 << FIRST_BITS, np.uint32)]  # table 0 has no bits: all its values are 0
    second: list[Words] = []
    starts, linbits, largest = np.zeros(34, np.int64), np.zeros(34, np.int64), np.full(34, -1)
    largest[0] = 0
    for table, words in codewords().items():
        starts[table], largest[table] = len(first) << FIRST_BITS, max(words) & 0x0F
        first.append(np.zeros(1 << FIRST_BITS, np.uint32))
        for symbol, word in words.items():
            block, rest = first[-1], word
            if len(word) > FIRST_BITS:
                at = int(word[:FIRST_BITS], 2)
                if not block[at]:
                    block[at] = LONGER | len(second)
                    second.append(np.zeros(1 << SECOND_BITS, np.uint32))
                block, rest = second[int(block[at]) & ~LONGER], word[FIRST_BITS:]
            _fill(block, rest, _entry(table, symbol, len(word)))
    for shared, others in ((16, slice(17, 24)), (24, slice(25, 32))):
        starts[others], largest[others] = starts[shared], largest[shared]
    linbits[16:32] = _LINBITS
    kinds, alike = _likeness(starts)
    return Codes(
        first=np.concatenate(first),
        second=np.concatenate(second),
        starts=starts,
        linbits=linbits,
        largest=largest,
        kinds=kinds,
        alike=alike,
    )


def codewords() -> dict[int, dict[int, str]]:
    """By table and symbol each codeword, in 0 and 1."""
    found: dict[int, dict[int, str]] = {}
    for line in resources.files("builder.audio").joinpath("huffman.tsv").read_text("ascii").splitlines():
        if not line.startswith("#"):
            table, x, words = line.split("\t")
            row = {int(x) << 4 | y: word for y, word in enumerate(words.split(" "))}
            found.setdefault(int(table), {}).update(row)
    return found


def _likeness(starts: NDArray[np.int64]) -> tuple[Words, Words]:
    """The kinds of symbols, and for which of them two tables are alike: all but escapes, where they share a code."""
    tables = {table: words for table, words in codewords().items() if table < QUADS_A}
    alike = np.where(starts[:, None] == starts, _ALL & ~_HAS_ESCAPE, 0).astype(np.uint32)
    np.fill_diagonal(alike, _ALL)
    bits: dict[int, int] = {}
    for (one, words), (other, others) in combinations(tables.items(), 2):
        for symbol in words.keys() & others.keys():
            if words[symbol] == others[symbol]:
                bit = bits.setdefault(symbol, 1 << len(bits))
                same = (starts[:, None] == starts[one]) & (starts == starts[other])
                alike[same | same.T] |= bit
    symbols = range(256)
    has_escape = [_HAS_ESCAPE if _ESCAPE in (symbol >> 4, symbol & 15) else 0 for symbol in symbols]
    kinds = [
        bits.get(symbol, LEAST_OTHER) | escape for symbol, escape in zip(symbols, has_escape, strict=True)
    ]
    return np.array(kinds, np.uint32), alike


def _entry(table: int, symbol: int, length: int) -> int:
    values = (symbol >> 4, symbol & 0x0F)
    signs = symbol.bit_count() if table in (QUADS_A, QUADS_B) else sum(value > 0 for value in values)
    escapes = values.count(_ESCAPE) if table in (16, 24) else 0
    entry = length + signs | symbol << SYMBOL_SHIFT | escapes << ESCAPES_SHIFT
    return entry | max(values) << LARGEST_SHIFT


def _fill(block: Words, bits: str, entry: int) -> None:
    """Enter a codeword wherever its bits are followed by any others."""
    free = len(block).bit_length() - 1 - len(bits)
    start = int(bits, 2) << free
    block[start : start + (1 << free)] = entry

"""Huffman codes of Layer III as arrays: which symbol the next bits begin with, and how many of them it takes.

The codewords are in `huffman.tsv`. A first look takes ten bits, for longer codewords a second one the nine behind
them: thousands of streams can take their next codeword at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Words32 = NDArray[np.uint32]

QUADS_A, QUADS_B = 32, 33
FIRST_BITS, SECOND_BITS = 11, 8
# An entry: how many bits its symbol takes, with signs and what is behind escapes; from bit 8 on the symbol, four
# bits for each value of a pair, one for each of a quad; from bit 24 on the larger value.
LENGTH_MASK, SYMBOL_SHIFT, LARGEST_SHIFT = 0x3F, 8, 24
# With this bit it is instead the number of the block that the longer codewords are in.
LONGER = 1 << 20
_ESCAPE = 15
# Bits behind an escape in tables 16 to 31, of which the first eight share one code and the others another.
LINBITS = (*(0,) * 16, 1, 2, 3, 4, 6, 8, 10, 13, 4, 5, 6, 7, 8, 9, 11, 13)
# The first table that has the same code; they differ behind escapes.
FAMILIES = np.array([*range(16), *(16,) * 8, *(24,) * 8])
# Kinds of symbols: those that no two codes have in common, and those with an escape.
_ALL, LEAST_OTHER, HAS_ESCAPE = (1 << 32) - 1, 1 << 30, 1 << 31


@dataclass(frozen=True, kw_only=True)
class Codes:
    """All codes in one: the entries of a table begin at its place in `starts`, which is 0 where there is no such table.

    `kinds` gives each symbol a bit, alone or with others; `alike[a, b]` has those of the symbols for which two tables
    have one codeword.
    """

    first: Words32
    second: Words32
    starts: NDArray[np.int64]
    kinds: Words32
    alike: Words32


@cache
def codes() -> Codes:
    """The codes of the standard, read once."""
    first = [np.zeros(1 << FIRST_BITS, np.uint32)]  # table 0 has no bits: all its values are 0
    second: list[Words32] = []
    starts, tables = np.zeros(QUADS_B + 1, np.int64), codewords()
    for table, words in tables.items():
        starts[table] = len(first) << FIRST_BITS
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
    kinds, alike = _likeness(tables)
    return Codes(
        first=np.concatenate(first), second=np.concatenate(second), starts=starts, kinds=kinds, alike=alike
    )


def codewords() -> dict[int, dict[int, str]]:
    """By table and symbol each codeword, in 0 and 1."""
    found: dict[int, dict[int, str]] = {}
    for line in resources.files("builder.sound.mp3").joinpath("huffman.tsv").read_text("ascii").splitlines():
        if not line.startswith("#"):
            table, x, words = line.split("\t")
            row = {int(x) << 4 | y: word for y, word in enumerate(words.split(" "))}
            found.setdefault(int(table), {}).update(row)
    for shared in (16, 24):
        found |= dict.fromkeys(range(shared + 1, shared + 8), found[shared])
    return found


def _entry(table: int, symbol: int, length: int) -> int:
    values = (symbol >> 4, symbol & 0x0F)
    if table in (QUADS_A, QUADS_B):
        return length + symbol.bit_count() | symbol << SYMBOL_SHIFT
    taken = length + sum(value > 0 for value in values) + values.count(_ESCAPE) * LINBITS[table]
    return taken | symbol << SYMBOL_SHIFT | max(values) << LARGEST_SHIFT


def _fill(block: Words32, bits: str, entry: int) -> None:
    """Enter a codeword wherever its bits are followed by any others."""
    free = len(block).bit_length() - 1 - len(bits)
    start = int(bits, 2) << free
    block[start : start + (1 << free)] = entry


def _likeness(tables: dict[int, dict[int, str]]) -> tuple[Words32, Words32]:
    """The kinds of symbols, and for which of them two tables are alike; with other bits behind, no escape is."""
    bits: dict[int, int] = {}
    alike = np.zeros((QUADS_A, QUADS_A), np.uint32)
    np.fill_diagonal(alike, _ALL)
    for one, other in combinations(range(QUADS_A), 2):
        words, others = tables.get(one, {}), tables.get(other, {})
        if words is others:
            alike[one, other] = alike[other, one] = _ALL & ~HAS_ESCAPE
            continue
        for symbol in words.keys() & others.keys():
            if words[symbol] == others[symbol]:
                alike[one, other] |= bits.setdefault(symbol, 1 << len(bits))
                alike[other, one] = alike[one, other]
    kinds = [bits.get(symbol, LEAST_OTHER) for symbol in range(256)]
    for symbol in range(256):
        if _ESCAPE in (symbol >> 4, symbol & 15):
            kinds[symbol] |= HAS_ESCAPE
    return np.array(kinds, np.uint32), alike

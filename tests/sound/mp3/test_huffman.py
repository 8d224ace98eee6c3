"""The codes of Layer III: each whole, no codeword before another, and found again in any row of bits."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from builder.sound.mp3.huffman import (
    FIRST_BITS,
    LENGTH_MASK,
    LINBITS,
    LONGER,
    QUADS_A,
    QUADS_B,
    SECOND_BITS,
    SYMBOL_SHIFT,
    codes,
    codewords,
)

TABLES = codewords()


def test_all_tables_of_the_standard_are_there() -> None:
    assert set(range(34)) - set(TABLES) == {0, 4, 14}
    largest = {table: max(symbols) & 15 for table, symbols in TABLES.items() if table < QUADS_A}
    wanted = {1: 1, 2: 2, 3: 2, 5: 3, 6: 3, **dict.fromkeys((7, 8, 9), 5), **dict.fromkeys((10, 11, 12), 7)}
    assert largest == {**wanted, 13: 15, 15: 15, **dict.fromkeys(range(16, 32), 15)}


@pytest.mark.parametrize("table", TABLES)
def test_every_row_of_bits_begins_with_exactly_one_codeword(table: int) -> None:
    words = sorted(TABLES[table].values())
    assert sum(Fraction(1, 2 ** len(word)) for word in words) == 1
    assert not any(after.startswith(word) for word, after in pairwise(words))


def taken(symbol: int, table: int) -> int:
    """The bits that a symbol takes: signs of what is not 0, and what stands behind a 15."""
    word = len(TABLES[table][symbol])
    if table in (QUADS_A, QUADS_B):
        return word + symbol.bit_count()
    return word + sum((value > 0) + (value == 15) * LINBITS[table] for value in (symbol >> 4, symbol & 15))


@pytest.mark.parametrize("table", TABLES)
def test_a_look_at_the_next_bits_finds_the_symbol_and_its_length(table: int) -> None:
    chance = random.Random(table)
    found = codes()
    for symbol, word in TABLES[table].items():
        bits = int((word + "".join(chance.choice("01") for _ in range(32)))[:32], 2)
        entry = int(found.first[found.starts[table] + (bits >> (32 - FIRST_BITS))])
        assert bool(entry & LONGER) == (len(word) > FIRST_BITS)
        if entry & LONGER:
            rest = bits >> (32 - FIRST_BITS - SECOND_BITS) & ((1 << SECOND_BITS) - 1)
            entry = int(found.second[(entry & ~LONGER) << SECOND_BITS | rest])
        assert (entry >> SYMBOL_SHIFT & 0xFF, entry & LENGTH_MASK) == (symbol, taken(symbol, table))


@pytest.mark.parametrize("one", range(QUADS_A))
def test_two_tables_are_alike_where_they_write_a_symbol_in_the_same_bits(one: int) -> None:
    found = codes()
    for other in range(QUADS_A):
        for symbol in TABLES.get(one, {}):
            escapes = 15 in (symbol >> 4, symbol & 15)
            same = TABLES[one][symbol] == TABLES.get(other, {}).get(symbol)
            same = same and (not escapes or LINBITS[one] == LINBITS[other])
            is_alike = not found.kinds[symbol] & ~found.alike[one, other]
            assert is_alike <= same, (one, other, symbol)
            if one < 16 and other < 16 and one != other:
                assert is_alike == same, (one, other, symbol)
    assert np.array_equal(found.alike, found.alike.T)

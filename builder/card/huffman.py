"""Huffman tables of a JPEG: read as a decoder would, and made as libjpeg makes them for just the symbols of one scan.

Such a table is decided by how often each symbol is in the scan, to the last byte; one that is not may say anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate

_LONGEST = 16
_WINDOW = 1 << _LONGEST


def read_table(body: bytes) -> list[int]:
    """For each 16 bits that may come next, the length of the code in front of them << 8 | its symbol; 0 for none.

    `body` is 16 counts, of codes by their length, and the symbols. ValueError where they are no table.
    """
    counts, symbols = body[:_LONGEST], body[_LONGEST:]
    if len(counts) < _LONGEST or sum(counts) != len(symbols):
        raise ValueError("a Huffman table does not hold the symbols that it counts")
    window: list[int] = []
    for length, symbol in zip(_lengths(counts), symbols, strict=True):
        window += [length << 8 | symbol] * (_WINDOW >> length)
    if len(window) > _WINDOW:
        raise ValueError("a Huffman table has more codes than there are")
    return window + [0] * (_WINDOW - len(window))


def best_table(counts: Mapping[int, int]) -> bytes:
    """The table that libjpeg makes for symbols which come so often: 16 counts, and the symbols by length and value.

    ITU-T T.81, K.2: the two rarest are joined, of equals those of the higher number; a symbol 256 that comes once
    keeps the code of ones only free; codes of more than 16 bits are moved up.
    """
    left: dict[int, int] = {**counts, 256: 1}
    joined = {symbol: [symbol] for symbol in left}
    lengths = dict.fromkeys(left, 0)
    while len(left) > 1:
        (_, first), (_, second) = sorted((count, -symbol) for symbol, count in left.items())[:2]
        first, second = -first, -second
        left[first] += left.pop(second)
        joined[first] += joined.pop(second)
        for symbol in joined[first]:
            lengths[symbol] += 1
    found = _shortened([list(lengths.values()).count(length) for length in range(max(lengths.values()) + 1)])
    symbols: list[int] = sorted(counts, key=lambda symbol: (lengths[symbol], symbol))
    return bytes(found) + bytes(symbols)


def codes(body: bytes) -> dict[int, str]:
    """The code of each symbol of a good table, as a text of 0 and 1."""
    lengths = _lengths(body[:_LONGEST])
    starts = accumulate((_WINDOW >> length for length in lengths), initial=0)
    return {
        symbol: f"{start >> (_LONGEST - length):0{length}b}"
        for symbol, length, start in zip(body[_LONGEST:], lengths, starts, strict=False)
    }


def _lengths(counts: bytes) -> list[int]:
    """The length of each code, in their order."""
    return [length for length, count in enumerate(counts, start=1) for _ in range(count)]


def _shortened(found: list[int]) -> list[int]:
    """How many codes of 1 to 16 bits are made of so many of 0 bits and more; without the last, which symbol 256 has."""
    for length in range(len(found) - 1, _LONGEST, -1):
        while found[length]:
            above = max(at for at in range(length - 1) if found[at])
            found[length] -= 2
            found[length - 1] += 1
            found[above + 1] += 2
            found[above] -= 1
    found = [*found, *[0] * _LONGEST][: _LONGEST + 1]
    found[max(at for at in range(_LONGEST + 1) if found[at])] -= 1
    return found[1:]

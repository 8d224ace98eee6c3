"""The coded blocks of a baseline JPEG: read, and written as libjpeg writes them with the best Huffman tables.

A block is 64 numbers in zigzag order, the first of them the mean of its pixels. Six blocks make a square of 16 x 16
pixels: four of brightness, one of each colour. What is written is decided by those numbers alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from builder.card.huffman import best_table, codes, read_table

SQUARE = (0, 0, 0, 0, 1, 2)  # the components of its blocks
_SQUARE_PX, _BLOCK_PX, _BLOCK = 16, 8, 64
_END, _SIXTEEN_ZEROS = 0x00, 0xF0
_LARGEST_MEAN, _LARGEST = 11, 10  # bits of a number
_PAST_THE_END = "1" * (_BLOCK * 32)  # a block never reads more

Blocks = list[list[int]]


@dataclass(frozen=True, kw_only=True)
class Size:
    """The pixels of a picture, and the squares that hold them."""

    width: int
    height: int

    @property
    def squares(self) -> tuple[int, int]:
        """How many blocks are in a column, and in a row."""
        return -(-self.height // _SQUARE_PX), -(-self.width // _SQUARE_PX)

    @property
    def blocks(self) -> tuple[int, int]:
        """How many blocks of brightness hold a pixel, in a column and in a row."""
        return -(-self.height // _BLOCK_PX), -(-self.width // _BLOCK_PX)


def read_scan(coded: bytes, tables: list[bytes], size: Size) -> Blocks:
    """Every block, in the order of the scan. ValueError if the scan cannot be decoded to its last block.

    `tables` are those of means and of the rest, first of brightness, then of colour.
    """
    coded = coded.replace(b"\xff\0", b"\xff")
    bits = f"{int.from_bytes(coded, 'big'):0{8 * len(coded)}b}" + _PAST_THE_END
    windows = [read_table(table) for table in tables]
    at, blocks, means = 0, [], [0, 0, 0]
    rows, columns = size.squares
    for component in SQUARE * (rows * columns):
        table = 2 * (component > 0)
        block = [0] * _BLOCK
        at = _read_block(bits, at, (windows[table], windows[table + 1]), block)
        if at > 8 * len(coded):
            raise ValueError("breaks off before its last pixel")
        means[component] += block[0]
        block[0] = means[component]
        blocks.append(block)
    return blocks


def _read_block(bits: str, at: int, windows: tuple[list[int], list[int]], block: list[int]) -> int:
    """Fill in the numbers of the block that begins at that bit; its mean as it differs from the one before.

    Where the next block begins comes back.
    """
    mean, rest = windows
    found = mean[int(bits[at : at + 16], 2)]
    length, count = found >> 8, found & 0xFF
    if not length or count > _LARGEST_MEAN:
        raise ValueError(_NO_CODE)
    at += length
    if count:
        block[0] = _number(bits[at : at + count])
        at += count
    place = 1
    while place < _BLOCK:
        found = rest[int(bits[at : at + 16], 2)]
        length, run, count = found >> 8, found >> 4 & 15, found & 15
        at += length
        if not count:
            if run == 15:
                place += 16
                continue
            if not length or run:
                raise ValueError(_NO_CODE)
            break
        place += run
        if place >= _BLOCK or count > _LARGEST:
            raise ValueError("has more numbers in a block, or larger ones, than there are")
        block[place] = _number(bits[at : at + count])
        at += count
        place += 1
    return at


_NO_CODE = "has a code that no table here has"


def _number(bits: str) -> int:
    """The number of so many bits: those that begin with 0 are negative (T.81, F.1.2.1)."""
    value = int(bits, 2)
    return value if bits[0] == "1" else value - (1 << len(bits)) + 1


@cache
def _bits(number: int) -> str:
    """The bits of a number, whose count its symbol says."""
    count = abs(number).bit_length()
    return f"{number if number > 0 else number + (1 << count) - 1:0{count}b}" if count else ""


def write_scan(blocks: Blocks, size: Size) -> tuple[list[bytes], bytes]:
    """The four Huffman tables that suit the blocks best, and the blocks as they are coded with them."""
    symbols, numbers = _symbols(blocks, size)
    counted = Counter(symbols)
    tables = [best_table({key & 0xFF: n for key, n in counted.items() if key >> 8 == t}) for t in range(4)]
    code = {t << 8 | symbol: text for t in range(4) for symbol, text in codes(tables[t]).items()}
    bits = "".join(code[symbol] + number for symbol, number in zip(symbols, numbers, strict=True))
    bits += "1" * (-len(bits) % 8)
    return tables, int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\0")


def _symbols(blocks: Blocks, size: Size) -> tuple[list[int], list[str]]:
    """Each symbol with its table << 8, and the bits behind it.

    A block that holds no pixel has the mean of the one before and nothing else, whatever it says.
    """
    symbols: list[int] = []
    numbers: list[str] = []
    means = [0, 0, 0]
    for (component, holds), block in zip(_places(size), blocks, strict=True):
        table = 0x200 * (component > 0)
        mean = block[0] if holds else means[component]
        bits = _bits(mean - means[component])
        means[component] = mean
        symbols.append(table | len(bits))
        numbers.append(bits)
        zeros, table = 0, table | 0x100
        for number in block[1:] if holds else ():
            if not number:
                zeros += 1
                continue
            while zeros > 15:
                symbols.append(table | _SIXTEEN_ZEROS)
                numbers.append("")
                zeros -= 16
            bits = _bits(number)
            symbols.append(table | zeros << 4 | len(bits))
            numbers.append(bits)
            zeros = 0
        if zeros or not holds:
            symbols.append(table | _END)
            numbers.append("")
    return symbols, numbers


def _places(size: Size) -> Iterator[tuple[int, bool]]:
    """For each block in its order, its component and whether it holds a pixel."""
    rows, columns = size.squares
    high, wide = size.blocks
    for row in range(0, 2 * rows, 2):
        for column in range(0, 2 * columns, 2):
            for down, right in ((0, 0), (0, 1), (1, 0), (1, 1)):
                yield 0, row + down < high and column + right < wide
            yield 1, True
            yield 2, True

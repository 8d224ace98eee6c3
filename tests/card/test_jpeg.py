"""A cover's JPEG: each bit of it is decided by what is seen, and whatever else stands in one is told."""

from __future__ import annotations

import io
import random
import struct
import subprocess
import time
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from builder.card import scan
from builder.card.huffman import best_table, codes, read_table
from builder.card.jpeg import QUALITIES, Picture, plain_fault, read_picture, segments, write_picture
from builder.card.scan import Size
from tests.card.pictures import drawing, plain_jpeg
from tests.conftest import IS_LONG, oracle

SECRET = b"Kim Yong-su 02-555-1234"
_SIZES = st.tuples(st.integers(1, 70), st.integers(1, 70))


def photograph(width: int, height: int, seed: int) -> Image.Image:
    """Soft shapes, an edge of full contrast and some grain, as a camera gives them."""
    chance = np.random.default_rng(seed)
    waves = [np.sin(np.linspace(0, chance.uniform(1, 9), side)) for side in (height, width)]
    shade = 127 + 90 * np.outer(*waves)[..., None] * chance.uniform(-1, 1, 3)
    shade[height // 2 :, width // 3 :] = chance.integers(0, 2, 3) * 255
    return Image.fromarray((shade + chance.normal(0, 4, shade.shape)).clip(0, 255).astype(np.uint8))


def noise(width: int, height: int, seed: int) -> Image.Image:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def black_and_white(width: int, height: int, seed: int) -> Image.Image:
    pixels = np.random.default_rng(seed).integers(0, 2, (height, width, 1), dtype=np.uint8)
    return Image.fromarray(np.repeat(pixels * 255, 3, axis=2))


_KINDS = [photograph, noise, black_and_white, lambda width, height, _: drawing(width, height)]


@settings(deadline=None, max_examples=2000 if IS_LONG else 150)
@given(st.sampled_from(_KINDS), _SIZES, st.sampled_from(QUALITIES), st.integers(0, 2**32))
def test_what_pillow_writes_is_plain_and_is_written_again_to_the_bit(
    kind: Callable[[int, int, int], Image.Image], size: tuple[int, int], quality: int, seed: int
) -> None:
    data = plain_jpeg(kind(*size, seed), quality)
    picture = read_picture(segments(data))
    assert (picture.size, picture.quality) == (Size(width=size[0], height=size[1]), quality)
    assert write_picture(picture) == data
    assert plain_fault(data) == ""


@pytest.mark.parametrize("quality", QUALITIES)
def test_jpegtran_makes_the_same_file_of_a_plain_one(quality: int) -> None:
    """Another program that makes a JPEG's tables as short as can be, from its numbers alone."""
    data = plain_jpeg(drawing(333, 250), quality)
    call = [oracle("jpegtran"), "-optimize", "-copy", "none"]
    assert subprocess.run(call, input=data, capture_output=True, check=True).stdout == data


def _without_end(data: bytes) -> bytes:
    """Tables in which ones without end are blocks without end."""
    start = data.index(b"\xff\xc4")
    ones = [
        bytes([0xFF, 0xC4, 0, 21, number, 2]) + bytes(15) + b"\1\0" for number in (0x00, 0x10, 0x01, 0x11)
    ]
    scan_at = data.index(b"\xff\xda")
    return data[:start] + b"".join(ones) + data[scan_at : scan_at + 14] + b"\xff\xd9"


def tampered() -> dict[str, tuple[Callable[[bytes], bytes], str]]:
    """Ways to change a plain JPEG, and what each is called."""

    def body(marker: int, change: Callable[[bytes], bytes], number: int = 0) -> Callable[[bytes], bytes]:
        def changed(data: bytes) -> bytes:
            at = [at for at in range(len(data)) if data[at : at + 2] == bytes([0xFF, marker])][number]
            end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
            new = change(data[at + 4 : end])
            return data[: at + 2] + struct.pack(">H", len(new) + 2) + new + data[end:]

        return changed

    def before(marker: int, planted: bytes) -> Callable[[bytes], bytes]:
        return lambda data: data.replace(bytes([0xFF, marker]), planted + bytes([0xFF, marker]), 1)

    table = struct.pack(">BBHB", 0xFF, 0xDB, 67, 0) + SECRET.ljust(64, b"\1")
    codes_17 = struct.pack(">BBHB", 0xFF, 0xC4, 19 + 23, 0) + bytes([0] * 7 + [23] + [0] * 8) + SECRET
    restarts = struct.pack(">BBHH", 0xFF, 0xDD, 4, 1)
    return {
        "a quantization table that is replaced": (before(0xDB, table), "twice"),
        "a quantization table behind both": (before(0xC0, table), "twice"),
        "a quantization table that nothing uses": (before(0xC0, table.replace(b"\0C\0", b"\0C\3")), "twice"),
        "a Huffman table that is replaced": (before(0xC4, codes_17), "twice"),
        "a Huffman table that nothing uses": (
            before(0xDA, codes_17.replace(b"\0*\0", b"\0*\x13")),
            "twice",
        ),
        "two tables in one segment": (body(0xDB, lambda b: b + b"\2" + SECRET.ljust(64)), "quantization"),
        "steps of 16 bits": (
            body(0xDB, lambda b: b"\x10" + b"".join(bytes([0, step]) for step in b[1:])),
            "quantization",
        ),
        "a step of its own": (body(0xDB, lambda b: b[:-1] + bytes([b[-1] + 1])), "quantization"),
        "tables of another quality": (lambda _: plain_jpeg(drawing(64, 48), 75), "quantization"),
        "codes that nothing uses": (
            body(0xC4, lambda b: b[:16] + bytes([b[16] + 3]) + b[17:] + b"Kim", 1),
            "Huffman tables",
        ),
        "more symbols than are counted": (body(0xC4, lambda b: b + SECRET), "symbols that it counts"),
        "more codes than there are": (
            body(0xC4, lambda b: b[:1] + bytes([b[1] + 3]) + b[2:] + b"abc"),
            "codes",
        ),
        "the tables of libjpeg, whatever the picture": (
            lambda _: plain_jpeg(drawing(64, 48), 88, optimize=False),
            "Huffman tables",
        ),
        "restarts": (before(0xDA, restarts), "segments"),
        "a restart": (lambda d: d[:-2] + b"\xff\xd0" + SECRET + b"\xff\xd9", "restarts"),
        "words behind the last pixel": (lambda d: d[:-2] + SECRET + b"\xff\xd9", "no pixels"),
        "words behind the end": (lambda d: d + SECRET, "no marker"),
        "filling before a marker": (lambda d: d.replace(b"\xff\xdb", b"\xff" * 60 + b"\xff\xdb", 1), "JPEG"),
        "a stuffed byte behind the last": (lambda d: d[:-2] + b"\xff\0\xff\xd9", "no pixels"),
        "a byte that is missing": (lambda d: d[:-3] + d[-2:], "code that no table here has"),
        "a density": (body(0xE0, lambda b: b[:7] + b"\1\1\x2c\1\x2c" + b[12:]), "JFIF"),
        "a thumbnail": (body(0xE0, lambda b: b[:-2] + b"\1\7" + SECRET[:21]), "JFIF"),
        "12 bits a pixel": (body(0xC0, lambda b: b"\x0c" + b[1:]), "frame header"),
        "names of components": (body(0xC0, lambda b: b[:6] + b"K" + b[7:]), "frame header"),
        "bytes behind the frame header": (body(0xC0, lambda b: b + SECRET), "frame header"),
        "colours in full": (lambda _: plain_jpeg(drawing(64, 48), 88, subsampling=0), "frame header"),
        "no colours": (lambda _: plain_jpeg(drawing(64, 48).convert("L"), 88), "segments"),
        "another table for colours": (body(0xDA, lambda b: b[:4] + b"\0" + b[5:]), "scan header"),
        "a longer scan header": (
            lambda d: d.replace(b"\xff\xda\0\x0c", b"\xff\xda\0\x20", 1),
            "no pixels",
        ),
        "an end of the spectrum": (body(0xDA, lambda b: b[:8] + b"\x3e" + b[9:]), "scan header"),
        "a height that follows": (body(0xC0, lambda b: b[:1] + b"\0\0" + b[3:]), "64 x 0 pixels"),
        "a huge height": (body(0xC0, lambda b: b[:1] + b"\xff\xff" + b[3:]), "64 x 65535 pixels"),
        "a larger height": (body(0xC0, lambda b: b[:1] + b"\0\x80" + b[3:]), "code that no table here has"),
        "a smaller height": (body(0xC0, lambda b: b[:1] + b"\0\x10" + b[3:]), "made from its pixels"),
        "a smaller width": (body(0xC0, lambda b: b[:3] + b"\0\x20" + b[5:]), "made from its pixels"),
        "a scan that ends before it begins": (_without_end, "last pixel"),
        "words": (lambda _: SECRET, "no marker"),
        "nothing": (lambda _: b"", "segments"),
    }


_TAMPERED = tampered()


@pytest.mark.parametrize("name", _TAMPERED)
def test_what_is_more_than_a_picture_is_told(name: str) -> None:
    change, word = _TAMPERED[name]
    data = plain_jpeg(drawing(64, 48), 88)
    assert plain_fault(data) == ""
    assert word in plain_fault(change(data))


@pytest.mark.parametrize("quality", [88, 64, 48])
@pytest.mark.parametrize("cut", [1, 3, 7, 8, 9, 15])
@pytest.mark.parametrize("side", ["height", "width"])
def test_a_picture_behind_the_edge_is_told(side: str, cut: int, quality: int) -> None:
    """A line of text that was cut off by the size alone, with every table made anew for what is left."""
    image = drawing(160, 160)
    stroke = ImageDraw.Draw(image)
    stroke.rectangle((0, 160 - cut - 1, 160, 160), fill="silver")
    stroke.text((2, 160 - cut - 2), SECRET.decode(), fill="black")
    image = image if side == "height" else image.transpose(Image.Transpose.TRANSPOSE)
    whole = read_picture(segments(plain_jpeg(image, quality)))
    size = Size(**{"width": 160, "height": 160, side: 160 - cut})
    hidden = write_picture(Picture(size=size, quality=quality, blocks=whole.blocks))
    if cut < 8:
        assert segments(hidden)[5:] == segments(write_picture(whole))[5:]  # nothing but the size tells of it
        assert "beyond its edge" in plain_fault(hidden)
    else:  # blocks that hold no pixel were never written
        with_all = write_picture(whole).replace(_header(whole.size), _header(size))
        assert "made from its pixels" in plain_fault(with_all)
        assert "beyond its edge" in plain_fault(hidden) or cut == 8


def _header(size: Size) -> bytes:
    return struct.pack(">BBHBHH", 0xFF, 0xC0, 17, 8, size.height, size.width)


def test_white_that_is_whiter_than_white_is_told() -> None:
    """Bits in how far a white block is beyond white: every decoder shows the same picture."""
    white = plain_jpeg(Image.new("RGB", (64, 64), "white"))
    picture = read_picture(segments(white))
    blocks = [[block[0] + 20 * (at % 6 < 4), *block[1:]] for at, block in enumerate(picture.blocks)]
    whiter = write_picture(Picture(size=picture.size, quality=88, blocks=blocks))
    assert _shown(whiter) == _shown(white)
    assert plain_fault(white) == ""
    assert "lighter than white" in plain_fault(whiter)


def test_zeros_that_are_written_before_the_end_of_a_block_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A decoder takes sixteen zeros and an end for an end; a bit can be hidden in each block by that."""
    data = plain_jpeg(drawing(64, 48))
    picture = read_picture(segments(data))
    plain = scan._symbols

    def wordy(blocks: scan.Blocks, size: Size) -> tuple[list[int], list[str]]:
        symbols, numbers = plain(blocks, size)
        empty = [
            at
            for at in range(1, len(symbols))
            if symbols[at] & 0x1FF == 0x100 and not symbols[at - 1] & 0x100
        ]
        assert empty
        for at in reversed(empty):
            symbols.insert(at, symbols[at] | 0xF0)
            numbers.insert(at, "")
        return symbols, numbers

    with monkeypatch.context() as patched:
        patched.setattr(scan, "_symbols", wordy)
        changed = write_picture(picture)
    assert _shown(changed) == _shown(data)
    assert "Huffman tables" in plain_fault(changed)


def test_another_order_of_equals_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Codes of one length may stand in any order, which can spell a name; the scan suits them."""
    data = plain_jpeg(drawing(64, 48))
    picture = read_picture(segments(data))

    def turned(counts: dict[int, int]) -> bytes:
        table = best_table(counts)
        return table[:16] + table[16:-2] + table[:-3:-1]

    with monkeypatch.context() as patched:
        patched.setattr(scan, "best_table", turned)
        changed = write_picture(picture)
    assert _shown(changed) == _shown(data)
    assert "Huffman tables" in plain_fault(changed)


def _shown(data: bytes) -> bytes:
    """The pixels that Pillow shows, in full; what it refuses, as such."""
    try:
        return Image.open(io.BytesIO(data), formats=["JPEG"]).tobytes()
    except Exception as error:  # noqa: BLE001  # as in cover.py
        return repr(error).encode()


@pytest.mark.parametrize(("size", "most"), [((16, 16), 0), ((21, 19), 3)])
def test_a_bit_that_changes_is_seen_or_told(size: tuple[int, int], most: int) -> None:
    """Every bit of a small cover. At the edge a number may differ by one step and no pixel that is shown by a level."""
    data = plain_jpeg(photograph(*size, seed=2))
    blocks, pixels = read_picture(segments(data)).blocks, _shown(data)
    hidden = 0
    for bit in range(8 * len(data)):
        changed = bytearray(data)
        changed[bit // 8] ^= 0x80 >> bit % 8
        if not plain_fault(bytes(changed)) and _shown(bytes(changed)) == pixels:
            hidden += 1
            assert read_picture(segments(bytes(changed))).blocks != blocks
    assert hidden <= most


@settings(deadline=None, max_examples=300)
@given(st.dictionaries(st.integers(0, 255), st.integers(1, 10**6), min_size=1))
def test_a_best_table_is_a_code_that_is_read_again(counts: dict[int, int]) -> None:
    table = best_table(counts)
    found = codes(table)
    assert set(found) == set(counts)
    assert max(map(len, found.values())) <= 16
    assert "1" * max(map(len, found.values())) not in found.values()  # no code is all ones (T.81, C.2)
    window = read_table(table)
    for symbol, code in found.items():
        assert window[int(code.ljust(16, "0"), 2)] == len(code) << 8 | symbol
        assert window[int(code.ljust(16, "1"), 2)] == len(code) << 8 | symbol
    for one, other in zip(sorted(found.values()), sorted(found.values())[1:], strict=False):
        assert not other.startswith(one)


def test_codes_of_more_than_16_bits_are_moved_up_as_another_program_does() -> None:
    """How often each number comes grows as Fibonacci's do: then the tree is as deep as it has symbols."""
    common, rare, wanted = 2, 1, []
    for symbol in range(20):
        wanted += [(symbol // 10, symbol % 10)] * rare  # zeros before it, and its bits
        common, rare = common + rare, common
    blocks = [[0] * 64]
    at = 0
    for zeros, bits in wanted:
        if at + zeros + 1 > 63:
            blocks.append([0] * 64)
            at = 0
        at += zeros + 1
        blocks[-1][at] = 1 << bits
    rows = -(-len(blocks) // 6)
    blocks += [[0] * 64] * (6 * rows - len(blocks))
    data = write_picture(Picture(size=Size(width=16, height=16 * rows), quality=88, blocks=blocks))
    lengths = [
        len(code) for marker, body in segments(data) if marker == 0xC4 for code in codes(body[1:]).values()
    ]
    assert max(lengths) == 15  # of 20; that of 16 ones is of no symbol
    call = [oracle("jpegtran"), "-optimize", "-copy", "none"]
    assert subprocess.run(call, input=data, capture_output=True, check=True).stdout == data


def _worst() -> bytes:
    """The most numbers in the fewest bits: in every block of the largest picture, each a code of one bit."""
    chance = random.Random(1)
    blocks = [[0, *(chance.choice((-1, 1)) for _ in range(63))] for _ in range(50)]
    size = Size(width=2000, height=2000)
    rows, columns = size.squares
    return write_picture(
        Picture(size=size, quality=88, blocks=(blocks * (rows * columns))[: rows * columns * 6])
    )


_HOSTILE: dict[str, Callable[[], bytes]] = {
    "2 MB of a scan of small size": lambda: (
        plain_jpeg(drawing(64, 48), 88)[:-2] + b"\0" * 2_000_000 + b"\xff\xd9"
    ),
    "the largest picture of few bytes": lambda: plain_jpeg(Image.new("RGB", (2000, 2000)), 88),
    "2 MB of markers": lambda: b"\xff\xd8" + b"\xff\xdb\0\2" * 500_000,
    "2 MB of FF": lambda: b"\xff" * 2_000_000,
    "2 MB of restarts": lambda: plain_jpeg(drawing(64, 48), 88)[:-2] + b"\xff\xd0" * 1_000_000,
}
if IS_LONG:
    _HOSTILE["the most numbers"] = _worst


@pytest.mark.parametrize("name", _HOSTILE)
def test_a_hostile_picture_costs_less_than_ten_seconds(name: str) -> None:
    data = _HOSTILE[name]()
    assert len(data) < 2_100_000
    start = time.process_time()
    plain_fault(data)
    assert time.process_time() - start < 10

"""A JPEG as covers are written here: read to its size, quality and the numbers of its blocks, and written from them.

What is written is what Pillow with libjpeg-turbo writes, to the last bit: its tables are those of its quality, its
Huffman codes those of its numbers. A file that is not what is written from its own numbers holds more than a picture.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

from builder.card.blocks import come_from_pixels
from builder.card.scan import Blocks, Size, read_scan, write_scan
from builder.profiles.profile import MAX_COVER_PX

# 88 looks like the picture; below 48 blocks are seen, and a smaller picture looks better.
QUALITIES = range(88, 47, -8)
# Baseline JPEG (ITU-T T.81, annex B): picture, tables, Huffman codes, scan, and the JFIF header without a density.
SOI, APP0, DQT, SOF0, DHT, SOS, EOI = 0xD8, 0xE0, 0xDB, 0xC0, 0xC4, 0xDA, 0xD9
MARKERS = (SOI, APP0, DQT, DQT, SOF0, DHT, DHT, DHT, DHT, SOS, EOI)
JFIF = bytes.fromhex("4a46494600 0101 00 0001 0001 00 00")
_COMPONENTS = bytes.fromhex("03 012200 021101 031101")  # brightness in full, two colours at half the size
_SCAN = bytes.fromhex("03 0100 0211 0311 003f00")
_TABLES = (0x00, 0x10, 0x01, 0x11)
# T.81, K.1, in zigzag order: the steps of brightness and of colour at quality 50.
_STEPS = (
    bytes.fromhex(
        "100b0c0e0c0a100e0d0e1211101318281a181616183123251d283a333d3c3933"
        "383740485c4e404457453738506d51575f626768673e4d71797064785c656763"
    ),
    bytes.fromhex("1112121815182f1a1a2f63423842") + b"\x63" * 50,
)
_WHAT = {
    APP0: "a JFIF header with more than the version in it, or a thumbnail",
    DQT: "quantization tables of no quality that is used here",
    SOF0: "a frame header of another form than covers have here",
    DHT: "Huffman tables that are not made from its pixels alone",
    SOS: "coded bits that are no pixels",
}
_RESTART = re.compile(rb"\xff[\xd0-\xd7]")


@dataclass(frozen=True, kw_only=True)
class Picture:
    """What a cover is: its size, how coarse it is, and the numbers of its blocks."""

    size: Size
    quality: int
    blocks: Blocks


def segments(data: bytes) -> list[tuple[int, bytes]]:
    """The segments of a JPEG in their order: marker and what it holds. ValueError where bytes are in none.

    A scan is one segment with its header and its coded pixels.
    """
    found, at = [], 0
    while at < len(data):
        if data[at] != 0xFF or at + 2 > len(data):
            raise ValueError(f"no marker at byte {at}")
        marker, at = data[at + 1], at + 2
        length = 0 if marker in (SOI, EOI) else int.from_bytes(data[at : at + 2], "big")
        end = at + length
        if marker == SOS:
            end = _end_of_scan(data, end)
        if end > len(data) or (length < 2 and marker not in (SOI, EOI)):
            raise ValueError(f"segment {marker:02X} is cut off")
        found.append((marker, data[at + 2 : end]))
        at = end
    return found


def _end_of_scan(data: bytes, at: int) -> int:
    """Where the coded pixels end: at the first marker that is neither a stuffed FF nor a restart."""
    while (at := data.find(0xFF, at)) >= 0:
        if data[at + 1 : at + 2] not in (b"\0", *(bytes([restart]) for restart in range(0xD0, 0xD8))):
            return at
        at += 2
    return len(data) + 1


def plain_fault(data: bytes) -> str:
    """What makes a JPEG more than the pixels of a cover, as the end of a sentence, or ""."""
    try:
        found = segments(data)
    except ValueError as error:
        return f"is no whole JPEG: {error}"
    try:
        picture = read_picture(found)
    except ValueError as error:
        return str(error)
    if data != (ours := write_picture(picture)):
        other = (
            marker
            for (marker, body), (_, our_body) in zip(found, segments(ours), strict=True)
            if body != our_body
        )
        return f"has {_WHAT[next(other, SOS)]}"
    bright, colour = (table[1:] for table in quantization(picture.quality))
    if not come_from_pixels(picture.blocks, (bright, colour), picture.size):
        return "has more in its blocks than pixels: rows or columns beyond its edge, or what is lighter than white"
    return ""


def read_picture(found: list[tuple[int, bytes]]) -> Picture:
    """The picture in the segments of a plain JPEG. ValueError, as the end of a sentence, if it has none."""
    markers, bodies = tuple(marker for marker, _ in found), [body for _, body in found]
    if markers != MARKERS:
        if set(markers) == set(MARKERS) and len(markers) > len(MARKERS):
            raise ValueError("has a segment twice, of which one may hold anything")
        raise ValueError(f"is made of segments {bytes(markers).hex(' ')}, which is not plain JPEG")
    if bodies[1] != JFIF:
        raise ValueError(f"has {_WHAT[APP0]}")
    quality = next((quality for quality in QUALITIES if bodies[2:4] == quantization(quality)), None)
    if quality is None:
        raise ValueError(f"has {_WHAT[DQT]}")
    if bodies[4][:1] != b"\x08" or bodies[4][5:] != _COMPONENTS:
        raise ValueError(f"has {_WHAT[SOF0]}")
    height, width = (int.from_bytes(bodies[4][at : at + 2], "big") for at in (1, 3))
    if not (0 < height <= MAX_COVER_PX and 0 < width <= MAX_COVER_PX):
        raise ValueError(f"says to be {width} x {height} pixels large, at most {MAX_COVER_PX} each way are")
    if bodies[9][: len(_SCAN)] != _SCAN:
        raise ValueError("has a scan header of another form than covers have here")
    if _RESTART.search(bodies[9]):
        raise ValueError("has restarts, which no picture here has")
    size = Size(width=width, height=height)
    tables = [body[1:] for body in bodies[5:9]]
    return Picture(size=size, quality=quality, blocks=read_scan(bodies[9][len(_SCAN) :], tables, size))


def write_picture(picture: Picture) -> bytes:
    """The file of a picture: what Pillow writes at this quality with `optimize`."""
    tables, coded = write_scan(picture.blocks, picture.size)
    header = struct.pack(">BHH", 8, picture.size.height, picture.size.width) + _COMPONENTS
    bodies = [JFIF, *quantization(picture.quality), header]
    bodies += [bytes([name]) + table for name, table in zip(_TABLES, tables, strict=True)]
    written = [_segment(marker, body) for marker, body in zip(MARKERS[1:-2], bodies, strict=True)]
    return b"\xff\xd8" + b"".join(written) + _segment(SOS, _SCAN) + coded + b"\xff\xd9"


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def quantization(quality: int) -> list[bytes]:
    """The two tables of a quality as libjpeg scales them, each behind its number."""
    scale = 200 - 2 * quality if quality >= 50 else 5000 // quality
    return [
        bytes([number, *(min(max((step * scale + 50) // 100, 1), 255) for step in steps)])
        for number, steps in enumerate(_STEPS)
    ]

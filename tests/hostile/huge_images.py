"""Images that claim to be huge: FAT32 with 268 million clusters of 512 bytes, in a sparse file of next to nothing."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

CLUSTERS = 0x0FFF_FFF0  # as many as FAT32 has
_RESERVED, _FAT_SECTORS = 32, -(-(CLUSTERS + 2) * 4 // 512)
FAT, DATA = _RESERVED * 512, (_RESERVED + 2 * _FAT_SECTORS) * 512
END = 0x0FFF_FFFF


def huge(path: Path, fill: Callable[[BinaryIO], None]) -> Path:
    """Such an image, its root in cluster 2; `fill` writes into it what there is."""
    boot = bytearray(512)
    boot[:11] = b"\xeb\x58\x90MSWIN4.1"
    total = _RESERVED + 2 * _FAT_SECTORS + CLUSTERS
    struct.pack_into("<HBHBHHBHHHII", boot, 11, 512, 1, _RESERVED, 2, 0, 0, 0xF8, 0, 63, 255, 0, total)
    struct.pack_into("<IHHIHH12x", boot, 36, _FAT_SECTORS, 0, 0, 2, 1, 6)
    boot[64:90] = struct.pack("<BBB4s11s8s", 0x80, 0, 0x29, b"1234", b"NO NAME    ", b"FAT32   ")
    boot[510:] = b"\x55\xaa"
    with path.open("wb") as file:
        file.write(boot)
        file.truncate(total * 512)
        chain(file, 0, [0x0FFF_FFF8, END, END])
        fill(file)
    return path


def chain(file: BinaryIO, first: int, values: list[int] | range) -> None:
    """The FAT's entries from a cluster on."""
    file.seek(FAT + 4 * first)
    file.write(struct.pack(f"<{len(values)}I", *values))


def row(file: BinaryIO, first: int, count: int) -> None:
    """A chain of clusters in a row."""
    chain(file, first, range(first + 1, first + count))
    chain(file, first + count - 1, [END])


def root(file: BinaryIO, count: int, entry: Callable[[int], bytes]) -> None:
    """A root of so many entries."""
    row(file, 2, -(-count * 32 // 512))
    file.seek(DATA)
    file.write(b"".join(map(entry, range(count))))


def slot(name: str, marks: int, cluster: int, size: int) -> bytes:
    """An entry of 32 bytes."""
    high, low = divmod(cluster, 65_536)
    return struct.pack(
        "<11sBBBHHHHHHHI", name.ljust(11).encode(), marks, 0, 0, 0, 33, 33, high, 0, 33, low, size
    )

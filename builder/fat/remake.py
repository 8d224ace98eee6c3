"""Whether all that stands on a card besides its files is as this program writes it, byte by byte.

The files' names and sizes are taken from the card, an image of them is made anew in memory, and the two are compared.
"""

from __future__ import annotations

from collections.abc import Sequence

from builder.fat.disk import Disk
from builder.fat.geometry import SECTOR_BYTES, geometry_of, room_for
from builder.fat.header import Header
from builder.fat.place import place
from builder.fat.tree import grow
from builder.fat.write import structure

_BLOCK_BYTES = 1 << 20


def first_unlike(disk: Disk, header: Header, paths: Sequence[tuple[str, int]]) -> int | None:
    """The first byte that differs, None where none does; `paths` are (path, bytes) of the files in on-disk order.

    Looks at what has a meaning: free clusters, gaps and the room behind files are for `residue`.
    """
    try:
        geometry = geometry_of(header.end, is_fat16=header.fat_bits == 16)
        if room_for(geometry, paths).fault:
            return header.start
        tree = grow(paths)
    except ValueError:  # no card of this program
        return header.start
    placed = place(geometry, tree, [size for _, size in paths])
    unlike = [
        offset + at
        for offset, data in structure(geometry, tree, placed, paths)
        if (at := _first_difference(disk, offset, data)) is not None
    ]
    # A free entry may hold a mark of a bad cluster, or four bits that FAT32 passes over.
    for copy in range(2):
        offset = (geometry.fat_start + copy * geometry.fat_sectors) * SECTOR_BYTES
        used = placed.next_free * geometry.fat_bits // 8
        dirty = disk.first_nonzero(offset + used, geometry.fat_sectors * SECTOR_BYTES - used)
        unlike += [dirty] if dirty >= 0 else []
    return min(unlike, default=None)


def _first_difference(disk: Disk, offset: int, data: bytes) -> int | None:
    for start in range(0, len(data), _BLOCK_BYTES):
        wanted = data[start : start + _BLOCK_BYTES]
        there = disk.read(offset + start, len(wanted)) if offset + start + len(wanted) <= disk.size else b""
        if there != wanted:
            same = next(
                (i for i, (a, b) in enumerate(zip(there, wanted, strict=False)) if a != b), len(there)
            )
            return start + same
    return None

"""Which clusters every folder and file of a card gets, and the bytes of its FAT and its folders. Pure.

The root comes first, then all folders, then the files in play order, each in one run: a player never seeks back.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from builder.fat.boot import MEDIA
from builder.fat.geometry import Geometry
from builder.fat.names import SLOT_BYTES, aliases, long_slots
from builder.fat.tree import Tree, slots_of

FIRST_CLUSTER = 2
_FOLDER, _ARCHIVE = 0x10, 0x20
DAY = 0x0021  # 1980-01-01, the first that FAT can write; times are 00:00:00


@dataclass(frozen=True, kw_only=True)
class Run:
    """Clusters in a row. `first` is 0 for what has none: an empty file, and the root of FAT16."""

    first: int
    count: int


@dataclass(frozen=True, kw_only=True)
class Placed:
    """Where a tree lies. `folders` are in order of first appearance, the root first; `files` as the items."""

    folders: dict[str, Run]
    files: tuple[Run, ...]
    next_free: int


def place(geometry: Geometry, tree: Tree, sizes: Sequence[int]) -> Placed:
    """Give out clusters from the first on; there must be enough of them."""
    at = FIRST_CLUSTER

    def take(size: int, *, least: int) -> Run:
        nonlocal at
        count = max(least, -(-size // geometry.cluster_bytes))
        run = Run(first=at if count else 0, count=count)
        at += count
        return run

    folders: dict[str, Run] = {}
    for folder in tree:
        if folder == "" and geometry.root_entries:
            folders[folder] = Run(first=0, count=0)
        else:
            folders[folder] = take(slots_of(tree, folder) * SLOT_BYTES, least=1)
    files = tuple(take(size, least=0) for size in sizes)
    return Placed(folders=folders, files=files, next_free=at)


def fat_parts(geometry: Geometry, placed: Placed) -> Iterator[bytes]:
    """The FAT up to its last used entry: the two reserved entries, then a chain for every run."""
    kind, end = ("H", 0xFFFF) if geometry.fat_bits == 16 else ("I", 0x0FFF_FFFF)
    yield struct.pack(f"<2{kind}", end & ~0xFF | MEDIA, end)
    for run in (*placed.folders.values(), *placed.files):
        if run.count:
            yield struct.pack(f"<{run.count}{kind}", *range(run.first + 1, run.first + run.count), end)


def folder_bytes(tree: Tree, folder: str, placed: Placed, sizes: Sequence[int]) -> bytes:
    """The slots of one folder in order: `.` and `..` of any but the root, then its names."""
    parts = bytearray()
    if folder:
        parent = folder.rpartition("/")[0]
        parts += _slot(b".          ", _FOLDER, placed.folders[folder].first, 0)
        # The root is 0 here even on FAT32, where it has a cluster (Microsoft 1.03, "Directory Creation").
        parts += _slot(b"..         ", _FOLDER, placed.folders[parent].first if parent else 0, 0)
    names = list(tree[folder])
    for name, alias in zip(names, aliases(names), strict=True):
        parts += long_slots(name, alias)
        index = tree[folder][name]
        if index is None:
            run = placed.folders[f"{folder}/{name}" if folder else name]
            parts += _slot(alias, _FOLDER, run.first, 0)
        else:
            parts += _slot(alias, _ARCHIVE, placed.files[index].first, sizes[index])
    return bytes(parts)


def _slot(name: bytes, attributes: int, cluster: int, size: int) -> bytes:
    """A short entry: name, attributes, created, accessed, first cluster (high half), written, low half, size."""
    high, low = divmod(cluster, 65_536)
    return struct.pack("<11sBBBHHHHHHHI", name, attributes, 0, 0, 0, DAY, DAY, high, 0, DAY, low, size)

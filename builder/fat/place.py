"""Which clusters each folder and file gets, and the bytes of the boot sectors, the FAT and the folders. Pure.

The root comes first, then all folders, then the files in play order, each in one run: a player never seeks back. The
sectors hold no code and no trace of a tool. Layout: Microsoft, "FAT: General Overview of On-Disk Format" 1.03.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from builder.fat.geometry import SECTOR_BYTES, Geometry
from builder.fat.names import SLOT_BYTES, Tree, aliases, long_slots, slots_of

MEDIA = 0xF8  # a fixed disk, which cards count as
BACKUP_SECTOR = 6
_SIGNATURE = b"\x55\xaa"
MAKER, NO_LABEL = b"MSWIN4.1", b"NO NAME    "


def mbr(geometry: Geometry) -> bytes:
    """One partition, not marked for booting; no disk signature."""
    last = geometry.partition_start + geometry.partition_sectors - 1
    entry = struct.pack(
        "<B3sB3sII",
        0,
        _chs(geometry, geometry.partition_start),
        geometry.partition_type,
        _chs(geometry, last),
        geometry.partition_start,
        geometry.partition_sectors,
    )
    return (bytes(446) + entry).ljust(SECTOR_BYTES - 2, b"\0") + _SIGNATURE


def _chs(geometry: Geometry, sector: int) -> bytes:
    """Cylinder, head and sector; the greatest address for what lies beyond it."""
    track, within = divmod(sector, geometry.sectors_per_track)
    cylinder, head = divmod(track, geometry.heads)
    if cylinder > 1023:
        cylinder, head, within = 1023, 254, 62
    return bytes((head, within + 1 | cylinder >> 2 & 0xC0, cylinder & 0xFF))


def boot_sector(geometry: Geometry, serial: bytes) -> bytes:
    """With a jump that readers look for, over code that is not there; `serial` has 4 bytes, and there is no label."""
    is_fat16 = geometry.fat_bits == 16
    sectors = geometry.partition_sectors
    is_short = is_fat16 and sectors < 65_536
    head = struct.pack(
        "<3s8sHBHBHHBHHHII",
        b"\xeb\x3c\x90" if is_fat16 else b"\xeb\x58\x90",
        MAKER,  # what Windows writes, and the one name that old readers take (Microsoft 1.03, BS_OEMName)
        SECTOR_BYTES,
        geometry.sectors_per_cluster,
        geometry.reserved_sectors,
        2,
        geometry.root_entries,
        sectors if is_short else 0,
        MEDIA,
        geometry.fat_sectors if is_fat16 else 0,
        geometry.sectors_per_track,
        geometry.heads,
        geometry.partition_start,
        0 if is_short else sectors,
    )
    if not is_fat16:
        # Both FATs are kept alike; version 0; the root is cluster 2; FSInfo is sector 1.
        head += struct.pack("<IHHIHH12x", geometry.fat_sectors, 0, 0, 2, 1, BACKUP_SECTOR)
    head += struct.pack(
        "<BBB4s11s8s", 0x80, 0, 0x29, serial, NO_LABEL, b"FAT16   " if is_fat16 else b"FAT32   "
    )
    return head.ljust(SECTOR_BYTES - 2, b"\0") + _SIGNATURE


def fs_info(free: int, next_free: int) -> bytes:
    """FAT32's count of free clusters, and where to look for the first."""
    return struct.pack("<4s480x4sII14s2s", b"RRaA", b"rrAa", free, next_free, b"", _SIGNATURE)


FIRST_CLUSTER = 2
_FOLDER, _ARCHIVE = 0x10, 0x20
DAY = 0x0021  # 1980-01-01, the first that FAT can write; times are 00:00:00


@dataclass(frozen=True, kw_only=True)
class ClusterRun:
    """Clusters in a row. `first` is 0 for what has none: an empty file, and the root of FAT16."""

    first: int
    count: int


@dataclass(frozen=True, kw_only=True)
class Allocation:
    """Where a tree lies. `folders` are in order of first appearance, the root first; `files` as the items."""

    folders: dict[str, ClusterRun]
    files: tuple[ClusterRun, ...]
    next_free: int


def place(geometry: Geometry, tree: Tree, sizes: Sequence[int]) -> Allocation:
    """Give out clusters from the first on; there must be enough of them."""
    at = FIRST_CLUSTER

    def take(size: int, *, least: int) -> ClusterRun:
        nonlocal at
        count = max(least, -(-size // geometry.cluster_bytes))
        run = ClusterRun(first=at if count else 0, count=count)
        at += count
        return run

    folders: dict[str, ClusterRun] = {}
    for folder in tree:
        if folder == "" and geometry.root_entries:
            folders[folder] = ClusterRun(first=0, count=0)
        else:
            folders[folder] = take(slots_of(tree, folder) * SLOT_BYTES, least=1)
    files = tuple(take(size, least=0) for size in sizes)
    return Allocation(folders=folders, files=files, next_free=at)


def fat_parts(geometry: Geometry, placed: Allocation) -> Iterator[bytes]:
    """The FAT up to its last used entry: the two reserved entries, then a chain for every run."""
    kind, end = ("H", 0xFFFF) if geometry.fat_bits == 16 else ("I", 0x0FFF_FFFF)
    yield struct.pack(f"<2{kind}", end & ~0xFF | MEDIA, end)
    for run in (*placed.folders.values(), *placed.files):
        if run.count:
            yield struct.pack(f"<{run.count}{kind}", *range(run.first + 1, run.first + run.count), end)


def folder_bytes(tree: Tree, folder: str, placed: Allocation, sizes: Sequence[int]) -> bytes:
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

"""The sectors before the FATs, as bytes: partition table, boot sector, FSInfo. No code in them, and no trace of a tool.

Layout: Microsoft, "FAT: General Overview of On-Disk Format" 1.03.
"""

from __future__ import annotations

import struct

from builder.fat.geometry import SECTOR_BYTES, Geometry

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

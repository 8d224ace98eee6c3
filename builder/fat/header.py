"""Finds the FAT volume of an image and reads its boot sector, believing none of its numbers.

Layout: Microsoft, "FAT: General Overview of On-Disk Format" 1.03. Sectors have 512 bytes; FAT12 is refused.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from builder.fat.disk import Disk, FatError
from builder.fat.geometry import FEWEST_FAT16, FEWEST_FAT32, SECTOR_BYTES
from builder.fat.names import SLOT_BYTES

_TYPES = {0x01, 0x04, 0x06, 0x0B, 0x0C, 0x0E}
_MOST = 0x0FFF_FFF5  # clusters


@dataclass(frozen=True, kw_only=True)
class VolumeHeader:
    """What the boot sector says, as offsets in the whole image and sizes in bytes.

    `root_entries` is 0 on FAT32, where the root begins at `root_cluster`. `fat_bytes` are those of one FAT of
    `fats`. `info_offset` and `backup_offset` are 0 where there is no FSInfo, no copy of the boot sector. `maker`,
    `serial` and `label` are bytes as they are there: who formatted the volume, its number, and its name.
    """

    start: int
    fat_bits: int
    cluster_bytes: int
    fat_offset: int
    fat_bytes: int
    fats: int
    root_offset: int
    root_entries: int
    root_cluster: int
    data_offset: int
    clusters: int
    info_offset: int
    backup_offset: int
    maker: bytes
    serial: bytes
    label: bytes

    @property
    def end(self) -> int:
        """Where the last cluster ends."""
        return self.data_offset + self.clusters * self.cluster_bytes

    def offset_of(self, cluster: int) -> int:
        return self.data_offset + (cluster - 2) * self.cluster_bytes

    def entry_offset(self, cluster: int) -> int:
        """Where the first FAT says what follows a cluster."""
        return self.fat_offset + cluster * (self.fat_bits // 8)


def read_header(disk: Disk) -> VolumeHeader:
    """The volume at the start of the image, else that of the first FAT partition; FatError without one."""
    sector = disk.read(0, SECTOR_BYTES)
    if sector[510:] != b"\x55\xaa":
        raise FatError(510, "no signature 55 AA: neither a partition table nor a boot sector")
    if _is_boot(sector):
        return _parsed(disk, 0, sector)
    kinds = []
    for place in range(446, 510, 16):
        kind, start = sector[place + 4], int.from_bytes(sector[place + 8 : place + 12], "little")
        if kind in _TYPES and start:
            boot = disk.read(start * SECTOR_BYTES, SECTOR_BYTES)
            if not _is_boot(boot):
                raise FatError(start * SECTOR_BYTES, "the FAT partition does not begin with a boot sector")
            return _parsed(disk, start * SECTOR_BYTES, boot)
        kinds += [f"{kind:02X}"] if kind else []
    raise FatError(446, f"no FAT partition; types found: {', '.join(kinds) or 'none'}")


def _is_boot(sector: bytes) -> bool:
    """Code of a partition table may begin with a jump too, but has no media byte where a boot sector has it."""
    return (
        sector[510:] == b"\x55\xaa"
        and sector[0] in (0xEB, 0xE9)
        and sector[16] in (1, 2)
        and (sector[21] == 0xF0 or sector[21] >= 0xF8)
    )


def _parsed(disk: Disk, start: int, boot: bytes) -> VolumeHeader:
    sector, per_cluster, reserved, fats, roots, short, _media, fat16 = struct.unpack_from(
        "<HBHBHHBH", boot, 11
    )
    (total,) = struct.unpack_from("<I", boot, 32)
    if sector != SECTOR_BYTES:
        raise FatError(start + 11, f"sectors of {sector} bytes; this reader knows 512 only")
    if per_cluster not in (1, 2, 4, 8, 16, 32, 64, 128):
        raise FatError(start + 13, f"{per_cluster} sectors per cluster is no power of two up to 128")
    if not reserved:
        raise FatError(start + 14, "no reserved sector")
    is_fat32 = fat16 == 0
    fat_sectors, flags, version, root_cluster, info, backup = (
        struct.unpack_from("<IHHIHH", boot, 36) if is_fat32 else (fat16, 0, 0, 0, 0, 0)
    )
    if is_fat32 == bool(roots):
        raise FatError(start + 17, f"{roots} root entries do not go with FAT{32 if is_fat32 else 16}")
    if flags & 0x80 or version:
        raise FatError(start + 40, "FATs that are not kept alike, or an unknown version of FAT32")
    if roots % (SECTOR_BYTES // SLOT_BYTES):
        raise FatError(start + 17, f"{roots} root entries do not fill whole sectors")
    total = short or total
    before = reserved + fats * fat_sectors + roots * SLOT_BYTES // SECTOR_BYTES
    clusters = max(0, total - before) // per_cluster
    if clusters < FEWEST_FAT16:
        raise FatError(
            start, f"{clusters} clusters: FAT12 or damaged; this reader knows FAT16 and FAT32 only"
        )
    if is_fat32 != (clusters >= FEWEST_FAT32) or clusters > _MOST:
        raise FatError(start, f"{clusters} clusters do not go with FAT{32 if is_fat32 else 16}")
    if start + total * SECTOR_BYTES > disk.size:
        raise FatError(start + 32, f"the volume has {total} sectors, and the image ends at byte {disk.size}")
    bits, tail = (32, 67) if is_fat32 else (16, 39)
    if (clusters + 2) * bits // 8 > fat_sectors * SECTOR_BYTES:
        raise FatError(start + 22, f"a FAT of {fat_sectors} sectors is too short for {clusters} clusters")
    if is_fat32 and not 2 <= root_cluster < clusters + 2:
        raise FatError(start + 44, f"the root begins at cluster {root_cluster}, which is none")
    return VolumeHeader(
        start=start,
        fat_bits=bits,
        cluster_bytes=per_cluster * SECTOR_BYTES,
        fat_offset=start + reserved * SECTOR_BYTES,
        fat_bytes=fat_sectors * SECTOR_BYTES,
        fats=fats,
        root_offset=start + (reserved + fats * fat_sectors) * SECTOR_BYTES,
        root_entries=roots,
        root_cluster=root_cluster,
        data_offset=start + before * SECTOR_BYTES,
        clusters=clusters,
        info_offset=start + info * SECTOR_BYTES if 0 < info < reserved else 0,
        backup_offset=start + backup * SECTOR_BYTES if 0 < backup < reserved else 0,
        maker=boot[3:11],
        serial=boot[tail : tail + 4],
        label=boot[tail + 4 : tail + 15],
    )

"""Looks for bytes where an image made of zeros and a pack has none: the traces of what a card held before.

Slow on a raw device, since all that is free is read; holes of a sparse file are passed over.
"""

from __future__ import annotations

from collections.abc import Iterator

from builder.fat.disk import Disk, FaultKind, VolumeFault
from builder.fat.geometry import SECTOR_BYTES
from builder.fat.header import VolumeHeader
from builder.fat.table import Table

GAP, RESERVED, FREE = "the gap before the partition", "the reserved sectors", "free clusters"
FAT_END, BEHIND = "a FAT, behind its last entry", "the room behind the last cluster"
_MBR_CODE, _BOOT_CODE = "the code and the signature of the partition table", "the code of the boot sector"


def residue(disk: Disk, header: VolumeHeader, table: Table) -> Iterator[VolumeFault]:
    """One fault, with its first byte, for every stretch that is not zero, in the order of the image."""
    for offset, end, words in sorted([*_before_data(header), *_free(header, table)]):
        dirty = disk.first_nonzero(offset, end - offset)
        if dirty >= 0:
            kind: FaultKind = "code" if words in (_MBR_CODE, _BOOT_CODE) else "residue"
            yield VolumeFault(
                kind=kind, offset=dirty, message=f"bytes in {words}", spans=((offset, end - offset),)
            )
    dirty = disk.first_written(header.end, disk.size - header.end)
    if dirty >= 0:
        spans = ((header.end, disk.size - header.end),)
        yield VolumeFault(kind="residue", offset=dirty, message=f"bytes in {BEHIND}", spans=spans)


def _before_data(header: VolumeHeader) -> Iterator[tuple[int, int, str]]:
    """What lies before the first cluster, as (offset, end, what it is)."""
    if header.start:
        yield 0, 446, _MBR_CODE
        yield SECTOR_BYTES, header.start, GAP
    code = 90 if header.fat_bits == 32 else 62
    boots = {header.start, header.backup_offset or header.start}
    # A copy of FSInfo belongs to the copy of the boot sector, at the same distance.
    infos = {boot + header.info_offset - header.start for boot in boots} if header.info_offset else set()
    for sector in range(header.start, header.fat_offset, SECTOR_BYTES):
        if sector in boots:
            yield sector + code, sector + 510, _BOOT_CODE
        elif sector in infos:
            yield sector + 4, sector + 484, "FSInfo, where it says nothing"
            yield sector + 496, sector + 510, "FSInfo, where it says nothing"
        else:
            yield sector, sector + SECTOR_BYTES, RESERVED
    used = header.entry_offset(header.clusters + 2) - header.fat_offset
    for copy in range(header.fats):
        start = header.fat_offset + copy * header.fat_bytes
        yield start + used, start + header.fat_bytes, FAT_END


def _free(header: VolumeHeader, table: Table) -> Iterator[tuple[int, int, str]]:
    """Runs of free clusters."""
    for first, count in table.free_runs():
        yield header.offset_of(first), header.offset_of(first + count), FREE

"""Writes a disk image in one go, its entries in play order: the same input gives the same bytes, whoever writes it.

What is not written is a hole of a new file and so zero: slack, free space and gaps hold nothing. (On Windows and on
disks that know no holes, the image takes its full size.)
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from builder.errors import StorageError
from builder.fat.geometry import SECTOR_BYTES, Geometry, room_for
from builder.fat.names import Tree, grow
from builder.fat.place import (
    BACKUP_SECTOR,
    FIRST_CLUSTER,
    Allocation,
    boot_sector,
    fat_parts,
    folder_bytes,
    fs_info,
    mbr,
    place,
)

_BLOCK_BYTES = 1 << 20
_ADVICE = "leave the files alone while the image is written, and build again"


@dataclass(frozen=True, kw_only=True)
class ImageFile:
    """A file of the card: its path there with `/`, where its bytes are, and how many there must be."""

    path: str
    source: Path
    bytes: int


def write_image(
    out: Path, items: Sequence[ImageFile], geometry: Geometry, *, is_hashed: bool = True
) -> dict[str, str]:
    """Write the items in order as a new disk image; `out` must not exist, and is gone again where anything fails.

    Returns the SHA-256 of the bytes written for each path, nothing without `is_hashed`. ValueError for names or sizes
    that this card cannot hold; StorageError where a source has not the bytes it should; OSError from the disk.
    """
    paths = [(item.path, item.bytes) for item in items]
    if fault := room_for(geometry, paths).fault:
        raise ValueError(fault)
    tree, sizes = grow(paths), [item.bytes for item in items]
    placed = place(geometry, tree, sizes)
    hashes: dict[str, str] = {}
    file = out.open("xb")  # not within `try`: what was there before is not ours to remove
    try:
        with file:
            file.truncate(geometry.image_bytes)
            for offset, data in structure(geometry, tree, placed, paths):
                file.seek(offset)
                file.write(data)
            for item, run in zip(items, placed.files, strict=True):
                file.seek(_sector(geometry, run.first) * SECTOR_BYTES if run.first else 0)
                digest = _write_file(file, item, is_hashed=is_hashed)
                if is_hashed:
                    hashes[item.path] = digest
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        out.unlink(missing_ok=True)
        raise
    return hashes


def serial_of(paths: Sequence[tuple[str, int]]) -> bytes:
    """A volume number that is the same for the same pack, and independent of where and when it was made."""
    listing = "".join(f"{size} {path}\n" for path, size in paths)
    return hashlib.sha256(listing.encode()).digest()[:4]


def _sector(geometry: Geometry, cluster: int) -> int:
    return geometry.data_start + (cluster - FIRST_CLUSTER) * geometry.sectors_per_cluster


def structure(
    geometry: Geometry, tree: Tree, placed: Allocation, paths: Sequence[tuple[str, int]]
) -> Iterator[tuple[int, bytes]]:
    """Every structure of a card outside its files, as (offset, bytes); `paths` are (path, size in bytes), in order."""
    yield 0, mbr(geometry)
    head = boot_sector(geometry, serial_of(paths))
    copies = [0]
    if geometry.fat_bits == 32:
        free = geometry.clusters + FIRST_CLUSTER - placed.next_free
        head += fs_info(free, placed.next_free if free else 0xFFFF_FFFF)
        copies.append(BACKUP_SECTOR)
    for sector in copies:
        yield (geometry.partition_start + sector) * SECTOR_BYTES, head
    for copy in range(2):
        offset = (geometry.fat_start + copy * geometry.fat_sectors) * SECTOR_BYTES
        for data in fat_parts(geometry, placed):
            yield offset, data
            offset += len(data)
    sizes = [size for _, size in paths]
    for folder, run in placed.folders.items():
        sector = _sector(geometry, run.first) if run.first else geometry.root_start
        yield sector * SECTOR_BYTES, folder_bytes(tree, folder, placed, sizes)


def _write_file(file: BinaryIO, item: ImageFile, *, is_hashed: bool) -> str:
    """Copy one source to the place of `file`; returns the SHA-256 of what was written, if wanted."""
    with item.source.open("rb", buffering=0) as source:
        before = os.fstat(source.fileno())
        digest, left = hashlib.sha256(), item.bytes
        block = memoryview(bytearray(min(left, _BLOCK_BYTES)))
        while left and (count := source.readinto(block[:left])):
            file.write(block[:count])
            if is_hashed:
                digest.update(block[:count])
            left -= count
        after = os.fstat(source.fileno())
    if left or before.st_size != item.bytes or after.st_size != item.bytes:
        raise StorageError(
            f"{item.source} has {after.st_size} bytes; {item.bytes} were to be written", _ADVICE
        )
    if after.st_mtime_ns != before.st_mtime_ns:
        raise StorageError(f"{item.source} was changed while it was copied", _ADVICE)
    return digest.hexdigest()

"""Writes a disk image in one go, its entries in play order: the same input gives the same bytes, whoever writes it.

What is not written is a hole of a new file and so zero: slack, free space and gaps hold nothing. (On Windows and on
disks that know no holes, the image takes its full size.)
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from builder.errors import StorageError
from builder.fat.boot import BACKUP_SECTOR, NO_NAME, boot_sector, fs_info, mbr
from builder.fat.geometry import SECTOR_BYTES, Geometry, room_for
from builder.fat.place import FIRST_CLUSTER, Placed, fat_parts, folder_bytes, label_bytes, place
from builder.fat.tree import grow

_BLOCK_BYTES = 1 << 20
_ADVICE = "leave the files alone while the image is written, and build again"


@dataclass(frozen=True, kw_only=True)
class Item:
    """A file of the card: its path there with `/`, where its bytes are, and how many there must be."""

    path: str
    source: Path
    bytes: int


def write_image(
    out: Path, items: Sequence[Item], geometry: Geometry, *, is_hashed: bool = False, label: str = ""
) -> dict[str, str]:
    """Write the items in order as a new disk image; `out` must not exist, and is gone again where anything fails.

    Returns the SHA-256 of the bytes written for each path, if asked for. ValueError for names, sizes or a label that
    this card cannot hold; StorageError where a source has not the bytes it should; OSError from the disk.
    """
    paths = [(item.path, item.bytes) for item in items]
    _check_room(geometry, paths, label)
    words = label_bytes(label) if label else b""
    tree, sizes = grow(paths), [item.bytes for item in items]
    placed = place(geometry, tree, sizes, label)
    hashes: dict[str, str] = {}
    file = out.open("xb")  # not within `try`: what was there before is not ours to remove
    try:
        with file:
            file.truncate(geometry.image_bytes)
            _write_head(file, geometry, placed, _serial(paths), words)
            for folder, run in placed.folders.items():
                sector = _sector(geometry, run.first) if run.first else geometry.root_start
                file.seek(sector * SECTOR_BYTES)
                file.write(folder_bytes(tree, folder, placed, sizes, words))
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


def _check_room(geometry: Geometry, paths: list[tuple[str, int]], label: str) -> None:
    room = room_for(geometry, paths, label=label)
    if room.clusters_needed > room.clusters_there:
        raise ValueError(
            f"the card is too small: {room.clusters_needed} clusters of {geometry.cluster_bytes} bytes are needed, "
            f"it has {room.clusters_there}"
        )
    if room.root_slots_needed > room.root_slots_there:
        raise ValueError(
            f"the root needs {room.root_slots_needed} slots for its names and has {room.root_slots_there}"
        )
    if room.folder_slots_needed > room.folder_slots_there:
        raise ValueError(
            f"{room.folder!r} needs {room.folder_slots_needed} slots for its names; "
            f"a folder has {room.folder_slots_there}"
        )


def _serial(paths: list[tuple[str, int]]) -> bytes:
    """A volume number that is the same for the same pack and tells nothing of where and when it was made."""
    listing = "".join(f"{size} {path}\n" for path, size in paths)
    return hashlib.sha256(listing.encode()).digest()[:4]


def _sector(geometry: Geometry, cluster: int) -> int:
    return geometry.data_start + (cluster - FIRST_CLUSTER) * geometry.sectors_per_cluster


def _write_head(file: BinaryIO, geometry: Geometry, placed: Placed, serial: bytes, label: bytes) -> None:
    """All that stands before the root."""
    file.write(mbr(geometry))
    heads = [boot_sector(geometry, serial, label or NO_NAME)]
    if geometry.fat_bits == 32:
        free = geometry.clusters + FIRST_CLUSTER - placed.next_free
        heads.append(fs_info(free, placed.next_free if free else 0xFFFF_FFFF))
    for start in (0, BACKUP_SECTOR) if geometry.fat_bits == 32 else (0,):
        file.seek((geometry.partition_start + start) * SECTOR_BYTES)
        file.writelines(heads)
    for copy in range(2):
        file.seek((geometry.fat_start + copy * geometry.fat_sectors) * SECTOR_BYTES)
        file.writelines(fat_parts(geometry, placed))


def _write_file(file: BinaryIO, item: Item, *, is_hashed: bool) -> str:
    """Copy one source to where `file` stands; its SHA-256 if that is wanted, else ""."""
    with item.source.open("rb", buffering=0) as source:
        before = os.fstat(source.fileno())
        left = item.bytes
        if not is_hashed and before.st_size == left:
            left -= _copied_by_system(file, source.fileno(), left)
        digest = hashlib.sha256()
        block = memoryview(bytearray(min(left, _BLOCK_BYTES)))
        while left:
            count = source.readinto(block[: min(left, len(block))])
            if not count:
                break
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
    return digest.hexdigest() if is_hashed else ""


def _copied_by_system(file: BinaryIO, source: int, size: int) -> int:
    """Let the system copy from one file to the other; how much it did. The rest is for the caller.

    Some systems cannot, and some not between these two disks; a fault of the disk itself shows again at the next write.
    """
    if not hasattr(os, "copy_file_range"):
        return 0
    start = file.tell()
    file.flush()
    done = 0
    try:
        while done < size:
            count = os.copy_file_range(source, file.fileno(), size - done, done, start + done)
            if not count:
                break
            done += count
    except OSError:
        pass
    os.lseek(source, done, os.SEEK_SET)
    file.seek(start + done)
    return done

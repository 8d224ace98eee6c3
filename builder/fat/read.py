"""Reads a FAT16 or FAT32 image or card: its entries in on-disk order, their bytes, and everything wrong with it.

Shares no code with the writer but the rules of names, so that each finds the other's mistakes. Any bytes may come:
what cannot be read is a FatError, what can be read and is wrong a Fault.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from builder.fat.account import account
from builder.fat.disk import Disk, FatError, VolumeFault
from builder.fat.folder import DirectoryEntry
from builder.fat.header import VolumeHeader, read_header
from builder.fat.survey import Survey, unreadable
from builder.fat.table import Table

__all__ = ["DirectoryEntry", "FatError", "Volume", "VolumeFault", "VolumeHeader", "open_volume", "unreadable"]


class Volume:
    """An open volume; `header` is what its boot sector says."""

    def __init__(self, disk: Disk, header: VolumeHeader) -> None:
        self.header = header
        self._disk, self._table = disk, Table(disk, header)
        self._survey = Survey(disk, header, self._table)

    def walk(self) -> Iterator[DirectoryEntry]:
        """Files and folders in on-disk order, each folder followed by what it holds.

        As much as can be read: where a folder is broken, `faults` tells.
        """
        return (entry for entry in self._survey.entries() if not entry.is_deleted)

    def deleted(self) -> Iterator[DirectoryEntry]:
        """Entries that are marked as deleted and still have a name."""
        return (entry for entry in self._survey.entries() if entry.is_deleted)

    def extents(self, entry: DirectoryEntry) -> list[tuple[int, int]]:
        """Where the bytes of a file or folder lie, as (offset, length) in the image, in their order.

        FatError where its chain is broken, too short for its size, or another's that was followed before.
        """
        if entry.first_cluster == 0 and entry.size == 0:
            return []
        chain = self._survey.chain(entry)
        if chain.fault:
            raise FatError(chain.offset, f"the chain of {entry.path!r} {chain.fault}")
        left = chain.count * self.header.cluster_bytes if entry.is_folder else entry.size
        found: list[tuple[int, int]] = []
        for first, count in chain.runs:
            length = min(left, count * self.header.cluster_bytes)
            if length:
                found.append((self.header.offset_of(first), length))
            left -= length
        if left:
            raise FatError(
                entry.offset, f"{entry.path!r} has {entry.size} bytes and clusters for {left} less"
            )
        return found

    def read(self, entry: DirectoryEntry) -> Iterator[bytes]:
        """The bytes of a file in blocks of up to 1 MiB; FatError as for `extents`."""
        for offset, length in self.extents(entry):
            yield from self._disk.blocks(offset, length)

    def faults(self) -> list[VolumeFault]:
        """Everything wrong with folders, chains and FATs, and bytes behind the ends of files and folders.

        What ends the search, a fault of the disk too, is the last of them.
        """
        return self._survey.checked()

    def account(self, told: Callable[[int, int], None] = lambda *_: None) -> list[VolumeFault]:
        """All that is not as this program would write these files, in the order of the image; nothing for one of ours.
        Slow on a card, of which every byte is read: `told` hears how many, and of how many at most.
        """
        files = sum(entry.size for entry in self.walk() if not entry.is_folder)
        done, total = 0, max(0, self._disk.held - files)

        def count(length: int) -> None:
            nonlocal done
            done += length
            told(done, max(done, total))

        told(done, total)
        self._disk.told = count
        faults = account(self._disk, self.header, self._table, self._survey)
        told(max(done, total), max(done, total))
        return sorted(faults, key=lambda fault: fault.offset)

    def bytes_at(self, offset: int, most: int) -> bytes:
        """Up to so many bytes of the image from an offset on."""
        return self._disk.read(offset, min(most, self._disk.size - offset))


@contextmanager
def open_volume(path: Path) -> Iterator[Volume]:
    """Open an image or a device; FatError without a FAT16 or FAT32 volume in it, OSError from the disk."""
    with path.open("rb", buffering=0) as file:
        disk = Disk(file)
        yield Volume(disk, read_header(disk))

"""Reads a FAT16 or FAT32 image or card: its entries in on-disk order, their bytes, and everything wrong with it.

Shares no code with the writer but the rules of names, so that each finds the other's mistakes. Any bytes may come:
what cannot be read is a FatError, what can be read and is wrong a Fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from builder.fat.disk import Disk, FatError, Fault
from builder.fat.folder import Entry
from builder.fat.header import Header, read_header
from builder.fat.remake import first_unlike
from builder.fat.residue import residue
from builder.fat.survey import Survey
from builder.fat.table import Table

__all__ = ["Entry", "FatError", "Fault", "Header", "Volume", "open_volume"]


class Volume:
    """An open volume; `header` is what its boot sector says."""

    def __init__(self, disk: Disk, header: Header) -> None:
        self.header = header
        self._disk, self._table = disk, Table(disk, header)

    def walk(self) -> Iterator[Entry]:
        """Files and folders in on-disk order, each folder followed by what it holds.

        As much as can be read: where a folder is broken, `faults` tells.
        """
        return (entry for entry in self._survey().entries() if not entry.is_deleted)

    def deleted(self) -> Iterator[Entry]:
        """Entries that are marked as deleted and still tell a name."""
        return (entry for entry in self._survey().entries() if entry.is_deleted)

    def extents(self, entry: Entry) -> list[tuple[int, int]]:
        """Where the bytes of a file or folder lie, as (offset, length) in the image, in their order.

        FatError where its chain is broken, or too short for its size.
        """
        if entry.first_cluster == 0 and entry.size == 0:
            return []
        chain = self._table.follow(entry.first_cluster, entry.offset, bytearray(self._table.end))
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

    def read(self, entry: Entry) -> Iterator[bytes]:
        """The bytes of a file in blocks of up to 1 MiB; FatError as for `extents`."""
        for offset, length in self.extents(entry):
            yield from self._disk.blocks(offset, length)

    def faults(self) -> list[Fault]:
        """Everything wrong with folders, chains and FATs, and bytes behind the ends of files and folders.

        What ends the search, a fault of the disk too, is the last of them.
        """
        survey = self._survey()
        try:
            for entry in survey.entries():
                if not entry.is_deleted and not entry.is_folder:
                    survey.check(entry)
            survey.check_tables()
        except FatError as error:
            survey.faults.append(Fault(kind="structure", offset=error.offset, message=str(error)))
        except OSError as error:
            message = f"the card cannot be read to its end: {error.strerror or error}"
            survey.faults.append(Fault(kind="structure", offset=0, message=message))
        return survey.faults

    def residue(self) -> Iterator[Fault]:
        """Bytes in free clusters, gaps and code, where an image of ours has zeros. Slow on a card."""
        return residue(self._disk, self.header, self._table)

    def bytes_at(self, offset: int, most: int) -> bytes:
        """Up to so many bytes of the image from an offset on."""
        return self._disk.read(offset, min(most, self._disk.size - offset))

    def labels(self) -> list[Entry]:
        """Entries of the root that are the volume's name."""
        survey = self._survey()
        next(survey.entries(), None)
        return survey.labels

    def first_unlike(self, paths: Sequence[tuple[str, int]]) -> int | None:
        """The first byte of the volume's structure that differs from an image of ours with these (path, bytes)."""
        return first_unlike(self._disk, self.header, paths)

    def _survey(self) -> Survey:
        return Survey(self._disk, self.header, self._table)


@contextmanager
def open_volume(path: Path) -> Iterator[Volume]:
    """Open an image or a device; FatError without a FAT16 or FAT32 volume in it, OSError from the disk."""
    with path.open("rb", buffering=0) as file:
        disk = Disk(file)
        yield Volume(disk, read_header(disk))

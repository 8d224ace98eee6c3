"""Every byte of a card outside its files, computed from their names, sizes and order.

Nothing is looked for: every byte is known, and one comparison finds each that is another one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from builder.fat.disk import Disk, unequal
from builder.fat.geometry import SECTOR_BYTES, Geometry, geometry_of, room_for
from builder.fat.header import VolumeHeader
from builder.fat.names import SLOT_BYTES, grow
from builder.fat.place import BACKUP_SECTOR, FIRST_CLUSTER, place
from builder.fat.residue import BEHIND, FAT_END, FREE, GAP, RESERVED
from builder.fat.write import structure

_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Region:
    """A part of an image that ends before the byte `end` and begins where the one before ends: a `table` of the file
    system (`what` is its name), `spare` room, which is zero (`what` says where that is), or a `file`. `back` is how far
    before it that lies which it is a copy of, or 0.
    """

    end: int
    kind: Literal["table", "spare", "file"]
    what: str
    back: int = 0


@dataclass(frozen=True, kw_only=True)
class Difference:
    """The first byte of a region that is another one."""

    offset: int
    region: Region


class Spans:
    """Stretches of an image, given as (offset, length), that something is known of."""

    def __init__(self, stretches: Iterable[tuple[int, int]] = ()) -> None:
        self._begins: list[int] = []
        self._ends: list[int] = []
        for offset, length in sorted(stretches):
            if self._ends and offset <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], offset + length)
            else:
                self._begins.append(offset)
                self._ends.append(offset + length)

    def past(self, offset: int) -> int:
        """The end of the stretch that holds a byte; the byte itself where none does."""
        at = bisect_right(self._begins, offset) - 1
        return max(offset, self._ends[at]) if at >= 0 else offset


NOTHING = Spans()


class Remade:
    """The image of these (path, bytes), in their order, on such a card; ValueError where it cannot hold them."""

    def __init__(self, geometry: Geometry, paths: Sequence[tuple[str, int]]) -> None:
        if fault := room_for(geometry, paths).fault:
            raise ValueError(fault)
        self._geometry, self._paths, self._tree = geometry, paths, grow(paths)
        self._placed = place(geometry, self._tree, [size for _, size in paths])

    def unlike(self, disk: Disk, known: Spans = NOTHING) -> Iterator[Difference]:
        """Every region that differs, by its first byte that does and is not `known`, up to the end of the disk."""
        pieces = structure(self._geometry, self._tree, self._placed, self._paths)
        piece, at = next(pieces, None), 0
        for region in self._regions():
            found = -1
            while piece is not None and piece[0] < region.end:
                offset, data = piece
                if found < 0:
                    found = _first_written(disk, at, offset, known)
                if found < 0:
                    found = _first_unequal(disk, offset, data, known)
                piece, at = next(pieces, None), offset + len(data)
            if found < 0 and region.kind != "file":
                found = _first_written(disk, at, region.end, known)
            if found >= 0 and not _is_copied(disk, found, region):
                yield Difference(offset=found, region=region)
            at = region.end
        found = disk.first_written(at, disk.size - at)
        if found >= 0 and known.past(found) == found:
            yield Difference(offset=found, region=Region(end=disk.size, kind="spare", what=f"in {BEHIND}"))

    def _regions(self) -> Iterator[Region]:
        """All of the image, in order."""
        geometry, placed = self._geometry, self._placed
        yield from self._before_the_root()
        for folder, run in placed.folders.items():
            name = f"the folder {folder!r}" if folder else "the root"
            start = self._offset(run.first) if run.first else geometry.root_start * SECTOR_BYTES
            length = run.count * geometry.cluster_bytes or geometry.root_entries * SLOT_BYTES
            yield Region(end=start + length, kind="table", what=name)
        for (path, size), run in zip(self._paths, placed.files, strict=True):
            if run.count:
                start = self._offset(run.first)
                yield Region(end=start + size, kind="file", what=path)
                end = start + run.count * geometry.cluster_bytes
                yield Region(end=end, kind="spare", what=f"behind the end of {path!r}")
        yield Region(end=self._offset(geometry.clusters + FIRST_CLUSTER), kind="spare", what=f"in {FREE}")

    def _before_the_root(self) -> Iterator[Region]:
        geometry = self._geometry
        start = geometry.partition_start * SECTOR_BYTES
        yield Region(end=SECTOR_BYTES, kind="table", what="the partition table")
        yield Region(end=start, kind="spare", what=f"in {GAP}")
        if geometry.fat_bits == 16:
            yield Region(end=start + SECTOR_BYTES, kind="table", what="the boot sector")
        else:
            what, back = "the boot sector with FSInfo", BACKUP_SECTOR * SECTOR_BYTES
            yield Region(end=start + 2 * SECTOR_BYTES, kind="table", what=what)
            yield Region(end=start + back, kind="spare", what=f"in {RESERVED}")
            end = start + back + 2 * SECTOR_BYTES
            yield Region(end=end, kind="table", what=f"the copy of {what}", back=back)
        at, length = geometry.fat_start * SECTOR_BYTES, geometry.fat_sectors * SECTOR_BYTES
        used = (geometry.clusters + FIRST_CLUSTER) * geometry.fat_bits // 8
        yield Region(end=at, kind="spare", what=f"in {RESERVED}")
        yield Region(end=at + used, kind="table", what="the first FAT")
        yield Region(end=at + length, kind="spare", what=f"in {FAT_END}")
        yield Region(end=at + length + used, kind="table", what="the second FAT", back=length)
        yield Region(end=at + 2 * length, kind="spare", what=f"in {FAT_END}")

    def _offset(self, cluster: int) -> int:
        geometry = self._geometry
        return geometry.data_start * SECTOR_BYTES + (cluster - FIRST_CLUSTER) * geometry.cluster_bytes


def remade(header: VolumeHeader, paths: Sequence[tuple[str, int]]) -> Remade | None:
    """The image of a volume's files, as this program writes it; None where it lays out no card like this one."""
    try:
        geometry = geometry_of(header.end, is_fat16=header.fat_bits == 16)
        made = Remade(geometry, paths)
    except ValueError:
        return None
    starts = (geometry.partition_start, geometry.fat_start, geometry.fat_sectors, geometry.data_start)
    there = (header.start, header.fat_offset, header.fat_bytes, header.data_offset)
    is_ours = (
        tuple(start * SECTOR_BYTES for start in starts) == there
        and (header.fats, header.root_entries) == (2, geometry.root_entries)
        and (header.clusters, header.cluster_bytes) == (geometry.clusters, geometry.cluster_bytes)
    )
    return made if is_ours else None


def _is_copied(disk: Disk, offset: int, region: Region) -> bool:
    """Whether a byte of a copy is that of what it is a copy of, and so is reported there."""
    return bool(region.back) and disk.read(offset, 1) == disk.read(offset - region.back, 1)


def _first_written(disk: Disk, offset: int, end: int, known: Spans) -> int:
    """The first byte of a region that is not zero and not known, or -1."""
    while (found := disk.first_nonzero(offset, end - offset)) >= 0:
        offset = known.past(found)
        if offset == found:
            return found
    return -1


def _first_unequal(disk: Disk, offset: int, data: bytes, known: Spans) -> int:
    """The first byte that is not as in `data`, and not known, or -1."""
    for start in range(0, len(data), _BLOCK_BYTES):
        wanted = data[start : start + _BLOCK_BYTES]
        there = disk.read(offset + start, len(wanted))
        if there == wanted:
            continue
        for begin, end in unequal(there, wanted):
            found = known.past(offset + start + begin)
            if found < offset + start + end:
                return found
    return -1

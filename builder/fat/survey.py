"""Goes through all folders of a volume in on-disk order, and finds what is wrong with folders, chains and FATs.

A hostile image ends it no later than a sound one: no cluster is visited twice, and depth, length of folders, slots and
pieces have limits.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

import numpy as np

from builder.fat.disk import Disk, FatError, FaultKind, VolumeFault
from builder.fat.folder import DirectoryEntry, FolderContent, parse_folder
from builder.fat.header import VolumeHeader
from builder.fat.names import MOST_SLOTS, SLOT_BYTES
from builder.fat.table import Chain, Table

_MOST_DEPTH = 64
_MOST_SLOTS = 200_000  # of all folders; 5,000 tracks with their words take 60,000
_PIECE_BYTES = 4_096  # a folder is read piece by piece, until its end mark comes
_MORE_CLUSTERS = 65_536  # than its size takes: so far the chain of a file is followed, to say how long it is

ByteSpan = tuple[int, int]
"""Offset in the image, and length."""


class Survey:
    """One pass over a volume, made as far as it is asked for. `labels` are the root's entries that name the volume,
    `dots` every `.` and `..`; they and `faults` are complete when `entries` has come to its end.
    """

    def __init__(self, disk: Disk, header: VolumeHeader, table: Table) -> None:
        self.faults: list[VolumeFault] = []
        self.labels: list[DirectoryEntry] = []
        self.dots: list[DirectoryEntry] = []
        self._disk, self._header, self._table = disk, header, table
        self._chains: dict[int, Chain] = {}
        self._slots = 0
        self._folders: list[
            tuple[list[ByteSpan], int, str]
        ] = []  # where each is, how much of it is used, its name
        self._seen: list[DirectoryEntry] = []
        self._walk = self._walked()
        self._end: FatError | OSError | None = None
        self._is_checked = False

    def entries(self) -> Iterator[DirectoryEntry]:
        """Every entry, deleted ones too, each folder followed by what it holds."""
        at = 0
        while True:
            if at == len(self._seen):
                if self._end:
                    raise self._end
                try:
                    self._seen.append(next(self._walk))
                except StopIteration:
                    return
                except (FatError, OSError) as error:
                    self._end = error
                    raise
            yield self._seen[at]
            at += 1

    def checked(self) -> list[VolumeFault]:
        """All faults. What ends the search, a fault of the disk too, is the last of them."""
        if not self._is_checked:
            self._is_checked = True
            try:
                for entry in self.entries():
                    if not entry.is_deleted and not entry.is_folder:
                        self._check(entry)
                for stretches, used, name in self._folders:
                    self._look_behind(stretches, used, name)
                self._check_tables()
            except FatError as error:
                self._say("structure", error.offset, str(error))
            except OSError as error:
                self.faults.append(unreadable(error))
        return self.faults

    def chain(self, entry: DirectoryEntry) -> Chain:
        """The chain of a file or folder, followed once. What two of them claim is the first one's."""
        chain = self._chains.get(entry.offset)
        if chain is None:
            needed = -(-entry.size // self._header.cluster_bytes)
            most = self._table.end if entry.is_folder else needed + _MORE_CLUSTERS
            chain = self._chains[entry.offset] = self._table.follow(entry.first_cluster, entry.offset, most)
        return chain

    def _walked(self) -> Iterator[DirectoryEntry]:
        stack = [(iter(self._root().entries), 0)]
        while stack:
            entries, own = stack[-1]
            entry = next(entries, None)
            if entry is None:
                stack.pop()
                continue
            yield entry
            if entry.is_folder and not entry.is_deleted:
                if len(stack) > _MOST_DEPTH:
                    self._fault(entry, f"lies more than {_MOST_DEPTH} folders deep, and is not looked into")
                    continue
                inner = self._folder(entry, parent=own)
                stack.append((iter(inner.entries), entry.first_cluster))

    def _root(self) -> FolderContent:
        header = self._header
        if header.root_entries:
            listing = self._listing([(header.root_offset, header.root_entries * SLOT_BYTES)], "")
        else:
            chain = self._table.follow(header.root_cluster, header.start, self._table.end)
            listing = self._listing(self._stretches(chain, "", header.start), "")
        if listing.dots:
            self._fault(listing.dots[0], "stands in the root, where it does not belong")
        self.labels = listing.labels
        return listing

    def _folder(self, entry: DirectoryEntry, *, parent: int) -> FolderContent:
        """`parent` is the first cluster of the folder that holds this one, 0 for the root."""
        if entry.size:
            self._fault(entry, f"is a folder and says to have {entry.size} bytes; folders say 0")
        chain = self.chain(entry)
        listing = self._listing(self._stretches(chain, entry.path, entry.offset), entry.path)
        self.dots += listing.dots
        if chain.runs:
            start = self._header.offset_of(chain.runs[0][0])
            dots = [(dot.short, dot.is_folder, dot.first_cluster, dot.offset) for dot in listing.dots]
            if dots != [
                (".", True, entry.first_cluster, start),
                ("..", True, parent, start + SLOT_BYTES),
            ]:
                more = (dot.offset for dot in listing.dots if dot.offset >= start + 2 * SLOT_BYTES)
                spans = ((start, 1), *((offset, SLOT_BYTES) for offset in more))
                message = f"{entry.path!r} does not begin with . and .. that are right"
                self._say("structure", start, message, spans)
        if listing.labels:
            spans = tuple((label.offset, SLOT_BYTES) for label in listing.labels)
            many = f"{len(spans)} entries" if len(spans) > 1 else "an entry"
            message = f"{many} of {entry.path!r} marked as the name of a volume"
            self._say("residue", spans[0][0], message, spans)
        return listing

    def _stretches(self, chain: Chain, path: str, offset: int) -> list[ByteSpan]:
        """Where a folder's bytes are, as far as it may be long."""
        name = f"the folder {path!r}" if path else "the root"
        if chain.fault:
            self._say("structure", chain.offset, f"the chain of {name} {chain.fault}")
        size = self._header.cluster_bytes
        left = MOST_SLOTS * SLOT_BYTES // size
        if chain.count > left:
            self._say("structure", offset, f"{name} is longer than 2 MiB; the rest is not looked at")
        found = []
        for first, count in chain.runs:
            found.append((self._header.offset_of(first), min(count, left) * size))
            left -= min(count, left)
        return [stretch for stretch in found if stretch[1]]

    def _listing(self, stretches: list[ByteSpan], path: str) -> FolderContent:
        """The entries of a folder, which is read up to its end mark; behind it, holes are passed over."""
        data, starts = bytearray(), [0]
        for offset, length in stretches:
            starts.append(starts[-1] + length)
            while len(data) < starts[-1] and 0 not in data[-_PIECE_BYTES::SLOT_BYTES]:
                at = offset + len(data) - starts[-2]
                data += self._disk.read(at, min(_PIECE_BYTES, offset + length - at))

        def locate(place: int) -> int:
            at = bisect_right(starts, place, hi=len(starts) - 1) - 1
            return stretches[at][0] + place - starts[at]

        listing = parse_folder(bytes(data), path, locate, self.faults)
        self._slots += listing.end // SLOT_BYTES
        if self._slots > _MOST_SLOTS:
            raise FatError(stretches[0][0], f"more than {_MOST_SLOTS} entries, and parts of their names")
        self._folders.append((stretches, listing.end, f"the folder {path!r}" if path else "the root"))
        return listing

    def _look_behind(self, stretches: list[ByteSpan], used: int, name: str) -> None:
        """Report the first byte that is not zero behind the `used` ones, and of all that is there as its span."""
        behind = []
        for offset, length in stretches:
            skipped = min(used, length)
            used -= skipped
            if skipped < length:
                behind.append((offset + skipped, length - skipped))
        for at, (offset, length) in enumerate(behind):
            dirty = self._disk.first_nonzero(offset, length)
            if dirty >= 0:
                self._say("residue", dirty, f"bytes behind the end of {name}", tuple(behind[at:]))
                return

    def _check(self, entry: DirectoryEntry) -> None:
        """Follow the chain of a file, and check the bytes behind its last one."""
        size = self._header.cluster_bytes
        needed = -(-entry.size // size)
        if entry.first_cluster == 0:
            if needed:
                self._fault(entry, f"has {entry.size} bytes and no clusters")
            return
        chain = self.chain(entry)
        if chain.fault:
            self._say("structure", chain.offset, f"the chain of {entry.path!r} {chain.fault}")
        elif chain.count != needed:
            wrong = "longer" if chain.count > needed else "shorter"
            more = " or more" if chain.count - needed == _MORE_CLUSTERS else ""
            many = f"{chain.count} clusters{more}, {wrong} than its {entry.size} bytes, which take {needed}"
            self._fault(entry, f"has {many}")
        stretches = [(self._header.offset_of(first), count * size) for first, count in chain.runs]
        self._look_behind(stretches, entry.size, f"{entry.path!r}")

    def _check_tables(self) -> None:
        """What is left over, and what is kept twice."""
        header = self._header
        used = lost = first_lost = last_lost = 0
        for first, entries in self._table.pages():
            is_used = entries != 0
            used += int(np.count_nonzero(is_used))
            is_lost = (
                is_used & ~self._table.taken[first : first + len(entries)] & ~self._table.is_bad(entries)
            )
            if places := np.flatnonzero(is_lost).tolist():
                lost += len(places)
                first_lost, last_lost = first_lost or first + places[0], first + places[-1]
        if lost:
            message = f"{lost} clusters are in use and belong to nothing; the first is {first_lost}"
            start, end = header.entry_offset(first_lost), header.entry_offset(last_lost + 1)
            self._say("structure", start, message, ((start, end - start),))
        for copy in range(1, header.fats):
            start = header.fat_offset + copy * header.fat_bytes
            self._compare("FATs", header.fat_offset, start, header.fat_bytes)
        if header.backup_offset:
            self._compare("boot sector and its copy", header.start, header.backup_offset, 512)
        if header.info_offset:
            self._check_info(header.clusters - used)

    def _compare(self, what: str, offset: int, copy: int, length: int) -> None:
        place = self._disk.first_unequal(offset, copy, length)
        if place >= 0:
            message = f"the {what} differ from here on, at {copy + place}"
            spans = ((offset + place, 4), (copy + place, length - place))
            self._say("structure", offset + place, message, spans)

    def _check_info(self, free: int) -> None:
        offset = self._header.info_offset
        data = self._disk.read(offset, 512)
        if data[:4] != b"RRaA" or data[484:488] != b"rrAa" or data[508:] != b"\0\0\x55\xaa":
            spans = ((offset, 4), (offset + 484, 4), (offset + 508, 4))
            self._say("structure", offset, "FSInfo lacks its signature", spans)
            return
        said = int.from_bytes(data[488:492], "little")
        if said not in (free, 0xFFFF_FFFF):
            message = f"FSInfo says that {said} clusters are free, and {free} are"
            self._say("structure", offset + 488, message, ((offset + 488, 4),))

    def _fault(self, entry: DirectoryEntry, message: str) -> None:
        self._say("structure", entry.offset, f"{entry.path!r} {message}", ((entry.offset, SLOT_BYTES),))

    def _say(self, kind: FaultKind, offset: int, message: str, spans: tuple[ByteSpan, ...] = ()) -> None:
        self.faults.append(VolumeFault(kind=kind, offset=offset, message=message, spans=spans))


def unreadable(error: OSError) -> VolumeFault:
    """What is said where the disk fails."""
    message = f"the card cannot be read to its end: {error.strerror or error}"
    return VolumeFault(kind="structure", offset=0, message=message)

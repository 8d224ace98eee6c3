"""Goes through all folders of a volume in on-disk order, and finds what is wrong with folders, chains and FATs.

A hostile image ends it no later than a sound one: no cluster is visited twice, and depth, length of folders and number
of entries have limits.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Literal

from builder.fat.disk import Disk, FatError, Fault
from builder.fat.folder import Entry, Listing, parse_folder
from builder.fat.header import Header
from builder.fat.names import MOST_SLOTS, SLOT_BYTES
from builder.fat.table import Chain, Table

_MOST_DEPTH = 64
_MOST_ENTRIES = 1_000_000
_PAGE_BYTES = 1 << 20


class Survey:
    """One pass over a volume. `faults` are complete when `entries` has come to its end; `labels` are the root's."""

    def __init__(self, disk: Disk, header: Header, table: Table) -> None:
        self.faults: list[Fault] = []
        self.labels: list[Entry] = []
        self._disk, self._header, self._table = disk, header, table
        self._taken = bytearray(table.end)
        self._listed = 0

    def entries(self) -> Iterator[Entry]:
        """Every entry, deleted ones too, each folder followed by what it holds."""
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

    def _root(self) -> Listing:
        header = self._header
        if header.root_entries:
            data = self._disk.read(header.root_offset, header.root_entries * SLOT_BYTES)
            listing = parse_folder(data, "", lambda place: header.root_offset + place, self.faults)
        else:
            chain = self._table.follow(header.root_cluster, header.start, self._taken)
            listing = self._listing(chain, "", header.start)
        if listing.dots:
            self._fault(listing.dots[0], "stands in the root, where it does not belong")
        self.labels = listing.labels
        return listing

    def _folder(self, entry: Entry, *, parent: int) -> Listing:
        """`parent` is the first cluster of the folder that holds this one, 0 for the root."""
        if entry.size:
            self._fault(entry, f"is a folder and says to have {entry.size} bytes; folders say 0")
        chain = self._table.follow(entry.first_cluster, entry.offset, self._taken)
        listing = self._listing(chain, entry.path, entry.offset)
        if chain.runs:
            start = self._header.offset_of(chain.runs[0][0])
            dots = [(dot.short, dot.first_cluster, dot.offset) for dot in listing.dots if dot.is_folder]
            if dots != [(".", entry.first_cluster, start), ("..", parent, start + SLOT_BYTES)]:
                self._say("structure", start, f"{entry.path!r} does not begin with . and .. that are right")
        return listing

    def _listing(self, chain: Chain, path: str, offset: int) -> Listing:
        name = f"the folder {path!r}" if path else "the root"
        if chain.fault:
            self._say("structure", chain.offset, f"the chain of {name} {chain.fault}")
        size = self._header.cluster_bytes
        most = MOST_SLOTS * SLOT_BYTES // size
        if chain.count > most:
            self._say("structure", offset, f"{name} is longer than 2 MiB; the rest is not looked at")
        clusters = (cluster for first, count in chain.runs for cluster in range(first, first + count))
        starts = [self._header.offset_of(cluster) for cluster in islice(clusters, most)]
        data = b"".join(self._disk.read(start, size) for start in starts)
        listing = parse_folder(data, path, lambda place: starts[place // size] + place % size, self.faults)
        self._listed += len(listing.entries)
        if self._listed > _MOST_ENTRIES:
            raise FatError(offset, f"more than {_MOST_ENTRIES} entries")
        return listing

    def check(self, entry: Entry) -> None:
        """Follow the chain of a file, and look at what stands behind its last byte."""
        size = self._header.cluster_bytes
        needed = -(-entry.size // size)
        if entry.first_cluster == 0:
            if needed:
                self._fault(entry, f"has {entry.size} bytes and no clusters")
            return
        chain = self._table.follow(entry.first_cluster, entry.offset, self._taken)
        if chain.fault:
            self._say("structure", chain.offset, f"the chain of {entry.path!r} {chain.fault}")
        elif chain.count != needed:
            wrong = "longer" if chain.count > needed else "shorter"
            message = f"has {chain.count} clusters, {wrong} than its {entry.size} bytes, which take {needed}"
            self._fault(entry, message)
        at = 0
        for first, count in chain.runs:
            skipped = max(0, min(count * size, entry.size - at))
            dirty = self._disk.first_nonzero(self._header.offset_of(first) + skipped, count * size - skipped)
            if dirty >= 0:
                self._say("residue", dirty, f"bytes behind the end of {entry.path!r}")
                break
            at += count * size

    def check_tables(self) -> None:
        """To be called last: what is left over, and what is kept twice."""
        header = self._header
        used = lost = first_lost = 0
        for cluster, value in self._table.nonzero():
            used += 1
            if not self._taken[cluster] and not self._table.is_bad(value):
                lost, first_lost = lost + 1, first_lost or cluster
        if lost:
            message = f"{lost} clusters are in use and belong to nothing; the first is {first_lost}"
            self._say("structure", header.entry_offset(first_lost), message)
        for copy in range(1, header.fats):
            start = header.fat_offset + copy * header.fat_bytes
            self._compare("FATs", header.fat_offset, start, header.fat_bytes)
        if header.backup_offset:
            self._compare("boot sector and its copy", header.start, header.backup_offset, 512)
        if header.info_offset:
            self._check_info(header.clusters - used)

    def _compare(self, what: str, offset: int, copy: int, length: int) -> None:
        for start in range(0, length, _PAGE_BYTES):
            count = min(_PAGE_BYTES, length - start)
            one, two = self._disk.read(offset + start, count), self._disk.read(copy + start, count)
            if one != two:
                place = start + next(i for i in range(count) if one[i] != two[i])
                self._say("structure", offset + place, f"the {what} differ from here on, at {copy + place}")
                return

    def _check_info(self, free: int) -> None:
        offset = self._header.info_offset
        data = self._disk.read(offset, 512)
        if data[:4] != b"RRaA" or data[484:488] != b"rrAa" or data[508:] != b"\0\0\x55\xaa":
            self._say("structure", offset, "FSInfo lacks its signature")
            return
        said = int.from_bytes(data[488:492], "little")
        if said not in (free, 0xFFFF_FFFF):
            self._say("structure", offset + 488, f"FSInfo says that {said} clusters are free, and {free} are")

    def _fault(self, entry: Entry, message: str) -> None:
        self._say("structure", entry.offset, f"{entry.path!r} {message}")

    def _say(self, kind: Literal["structure", "residue"], offset: int, message: str) -> None:
        self.faults.append(Fault(kind=kind, offset=offset, message=message))

"""The first FAT, read a page at a time, and the chains of clusters in it: followed to the end, never for ever."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builder.fat.disk import Disk, FatError
from builder.fat.header import VolumeHeader

_PAGE_BYTES = 1 << 16
_MOST_PAGES = 128
# What is in more pieces than this was broken up on purpose.
_MOST_RUNS = 100_000

Entries = NDArray[np.unsignedinteger[Any]]


@dataclass(frozen=True, kw_only=True)
class Chain:
    """Clusters as runs of (first, count). Where the chain is broken, `fault` says how, and `offset` which byte leads
    astray: of the FAT, or of what names the first cluster.
    """

    runs: tuple[tuple[int, int], ...]
    count: int
    fault: str
    offset: int


class Table:
    """The FAT of a volume. Clusters are numbered from 2 to `end` - 1; `taken` marks those whose chain was followed."""

    def __init__(self, disk: Disk, header: VolumeHeader) -> None:
        self._disk, self._header = disk, header
        self.end = header.clusters + 2
        self.taken = np.zeros(self.end, bool)  # the system gives memory for what is marked only
        self._kind, self._mask = ("<u2", 0xFFFF) if header.fat_bits == 16 else ("<u4", 0x0FFF_FFFF)
        self._per_page = _PAGE_BYTES * 8 // header.fat_bits
        self._pages: dict[int, tuple[Entries, list[int]]] = {}
        self._runs_left = _MOST_RUNS

    def value(self, cluster: int) -> int:
        number, within = divmod(cluster, self._per_page)
        return int(self._page(number)[0][within])

    def _page(self, number: int) -> tuple[Entries, list[int]]:
        """The entries of a page, and those of its places that are not followed by the next cluster."""
        page = self._pages.get(number)
        if page is None:
            if len(self._pages) >= _MOST_PAGES:
                self._pages.clear()
            entries = self._read(number)
            first = number * self._per_page
            breaks = np.flatnonzero(entries != np.arange(first + 1, first + 1 + len(entries)))
            page = self._pages[number] = entries, breaks.tolist()
        return page

    def _read(self, number: int) -> Entries:
        start = number * _PAGE_BYTES
        length = min(_PAGE_BYTES, self._header.fat_bytes - start)
        entries: Entries = np.frombuffer(
            self._disk.read(self._header.fat_offset + start, length), self._kind
        ) & np.dtype(self._kind).type(self._mask)
        return entries[: self.end - number * self._per_page]

    def pages(self) -> Iterator[tuple[int, Entries]]:
        """The entries a page at a time with the cluster of the first of them, pages in a hole of the file left out. The
        two that are no cluster's are 0.
        """
        number = 0
        while number * self._per_page < self.end:
            start = self._header.fat_offset
            number = max(number, (self._disk.next_data(start + number * _PAGE_BYTES) - start) // _PAGE_BYTES)
            if number * self._per_page >= self.end:
                break
            entries = self._read(number)
            if number == 0:
                entries[:2] = 0
            yield number * self._per_page, entries
            number += 1

    def free_runs(self) -> Iterator[tuple[int, int]]:
        """Clusters that are free, as (first, count), in their order. FatError where they are in too many pieces."""
        after, left = 2, _MOST_RUNS
        for first, entries in self.pages():
            edges = np.flatnonzero(np.diff(entries != 0, prepend=False, append=False)) + first
            for begin, end in edges.reshape(-1, 2).tolist():
                if begin > after:
                    left -= 1
                    if not left:
                        raise FatError(
                            self._header.entry_offset(after),
                            f"free clusters in more than {_MOST_RUNS} pieces",
                        )
                    yield after, begin - after
                after = end
        if self.end > after:
            yield after, self.end - after

    def is_bad(self, entries: Entries) -> NDArray[np.bool_]:
        """Which of these are the mark of a bad cluster."""
        return np.equal(entries, self._mask - 8)

    def follow(self, first: int, origin: int, most: int) -> Chain:
        """The chain that begins at a cluster, named at the offset `origin`; no further than `most` clusters. They are
        marked as taken; it ends, with a fault, where it meets one that is: so no cluster is visited twice.
        """
        runs: list[tuple[int, int]] = []
        cluster, previous, count, fault = first, 0, 0, ""
        while cluster <= self._mask - 8 and count < most:  # above are the marks of an end
            if not 2 <= cluster < self.end:
                fault = self._astray(cluster)
                break
            if self.taken[cluster]:
                is_circle = any(start <= cluster < start + length for start, length in runs)
                fault = "runs in a circle" if is_circle else "runs into clusters that something else has"
                break
            if not self._runs_left:
                fault = f"is one piece more than the {_MOST_RUNS} that are followed"
                break
            length = min(self._in_a_row(cluster), most - count)
            self.taken[cluster : cluster + length] = True
            count += length
            if runs and sum(runs[-1]) == cluster:
                runs[-1] = (runs[-1][0], runs[-1][1] + length)
            else:
                runs.append((cluster, length))
                self._runs_left -= 1
            previous = cluster + length - 1
            cluster = self.value(previous)
        offset = self._header.entry_offset(previous) if previous else origin
        if not runs and not fault:
            fault = "begins with the mark of an end"
        return Chain(runs=tuple(runs), count=count, fault=fault, offset=offset)

    def _in_a_row(self, cluster: int) -> int:
        """How many clusters of a page follow each other from one on, it counted, that nothing has taken."""
        number, within = divmod(cluster, self._per_page)
        entries, breaks = self._page(number)
        at = bisect_left(breaks, within)
        length = (breaks[at] if at < len(breaks) else len(entries) - 1) - within + 1
        taken = self.taken[cluster : cluster + length]
        return int(taken.argmax()) if taken.any() else length

    def _astray(self, value: int) -> str:
        if value == 0:
            return "runs into a free cluster"
        return (
            "runs into a bad cluster"
            if value == self._mask - 8
            else f"leads to cluster {value}, which is none"
        )

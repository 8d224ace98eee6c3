"""The first FAT, read a page at a time, and the chains of clusters in it: followed to the end, never for ever."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterator
from dataclasses import dataclass

from builder.fat.disk import Disk
from builder.fat.header import Header

_PAGE_BYTES = 1 << 16
_MOST_PAGES = 256


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
    """The FAT of a volume. Clusters are numbered from 2 to `end` - 1."""

    def __init__(self, disk: Disk, header: Header) -> None:
        self._disk, self._header = disk, header
        self.end = header.clusters + 2
        self._kind, self._mask = ("H", 0xFFFF) if header.fat_bits == 16 else ("I", 0x0FFF_FFFF)
        self._per_page = _PAGE_BYTES * 8 // header.fat_bits
        self._pages: dict[int, array[int]] = {}

    def value(self, cluster: int) -> int:
        number, within = divmod(cluster, self._per_page)
        return self._page(number)[within] & self._mask

    def _page(self, number: int) -> array[int]:
        page = self._pages.get(number)
        if page is None:
            if len(self._pages) >= _MOST_PAGES:
                self._pages.clear()
            start = number * _PAGE_BYTES
            length = min(_PAGE_BYTES, self._header.fat_bytes - start)
            page = array(self._kind, self._disk.read(self._header.fat_offset + start, length))
            if sys.byteorder == "big":
                page.byteswap()
            self._pages[number] = page
        return page

    def nonzero(self) -> Iterator[tuple[int, int]]:
        """Every cluster that is not free, with its entry."""
        for number in range(-(-self.end // self._per_page)):
            page = self._page(number)
            if not any(page):
                continue
            first = number * self._per_page
            for within in range(2 if number == 0 else 0, min(len(page), self.end - first)):
                if value := page[within] & self._mask:
                    yield first + within, value

    def is_bad(self, value: int) -> bool:
        return value == self._mask - 8

    def follow(self, first: int, origin: int, taken: bytearray) -> Chain:
        """The chain that begins at a cluster, named at the offset `origin`. Its clusters are marked in `taken`, a byte
        for each; it ends, with a fault, where it meets one that is marked: so no cluster is visited twice.
        """
        runs: list[tuple[int, int]] = []
        cluster, previous, count, fault = first, 0, 0, ""
        while cluster <= self._mask - 8:  # above are the marks of an end
            if not 2 <= cluster < self.end:
                fault = self._astray(cluster)
                break
            if taken[cluster]:
                is_circle = any(start <= cluster < start + length for start, length in runs)
                fault = "runs in a circle" if is_circle else "runs into clusters that something else has"
                break
            taken[cluster] = 1
            count += 1
            if runs and sum(runs[-1]) == cluster:
                runs[-1] = (runs[-1][0], runs[-1][1] + 1)
            else:
                runs.append((cluster, 1))
            previous, cluster = cluster, self.value(cluster)
        offset = self._header.entry_offset(previous) if previous else origin
        if not runs and not fault:
            fault = "begins with the mark of an end"
        return Chain(runs=tuple(runs), count=count, fault=fault, offset=offset)

    def _astray(self, value: int) -> str:
        if value == 0:
            return "runs into a free cluster"
        return "runs into a bad cluster" if self.is_bad(value) else f"leads to cluster {value}, which is none"

"""Looks for many byte strings at once in any amount of data, in a time that does not depend on how many they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Meaning = TypeVar("Meaning")

_BLOCK_BYTES = 1 << 20
_PREFIX_BYTES = 4


class Needles(Generic[Meaning]):
    """Byte strings of four bytes or more, each with the word that it spells."""

    def __init__(self, needles: Mapping[bytes, Meaning]) -> None:
        self._by_prefix: dict[bytes, list[tuple[bytes, Meaning]]] = defaultdict(list)
        self._first, self._second = np.zeros(1 << 16, np.bool_), np.zeros(1 << 16, np.bool_)
        self._longest = max(map(len, needles), default=0)
        for needle, meaning in needles.items():
            if len(needle) < _PREFIX_BYTES:
                raise ValueError(f"{needle!r} has fewer than {_PREFIX_BYTES} bytes")
            self._by_prefix[needle[:_PREFIX_BYTES]].append((needle, meaning))
            self._first[needle[0] << 8 | needle[1]] = True
            self._second[needle[2] << 8 | needle[3]] = True

    def find(self, blocks: Iterable[bytes | bytearray]) -> Iterator[tuple[int, Meaning]]:
        """Where each of them begins in the data as a whole, in bytes, in order; also across blocks."""
        if not self._by_prefix:
            return
        at, kept = 0, b""
        for block in blocks:
            data = kept + bytes(block)
            # What could go on in the next block is left to it.
            end = len(data) - self._longest + 1
            yield from ((at + offset, meaning) for offset, meaning in self._within(data, max(0, end)))
            kept = data[max(0, end) :]
            at += len(data) - len(kept)
        yield from ((at + offset, meaning) for offset, meaning in self._within(kept, len(kept)))

    def _within(self, data: bytes, end: int) -> Iterator[tuple[int, Meaning]]:
        """Those that begin before `end`."""
        for start in range(0, end, _BLOCK_BYTES):
            part = data[start : min(start + _BLOCK_BYTES, end) + _PREFIX_BYTES - 1]
            for offset in self._candidates(np.frombuffer(part, np.uint8)):
                place = start + int(offset)
                for needle, meaning in self._by_prefix.get(data[place : place + _PREFIX_BYTES], ()):
                    if data.startswith(needle, place):
                        yield place, meaning

    def _candidates(self, data: NDArray[np.uint8]) -> NDArray[np.int64]:
        """Where the first four bytes may be those of one of them: a table each for two bytes and the two behind."""
        if len(data) < _PREFIX_BYTES:
            return np.empty(0, np.int64)
        pairs = data[:-1].astype(np.uint16) << 8 | data[1:]
        first = np.flatnonzero(self._first[pairs[:-2]])
        found: NDArray[np.int64] = first[self._second[pairs[first + 2]]]
        return found

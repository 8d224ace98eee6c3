"""Bytes of an image file or a raw device by their offset, and what the reader says of them."""

from __future__ import annotations

import errno
import io
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from stat import S_ISREG
from typing import Literal

# Raw devices of some systems are read in whole sectors only; 4096 is the largest sector there is.
_ALIGNMENT = 4_096
_BLOCK_BYTES = 1 << 20


class FatError(ValueError):
    """What cannot be read as FAT. `offset` is where in the image, in bytes."""

    def __init__(self, offset: int, message: str) -> None:
        super().__init__(f"byte {offset}: {message}")
        self.offset = offset


FaultKind = Literal["structure", "residue", "code", "maker", "time", "deleted", "alias", "foreign", "unlike"]


@dataclass(frozen=True, kw_only=True)
class VolumeFault:
    """Something wrong at a byte of the image.

    `structure` breaks the file system; `residue` are bytes that should be zero, and may be what a card held before;
    `code` is what a program that formatted it left to start a computer by, `maker` what tells of that program or of
    the day; `time` is a time of a file, `deleted` an entry of one that is gone, `alias` an 8.3 name that is not ours,
    `foreign` a layout that is not ours, `unlike` any other byte that is not as this program writes it.

    `spans` are all bytes that it tells of, as (offset, length); without them it is the one.
    """

    kind: FaultKind
    offset: int
    message: str
    spans: tuple[tuple[int, int], ...] = ()


class Disk:
    """A file or device open for reading; `size` in bytes. `told` is called with the length of each block that a search
    through a long stretch has read.
    """

    def __init__(self, file: io.FileIO) -> None:
        self._file = file
        self.size = file.seek(0, os.SEEK_END)
        self.told: Callable[[int], None] = lambda _: None

    @property
    def held(self) -> int:
        """The number of bytes to read at most: without the holes of a sparse file, if the system shows them."""
        status = os.fstat(self._file.fileno())
        blocks = getattr(status, "st_blocks", None)
        return self.size if blocks is None or not S_ISREG(status.st_mode) else min(self.size, blocks * 512)

    def read(self, offset: int, length: int) -> bytes:
        """Exactly these bytes; FatError where the image ends before. The caller bounds `length`."""
        if offset < 0 or offset + length > self.size:
            raise FatError(offset, f"{length} bytes are wanted, and the image ends at {self.size}")
        start = offset - offset % _ALIGNMENT
        wanted = min(-(-(offset + length) // _ALIGNMENT) * _ALIGNMENT, self.size) - start
        self._file.seek(start)
        parts: list[bytes] = []
        while wanted:
            part = self._file.read(wanted)
            if not part:
                raise FatError(offset, "the image ends before its size")
            parts.append(part)
            wanted -= len(part)
        data = parts[0] if len(parts) == 1 else b"".join(parts)
        return data[offset - start : offset - start + length]

    def blocks(self, offset: int, length: int) -> Iterator[bytes]:
        """The same in blocks of up to 1 MiB."""
        while length:
            block = self.read(offset, min(length, _BLOCK_BYTES))
            yield block
            offset, length = offset + len(block), length - len(block)

    def first_written(self, offset: int, length: int) -> int:
        """The first byte of a region that is not as those before it, if these are FF, which is how a card may show what
        was never written; else as `first_nonzero`. A mixture of both could spell something.
        """
        if length <= 0 or self.read(offset, 1) != b"\xff":
            return self.first_nonzero(offset, length)
        for block in self.blocks(offset, length):
            self.told(len(block))
            if rest := len(block.lstrip(b"\xff")):
                return offset + len(block) - rest
            offset += len(block)
        return -1

    def first_unequal(self, offset: int, copy: int, length: int) -> int:
        """How far into two regions of one length the first byte is that differs, or -1. Holes of both are not read."""
        start = 0
        while start < length:
            ahead = min(self.next_data(offset + start) - offset, self.next_data(copy + start) - copy)
            start = max(start, ahead)
            if start >= length:
                break
            count = min(_BLOCK_BYTES, length - start)
            one, two = self.read(offset + start, count), self.read(copy + start, count)
            if one != two:
                return start + next(unequal(one, two))[0]
            start += count
        return -1

    def first_nonzero(self, offset: int, length: int) -> int:
        """The offset of the first byte of a region that is not zero, or -1. Holes of a sparse file are not read."""
        end = min(offset + length, self.size)
        while offset < end:
            offset = self.next_data(offset)
            if offset >= end:
                break
            block = self.read(offset, min(end - offset, _BLOCK_BYTES))
            self.told(len(block))
            if block.count(0) != len(block):
                return offset + len(block) - len(block.lstrip(b"\0"))
            offset += len(block)
        return -1

    def next_data(self, offset: int) -> int:
        """Where the hole of a sparse file that begins at an offset ends; the offset itself where none does."""
        if not hasattr(os, "SEEK_DATA"):
            return offset
        try:
            return os.lseek(self._file.fileno(), offset, os.SEEK_DATA)
        except OSError as error:
            # ENXIO: nothing but a hole from here on. Devices and some disks know no holes.
            return self.size if error.errno == errno.ENXIO else offset


def unequal(one: bytes, two: bytes) -> Iterator[tuple[int, int]]:
    """The runs of bytes in which two of one length differ, as (begin, end)."""
    both = int.from_bytes(one, "big") ^ int.from_bytes(two, "big")
    for run in re.finditer(rb"[^\0]+", both.to_bytes(len(one), "big")):
        yield run.span()

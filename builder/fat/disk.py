"""Bytes of an image file or a raw device by their offset, and what the reader says of them."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

# Raw devices of some systems are read in whole sectors only; 4096 is the largest sector there is.
_ALIGNMENT = 4_096
_BLOCK_BYTES = 1 << 20
_SECTOR_BYTES = 512


class FatError(ValueError):
    """What cannot be read as FAT. `offset` is where in the image, in bytes."""

    def __init__(self, offset: int, message: str) -> None:
        super().__init__(f"byte {offset}: {message}")
        self.offset = offset


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something wrong at a byte of the image: `structure` breaks the file system, `residue` are bytes that should be
    zero, and may be what a card held before, `code` is what a program that formatted it left to start a computer by.
    """

    kind: Literal["structure", "residue", "code"]
    offset: int
    message: str


class Disk:
    """A file or device open for reading; `size` in bytes."""

    def __init__(self, file: io.FileIO) -> None:
        self._file = file
        self.size = file.seek(0, os.SEEK_END)

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
        """As `first_nonzero`, but sectors of nothing but FF, which is how a card may show what was never written, are
        passed over.
        """
        end = min(offset + length, self.size)
        while (offset := self.first_nonzero(offset, end - offset)) >= 0:
            block = self.read(offset, min(end - offset, _BLOCK_BYTES))
            erased = len(block) - len(block.lstrip(b"\xff"))
            if erased < min(_SECTOR_BYTES, len(block)):
                return offset
            offset += erased
        return -1

    def first_nonzero(self, offset: int, length: int) -> int:
        """The offset of the first byte of a region that is not zero, or -1. Holes of a sparse file are not read."""
        end = min(offset + length, self.size)
        while offset < end:
            offset = self._next_data(offset)
            if offset >= end:
                break
            block = self.read(offset, min(end - offset, _BLOCK_BYTES))
            if block.count(0) != len(block):
                return offset + len(block) - len(block.lstrip(b"\0"))
            offset += len(block)
        return -1

    def _next_data(self, offset: int) -> int:
        if not hasattr(os, "SEEK_DATA"):
            return offset
        try:
            return os.lseek(self._file.fileno(), offset, os.SEEK_DATA)
        except OSError as error:
            # ENXIO: nothing but a hole from here on. Devices and some disks know no holes.
            return self.size if error.errno == errno.ENXIO else offset

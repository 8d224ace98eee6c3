"""Decoded sound kept on disk between measuring and encoding, so that a recording is decoded once.

A convenience, never a need: where there is no room, the recording is decoded again, to the same samples.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from builder.sound.loudness.exact import Samples


class Spools:
    """Spools by the key of what was measured, in a folder of their own, in no more than `most_bytes`."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self._folder = folder
        self._left = most_bytes
        self._lock = threading.Lock()
        self._whole: set[str] = set()

    def find(self, key: str) -> Path | None:
        """The samples of a clip, mono and 32-bit; None where they were not kept."""
        with self._lock:
            return self._path(key) if key in self._whole else None

    @contextmanager
    def open(self, key: str) -> Iterator[Spool]:
        """A spool to be filled; it is kept if `is_whole` is set before it is closed."""
        path = self._path(key)
        spool = Spool(self, path)
        try:
            yield spool
        finally:
            spool.close()
            if spool.is_whole:
                with self._lock:
                    self._whole.add(key)
            else:
                with suppress(OSError):
                    path.unlink(missing_ok=True)

    def take(self, count: int) -> bool:
        """Take room for so many bytes more; whether there was any. A negative count gives room back."""
        with self._lock:
            if self._left <= count:
                return False
            self._left -= count
            return True

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.f32"


NO_SPOOLS = Spools(Path(), 0)


class Spool:
    """The samples of one clip while they are written."""

    def __init__(self, spools: Spools, path: Path) -> None:
        self._spools = spools
        self._file: BinaryIO | None = None
        self._size = 0
        self.is_whole = False
        if spools.take(0):
            with suppress(OSError):
                self._file = path.open("wb")

    def add(self, samples: Samples) -> None:
        if self._file is None:
            return
        try:
            if not self._spools.take(samples.nbytes):
                raise OSError
            self._size += samples.nbytes
            self._file.write(samples.data if samples.flags.c_contiguous else samples.tobytes())
        except OSError:  # no room
            self._give_up()

    def begin_again(self) -> None:
        """Forget what was written: the recording is decoded again."""
        if self._file is not None:
            self._spools.take(-self._size)
            self._size = 0
            try:
                self._file.seek(0)
                self._file.truncate()
            except OSError:
                self._give_up()

    def keep(self) -> None:
        """It holds all samples."""
        self.is_whole = self._file is not None

    def close(self) -> None:
        if self._file is not None:
            try:
                self._file.close()
            except OSError:
                self.is_whole = False
        if not self.is_whole:
            self._spools.take(-self._size)

    def _give_up(self) -> None:
        self.is_whole = False
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
            self._file = None

"""Opens regular files only: a pipe or a device in a file's place is refused, and never waited for."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from io import BufferedReader, FileIO
from pathlib import Path
from stat import S_ISDIR, S_ISREG

# Opening a pipe waits for who writes into it, unless it is told not to; Windows would translate line ends.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)


def open_file(path: Path) -> BufferedReader:
    """Open a regular file for reading. OSError where it is anything else, whatever it was a moment ago."""
    handle = os.open(path, _FLAGS)
    try:
        mode = os.fstat(handle).st_mode
        if S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, "it is a folder", str(path))
        if not S_ISREG(mode):
            raise OSError(errno.EINVAL, "it is no regular file", str(path))
        return BufferedReader(FileIO(handle))
    except BaseException:
        os.close(handle)
        raise


def file_digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits. OSError where it is no regular file that can be read."""
    with open_file(path) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def digests(paths: Mapping[str, Path]) -> dict[str, str]:
    """The SHA-256 of several files by their names, several read at once. OSError where one cannot be read."""
    with ThreadPoolExecutor(thread_name_prefix="digest") as threads:
        return dict(zip(paths, threads.map(file_digest, paths.values()), strict=True))

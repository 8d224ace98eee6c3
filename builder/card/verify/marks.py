"""The marks of a file or folder (read-only, hidden, system, archive), as far as the system shows those of a card."""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path

READ_ONLY, HIDDEN, SYSTEM = 0x01, 0x02, 0x04  # Microsoft, FAT specification 1.03, "DIR_Attr"
ARCHIVE = 0x20
_ALL = READ_ONLY | HIDDEN | SYSTEM | ARCHIVE
_GET_ATTRIBUTES = (
    0x8004_7210  # Linux, include/uapi/linux/msdos_fs.h: FAT_IOCTL_GET_ATTRIBUTES, _IOR('r', 0x10, __u32)
)
_MAC_HIDDEN = 0x8000  # macOS, sys/stat.h: UF_HIDDEN


def shows_marks(*, is_fat: bool) -> bool:
    """Whether the system shows all marks of a mounted card; `is_fat` says that a driver of FAT has mounted it."""
    return is_fat or sys.platform == "win32"


def marks_of(path: Path, *, is_fat: bool) -> int:
    """The marks as FAT's own bits; 0 where the system shows none, or the file cannot be opened."""
    try:
        if sys.platform == "linux":
            return _by_the_driver(path) if is_fat else 0
        stat = path.lstat()
    except OSError:
        return 0
    of_windows: int = getattr(stat, "st_file_attributes", 0)
    of_macos: int = getattr(stat, "st_flags", 0)
    # Programs that make backups of a disk take the mark "archive" away.
    return of_windows & (READ_ONLY | HIDDEN | SYSTEM) | (HIDDEN if of_macos & _MAC_HIDDEN else 0)


if sys.platform == "linux":
    from fcntl import ioctl

    def _by_the_driver(path: Path) -> int:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
        try:
            (bits,) = struct.unpack("I", ioctl(handle, _GET_ATTRIBUTES, bytes(4)))
        finally:
            os.close(handle)
        return int(bits) & _ALL

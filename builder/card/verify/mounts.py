"""On which kind of file system a folder lies, and so what a mounted card shows."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

_FAT = {"vfat", "msdos", "exfat"}


def is_fat(folder: Path) -> bool:
    """Whether Linux' own driver of FAT shows this folder; False where that cannot be known.

    It lists entries in on-disk order (measured: 1,256 of 1,256 on FAT16 and FAT32). Windows and macOS promise nothing
    of the kind.
    """
    if sys.platform != "linux":
        return False
    try:
        mounts = Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape")
    except OSError:
        return False
    return file_system(os.path.realpath(folder), mounts) in _FAT


def file_system(folder: str, mounts: str) -> str:
    """The kind of file system that an absolute path lies on, by Linux' list of mounts; "" if it is not told.

    A line (proc_pid_mountinfo(5)): `36 35 8:1 / /media/CARD rw - vfat /dev/sdb1 rw`, the fifth is where. Of two at one
    place the later hides the earlier.
    """
    kind, longest = "", -1
    for line in mounts.split("\n"):
        head, dash, tail = line.partition(" - ")
        fields = head.split(" ")
        if not dash or len(fields) < 5:
            continue
        point = re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), fields[4])
        is_above = folder == point or folder.startswith(point.rstrip("/") + "/")
        if is_above and len(point) >= longest:
            kind, longest = tail.split(" ")[0], len(point)
    return kind

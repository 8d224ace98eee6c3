"""Lays finished tracks out as the folder that goes on the device: nothing else in it, no clock on it."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from builder.card.tags import write_tags
from builder.errors import StorageError
from builder.plan import PlannedTrack

# 1980-01-02 00:00 UTC: a day after FAT's first, so that no time zone falls before it.
FIXED_TIME = 315_619_200


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A file on the card as it is: read back, not remembered."""

    sha256: str
    bytes: int


def place_track(card: Path, track: PlannedTrack, stream: Path, sha256: str) -> Placed:
    """Copy a bare stream to its place on the card, tag it, flush it, and read it back.

    StorageError where what lies behind the tag is not the stream that was measured.
    """
    path = card / track.path
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(stream, path)
    write_tags(path, track.tags)
    with path.open("r+b") as file:  # Windows flushes only what is open for writing
        os.fsync(file.fileno())
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.tell()
        file.seek(size - stream.stat().st_size)
        sound = hashlib.file_digest(file, "sha256").hexdigest()
    if sound != sha256:
        raise StorageError(
            f"{path} is not what was written to it", "the disk may be failing; build on another one"
        )
    return Placed(sha256=digest, bytes=size)


def fix_times(card: Path) -> None:
    """Give every file and folder of the card the one fixed time; folders last, since files touch them."""
    for path in sorted(card.rglob("*"), reverse=True):
        os.utime(path, (FIXED_TIME, FIXED_TIME))
    os.utime(card, (FIXED_TIME, FIXED_TIME))

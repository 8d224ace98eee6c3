"""The folder that goes on the device, laid out from finished tracks, and its disk image.

The folder holds nothing else and no clock. The image has its files in play order; each is checked while it is copied,
and the whole when it is written.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from builder.card.tags import write_tagged
from builder.errors import StorageError
from builder.fat.geometry import Geometry
from builder.fat.read import open_volume
from builder.fat.write import ImageFile, write_image
from builder.plan.plan import PlannedTrack
from builder.plan.tagging import ID3V1_BYTES, tag_bytes
from builder.profiles.profile import TagSettings

# 1980-01-02 00:00 UTC: a day after FAT's first, so that no time zone falls before it.
FIXED_TIME = 315_619_200


@dataclass(frozen=True, kw_only=True)
class WrittenFile:
    """A file on the card as it is: read back, not remembered."""

    sha256: str
    bytes: int


def place_track(
    card: Path,
    track: PlannedTrack,
    stream: Path,
    sha256: str,
    settings: TagSettings,
    cover: bytes | None = None,
) -> WrittenFile:
    """Write a bare stream with its tags to its place on the card, and read it back.

    StorageError where what lies between the tags is not the stream that was measured.
    """
    path = card / track.path
    path.parent.mkdir(parents=True, exist_ok=True)
    write_tagged(path, stream, track.tags, settings, cover)
    start = tag_bytes(track.tags, settings, len(cover or b""))
    behind = 0 if settings.id3v1 == "none" else ID3V1_BYTES
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.tell()
        sound = _sha256(file, start, size - behind)
    if sound != sha256:
        raise _failing(path)
    return WrittenFile(sha256=digest, bytes=size)


def place_lyrics(card: Path, path: str, data: bytes) -> WrittenFile:
    """Write the words of a track to their place beside it, and read them back."""
    file = card / path
    with file.open("xb") as stream:
        stream.write(data)
    found = file.read_bytes()
    if found != data:
        raise _failing(file)
    return WrittenFile(sha256=hashlib.sha256(found).hexdigest(), bytes=len(found))


def _sha256(file: BinaryIO, start: int, end: int) -> str:
    """The digest of what lies in a file from one offset to another, in bytes."""
    digest = hashlib.sha256()
    file.seek(start)
    while chunk := file.read(max(0, min(1 << 20, end - file.tell()))):
        digest.update(chunk)
    return digest.hexdigest()


def fix_times(card: Path) -> None:
    """Give every file and folder of the card the one fixed time; folders last, since files touch them."""
    for path in sorted(card.rglob("*"), reverse=True):
        os.utime(path, (FIXED_TIME, FIXED_TIME))
    os.utime(card, (FIXED_TIME, FIXED_TIME))


def write_card_image(out: Path, card: Path, placed: Mapping[str, WrittenFile], geometry: Geometry) -> None:
    """Write the image of a card that lies finished in the folder `card`, its entries in the order of `placed`.

    StorageError where a file is not what was placed there, or the image, read back, not what was written.
    """
    items = [ImageFile(path=path, source=card / path, bytes=file.bytes) for path, file in placed.items()]
    written = write_image(out, items, geometry)
    for path, sha256 in written.items():
        if sha256 != placed[path].sha256:
            raise _failing(card / path)
    with open_volume(out) as volume:
        listed = [entry.path for entry in volume.walk() if not entry.is_folder]
        if listed != [item.path for item in items] or volume.faults():
            raise _failing(out)


def _failing(path: Path) -> StorageError:
    return StorageError(
        f"{path} is not what was written to it", "the disk may be failing; build on another one"
    )

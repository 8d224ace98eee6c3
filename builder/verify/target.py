"""What is there: an image, a raw card or a folder, read in one way."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from builder.fat.read import Entry, FatError, Fault, Volume, open_volume
from builder.verify.mounts import shows_order
from builder.verify.pack import Kind

_BLOCK_BYTES = 1 << 20
_HIDDEN = 0x02 | 0x04  # hidden, system (Microsoft, FAT specification 1.03, "DIR_Attr")


@dataclass(frozen=True, kw_only=True)
class Found:
    """A file or folder that is there. `offset` is that of its entry in the image, if it is one; `fault` says why a
    folder cannot be looked into; `is_hidden` that it is marked as hidden or as a system's. `read` gives the bytes in
    blocks of up to 1 MiB (OSError, FatError), `locate` turns an offset in the file into one in the image.
    """

    path: str
    kind: Kind
    is_hidden: bool = False
    offset: int | None = None
    fault: str = ""
    read: Callable[[], Iterator[bytes]]
    locate: Callable[[int], int]


class Target(Protocol):
    """A card to look at. `shows_order`: `walk` goes in on-disk order."""

    is_image: bool
    shows_order: bool

    def walk(self) -> Iterator[Found]:
        """Files and folders, each folder followed by what it holds."""

    def damage(self) -> Iterator[Fault]:
        """What is wrong with the file system, and what is left of deleted files."""


@contextmanager
def open_target(path: Path) -> Iterator[Target]:
    """A folder, else an image or device; FatError where there is no FAT volume in it, OSError from the disk."""
    if path.is_dir():
        yield Folder(path)
    else:
        with open_volume(path) as volume:
            yield Image(volume)


class Image:
    """A FAT volume in a file or on a device."""

    is_image = True
    shows_order = True

    def __init__(self, volume: Volume) -> None:
        self._volume = volume

    def walk(self) -> Iterator[Found]:
        for entry in self._volume.walk():
            yield Found(
                path=entry.path,
                kind="folder" if entry.is_folder else "file",
                is_hidden=bool(entry.attributes & _HIDDEN),
                offset=entry.offset,
                read=partial(self._volume.read, entry),
                locate=partial(self._locate, entry),
            )

    def _locate(self, entry: Entry, at: int) -> int:
        """Behind the last byte: the entry, which is where the size stands."""
        for offset, length in self._volume.extents(entry):
            if at < length:
                return offset + at
            at -= length
        return entry.offset

    def damage(self) -> Iterator[Fault]:
        """A fault of the disk or of the image's ground ends the list, and stands in it."""
        try:
            yield from sorted(
                self._volume.faults(), key=lambda fault: (fault.kind != "structure", fault.offset)
            )
            for entry in self._volume.deleted():
                kind = "folder" if entry.is_folder else "file"
                message = f"the entry of a deleted {kind}, {entry.path!r}"
                yield Fault(kind="residue", offset=entry.offset, message=message)
        except FatError as error:
            yield Fault(kind="structure", offset=error.offset, message=str(error))
        except OSError as error:
            message = f"the card cannot be read to its end: {error.strerror or error}"
            yield Fault(kind="structure", offset=0, message=message)


class Folder:
    """A mounted card, or any copy of one."""

    is_image = False

    def __init__(self, root: Path) -> None:
        self._root = root
        self.shows_order = shows_order(root)

    def walk(self) -> Iterator[Found]:
        """Links are not followed. OSError where the folder itself cannot be listed."""
        stack = [("", iter(self._listed(self._root)))]
        while stack:
            above, entries = stack[-1]
            entry = next(entries, None)
            if entry is None:
                stack.pop()
                continue
            path, kind, fault = above + _name(entry.name), _kind(entry), ""
            if kind == "folder":
                try:
                    stack.append((path + "/", iter(self._listed(Path(entry.path)))))
                except OSError as error:
                    fault = error.strerror or str(error)
            yield Found(
                path=path,
                kind=kind,
                fault=fault,
                read=partial(blocks, Path(entry.path)),
                locate=lambda at: at,
            )

    def _listed(self, folder: Path) -> Iterable[os.DirEntry[str]]:
        with os.scandir(folder) as entries:
            return list(entries) if self.shows_order else sorted(entries, key=lambda entry: entry.name)

    def damage(self) -> Iterator[Fault]:
        """A folder shows nothing of its file system."""
        yield from ()


def _name(name: str) -> str:
    """macOS lists every name decomposed, whatever stands on the card; elsewhere it is as it stands there."""
    return unicodedata.normalize("NFC", name) if sys.platform == "darwin" else name


def _kind(entry: os.DirEntry[str]) -> Kind:
    is_junction = getattr(entry, "is_junction", None)  # Windows, from Python 3.12 on
    if entry.is_symlink() or (is_junction and is_junction()):
        return "other"
    if entry.is_dir(follow_symlinks=False):
        return "folder"
    return "file" if entry.is_file(follow_symlinks=False) else "other"


def blocks(path: Path) -> Iterator[bytes]:
    """The bytes of a file, up to 1 MiB at a time."""
    with path.open("rb", buffering=0) as file:
        while block := file.read(_BLOCK_BYTES):
            yield block

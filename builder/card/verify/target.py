"""What `verify` and `audit` look at: an image, a raw card or a folder, read in one way; and what a mount can show."""

from __future__ import annotations

import os
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from builder.card.verify.marks import HIDDEN, SYSTEM, marks_of, shows_marks
from builder.card.verify.pack import NodeKind
from builder.fat.read import DirectoryEntry, FatError, Volume, VolumeFault, open_volume, unreadable

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


_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Found:
    """A file or folder that is there. `offset` is that of its entry in the image, if it is one; `fault` says why a
    folder cannot be looked into; `marks` are those of marks.py, `size` what the system or the entry says. `read` gives
    the bytes in blocks of up to 1 MiB (OSError, FatError), `locate` turns an offset in the file into one in the image.
    """

    path: str
    kind: NodeKind
    marks: int = 0
    size: int = 0
    offset: int | None = None
    fault: str = ""
    read: Callable[[], Iterator[bytes]]
    locate: Callable[[int], int]

    @property
    def is_hidden(self) -> bool:
        """Whether it is marked as hidden or as the system's."""
        return bool(self.marks & (HIDDEN | SYSTEM))


@dataclass(frozen=True, kw_only=True)
class Target:
    """A card to look at, once. `walk` gives files and folders, each folder followed by what it holds, in on-disk order
    if `shows_order`; `damage`, what is wrong with the file system and what is left of deleted files; `account`, every
    byte that is not as this program writes it, which takes long on a card: what it is given hears of (bytes read, of
    how many). `shows_marks` says that the marks of its files are known.
    """

    is_image: bool
    shows_order: bool
    shows_marks: bool
    walk: Iterator[Found]
    damage: Iterator[VolumeFault]
    account: Callable[[Callable[[int, int], None]], Iterable[VolumeFault]] = lambda _: ()


@contextmanager
def open_target(path: Path) -> Iterator[Target]:
    """A folder, else an image or device; FatError if it has no FAT volume, OSError from the disk."""
    if path.is_dir():
        fat = is_fat(path)
        yield Target(
            is_image=False,
            shows_order=fat,
            shows_marks=shows_marks(is_fat=fat),
            walk=_walk_folder(path, fat=fat),
            damage=iter(()),
        )
    else:
        with open_volume(path) as volume:
            yield Target(
                is_image=True,
                shows_order=True,
                shows_marks=True,
                walk=_walk_image(volume),
                damage=_damage(volume),
                account=partial(_account, volume),
            )


def _walk_image(volume: Volume) -> Iterator[Found]:
    for entry in volume.walk():
        yield Found(
            path=entry.path,
            kind="folder" if entry.is_folder else "file",
            marks=entry.attributes,
            size=entry.size,
            offset=entry.offset,
            read=partial(volume.read, entry),
            locate=partial(_located, volume, entry),
        )


def _located(volume: Volume, entry: DirectoryEntry, at: int) -> int:
    """For a place behind the last byte: the entry, which states the size."""
    for offset, length in volume.extents(entry):
        if at < length:
            return offset + at
        at -= length
    return entry.offset


def _damage(volume: Volume) -> Iterator[VolumeFault]:
    yield from sorted(volume.faults(), key=lambda fault: (fault.kind != "structure", fault.offset))
    with suppress(FatError, OSError):  # which ended the search above too, and was reported
        for entry in volume.deleted():
            kind = "folder" if entry.is_folder else "file"
            message = f"the entry of a deleted {kind}, {entry.path!r}"
            yield VolumeFault(kind="residue", offset=entry.offset, message=message)


def _account(volume: Volume, told: Callable[[int, int], None]) -> Iterable[VolumeFault]:
    try:
        return volume.account(told)
    except OSError as error:
        told_once = dict.fromkeys([*volume.faults(), unreadable(error)])
        return sorted(told_once, key=lambda fault: fault.offset)


def _walk_folder(root: Path, *, fat: bool) -> Iterator[Found]:
    """As the system lists it where a driver of FAT does, which is the order on the card; else by name. Links are not
    followed. OSError where the folder itself cannot be listed.
    """

    def listed(folder: Path) -> Iterator[os.DirEntry[str]]:
        with os.scandir(folder) as entries:
            return iter(list(entries) if fat else sorted(entries, key=lambda entry: entry.name))

    stack = [("", listed(root))]
    while stack:
        above, entries = stack[-1]
        entry = next(entries, None)
        if entry is None:
            stack.pop()
            continue
        path, kind, fault = above + _name(entry.name), _kind(entry), ""
        if kind == "folder":
            try:
                stack.append((path + "/", listed(Path(entry.path))))
            except OSError as error:
                fault = error.strerror or str(error)
        own = Path(entry.path)
        marks = 0 if kind == "other" else marks_of(own, is_fat=fat)
        read = partial(blocks, own)
        yield Found(
            path=path,
            kind=kind,
            marks=marks,
            size=_size(entry),
            fault=fault,
            read=read,
            locate=lambda at: at,
        )


def _name(name: str) -> str:
    """The name as the card has it. macOS lists every name decomposed; other systems list it as it is."""
    return unicodedata.normalize("NFC", name) if sys.platform == "darwin" else name


def _size(entry: os.DirEntry[str]) -> int:
    with suppress(OSError):  # it is gone or closed to this user; reading it reports that
        return entry.stat(follow_symlinks=False).st_size
    return 0


def _kind(entry: os.DirEntry[str]) -> NodeKind:
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

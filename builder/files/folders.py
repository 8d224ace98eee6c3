"""Names of our own on a disk, and how folders are taken away: never by way of a link.

A link is what leads elsewhere: a symbolic link, or a junction of Windows. Above our own names links are the user's, and
are followed: the folder that -o or PACKBUILDER_CACHE names, a pack's, a profile's. At a name that we make ourselves
anything but what we make is refused, and of a link below only the link is ever removed.

Where the system can, each step goes from the handle of a folder to the handle of the next: so not even a folder that
is exchanged for a link meanwhile is followed. Windows has no such handles; there each step looks before it goes.
"""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from itertools import groupby
from pathlib import Path
from typing import Any, Literal, TypeVar

from builder.errors import StorageError

FileKind = Literal["file", "folder", "link", "pipe", "device"]

_Item = TypeVar("_Item")

# A disk answers many as fast as one: 1,189 files are flushed, or removed, in 0.2 s; one after the other in 4 s.
_AT_ONCE = 16
_A_JOB = 32

_JUNCTION = 0xA000_0003  # IO_REPARSE_TAG_MOUNT_POINT, which Python names on Windows only
_HAS_HANDLES = {os.open, os.unlink, os.rmdir} <= os.supports_dir_fd and os.scandir in os.supports_fd
_OPEN_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)

_Folder = int | Path
"""A folder by its handle; by its path where the system has no handles."""


def kind_of(path: Path) -> FileKind | None:
    """The kind of what is at a path, without following a link; None if nothing is."""
    try:
        return _kind(path.lstat())
    except FileNotFoundError:
        return None


def _kind(found: os.stat_result) -> FileKind:
    mode = found.st_mode
    if stat.S_ISLNK(mode) or getattr(found, "st_reparse_tag", 0) == _JUNCTION:
        return "link"
    if stat.S_ISDIR(mode):
        return "folder"
    if stat.S_ISREG(mode):
        return "file"
    return "pipe" if stat.S_ISFIFO(mode) else "device"


def claim(path: Path, kind: Literal["file", "folder"]) -> None:
    """Refuse what is at a name of our own and is of another kind than what we make there (StorageError)."""
    found = kind_of(path)
    if found not in (None, kind):
        raise StorageError(
            f"{path} is a {found}, and this program makes a {kind} of that name",
            "look at what it is and move it away; it was not touched",
        )


def follow(path: Path) -> Path:
    """The true place of a folder, by way of the user's links; StorageError where one of them leads to no folder."""
    for link in (*reversed(path.parents), path):
        if kind_of(link) == "link" and not link.is_dir():
            what = "is no folder" if link.exists() else "is missing"
            raise StorageError(
                f"{link} is a link to {link.readlink()}, which {what}", "connect its disk, or remove the link"
            )
    return path.resolve()


def contents(top: Path) -> Iterator[tuple[str, FileKind]]:
    """Everything below a folder: its path from there with `/`, and its kind. Links are not followed."""
    with _opened(top) as folder:
        for parts, kinds in _walk(folder):
            yield from (("/".join((*parts, name)), kind) for name, kind in kinds.items())


def remove(top: Path, last: str = "") -> None:
    """Take away a folder and all below it, the files many at once; `last`, a file in it, when all else is gone.

    OSError where it is no folder, or cannot go.
    """
    with _opened(top.parent) as home:
        rows = list(_walk(home, (top.name,)))
        jobs: list[tuple[tuple[str, ...], list[str]]] = []
        for parts, kinds in rows:
            keep = last if parts == (top.name,) else ""
            names = [name for name, kind in kinds.items() if kind != "folder" and name != keep]
            jobs += [(parts, names[at : at + _A_JOB]) for at in range(0, len(names), _A_JOB)]
        at_once(jobs, lambda job: _unlink(home, *job))
        for depth, level in groupby(sorted((parts for parts, _ in rows), key=len, reverse=True), key=len):
            if depth == 1 and last:
                _unlink(home, (top.name,), [last])
            at_once(level, lambda parts: _rmdir(home, parts))


@contextmanager
def temporary(home: Path, prefix: str = "") -> Iterator[Path]:
    """A new empty folder in `home`, which goes afterwards, as far as it can."""
    folder = Path(tempfile.mkdtemp(dir=home, prefix=prefix))
    try:
        yield folder
    finally:
        with suppress(OSError):
            remove(folder)


def at_once(items: Iterable[_Item], job: Callable[[_Item], None]) -> None:
    """Do a job for many items at once. The first error is raised when all are done."""
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        for done in [threads.submit(job, item) for item in items]:
            done.result()


def _walk(home: _Folder, top: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, FileKind]]]:
    """A folder and each below it, by the names that lead to it from `home`, before those within; what is in each."""
    stack = [top]
    while stack:
        parts = stack.pop()
        with _inside(home, parts) as folder, os.scandir(folder) as entries:
            kinds = {entry.name: _kind(entry.stat(follow_symlinks=False)) for entry in entries}
        yield parts, kinds
        stack += [(*parts, name) for name, kind in kinds.items() if kind == "folder"]


def _unlink(home: _Folder, parts: tuple[str, ...], names: Iterable[str]) -> None:
    with suppress(FileNotFoundError), _inside(home, parts) as folder:  # another run may clear up too
        for name in names:
            with suppress(FileNotFoundError):
                os.unlink(**_named(folder, name))


def _rmdir(home: _Folder, parts: tuple[str, ...]) -> None:
    with suppress(FileNotFoundError), _inside(home, parts[:-1]) as folder:
        os.rmdir(**_named(folder, parts[-1]))


@contextmanager
def _opened(path: Path) -> Iterator[_Folder]:
    """A folder, by way of links that lead to it: they are the user's."""
    if not _HAS_HANDLES:
        yield path
        return
    handle = os.open(path, _OPEN_FOLDER & ~getattr(os, "O_NOFOLLOW", 0))
    try:
        yield handle
    finally:
        os.close(handle)


@contextmanager
def _inside(folder: _Folder, parts: Iterable[str]) -> Iterator[_Folder]:
    """The folder that `parts` lead to. OSError where one of them is a link, or another disk that is mounted there."""
    with ExitStack() as stack:
        disk = _disk(folder)
        for name in parts:
            if isinstance(folder, int):
                folder = os.open(name, _OPEN_FOLDER, dir_fd=folder)
                stack.callback(os.close, folder)
            else:
                folder = folder / name
                if _kind(folder.lstat()) != "folder":
                    raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
            if _disk(folder) != disk:
                raise OSError(errno.EXDEV, "another disk is mounted there", name)
        yield folder


def _disk(folder: _Folder) -> int:
    found = os.fstat(folder) if isinstance(folder, int) else folder.stat()
    return found.st_dev


def _named(folder: _Folder, name: str) -> dict[str, Any]:
    """A name in a folder, as the arguments of a system's call."""
    return {"path": name, "dir_fd": folder} if isinstance(folder, int) else {"path": folder / name}

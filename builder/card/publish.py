"""Publishes a finished folder whole or not at all: built beside its place, then renamed into it.

The old folder is renamed away first, so for an instant there is none; a run that is killed right there is mended
by the next one (`prepare`). Everything here happens under the lock of the output.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from builder.errors import LockedError, StorageError

RECORD = "record.json"
CARD = "card"
IMAGE = "card.img"
RECORD_SCHEMA = 1


@contextmanager
def locked(target: Path) -> Iterator[None]:
    """Hold the output for one run. The operating system drops the lock with the process, however it ends.

    The empty lock file stays: taking it away would let two runs hold two locks of one name.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(_beside(target, "lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise LockedError(
            f"another run is building {target}", "wait for it, or build elsewhere with -o"
        ) from None
    try:
        yield
    finally:
        lock.release()


def prepare(target: Path) -> Path:
    """Mend or remove what a killed run left, refuse a folder that is not ours; an empty stage beside `target`."""
    old, stage = _beside(target, "old"), _beside(target, "new")
    if target.exists() and (stranger := _stranger(target)):
        raise StorageError(
            f"{target} is no pack that this program built, or not only that: there is {stranger}",
            "move it away, or build elsewhere with -o",
        )
    if old.exists() and not target.exists():
        old.rename(target)
    for leftover in (old, stage):
        if leftover.exists():
            shutil.rmtree(leftover)
    stage.mkdir()
    return stage


def _stranger(target: Path) -> str:
    """A file that this program did not put there, or ""; what file managers leave by themselves does not count."""
    if not target.is_dir():
        return "a file of that name"
    names = [path for path in sorted(target.rglob("*")) if not path.is_dir() and not _is_dropping(path.name)]
    if not names:
        return ""
    ours = {path for record in (target / RECORD, *target.glob(f"[0-9]*/{RECORD}")) for path in _ours(record)}
    return next((path.relative_to(target).as_posix() for path in names if path not in ours), "")


def _ours(record: Path) -> set[Path]:
    """The files of a card that we made, going by its record: itself, the image, and the tracks."""
    try:
        tracks = json.loads(record.read_bytes())["tracks"]
        return {record, record.parent / IMAGE, *(record.parent / CARD / track["path"] for track in tracks)}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def _is_dropping(name: str) -> bool:
    return name in (".DS_Store", "Thumbs.db", "desktop.ini") or name.startswith("._")


def publish(stage: Path, target: Path) -> None:
    """Put the finished stage in the place of `target`."""
    old = _beside(target, "old")
    _flush_folders(stage)
    try:
        if target.exists():
            target.rename(old)
        stage.rename(target)
    except BaseException:  # an interrupt between the two must not leave none
        if old.exists() and not target.exists():
            old.rename(target)
        raise
    finally:
        if target.exists():
            shutil.rmtree(old, ignore_errors=True)
    _flush_folder(target.parent)


def discard(target: Path) -> None:
    """Take away the stage of a run that did not finish."""
    shutil.rmtree(_beside(target, "new"), ignore_errors=True)


def _beside(target: Path, what: str) -> Path:
    return target.parent / f".{target.name}.{what}"


def _flush_folders(root: Path) -> None:
    for path in [*(p for p in root.rglob("*") if p.is_dir()), root]:
        _flush_folder(path)


def _flush_folder(path: Path) -> None:
    """fsync a folder where the system can (Windows cannot open one)."""
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):  # network shares cannot do it
            raise
    finally:
        os.close(descriptor)

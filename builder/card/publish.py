"""Publishes a finished folder whole or not at all: built beside its place, then renamed into it.

The old folder is renamed away first, so for an instant there is none; a run that is killed right there is mended
by the next one (`prepare`). Everything here happens under the lock of the output.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from builder.errors import LockedError, StorageError

RECORD = "record.json"
CARD = "card"


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
    if target.exists() and not _is_ours(target):
        raise StorageError(
            f"{target} is there and is no pack that this program built, or not only that",
            "move it away, or build elsewhere with -o",
        )
    if old.exists() and not target.exists():
        old.rename(target)
    for leftover in (old, stage):
        if leftover.exists():
            shutil.rmtree(leftover)
    stage.mkdir()
    return stage


def _is_ours(target: Path) -> bool:
    """A pack of this program's, with nothing of anybody else's beside it; or an empty folder."""
    if not target.is_dir():
        return False
    names = {path.name for path in target.iterdir()}
    return not names or ((target / RECORD).is_file() and names <= {RECORD, CARD})


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
    finally:
        os.close(descriptor)

"""Publishes finished folders whole or not at all: built beside their places, then exchanged with the old ones.

That is one step where the system can (exchange.py). Elsewhere the old folder is renamed away first, so for an instant
there is none; a run that is killed right there is mended by the next one (`prepare`). Everything here happens under
the lock of the output. Once a run is over, there is the pack and the empty `.<profile>.lock`.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from builder.card.exchange import exchange
from builder.card.foreign import Listed, foreign_in, foreign_left
from builder.errors import LockedError, StorageError
from builder.files.folders import at_once, claim, kind_of, remove
from builder.files.locking import HeldError, hold

RECORD = "record.json"
CARD = "card"
IMAGE = "card.img"
RECORD_SCHEMA = 2
RECORD_SCHEMAS = (1, 2)
"""Those that can be read."""


@contextmanager
def locked(target: Path) -> Iterator[None]:
    """Hold the output for one run; LockedError where another one does."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        try:
            stack.enter_context(hold(_beside(target, "lock")))
        except HeldError as error:
            run = f": run {error.holder.pid}, since {error.holder.time}" if error.holder else ""
            raise LockedError(
                f"another run is building {target}{run}", "wait for it, or build elsewhere with -o"
            ) from None
        yield


def need_room(folder: Path, size: int) -> None:
    """Refuse before any work what cannot fit: what is written and a twentieth more."""
    needed, free = size * 105 // 100, shutil.disk_usage(folder).free
    if needed > free:
        raise StorageError(
            f"the disk that holds {folder} has {free:,} bytes free; this needs about {needed:,}",
            "free some room, or build on another disk with -o",
        )


@contextmanager
def storage_errors(target: Path) -> Iterator[None]:
    """Say what an operating system's error means for the output."""
    try:
        yield
    except UnicodeEncodeError as error:
        raise StorageError(
            f"this system's file names cannot hold {error.object!r}", "set LC_ALL=C.UTF-8, or PYTHONUTF8=1"
        ) from error
    except OSError as error:
        what = error.strerror or str(error)
        where = f" ({error.filename})" if error.filename else ""
        raise StorageError(
            f"{target} cannot be written: {what}{where}",
            "is the disk full, read-only or unplugged? Build elsewhere with -o. What was there before still is",
        ) from error


def prepare(target: Path, listed: Listed) -> Path:
    """Mend or remove what a killed run left, refuse folders that are not ours; an empty stage beside `target`."""
    old, stage = _beside(target, "old"), _beside(target, "new")
    for ours in (old, stage):
        claim(ours, "folder")
    if kind_of(old) and not kind_of(target):
        old.rename(target)
    _need_ours(target, listed)
    leftovers = [folder for folder in (old, stage) if kind_of(folder)]
    for folder in leftovers:
        if stranger := foreign_left(folder):
            raise _not_ours(f"{folder} is not what a build leaves that was killed", stranger)
    for folder in leftovers:
        remove(folder)
    stage.mkdir()
    return stage


def _need_ours(target: Path, listed: Listed) -> None:
    kind = kind_of(target)
    stranger = foreign_in(target, listed) if kind == "folder" else f"a {kind} of that name" if kind else ""
    if stranger:
        raise _not_ours(f"{target} is no pack that this program built, or not only that", stranger)


def _not_ours(what: str, stranger: str) -> StorageError:
    return StorageError(f"{what}: there is {stranger}", "move it away, or build elsewhere with -o")


def publish(stages: Iterable[tuple[Path, Path]], listed: Listed) -> None:
    """Put each finished stage in the place of its target: all of them, or none where one cannot be.

    All is on the disk before the first exchange. What stood there before is left where the stage was, for `discard`:
    so it is looked at once more, since somebody may have put something there while the new pack was made.
    """
    places = list(stages)
    for stage, _ in places:
        claim(stage, "folder")
        at_once((stage, *stage.rglob("*")), _flush)
    for _, target in places:
        _need_ours(target, listed)
    with ExitStack() as undo:
        for stage, target in places:
            _put(stage, target)
            undo.callback(_put_back, stage, target)
        for folder in dict.fromkeys(folder for _, target in places for folder in target.parents[:2]):
            _flush_folder(folder)
        undo.pop_all()


def _put(stage: Path, target: Path) -> None:
    if not kind_of(target):
        stage.rename(target)
    elif not exchange(stage, target):
        old = _beside(target, "old")
        try:
            target.rename(old)
            stage.rename(target)
        except BaseException:  # an interrupt between the two must not leave none
            if kind_of(old) and not kind_of(target):
                old.rename(target)
            raise


def _put_back(stage: Path, target: Path) -> None:
    """Undo `_put`, as far as the disk still works."""
    old = _beside(target, "old")
    with suppress(OSError):
        if kind_of(stage):
            exchange(stage, target)
        else:
            target.rename(stage)
            if kind_of(old):
                old.rename(target)


def discard(target: Path) -> None:
    """Take away the stage of a run that did not finish, or the pack that was replaced."""
    for left in ("new", "old") if kind_of(target) else ("new",):
        with suppress(OSError):  # the next run does it
            remove(_beside(target, left))


def _beside(target: Path, what: str) -> Path:
    return target.parent / f".{target.name}.{what}"


def _flush(path: Path) -> None:
    """fsync a file or a folder."""
    if path.is_dir():
        _flush_folder(path)
        return
    with path.open("r+b") as file:  # Windows flushes only what is open for writing
        os.fsync(file.fileno())


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

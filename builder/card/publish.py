"""Publishes finished folders whole or not at all: built beside their places, then exchanged with what stands there.

That is one step where the system can (exchange.py). Elsewhere the old folder is renamed away first, so for an instant
there is none; a run that is killed right there is mended by the next one (`prepare`). Everything here happens under
the lock of the output. Once a run is over, there is the pack and the empty `.<profile>.lock`.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from builder.card.exchange import exchange
from builder.errors import LockedError, StorageError

RECORD = "record.json"
CARD = "card"
IMAGE = "card.img"
RECORD_SCHEMA = 1

# A disk answers many as fast as one: 1,189 files are flushed, or removed, in 0.2 s; one after the other in 4 s.
_AT_ONCE = 16


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
            _remove(leftover)
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


def publish(stages: Iterable[tuple[Path, Path]]) -> None:
    """Put each finished stage in the place of its target: all of them, or none where one cannot be.

    All is on the disk before the first exchange. What stood there before is left where the stage was, for `discard`.
    """
    places = list(stages)
    for stage, _ in places:
        _each((stage, *stage.rglob("*")), _flush)
    with ExitStack() as undo:
        for stage, target in places:
            _put(stage, target)
            undo.callback(_put_back, stage, target)
        for folder in dict.fromkeys(folder for _, target in places for folder in target.parents[:2]):
            _flush_folder(folder)
        undo.pop_all()


def _put(stage: Path, target: Path) -> None:
    if not target.exists():
        stage.rename(target)
    elif not exchange(stage, target):
        old = _beside(target, "old")
        try:
            target.rename(old)
            stage.rename(target)
        except BaseException:  # an interrupt between the two must not leave none
            if old.exists() and not target.exists():
                old.rename(target)
            raise


def _put_back(stage: Path, target: Path) -> None:
    """Undo `_put`, as far as the disk still does what it is told."""
    old = _beside(target, "old")
    with suppress(OSError):
        if stage.exists():
            exchange(stage, target)
        else:
            target.rename(stage)
            if old.exists():
                old.rename(target)


def discard(target: Path) -> None:
    """Take away the stage of a run that did not finish, or the pack that was replaced."""
    for left in ("new", "old") if target.exists() else ("new",):
        with suppress(OSError):  # the next run does it
            _remove(_beside(target, left))


def _beside(target: Path, what: str) -> Path:
    return target.parent / f".{target.name}.{what}"


def _remove(root: Path) -> None:
    _each((Path(folder, name) for folder, _, names in os.walk(root) for name in names), Path.unlink)
    shutil.rmtree(root)


def _each(paths: Iterable[Path], job: Callable[[Path], None]) -> None:
    """Do a job for many paths at once. The first error is raised when all are done."""
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        for done in [threads.submit(job, path) for path in paths]:
            done.result()


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

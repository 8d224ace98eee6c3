"""Locks between runs, which the operating system drops with the process, and notes that name their holders.

A lock's file is empty and stays: taking it away would let two runs hold two locks of one name. The note beside it is
there as long as the lock is held; its process number and its time are all that it says, since it may outlive a run
that is killed. It is a file of its own because Windows lets nobody read a file that is locked.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from filelock import FileLock, Timeout

from builder.errors import StorageError
from builder.files.folders import claim, kind_of

_RUN = ".run"
_STEP_SECONDS = 0.5
_PATIENCE_SECONDS = 3.0
# Clocks of two computers on one share differ.
_SKEW = timedelta(minutes=1)

# The second form is one that was not written to its end.
_NOTE = re.compile(rb"([1-9]\d{0,9}) (\d{1,11})\n|[\d ]{0,22}")
_MOST_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class Holder:
    """The run that holds a lock, and since when, in the time of this computer."""

    pid: int
    since: datetime

    @property
    def time(self) -> str:
        """The time of day, and the day where it is another one."""
        is_today = self.since.date() == datetime.now(UTC).astimezone().date()
        return self.since.strftime("%H:%M" if is_today else "%Y-%m-%d %H:%M")


class HeldError(Exception):
    """Another run holds the lock; `holder` is None where nothing sure says which."""

    def __init__(self, holder: Holder | None) -> None:
        super().__init__()
        self.holder = holder


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How to wait: until `is_stopped` (InterruptedError). After some seconds `tell` gets the lock's holder, once."""

    is_stopped: Callable[[], bool]
    tell: Callable[[Holder | None], None]


@contextmanager
def hold(path: Path, patience: Patience | None = None) -> Iterator[None]:
    """Hold the lock of a file, with a note beside it; without `patience`, HeldError where another run has it.

    StorageError where something else is at its name.
    """
    note = path.with_suffix(_RUN)
    with _locked(path, note, patience), _noted(note):
        yield


@contextmanager
def hold_unnoted(path: Path) -> Iterator[None]:
    """Hold the lock of a file without a note of the holder; HeldError if another run has it."""
    with _locked(path, path, None):
        yield


def sweep_notes(folder: Path) -> None:
    """Remove the notes of runs that were killed, and so hold no lock any more."""
    for note in folder.glob(f"*{_RUN}"):
        with suppress(HeldError, StorageError, OSError):
            if _read(note) is not None:
                with hold_unnoted(note.with_suffix(".lock")):
                    note.unlink()


@contextmanager
def _locked(path: Path, note: Path, patience: Patience | None) -> Iterator[None]:
    claim(path, "file")
    # Without flock, filelock would write the name of this computer into the file instead.
    lock = FileLock(path, thread_local=False, fallback_to_soft=False, preserve_lock_file=True)
    if patience is None:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise HeldError(_holder(note)) from None
    else:
        _wait(lock, note, patience)
    try:
        yield
    finally:
        lock.release()


def _wait(lock: FileLock, note: Path, patience: Patience) -> None:
    began, is_told = time.monotonic(), False
    while True:
        if patience.is_stopped():
            raise InterruptedError
        with suppress(Timeout):
            lock.acquire(timeout=_STEP_SECONDS)
            return
        if not is_told and time.monotonic() - began >= _PATIENCE_SECONDS:
            patience.tell(_holder(note))
            is_told = True


@contextmanager
def _noted(note: Path) -> Iterator[None]:
    """Say who holds the lock, if that can be said: what is no note is not replaced, and no disk error stops the run."""
    is_written = False
    with suppress(OSError):
        if kind_of(note) is None or _read(note) is not None:
            note.unlink(missing_ok=True)
            with note.open("xb", buffering=0) as file:
                is_written = True
                file.write(b"%d %d\n" % (os.getpid(), time.time()))
    try:
        yield
    finally:
        if is_written:
            with suppress(OSError):
                note.unlink()


def _read(note: Path) -> re.Match[bytes] | None:
    """What a note says; None where a file is no note."""
    if kind_of(note) != "file":
        return None
    with note.open("rb", buffering=0) as file:
        return _NOTE.fullmatch(file.read(_MOST_BYTES))


def _holder(note: Path) -> Holder | None:
    """Who holds a lock, by its note; None where it is missing, or cannot be true any more."""
    try:
        said = _read(note)
        if said is None or not said[1]:
            return None
        since = datetime.fromtimestamp(int(said[2]), UTC).astimezone()
    except (OSError, OverflowError, ValueError):
        return None
    is_past = since < datetime.now(UTC) + _SKEW
    return Holder(pid=int(said[1]), since=since) if is_past and _lives(int(said[1])) else None


def _lives(pid: int) -> bool:
    """Whether a process runs. Windows is not asked: there the question would end it."""
    if os.name == "nt":
        return True
    try:
        os.kill(pid, 0)
    except PermissionError:  # somebody else's
        return True
    except (OSError, OverflowError):
        return False
    return True

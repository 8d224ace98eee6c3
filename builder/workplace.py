"""Folders of a run's own, and what keeps two runs apart: locks that the operating system drops with the process.

A run that is killed leaves its folder, which nobody holds any more; the next run takes it away. Lock files stay, since
taking one away would let two runs hold two locks of one name: `runs.lock` and one for each stripe, 257 at most.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

_PREFIX = ".work-"
_HELD = "held.lock"
_PATIENCE_SECONDS = 0.5


@contextmanager
def workplace(home: Path, locks: Path) -> Iterator[Path]:
    """An empty folder in `home`, gone afterwards; first, those of runs that live no more are taken away.

    Making, sweeping and removing happen under one short lock: so nobody sweeps a folder that is made but not held yet.
    """
    locks.mkdir(parents=True, exist_ok=True)
    short = FileLock(locks / "runs.lock")
    with short:
        _sweep(home)
        folder = Path(tempfile.mkdtemp(dir=home, prefix=_PREFIX))
        held = FileLock(folder / _HELD, thread_local=False)
        held.acquire(timeout=0)
    try:
        yield folder
    finally:
        with suppress(OSError), short:  # what cannot be taken away now is by the next run
            held.release()
            shutil.rmtree(folder, ignore_errors=True)


def _sweep(home: Path) -> None:
    for folder in home.glob(f"{_PREFIX}*"):
        with suppress(OSError):  # its run is alive (Timeout), or it cannot be removed now
            with FileLock(folder / _HELD).acquire(timeout=0):
                pass  # Windows removes no file that is open
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def stripe(locks: Path, key: str, is_stopped: Callable[[], bool]) -> Iterator[None]:
    """Hold the 256th part of all keys that `key` falls into, by its first two digits; wait while another has it.

    A lock for each key would leave a file for each. Keys that share a stripe wait for each other without need, which
    is seldom. A thread may hold one stripe at a time: two, taken in two orders, could wait for each other for ever.
    InterruptedError when `is_stopped` while waiting.
    """
    lock = FileLock(locks / f"{key[:2]}.lock")
    while True:
        if is_stopped():
            raise InterruptedError
        with suppress(Timeout):
            lock.acquire(timeout=_PATIENCE_SECONDS)
            break
    try:
        yield
    finally:
        lock.release()

"""Folders of a run's own in the store, and the locks that keep two runs apart there.

A run that is killed leaves its folder, which nobody holds any more; the next run takes it away. Lock files stay:
`runs.lock` and one for each stripe, 257 at most.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp

from builder.errors import StorageError
from builder.files.folders import claim, kind_of, remove
from builder.files.locking import HeldError, Holder, Patience, hold, hold_unnoted, sweep_notes

_PREFIX = ".work-"
_HELD = "held.lock"


@contextmanager
def scratch_folder(home: Path, locks: Path, tell: Callable[[Holder | None], None]) -> Iterator[Path]:
    """An empty folder in `home`, gone afterwards; first, those of runs that live no more are taken away.

    Making and sweeping happen under one short lock: so nobody sweeps a folder that is made but not held yet. `tell` is
    told who holds that lock where it takes long. Removing waits for nobody: a run that sweeps at the same time does the
    same.
    """
    claim(locks, "folder")
    locks.mkdir(parents=True, exist_ok=True)
    with ExitStack() as held:
        with hold(locks / "runs.lock", Patience(is_stopped=lambda: False, tell=tell)):
            _sweep(home)
            sweep_notes(locks)
            folder = Path(mkdtemp(dir=home, prefix=_PREFIX))
            held.enter_context(hold_unnoted(folder / _HELD))
        try:
            yield folder
        finally:
            held.close()  # Windows removes no file that is open
            with suppress(OSError):  # what cannot be taken away now is by the next run
                remove(folder, last=_HELD)


def _sweep(home: Path) -> None:
    for folder in home.glob(f"{_PREFIX}*"):
        with suppress(HeldError, StorageError, OSError):  # its run is alive, or it cannot be removed now
            if _is_ours(folder):
                with hold_unnoted(folder / _HELD):
                    pass
                remove(folder, last=_HELD)


def _is_ours(folder: Path) -> bool:
    """Whether a run made a folder: then its lock is in it, or nothing yet."""
    return kind_of(folder) == "folder" and (kind_of(folder / _HELD) == "file" or not any(folder.iterdir()))


@contextmanager
def shard(locks: Path, key: str, patience: Patience) -> Iterator[None]:
    """Hold the 256th part of all keys that `key` falls into, by its first two digits; wait while another has it.

    A lock for each key would leave a file for each. Keys that share a stripe wait for each other without need, which
    is seldom. A thread may hold one stripe at a time: two, taken in two orders, could wait for each other for ever.
    """
    claim(locks, "folder")
    with hold(locks / f"{key[:2]}.lock", patience):
        yield

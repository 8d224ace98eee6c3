"""What a run of ffmpeg may take of this computer, and what it learns of it: nothing.

A recording may be made so that its decoder asks for all memory there is, or never ends. The bounds lie far above what
the longest recording needs.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from builder.sound.decode import alike

if sys.platform == "linux":
    import resource

# 24 hours of AAC need a table of 97 MB in one block. A run takes some 75 MB in all, and no more for a longer recording.
_BLOCK_BYTES, _MEMORY_BYTES = 128 << 20, 384 << 20
# Processor time of the slowest filters and the best encoder on 24 hours, several times over.
_PROCESSOR_SECONDS, _WALL_SECONDS = 4 * 3600, 24 * 3600
# Sound before `start` is decoded without a byte coming out: 24 hours of it take two minutes. What does not even
# take processor time waits for a disk that wakes up, or for ever.
_STALL_SECONDS, _IDLE_SECONDS = 600.0, 60.0
# Of the environment only what programs cannot be started without: no name, no home, no folder.
_ENVIRONMENT = ("SYSTEMROOT", "LD_LIBRARY_PATH")


def environment() -> dict[str, str]:
    return {**{name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}, **alike.ENVIRONMENT}


def limits() -> list[str]:
    """ffmpeg's own options that hold it, where the system does not."""
    is_timed = sys.platform not in (
        "linux",
        "win32",
    )  # Linux is handled below; ffmpeg cannot do it on Windows
    return [
        *("-max_alloc", str(_BLOCK_BYTES)),
        *(("-timelimit", str(_PROCESSOR_SECONDS)) if is_timed else ()),
    ]


def limit_process(pid: int) -> None:
    """Set the system's limits on a process that was just started. Not before its start: that would take a fork."""
    if sys.platform == "linux":
        for which, most in (
            (resource.RLIMIT_DATA, _MEMORY_BYTES),
            (resource.RLIMIT_CPU, _PROCESSOR_SECONDS),
            (resource.RLIMIT_CORE, 0),
        ):
            with suppress(OSError, ValueError):  # it has ended already, or a lower limit holds
                resource.prlimit(pid, which, (most, most))


class Watchdog:
    """Calls `end` when a process does nothing any more: no byte was moved, nothing it writes in `folder` grew. Sooner,
    where the system tells that process `pid` took no processor time either (Linux), and it does not wait for its input.
    """

    def __init__(
        self,
        folder: Path,
        moved: Callable[[], int],
        end: Callable[[], None],
        pid: int,
        is_waiting_for_us: Callable[[], bool] = lambda: False,
    ) -> None:
        self._folder, self._moved, self._end, self._pid = folder, moved, end, pid
        self._is_waiting_for_us = is_waiting_for_us
        self._stall, self._idle = _bounds()
        self._over = threading.Event()
        self.has_ended_it = False
        threading.Thread(target=self._run, name="watch", daemon=True).start()

    def close(self) -> None:
        self._over.set()

    def _run(self) -> None:
        # Turns are counted, not time: a laptop that slept has not stalled.
        tick = min(5.0, self._idle / 4)
        before, used_before = (-1, -1), None
        stalled = idle = 0
        for _ in range(int(_WALL_SECONDS / tick)):
            if self._over.wait(tick):
                return
            now, used = (self._moved(), self._written()), _processor_ticks(self._pid)
            stalled = stalled + 1 if now == before else 0
            is_idle = now == before and used == used_before and not self._is_waiting_for_us()
            idle = idle + 1 if is_idle and used is not None else 0
            before, used_before = now, used
            if stalled * tick >= self._stall or idle * tick >= self._idle:
                break
        self.has_ended_it = True
        self._end()

    def _written(self) -> int:
        with suppress(OSError), os.scandir(self._folder) as entries:
            return sum(entry.stat().st_size for entry in entries)
        return 0


def _bounds() -> tuple[float, float]:
    """Seconds without a byte, and without processor time too; PACKBUILDER_STALL_SECONDS, for tests, is both."""
    with suppress(ValueError, KeyError):
        given = max(0.1, float(os.environ["PACKBUILDER_STALL_SECONDS"]))
        return given, given
    return _STALL_SECONDS, _IDLE_SECONDS


def _processor_ticks(pid: int) -> int | None:
    """The processor time of a process so far, in ticks (proc_pid_stat(5), utime and stime); None if unknown."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])
    except (OSError, ValueError, IndexError):
        return None

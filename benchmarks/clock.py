"""What a command costs: processor and wall time of it and all that it starts, and the memory they took."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

_SAMPLE_SECONDS = 0.2


class CommandFailed(click.ClickException):
    """A command that should have been measured failed; the message ends with what it said."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """`cpu` is user and system time of the whole tree. Memory in MiB: `own_mib` is the command's own peak, or that
    of any process of the tree where it was not watched; `heap_mib` the most that it was seen to hold without the pages
    of mapped files, which the system may take back; `child_mib` the peak of the largest process that it started.
    """

    cpu: float
    wall: float
    own_mib: float
    heap_mib: float = 0.0
    child_mib: float = 0.0

    def __add__(self, other: Cost) -> Cost:
        """One command after the other."""
        return Cost(
            cpu=self.cpu + other.cpu,
            wall=self.wall + other.wall,
            own_mib=max(self.own_mib, other.own_mib),
            heap_mib=max(self.heap_mib, other.heap_mib),
            child_mib=max(self.child_mib, other.child_mib),
        )


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """The median of the ratios of the rounds, and the least and the greatest of them."""

    median: float
    least: float
    greatest: float

    def text(self, digits: int = 2) -> str:
        return f"{self.median:.{digits}f} ({self.least:.{digits}f}-{self.greatest:.{digits}f})"


def ratio(above: Sequence[float], below: Sequence[float], scale: float = 1.0) -> Ratio:
    """Round by round: what was measured in one round is compared within it."""
    found = [scale * a / b for a, b in zip(above, below, strict=True)]
    return Ratio(median=statistics.median(found), least=min(found), greatest=max(found))


def run(
    command: Sequence[str],
    *,
    environment: Mapping[str, str] | None = None,
    words: str = "",
    watch_memory: bool = False,
) -> tuple[Cost, str]:
    """Run to the end with `words` on standard input. Returns what it cost, and its standard output."""
    file = tempfile.TemporaryFile
    with file() as out, file() as errors, file() as given:
        given.write(words.encode())
        given.seek(0)
        began = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=given, stdout=out, stderr=errors, env={**os.environ, **(environment or {})}
        )
        peaks = _Peaks(process.pid) if watch_memory else None
        # The use of a child that was waited for counts those that it waited for itself: the whole tree.
        try:
            _, status, used = os.wait4(process.pid, 0)
        except BaseException:  # interrupted: what was started does not go on alone
            process.terminate()
            process.wait()
            raise
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        own, heap, child = peaks.stop() if peaks else (0.0, 0.0, 0.0)
        out.seek(0)
        errors.seek(0)
        said, complaint = out.read().decode("utf-8", "replace"), errors.read().decode("utf-8", "replace")
    if process.returncode != 0:
        raise CommandFailed(f"exit code {process.returncode} from: {' '.join(command)}\n{complaint[-2000:]}")
    cpu = used.ru_utime + used.ru_stime
    return Cost(cpu=cpu, wall=wall, own_mib=own or _mib(used), heap_mib=heap, child_mib=child), said


def interleave(
    rounds: int, contenders: Mapping[str, Callable[[], Cost]], say: Callable[[str], None]
) -> dict[str, list[Cost]]:
    """Let each contender run once a round; the next round runs them in the opposite order."""
    found: dict[str, list[Cost]] = {name: [] for name in contenders}
    for turn in range(rounds):
        for name in list(contenders)[:: 1 if turn % 2 == 0 else -1]:
            cost = contenders[name]()
            found[name].append(cost)
            say(f"  round {turn + 1} of {rounds}: {name}: cpu {cost.cpu:.1f} s, wall {cost.wall:.1f} s")
    return found


def _mib(used: resource.struct_rusage) -> float:
    return used.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


class _Peaks:
    """The peak memory of a process and of the largest that it started, read from /proc while they run (Linux).

    `ru_maxrss` will not do: a child begins with that of the process it was forked from, and wait4 mixes the two.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._own = self._heap = self._child = 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> tuple[float, float, float]:
        self._done.set()
        self._thread.join()
        return self._own, self._heap, self._child

    def _watch(self) -> None:
        while Path("/proc/self/stat").exists():
            own = _memory(self._pid)
            self._own = max(self._own, own.get("VmHWM", 0.0))
            self._heap = max(self._heap, own.get("RssAnon", 0.0))
            peaks = (_memory(pid).get("VmHWM", 0.0) for pid in _descendants(self._pid))
            self._child = max(self._child, *peaks, 0.0)
            if self._done.wait(_SAMPLE_SECONDS):
                return


def _descendants(ancestor: int) -> set[int]:
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError, ValueError):  # it ended meanwhile
            continue
    found = {ancestor}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {ancestor}


def _memory(pid: int) -> dict[str, float]:
    """What the system says of a process's memory, in MiB; nothing when it has ended."""
    try:
        words = [line.split() for line in Path(f"/proc/{pid}/status").read_text().splitlines()]
    except OSError:
        return {}
    return {word[0].rstrip(":"): int(word[1]) / 1024 for word in words if word[-1] == "kB"}

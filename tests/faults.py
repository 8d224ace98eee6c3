"""A small build that is killed, or that the disk fails, at any chosen point.

`python -m tests.faults FOLDER` reads trials as JSON lines and answers each in one.

The program is imported once; each trial is a fork of this process, which has one thread. In the fork, whatever changes
the disk is a point: a file made, written, cut or closed, an fsync, rename, exchange, unlink, rmdir, mkdir, utime.
"""

from __future__ import annotations

import builtins
import errno
import hashlib
import io
import json
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import builder.build
import builder.card.publish as publishing
from builder.cli import run
from tests.conftest import Desk, speech

_CHANGES = ("rename", "replace", "unlink", "remove", "rmdir", "mkdir", "fsync", "utime")


class _Points:
    """Counts points; at number `at` it kills the process, or fails as the disk would, once or from then on."""

    def __init__(self, at: int, answer: str, stays: bool, only: Sequence[str]) -> None:
        self._at, self._answer, self._stays, self._only = at, answer, stays, only
        self._lock = threading.Lock()
        self.names: list[str] = []

    def reach(self, name: str, half: Callable[[], object] = lambda: None) -> None:
        with self._lock:
            if self._only and name not in self._only:
                return
            self.names.append(name)
            count = len(self.names)
        if not self._at or count < self._at or (count > self._at and not self._stays):
            return
        if self._answer == "KILL":
            half()
            os.kill(os.getpid(), signal.SIGKILL)
        raise OSError(getattr(errno, self._answer), os.strerror(getattr(errno, self._answer)))

    def install(self, *, can_exchange: bool) -> None:
        for name in _CHANGES:
            setattr(os, name, self._counted(name, getattr(os, name)))
        make = os.open

        def opened(path: Any, flags: int, *more: Any, **options: Any) -> int:
            if flags & os.O_CREAT:
                self.reach("open")
            return make(path, flags, *more, **options)

        vars(os)["open"] = opened
        here = vars(publishing)
        here["exchange"] = self._counted("exchange", here["exchange"]) if can_exchange else lambda *_: False
        for module in (io, builtins):
            vars(module)["open"] = self._open

    def _counted(self, name: str, job: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **options: Any) -> Any:
            self.reach(name)
            return job(*arguments, **options)

        return counted

    def _open(self, file: Any, mode: str = "r", buffering: int = -1, *more: Any, **options: Any) -> Any:
        is_device = file == os.devnull or (isinstance(file, int) and not stat.S_ISREG(os.fstat(file).st_mode))
        if is_device or not set(mode) & set("wxa+"):
            return _REAL_OPEN(file, mode, buffering, *more, **options)
        points = self

        class Counted(io.FileIO):
            def write(self, data: Any) -> int:
                points.reach("write", lambda: io.FileIO.write(self, bytes(data)[: len(bytes(data)) // 2]))
                return super().write(data)

            def truncate(self, size: int | None = None) -> int:
                points.reach("truncate")
                return super().truncate(size)

            def close(self) -> None:
                is_last = not self.closed
                super().close()
                if is_last:
                    points.reach("close")

        self.reach("open")
        how = {name: options.pop(name) for name in ("closefd", "opener") if name in options}
        raw = Counted(file, mode.replace("b", "").replace("t", ""), **how)
        if buffering == 0:
            return raw
        binary = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        return binary if "b" in mode else io.TextIOWrapper(binary, *more, **options)


_REAL_OPEN = open


def contents(folder: Path, *, hidden: bool = False) -> dict[str, str]:
    """Every file and folder below, with what is in it; without what begins with a dot at the top, unless `hidden`."""
    found = {}
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.suffix != ".lock" and (hidden or not inside.parts[0].startswith(".")):
            found[str(inside)] = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
    return found


class Bench:
    """A pack that was published, a manifest that changes all of it, and what an undisturbed build would leave.

    A cold store lacks what the new pack needs, a warm one has it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.desk = Desk(folder / "desk")
        self.desk.folder.mkdir(parents=True)
        self._here = folder / "trial"
        for number in (1, 2, 3, 4):
            speech(self.desk.sources / f"{number}.wav", 0.6, rate=8000, seed=7000 + number)
        self._begin(None)
        self._write((1, 2))
        assert self._build() == 0, self._said()
        shutil.copytree(self._here, folder / "cold")
        self.old = self.tree()
        self._write((3, 4))
        began = time.monotonic()
        assert self._build() == 0, self._said()
        self.seconds = time.monotonic() - began
        self.new, self.store = self.tree(), self._store()
        shutil.rmtree(self._here / "out")
        shutil.copytree(folder / "cold" / "out", self._here / "out")
        shutil.copytree(self._here, folder / "warm")

    def _write(self, numbers: Sequence[int]) -> None:
        rows = "".join(f"      - {{title: T{n}, source: {n}.wav}}\n" for n in numbers)
        self.desk.write("  - title: S\n    tracks:\n" + rows, head="card: 16MB\n")

    def _begin(self, kind: str | None) -> None:
        shutil.rmtree(self._here, ignore_errors=True)
        if kind is None:
            self._here.mkdir()
        else:
            shutil.copytree(self.folder / kind, self._here)

    def tree(self) -> dict[str, str]:
        return contents(self._here / "out" / "test")

    def _store(self) -> dict[str, str]:
        return contents(self._here / "store", hidden=True)

    def _said(self) -> str:
        return (self._here / "said").read_text()

    def _fork(self, prepare: Callable[[], object] = lambda: None, after: Callable[[], object] = int) -> int:
        """The process of a build, with both of its streams in a file."""
        if pid := os.fork():
            return pid
        said = os.open(self._here / "said", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(said, 1)
        os.dup2(said, 2)
        os.environ["PACKBUILDER_CACHE"] = str(self._here / "store")
        code = 99
        try:
            prepare()
            out = str(self._here / "out")
            code = run(["build", str(self.desk.manifest), "-o", out, "--image", "--jobs", "2"])
            after()
        finally:
            os._exit(code)

    def _build(self) -> int:
        return os.waitstatus_to_exitcode(os.waitpid(self._fork(), 0)[1])

    def trial(
        self,
        kind: str,
        at: int = 0,
        *,
        answer: str = "KILL",
        stays: bool = False,
        only: Sequence[str] = (),
        can_exchange: bool = True,
        seconds: float | None = None,
    ) -> dict[str, Any]:
        """One build that is disturbed at a point or, with `seconds`, killed after a time; and a good one after it."""
        self._begin(kind)
        points = _Points(at, answer, stays, only)
        names = self._here / "points"
        pid = self._fork(
            lambda: points.install(can_exchange=can_exchange),
            lambda: names.write_text(json.dumps(points.names)),
        )
        if seconds is not None:
            time.sleep(seconds)
            os.kill(pid, signal.SIGKILL)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        said, left = self._said(), self._left(can_exchange)
        again = self._build()
        return {
            "code": code,
            "left": left,
            "said": said,
            "points": json.loads(names.read_text()) if names.exists() else [],
            "again": again if again == 0 else self._said(),
            "same": (self.tree(), self._store()) == (self.new, self.store),
            "debris": self._debris(),
        }

    def _left(self, can_exchange: bool) -> str:
        """Which pack there is: old, new, or anything else. Without the one step, the old one may stand aside."""
        aside = self._here / "out" / "test" / ".sd-card.old"
        if not can_exchange and not self.tree() and aside.exists():
            return "aside" if contents(aside) == contents(self.folder / "cold/out/test/sd-card") else "torn"
        return {str(self.old): "old", str(self.new): "new"}.get(str(self.tree()), "torn")

    def _debris(self) -> list[str]:
        kept = {".sd-card.lock", "sd-card"}
        out = [path.name for path in (self._here / "out" / "test").iterdir() if path.name not in kept]
        return out + [path.name for path in (self._here / "store").glob(".*")]

    def crowd(self, count: int, kills: int, seed: int) -> dict[str, Any]:
        """So many builds of one output at once, some of which are killed at any time."""
        self._begin("warm")
        go, hold = os.pipe()
        pids = [self._fork(lambda: _watch_lock(self._here, go, hold)) for _ in range(count)]
        os.close(go)
        os.close(hold)
        chance = random.Random(seed)
        for pid in chance.sample(pids, kills):
            time.sleep(chance.uniform(0, 0.2))
            os.kill(pid, signal.SIGKILL)
        codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]
        again = self._build()
        return {
            "codes": codes,
            "owners": [path.name for path in self._here.glob("owner-*")],
            "two": (self._here / "two owners").exists(),
            "again": again,
            "same": (self.tree(), self._store()) == (self.new, self.store),
            "debris": self._debris(),
        }


def _watch_lock(folder: Path, go: int, hold: int) -> None:
    """Wait for the others; note who holds the output, and whether there were ever two that live."""
    os.close(hold)
    os.read(go, 1)
    here = vars(builder.build)
    real = here["locked"]

    @contextmanager
    def watched(target: Path) -> Iterator[None]:
        with real(target):
            mine = folder / f"owner-{os.getpid()}"
            others = [int(path.name.removeprefix("owner-")) for path in folder.glob("owner-*")]
            mine.touch()
            if any(_lives(pid) for pid in others):
                (folder / "two owners").touch()
            yield
            mine.unlink()

    here["locked"] = watched


def _lives(pid: int) -> bool:
    """Whether a process runs; one that was killed stays listed, as a zombie, until it is waited for."""
    state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return state not in "ZX"


class Trials:
    """The other side: a process that does trials, as tests ask for them."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "tests.faults", str(folder)]
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment)
        self.seconds: float = self._answer()["seconds"]
        self._points: dict[str, list[str]] = {}

    def __call__(self, what: str, *arguments: Any, **options: Any) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([what, arguments, options]) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def points(self, store: str, **how: Any) -> list[str]:
        """The points of a build that is left alone."""
        key = json.dumps([store, how])
        if key not in self._points:
            self._points[key] = self("trial", store, **how)["points"]
        return self._points[key]

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        self._process.communicate("")


def _serve(folder: Path) -> None:
    bench = Bench(folder)
    say: Mapping[str, Any] = {"seconds": bench.seconds}
    print(json.dumps(say), flush=True)  # noqa: T201  # the answer
    for line in sys.stdin:
        what, arguments, options = json.loads(line)
        print(json.dumps(getattr(bench, what)(*arguments, **options)), flush=True)  # noqa: T201


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))

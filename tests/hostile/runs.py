"""Hostile runs: the program on something that was made to hurt it, within 10 seconds and 512 MB."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT, Ran

MOST_SECONDS, MOST_MEGABYTES = 10, 512


@dataclass(frozen=True)
class Weighed(Ran):
    """How a run ended, and the seconds of processor and the megabytes that it took."""

    seconds: float
    megabytes: float


class Forks:
    """A process that runs the program again and again (forks.py)."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process, self._folder = process, folder

    def packbuilder(self, *arguments: object, cwd: Path = ROOT) -> Weighed:
        """Run the program as a user does, and hold it to what every run must keep to."""
        out, err = self._folder / "out", self._folder / "err"
        request = {"arguments": [*map(str, arguments)], "folder": str(cwd), "out": str(out), "err": str(err)}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        ended = json.loads(self._process.stdout.readline())
        shown = out.read_bytes().decode(), err.read_bytes().decode()
        ran = Weighed(ended["code"], *shown, ended["seconds"], ended["megabytes"])
        assert ran.seconds < MOST_SECONDS, f"{ran.seconds:.1f} seconds, code {ran.code}"
        assert ran.megabytes < MOST_MEGABYTES, f"{ran.megabytes:.0f} MB"
        assert "Traceback" not in ran.err
        assert raw_controls(ran.out + ran.err) == set()
        return ran


@contextmanager
def forks(folder: Path) -> Iterator[Forks]:
    """Start the process; `folder` takes what its runs print."""
    command = [sys.executable, "-m", "tests.hostile.forks"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True, encoding="utf-8") as process:
        yield Forks(process, folder)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=60) == 0


def raw_controls(text: str) -> set[str]:
    """What no terminal may be sent as it is: control and format characters, line separators, halves of pairs."""
    hidden = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    return {f"U+{ord(c):04X}" for c in set(text) - {"\n", "\t"} if unicodedata.category(c) in hidden}


def is_unix() -> bool:
    return hasattr(os, "fork")

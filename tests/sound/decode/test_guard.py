"""The watch over a run: it ends what stands still, and lets go on what moves."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from builder.sound.decode import guard
from builder.sound.decode.guard import Watchdog


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACKBUILDER_STALL_SECONDS", "0.4")


def test_what_stands_still_is_ended(tmp_path: Path) -> None:
    ended = threading.Event()
    watch = Watchdog(tmp_path, lambda: 5, ended.set, os.getpid())
    assert ended.wait(20)
    assert watch.has_ended_it


@pytest.mark.parametrize("how", ["bytes pass", "a file grows"])
def test_what_moves_is_let_go_on(tmp_path: Path, how: str) -> None:
    ended, turns, enough = threading.Event(), itertools.count(1), threading.Event()

    def moved() -> int:
        turn = next(turns)
        if turn > 12:
            enough.set()
        if how == "bytes pass":
            return turn
        (tmp_path / "out").write_bytes(bytes(turn))
        return 0

    watch = Watchdog(tmp_path, moved, ended.set, os.getpid())
    assert enough.wait(20)
    watch.close()
    assert not ended.is_set()
    assert not watch.has_ended_it


def test_a_watch_that_is_closed_ends_nothing(tmp_path: Path) -> None:
    ended = threading.Event()
    Watchdog(tmp_path, lambda: 5, ended.set, os.getpid()).close()
    assert not ended.wait(1)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the processor time of another process")
@pytest.mark.parametrize(
    ("work", "waits", "is_ended"),
    [("exec sleep 30", False, True), ("while :; do :; done", False, False), ("exec sleep 30", True, False)],
)
def test_what_takes_no_processor_time_and_waits_for_nobody_is_ended_sooner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, work: str, waits: bool, is_ended: bool
) -> None:
    monkeypatch.setattr(guard, "_bounds", lambda: (60.0, 1.0))
    ended = threading.Event()
    with subprocess.Popen(["sh", "-c", work]) as process:
        watch = Watchdog(tmp_path, lambda: 5, ended.set, process.pid, lambda: waits)
        assert ended.wait(3) is is_ended
        watch.close()
        process.kill()

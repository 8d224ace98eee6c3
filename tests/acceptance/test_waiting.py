"""A build that was stopped (Ctrl-Z), and another that needs what it holds: it says so, once, and goes on afterwards."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.acceptance.test_disasters import liar
from tests.conftest import ROOT, Desk, speech, tree

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="Ctrl-Z")

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def slow(desk: Desk, tmp_path: Path) -> dict[str, str]:
    """Three recordings, and an encoder that takes its time and says when it began."""
    rows = ""
    for number in (1, 2, 3):
        speech(desk.sources / f"{number}.wav", 0.6, rate=8000, seed=8200 + number)
        rows += f"      - {{title: T{number}, source: {number}.wav}}\n"
    desk.write("  - title: S\n    tracks:\n" + rows)
    return liar(tmp_path, f'touch "{tmp_path / "began"}"; sleep 0.3; exec "$REAL" "$@"')


@pytest.fixture
def start(desk: Desk, slow: dict[str, str]) -> Iterator[Start]:
    runs: list[subprocess.Popen[str]] = []

    def begin(out: str, *more: str, stderr: int = subprocess.PIPE) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "builder", "build", str(desk.manifest), "-o", str(desk.folder / out)]
        run = subprocess.Popen(
            [*command, *more],
            cwd=ROOT,
            env={**os.environ, **slow, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
        runs.append(run)
        return run

    yield begin
    for run in runs:
        run.kill()
        run.communicate()


def _stopped(run: subprocess.Popen[str], began: Path) -> float:
    """Stop a build while it encodes; the time."""
    ends = time.monotonic() + 60
    while not began.exists():
        assert time.monotonic() < ends
        time.sleep(0.02)
    run.send_signal(signal.SIGSTOP)
    return time.time()


def test_who_waits_for_a_stopped_build_is_told_which_it_is(desk: Desk, start: Start, tmp_path: Path) -> None:
    first = start("one")
    at = _stopped(first, tmp_path / "began")
    notes = [path.read_text("ascii") for path in (tmp_path / "another cache" / "locks").glob("*.run")]
    assert notes
    for note in notes:  # no name of a person or computer
        assert re.fullmatch(rf"{first.pid} \d{{10}}\n", note)
    second = start("other", "--format", "json", "--jobs", "3")
    lines: list[str] = []
    assert second.stderr is not None
    for line in second.stderr:
        lines.append(line)
        if line.startswith("waiting"):
            break
    clocks = {time.strftime("%H:%M", time.localtime(at - back)) for back in (0, 60)}
    assert lines[-1] in {
        f"waiting for run {first.pid}, which holds the store since {clock}\n" for clock in clocks
    }
    time.sleep(1.5)
    assert second.poll() is None
    first.send_signal(signal.SIGCONT)
    out, errors = second.communicate(timeout=120)
    assert second.returncode == 0, errors
    assert "waiting" not in errors, "it is said once"
    assert [card["tracks"] for card in json.loads(out)["cards"]] == [3]
    assert first.communicate(timeout=120)[1].count("waiting") == 0
    assert first.returncode == 0
    assert tree(desk.folder / "one") == tree(desk.folder / "other")
    assert list((tmp_path / "another cache").rglob("*.run")) == []


def test_a_second_build_of_the_same_output_is_told_which_run_it_is(start: Start, tmp_path: Path) -> None:
    first = start("one")
    _stopped(first, tmp_path / "began")
    second = start("one")
    _, errors = second.communicate(timeout=60)
    assert second.returncode == 6
    assert re.search(rf"another run is building \S+/sd-card: run {first.pid}, since \d\d:\d\d\n", errors), (
        errors
    )
    first.kill()
    first.communicate()
    third = start("one")
    _, errors = third.communicate(timeout=120)
    assert (third.returncode, "waiting" in errors) == (0, False), "what was killed is not waited for"
    assert [path.name for path in tmp_path.glob("one/test/.*")] == [".sd-card.lock"]


def test_on_a_terminal_it_is_said_too(start: Start, tmp_path: Path) -> None:
    first = start("one")
    _stopped(first, tmp_path / "began")
    ours, theirs = pty.openpty()
    second = start("other", stderr=theirs)
    os.close(theirs)
    seen = b""
    timer = threading.Timer(60, second.kill)
    timer.start()
    while b"holds the store since" not in seen:
        seen += os.read(ours, 1000)
    timer.cancel()
    assert f"waiting for run {first.pid}, which holds the store since".encode() in seen
    second.kill()
    os.close(ours)

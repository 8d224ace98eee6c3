"""Locks: one run at a time, and whoever waits or is refused is told which run it is, as far as that is sure."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import pytest

from builder.errors import StorageError
from builder.files import locking
from builder.files.locking import HeldError, Holder, Patience, hold, hold_unnoted, sweep_notes
from tests.conftest import ROOT

_HOLDER = """
import sys, time
from pathlib import Path
from builder.files.locking import hold
with hold(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def _other_run(lock: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds a lock, until it is written to or killed."""
    command = [sys.executable, "-c", _HOLDER, str(lock)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / "x.lock"


def _refused(lock: Path) -> Holder | None:
    with pytest.raises(HeldError) as raised, hold(lock):
        pass
    return raised.value.holder


def test_while_a_lock_is_held_a_note_says_by_whom_and_nothing_else(lock: Path) -> None:
    before = int(time.time())
    with hold(lock):
        pid, since = (lock.parent / "x.run").read_text("ascii").split()
        assert (int(pid), lock.read_bytes()) == (os.getpid(), b"")
        assert before <= int(since) <= time.time()
        assert re.fullmatch(r"\d+ \d+\n", (lock.parent / "x.run").read_text("ascii"))
    assert [path.name for path in lock.parent.iterdir()] == ["x.lock"]
    with pytest.raises(RuntimeError), hold(lock):
        raise RuntimeError
    assert [path.name for path in lock.parent.iterdir()] == ["x.lock"]


def test_who_is_refused_is_told_the_run_and_since_when(lock: Path) -> None:
    with _other_run(lock) as run:
        holder = _refused(lock)
        assert holder is not None
        assert holder.pid == run.pid
        assert abs(time.time() - holder.since.timestamp()) < 60
        assert holder.time in {
            datetime.fromtimestamp(time.time() - back).astimezone().strftime("%H:%M") for back in (0, 60)
        }


def test_of_another_day_the_day_is_said_too() -> None:
    assert Holder(pid=1, since=datetime(2026, 1, 5, 12, 3).astimezone()).time == "2026-01-05 12:03"


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="Ctrl-Z")
def test_who_waits_for_a_stopped_run_is_told_once_and_served_when_it_goes_on(
    lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locking, "_PATIENCE_SECONDS", 0.5)
    told: list[Holder | None] = []
    with _other_run(lock) as run:
        run.send_signal(signal.SIGSTOP)
        ends = time.monotonic() + 2.5

        def is_stopped() -> bool:
            if time.monotonic() > ends:
                run.send_signal(signal.SIGCONT)
                with suppress(BrokenPipeError):
                    assert run.stdin is not None
                    run.stdin.write("\n")
                    run.stdin.flush()
            return False

        with hold(lock, Patience(is_stopped=is_stopped, tell=told.append)):
            assert (lock.parent / "x.run").read_text("ascii").split()[0] == str(os.getpid())
        assert [holder and holder.pid for holder in told] == [run.pid]


def test_who_waits_for_a_moment_only_is_told_nothing(lock: Path) -> None:
    told: list[Holder | None] = []
    with _other_run(lock) as run:

        def is_stopped() -> bool:
            run.kill()
            return False

        with hold(lock, Patience(is_stopped=is_stopped, tell=told.append)):
            assert told == []


def test_who_need_not_wait_any_longer_is_let_go(lock: Path) -> None:
    with _other_run(lock):
        asked: list[bool] = []

        def is_stopped() -> bool:
            asked.append(True)
            return len(asked) > 2

        with (
            pytest.raises(InterruptedError),
            hold(lock, Patience(is_stopped=is_stopped, tell=lambda _: None)),
        ):
            pass


def test_the_note_of_a_run_that_was_killed_is_replaced_by_the_next(lock: Path) -> None:
    with _other_run(lock) as run:
        run.kill()
        run.wait(timeout=30)
    assert (lock.parent / "x.run").exists()
    with hold(lock):
        assert (lock.parent / "x.run").read_text("ascii").startswith(f"{os.getpid()} ")
    assert [path.name for path in lock.parent.iterdir()] == ["x.lock"]


def test_the_notes_of_runs_that_were_killed_are_swept_and_those_of_others_are_not(tmp_path: Path) -> None:
    with _other_run(tmp_path / "dead.lock") as run:
        run.kill()
        run.wait(timeout=30)
    (tmp_path / "mine.run").write_text("precious")
    with _other_run(tmp_path / "alive.lock"), hold(tmp_path / "own.lock"):
        sweep_notes(tmp_path)
        assert sorted(path.name for path in tmp_path.glob("*.run")) == ["alive.run", "mine.run", "own.run"]
        assert not (tmp_path / "mine.lock").exists()


def _ended() -> int:
    """The number of a process that runs no more."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


@pytest.mark.parametrize(
    "note",
    [
        *(b"", b"\n", b"12", b"12 ", b"x y\n", b"0 1700000000\n", b"-1 1700000000\n", b"\xff\xfe", bytes(9)),
        *(b"{pid} 1700000000", b"{pid} 99999999999\n", b"9999999999 1700000000\n", b"{pid} 1700000000\n\n"),
        *(b"{ended} 1700000000\n", b"{pid} 999999999999999999999\n", b"{pid} 1700000000\n" * 5000),
    ],
)
def test_a_note_that_cannot_be_true_names_nobody(lock: Path, note: bytes) -> None:
    ours = note.replace(b"{pid}", b"%d" % os.getpid()).replace(b"{ended}", b"%d" % _ended())
    with hold_unnoted(lock):
        (lock.parent / "x.run").write_bytes(ours)
        assert _refused(lock) is None
        (lock.parent / "x.run").write_bytes(b"%d 1700000000\n" % os.getpid())
        assert _refused(lock) is not None, "the same note, if it can be true"


def _make(what: str, path: Path, precious: Path) -> None:
    match what:
        case "a link":
            path.symlink_to(precious)
        case "a link to nothing":
            path.symlink_to("nothing")
        case "a pipe":
            os.mkfifo(path)
        case "a folder":
            path.mkdir()
        case "a file":
            path.write_text("precious")


@pytest.mark.skipif(os.name == "nt", reason="links and pipes")
@pytest.mark.parametrize("what", ["a link", "a link to nothing", "a pipe", "a folder", "a file"])
def test_what_is_no_note_is_not_replaced_and_stops_no_run(lock: Path, what: str) -> None:
    note, precious = lock.parent / "x.run", lock.parent / "precious"
    precious.write_text("precious")
    _make(what, note, precious)
    before = note.lstat()
    with hold(lock):
        assert _refused(lock) is None
    assert note.lstat() == before
    assert precious.read_text() == "precious"
    assert sorted(path.name for path in lock.parent.iterdir()) == ["precious", "x.lock", "x.run"]


@pytest.mark.skipif(os.name == "nt", reason="links and pipes")
@pytest.mark.parametrize("what", ["a link", "a link to nothing", "a pipe", "a folder"])
def test_what_is_no_lock_is_refused_and_not_touched(lock: Path, what: str) -> None:
    precious = lock.parent / "precious"
    precious.write_text("precious")
    _make(what, lock, precious)
    for how in (hold, hold_unnoted):
        with (
            pytest.raises(StorageError, match=f"x.lock is {what.removesuffix(' to nothing')}, and this"),
            how(lock),
        ):
            pass
    assert precious.read_text() == "precious"
    assert sorted(path.name for path in lock.parent.iterdir()) == ["precious", "x.lock"]


@pytest.mark.parametrize("how", ["a file", "another name of a file"])
def test_a_file_at_the_name_of_a_lock_keeps_what_is_in_it(lock: Path, how: str) -> None:
    precious = lock.parent / "precious"
    precious.write_text("precious")
    if how == "a file":
        lock.write_text("precious")
    else:
        lock.hardlink_to(precious)
    with hold(lock):
        _refused(lock)
    assert lock.read_text() == precious.read_text() == "precious"


def test_a_link_that_is_put_there_in_the_last_moment_is_not_followed(
    lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.name == "nt":
        pytest.skip("links")
    monkeypatch.setattr(locking, "claim", lambda *_: lock.symlink_to("precious"))
    with pytest.raises(OSError, match="symbolic links"), hold(lock):
        pass
    assert not (lock.parent / "precious").exists()


@pytest.mark.skipif(os.name == "nt", reason="flock")
def test_where_files_cannot_be_locked_the_name_of_this_computer_is_not_written_instead(
    lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno
    import fcntl

    def flock(*_: object) -> None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.raises(OSError, match="not implemented"), hold(lock):
        pass
    assert lock.read_bytes() == b""


def test_a_disk_that_takes_no_note_stops_no_run(lock: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", full)
        with hold(lock):
            assert _refused(lock) is None
    with hold(lock):
        assert _refused(lock) is not None

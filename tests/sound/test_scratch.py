"""Folders of a run's own: nobody else takes them away while it lives, and the next run does when it was killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from builder.files.locking import Holder, Patience
from builder.sound.scratch import scratch_folder, shard
from tests.conftest import ROOT


def _silent(holder: Holder | None) -> None:
    pass


def test_a_workplace_is_empty_but_for_its_lock_and_gone_afterwards(tmp_path: Path) -> None:
    with scratch_folder(tmp_path, tmp_path / "locks", _silent) as folder:
        assert [path.name for path in folder.iterdir()] == ["held.lock"]
        (folder / "below").mkdir()
        (folder / "below" / "x").write_text("x")
    assert [path.name for path in tmp_path.iterdir()] == ["locks"]


def test_it_is_gone_when_the_run_fails_too(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), scratch_folder(tmp_path, tmp_path / "locks", _silent):
        raise RuntimeError
    assert [path.name for path in tmp_path.iterdir()] == ["locks"]


def test_what_nobody_holds_is_swept_and_nothing_else(tmp_path: Path) -> None:
    for name in ("dead", "photos"):
        (tmp_path / f".work-{name}" / "below").mkdir(parents=True)
        (tmp_path / f".work-{name}" / "below" / "track.mp3").write_bytes(b"x")
    (tmp_path / ".work-dead" / "held.lock").touch()
    (tmp_path / ".work-just made").mkdir()
    (tmp_path / "locks").mkdir()
    (tmp_path / "locks" / "ab.run").write_text("1 1700000000\n")
    (tmp_path / "mine").mkdir()
    with (
        scratch_folder(tmp_path, tmp_path / "locks", _silent) as first,
        scratch_folder(tmp_path, tmp_path / "locks", _silent) as second,
    ):
        assert {path.name for path in tmp_path.iterdir()} == {
            *(first.name, second.name),
            *("mine", "locks", ".work-photos"),
        }
    assert list((tmp_path / "locks").glob("*.run")) == []
    assert (tmp_path / ".work-photos" / "below" / "track.mp3").read_bytes() == b"x"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a fork is killed")
def test_a_sweep_that_is_killed_at_any_point_leaves_what_the_next_one_takes_away(tmp_path: Path) -> None:
    """The lock says whose the folder is, so it goes last."""
    for point in range(1, 9):
        dead = tmp_path / ".work-dead"
        (dead / "below").mkdir(parents=True)
        for path in (dead / "held.lock", dead / "a", dead / "below" / "b", dead / "z"):
            path.write_bytes(b"")
        if not (pid := os.fork()):
            _die_at(point)
            with scratch_folder(tmp_path, tmp_path / "locks", _silent):
                os._exit(0)
        os.waitpid(pid, 0)
        with scratch_folder(tmp_path, tmp_path / "locks", _silent) as mine:
            assert {path.name for path in tmp_path.iterdir()} == {mine.name, "locks"}, point


def _die_at(point: int) -> None:
    """Kill this process before the removal of so many names."""
    left = [point]

    def counted(name: str) -> None:
        job = getattr(os, name)

        def called(*arguments: object, **options: object) -> None:
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
            job(*arguments, **options)

        setattr(os, name, called)

    counted("unlink")
    counted("rmdir")


_COMES_AND_GOES = """
import sys
from pathlib import Path
from builder.sound.scratch import scratch_folder
home = Path(sys.argv[1])
for turn in range(25):
    with scratch_folder(home, home / "locks", lambda _: None) as folder:
        (folder / "x").write_text("x")
        assert (folder / "x").read_text() == "x"
"""


def test_no_run_sweeps_what_another_is_just_making(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _COMES_AND_GOES, str(tmp_path)]
    runs = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) for _ in range(6)]
    errors = [run.communicate(timeout=120)[1] for run in runs]
    assert errors == [""] * 6
    assert [path.name for path in tmp_path.iterdir()] == ["locks"]


def test_stripes_are_as_many_as_two_digits(tmp_path: Path) -> None:
    for key in ("ab01", "ab02", "cd01"):
        with shard(tmp_path, key, Patience(is_stopped=lambda: False, tell=_silent)):
            pass
    assert {path.name for path in tmp_path.iterdir()} <= {"ab.lock", "cd.lock"}  # Windows removes them
    with (
        pytest.raises(InterruptedError),
        shard(tmp_path, "ab01", Patience(is_stopped=lambda: True, tell=_silent)),
    ):
        pass

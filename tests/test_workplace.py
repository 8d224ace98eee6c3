"""Folders of a run's own: nobody else takes them away while it lives, and the next run does when it was killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from builder.workplace import stripe, workplace
from tests.conftest import ROOT


def test_a_workplace_is_empty_but_for_its_lock_and_gone_afterwards(tmp_path: Path) -> None:
    with workplace(tmp_path, tmp_path / "locks") as folder:
        assert [path.name for path in folder.iterdir()] == ["held.lock"]
        (folder / "below").mkdir()
        (folder / "below" / "x").write_text("x")
    assert [path.name for path in tmp_path.iterdir()] == ["locks"]


def test_it_is_gone_when_the_run_fails_too(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), workplace(tmp_path, tmp_path / "locks"):
        raise RuntimeError
    assert [path.name for path in tmp_path.iterdir()] == ["locks"]


def test_what_nobody_holds_is_swept_also_that_of_earlier_versions(tmp_path: Path) -> None:
    (tmp_path / ".work-old").mkdir()
    (tmp_path / ".work-old" / "track.mp3").write_bytes(b"x")
    (tmp_path / "mine").mkdir()
    with workplace(tmp_path, tmp_path / "locks") as first, workplace(tmp_path, tmp_path / "locks") as second:
        assert {path.name for path in tmp_path.iterdir()} == {first.name, second.name, "mine", "locks"}


_COMES_AND_GOES = """
import sys
from pathlib import Path
from builder.workplace import workplace
home = Path(sys.argv[1])
for turn in range(25):
    with workplace(home, home / "locks") as folder:
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
        with stripe(tmp_path, key, lambda: False):
            pass
    assert {path.name for path in tmp_path.iterdir()} <= {"ab.lock", "cd.lock"}  # Windows removes them
    with pytest.raises(InterruptedError), stripe(tmp_path, "ab01", lambda: True):
        pass

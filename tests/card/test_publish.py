"""Publishing: whole or not at all, mended after a kill, never over what is not ours, one run at a time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from builder.card import publish as publishing
from builder.card.exchange import exchange
from builder.card.publish import RECORD, discard, locked, prepare, publish
from builder.errors import ExitCode, LockedError, StorageError
from tests.conftest import ROOT


@pytest.fixture(params=["one step", "two renames"])
def target(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a pack goes; tried on a system that can exchange, and as on one that cannot."""
    if request.param == "two renames":
        monkeypatch.setattr(publishing, "exchange", lambda *_: False)
    return tmp_path / "out" / "sd-card"


def _publish(stage: Path, target: Path) -> None:
    publish([(stage, target)])
    discard(target)


def _fill(folder: Path, edition: str) -> Path:
    """A finished stage: a card and its record."""
    (folder / "card" / "01").mkdir(parents=True)
    (folder / "card" / "01" / f"{edition}.mp3").write_text(edition)
    (folder / RECORD).write_text(json.dumps({"edition": edition, "tracks": [{"path": f"01/{edition}.mp3"}]}))
    return folder


def _pack(folder: Path, edition: str) -> Path:
    folder.mkdir(parents=True)
    return _fill(folder, edition)


def _edition(folder: Path) -> str:
    """The edition of a whole pack, checked to be of one piece."""
    edition = json.loads((folder / RECORD).read_text())["edition"]
    assert [path.name for path in folder.rglob("*.mp3")] == [f"{edition}.mp3"]
    return str(edition)


def _beside(target: Path) -> list[str]:
    return sorted(path.name for path in target.parent.iterdir())


def test_the_first_pack_appears_whole(target: Path) -> None:
    with locked(target):
        stage = prepare(target)
        assert not target.exists()
        _publish(_fill(stage, "new"), target)
    assert _edition(target) == "new"
    assert _beside(target) == [".sd-card.lock", "sd-card"]


def test_a_later_pack_replaces_the_whole_of_the_one_before(target: Path) -> None:
    _pack(target, "old")
    (target / "card" / "02").mkdir()
    _publish(_fill(prepare(target), "new"), target)
    assert _edition(target) == "new"
    assert not (target / "card" / "02").exists()
    assert _beside(target) == ["sd-card"]


def test_until_it_is_published_the_one_before_stands(target: Path) -> None:
    _pack(target, "old")
    stage = prepare(target)
    _fill(stage, "new")
    assert _edition(target) == "old"
    discard(target)
    assert _edition(target) == "old"
    assert _beside(target) == ["sd-card"]


@pytest.mark.parametrize("which", [0, 1])
def test_where_one_of_two_cannot_take_its_place_both_stay_as_they_were(
    target: Path, monkeypatch: pytest.MonkeyPatch, which: int
) -> None:
    """The first had no pack before, the second had one."""
    can_exchange = publishing.__dict__["exchange"] is exchange
    first = target.with_name("first")
    _pack(target, "old")
    places = [(_fill(prepare(first), "new"), first), (_fill(prepare(target), "new"), target)]
    stuck = places[which][0]
    rename = Path.rename

    def renamed(self: Path, to: Path) -> Path:
        if self == stuck:
            raise OSError("the disk went away")
        return rename(self, to)

    def exchanged(one: Path, other: Path) -> bool:
        if one == stuck:
            raise OSError("the disk went away")
        return exchange(one, other)

    monkeypatch.setattr(Path, "rename", renamed)
    if can_exchange:
        monkeypatch.setattr(publishing, "exchange", exchanged)
    with pytest.raises(OSError, match="the disk went away"):
        publish(places)
    assert _edition(target) == "old"
    assert not first.exists()
    for one in (first, target):
        discard(one)
    assert _beside(target) == ["sd-card"]


def test_where_the_last_flush_fails_all_stay_as_they_were(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = target.with_name("first")
    _pack(target, "old")
    places = [(_fill(prepare(first), "new"), first), (_fill(prepare(target), "new"), target)]
    flush = publishing._flush_folder

    def fail(path: Path) -> None:
        if path == target.parent:
            assert _edition(target) == _edition(first) == "new"
            raise OSError("the disk went away")
        flush(path)

    monkeypatch.setattr(publishing, "_flush_folder", fail)
    with pytest.raises(OSError, match="the disk went away"):
        publish(places)
    assert _edition(target) == "old"
    for one in (first, target):
        discard(one)
    assert _beside(target) == ["sd-card"]


@pytest.mark.skipif(sys.platform != "linux", reason="only /proc tells which file is flushed")
def test_everything_is_flushed_before_anything_changes_places(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _pack(target, "old")
    stage = _fill(prepare(target), "new")
    (stage / "card.img").write_bytes(bytes(9000))
    wanted = {stage, *stage.rglob("*")}
    flushed, fsync = set(), os.fsync

    def note(descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        flushed.add(path)
        assert _edition(target) == ("new" if path in target.parents else "old")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    publish([(stage, target)])
    assert flushed == {*wanted, *target.parents[:2]}


def test_an_exchange_that_was_killed_in_the_middle_is_mended(target: Path) -> None:
    _pack(target.parent / ".sd-card.old", "old")
    _pack(target.parent / ".sd-card.new", "new")
    stage = prepare(target)
    assert _edition(target) == "old"
    assert stage.is_dir()
    assert list(stage.iterdir()) == []
    assert _beside(target) == [".sd-card.new", "sd-card"]


def test_leftovers_of_a_killed_run_are_cleared_away(target: Path) -> None:
    _pack(target, "new")
    _pack(target.parent / ".sd-card.old", "old")
    _pack(target.parent / ".sd-card.new", "half")
    stage = prepare(target)
    assert _edition(target) == "new"
    assert list(stage.iterdir()) == []
    assert _beside(target) == [".sd-card.new", "sd-card"]


def test_prepare_may_be_called_again_and_again(target: Path) -> None:
    target.parent.mkdir(parents=True)
    for _ in range(3):
        (prepare(target) / "half").write_text("x")
    assert list(prepare(target).iterdir()) == []


def test_an_empty_folder_may_be_used(target: Path) -> None:
    target.mkdir(parents=True)
    _publish(_fill(prepare(target), "new"), target)
    assert _edition(target) == "new"


@pytest.mark.parametrize("what", ["photo.jpg", "card/01/x.mp3", "record.json/x", "RECORD.txt"])
def test_a_folder_that_is_not_ours_is_refused_and_untouched(target: Path, what: str) -> None:
    (target / what).parent.mkdir(parents=True)
    (target / what).write_text("precious")
    with pytest.raises(StorageError, match="is no pack that this program built") as raised:
        prepare(target)
    assert raised.value.exit_code == ExitCode.IO
    assert (target / what).read_text() == "precious"
    assert _beside(target) == ["sd-card"]


def test_a_file_in_the_place_of_the_pack_is_refused(target: Path) -> None:
    target.parent.mkdir(parents=True)
    target.write_text("precious")
    with pytest.raises(StorageError, match="is no pack"):
        prepare(target)
    assert target.read_text() == "precious"


def test_the_lock_is_held_within_and_free_after(target: Path) -> None:
    with locked(target):
        with pytest.raises(LockedError, match="another run is building") as raised, locked(target):
            pass
        assert raised.value.exit_code == ExitCode.LOCKED
        with locked(target.with_name("mp3-player")):
            pass
    for _ in range(2):
        with locked(target):
            pass


def test_the_lock_is_dropped_when_the_run_fails(target: Path) -> None:
    with pytest.raises(RuntimeError, match="stop"), locked(target):
        raise RuntimeError("stop")
    with locked(target):
        pass


_HOLDER = """
import sys, time
from pathlib import Path
from builder.card.publish import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


@contextmanager
def _other_run(target: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock, until it is killed."""
    command = [sys.executable, "-c", _HOLDER, str(target)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def test_another_run_is_refused_at_once_and_served_when_the_first_is_killed(target: Path) -> None:
    with _other_run(target) as process:
        started = time.monotonic()
        with pytest.raises(LockedError, match="sd-card"), locked(target):
            pass
        assert time.monotonic() - started < 2
        process.kill()
        process.wait(timeout=30)
        with locked(target):
            prepare(target)


def test_a_foreign_folder_is_refused_before_the_last_good_pack_is_touched(target: Path) -> None:
    """A run was killed between its two renames, and then somebody used the name for something else."""
    old = _pack(target.parent / f".{target.name}.old", "first")
    (target / "photos").mkdir(parents=True)
    (target / "photos" / "me.jpg").write_text("mine")
    with pytest.raises(StorageError):
        prepare(target)
    assert _edition(old) == "first"


@pytest.mark.parametrize("name", [".DS_Store", "card/._x.mp3", "Thumbs.db"])
def test_what_a_file_manager_leaves_does_not_stop_the_next_pack(target: Path, name: str) -> None:
    target.parent.mkdir(parents=True)
    _publish(_fill(prepare(target), "first"), target)
    (target / name).write_text("x")
    _publish(_fill(prepare(target), "second"), target)
    assert _edition(target) == "second"


def test_a_file_that_somebody_put_among_the_tracks_is_not_deleted(target: Path) -> None:
    target.parent.mkdir(parents=True)
    _publish(_fill(prepare(target), "first"), target)
    (target / "card" / "01" / "my song.mp3").write_text("mine")
    with pytest.raises(StorageError, match=r"my song\.mp3"):
        prepare(target)

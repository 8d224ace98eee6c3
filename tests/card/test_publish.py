"""Publishing: whole or not at all, mended after a kill, never over what is not ours, one run at a time."""

from __future__ import annotations

import hashlib
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
from builder.card.verify.pack import own_files
from builder.errors import ExitCode, LockedError, StorageError
from tests.conftest import ROOT


@pytest.fixture(params=["one step", "two renames"])
def target(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a pack goes; tried on a system that can exchange, and as on one that cannot."""
    if request.param == "two renames":
        monkeypatch.setattr(publishing, "exchange", lambda *_: False)
    return tmp_path / "out" / "sd-card"


def _prepare(target: Path) -> Path:
    return prepare(target, own_files)


def _publish(stage: Path, target: Path) -> None:
    publish([(stage, target)], own_files)
    discard(target)


def _fill(folder: Path, edition: str) -> Path:
    """A finished stage: a card and its record."""
    (folder / "card" / "01").mkdir(parents=True)
    (folder / "card" / "01" / f"{edition}.mp3").write_text(edition)
    digest = hashlib.sha256(edition.encode()).hexdigest()
    row = {"path": f"01/{edition}.mp3", "bytes": len(edition), "sha256": digest}
    (folder / RECORD).write_text(json.dumps({"schema": 1, "edition": edition, "tracks": [row]}))
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
        stage = _prepare(target)
        assert not target.exists()
        _publish(_fill(stage, "new"), target)
    assert _edition(target) == "new"
    assert _beside(target) == [".sd-card.lock", "sd-card"]


def test_a_later_pack_replaces_the_whole_of_the_one_before(target: Path) -> None:
    _pack(target, "old")
    (target / "card.img").write_bytes(b"old")
    _publish(_fill(_prepare(target), "new"), target)
    assert _edition(target) == "new"
    assert not (target / "card.img").exists()
    assert _beside(target) == ["sd-card"]


def test_until_it_is_published_the_one_before_stands(target: Path) -> None:
    _pack(target, "old")
    stage = _prepare(target)
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
    places = [(_fill(_prepare(first), "new"), first), (_fill(_prepare(target), "new"), target)]
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
        publish(places, own_files)
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
    places = [(_fill(_prepare(first), "new"), first), (_fill(_prepare(target), "new"), target)]
    flush = publishing._flush_folder

    def fail(path: Path) -> None:
        if path == target.parent:
            assert _edition(target) == _edition(first) == "new"
            raise OSError("the disk went away")
        flush(path)

    monkeypatch.setattr(publishing, "_flush_folder", fail)
    with pytest.raises(OSError, match="the disk went away"):
        publish(places, own_files)
    assert _edition(target) == "old"
    for one in (first, target):
        discard(one)
    assert _beside(target) == ["sd-card"]


@pytest.mark.skipif(sys.platform != "linux", reason="only /proc tells which file is flushed")
def test_everything_is_flushed_before_anything_changes_places(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _pack(target, "old")
    stage = _fill(_prepare(target), "new")
    (stage / "card.img").write_bytes(bytes(9000))
    wanted = {stage, *stage.rglob("*")}
    flushed, fsync = set(), os.fsync

    def note(descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        flushed.add(path)
        assert _edition(target) == ("new" if path in target.parents else "old")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    publish([(stage, target)], own_files)
    assert flushed == {*wanted, *target.parents[:2]}


def test_an_exchange_that_was_killed_in_the_middle_is_mended(target: Path) -> None:
    _pack(target.parent / ".sd-card.old", "old")
    _pack(target.parent / ".sd-card.new", "new")
    stage = _prepare(target)
    assert _edition(target) == "old"
    assert stage.is_dir()
    assert list(stage.iterdir()) == []
    assert _beside(target) == [".sd-card.new", "sd-card"]


def test_leftovers_of_a_killed_run_are_cleared_away(target: Path) -> None:
    _pack(target, "new")
    _pack(target.parent / ".sd-card.old", "old")
    _pack(target.parent / ".sd-card.new", "half")
    stage = _prepare(target)
    assert _edition(target) == "new"
    assert list(stage.iterdir()) == []
    assert _beside(target) == [".sd-card.new", "sd-card"]


def test_prepare_may_be_called_again_and_again(target: Path) -> None:
    target.parent.mkdir(parents=True)
    for _ in range(3):
        stage = _prepare(target)
        (stage / "1" / "card" / "01").mkdir(parents=True)
        (stage / "1" / "card" / "01" / "half.mp3").write_text("x")
    assert list(_prepare(target).iterdir()) == []


def test_an_empty_folder_may_be_used(target: Path) -> None:
    target.mkdir(parents=True)
    _publish(_fill(_prepare(target), "new"), target)
    assert _edition(target) == "new"


@pytest.mark.parametrize("what", ["photo.jpg", "card/01/x.mp3", "record.json/x", "RECORD.txt"])
def test_a_folder_that_is_not_ours_is_refused_and_untouched(target: Path, what: str) -> None:
    (target / what).parent.mkdir(parents=True)
    (target / what).write_text("precious")
    with pytest.raises(StorageError, match="is no pack that this program built") as raised:
        _prepare(target)
    assert raised.value.exit_code == ExitCode.IO
    assert (target / what).read_text() == "precious"
    assert _beside(target) == ["sd-card"]


def test_a_file_in_the_place_of_the_pack_is_refused(target: Path) -> None:
    target.parent.mkdir(parents=True)
    target.write_text("precious")
    with pytest.raises(StorageError, match="is no pack"):
        _prepare(target)
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
            _prepare(target)


def test_a_foreign_folder_is_refused_before_the_last_good_pack_is_touched(target: Path) -> None:
    """A run was killed between its two renames, and then somebody used the name for something else."""
    old = _pack(target.parent / f".{target.name}.old", "first")
    (target / "photos").mkdir(parents=True)
    (target / "photos" / "me.jpg").write_text("mine")
    with pytest.raises(StorageError):
        _prepare(target)
    assert _edition(old) == "first"


# As such files begin that macOS and Windows wrote.
_DROPPINGS = {
    ".DS_Store": b"\0\0\0\1Bud1" + bytes(6140),
    "card/._.DS_Store": b"\0\5\x16\7\0\2\0\0Mac OS X        ",
    "card/01/._first.mp3": b"\0\5\x16\7\0\2\0\0Mac OS X        ",
    "Thumbs.db": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504),
    "card/desktop.ini": b"\r\n[.ShellClassInfo]\r\nIconIndex=0\r\n",
    "desktop.ini": "\ufeff\r\n[ViewState]\r\nMode=\r\n".encode("utf-16-le"),
    "card/01/Thumbs.db": b"",
}


@pytest.mark.parametrize("name", _DROPPINGS)
def test_what_a_file_manager_leaves_does_not_stop_the_next_pack(target: Path, name: str) -> None:
    target.parent.mkdir(parents=True)
    _publish(_fill(_prepare(target), "first"), target)
    (target / name).write_bytes(_DROPPINGS[name])
    _publish(_fill(_prepare(target), "second"), target)
    assert _edition(target) == "second"


@pytest.mark.parametrize("name", [*_DROPPINGS, ".secret", "card/.hidden/.note", "card/01/.first.mp3"])
def test_a_file_that_only_has_the_name_of_such_a_one_is_not_deleted(target: Path, name: str) -> None:
    _pack(target, "first")
    (target / name).parent.mkdir(exist_ok=True)
    (target / name).write_bytes(b"precious")
    with pytest.raises(StorageError, match="there is ") as raised:
        _prepare(target)
    assert str(raised.value).endswith((f"{name}, a file", "card/.hidden, a folder"))
    assert (target / name).read_bytes() == b"precious"


@pytest.mark.parametrize("name", ["photos", "card/02", "card/01/.DS_Store", "card/._01", "1", "1/card"])
def test_a_folder_that_holds_nothing_of_the_pack_is_not_deleted(target: Path, name: str) -> None:
    _pack(target, "first")
    (target / name).mkdir(parents=True)
    with pytest.raises(StorageError, match=f"there is {name.split('/card')[0]}, a folder"):
        _prepare(target)
    assert (target / name).is_dir()


def test_a_pack_of_several_cards_owns_what_their_records_list(target: Path) -> None:
    for number in (1, 2):
        _pack(target / str(number), f"{number}")
        (target / str(number) / "card.img").write_bytes(b"x")
    _publish(_fill(_prepare(target), "one card"), target)
    assert _edition(target) == "one card"


def test_what_is_put_into_a_pack_while_the_next_one_is_made_is_not_deleted(target: Path) -> None:
    _pack(target, "first")
    stage = _fill(_prepare(target), "second")
    (target / "notes.txt").write_text("precious")
    with pytest.raises(StorageError, match=r"there is notes\.txt, a file"):
        _publish(stage, target)
    discard(target)
    assert (target / "notes.txt").read_text() == "precious"
    assert _edition(target) == "first"
    assert _beside(target) == ["sd-card"]


@pytest.mark.parametrize("what", ["new", "old"])
@pytest.mark.parametrize(
    "name", ["me.jpg", "card/letter.txt", "photos/1.mp3", "card/1/x/.secret", "1/record.txt"]
)
def test_what_no_build_leaves_is_not_taken_for_what_a_killed_one_left(
    target: Path, what: str, name: str
) -> None:
    _pack(target, "first")
    precious = target.parent / f".{target.name}.{what}" / name
    precious.parent.mkdir(parents=True)
    precious.write_text("precious")
    with pytest.raises(StorageError, match=f"{what} is not what a build leaves that was killed"):
        _prepare(target)
    assert precious.read_text() == "precious"
    assert _edition(target) == "first"


def test_a_file_that_somebody_put_among_the_tracks_is_not_deleted(target: Path) -> None:
    target.parent.mkdir(parents=True)
    _publish(_fill(_prepare(target), "first"), target)
    (target / "card" / "01" / "my song.mp3").write_text("mine")
    with pytest.raises(StorageError, match=r"my song\.mp3"):
        _prepare(target)

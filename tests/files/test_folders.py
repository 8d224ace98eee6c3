"""Folders are taken away whole and many at once, and no link is ever followed, not even one that was just put there."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from builder.card.exchange import exchange
from builder.errors import ExitCode, StorageError
from builder.files import folders
from builder.files.folders import at_once, claim, contents, follow, kind_of, remove, temporary
from tests.conftest import tree
from tests.disks import small_disk


@pytest.fixture(params=["by handles", "by names"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """As on systems that have handles of folders, and as on Windows."""
    if request.param == "by names":
        monkeypatch.setattr(folders, "_HAS_HANDLES", False)
    elif not folders._HAS_HANDLES:
        pytest.skip("this system has no handles of folders")
    return str(request.param)


@pytest.fixture
def precious(tmp_path: Path) -> Iterator[Path]:
    """A folder that must be there afterwards, with all that is in it."""
    folder = tmp_path / "precious"
    (folder / "below").mkdir(parents=True)
    for number in range(40):
        (folder / f"{number}.txt").write_text("precious")
        (folder / "below" / f"{number}.txt").write_text("precious")
    before = tree(folder)
    yield folder
    assert tree(folder) == before


def _pipe(path: Path, _: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path, _: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # a socket's path may be 100 letters long
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(here)


_MAKERS: dict[str, tuple[str, Callable[[Path, Path], object]]] = {
    "a link to a folder": ("link", lambda path, precious: path.symlink_to(precious)),
    "a link to a file": ("link", lambda path, precious: path.symlink_to(precious / "1.txt")),
    "a link to nothing": ("link", lambda path, _: path.symlink_to("nothing")),
    "a link to itself": ("link", lambda path, _: path.symlink_to(path)),
    "a pipe": ("pipe", _pipe),
    "a socket": ("device", _socket),
    "a file": ("file", lambda path, _: path.write_text("mine")),
    "a folder": ("folder", lambda path, _: path.mkdir()),
}


@pytest.mark.skipif(os.name == "nt", reason="Windows lets few people make links, and has no pipes")
@pytest.mark.parametrize("what", _MAKERS)
def test_each_kind_is_told_from_the_others_and_only_the_own_kind_may_be_claimed(
    tmp_path: Path, precious: Path, what: str
) -> None:
    kind, make = _MAKERS[what]
    path = tmp_path / "name"
    make(path, precious)
    assert kind_of(path) == kind
    for wanted in ("file", "folder"):
        if kind == wanted:
            claim(path, wanted)
            continue
        with pytest.raises(
            StorageError, match=f"name is a {kind}, and this program makes a {wanted}"
        ) as raised:
            claim(path, wanted)
        assert raised.value.exit_code == ExitCode.IO
    assert kind_of(path) == kind


def test_nothing_is_no_kind_and_may_be_claimed(tmp_path: Path) -> None:
    assert kind_of(tmp_path / "name") is None
    claim(tmp_path / "name", "folder")
    assert not (tmp_path / "name").exists()


@pytest.mark.skipif(os.name == "nt", reason="links")
def test_all_that_is_in_a_folder_goes_with_it_and_of_links_only_they(
    tmp_path: Path, precious: Path, way: str
) -> None:
    top = tmp_path / "top"
    for folder in (top, top / "a", top / "a" / "b", top / "c"):
        folder.mkdir()
        for name, (_, make) in _MAKERS.items():
            make(folder / name, precious)
        for number in range(70):
            (folder / f"{number}").write_text("x")
    listed = dict(contents(top))
    assert len(listed) == 4 * (70 + len(_MAKERS)) + 3
    assert (listed["a/b/a link to a folder"], listed["a/b"], listed["c/a pipe"]) == ("link", "folder", "pipe")
    remove(top)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["precious"]


@pytest.mark.skipif(os.name == "nt", reason="links")
@pytest.mark.parametrize("what", sorted(set(_MAKERS) - {"a folder"}))
def test_only_a_folder_is_removed(tmp_path: Path, precious: Path, way: str, what: str) -> None:
    path = tmp_path / "name"
    _MAKERS[what][1](path, precious)
    with pytest.raises(OSError, match=r"Not a directory|Too many levels"):
        remove(path)
    assert os.path.lexists(path)


@pytest.mark.skipif(os.name == "nt", reason="links")
def test_links_above_are_the_users_and_are_followed(tmp_path: Path, way: str) -> None:
    (tmp_path / "disk" / "top" / "below").mkdir(parents=True)
    (tmp_path / "link").symlink_to("disk")
    remove(tmp_path / "link" / "top")
    assert list((tmp_path / "disk").iterdir()) == []
    assert follow(tmp_path / "link" / "new") == (tmp_path / "disk" / "new").resolve()


@pytest.mark.skipif(os.name == "nt", reason="links")
@pytest.mark.parametrize("name", ["link", "link/below", "link/below/more"])
@pytest.mark.parametrize("to", ["nothing", "link"])
def test_a_link_that_leads_nowhere_is_said(tmp_path: Path, name: str, to: str) -> None:
    (tmp_path / "link").symlink_to(to)
    with pytest.raises(StorageError, match=f"link is a link to {to}, which is missing"):
        follow(tmp_path / name)


@pytest.mark.skipif(not folders._HAS_HANDLES, reason="without handles there is an instant")
@pytest.mark.parametrize("point", range(1, 7))
@pytest.mark.parametrize("name", ["top", "top/a", "top/a/b"])
def test_a_folder_that_is_exchanged_for_a_link_meanwhile_is_not_followed(
    tmp_path: Path, precious: Path, monkeypatch: pytest.MonkeyPatch, name: str, point: int
) -> None:
    """Just before the system opens a folder for the first time, the second, and so on."""
    top = tmp_path / "top"
    (top / "a" / "b").mkdir(parents=True)
    for folder in (top, top / "a", top / "a" / "b"):
        (folder / "1.txt").write_text("x")
        (folder / "below").mkdir()
        (folder / "below" / "2.txt").write_text("x")
    open_it, opened = os.open, []

    def exchanged(path: str, *more: int, **options: int) -> int:
        if Path(path).name == Path(name).name:
            opened.append(path)
            if len(opened) == point:
                (tmp_path / name).rename(tmp_path / "aside")
                (tmp_path / name).symlink_to(precious)
        return open_it(path, *more, **options)

    monkeypatch.setattr(os, "open", exchanged)
    try:
        remove(top)
    except OSError as error:
        assert len(opened) >= point, error
    else:
        assert len(opened) < point


@pytest.mark.skipif(sys.platform != "linux" or not folders._HAS_HANDLES, reason="exchanges in one step")
def test_nor_one_that_changes_places_with_a_link_again_and_again(tmp_path: Path, precious: Path) -> None:
    ends, lock = threading.Event(), threading.Lock()
    spare = tmp_path / "spare"
    spare.symlink_to(precious)
    top = tmp_path / "top"

    def play() -> None:
        while not ends.is_set():
            with lock, suppress(OSError):
                exchange(top / "a", spare)

    player = threading.Thread(target=play)
    player.start()
    refused = 0
    try:
        for _ in range(150):
            with lock:  # the test itself writes through no link
                for left in (top, spare):
                    if kind_of(left) == "folder":
                        shutil.rmtree(left)
                if kind_of(spare) is None:
                    spare.symlink_to(precious)
                (top / "a" / "below").mkdir(parents=True)
                for number in range(40):
                    (top / "a" / f"{number}.txt").write_text("x")
            try:
                remove(top)
            except OSError:
                refused += 1
    finally:
        ends.set()
        player.join()
    assert refused


def test_another_disk_that_is_mounted_within_is_left_alone(tmp_path: Path, way: str) -> None:
    (tmp_path / "top").mkdir()
    with small_disk(tmp_path / "top" / "card", "64k") as disk:
        (disk / "precious").write_text("precious")
        with pytest.raises(OSError, match="another disk is mounted there"):
            remove(tmp_path / "top")
        assert (disk / "precious").read_text() == "precious"


def test_a_folder_is_removed_however_deep(tmp_path: Path, way: str) -> None:
    deep = tmp_path / "top" / "/".join("x" * 100)
    deep.mkdir(parents=True)
    (deep / "file").write_text("x")
    remove(tmp_path / "top")
    assert list(tmp_path.iterdir()) == []


def test_what_another_run_takes_away_at_the_same_time_is_no_error(
    tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        (tmp_path / "top" / name).mkdir(parents=True)
        (tmp_path / "top" / name / "file").write_text("x")
    real, walk = shutil.rmtree, folders._walk

    def walked(*arguments: object) -> object:
        rows = list(walk(*arguments))  # type: ignore[arg-type]
        real(tmp_path / "top" / "a")
        return iter(rows)

    monkeypatch.setattr(folders, "_walk", walked)
    remove(tmp_path / "top")
    assert list(tmp_path.iterdir()) == []


def test_what_marks_a_folder_goes_last(tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "top" / "below").mkdir(parents=True)
    for name in ("a", "mark", "z", "below/mark"):
        (tmp_path / "top" / name).write_text("x")
    gone: list[str] = []
    for call in ("unlink", "rmdir"):
        monkeypatch.setattr(os, call, _noted(getattr(os, call), gone))
    remove(tmp_path / "top", last="mark")
    assert sorted(gone[:3]) == ["a", "mark", "z"]
    assert gone[3:] == ["below", "mark", "top"]


def _noted(call: Callable[..., None], gone: list[str]) -> Callable[..., None]:
    def called(path: str | Path, **at: int) -> None:
        gone.append(Path(path).name)
        call(path, **at)

    return called


def test_a_temporary_folder_is_gone_whatever_happens(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), temporary(tmp_path) as folder:
        (folder / "below").mkdir()
        raise RuntimeError
    with temporary(tmp_path) as folder:
        shutil.rmtree(folder)
    assert list(tmp_path.iterdir()) == []


def test_the_first_error_is_raised_when_all_is_done() -> None:
    done = []

    def job(number: int) -> None:
        done.append(number)
        if number in (3, 7):
            raise OSError(number)

    with pytest.raises(OSError, match="3"):
        at_once(range(50), job)
    assert sorted(done) == list(range(50))


@pytest.mark.skipif(sys.platform != "linux", reason="strace")
def test_no_call_of_a_removal_names_a_path(tmp_path: Path) -> None:
    """By strace: every name is looked up in a folder that is open, and no folder is opened through a link."""
    if not shutil.which("strace"):
        pytest.skip("strace is not installed")
    (tmp_path / "top" / "a").mkdir(parents=True)
    (tmp_path / "top" / "a" / "file").write_text("x")
    top = str(tmp_path / "top")
    code = f"from pathlib import Path; from builder.files.folders import remove; remove(Path({top!r}))"
    log = tmp_path / "log"
    subprocess.run(
        [
            "strace",
            "-f",
            "-e",
            "trace=unlink,unlinkat,rmdir,openat,open",
            "-o",
            log,
            sys.executable,
            "-c",
            code,
        ],
        check=True,
        timeout=120,
    )
    calls = [line.split(" ", 1)[1].strip() for line in log.read_text().splitlines()]
    removals = [call for call in calls if call.startswith(("unlink", "rmdir"))]
    assert len(removals) == 3
    for call in removals:
        assert call.startswith("unlinkat("), call
        assert "AT_FDCWD" not in call
        assert "/" not in call.split('"')[1]
    opened = [call for call in calls if '"a"' in call or '"top"' in call]
    assert opened
    assert all("O_NOFOLLOW" in call and "O_DIRECTORY" in call for call in opened if "openat" in call)

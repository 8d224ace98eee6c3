"""Files for the office: whole or not at all, over nothing that this program did not write, and through no link."""

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path

import pytest

from builder.card.publish import CARD, RECORD
from builder.errors import StorageError
from builder.files.papers import MOST_BYTES, Paper, obstacle, write_paper

_MARK = b"ours\n"
_PAPER = Paper(what="a page", is_known=lambda data: data.startswith(_MARK))
_TEXT = "ours\n희망\n"


def test_a_file_is_written_with_its_bytes_and_what_was_ours_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    for text in (_TEXT, "ours\nagain\n"):
        assert obstacle(path, _PAPER) == ""
        write_paper(path, text, _PAPER)
        assert path.read_bytes() == text.encode()
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="no such rights there")
def test_a_file_has_the_rights_that_others_have(tmp_path: Path) -> None:
    write_paper(tmp_path / "a.html", _TEXT, _PAPER)
    (tmp_path / "b").touch()
    assert stat.S_IMODE((tmp_path / "a.html").stat().st_mode) == stat.S_IMODE((tmp_path / "b").stat().st_mode)


@pytest.mark.parametrize("content", [b"", b"theirs", b" ours\n", _MARK + b"x" * MOST_BYTES])
def test_what_is_not_ours_stays(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(content)
    assert obstacle(path, _PAPER) == "is there already, and is not a page that this program wrote"
    with pytest.raises(StorageError, match="is not a page"):
        write_paper(path, _TEXT, _PAPER)
    assert path.read_bytes() == content
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
@pytest.mark.parametrize("target", ["ours", "theirs", "nothing", ".", "/dev/full", "link.html"])
def test_a_link_is_not_followed_and_not_replaced(tmp_path: Path, target: str) -> None:
    (tmp_path / "ours").write_bytes(_MARK)
    (tmp_path / "theirs").write_bytes(b"theirs")
    path = tmp_path / "link.html"
    path.symlink_to(target)
    assert "is a link" in obstacle(path, _PAPER)
    with pytest.raises(StorageError, match="is a link"):
        write_paper(path, _TEXT, _PAPER)
    assert path.is_symlink()
    assert (tmp_path / "ours").read_bytes() == _MARK
    assert (tmp_path / "theirs").read_bytes() == b"theirs"
    assert not (tmp_path / "nothing").exists()


def test_a_link_that_waits_at_the_old_name_of_the_part_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "theirs").write_bytes(b"theirs")
    (tmp_path / ".a.html.part").symlink_to("theirs")
    write_paper(tmp_path / "a.html", _TEXT, _PAPER)
    assert (tmp_path / "theirs").read_bytes() == b"theirs"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such files there")
@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_what_is_no_file_stays(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.html"
    if kind == "folder":
        path.mkdir()
    else:
        os.mkfifo(path)
    assert obstacle(path, _PAPER) == ("is a folder" if kind == "folder" else "is no regular file")
    with pytest.raises(StorageError):
        write_paper(path, _TEXT, _PAPER)
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize("where", ["no/a.html", "file/a.html", f"{'x' * 300}.html"])
def test_where_no_file_can_be_is_known_before(tmp_path: Path, where: str) -> None:
    (tmp_path / "file").touch()
    for attempt in (lambda path: obstacle(path, _PAPER), lambda path: write_paper(path, _TEXT, _PAPER)):
        with pytest.raises(StorageError, match="cannot be written"):
            attempt(tmp_path / where)
    assert [*tmp_path.iterdir()] == [tmp_path / "file"]


def test_a_folder_that_takes_nothing_is_known_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_: object) -> int:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(os, "open", closed)
    with pytest.raises(StorageError, match="Read-only"):
        obstacle(tmp_path / "a.html", _PAPER)


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(_MARK)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left"):
        write_paper(path, _TEXT, _PAPER)
    assert [*tmp_path.iterdir()] == [path]
    assert path.read_bytes() == _MARK


def test_a_file_that_fails_its_check_is_not_there(tmp_path: Path) -> None:
    def check(part: Path) -> None:
        assert part.read_text("utf-8") == _TEXT
        raise ValueError

    with pytest.raises(ValueError):
        write_paper(tmp_path / "a.html", _TEXT, _PAPER, check)
    assert [*tmp_path.iterdir()] == []


def test_a_name_of_255_bytes_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / f"{'희' * 83}a.html"
    write_paper(path, _TEXT, _PAPER)
    assert path.exists()


@pytest.mark.parametrize("inside", ["", "card", "card/01", "1", "1/card"])
@pytest.mark.parametrize("several", [False, True], ids=["one card", "several"])
def test_nothing_goes_into_the_folder_of_a_pack(tmp_path: Path, inside: str, several: bool) -> None:
    pack = tmp_path / "out" / "hope" / "sd-card"
    holder = pack / "1" if several else pack
    (holder / CARD / "01").mkdir(parents=True)
    (holder / RECORD).touch()
    folder = pack / inside
    if folder.is_dir():
        assert "folder of a pack" in obstacle(folder / "a.html", _PAPER)
        with pytest.raises(StorageError, match="folder of a pack"):
            write_paper(folder / "a.html", _TEXT, _PAPER)
    assert obstacle(tmp_path / "out" / "hope" / "a.html", _PAPER) == ""

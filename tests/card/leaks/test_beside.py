"""Folders of built cards hold cards, their records, images and locks, and nothing else: dot files are looked at."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from builder.card.leaks.beside import judge_beside
from builder.card.leaks.words import Word, Words
from tests.card.leaks.test_attached import extended
from tests.conftest import oracle

PACKS = ("test/sd-card", "test/car-usb/1", "test/car-usb/2")
NO_WORDS = Words(words=())


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """As builds leave it, for one card and for several."""
    out = tmp_path / "out"
    for pack in PACKS:
        (out / pack / "card").mkdir(parents=True)
        (out / pack / "card" / "x.mp3").write_bytes(b"x")
        (out / pack / "record.json").write_text("{}")
        (out / pack / "card.img").write_bytes(b"x")
    for profile in ("sd-card", "car-usb"):
        (out / "test" / f".{profile}.lock").touch()
    return out


def judged(out: Path) -> list[tuple[str, str]]:
    found = judge_beside(out, [out / pack for pack in PACKS], NO_WORDS)
    return [(path.relative_to(out).as_posix(), f"{leak.code} {leak.message}") for path, leak in found]


def test_what_a_build_leaves_is_no_leak(out: Path) -> None:
    assert judged(out) == []
    assert list(judge_beside(out / PACKS[0], [out / PACKS[0]], NO_WORDS)) == []


@pytest.mark.parametrize("folder", ["", "test", "test/car-usb", "test/sd-card", "test/car-usb/2"])
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("kim.txt", "is beside a card"),
        (".kim", "is beside a card"),
        (".kim.lock", "is beside a card"),
        (".kim.run", "is beside a card"),
        ("_sd-card.lock", "is beside a card"),
        ("..lock", "is beside a card"),
        (".sd-card.lock2", "is beside a card"),
        (".DS_Store", "macOS left it there"),
        ("._record.json", "macOS left it there"),
        ("Thumbs.db", "Windows left it there"),
        (".sd-card.new", "what a build works in"),
        (".sd-card.old", "what a build works in"),
        ("record.json.bak", "is beside a card"),
        ("CARD.IMG", "is beside a card"),
        ("card ", "is beside a card"),
    ],
)
def test_anything_else_is_told_at_its_place(out: Path, folder: str, name: str, said: str) -> None:
    (out / folder / name).write_bytes(b"")
    ((path, message),) = judged(out)
    assert path == f"{folder}/{name}".lstrip("/")
    assert message.startswith("E719 ")
    assert said in message


@pytest.mark.parametrize("name", ["record.json", "card.img", "test/record.json", "test/car-usb/card.img"])
def test_a_record_or_image_of_no_card_is_told(out: Path, name: str) -> None:
    (out / name).write_bytes(b"")
    assert [path for path, _ in judged(out)] == [name]


def test_the_card_itself_is_left_to_who_looks_at_cards(out: Path) -> None:
    os.link(out / "test/sd-card/card/x.mp3", out.parent / "kim.mp3")
    call = [oracle("setfattr"), "-n", "user.by", "-v", "CANARY", str(out / "test/sd-card/card")]
    subprocess.run(call, check=False, capture_output=True)
    assert judged(out) == []


def test_a_folder_more_is_told_with_or_without_something_in_it(out: Path) -> None:
    (out / "test" / "kim").mkdir()
    (out / ".hidden" / "deep").mkdir(parents=True)
    assert [path for path, _ in judged(out)] == [".hidden", "test/kim"]


@pytest.mark.parametrize("content", [b"", b"4711 1790000000\n", b"1 1790000000\n"])
def test_beside_a_lock_a_note_may_say_which_process_holds_it_since_when(out: Path, content: bytes) -> None:
    (out / "test" / ".sd-card.run").write_bytes(content)
    assert judged(out) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (".sd-card.lock", b"kim"),
        (".sd-card.lock", b"4711 1790000000\n"),
        (".sd-card.lock", b"\0"),
        (".sd-card.lock", b"4" * 9999),
        (".car-usb.run", b"kim"),
        (".car-usb.run", b"4711 kim\n"),
        (".car-usb.run", b"4711 1790000000\nkim"),
        (".car-usb.run", b"4711 1790000000"),
        (".car-usb.run", b"82 1012345678\n"),
        (".car-usb.run", b"821012345678 1790000000\n"),
        (".car-usb.run", b"4711 1790000000\n" * 9),
    ],
)
def test_a_lock_or_a_note_that_says_more_is_told(out: Path, name: str, content: bytes) -> None:
    (out / "test" / name).write_bytes(content)
    ((path, message),) = judged(out)
    assert path == f"test/{name}"
    assert "holds something else" in message


@pytest.mark.parametrize(
    "name", ["test/sd-card/record.json", "test/sd-card/card.img", "test/sd-card/card", "test"]
)
def test_a_link_in_a_place_of_ours_is_told(out: Path, name: str) -> None:
    elsewhere = out.parent / "elsewhere"
    (out / name).rename(elsewhere)
    (out / name).symlink_to(elsewhere)
    ((path, message),) = judged(out)
    assert (path, message.split(";")[0]) == (name, "E719 is a link")


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir])
@pytest.mark.parametrize("name", ["test/.sd-card.lock", "test/sd-card/card.img"])
def test_a_thing_of_another_kind_in_a_place_of_ours_is_told(
    out: Path, make: Callable[[Path], None], name: str
) -> None:
    (out / name).unlink()
    make(out / name)
    ((path, message),) = judged(out)
    assert path == name
    assert message.startswith("E719")


@pytest.mark.parametrize(
    "name", [".", "test", "test/sd-card", "test/sd-card/record.json", "test/.sd-card.lock"]
)
def test_an_extended_attribute_beside_a_card_is_told(out: Path, name: str) -> None:
    call = [oracle("setfattr"), "-n", "user.by", "-v", "CANARY", str(out / name)]
    if subprocess.run(call, check=False, capture_output=True).returncode:
        pytest.skip("this disk has no extended attributes")
    assert judged(out) == [(name, 'E722 has an extended attribute, user.by "CANARY"')]


def test_a_second_name_of_an_image_is_told(out: Path) -> None:
    os.link(out / "test/sd-card/card.img", out.parent / "kim.img")
    ((path, message),) = judged(out)
    assert (path, message[:16]) == ("test/sd-card/card.img", "E722 has 2 names")


def test_of_a_folder_that_is_given_by_a_link_the_folder_itself_is_looked_at(
    out: Path, tmp_path: Path
) -> None:
    link = tmp_path / "link"
    link.symlink_to(out)
    extended(out, "user.comment")
    (message,) = [leak.message for _, leak in judge_beside(link, [link / pack for pack in PACKS], NO_WORDS)]
    assert "user.comment" in message


def test_private_terms_are_looked_for_in_the_names_of_folders_above_cards(out: Path) -> None:
    """Words of this computer are not: where a pack is built is the office's."""
    words = Words(
        words=(
            Word(text="\uae40\uc601\ud76c", what="a private term", kind="term"),
            Word(text="river", what="the user", kind="computer"),
        )
    )
    folder = (out / PACKS[0]).parent
    folder.rename(folder.with_name("river \uae40 \uc601\ud76c"))
    moved = folder.with_name("river \uae40 \uc601\ud76c") / Path(PACKS[0]).name
    others = [out / pack for pack in PACKS if (out / pack).exists()]
    found = [leak for _, leak in judge_beside(out, [moved, *others], words) if leak.code in ("E716", "E717")]
    assert [leak.code for leak in found] == ["E717"]

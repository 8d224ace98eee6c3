"""Folders against their pack: mounted cards and copies, and what a file system shows of the order."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from builder.card.verify import target as target_module
from builder.card.verify.pack import NoPackError, read_pack
from tests.card.verify.cards import FILES, Card, content
from tests.conftest import packbuilder

MARK, HOPE = FILES[1], FILES[4]
UNSEEN = ("W607", "", None)


@pytest.fixture
def copy(card: Card) -> Path:
    """The card copied by hand to another folder."""
    return shutil.copytree(card.pack / "card", card.folder / "copy")


def test_a_copy_is_right_but_for_its_order_which_nobody_sees(card: Card, copy: Path) -> None:
    ran = card.verify(copy)
    assert ran.code == 0
    assert ran.out == (
        f"{copy}: W607 warning: the order of the entries on the card cannot be seen here\n"
        "    help: verify the image, the raw card, or the mounted card on Linux\n\n"
        f"{copy}: as the record says: 6 files, 413 kB, play order not visible here; 1 warning\n"
    )
    document = card.document(copy)
    assert (document["files"], document["order"]) == (6, "not visible")
    assert [finding["code"] for finding in document["findings"]] == ["W607"]
    assert "offset" not in document["findings"][0]


def test_a_flipped_byte_is_named_by_its_place_in_the_file(card: Card, copy: Path) -> None:
    data = bytearray(content(HOPE))
    data[12_345] ^= 0x80
    (copy / HOPE).write_bytes(data)
    ran = card.verify(copy)
    first = f"{copy}/{HOPE}:0x3039: E603 is changed; the first byte that differs is byte 12345 of the file"
    assert ran.out.splitlines()[0] == first
    assert ran.code == 1


def test_missing_extra_and_junk_are_told_in_the_order_of_the_pack(card: Card, copy: Path) -> None:
    (copy / MARK).unlink()
    (copy / FILES[0]).unlink()
    shutil.rmtree(copy / "02_설교")
    (copy / "notes.txt").write_text("x")
    (copy / "empty").mkdir()
    (copy / "01_MRK" / ".DS_Store").write_bytes(b"x")
    (copy / ".Trash-1000" / "files").mkdir(parents=True)
    (copy / ".Trash-1000" / "files" / "old.mp3").write_bytes(b"x")
    assert card.found(copy) == [
        ("E601", FILES[0], None),
        ("E601", MARK, None),
        ("E601", "02_설교", None),
        ("E602", "empty", None),
        ("E602", "notes.txt", None),
        ("E605", ".Trash-1000", None),
        ("E605", "01_MRK/.DS_Store", None),
        UNSEEN,
    ]


def test_without_an_offset_a_line_names_the_file_alone(card: Card, copy: Path) -> None:
    (copy / MARK).unlink()
    assert card.verify(copy).out.startswith(f"{copy}/{MARK}: E601 is missing\n")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_links_and_special_files_are_not_followed(card: Card, copy: Path) -> None:
    (copy / "around").symlink_to(copy, target_is_directory=True)
    os.mkfifo(copy / "pipe")
    (copy / MARK).unlink()
    (copy / MARK).symlink_to(card.own(MARK))
    assert card.found(copy) == [
        ("E601", MARK, None),
        ("E602", MARK, None),
        ("E602", "around", None),
        ("E602", "pipe", None),
        UNSEEN,
    ]


def test_a_folder_in_the_place_of_a_file_is_told_as_such(card: Card, copy: Path) -> None:
    (copy / MARK).unlink()
    (copy / MARK).mkdir()
    (finding, _) = card.look(copy).findings
    assert (finding.code, finding.help) == (
        "E601",
        "there is a folder of that name; write the image again",
    )


def test_a_file_and_a_folder_that_cannot_be_read_hide_no_other_fault(
    card: Card, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan, read = os.scandir, target_module.blocks

    def allowed(path: Path) -> Path:
        if path.name in ("02_설교", "01_MRK_002.mp3"):
            raise PermissionError(13, "Permission denied", str(path))
        return path

    # Rights would not do: tests may run as root, who may read everything.
    monkeypatch.setattr(os, "scandir", lambda path: scan(allowed(Path(path))))
    monkeypatch.setattr(target_module, "blocks", lambda path: read(allowed(path)))
    (copy / FILES[5]).write_bytes(b"x")
    found = card.look(copy)
    assert [finding.code for finding in found.findings] == ["E603", "E603", "E603", "W607"]
    assert found.findings[0].message == "the folder cannot be read: Permission denied"
    assert found.findings[1].message == "cannot be read: Permission denied"
    assert found.files == 3


def test_a_disk_that_lists_in_order_is_held_to_it(
    card: Card, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(target_module, "is_fat", bool)
    scan = os.scandir

    class Listed(list[os.DirEntry[str]]):
        def __enter__(self) -> Listed:
            return self

        def __exit__(self, *_: object) -> None:
            pass

    def turned(*, is_reverse: bool) -> None:
        monkeypatch.setattr(
            os,
            "scandir",
            lambda path: Listed(sorted(scan(path), key=lambda entry: entry.name, reverse=is_reverse)),
        )

    turned(is_reverse=False)
    assert (card.look(copy).findings, card.look(copy).order) == ((), "verified")
    turned(is_reverse=True)
    assert card.found(copy) == [
        ("E604", "03_PSA", None),
        ("E604", FILES[2], None),
        ("E604", HOPE, None),
    ]
    assert card.look(copy).order == "wrong"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_name_that_is_no_utf_8_is_shown_all_the_same(card: Card, copy: Path) -> None:
    Path(os.fsdecode(os.fsencode(copy) + b"/\xb0\xa1\x1b[31m")).write_bytes(b"x")
    ran = card.verify(copy)
    assert ran.code == 1
    assert f"{copy}/\\udcb0\\udca1\\x1b[31m: E602" in ran.out
    assert card.verify(copy, "--format", "json").code == 1


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (None, "record.json cannot be read there: No such file"),
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ('{"schema": 3, "tracks": []}', "not of schema 1 or 2"),
        ("[]", "not of schema 1 or 2"),
        ('{"schema": 1, "tracks": []}', "lists no tracks"),
        ('{"schema": 1, "tracks": [{"path": "a.mp3", "bytes": 1}]}', "track 1 lacks"),
    ],
)
def test_a_pack_without_a_record_that_can_be_read_is_usage(
    card: Card, copy: Path, record: str | None, said: str
) -> None:
    (card.pack / "record.json").unlink()
    if record is not None:
        (card.pack / "record.json").write_text(record)
    ran = card.verify(copy)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "PACK is the folder that a build makes" in ran.err


@pytest.mark.parametrize("path", ["../x", "/x", "a//b", "a/./b", "a\\..\\x", "C:x", ""])
def test_a_record_cannot_name_files_outside_of_its_card(card: Card, path: str) -> None:
    row = {"path": path, "bytes": 1, "sha256": "0" * 64}
    card.write_record(tracks=[row])
    with pytest.raises(NoPackError, match="track 1 lacks a path on the card"):
        read_pack(card.pack)


@pytest.mark.parametrize("second", ["a.mp3", "a.mp3/b.mp3"])
def test_a_record_that_lists_a_path_twice_is_no_record(card: Card, second: str) -> None:
    row = {"path": "a.mp3", "bytes": 1, "sha256": "0" * 64}
    card.write_record(tracks=[row, {**row, "path": second}])
    with pytest.raises(NoPackError, match="lists a path twice"):
        read_pack(card.pack)


def test_what_is_not_there_is_usage(card: Card) -> None:
    gone = packbuilder("verify", card.pack, card.folder / "gone.img", "--format", "json")
    assert (gone.code, gone.json["error"]["exit_code"]) == (2, 2)
    assert "gone.img" in gone.err
    assert packbuilder("verify", card.folder / "gone", card.pack).code == 2
    assert packbuilder("verify", card.pack).code == 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_a_pipe_is_no_target(card: Card) -> None:
    os.mkfifo(card.folder / "pipe")
    ran = card.verify(card.folder / "pipe")
    assert ran.code == 2
    assert "is no image, no card and no folder" in ran.err


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that cannot be read")
def test_a_target_that_cannot_be_read_at_all_is_an_error_of_the_disk(card: Card) -> None:
    ran = card.verify(Path("/proc/self/mem"))
    assert ran.code == 5
    assert "/proc/self/mem cannot be read" in ran.err


def test_a_folder_of_several_cards_says_that_one_must_be_named(card: Card, tmp_path: Path) -> None:
    for number in ("1", "2"):
        (tmp_path / "cards" / number).mkdir(parents=True)
        shutil.copy(card.pack / "record.json", tmp_path / "cards" / number)
    ran = packbuilder("verify", tmp_path / "cards", card.pack / "card")
    assert ran.code == 2
    assert f"holds 2 cards; name one of them: {tmp_path / 'cards' / '1'}" in ran.err.replace("\n", " ")

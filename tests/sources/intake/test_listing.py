"""What lies in a folder: in natural order, with everything that is not taken told."""

from __future__ import annotations

import os
import sys
import unicodedata
from pathlib import Path

import pytest

from builder.sources.intake import listing
from builder.sources.intake.listing import Listing, list_folder, natural


def _fill(folder: Path, *names: str, content: bytes = b"sound") -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _told(found: Listing) -> list[tuple[str, str]]:
    return [(finding.code, finding.place.file) for finding in found.findings]


def test_recordings_stand_in_natural_order_folder_by_folder(tmp_path: Path) -> None:
    names = ["10.mp3", "2.mp3", "a/1.mp3", "a 2/1.mp3", "A10/3.mp3", "b/c/1.ogg", "b/2.M4A"]
    _fill(tmp_path, *names)
    assert [one.path for one in list_folder(tmp_path).recordings] == sorted(names, key=natural)
    assert sorted(["x10", "x9", "X1"], key=natural) == ["X1", "x9", "x10"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (".DS_Store", "what computers leave behind"),
        ("a/._GEN_001.mp3", "what computers leave behind"),
        ("Thumbs.db", "what computers leave behind"),
        ("Desktop.ini", "what computers leave behind"),
        ("copyright.pdf", "documents"),
        ("cover.JPG", "pictures"),
        ("all.m3u8", "playlists"),
        ("a/GEN_001.lrc", "texts and times"),
        ("bible.zip", "archives"),
        ("noending", "others"),
    ],
)
def test_what_is_no_recording_is_left_out_and_listed_by_kind(tmp_path: Path, name: str, kind: str) -> None:
    _fill(tmp_path, name)
    found = list_folder(tmp_path)
    assert (found.recordings, found.left_out) == ([], {kind: [name]})
    assert _told(found) == [("W326", "")]
    assert name in found.findings[0].message


@pytest.mark.parametrize("folder", ["__MACOSX", ".git", "System Volume Information", "@eaDir"])
def test_folders_of_computers_are_left_out_whole(tmp_path: Path, folder: str) -> None:
    _fill(tmp_path, f"{folder}/GEN_001.mp3")
    assert list_folder(tmp_path).left_out == {"what computers leave behind": [folder]}


def test_an_empty_file_and_sound_that_is_not_read_are_told_each(tmp_path: Path) -> None:
    _fill(tmp_path, "GEN_001.mp3", content=b"")
    _fill(tmp_path, "GEN_002.wma", "GEN_003.amr")
    found = list_folder(tmp_path)
    assert found.recordings == []
    assert sorted(_told(found)) == [("E324", "GEN_001.mp3"), ("E325", "GEN_002.wma"), ("E325", "GEN_003.amr")]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows lets only administrators make links")
def test_links_and_pipes_are_never_followed(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    _fill(outside, "GEN_001.mp3")
    inside.mkdir()
    (inside / "folder").symlink_to(outside)
    (inside / "GEN_001.mp3").symlink_to(outside / "GEN_001.mp3")
    (inside / "round").symlink_to(inside)
    os.mkfifo(inside / "GEN_002.mp3")
    found = list_folder(inside)
    assert found.recordings == []
    assert sorted(_told(found)) == [
        ("E323", name) for name in ("GEN_001.mp3", "GEN_002.mp3", "folder", "round")
    ]


def test_names_are_composed_and_two_forms_of_one_name_are_neither_taken(tmp_path: Path) -> None:
    apart = [unicodedata.normalize("NFD", f"창세기 {n}장.mp3") for n in (1, 2)]
    _fill(tmp_path, *apart)
    assert [one.path for one in list_folder(tmp_path).recordings] == ["창세기 1장.mp3", "창세기 2장.mp3"]
    (tmp_path / "창세기 1장.mp3").write_bytes(b"other")
    if len(list(tmp_path.iterdir())) < 3:
        pytest.skip("this file system holds both forms as one")
    found = list_folder(tmp_path)
    assert [one.path for one in found.recordings] == ["창세기 2장.mp3"]
    assert _told(found) == [("E331", "창세기 1장.mp3")]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems hold no names that are no UTF-8")
@pytest.mark.parametrize(
    ("name", "charset", "said"),
    [
        ("창세기_01.mp3", "cp949", '"창세기_01.mp3" (Korean, CP949)'),
        ("创世记 第1章.mp3", "gbk", '"创世记 第1章.mp3" (Chinese, GBK)'),
        ("설교.mp3", "cp949", '"설교.mp3" (Korean, CP949)'),
    ],
)
def test_a_name_in_the_bytes_of_a_code_page_is_told_with_what_it_says(
    tmp_path: Path, name: str, charset: str, said: str
) -> None:
    path = os.path.join(os.fsencode(tmp_path), name.encode(charset))  # noqa: PTH118  # pathlib takes no bytes
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY))
    Path(os.fsdecode(path)).write_bytes(b"sound")
    found = list_folder(tmp_path)
    assert found.recordings == []
    assert [finding.code for finding in found.findings] == ["E321"]
    assert said in found.findings[0].message


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
@pytest.mark.parametrize("name", ["GEN_001\x07.mp3", "GEN\u200b_001.mp3", "a\\b.mp3", "C:x.mp3"])
def test_a_name_that_no_manifest_holds_is_told(tmp_path: Path, name: str) -> None:
    _fill(tmp_path, name)
    found = list_folder(tmp_path)
    assert (found.recordings, _told(found)) == ([], [("E321", name)])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
@pytest.mark.parametrize(
    "name", ["GEN_001 .mp3", "GEN_001.mp3 ", "a /GEN_001.mp3", "a./1.mp3", "John 3:16.mp3"]
)
def test_a_name_that_windows_cannot_hold_is_taken_and_told(tmp_path: Path, name: str) -> None:
    _fill(tmp_path, name)
    found = list_folder(tmp_path)
    assert [one.path for one in found.recordings] == [name]
    assert _told(found) == [("W322", name)]


@pytest.mark.parametrize("ending", [".mp3", ".jpg"])
def test_a_folder_of_far_too_many_files_is_one_finding(
    tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "MAX_TRACKS", 20)
    monkeypatch.setattr(listing, "MAX_ENTRIES", 50)
    _fill(tmp_path, *(f"{n // 10}/{n}{ending}" for n in range(60)))
    found = list_folder(tmp_path)
    assert (found.recordings, found.left_out, _told(found)) == ([], {}, [("E320", "")])


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="nothing is closed to this user")
def test_a_folder_that_is_closed_is_told_and_the_rest_taken(tmp_path: Path) -> None:
    _fill(tmp_path, "open/1.mp3", "shut/2.mp3")
    (tmp_path / "shut").chmod(0)
    try:
        found = list_folder(tmp_path)
    finally:
        (tmp_path / "shut").chmod(0o700)
    assert [one.path for one in found.recordings] == ["open/1.mp3"]
    assert _told(found) == [("E323", "shut")]

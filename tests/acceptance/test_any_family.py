"""A folder of 1,189 files, named as any family names them, becomes a proved Bible: init, check, build, no editing.

And where one file is removed, renamed, copied over another or swapped, `check` says which.
"""

from __future__ import annotations

import json
import re
import shutil
import wave
from pathlib import Path, PurePosixPath

import pytest

from builder.bible.books import books
from tests.acceptance.test_whole_bible import BIBLE, recording
from tests.conftest import IS_LONG, Ran, packbuilder
from tests.sources.intake.families import FAMILIES, names_of

_LANGUAGES = ("ko", "zh-Hans", "en")
_CHAPTERS = [(book.code, chapter) for book in BIBLE for chapter in range(1, book.chapters + 1)]
# Each family in one of the languages; all of them take minutes.
_FIRST, *_ = FAMILIES
_EACH = [(family, _LANGUAGES[at % 3]) for at, family in enumerate(FAMILIES)]


@pytest.fixture(scope="session")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, int], bytes]:
    """A recording for each chapter, as long as its verses ask for, and none like another."""
    path = tmp_path_factory.mktemp("sounds") / "a.wav"
    found = {}
    for at, (code, chapter) in enumerate(_CHAPTERS):
        frames = 2000 + books()[code].verses[chapter - 1] * 160
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", ""))
            file.writeframes(b"".join((at * 7 + n % 251).to_bytes(2, "little") for n in range(frames)))
        found[code, chapter] = path.read_bytes()
    return found


def _filled(folder: Path, family: str, sounds: dict[tuple[str, int], bytes]) -> dict[tuple[str, int], Path]:
    """The folder as a family would deliver it; the files by their chapters."""
    names = {str(PurePosixPath(name).with_suffix(".wav")): one for name, one in names_of(family).items()}
    for name, chapter in names.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sounds[chapter])
    return {chapter: folder / name for name, chapter in names.items()}


def _init(folder: Path, language: str = "ko") -> Ran:
    return packbuilder("init", folder, "-o", folder.parent / "bible.yaml", "--language", language)


def _check(folder: Path) -> Ran:
    return packbuilder("check", folder.parent / "bible.yaml", "--format", "json")


@pytest.mark.sampled(2)
@pytest.mark.parametrize(("family", "language"), _EACH if IS_LONG else _EACH[::7])
def test_a_family_becomes_66_books_and_1189_chapters(
    tmp_path: Path, sounds: dict[tuple[str, int], bytes], family: str, language: str
) -> None:
    folder = tmp_path / "delivered"
    _filled(folder, family, sounds)
    made = _init(folder, language)
    assert made.code == 0, made.out + made.err
    checked = _check(folder)
    assert checked.code == 0, checked.out
    assert checked.json["findings"] == []
    (coverage,) = checked.json["coverage"]
    assert (coverage["books"], coverage["chapters"]) == (
        {"present": 66, "of": 66},
        {"present": 1189, "of": 1189},
    )


@pytest.mark.parametrize(("family", "language"), _EACH if IS_LONG else _EACH[1:3])
def test_a_card_of_a_family_holds_every_chapter_once(tmp_path: Path, family: str, language: str) -> None:
    few = [recording(tmp_path / "a.wav", number) for number in range(12)]
    sounds = {one: few[at % len(few)] for at, one in enumerate(_CHAPTERS)}
    folder = tmp_path / "delivered"
    placed = _filled(folder, family, sounds)
    assert _init(folder, language).code == 0
    built = packbuilder(
        "build",
        tmp_path / "bible.yaml",
        "-o",
        tmp_path / "out",
        "--coverage",
        tmp_path / "card.html",
        "--format",
        "json",
    )
    assert built.code == 0, built.err
    assert built.json["cards"][0]["coverage"] == {
        "books": {"present": 66, "of": 66},
        "chapters": {"present": 1189, "of": 1189},
        "in_order": True,
    }
    page = (tmp_path / "card.html").read_text("utf-8")
    assert re.search(r"66\s*/\s*66", page)
    assert re.search(r"1,189\s*/\s*1,189", page)
    (path,) = tmp_path.glob("out/*/sd-card/record.json")
    record = json.loads(path.read_text("utf-8"))
    assert [track["passage"] for track in record["tracks"]] == [f"{code} {n}" for code, n in _CHAPTERS]
    assert [folder / track["source"] for track in record["tracks"]] == [placed[one] for one in _CHAPTERS]
    shutil.rmtree(tmp_path)


@pytest.fixture(scope="module")
def delivered(
    tmp_path_factory: pytest.TempPathFactory, sounds: dict[tuple[str, int], bytes]
) -> tuple[Path, dict[tuple[str, int], Path]]:
    """A Bible as it was delivered, with the manifest that init wrote of it."""
    folder = tmp_path_factory.mktemp("bible") / "delivered"
    placed = _filled(folder, _FIRST, sounds)
    assert _init(folder).code == 0
    return folder, placed


def test_a_removed_file_is_named(delivered: tuple[Path, dict[tuple[str, int], Path]]) -> None:
    folder, placed = delivered
    lost = placed["MRK", 7]
    kept = lost.read_bytes()
    lost.unlink()
    ran = _check(folder)
    lost.write_bytes(kept)
    assert ran.code == 1
    (message,) = [one["message"] for one in ran.json["findings"] if one["code"] == "E301"]
    assert "MRK" in message
    assert "chapter 7" in message
    assert lost.name in message


def test_a_renamed_file_is_named(delivered: tuple[Path, dict[tuple[str, int], Path]]) -> None:
    folder, placed = delivered
    other = placed["REV", 22].with_name("new.wav")
    placed["REV", 22].rename(other)
    ran = _check(folder)
    other.rename(placed["REV", 22])
    assert ran.code == 1
    assert any("REV" in one["message"] and "chapter 22" in one["message"] for one in ran.json["findings"])
    assert any(other.name in one["message"] for one in ran.json["findings"])


def test_a_second_copy_beside_a_file_is_named(delivered: tuple[Path, dict[tuple[str, int], Path]]) -> None:
    folder, placed = delivered
    copy = placed["ACT", 9].with_name("copy.wav")
    copy.write_bytes(placed["ACT", 9].read_bytes())
    ran = _check(folder)
    copy.unlink()
    (found,) = ran.json["findings"]
    assert (found["code"], ran.code) == ("W364", 0)
    assert copy.name in found["message"]
    assert placed["ACT", 9].name in found["message"]


def test_a_file_that_was_copied_over_another_is_named(
    delivered: tuple[Path, dict[tuple[str, int], Path]],
) -> None:
    folder, placed = delivered
    kept = placed["LUK", 3].read_bytes()
    placed["LUK", 3].write_bytes(placed["LUK", 2].read_bytes())
    ran = _check(folder)
    placed["LUK", 3].write_bytes(kept)
    assert ran.code == 1
    told = [one["message"] for one in ran.json["findings"]]
    assert any(placed["LUK", 3].name in one and placed["LUK", 2].name in one for one in told), told


def test_two_files_that_were_swapped_are_named(
    delivered: tuple[Path, dict[tuple[str, int], Path]],
) -> None:
    folder, placed = delivered
    one, two = placed["PSA", 23], placed["PSA", 24]
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)
    ran = _check(folder)
    one.write_bytes(first)
    two.write_bytes(second)
    assert ran.code == 1
    told = [found["message"] for found in ran.json["findings"] if found["code"] == "E362"]
    assert len(told) == 2
    assert all(one.name in message and two.name in message for message in told)


def test_a_file_that_is_lost_before_init_stops_check_all_the_same(
    tmp_path: Path, sounds: dict[tuple[str, int], bytes]
) -> None:
    folder = tmp_path / "delivered"
    placed = _filled(folder, _FIRST, sounds)
    placed["MRK", 16].unlink()
    made = _init(folder)
    assert made.code == 1
    assert "MRK" in made.out + made.err
    ran = _check(folder)
    assert ran.code == 1
    assert any("MRK" in found["message"] and "16" in found["message"] for found in ran.json["findings"])

"""When a recording is removed, renamed, doubled or swapped, `check` says which; with `gaps: allowed` a card is made."""

from __future__ import annotations

import json
import math
import wave
from pathlib import Path

import pytest

from tests.conftest import Desk, packbuilder, speech
from tests.sources.test_lengths import seconds_of

MARK = '  - {reading: MRK, source: "MRK_{chapter:03}.wav"}\n'


@pytest.fixture
def mark(desk: Desk) -> Desk:
    """Mark, read at an even pace."""
    desk.write(MARK)
    for chapter, seconds in enumerate(seconds_of("MRK"), 1):
        _record(desk.sources / f"MRK_{chapter:03}.wav", seconds, chapter)
    return desk


def _record(path: Path, seconds: float, seed: int) -> None:
    """A tone of so many seconds, another for each seed, in so few samples that an hour takes little room."""
    turn = 2 * math.pi * (200 + 20 * seed) / 4000
    period = bytes(round(128 + 60 * math.sin(turn * n)) for n in range(4000))
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 1, 4000, 0, "NONE", ""))
        out.writeframes((period * (int(seconds) + 1))[: int(seconds * 4000)])


def _check(desk: Desk, *options: object) -> list[str]:
    ran = packbuilder("check", desk.manifest, "--format", "json", *options)
    assert ran.code == any(f["severity"] == "error" for f in ran.json["findings"]), ran.err
    return [f"{f['code']} {f['message']}" for f in ran.json["findings"]]


def test_a_right_book_has_no_finding_and_is_shown(mark: Desk) -> None:
    ran = packbuilder("check", mark.manifest)
    assert ran.code == 0
    assert ran.out.splitlines()[0] == "Bible: 1 of 66 books, 16 of 1,189 chapters, each once, in order"
    assert ran.out.isascii()


def test_a_recording_that_was_removed_or_renamed_is_told_and_counted(mark: Desk) -> None:
    (mark.sources / "MRK_007.wav").rename(mark.sources / "MRK_7.wav")
    assert _check(mark) == ["E301 MRK: 1 of 16 recordings are missing: chapter 7 (MRK_007.wav)"]
    ran = packbuilder("check", mark.manifest)
    assert "15 of 1,189 chapters" in ran.out
    assert "missing 7" in ran.out


def test_with_gaps_allowed_it_is_left_out_and_told_everywhere(mark: Desk) -> None:
    (mark.sources / "MRK_007.wav").unlink()
    mark.write(MARK, head="gaps: allowed\n")
    told = "W315 MRK: 1 of 16 recordings are missing: chapter 7 (MRK_007.wav)"
    assert _check(mark) == [told]
    ran = packbuilder("plan", mark.manifest, "--format", "json")
    assert ran.code == 0
    assert [f"{f['code']} {f['message']}" for f in ran.json["findings"]] == [told]
    names = [track["title"] for track in ran.json["cards"][0]["tracks"]]
    assert len(names) == 15
    assert "마가복음 7장" not in names
    assert "마가복음 8장" in names


def test_a_card_is_built_without_the_chapters_that_may_be_left_out(desk: Desk) -> None:
    for chapter in (1, 3):
        speech(desk.sources / f"{chapter}.wav", 1, seed=chapter)
    desk.write('  - {reading: JHN 1-3, source: "{chapter}.wav"}\n', head="gaps: allowed\n")
    ran = desk.build()
    assert ran.code == 0, ran.err
    line = "Bible: 1 of 66 books, 2 of 1,189 chapters, each once, in order; 1 missing between others"
    assert line in ran.out.splitlines()
    assert "W315" in ran.err
    assert [track["passage"] for track in desk.record()["tracks"]] == ["JHN 1", "JHN 3"]


def test_books_of_which_there_is_nothing_are_left_out_with_the_others(desk: Desk) -> None:
    desk.write('  - {reading: 2JN-JUD, source: "{book}_{chapter}.wav"}\n', head="gaps: allowed\n")
    _record(desk.sources / "JUD_1.wav", 1, 1)
    assert _check(desk) == [
        "W315 2JN: its recording is missing: chapter 1 (2JN_1.wav)",
        "W315 3JN: its recording is missing: chapter 1 (3JN_1.wav)",
    ]


def test_a_reading_of_which_there_is_nothing_at_all_stays_an_error(mark: Desk) -> None:
    mark.write('  - {reading: MRK, source: "mark_{chapter:03}.wav"}\n', head="gaps: allowed\n")
    assert [line[:4] for line in _check(mark)] == ["E301"]


def test_a_recording_under_two_names_is_told(mark: Desk) -> None:
    (mark.sources / "MRK_008.wav").write_bytes((mark.sources / "MRK_003.wav").read_bytes())
    assert _check(mark) == [
        'W316 MRK_008.wav has the same sound as MRK_003.wav, which is "마가복음 3장" (line 6)'
    ]


def test_recordings_that_changed_places_are_told(mark: Desk) -> None:
    one, other = mark.sources / "MRK_014.wav", mark.sources / "MRK_016.wav"
    one.rename(mark.sources / "x")
    other.rename(one)
    (mark.sources / "x").rename(other)
    short, long = _check(mark)
    assert short.startswith("W317 MRK 14: the recording takes ")
    assert short.endswith("it would fit 마가복음 16장 (MRK_016.wav): were they swapped?")
    assert long.startswith("W317 MRK 16: ")
    assert long.endswith("it would fit 마가복음 14장 (MRK_014.wav): were they swapped?")


def test_the_page_and_the_document_say_what_is_there(mark: Desk, tmp_path: Path) -> None:
    (mark.sources / "MRK_007.wav").unlink()
    page = tmp_path / "coverage.html"
    ran = packbuilder("check", mark.manifest, "--coverage", page, "--format", "json")
    assert ran.code == 1
    text = page.read_text("utf-8")
    assert "<b>15 / 1,189</b>" in text
    assert "마가복음" in text
    (coverage,) = ran.json["coverage"]
    assert coverage["file"] == str(mark.manifest)
    assert coverage["chapters"] == {"present": 15, "of": 1_189}
    assert coverage["by_book"][40]["missing"] == [7]


def test_several_manifests_have_one_page_and_an_object_each(mark: Desk, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("pack: [\n", "utf-8")
    page = tmp_path / "coverage.html"
    ran = packbuilder("check", mark.manifest, bad, "--coverage", page, "--format", "json")
    assert [set(one) > {"file"} for one in ran.json["coverage"]] == [True, False]
    assert page.read_text("utf-8").count('<div class="part"') == 2


def test_a_page_that_cannot_be_written_is_said_so(mark: Desk, tmp_path: Path) -> None:
    ran = packbuilder("check", mark.manifest, "--coverage", tmp_path / "no" / "page.html")
    assert ran.code == 5
    assert "cannot be written" in ran.err


def test_a_manifest_is_never_written_over_by_the_page(desk: Desk) -> None:
    text = desk.write(MARK).read_text("utf-8")
    ran = packbuilder("check", "--coverage", desk.manifest, desk.manifest)
    assert ran.code == 2
    assert "does not end in .html" in ran.err
    assert desk.manifest.read_text("utf-8") == text


def test_a_sermon_pack_says_nothing_of_the_bible(desk: Desk) -> None:
    speech(desk.sources / "a.wav", 1)
    desk.one_track("a.wav", ", passage: MRK 4")
    ran = packbuilder("check", desk.manifest)
    assert "Bible" not in ran.out
    assert json.loads(packbuilder("check", desk.manifest, "--format", "json").out)["coverage"] == [
        {"file": str(desk.manifest)}
    ]

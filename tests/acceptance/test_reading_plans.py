"""Reading plans through the command line: built, proved, and written down for the office."""

from __future__ import annotations

import pytest

from builder.bible.passage import parse_passage
from tests.acceptance.cards import Made
from tests.conftest import STARTER, Desk, packbuilder, speech

# By their lengths the days are GEN 49, then GEN 50 with EXO 1, then EXO 2-4.
_SECONDS = {
    ("GEN", 49): 2.4,
    ("GEN", 50): 1.2,
    ("EXO", 1): 1.2,
    ("EXO", 2): 0.8,
    ("EXO", 3): 0.8,
    ("EXO", 4): 0.8,
}
_PLAN = '  - plan: 3 days\n    reading: [GEN 49-50, EXO 1-4]\n    source: "{book}_{chapter:03}.wav"\n'
_SMALL = """name: small
title: A player of few files
based_on: car-legacy
facts:
  max_folders: {value: 3, source: I counted}
  max_files_per_folder: {value: 4, source: I counted}
  max_files: {value: 8, source: I counted}
"""


@pytest.fixture
def plan(desk: Desk) -> Desk:
    for (book, chapter), seconds in _SECONDS.items():
        # Exodus was recorded 6 dB below Genesis.
        level = -20.0 if book == "GEN" else -26.0
        path = desk.sources / f"{book}_{chapter:03}.wav"
        speech(path, seconds, rate=16000, seed=600 + chapter, level_dbfs=level)
    desk.write(
        _PLAN + '  - title: 설교\n    tracks:\n      - {title: 희망, source: "EXO_001.wav", end: "0:01"}\n'
    )
    (desk.folder / "small.yaml").write_text(_SMALL, "utf-8")
    return desk


def test_a_plan_is_built_as_each_device_can_hold_it_and_each_chapter_is_there_once(plan: Desk) -> None:
    small = plan.folder / "small.yaml"
    ran = plan.build("--profile", "mp3-player", "--profile", small, "--image", "--format", "json")
    assert (ran.code, ran.codes) == (0, [])
    player, box = (Made(plan.out / "test" / name) for name in ("mp3-player", "small"))
    assert player.paths == player.read() == [
        "01 1일째 창세기 49장/001 1일째 창세기 49장.mp3",
        "02 2일째 창세기 50장 출애굽기 1장/001 2일째 창세기 50장.mp3",
        "02 2일째 창세기 50장 출애굽기 1장/002 2일째 출애굽기 1장.mp3",
        "03 3일째 출애굽기 2-4장/001 3일째 출애굽기 2장.mp3",
        "03 3일째 출애굽기 2-4장/002 3일째 출애굽기 3장.mp3",
        "03 3일째 출애굽기 2-4장/003 3일째 출애굽기 4장.mp3",
        "04 설교/001 희망.mp3",
    ]  # fmt: skip
    assert (
        box.paths
        == box.read()
        == [
            "01_DAYS_1-3/01_001_DAY_1_GEN_49.mp3",
            "01_DAYS_1-3/01_002_DAY_2_GEN-EXO.mp3",
            "01_DAYS_1-3/01_003_DAY_3_EXO_2-4.mp3",
            "02/02_001.mp3",
        ]
    )
    for made in (player, box):
        assert made.verified(made.image).findings == ()
        assert packbuilder("audit", made.folder).code == 0
        tracks = [track for track in plan.record(made.folder.name)["tracks"] if track["passage"]]
        read = [parse_passage(one) for track in tracks for one in track["passage"].split(", ")]
        assert [(p.book, n) for passage in read for p in (passage,) for n in p.chapters] == list(_SECONDS)
        assert list(dict.fromkeys(track["section"] for track in tracks)) == ["1일째", "2일째", "3일째"]
    joined = plan.record("small")["tracks"][1]
    assert (joined["passage"], joined["title"]) == ("GEN 50, EXO 1", "2일째 창세기 50장, 출애굽기 1장")
    assert [piece["source"] for piece in joined["pieces"]] == ["GEN_050.wav", "EXO_001.wav"]


def test_a_book_has_one_gain_in_all_its_days(plan: Desk) -> None:
    assert plan.build("--profile", "mp3-player").code == 0
    tracks = plan.record("mp3-player")["tracks"]
    gains = {
        book: {t["loudness"]["gain_db"] for t in tracks if (t["passage"] or "").startswith(book)}
        for book in ("GEN", "EXO")
    }
    assert all(len(found) == 1 for found in gains.values())
    assert gains["EXO"].pop() - gains["GEN"].pop() == pytest.approx(6, abs=1.5)


def test_the_days_are_told_as_a_line_as_json_and_as_a_page(plan: Desk) -> None:
    table = plan.folder / "days.html"
    ran = packbuilder("plan", plan.manifest, "--days", table)
    assert ran.code == 0
    assert ran.out.startswith("reading plan: 3 days, 0:02 to 0:02 a day (mean 0:02)\n")
    assert table.read_text("utf-8").count('class="box"') == 3
    (found,) = packbuilder("plan", plan.manifest, "--format", "json").json["reading_plan"]
    assert [day["passage"] for day in found["table"]] == ["GEN 49", "GEN 50, EXO 1", "EXO 2-4"]


def test_a_page_that_cannot_be_made_is_said_and_leaves_nothing(plan: Desk) -> None:
    none = packbuilder("plan", STARTER, "--days", plan.folder / "none.html")
    assert none.code == 2
    assert "has a `plan`" in none.err
    assert packbuilder("plan", plan.manifest, "--days", plan.folder / "no" / "such.html").code == 5
    (plan.sources / "GEN_050.wav").unlink()
    assert packbuilder("plan", plan.manifest, "--days", plan.folder / "none.html").code == 1
    assert not (plan.folder / "none.html").exists()


def test_a_book_that_a_plan_reads_in_parts_is_told_of_once(desk: Desk) -> None:
    desk.write('  - {plan: 2 days, reading: [PSA 1, MRK 1, PSA 2, MRK 2], source: "{book}{chapter}.wav"}\n')
    ran = packbuilder("check", desk.manifest, "--format", "json")
    assert ran.codes == ["E301", "E301"]
    assert sorted(finding["message"] for finding in ran.json["findings"]) == [
        "MRK: 2 of 2 recordings are missing: chapters 1-2 (MRK1.wav ... MRK2.wav)",
        "PSA: 2 of 2 recordings are missing: chapters 1-2 (PSA1.wav ... PSA2.wav)",
    ]


def test_a_plan_that_ends_sooner_since_chapters_have_no_recording_says_so(plan: Desk) -> None:
    plan.write(_PLAN.replace("3 days", "6 days"), head="gaps: allowed\n")
    assert plan.build().code == 0
    (plan.sources / "EXO_003.wav").unlink()
    (plan.sources / "EXO_004.wav").unlink()
    ran = plan.build("--format", "json")
    assert (ran.code, sorted(ran.codes)) == (0, ["W315", "W318"])
    assert "6 days, but 4 chapters with a recording: it ends on day 4" in ran.out

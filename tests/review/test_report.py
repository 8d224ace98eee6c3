"""The report: the caret stands under what is meant, and programs get a shape they can rely on."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from builder.bible.books import names_for
from builder.findings import Finding, Place, Problem
from builder.manifest.pack import CardRequest, Pack, Piece, Section, SoundSettings, Track
from builder.plan.draw import plan_card
from builder.plan.plan import Plan
from builder.profiles.load import built_in
from builder.review.report import counted, document, finding_json, findings_text, plan_json, plan_text
from builder.text import length, size


def _finding(line: str, marked: str, *, code: str = "E201", help_text: str = "", track: str = "") -> Finding:
    place = Place(file="m.yaml", line=2, column=line.index(marked) + 1, width=len(marked))
    return Finding(code=code, place=place, message="what was found", help=help_text, track=track)


def _wide(text: str) -> int:
    """Columns on a terminal of the signs used in this file: Korean and Chinese take two."""
    return sum(2 if ord(sign) > 0x1100 else 1 for sign in text)


@pytest.mark.parametrize(
    ("line", "marked"),
    [
        ("titel: Hope", "titel"),
        ("title: Hope", "Hope"),
        ("{title: 위로하시는 하나님, sorce: a.wav}", "sorce"),
        ("{title: 위로하시는 하나님, source: a.wav}", "위로하시는 하나님"),
        ("{title: 希望之声, sorce: a.wav}", "sorce"),
        ("{title: Éphèse, sorce: a.wav}", "sorce"),
        ("{title: （전각）, sorce: a.wav}", "sorce"),
        ("x", "x"),
    ],
)
def test_the_caret_stands_under_what_is_meant(line: str, marked: str) -> None:
    text = findings_text([_finding(line, marked)], {"m.yaml": ["pack: x", line]})
    head, shown, carets = text.split("\n")
    assert head == f"m.yaml:2:{line.index(marked) + 1}: E201 what was found"
    assert shown == f"    {line}"
    assert carets.strip() == "^" * _wide(marked)
    assert len(carets) - len(carets.lstrip()) == _wide(shown[: shown.index(marked)])


@pytest.mark.parametrize("line", ["\ttitle: Hope", "a:\tHope", "\t가\tHope"])
def test_tabs_before_the_caret_stay_tabs(line: str) -> None:
    text = findings_text([_finding(line, "Hope")], {"m.yaml": ["", line]})
    _, shown, carets = text.split("\n")
    before = shown[: shown.index("Hope")]
    indent = carets[: carets.index("^")]
    assert indent.count("\t") == before.count("\t")
    # Where tab stops are, the terminal decides; between them, widths must agree.
    assert [len(part) for part in indent.split("\t")] == [_wide(part) for part in before.split("\t")]


def test_a_value_that_ends_the_line_gets_at_least_one_caret() -> None:
    finding = Finding(code="E204", place=Place(file="m.yaml", line=1, column=7), message="nothing")
    assert findings_text([finding], {"m.yaml": ["title:"]}).split("\n")[-1] == " " * 10 + "^"


def test_a_warning_says_so_and_help_comes_last() -> None:
    finding = _finding("title: Hope", "Hope", code="W309", help_text="leave it")
    lines = findings_text([finding], {"m.yaml": ["", "title: Hope"]}).split("\n")
    assert lines[0] == "m.yaml:2:8: W309 warning: what was found"
    assert lines[-1] == "    help: leave it"


@pytest.mark.parametrize("lines", [{}, {"m.yaml": []}, {"m.yaml": ["one line"]}, {"m.yaml": ["", "   "]}])
def test_a_finding_without_its_line_is_still_told(lines: dict[str, list[str]]) -> None:
    text = findings_text([_finding("title: Hope", "Hope", help_text="do it")], lines)
    assert text == "m.yaml:2:8: E201 what was found\n    help: do it"


def test_findings_stand_one_after_the_other() -> None:
    found = [_finding("a", "a"), _finding("a", "a", code="W309")]
    assert findings_text(found, {}).count("\n") == 1
    assert findings_text([], {}) == ""


def test_a_finding_in_json_has_exactly_these_fields() -> None:
    finding = _finding("title: 하나", "하나", help_text="do it", track="하나")
    assert finding_json(finding) == {
        "code": "E201",
        "severity": "error",
        "file": "m.yaml",
        "line": 2,
        "column": 8,
        "track": "하나",
        "message": "what was found",
        "help": "do it",
        "facts": {},
    }
    found = Problem("E420.names", device="pearl", card="4 GB", folder="01").at(Place(file="m.yaml"))
    assert finding_json(found)["facts"] == {"device": "pearl", "card": "4 GB", "folder": "01"}
    assert finding_json(_finding("x", "x"))["track"] is None
    assert finding_json(_finding("x", "x", code="W309"))["severity"] == "warning"


def test_a_finding_on_a_card_has_an_offset_and_no_line() -> None:
    place = Place(file="card.img/a.mp3", is_binary=True)
    finding = Finding(code="E603", place=place, message="is changed", offset=0x1F4000)
    assert findings_text([finding], {"card.img/a.mp3": ["x"]}) == "card.img/a.mp3:0x1f4000: E603 is changed"
    assert finding_json(finding)["offset"] == 0x1F4000
    assert (finding_json(finding)["line"], finding_json(finding)["column"]) == (1, 1)
    first = dataclasses.replace(finding, offset=0)
    assert findings_text([first], {}) == "card.img/a.mp3:0x0: E603 is changed"
    assert finding_json(first)["offset"] == 0
    whole = dataclasses.replace(finding, offset=None)
    assert findings_text([whole], {}) == "card.img/a.mp3: E603 is changed"
    assert "offset" not in finding_json(whole)


def test_a_name_from_a_card_cannot_steer_a_terminal() -> None:
    place = Place(file="card/\x1b[2J\udcb0.mp3", is_binary=True)
    text = findings_text([Finding(code="E602", place=place, message="\udca1")], {})
    assert text == "card/\\x1b[2J\\udcb0.mp3: E602 \\udca1"


def test_a_document_names_its_schema_and_holds_its_parts_and_findings() -> None:
    whole = document([_finding("x", "x")], plans=[1], ok=True)
    assert whole["schema"] == 1
    assert (whole["plans"], whole["ok"]) == ([1], True)
    assert [finding["code"] for finding in whole["findings"]] == ["E201"]
    assert document([])["findings"] == []
    assert json.loads(json.dumps(whole)) == whole


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ([], "no findings"),
        (["E201"], "1 error"),
        (["E201", "E202"], "2 errors"),
        (["W309"], "1 warning"),
        (["W309", "E201", "W309", "E202"], "2 errors, 2 warnings"),
    ],
)
def test_findings_are_counted(codes: list[str], expected: str) -> None:
    assert counted(_finding("x", "x", code=code) for code in codes) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0:00"),
        (0.4, "0:00"),
        (53, "0:53"),
        (59.4, "0:59"),
        (59.6, "1:00"),
        (60, "1:00"),
        (727, "12:07"),
        (3599, "59:59"),
        (3599.7, "1:00:00"),
        (3723, "1:02:03"),
        (72 * 3600 + 61, "72:01:01"),
    ],
)
def test_lengths_are_written_as_players_write_them(seconds: float, expected: str) -> None:
    assert length(seconds) == expected


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1 kB"),
        (1_499, "1 kB"),
        (999_000, "999 kB"),
        (1_000_000, "1.0 MB"),
        (1_250_000, "1.2 MB"),
        (481_000_000, "481.0 MB"),
        (1_000_000_000, "1.0 GB"),
        (31_900_000_000, "31.9 GB"),
    ],
)
def test_sizes_are_decimal_as_cards_are_sold(count: int, expected: str) -> None:
    assert size(count) == expected


def _plan(*, discreet: bool = False) -> Plan:
    place = Place(file="m.yaml")
    sections = tuple(
        Section(
            number=number,
            title=title,
            passage=None,
            place=place,
            tracks=tuple(
                Track(
                    number=n,
                    title=name,
                    speaker=None,
                    passage=None,
                    pieces=(Piece(source=f"{name}.wav", place=place, start_place=place, end_place=place),),
                    edit=SoundSettings(),
                    work=f"{number}.{n}",
                    place=place,
                    announcement_place=place,
                )
                for n, name in enumerate(names, 1)
            ),
        )
        for number, (title, names) in enumerate([("설교", ["소망", "Hope"]), ("찬양", ["기쁨"])], 1)
    )
    pack = Pack(
        id="test",
        title="희망",
        language="ko",
        edition=None,
        quality="standard",
        profiles=("mp3-player",),
        books=names_for("ko"),
        romanize=False,
        discreet=discreet,
        discreet_place=place,
        cover=None,
        checksums=None,
        checksums_place=Place(file="m.yaml"),
        cover_place=place,
        prompts_place=place,
        card=CardRequest(place=place, levels_place=place),
        sources=Path(),
        sources_place=place,
        profile_places=(place,),
        sections=sections,
    )
    return plan_card(pack, built_in()["mp3-player"], {"소망.wav": 100.0, "Hope.wav": 3700.0})


def test_a_plan_is_shown_as_the_tree_it_will_be() -> None:
    head, fit, *tree = plan_text(_plan(), {"01 설교/002 Hope.mp3"}).split("\n")
    assert head == "test for mp3-player: 3 tracks in 2 folders, 1:03:20, about 30.4 MB at 64 kbps"
    assert fit == "  takes 30.5 MB of the 920.0 MB that the smallest card of 1 GB holds"
    assert [line.split() for line in tree if line.endswith("/")] == [["01", "설교/"], ["02", "찬양/"]]
    files = [line for line in tree if not line.endswith("/")]
    assert [line.split()[1] for line in files] == ["소망.mp3", "Hope.mp3", "기쁨.mp3"]
    assert ["stored" in line for line in files] == [True, False, True]
    assert (
        len({_wide(line[: line.index(mark)]) for line in files for mark in ("new", "stored") if mark in line})
        == 1
    )


def test_the_plan_of_a_discreet_pack_is_the_key_to_its_numbers() -> None:
    _, _, said, *tree = plan_text(_plan(discreet=True), set()).split("\n")
    assert said.startswith("  discreet: ")
    assert tree[0] == "  01/  설교"
    rows = [(line.split()[0], line.split()[-1]) for line in tree]
    assert rows == [
        ("01/", "설교"),
        ("001.mp3", "소망"),
        ("002.mp3", "Hope"),
        ("02/", "찬양"),
        ("001.mp3", "기쁨"),
    ]
    found = plan_json(_plan(discreet=True), set())
    assert found["discreet"] is True
    assert [(t["path"], t["album"], t["title"], t["section"]) for t in found["tracks"]] == [
        ("01/001.mp3", "01", "소망", "설교"),
        ("01/002.mp3", "01", "Hope", "설교"),
        ("02/001.mp3", "02", "기쁨", "찬양"),
    ]
    assert plan_json(_plan(), set())["discreet"] is False


def test_a_plan_in_json_lists_its_tracks_in_play_order() -> None:
    found = plan_json(_plan(), {"02 찬양/001 기쁨.mp3"})
    assert (found["pack"], found["profile"], found["seconds"]) == ("test", "mp3-player", 3800.0)
    assert found["folders"] == ["01 설교", "02 찬양"]
    assert [track["path"].split("/")[1] for track in found["tracks"]] == [
        "001 소망.mp3",
        "002 Hope.mp3",
        "001 기쁨.mp3",
    ]
    assert [track["number"] for track in found["tracks"]] == [1, 2, 3]
    assert [track["render"] for track in found["tracks"]] == ["stored", "stored", "new"]
    assert found["bytes"] == sum(track["bytes"] for track in found["tracks"])
    assert json.loads(json.dumps(found)) == found

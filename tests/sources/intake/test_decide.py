"""What is decided of claims: names outweigh numbers, a whole set may settle how it counts, and nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from builder.bible.passage import parse_passage
from builder.sources.intake.decide import Decided, decide
from builder.sources.intake.families import claim_of
from tests.sources.intake.families import names_of


def _decide(*names: str, numbers: str | None = None, stated: dict[str, str] | None = None) -> Decided:
    passages = {path: parse_passage(text) for path, text in (stated or {}).items()}
    return decide({name: claim_of(name) for name in names}, passages, numbers)


def _found(decided: Decided) -> dict[str, str]:
    return {path: str(passage) for path, passage in decided.passages.items()}


def _codes(decided: Decided) -> list[str]:
    return [finding.code for finding in decided.findings]


@pytest.mark.parametrize(
    ("name", "passage"),
    [
        ("A18___07_Psalms______ENGESVN1DA.mp3", "PSA 7"),
        ("ENGBERO1DA_A18_PSA_007.mp3", "PSA 7"),
        ("en_ulb_b40_mat_c01.wav", "MAT 1"),
        ("0041-0001-Matthew-en.mp3", "MAT 1"),
        ("50_Genesis_003.mp3", "GEN 3"),
    ],
)
def test_a_number_that_disagrees_with_the_name_beside_it_is_outvoted_and_told(
    name: str, passage: str
) -> None:
    decided = _decide(name)
    assert _found(decided) == {name: passage}
    assert _codes(decided) == ["W334"]


def test_numbers_that_count_something_else_are_told_once() -> None:
    names = [f"{500 + at:04}_{code}_001.mp3" for at, code in enumerate(["GEN", "EXO", "LEV"] * 10)]
    decided = _decide(*[name.replace("_001", f"_{at // 3 + 1:03}") for at, name in enumerate(names)])
    assert len(decided.passages) == 30
    assert _codes(decided) == ["W334"]


@pytest.mark.parametrize(
    ("names", "texts"),
    [
        (["40_001.mp3"], ["MAT 1", "MRK 1"]),
        (["41_001.mp3"], ["MRK 1", "MAT 1", "LUK 1"]),
        (["40_001.mp3", "41_001.mp3"], ["MAT 1", "MRK 1"]),
        (["01/001.mp3"], ["GEN 1", "EXO 1", "MAT 1"]),
    ],
)
def test_a_number_alone_is_asked_for_with_every_reading(names: list[str], texts: list[str]) -> None:
    decided = _decide(*names)
    assert decided.passages == {}
    (finding,) = decided.findings
    assert finding.code == "E328"
    assert all(text in finding.message for text in texts)
    assert "--numbers canon" in finding.help
    assert "--numbers usfm" in finding.help


@pytest.mark.parametrize(
    ("numbers", "passage"), [("canon", "MRK 1"), ("usfm", "MAT 1"), ("zero", "LUK 1"), ("nt", None)]
)
def test_how_numbers_count_can_be_said(numbers: str, passage: str | None) -> None:
    decided = _decide("41_001.mp3", numbers=numbers)
    assert list(_found(decided).values()) == ([passage] if passage else [])
    assert _codes(decided) == ([] if passage else ["E329"])


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["67_001.mp3", "41_001.mp3"], ["REV 1", "MAT 1"]),  # only USFM's numbers have a 67
        (["41_028.mp3", "41_001.mp3"], ["MAT 28", "MAT 1"]),  # and only there has 41 as many chapters
        (["00_001.mp3", "18_150.mp3"], ["GEN 1", "PSA 150"]),
        (["19_150.mp3", "20_001.mp3"], ["PSA 150", "PRO 1"]),  # canon and USFM agree
        (["41_Matthew_001.mp3", "42_001.mp3"], ["MAT 1", "MRK 1"]),  # a name in the set tells
    ],
)
def test_a_set_settles_how_it_counts_where_one_way_alone_has_room_for_it(
    names: list[str], expected: list[str]
) -> None:
    decided = _decide(*names)
    assert list(_found(decided).values()) == expected
    assert decided.findings == ()


def test_a_name_that_fits_no_way_of_counting_settles_nothing_for_numbers() -> None:
    decided = _decide("05_Genesis_001.mp3", "06_001.mp3")
    assert _found(decided) == {"05_Genesis_001.mp3": "GEN 1"}
    assert sorted(_codes(decided)) == ["E328", "W334"]


def test_a_chapter_too_many_leaves_a_set_of_numbers_unsettled_until_somebody_says() -> None:
    names = ["01_050.mp3", "01_051.mp3", "02_001.mp3"]
    assert _codes(_decide(*names)) == ["E328"]
    assert _codes(_decide(*names, numbers="canon")) == ["E329"]


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (["EXO/GEN_004.mp3"], "E328"),
        (["04 1Kings/Mark 4.mp3"], "E328"),
        (["Ez_001.mp3"], "E328"),
        (["001001Genesis 2.mp3"], "E328"),
        (["GEN_051.mp3"], "E329"),
        (["시편 152편.mp3"], "E329"),
        (["A01__151_Genesis_____ENGESVN1DA.mp3"], "E329"),
        (["누가복음 1장 38-26절.mp3"], "E329"),
        (["GEN_000.mp3"], "W330"),
        (["en_ulb_b41_mat_c01_v00_t01.wav"], "W330"),
        (["GEN_INT.mp3"], "W330"),
        (["창세기/서론.mp3"], "W330"),
        (["A01___00_Genesis_____ENGESVN1DA.mp3"], "W330"),
        (["GEN_001.mp3", "GEN_001.wav"], "E331"),
        (["GEN_001.mp3", "GEN_001 (1).mp3"], "E331"),
        (["40_Matthew_001.mp3", "41_Matthew_001.mp3"], "E331"),
        (["Ruth-001/Ruth-001.wav", "Ruth-002/Ruth-002.wav"], "E335"),
    ],
)
def test_what_is_not_certain_is_not_placed_and_told(names: list[str], code: str) -> None:
    decided = _decide(*names)
    assert decided.passages == {}
    assert [one for one in _codes(decided) if one != "W334"] == [code]


def test_a_book_that_is_there_twice_is_one_finding_and_a_few_chapters_are_one_each() -> None:
    both = _decide(*(f"{who}/MRK_{n:03}.mp3" for who in ("kim", "lee") for n in range(1, 17)))
    (found,) = both.findings
    assert (found.code, found.place.file) == ("E331", "kim/MRK_001.mp3")
    assert found.message == (
        "MRK 1-16 are there 2 times, and none of them is used: kim/MRK_001.mp3, lee/MRK_001.mp3, and so on"
    )
    few = _decide(*(f"{who}/MRK_{n:03}.mp3" for who in ("kim", "lee") for n in range(1, 4)))
    assert _codes(few) == ["E331"] * 3
    copies = _decide(*(f"MRK_{n:03}{again}.mp3" for again in ("", " (1)") for n in (1, 2, 3, 5)))
    assert [found.message.partition(",")[0] for found in copies.findings] == ["MRK 1-3"]
    assert "MRK 1-3, 5 are there 2 times" in copies.findings[0].message
    assert both.passages == few.passages == copies.passages == {}


def test_a_short_word_for_two_books_is_settled_by_its_number() -> None:
    assert list(_found(_decide("26_Ez_001.mp3", "27_Daniel_001.mp3")).values()) == ["EZK 1", "DAN 1"]


def test_doubled_chapters_are_named_both_and_the_others_taken() -> None:
    decided = _decide("GEN_001.mp3", "GEN_001.wav", "GEN_002.mp3")
    assert _found(decided) == {"GEN_002.mp3": "GEN 2"}
    assert "GEN_001.mp3, GEN_001.wav" in decided.findings[0].message


def _ruth(count: int) -> list[str]:
    return [f"Ruth-{n:03}/Ruth-{n:03}.wav" for n in range(1, count + 1)]


def test_numbers_in_order_of_export_are_chapters_where_the_book_is_whole() -> None:
    assert len(_decide(*_ruth(4)).passages) == 4
    assert _decide(*_ruth(3)).passages == {}


def test_most_of_a_folder_decide_what_it_holds() -> None:
    bible = [f"a/GEN_{n:03}.mp3" for n in range(1, 5)]
    talks = [f"b/{n:02} 희망.mp3" for n in range(1, 5)]
    decided = _decide(*bible, *talks, "a/말씀.mp3", "b/창세기 9장.mp3")
    assert set(decided.passages) == set(bible)
    assert set(decided.plain) == set(talks)
    assert {(f.code, f.place.file) for f in decided.findings} == {
        ("E327", "a/말씀.mp3"),
        ("E328", "b/창세기 9장.mp3"),
    }


def test_a_book_of_one_chapter_may_go_without_its_number_among_chapters_or_in_its_own_folder() -> None:
    assert list(_found(_decide("히브리서 1장.mp3", "유다서.mp3")).values()) == ["HEB 1", "JUD 1"]
    assert list(_found(_decide("65_유다서/유다서.mp3")).values()) == ["JUD 1"]
    assert _decide("유다서.mp3", "희망.mp3", "사랑.mp3").plain == ("유다서.mp3", "희망.mp3", "사랑.mp3")


def test_parts_of_a_chapter_go_to_where_the_next_begins() -> None:
    names = [f"en_ulb_b41_mat_c01_v{verse:02}_t01.wav" for verse in (1, 7, 18)]
    assert list(_found(_decide(*names)).values()) == ["MAT 1:1-6", "MAT 1:7-17", "MAT 1:18-25"]


def test_metadata_outweighs_numbers_and_contradicts_names() -> None:
    assert _found(_decide("40_001.mp3", stated={"40_001.mp3": "MAT 1"})) == {"40_001.mp3": "MAT 1"}
    assert _found(_decide("a.mp3", stated={"a.mp3": "MAT 1"})) == {"a.mp3": "MAT 1"}
    assert _found(_decide("MAT_002.mp3", stated={"MAT_002.mp3": "MAT"})) == {"MAT_002.mp3": "MAT 2"}
    wrong = _decide("MAT_002.mp3", stated={"MAT_002.mp3": "MAT 1"})
    assert (wrong.passages, _codes(wrong)) == ({}, ["E328"])


@pytest.mark.parametrize("family", ["numbers alone", "numbers alone, Matthew 41", "numbers alone, from 0"])
def test_a_testament_of_numbers_alone_settles_itself(family: str) -> None:
    for testament in (range(929), range(929, 1189)):
        names = {name: held for at, (name, held) in enumerate(names_of(family).items()) if at in testament}
        decided = _decide(*_spread(names))
        assert {path: (one.book, one.first) for path, one in decided.passages.items()} == names


def _spread(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: name[::-1])

"""Coverage as reviewers see it: a line, a table, JSON, and a page in the language of the pack."""

from __future__ import annotations

import re

import pytest

from builder.bible.books import Names
from builder.bible.coverage import Coverage, cover, coverage_json
from builder.bible.passage import parse_passages
from builder.review.coverage import STATES, WORDS, CoveredPack, coverage_line, coverage_page, coverage_text

_KOREAN = Names(name_set="ko")


def _read(*texts: str) -> Coverage:
    return cover(
        [part for text in texts for passage in parse_passages(text) for part in passage.by_chapter()]
    )


def _page(coverage: Coverage | None, names: Names = _KOREAN, title: str = "T") -> str:
    return coverage_page([CoveredPack(file="m.yaml", title=title, names=names, coverage=coverage)])


def test_a_whole_bible_is_three_lines() -> None:
    assert coverage_text(_read("all"), _KOREAN).splitlines() == [
        "Bible: 66 of 66 books, 1,189 of 1,189 chapters, each once, in order",
        "  OT: 39 of 39 books, 929 of 929 chapters",
        "  NT: 27 of 27 books, 260 of 260 chapters",
    ]


def test_each_book_that_is_not_whole_has_a_line_and_those_that_are_not_there_one_for_all() -> None:
    coverage = _read("MRK 1-6", "MRK 8-16", "LUK", "JHN 3:16", "LUK 4", "TOB", "REV 2-22", "REV 1", "MAL 1-3")
    assert coverage_text(coverage, _KOREAN).splitlines() == [
        "Bible: 5 of 66 books, 64 of 1,188 chapters, 1 of them twice, not in order; 1 missing between others",
        "  OT: 1 of 39 books, 3 of 928 chapters",
        "  NT: 4 of 27 books, 61 of 260 chapters",
        "  deuterocanon: 1 of 1 books, 14 of 14 chapters",
        "  MAL 말라기: 1-3 of 3; counted as in Hebrew",
        "  MRK 마가복음: 1-6, 8-16 of 16; missing 7",
        "  LUK 누가복음: 1-24 of 24; twice 4",
        "  JHN 요한복음: none of 21; only verses of 3",
        "  REV 요한계시록: 1-22 of 22; out of order 1",
        "  not there: GEN-ZEC, MAT, ACT-JUD",
    ]


def test_nothing_that_is_there_is_told_as_nothing() -> None:
    assert coverage_line(cover([])) == "Bible: 0 of 66 books, 0 of 1,189 chapters, each once, in order"


def test_programs_get_lists_of_chapters() -> None:
    found = coverage_json(_read("MRK 2-3", "MRK 5:1-20", "MRK 1", "MRK 3"))
    assert found["books"] == {"present": 1, "of": 66}
    assert found["chapters"] == {"present": 3, "of": 1_189}
    assert not found["in_order"]
    assert found["testaments"]["NT"] == {
        "books": {"present": 1, "of": 27},
        "chapters": {"present": 3, "of": 260},
    }
    assert len(found["by_book"]) == 66
    assert found["by_book"][40] == {
        "book": "MRK",
        "of": 16,
        "present": [1, 2, 3],
        "partly": [5],
        "missing": [4, *range(6, 17)],
        "doubled": [3],
        "out_of_order": [1],
    }


@pytest.mark.parametrize(
    ("name_set", "language", "words"),
    [
        ("ko", "ko", ["구약", "마가복음", "66</b> 권", "모든 장이 한 번씩"]),
        ("ko-common", "ko", ["신약", "마르코의 복음서"]),
        ("zh-Hans", "zh-Hans", ["旧约", "马可福音", "各章齐全"]),
        ("zh-Hant", "zh-Hant", ["舊約", "馬可福音", "各章齊全"]),
        ("en", "en", ["Old Testament", "Mark", "once, in order"]),
    ],
)
def test_the_page_speaks_the_language_of_the_names(name_set: str, language: str, words: list[str]) -> None:
    page = _page(_read("all"), Names(name_set=name_set))
    assert page.startswith(f'<!doctype html>\n<html lang="{language}">')
    assert "<b>66 / 66</b>" in page
    assert "<b>1,189 / 1,189</b>" in page
    assert len(re.findall(r'<span class="box present" title=', page)) == 1_189
    assert not re.findall(r'<span class="box (?!present)\w+" title=', page)
    for word in words:
        assert word in page


def test_the_page_has_a_box_for_each_chapter_that_says_what_is_wrong_with_it() -> None:
    page = _page(_read("MRK 1-6", "MRK 8-15", "MRK 5", "MRK 16:1-8", "LUK 2", "LUK 1"))
    boxes = dict(re.findall(r'<span class="box (?:\w+)" title="([^:]+): ([^"]+)"', page))
    words = WORDS["ko"]
    assert boxes["마가복음 6"] == words["present"]
    assert boxes["마가복음 7"] == words["gap"]
    assert boxes["마가복음 5"] == words["doubled"]
    assert boxes["마가복음 16"] == words["partly"]
    assert boxes["누가복음 2"] == words["moved"]
    assert boxes["누가복음 3"] == words["missing"]
    assert words["look"] in page
    assert "0 / 39" in page
    assert "창세기" not in page  # nothing of the Old Testament is there


def test_the_page_loads_nothing_and_believes_no_title() -> None:
    page = _page(_read("MRK"), Names(name_set="en", own={"MRK": "<i>Mark"}), '<script src="//x">')
    assert "<script" not in page
    assert "<i>" not in page
    assert not re.search(r"https?:|//x\"", page)


def test_a_pack_without_scripture_says_so_and_several_have_a_part_each() -> None:
    packs = [
        CoveredPack(file="a.yaml", title="A", names=_KOREAN, coverage=None),
        CoveredPack(file="b.yaml", title="B", names=Names(name_set="en"), coverage=_read("MRK")),
    ]
    page = coverage_page(packs)
    assert WORDS["ko"]["none"] in page
    assert '<div class="part" lang="en">' in page
    assert page.count("<h1>") == 2


def test_every_language_has_every_word() -> None:
    assert {frozenset(words) for words in WORDS.values()} == {frozenset(WORDS["en"])}
    assert set(STATES) <= set(WORDS["en"])

"""Coverage: each chapter there, in part, missing, twice or out of order, however it was cut into readings."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.bible.books import books
from builder.bible.coverage import BookCoverage, Coverage, book_spans, cover, spans, verses_in
from builder.bible.passage import Passage, parse_passage, parse_passages


def _chapters(text: str) -> list[Passage]:
    return [part for passage in parse_passages(text) for part in passage.by_chapter()]


def _read(*texts: str) -> list[Passage]:
    return [part for text in texts for part in _chapters(text)]


def _of(coverage: Coverage, code: str) -> BookCoverage:
    return next(one for one in coverage.books if one.book.code == code)


def _one(*texts: str) -> BookCoverage:
    return _of(cover(_read(*texts)), _read(*texts)[0].book)


def test_a_whole_bible_is_66_books_and_1189_chapters_each_once_in_order() -> None:
    coverage = cover(_read("all"))
    assert [len(coverage.part(name)) for name in ("OT", "NT", "DC")] == [39, 27, 0]
    assert [sum(len(one.present) for one in coverage.part(name)) for name in ("OT", "NT")] == [929, 260]
    assert coverage.is_in_order
    for one in coverage.books:
        assert one.is_whole
        assert (one.partly, one.missing, one.doubled, one.gaps) == ((), (), (), ())
        assert one.is_straight
        assert not one.is_hebrew


@pytest.mark.parametrize(
    ("texts", "present", "partly", "gaps"),
    [
        (["MRK 1-3"], "1-3", "", ""),
        (["MRK 14-16"], "14-16", "", ""),
        (["MRK 1-6", "MRK 8-16"], "1-6, 8-16", "", "7"),
        (["MRK 1", "MRK 4", "MRK 16"], "1, 4, 16", "", "2 3 5 6 7 8 9 10 11 12 13 14 15"),
        (["LUK 1:1-25", "LUK 1:26-80"], "1", "", ""),
        (["LUK 1:1-25", "LUK 1:26-78"], "1", "", ""),  # versifications differ by a verse or two at the end
        (["LUK 1:1-25", "LUK 1:26-77"], "", "1", ""),
        (["LUK 1:1-25", "LUK 1:26-77", "LUK 2"], "2", "1", "1:78-80"),
        (["LUK 1:1-25", "LUK 1:40-80"], "", "1", "1:26-39"),
        (["JHN 3:16"], "", "3", ""),
        (["JHN 3:16-21", "JHN 5"], "5", "3", "3:22-36 4"),
        (["JHN 5", "JHN 7:3-53"], "5", "7", "6 7:1-2"),
        (["MAT 26:57-27:10"], "", "26-27", ""),
        (["MAT 26", "MAT 27:1-10", "MAT 27:11-66", "MAT 28"], "26-28", "", ""),
        (["PSA 117:1"], "", "117", ""),  # of two verses one is not nearly all
        (["JUD"], "1", "", ""),
    ],
)
def test_what_is_there_and_what_is_missing_between(
    texts: list[str], present: str, partly: str, gaps: str
) -> None:
    one = _one(*texts)
    assert spans(one.present) == present
    assert spans(one.partly) == partly
    assert " ".join(gap.numbers for gap in one.gaps) == gaps
    assert sorted([*one.present, *one.partly, *one.missing]) == list(range(1, one.of + 1))


@pytest.mark.parametrize(
    ("texts", "twice"),
    [
        (["MRK", "MRK 4"], {4: (3, 16)}),
        (["PSA 23", "PSA 23", "PSA 23"], {23: (0, 1)}),
        (["MRK 4", "MRK 4:35-41"], {4: (0, 1)}),
        (["LUK 1:1-25", "LUK 1:26-80", "LUK 1:40-60"], {1: (1, 2)}),  # the two that say the same
        (["LUK 1:1-26", "LUK 1:26-80"], {}),  # a verse in two halves
        (["PSA 117", "PSA 117"], {117: (0, 1)}),
        (["MAT 26:57-27:10", "MAT 27"], {27: (0, 1)}),
    ],
)
def test_what_is_read_twice_and_by_whom(texts: list[str], twice: dict[int, tuple[int, int]]) -> None:
    assert _one(*texts).twice == twice


@pytest.mark.parametrize(
    ("texts", "moved"),
    [
        (["MRK 1-16"], ""),
        (["MRK 16", "MRK 1-15"], "16"),
        (["MRK 1", "MRK 10-16", "MRK 2-9"], "10-16"),
        (["MRK 1-3", "MRK 5", "MRK 4", "MRK 6-16"], "5"),
        (["LUK 1:26-80", "LUK 1:1-25"], "1"),
        (["MRK 1-16", "MRK 4"], ""),  # it was there before
    ],
)
def test_what_would_have_to_be_moved(texts: list[str], moved: str) -> None:
    assert spans(_one(*texts).out_of_order) == moved


def test_books_out_of_order_are_told_but_not_those_that_are_read_in_turns() -> None:
    assert cover(_read("MAT", "LUK", "MRK", "JHN")).books_out_of_order == ("LUK",)
    assert cover(_read("NT", "GEN")).books_out_of_order == ("GEN",)
    turns = cover(_read("GEN 1", "PSA 1", "GEN 2", "PSA 2"))
    assert turns.books_out_of_order == ()
    assert turns.is_in_order
    assert not _of(turns, "GEN").is_straight
    assert cover(_read("GEN", "TOB", "EXO")).books_out_of_order == ()  # it stands in many places


def test_malachi_and_joel_may_be_counted_as_in_hebrew() -> None:
    malachi = _one("MAL 1-3")
    assert (malachi.of, malachi.is_whole, malachi.is_hebrew) == (3, True, True)
    assert not _one("MAL").is_hebrew
    assert _one("MAL 1-2").of == 4
    joel = [Passage(book="JOL", first=n, last=n) for n in (1, 2, 3, 4)]
    assert _of(cover(joel), "JOL").is_whole
    assert _of(cover(joel), "JOL").is_hebrew
    assert _of(cover(joel[:3]), "JOL").of == 3
    pieces = [*joel[:2], Passage(book="JOL", first=4, last=4, first_verse=1, last_verse=21)]
    assert [gap.numbers for gap in _of(cover(pieces), "JOL").gaps] == ["3"]
    whole = [*(p for p in _read("all") if p.book not in ("JOL", "MAL")), *joel, *_read("MAL 1-3")]
    assert sum(one.of for one in cover(whole).books) == 1_189


def test_the_deuterocanon_and_psalm_151_are_counted_apart() -> None:
    coverage = cover([*_read("PSA", "TOB 1-3"), Passage(book="PSA", first=151, last=151)])
    assert len(coverage.part("OT", "NT")) == 66
    assert [one.book.code for one in coverage.part("DC")] == ["TOB", "PS2"]
    assert _of(coverage, "PSA").is_whole
    assert sum(one.of for one in coverage.part("OT", "NT")) == 1_189


def test_spans_are_short() -> None:
    assert spans([1, 2, 3, 7, 9, 10]) == "1-3, 7, 9-10"
    assert spans([]) == ""
    absent = [one for one in cover(_read("MRK", "LUK 1")).books if not one.is_there]
    assert book_spans(absent) == "GEN-MAT, JHN-REV"


@pytest.mark.parametrize(
    ("text", "verses"), [("MRK 1", 45), ("JHN 3:16-21", 6), ("MAT 26:57-27:10", 29), ("PSA 119", 176)]
)
def test_the_verses_of_a_passage_are_counted(text: str, verses: int) -> None:
    assert verses_in(parse_passage(text)) == verses


@st.composite
def _pieces(draw: st.DrawFn) -> tuple[list[Passage], list[tuple[int, int]]]:
    """A book cut into readings at any verses, and the (chapter, verse) of each in order."""
    book = books()[draw(st.sampled_from(["RUT", "PSA", "MRK", "JUD", "TOB", "2JN"]))]
    verses = [(c, v) for c, count in enumerate(book.verses, 1) for v in range(1, count + 1)]
    cuts = sorted(draw(st.sets(st.integers(1, len(verses) - 1), max_size=12)))
    ends = [0, *cuts, len(verses)]
    parts = [verses[a:b] for a, b in pairwise(ends)]
    return [_passage(book.code, part) for part in parts], verses


def _passage(code: str, part: Sequence[tuple[int, int]]) -> Passage:
    (first, v1), (last, v2) = part[0], part[-1]
    return Passage(book=code, first=first, last=last, first_verse=v1, last_verse=v2)


@settings(deadline=None, max_examples=60)
@given(_pieces())
def test_a_book_cut_anywhere_is_whole(pieces: tuple[list[Passage], list[tuple[int, int]]]) -> None:
    one = _of(cover(pieces[0]), pieces[0][0].book)
    assert one.is_whole
    assert (one.doubled, one.gaps, one.out_of_order) == ((), (), ())


@settings(deadline=None, max_examples=60)
@given(_pieces(), st.data())
def test_what_is_taken_out_of_a_book_is_missing_and_what_changes_places_is_told(
    pieces: tuple[list[Passage], list[tuple[int, int]]], data: st.DataObject
) -> None:
    parts, verses = pieces
    if len(parts) < 3:
        return
    at = data.draw(st.integers(1, len(parts) - 2))
    one = _of(cover(parts[:at] + parts[at + 1 :]), parts[0].book)
    lost = {
        (c, v)
        for c, v in verses
        if (parts[at].first, parts[at].first_verse or 0)
        <= (c, v)
        <= (parts[at].last, parts[at].last_verse or 0)
    }
    told = {
        (gap.first, v)
        for gap in one.gaps
        for v in range(gap.first_verse or 1, (gap.last_verse or one.book.verses[gap.first - 1]) + 1)
    }
    assert told <= lost
    assert all(v > one.book.verses[c - 1] - 2 for c, v in lost - told)  # the slack
    swapped = [*parts[:at], parts[at + 1], parts[at], *parts[at + 2 :]]
    assert _of(cover(swapped), parts[0].book).out_of_order

"""Passages: what people write is read once, strictly, and shown as listeners expect it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.bible.books import books
from builder.bible.names import names_for
from builder.bible.passage import Passage, PassageError, parse_passage
from builder.bible.titles import passage_title

_CODES = sorted(books())


@st.composite
def _passages(draw: st.DrawFn) -> Passage:
    book = books()[draw(st.sampled_from(_CODES))]
    first = draw(st.integers(1, book.chapters))
    last = draw(st.integers(first, book.chapters))
    if draw(st.booleans()):
        return Passage(book=book.code, first=first, last=last)
    first_verse = draw(st.integers(1, book.verses[first - 1]))
    low = first_verse if first == last else 1
    last_verse = draw(st.integers(low, max(low, book.verses[last - 1])))
    return Passage(book=book.code, first=first, last=last, first_verse=first_verse, last_verse=last_verse)


@settings(deadline=None)
@given(_passages())
def test_every_passage_reads_back_from_what_it_is_written_as(passage: Passage) -> None:
    assert parse_passage(str(passage)) == passage
    assert str(parse_passage(str(passage))) == str(passage)
    assert parse_passage(str(passage).lower()) == passage


@settings(deadline=None)
@given(st.text(max_size=30))
def test_any_text_is_a_passage_or_an_error_that_says_what_to_write(text: str) -> None:
    try:
        passage = parse_passage(text)
    except PassageError as error:
        assert str(error)
        assert error.help
    else:
        assert parse_passage(str(passage)) == passage


@pytest.mark.parametrize(
    ("text", "book", "first", "last", "first_verse", "last_verse", "written"),
    [
        ("MRK", "MRK", 1, 16, None, None, "MRK"),
        ("mrk", "MRK", 1, 16, None, None, "MRK"),
        ("MRK 4", "MRK", 4, 4, None, None, "MRK 4"),
        ("MRK4", "MRK", 4, 4, None, None, "MRK 4"),
        ("MRK 1-3", "MRK", 1, 3, None, None, "MRK 1-3"),
        ("MRK 1-16", "MRK", 1, 16, None, None, "MRK"),
        ("MRK 3-3", "MRK", 3, 3, None, None, "MRK 3"),
        ("  MRK   1 – 3 ", "MRK", 1, 3, None, None, "MRK 1-3"),
        ("MRK 1—3", "MRK", 1, 3, None, None, "MRK 1-3"),
        ("2CO 1:3", "2CO", 1, 1, 3, 3, "2CO 1:3"),
        ("2CO 1:3-7", "2CO", 1, 1, 3, 7, "2CO 1:3-7"),
        ("MAT 26:57-27:10", "MAT", 26, 27, 57, 10, "MAT 26:57-27:10"),
        ("MAT 26:57-26:60", "MAT", 26, 26, 57, 60, "MAT 26:57-60"),
        ("OBA", "OBA", 1, 1, None, None, "OBA 1"),
        ("OBA 1", "OBA", 1, 1, None, None, "OBA 1"),
        ("OBA 1:5", "OBA", 1, 1, 5, 5, "OBA 1:5"),
        ("PSA 1-41", "PSA", 1, 41, None, None, "PSA 1-41"),
        ("S3Y", "S3Y", 1, 1, None, None, "S3Y 1"),
        ("1MA 3", "1MA", 3, 3, None, None, "1MA 3"),
    ],
)
def test_these_forms_are_read(
    text: str, book: str, first: int, last: int, first_verse: int | None, last_verse: int | None, written: str
) -> None:
    passage = parse_passage(text)
    assert passage == Passage(
        book=book, first=first, last=last, first_verse=first_verse, last_verse=last_verse
    )
    assert str(passage) == written
    assert list(passage.chapters) == list(range(first, last + 1))


@pytest.mark.parametrize("code", [code for code in _CODES if code != "PS2"])
def test_a_code_alone_is_its_whole_book(code: str) -> None:
    assert parse_passage(code).is_whole_book
    assert parse_passage(code).last == books()[code].chapters


@pytest.mark.parametrize(
    ("text", "message", "help_text"),
    [
        ("MRK 17", "MRK has no chapter 17", "Mark has chapters 1-16"),
        ("MRK 0", "MRK has no chapter 0", "Mark has chapters 1-16"),
        ("MRK 15-17", "MRK has no chapter 17", "Mark has chapters 1-16"),
        ("MRK 99999999999", "MRK has no chapter 99999999999", "Mark has chapters 1-16"),
        ("JUD 3", "JUD has no chapter 3", "Jude has one chapter"),
        ("MRK 3-1", '"MRK 3-1" runs backwards', "the first chapter or verse comes first"),
        ("MRK 1:7-3", '"MRK 1:7-3" runs backwards', "the first chapter or verse comes first"),
        ("MAT 27:1-26:2", '"MAT 27:1-26:2" runs backwards', "the first chapter or verse comes first"),
        ("MRK 1:0", '"MRK 1:0" names a verse 0', "verses count from 1"),
        ("MRK 1:0-4", '"MRK 1:0-4" names a verse 0', "verses count from 1"),
        ("MRK 1:3-2:0", '"MRK 1:3-2:0" names a verse 0', "verses count from 1"),
    ],
)
def test_what_is_not_in_the_book_is_refused_with_what_is(text: str, message: str, help_text: str) -> None:
    with pytest.raises(PassageError) as raised:
        parse_passage(text)
    assert (str(raised.value), raised.value.help) == (message, help_text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", '"" is not a passage'),
        ("12", '"12" is not a passage'),
        ("3:16", '"3:16" is not a passage'),
        ("MRK 1,3", '"MRK 1,3" is not a passage'),
        ("MRK 1-", '"MRK 1-" is not a passage'),
        ("MRK -1", '"MRK -1" is not a passage'),
        ("MRK 1:3-4-5", '"MRK 1:3-4-5" is not a passage'),
        ("MRK 1-3:4", '"MRK 1-3:4" mixes a chapter with a verse'),
        ("XYZ", '"XYZ" is not a book code'),
    ],
)
def test_what_is_no_passage_is_answered_with_an_example(text: str, message: str) -> None:
    with pytest.raises(PassageError) as raised:
        parse_passage(text)
    assert str(raised.value) == message
    assert "MRK 1-3" in raised.value.help


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("MKR 1", "MRK"),
        ("Mk 3", "MRK"),
        ("Mark 3", "MRK"),
        ("mark", "MRK"),
        ("John 3:16", "JHN"),
        ("Psalm 23", "PSA"),
        ("1 Corinthians 13", "1CO"),
        ("1 CO 13", "1CO"),
        ("Song of Songs 2", "SNG"),
        ("Gen. 3", "GEN"),
        ("요한복음 3:16", "JHN"),
        ("마르코의 복음서 1", "MRK"),
        ("马可福音 3", "MRK"),
        ("馬可福音 3", "MRK"),
    ],
)
def test_a_name_or_a_slip_is_answered_with_the_code_that_was_meant(text: str, code: str) -> None:
    with pytest.raises(PassageError) as raised:
        parse_passage(text)
    assert "is not a book code" in str(raised.value)
    assert raised.value.help == f"did you mean {code}?"


@pytest.mark.parametrize(
    ("text", "language", "title"),
    [
        ("MRK", "ko", "마가복음"),
        ("MRK 3", "ko", "마가복음 3장"),
        ("MRK 1-3", "ko", "마가복음 1-3장"),
        ("MRK 1:3", "ko", "마가복음 1장 3절"),
        ("2CO 1:3-7", "ko", "고린도후서 1장 3-7절"),
        ("MAT 26:57-27:10", "ko", "마태복음 26장 57절-27장 10절"),
        ("PSA 23", "ko", "시편 23편"),
        ("PSA 3-5", "ko", "시편 3-5편"),
        ("PSA 119:1-8", "ko", "시편 119편 1-8절"),
        ("PSA", "ko", "시편"),
        ("OBA", "ko", "오바댜 1장"),
        ("MRK 3", "ko-KP", "마르코의 복음서 3장"),
        ("PSA 23", "ko-KP", "시편 23편"),
        ("OBA", "ko-KP", "오바디야 1장"),
        ("MRK 3", "zh-Hans", "马可福音 第3章"),
        ("MRK 1-3", "zh-Hans", "马可福音 第1-3章"),
        ("2CO 1:3-7", "zh-Hans", "哥林多后书 第1章3-7节"),
        ("MAT 26:57-27:10", "zh-Hans", "马太福音 第26章57节-第27章10节"),
        ("PSA 23", "zh-Hans", "诗篇 第23篇"),
        ("MRK 3", "zh-Hant", "馬可福音 第3章"),
        ("2CO 1:3", "zh-Hant", "哥林多後書 第1章3節"),
        ("PSA 23:1-3", "zh-Hant", "詩篇 第23篇1-3節"),
        ("MRK", "zh-Hant", "馬可福音"),
        ("MRK 3", "en", "Mark 3"),
        ("MRK 1-3", "en", "Mark 1-3"),
        ("2CO 1:3-7", "en", "2 Corinthians 1:3-7"),
        ("MAT 26:57-27:10", "en", "Matthew 26:57-27:10"),
        ("PSA", "en", "Psalms"),
        ("OBA", "en", "Obadiah 1"),
        ("MRK 3", "mn", "Mark 3"),
    ],
)
def test_a_title_reads_as_its_language_writes_it(text: str, language: str, title: str) -> None:
    assert passage_title(parse_passage(text), names_for(language)) == title


def test_a_title_uses_the_manifests_own_name_of_the_book() -> None:
    assert passage_title(parse_passage("PSA 23"), names_for("ko", own={"PSA": "시편집"})) == "시편집 23편"

"""Passages: what people write is read once, strictly, and shown as listeners expect it."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.bible.books import NAME_SETS, Names, books, names_for
from builder.bible.passage import (
    Passage,
    PassageError,
    format_passages,
    parse_passage,
    parse_passages,
    verses_beyond,
)
from builder.bible.titles import passage_title, passages_title

_CODES = sorted(books())
_EXAMPLE = "write a book, then chapters or verses: MRK, MRK 1-3, 2CO 1:3-7"


@st.composite
def _passages(draw: st.DrawFn) -> Passage:
    book = books()[draw(st.sampled_from(_CODES))]
    most = book.most_verses
    first = draw(st.integers(1, len(most)))
    last = draw(st.integers(first, len(most)))
    if draw(st.booleans()):
        return Passage(book=book.code, first=first, last=last)
    first_verse = draw(st.integers(1, most[first - 1]))
    low = first_verse if first == last else 1
    last_verse = draw(st.integers(low, max(low, most[last - 1])))
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
        ("XYZ", '"XYZ" is no book'),
    ],
)
def test_what_is_no_passage_is_answered_with_an_example(text: str, message: str) -> None:
    with pytest.raises(PassageError) as raised:
        parse_passage(text)
    assert str(raised.value) == message
    assert "MRK 1-3" in raised.value.help


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Mk 3", "MRK 3"),
        ("mark", "MRK"),
        ("Mark 3", "MRK 3"),
        ("John 3:16", "JHN 3:16"),
        ("Psalm 23", "PSA 23"),
        ("1 CO 13", "1CO 13"),
        ("1 Corinthians 13:4-7", "1CO 13:4-7"),
        ("First John 3", "1JN 3"),
        ("Song of Songs 2", "SNG 2"),
        ("Gen. 3", "GEN 3"),
        ("Bel and the Dragon 1", "BEL 1"),
        ("Mark 3 : 16 – 4 : 2", "MRK 3:16-4:2"),
        ("창세기 1장", "GEN 1"),
        ("창세기 3", "GEN 3"),
        ("창세기 제3장 제5절", "GEN 3:5"),
        ("창 1-3장", "GEN 1-3"),
        ("창세기 1장-3장", "GEN 1-3"),
        ("창세기 1장 3절", "GEN 1:3"),
        ("창세기 1장 3-5절", "GEN 1:3-5"),
        ("창세기 1장 3절-2장 4절", "GEN 1:3-2:4"),
        ("창세기 1장3절~2장4절", "GEN 1:3-2:4"),
        ("고전 13:4-7", "1CO 13:4-7"),
        ("시편 23편", "PSA 23"),
        ("시 1~41편", "PSA 1-41"),
        ("마르코의 복음서 1", "MRK 1"),
        ("요한 3:16", "JHN 3:16"),
        ("요한1서 3장", "1JN 3"),
        ("유다서 5절", "JUD 1:5"),
        ("创世记 第1章", "GEN 1"),
        ("创世记 第一章", "GEN 1"),
        ("创世记 第一至三章", "GEN 1-3"),
        ("诗篇 第23篇", "PSA 23"),
        ("诗篇第一百一十九篇", "PSA 119"),
        ("诗篇 第一〇五篇", "PSA 105"),
        ("詩篇 第一百零五篇", "PSA 105"),
        ("以赛亚书 第二十章", "ISA 20"),
        ("以赛亚书 第十章", "ISA 10"),
        ("约翰福音3:16", "JHN 3:16"),
        ("约翰福音 第3章16节", "JHN 3:16"),
        ("約翰福音　第３章１６節", "JHN 3:16"),
        ("约翰福音３：１６", "JHN 3:16"),
        ("马太福音五章三至七节", "MAT 5:3-7"),
        ("马太福音 第5章3节-第6章4节", "MAT 5:3-6:4"),
        ("约一 3:16", "1JN 3:16"),
        ("约 3", "JHN 3"),
        ("PS2", "PS2 1"),
        ("PS2 1:3", "PS2 1:3"),
        ("Ps2", "PSA 2"),
        ("PS23", "PSA 23"),
        ("JOL 4", "JOL 4"),
        ("JOL 1-4", "JOL 1-4"),
        ("JOL 1-3", "JOL"),
        ("MAL 1-3", "MAL 1-3"),
        ("MAL 1-4", "MAL"),
        ("PSA 151", "PSA 151"),
        ("PSA 1-151", "PSA 1-151"),
        ("Psalm 151", "PSA 151"),
        ("시편 151편", "PSA 151"),
        ("詩篇 第151篇", "PSA 151"),
    ],
)
def test_passages_are_read_as_people_write_them(text: str, written: str) -> None:
    assert str(parse_passage(text)) == written
    assert str(parse_passage(unicodedata.normalize("NFD", text))) == written


@pytest.mark.parametrize(
    ("text", "count", "written"),
    [
        ("GEN-DEU", 5, "GEN-DEU"),
        ("창세기-신명기", 5, "GEN-DEU"),
        ("创世记至申命记", 5, "GEN-DEU"),
        ("Matthew – John", 4, "MAT-JHN"),
        ("1SA-2KI", 4, "1SA-2KI"),
        ("GEN 12-EXO 3", 2, "GEN 12-EXO 3"),
        ("창세기 12장~출애굽기 3장", 2, "GEN 12-EXO 3"),
        ("GEN 1-EXO 40", 2, "GEN-EXO"),
        ("GEN-EXO 3", 2, "GEN-EXO 3"),
        ("GEN 50-EXO", 2, "GEN 50-EXO"),
        ("HOS-JOL 4", 2, "HOS-JOL 4"),
        ("JOL 4-AMO 1", 2, "JOL 4-AMO 1"),
        ("MRK 1-MRK 3", 1, "MRK 1-3"),
        ("MRK-MRK", 1, "MRK"),
        ("MRK 3-MRK", 1, "MRK 3-16"),
        ("OT", 39, "OT"),
        ("구약", 39, "OT"),
        ("旧约", 39, "OT"),
        ("GEN-MAL", 39, "OT"),
        ("nt", 27, "NT"),
        ("新約", 27, "NT"),
        ("all", 66, "all"),
        ("전체", 66, "all"),
        ("성경", 66, "all"),
        ("全部", 66, "all"),
        ("GEN 2-MAL", 39, "GEN 2-MAL"),
        ("GEN-MAL 3", 39, "GEN-MAL 3"),
    ],
)
def test_a_passage_may_go_over_books(text: str, count: int, written: str) -> None:
    passages = parse_passages(text)
    assert (len(passages), format_passages(passages)) == (count, written)
    assert [passage.book for passage in passages] == [
        code for code in books() if code in {passage.book for passage in passages}
    ]


def test_a_run_over_books_has_each_chapter_between_its_ends_once() -> None:
    passages = parse_passages("GEN 48-LEV 2")
    assert [(one.book, chapter) for one in passages for chapter in one.chapters] == [
        *(("GEN", chapter) for chapter in range(48, 51)),
        *(("EXO", chapter) for chapter in range(1, 41)),
        *(("LEV", chapter) for chapter in range(1, 3)),
    ]


@pytest.mark.parametrize(
    ("text", "message", "help_text"),
    [
        ("MKR 1", '"MKR" is no book', "did you mean MRK?"),
        ("창새기 1장", '"창새기" is no book', "did you mean GEN?"),
        ("에제키옐 3장", '"에제키옐" is no book', "did you mean EZK?"),
        ("Ez 3", '"Ez 3" may be of EZR or EZK', "write the code of the book that is meant"),
        ("열왕기 3장", '"열왕기 3장" may be of 1KI or 2KI', "write the code of the book that is meant"),
        ("约一三章", '"约一三章" may be of JHN or 1JN', "write the code of the book that is meant"),
        ("EXO-GEN", '"EXO-GEN" runs backwards', "the first book comes first"),
        (
            "GEN 1:3-EXO 3",
            '"GEN 1:3-EXO 3" goes over several books by verses',
            "take whole chapters, or one book at a time",
        ),
        ("창세기 60장-출애굽기 3장", "GEN has no chapter 60", "Genesis has chapters 1-50"),
        ("GEN-DEU-JOS", '"GEN-DEU-JOS" is not a passage', _EXAMPLE),
        ("诗篇 第一百二篇", '"诗篇 第一百二篇" is not a passage', _EXAMPLE),
        ("마가복음 5절", '"마가복음 5절" names a verse and no chapter', _EXAMPLE),
        ("창세기 1장-2장 3절", '"창세기 1장-2장 3절" mixes a chapter with a verse', _EXAMPLE),
        ("창세기 3-5절", '"창세기 3-5절" mixes a chapter with a verse', _EXAMPLE),
        ("JOL 5", "JOL has no chapter 5", "Joel has chapters 1-3, in some Bibles 1-4"),
        ("MAL 5", "MAL has no chapter 5", "Malachi has chapters 1-4"),
        ("PSA 152", "PSA has no chapter 152", "Psalms has chapters 1-150, in some Bibles 1-151"),
        ("시편 151-152편", "PSA has no chapter 152", "Psalms has chapters 1-150, in some Bibles 1-151"),
        ("마가복음 0장", "MRK has no chapter 0", "Mark has chapters 1-16"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why(text: str, message: str, help_text: str) -> None:
    with pytest.raises(PassageError) as raised:
        parse_passages(text)
    assert (str(raised.value), raised.value.help) == (message, help_text)


@pytest.mark.parametrize("text", ["GEN-DEU", "OT", "all", "GEN 50-EXO 1"])
def test_one_passage_is_of_one_book(text: str) -> None:
    with pytest.raises(PassageError, match="goes over several books"):
        parse_passage(text)


@pytest.mark.parametrize("name_set", NAME_SETS)
@settings(deadline=None)
@given(passage=_passages())
def test_every_title_reads_back_as_its_passage(name_set: str, passage: Passage) -> None:
    title = passage_title(passage, Names(name_set=name_set))
    psalm_151 = replace(passage, book="PSA", first=151, last=151)  # what the titles of PS2 say
    assert parse_passage(title) == (psalm_151 if passage.book == "PS2" else passage)


@pytest.mark.parametrize("name_set", NAME_SETS)
@settings(deadline=None)
@given(data=st.data())
def test_every_run_over_books_reads_back_from_its_form_and_its_title(
    name_set: str, data: st.DataObject
) -> None:
    codes = [code for code in books() if code != "PS2"]
    at = data.draw(st.integers(0, len(codes) - 2))
    to = data.draw(st.integers(at + 1, len(codes) - 1))
    first = data.draw(st.none() | st.integers(1, len(books()[codes[at]].most_verses)))
    last = data.draw(st.none() | st.integers(1, len(books()[codes[to]].most_verses)))
    ends = [f"{code} {chapter or ''}" for code, chapter in ((codes[at], first), (codes[to], last))]
    passages = parse_passages("-".join(ends))
    assert [passage.book for passage in passages] == codes[at : to + 1]
    assert (passages[0].first, passages[-1].last) == (first or 1, last or books()[codes[to]].chapters)
    assert all(passage.chapters for passage in passages)
    assert parse_passages(format_passages(passages)) == passages
    assert parse_passages(passages_title(passages, Names(name_set=name_set))) == passages


@pytest.mark.parametrize(
    ("text", "name_set", "title"),
    [
        ("GEN-DEU", "ko", "창세기-신명기"),
        ("GEN 12-EXO 3", "ko", "창세기 12장-출애굽기 3장"),
        ("GEN 12-EXO 3", "zh-Hans", "创世记 第12章-出埃及记 第3章"),
        ("GEN 12-EXO 3", "en", "Genesis 12-Exodus 3"),
        ("OT", "ko-common", "구약"),
        ("NT", "zh-Hant", "新約"),
        ("all", "en", "Bible"),
        ("MRK 3", "ko", "마가복음 3장"),
    ],
)
def test_several_books_have_a_title_too(text: str, name_set: str, title: str) -> None:
    assert passages_title(parse_passages(text), Names(name_set=name_set)) == title


def test_psalm_151_is_a_psalm_unless_it_has_a_name_of_its_own() -> None:
    psalm = parse_passage("PS2")
    assert passage_title(psalm, Names(name_set="ko")) == "시편 151편"
    assert passage_title(psalm, Names(name_set="ko", own={"PS2": "다윗의 시"})) == "다윗의 시 1장"


@pytest.mark.parametrize(
    ("text", "beyond"),
    [
        ("MRK 1:46", "MRK 1 has 45 verses (versifications eng and org), not 46"),
        ("MRK 1:40-50", "MRK 1 has 45 verses (versifications eng and org), not 50"),
        ("MRK 1:40-2:99", "MRK 2 has 28 verses (versifications eng and org), not 99"),
        ("MRK 1:45", None),
        ("PSA 3:9", None),  # its title is a verse by org
        ("PSA 3:10", "PSA 3 has 9 verses (versifications eng and org), not 10"),
        ("JOL 4:21", None),
        ("JOL 4:22", "JOL 4 has 21 verses (versifications eng and org), not 22"),
        ("MAL 3:24", None),
        ("MAL 4:6", None),
        ("PSA 151:7", None),
        ("PSA 151:8", "PSA 151 has 7 verses (versifications eng and org), not 8"),
        ("REV 12:18", None),
        ("3JN 1:15", None),
        ("MRK 16", None),
    ],
)
def test_verses_that_no_bible_known_here_has_are_told(text: str, beyond: str | None) -> None:
    problem = verses_beyond(parse_passage(text))
    assert (problem and problem.message) == beyond


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

"""The table of books: the canon is whole, and every name can be printed."""

from __future__ import annotations

import re
import unicodedata
from importlib import resources

import pytest

from builder.bible.books import NAME_SETS, Book, books, name_set_for, names_for
from builder.manifest.text import checked_title
from tests.conftest import each


def _testament(name: str) -> list[Book]:
    return [book for book in books().values() if book.testament == name]


def test_the_canon_has_66_books_and_1189_chapters() -> None:
    canon = [*_testament("OT"), *_testament("NT")]
    assert len(canon) == 66
    assert sum(book.chapters for book in canon) == 1_189


@pytest.mark.parametrize(
    ("testament", "count", "chapters", "verses", "first", "last"),
    [("OT", 39, 929, 23_145, "GEN", "MAL"), ("NT", 27, 260, 7_957, "MAT", "REV")],
)
def test_each_testament_has_its_books_chapters_and_verses_in_order(
    testament: str, count: int, chapters: int, verses: int, first: str, last: str
) -> None:
    found = _testament(testament)
    assert (len(found), sum(book.chapters for book in found)) == (count, chapters)
    # English versions count 31,102 verses; some join or divide a handful (3JN 1:14-15, REV 12:17-18).
    assert abs(sum(sum(book.verses) for book in found) - verses) <= 5
    assert (found[0].code, found[-1].code) == (first, last)


@pytest.mark.parametrize(
    ("code", "chapters", "chapter", "verses"),
    [
        ("GEN", 50, 1, 31),
        ("PSA", 150, 119, 176),
        ("PSA", 150, 117, 2),
        ("OBA", 1, 1, 21),
        ("MAL", 4, 4, 6),
        ("MRK", 16, 16, 20),
        ("JHN", 21, 11, 57),
        ("REV", 22, 22, 21),
    ],
)
def test_known_chapters_have_their_known_verses(code: str, chapters: int, chapter: int, verses: int) -> None:
    assert books()[code].chapters == chapters
    assert books()[code].verses[chapter - 1] == verses


def test_codes_are_usfm_and_unique_and_stand_in_canonical_order() -> None:
    assert all(re.fullmatch(r"[A-Z0-9]{3}", code) for code in books())
    assert [book.number for book in books().values()] == list(range(1, len(books()) + 1))
    assert [book.testament for book in books().values()] == ["OT"] * 39 + ["NT"] * 27 + ["DC"] * 18
    assert all(code == book.code for code, book in books().items())


def test_the_chapter_column_says_how_many_chapters_have_verses() -> None:
    rows = resources.files("builder.bible").joinpath("books.tsv").read_text("utf-8").splitlines()
    header = rows[0].split("\t")
    for row in each(rows[1:]):
        cells = dict(zip(header, row.split("\t"), strict=True))
        assert int(cells["chapters"]) == books()[cells["usfm"]].chapters, cells["usfm"]


@pytest.mark.parametrize("name_set", NAME_SETS)
def test_names_are_nfc_printable_and_unique_within_a_set(name_set: str) -> None:
    names = [book.names[name_set] for book in books().values()]
    assert all(name and name == name.strip() and name.isprintable() for name in names)
    assert [unicodedata.normalize("NFC", name) for name in names] == names
    assert len({name.casefold() for name in names}) == len(names)


@pytest.mark.parametrize("book", books().values(), ids=books())
def test_no_name_would_be_refused_as_a_title(book: Book) -> None:
    assert [checked_title(name) for name in book.names.values()] == list(book.names.values())


@pytest.mark.parametrize(
    ("language", "name_set"),
    [
        ("ko", "ko"),
        ("ko-KR", "ko"),
        ("KO", "ko"),
        ("ko-KP", "ko-common"),
        ("ko_KP", "ko-common"),
        ("ko-Kore-KP", "ko-common"),
        ("zh", "zh-Hans"),
        ("zh-Hans", "zh-Hans"),
        ("zh-CN", "zh-Hans"),
        ("cmn-Hans", "zh-Hans"),
        ("zh-Hant", "zh-Hant"),
        ("zh-TW", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh-Hant-MO", "zh-Hant"),
        ("en", "en"),
        ("en-GB", "en"),
        ("mn", "en"),
        ("kok", "en"),
    ],
)
def test_a_language_has_its_name_set(language: str, name_set: str) -> None:
    assert name_set_for(language) == name_set


@pytest.mark.parametrize(
    ("code", "language", "name"),
    [
        ("MRK", "ko", "마가복음"),
        ("MRK", "ko-KP", "마르코의 복음서"),
        ("MRK", "zh-Hans", "马可福音"),
        ("MRK", "zh-Hant", "馬可福音"),
        ("MRK", "en", "Mark"),
        ("1CO", "vi", "1 Corinthians"),
    ],
)
def test_a_book_is_called_what_its_readers_call_it(code: str, language: str, name: str) -> None:
    assert names_for(language).of(code) == name


def test_a_name_of_the_manifests_own_comes_first() -> None:
    assert names_for("ko", own={"MRK": "마르코복음"}).of("MRK") == "마르코복음"
    assert names_for("ko", own={"MRK": "마르코복음"}).of("LUK") == "누가복음"

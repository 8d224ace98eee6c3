"""Which books a word may mean: every way to write a name that people and programs use, and nothing guessed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.bible.books import books, listed, rows_of
from builder.bible.lookup import codes_called, codes_like, folded, words
from tests.conftest import each

_ALL = [
    (book.code, word)
    for book in books().values()
    for word in (book.code, book.osis, *book.names.values(), *sum(book.abbreviations.values(), ()))
]


@pytest.mark.parametrize(
    "shape", [str, str.upper, str.lower, lambda word: unicodedata.normalize("NFD", word)]
)
def test_every_word_of_the_table_means_its_book_alone(shape: type[str]) -> None:
    for code, word in _ALL:
        assert codes_called(shape(word)) == (code,), word


@pytest.mark.parametrize(
    ("code", "spellings"),
    [
        ("1SA", "First Samuel, I Samuel, 1st Samuel, 1Samuel, 1_Samuel, 1 Sam., Ⅰ Samuel, １Ｓａｍ, 1-Samuel"),
        ("2KI", "Second Kings, II Kings, 2nd Kings, 2KGS, 열왕기하, 열왕기 하, 왕하, 2열왕, 列王纪下, 列王記下"),
        ("3JN", "Third John, III John, 3rd John, 3 John, 요한삼서, 요한3서, 요한 삼서, 约翰三书, 约翰叁书"),
        ("1JN", "1Jn, 1 Jo, 요한일서, 요한1서, 요한의 첫째 편지, 1요한, 约翰一书, 约翰壹书, 約翰壹書"),
        ("4MA", "IV Maccabees, Fourth Maccabees, 4Macc"),
        ("SNG", "Song of Songs, Song of Solomon, Song_of_Songs, SongofSongs, Canticles, 아가, 아가서, 雅歌"),
        ("PSA", "Psalm, Psalms, Ps, Pss, 시편, 시, 诗篇, 詩篇, 诗"),
        ("ACT", "Acts, Acts of the Apostles, 사도행전, 행, 使徒行传, 使徒行傳, 徒"),
        ("REV", "Revelation of John, Apocalypse, 요한계시록, 계시록, 계, 요한의 묵시록, 启示录, 啟示錄, 啓示錄"),
        ("1CO", "1Cor, 1 Corinthians, 1Corinthians, 고린도전서, 고린도 전서, 고전, 1고린, 林前, 哥林多前书"),
        ("MAT", "Mt, Matt, St. Matthew, 마태복음, 마, 마태, 마태오의 복음서, 마태오 복음서, 马太福音, 玛窦福音, 太"),
        ("JHN", "John, Jn, 요한복음, 요, 요한, 요한의 복음서, 约翰福音, 约翰, 约"),
        ("JON", "Jonah, Jon, 요나, 욘, 约拿书, 拿"),
        ("GEN", "Gn, 창, 창세, 창세기, 创, 创世记, 创世纪, 創世記"),
        ("1PE", "1 Pet, 벧전, 베드로전서, 彼前"),
        ("SIR", "Ecclesiasticus, 집회서, 便西拉智训, 德训篇"),
        ("PHP", "Phil, Php, 빌, 腓"),
        ("JUD", "Jud, JUD, Jude, 유, 유다서, 犹"),
        ("ISA", "Isa, I sa"),
    ],
)  # fmt: skip
def test_a_book_is_known_however_it_is_written(code: str, spellings: str) -> None:
    for spelling in spellings.split(","):
        assert codes_called(spelling) == (code,), spelling


@pytest.mark.parametrize(
    ("word", "codes"),
    [
        ("Ez", ("EZR", "EZK")),
        ("Hb", ("HAB", "HEB")),
        ("Phi", ("PHP", "PHM")),
        ("Samuel", ("1SA", "2SA")),
        ("열왕기", ("1KI", "2KI")),
        ("哥林多书", ("1CO", "2CO")),
        ("Maccabees", ("1MA", "2MA", "3MA", "4MA")),
        ("厄斯德拉上", ("EZR", "1ES")),
    ],
)
def test_a_word_with_several_meanings_has_them_all_in_canonical_order(
    word: str, codes: tuple[str, ...]
) -> None:
    assert codes_called(word) == codes


@pytest.mark.parametrize(
    "word", ["", " ", "1", "Jo", "XYZ", "설교", "祷告", "요한3", "约3", "John 3", "\ud800", "İ"]
)
def test_a_word_that_names_no_book_has_no_code(word: str) -> None:
    assert codes_called(word) == ()


def test_the_other_names_are_of_books_and_stand_there_once() -> None:
    table = {(code, folded(word)) for code, word in _ALL}
    for row in each(rows_of("other_names.tsv")):
        for word in listed(row["names"]):
            assert row["usfm"] in codes_called(word)
            assert (row["usfm"], folded(word)) not in table, word
            assert unicodedata.is_normalized("NFC", word)
            table.add((row["usfm"], folded(word)))


@settings(deadline=None)
@given(st.sampled_from(sorted(words())), st.text(alphabet=" _.-", max_size=3), st.integers(0, 30))
def test_signs_between_letters_change_nothing(word: str, signs: str, at: int) -> None:
    assert codes_called(word[:at] + signs + word[at:]) == words()[word]


@pytest.mark.parametrize(
    ("slip", "code"),
    [
        ("MKR", "MRK"), ("Corinthains 1", "1CO"), ("Phillipians", "PHP"), ("Galations", "GAL"), ("창새기", "GEN"),
        ("마가복읍", "MRK"), ("데살로니카전서", "1TH"), ("约翰福英", "JHN"),
    ],
)  # fmt: skip
def test_a_slip_is_like_the_book_that_was_meant(slip: str, code: str) -> None:
    assert code in codes_like(slip)


@pytest.mark.parametrize("word", ["", "XYZ", "sermon of the day", "하나님의 은혜", "\ud800" * 60])
def test_what_is_like_nothing_is_like_no_book(word: str) -> None:
    assert codes_like(word) == ()

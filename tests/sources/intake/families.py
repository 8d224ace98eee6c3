"""Whole Bibles under the names of those who deliver them. The forms are facts; no recordings stand behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from builder.bible.books import Book, books

Name = Callable[[Book, int], str]


def _testament(book: Book) -> str:
    """A19, B01: the testament, and the book's number in it."""
    return f"A{book.number:02}" if book.testament == "OT" else f"B{book.number - 39:02}"


def _fcbh(book: Book, chapter: int) -> str:
    """A19___23, A19__119: the chapter in five places."""
    return f"{_testament(book)}{f'{chapter:02}':_>5}"


def _english(book: Book) -> str:
    return book.names["en"]


def _joined(book: Book) -> str:
    return _english(book).replace(" ", "")


_ABBREVIATED = {"EZK": "Eze", "JOL": "Joe", "SNG": "Sng", "NAM": "Nah", "PHP": "Php", "PHM": "Phm"}


def _three(book: Book) -> str:
    return _ABBREVIATED.get(book.code, f"{book.code[0]}{book.code[1:].lower()}")


_HAN = "〇一二三四五六七八九"


def _han(number: int) -> str:
    """119 is 一百一十九, 105 一百零五, 12 十二."""
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    out = f"{_HAN[hundreds]}百" if hundreds else ""
    if tens:
        out += "十" if tens == 1 and not hundreds else f"{_HAN[tens]}十"
    elif hundreds and ones:
        out += "零"
    return out + (_HAN[ones] if ones else "")


def _usfm(book: Book) -> int:
    return book.number + (book.number > 39)


def _ko(book: Book) -> str:
    return book.names["ko"]


def _zh(book: Book) -> str:
    return book.names["zh-Hans"]


def _zht(book: Book) -> str:
    return book.names["zh-Hant"]


FAMILIES: dict[str, Name] = {
    "FCBH classic": lambda b, c: f"{_fcbh(b, c)}_{_joined(b)[:12]:_<12}ENGESVN1DA.mp3",
    "FCBH in folders": lambda b, c: f"ENGESV/{_fcbh(b, c)}_{_joined(b):_<14}_ENGESVN2DA.mp3",
    "FCBH without separator": lambda b, c: f"{_fcbh(b, c)}_{_joined(b)}ENGGIDN2DA.mp3",
    "FCBH in a vernacular": lambda b, c: f"{_fcbh(b, c)}_San_Kitabu{b.number}___ACCIBSN1DA.mp3",
    "DBP v4": lambda b, c: f"ENGBERO1DA_{_testament(b)}_{b.code}_{c:03}.mp3",
    "Digital Bible Library": lambda b, c: f"release/audio/{b.code}/{b.code}_{c:03}.mp3",
    "Paratext": lambda b, c: f"XKAL-{b.code}-{c:03}.mp3",
    "Scripture App Builder": lambda b, c: f"{_english(b)}-{c:03}/KO-{b.code}-{c:03}.mp3",
    "BTT Recorder": lambda b, c: f"en_ulb_b{_usfm(b):02}_{b.code.lower()}_c{c:02}.wav",
    "DBS, Matthew 40": lambda b, c: f"{b.number:02}_{_joined(b)}_{c:03}.mp3",
    "DBS, Matthew 41": lambda b, c: f"{_usfm(b):02}_{_joined(b)}_{c:03}.mp3",
    "DBS in folders": lambda b, c: (
        f"{b.testament}_ENGWEB/{b.number:02}_{_joined(b)}/{b.number:02}_{_joined(b)}_{c:03}.mp3"
    ),
    "Saber": lambda b, c: f"Saber/{b.number:03}{_english(b)}/{b.number:03}{c:03}{_english(b)} {c}.mp3",
    "MegaVoice": lambda b, c: f"MegaVoice/{_english(b)}-{c:03}/{_english(b)}-{c:03}.wav",
    "AudiBible": lambda b, c: (
        f"AudiBible/{b.number - 1:02}_QED_{_three(b)}/{b.number - 1:02}_QED_{_three(b)}_"
        f"{c:0{3 if b.code == 'PSA' else 2}}.wav"
    ),
    "numbers before the name": lambda b, c: f"{b.number:04}-{c:04}-{_joined(b)}-en.mp3",
    "letters of a version": lambda b, c: f"BSB_{b.number:02}_{_three(b)}_{c:03}.mp3",
    "numbers alone": lambda b, c: f"{b.number:02}_{c:03}.mp3",
    "numbers alone, Matthew 41": lambda b, c: f"{_usfm(b):02}_{c:03}.mp3",
    "numbers alone, from 0": lambda b, c: f"{b.number - 1:02}/{c:03}.mp3",
    "창세기 1장": lambda b, c: f"{_ko(b)} {c}{'편' if b.code == 'PSA' else '장'}.mp3",
    "01창세기_01": lambda b, c: f"{b.number:02}{_ko(b)}_{c:02}.mp3",
    "창세기/001": lambda b, c: f"{_ko(b)}/{c:03}.mp3",
    "창01": lambda b, c: f"{b.abbreviations['ko'][0]}{c:02}.mp3",
    "01_창세기/창세기_제1장": lambda b, c: f"{b.number:02}_{_ko(b)}/{_ko(b)}_제{c}장.mp3",
    "마태복음 01": lambda b, c: f"{_ko(b)} {c:02}.mp3",
    "공동번역": lambda b, c: f"{b.names['ko-common']} {c}장.mp3",
    "创世记 第1章": lambda b, c: f"{_zh(b)} 第{c}章.mp3",
    "创世记第一章": lambda b, c: f"{_zh(b)}第{_han(c)}章.mp3",
    "01创世记/01": lambda b, c: f"{b.number:02}{_zh(b)}/{c:02}.mp3",
    "創世記_001": lambda b, c: f"{_zht(b)}_{c:03}.mp3",
    "Genesis 01": lambda b, c: f"{_english(b)} {c:02}.mp3",
    "Genesis/Chapter 1": lambda b, c: f"{_english(b)}/Chapter {c}.mp3",
    "01 Genesis/Genesis 1": lambda b, c: f"{b.number:02} {_english(b)}/{_english(b)} {c}.mp3",
    "our sd-card": lambda b, c: f"{b.number:02}_{b.code}/{b.number:02}_{b.code}_{c:03}.mp3",
    "our mp3-player": lambda b, c: (
        f"{b.number:02} {_ko(b)}/{c:03} {_ko(b)} {c}{'편' if b.code == 'PSA' else '장'}.mp3"
    ),
    "our saber": lambda b, c: f"{b.number:03}{_ko(b)}/{b.number:03}{c:03} {_ko(b)} {c}장.mp3",
}
"""How each family calls a chapter."""


def names_of(family: str) -> dict[str, tuple[str, int]]:
    """The 1,189 files of a whole Bible: the relative path of each, and the book and chapter it holds."""
    return {FAMILIES[family](book, chapter): (book.code, chapter) for book, chapter in chapters()}


def chapters() -> Iterator[tuple[Book, int]]:
    for book in books().values():
        if book.number <= 66:
            yield from ((book, chapter) for chapter in range(1, book.chapters + 1))

"""Which books a word may mean: codes, names and abbreviations in every language of the table, and other ways to write.

`other_names.tsv` holds those. A word with several meanings is in several rows: `Ez` is Ezra or Ezekiel, `Hb`
Habakkuk or Hebrews, `Samuel` (and `사무엘`, `撒母耳记`) the first book or the second. A code of USFM or OSIS is that
book alone: `JUD` and `Jud` are Jude, never Judges; `Phil` is Philippians. What may be any of many (`Jo`, `Ma`) is none.
Chinese abbreviations are those of the Union Version; Catholic ones mean other books by some of the same signs.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from builder.bible.books import books, listed, rows_of

# Full-width ASCII and the ideographic space, as Korean and Chinese keyboards write them; single Roman numerals.
_WIDE: dict[int | str, str] = {0x3000: " ", **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}}
_PLAIN = str.maketrans({**_WIDE, "Ⅰ": "I", "Ⅱ": "II", "Ⅲ": "III", "Ⅳ": "IV"})
_PARTED = re.compile(r"[\s_.\-]+")
_COUNTED = re.compile(r"([1-4])([a-z]+)")
_ORDINALS = {
    "1": ("i", "1st", "first"),
    "2": ("ii", "2nd", "second"),
    "3": ("iii", "3rd", "third"),
    "4": ("iv", "4th", "fourth"),
}


def narrowed(text: str) -> str:
    """Composed (NFC), with digits, letters and signs of full width made plain."""
    return unicodedata.normalize("NFC", text).translate(_PLAIN)


def folded(text: str) -> str:
    """What is compared: narrowed, casefolded, without spaces, underscores, dots and hyphens."""
    return _PARTED.sub("", narrowed(text).casefold())


def codes_called(text: str) -> tuple[str, ...]:
    """The USFM codes of all books that a word may mean, in canonical order; none for a word that names no book."""
    return words().get(folded(text), ())


def codes_like(text: str) -> tuple[str, ...]:
    """The codes that a misspelled word may mean: those of the most similar word; empty if none is similar."""
    slip = folded(text)
    like = [
        word
        for word in words()
        if abs(len(word) - len(slip)) <= 2 and len({*word} & {*slip}) * 2 > len({*word})
    ]
    close = difflib.get_close_matches(slip, like, n=1)
    return words()[close[0]] if close else ()


@cache
def words() -> Mapping[str, tuple[str, ...]]:
    """Every word that names a book, folded, with the codes of the books."""
    codes = {folded(word): {book.code} for book in books().values() for word in (book.code, book.osis)}
    named: dict[str, set[str]] = defaultdict(set)
    for book in books().values():
        for word in (*book.names.values(), *(word for abbr in book.abbreviations.values() for word in abbr)):
            named[folded(word)].add(book.code)
    for row in rows_of("other_names.tsv"):
        for word in listed(row["names"]):
            named[folded(word)].add(row["usfm"])
    # `I Samuel`, `1st Samuel`, `First Samuel`; `Isa` is Isaiah all the same.
    counted: dict[str, set[str]] = defaultdict(set)
    for word, meant in (*codes.items(), *named.items()):
        if match := _COUNTED.fullmatch(word):
            for ordinal in _ORDINALS[match[1]]:
                counted[ordinal + match[2]] |= meant
    order = list(books())
    return {
        word: tuple(sorted(meant, key=order.index)) for word, meant in {**counted, **named, **codes}.items()
    }

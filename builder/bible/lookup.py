"""Which books a word may mean: codes, names and abbreviations in every language of the table, and how else people write.

`other_names.tsv` holds the other ways. A word with two meanings stands in both rows: `Ez` is Ezra in Protestant Bibles
and Ezekiel in Catholic ones, `Hb` Habakkuk or Hebrews. A code of USFM or OSIS is that book alone, so `JUD` and `Jud` are
Jude, never Judges, and `Phil` is Philippians. What may be any of four (`Jo`, `Ma`) is none.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from builder.bible.books import books, listed, rows_of

# Full-width ASCII and the ideographic space, as Korean and Chinese keyboards write them; single Roman numerals.
_WIDE = {0x3000: " ", **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}}
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

"""A passage: a book, or chapters or verses of it, as people write it and as listeners read it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from builder.bible.books import books


@dataclass(frozen=True, kw_only=True)
class Passage:
    """From `first` to `last` chapter, both counted; verses are None for whole chapters."""

    book: str
    first: int
    last: int
    first_verse: int | None = None
    last_verse: int | None = None

    @property
    def chapters(self) -> range:
        return range(self.first, self.last + 1)

    def by_chapter(self) -> tuple[Passage, ...]:
        """Its chapters, each as a passage; verses are one, whatever chapters they cross."""
        if self.first_verse is not None:
            return (self,)
        return tuple(Passage(book=self.book, first=n, last=n) for n in self.chapters)

    @property
    def is_whole_book(self) -> bool:
        return self.first_verse is None and self.first == 1 and self.last == books()[self.book].chapters

    def __str__(self) -> str:
        """The form a manifest uses: `MRK`, `MRK 1-3`, `2CO 1:3-7`, `MAT 26:57-27:10`."""
        return self.book if self.is_whole_book and self.first != self.last else f"{self.book} {self.numbers}"

    @property
    def numbers(self) -> str:
        """Chapters and verses alone: `3`, `1-3`, `1:3-7`, `26:57-27:10`."""
        if self.first_verse is None:
            return f"{self.first}" if self.first == self.last else f"{self.first}-{self.last}"
        start = f"{self.first}:{self.first_verse}"
        if self.first == self.last:
            return start if self.first_verse == self.last_verse else f"{start}-{self.last_verse}"
        return f"{start}-{self.last}:{self.last_verse}"


class PassageError(ValueError):
    """The text is no passage; the message says why, `help` what to write."""

    def __init__(self, message: str, help_text: str) -> None:
        super().__init__(message)
        self.help = help_text


MAX_CHARS = 60
_SPLIT = re.compile(r"(?P<book>[0-9]?[^0-9:]+?)\s*(?P<numbers>[0-9].*)?")
_NUMBERS = re.compile(
    r"(?P<c1>[0-9]{1,12})(?::(?P<v1>[0-9]{1,12}))?(?:\s*[-–—]\s*(?P<n2>[0-9]{1,12})(?::(?P<v2>[0-9]{1,12}))?)?"
)
_EXAMPLE = "write a book code, then chapters or verses: MRK, MRK 1-3, 2CO 1:3-7"


def parse_passage(text: str) -> Passage:
    """Read `MRK`, `MRK 4`, `MRK 1-3`, `2CO 1:3`, `2CO 1:3-7` or `MAT 26:57-27:10`; PassageError otherwise."""
    text = text.strip()
    if len(text) > MAX_CHARS:
        raise PassageError(f'"{text[:20]}..." is not a passage: it has {len(text)} characters', _EXAMPLE)
    book, numbers = _parted(text)
    code = book.upper()
    if code not in books():
        raise PassageError(f'"{book}" is not a book code', _book_hint(book))
    if not numbers:
        return Passage(book=code, first=1, last=books()[code].chapters)
    match = _NUMBERS.fullmatch(numbers)
    if match is None:
        raise PassageError(f'"{text}" is not a passage', _EXAMPLE)
    first = int(match["c1"])
    first_verse = int(match["v1"]) if match["v1"] else None
    second = int(match["n2"]) if match["n2"] else None
    if match["v2"] and first_verse is None:
        raise PassageError(f'"{text}" mixes a chapter with a verse', _EXAMPLE)
    last_verse: int | None
    if first_verse is None:
        last, last_verse = first if second is None else second, None
    elif match["v2"]:
        last, last_verse = int(match["n2"]), int(match["v2"])
    else:
        last, last_verse = first, first_verse if second is None else second
    return _checked(
        Passage(book=code, first=first, last=last, first_verse=first_verse, last_verse=last_verse), text
    )


_WHOLES = {"OT": ("GEN", "MAL"), "NT": ("MAT", "REV"), "ALL": ("GEN", "REV")}


def parse_passages(text: str) -> tuple[Passage, ...]:
    """Read what may go over several books, as one passage for each: `GEN-DEU`, `OT`, `NT`, `all`, or a passage."""
    codes = list(books())
    first, dash, last = (part.strip().upper() for part in text.partition("-"))
    if not dash and first in _WHOLES:
        first, last = _WHOLES[first]
    if first in books() and last in books():
        if codes.index(last) < codes.index(first):
            raise PassageError(f'"{text}" runs backwards', "the first book comes first")
        span = codes[codes.index(first) : codes.index(last) + 1]
        return tuple(Passage(book=code, first=1, last=books()[code].chapters) for code in span)
    return (parse_passage(text),)


def format_passages(passages: Sequence[Passage]) -> str:
    """The form a manifest uses: `GEN-DEU`, `OT`, `NT`, `all`, or that of the one passage."""
    ends = (passages[0].book, passages[-1].book)
    if len(passages) == 1:
        return str(passages[0])
    whole = next((word for word, books_of in _WHOLES.items() if books_of == ends), "-".join(ends))
    return "all" if whole == "ALL" else whole


def _parted(text: str) -> tuple[str, str]:
    """The book and the numbers. A code is taken whole first, since it may end in a digit (PS2)."""
    if text[:3].upper() in books() and (text[3:4] in ("", " ") or text[3:4].isdigit()):
        return text[:3], text[3:].strip()
    match = _SPLIT.fullmatch(text)
    if match is None:
        raise PassageError(f'"{text}" is not a passage', _EXAMPLE)
    return match["book"], match["numbers"] or ""


def _checked(passage: Passage, text: str) -> Passage:
    count = books()[passage.book].chapters
    name = books()[passage.book].names["en"]
    for chapter in (passage.first, passage.last):
        if not 1 <= chapter <= count:
            raise PassageError(
                f"{passage.book} has no chapter {chapter}",
                f"{name} has {'one chapter' if count == 1 else f'chapters 1-{count}'}",
            )
    if 0 in (passage.first_verse, passage.last_verse):
        raise PassageError(f'"{text}" names a verse 0', "verses count from 1")
    start = (passage.first, passage.first_verse or 0)
    if (passage.last, passage.last_verse or 0) < start:
        raise PassageError(f'"{text}" runs backwards', "the first chapter or verse comes first")
    return passage


def _book_hint(word: str) -> str:
    """A code for somebody who wrote a name or a slip: by name first, then by likeness."""
    wanted = word.strip().casefold()
    for book in books().values():
        if wanted in {name.casefold() for name in book.names.values()}:
            return f"did you mean {book.code}?"
    close = difflib.get_close_matches(wanted.upper(), books(), n=1) or [
        book.code
        for book in books().values()
        if difflib.get_close_matches(wanted, [book.names["en"].casefold()], n=1, cutoff=0.8)
    ]
    return f"did you mean {close[0]}?" if close else _EXAMPLE

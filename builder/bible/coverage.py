"""Which chapters of the Bible are read: each book as the line of its verses, and how often each of them is read. Pure.

A chapter is there when its verses are, in one piece or in several. Versifications differ by a verse or two at the end
of a chapter, which is no lack; and by whole chapters in two books (`HEBREW`), which is reported.
"""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby
from typing import Any

from builder.bible.books import Book, books
from builder.bible.passage import Passage

# Verses per chapter where Hebrew Bibles, and translations that follow them, divide a book otherwise than the table.
HEBREW = {"JOL": (20, 27, 5, 21), "MAL": (14, 17, 24)}
TESTAMENTS = ("OT", "NT")
_ENDING_VERSES = 2


@dataclass(frozen=True, kw_only=True)
class BookCoverage:
    """What is read of one book. Each of its `of` chapters is in one of `present`, `partly` and `missing`.

    `out_of_order` are those that had to be moved for the rest to be in order; `gaps` is what is missing between
    parts that are there. Readings are told by their place in play order: `readers` are those of each chapter; `twice`
    has the two that read one, or two verses of it at least. `is_straight` says that nothing else is read between them.
    With `is_hebrew` the chapters are counted as in Hebrew Bibles.
    """

    book: Book
    of: int
    present: tuple[int, ...] = ()
    partly: tuple[int, ...] = ()
    twice: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    out_of_order: tuple[int, ...] = ()
    gaps: tuple[Passage, ...] = ()
    readers: tuple[tuple[int, ...], ...] = ()
    is_straight: bool = True
    is_hebrew: bool = False

    @property
    def doubled(self) -> tuple[int, ...]:
        return tuple(self.twice)

    @property
    def missing(self) -> tuple[int, ...]:
        there = {*self.present, *self.partly}
        return tuple(chapter for chapter in range(1, self.of + 1) if chapter not in there)

    @property
    def is_there(self) -> bool:
        return bool(self.present or self.partly)

    @property
    def is_whole(self) -> bool:
        return len(self.present) == self.of


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """What a pack reads of the Bible: the 66 books, then those of the deuterocanon that it has, in canonical order.

    `books_out_of_order` are the codes of those that had to be moved for the rest to be in order; books that are read
    in turns with others are none of them.
    """

    books: tuple[BookCoverage, ...]
    books_out_of_order: tuple[str, ...] = ()

    def part(self, *testaments: str) -> tuple[BookCoverage, ...]:
        return tuple(one for one in self.books if one.book.testament in testaments)

    @property
    def is_in_order(self) -> bool:
        return not self.books_out_of_order and not any(one.out_of_order for one in self.books)


def cover(readings: Sequence[Passage]) -> Coverage:
    """What passages read, given in play order."""
    lines = {code: _Line(book=book, verses=book.verses) for code, book in books().items()}
    if any(passage.book == "JOL" and passage.last > books()["JOL"].chapters for passage in readings):
        lines["JOL"].verses = HEBREW["JOL"]
    order = []
    for at, passage in enumerate(readings):
        for chapter in passage.chapters:
            code, number = ("PS2", 1) if (passage.book, chapter) == ("PSA", 151) else (passage.book, chapter)
            lines[code].read(number, *_verses(passage, chapter), at)
            order.append(code)
    runs = [code for code, _ in groupby(order)]
    split = {code for code, times in Counter(runs).items() if times > 1}
    numbers = [
        (books()[code].number, 0)
        for code in runs
        if code not in split and books()[code].testament in TESTAMENTS
    ]
    moved = {numbers[at][0] for at in _out_of_order(numbers)}
    return Coverage(
        books=tuple(
            replace(line.covered(), is_straight=code not in split)
            for code, line in lines.items()
            if line.readers or line.book.testament in TESTAMENTS
        ),
        books_out_of_order=tuple(code for code, line in lines.items() if line.book.number in moved),
    )


def _verses(passage: Passage, chapter: int) -> tuple[int, int | None]:
    """The first and the last verse that a passage reads of a chapter; None is the chapter's end."""
    first = passage.first_verse if chapter == passage.first else None
    return first or 1, passage.last_verse if chapter == passage.last else None


@dataclass(kw_only=True)
class _Line:
    """A book while it is read. What is beyond a chapter's end is its end."""

    book: Book
    verses: tuple[int, ...]
    readers: dict[int, list[int]] = field(default_factory=dict)
    twice: dict[int, tuple[int, int]] = field(default_factory=dict)
    starts: list[tuple[int, int]] = field(default_factory=list)  # of all that was new when it was read

    @cached_property
    def first(self) -> list[list[int | None]]:
        """Which reading was the first to read a verse, chapter by chapter."""
        return [[None] * count for count in self.verses]

    def read(self, chapter: int, first: int, last: int | None, at: int) -> None:
        if chapter > len(self.verses):
            return
        by = self.first[chapter - 1]
        start, end = min(first, len(by)) - 1, len(by) if last is None else min(last, len(by))
        before = by[start:end]
        new = before.count(None)
        # One verse alone may be divided between two readings.
        if len(before) - new > 1 and chapter not in self.twice:
            others = Counter(other for other in before if other is not None)
            self.twice[chapter] = (others.most_common(1)[0][0], at)
        if new:
            self.starts.append((chapter, start + before.index(None)))
            by[start:end] = [at if other is None else other for other in before]
        self.readers.setdefault(chapter, []).append(at)

    def covered(self) -> BookCoverage:
        whole = {chapter for chapter, by in enumerate(self.first, 1) if _is_whole(by)}
        of = len(self.verses)
        if self.book.code == "MAL" and set(self.readers) == whole == {1, 2, 3}:
            of = len(HEBREW["MAL"])
        return BookCoverage(
            book=self.book,
            of=of,
            present=tuple(sorted(whole)),
            partly=tuple(sorted(set(self.readers) - whole)),
            twice=dict(sorted(self.twice.items())),
            out_of_order=tuple(sorted({self.starts[at][0] for at in _out_of_order(self.starts)})),
            gaps=tuple(self._gaps(whole)),
            readers=tuple(tuple(self.readers.get(chapter, ())) for chapter in range(1, of + 1)),
            is_hebrew=of != self.book.chapters,
        )

    def _gaps(self, whole: set[int]) -> Iterable[Passage]:
        if not self.readers:
            return
        first, last = min(self.readers), max(self.readers)
        for chapter in range(first, last + 1):
            by = self.first[chapter - 1]
            if chapter in whole:
                continue
            if chapter not in self.readers:
                yield Passage(book=self.book.code, first=chapter, last=chapter)
                continue
            read = [verse for verse, at in enumerate(by, 1) if at is not None]
            start = read[0] if chapter == first else 1
            end = read[-1] if chapter == last else len(by)
            for v1, v2 in _runs(verse for verse in range(start, end + 1) if by[verse - 1] is None):
                yield Passage(book=self.book.code, first=chapter, last=chapter, first_verse=v1, last_verse=v2)


def verses_in(passage: Passage) -> int:
    """How many verses a passage has."""
    book = books()[passage.book]
    counts = book.verses
    if passage.last > len(counts):  # as Hebrew Bibles count, or with Psalm 151
        counts = HEBREW.get(passage.book, book.most_verses)
    ends = ((chapter, *_verses(passage, chapter)) for chapter in passage.chapters if chapter <= len(counts))
    return max(1, sum(max(0, (last or counts[chapter - 1]) - first + 1) for chapter, first, last in ends))


def _is_whole(by: Sequence[int | None]) -> bool:
    """Whether a chapter is read, but for what versifications differ in."""
    return None not in by[: len(by) - min(_ENDING_VERSES, len(by) // 5)]


def _runs(numbers: Iterable[int]) -> Iterable[tuple[int, int]]:
    """[1, 2, 3, 7] -> (1, 3), (7, 7)."""
    for _, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        members = [number for _, number in run]
        yield members[0], members[-1]


def spans(numbers: Iterable[int]) -> str:
    """[1, 2, 3, 7] -> "1-3, 7"."""
    return ", ".join(f"{a}" if a == b else f"{a}-{b}" for a, b in _runs(numbers))


def book_spans(covered: Iterable[BookCoverage]) -> str:
    """Books by their codes, neighbours as one: `GEN-MAT, LUK`."""
    codes = list(books())
    ends = _runs(one.book.number for one in covered)
    return ", ".join(codes[a - 1] if a == b else f"{codes[a - 1]}-{codes[b - 1]}" for a, b in ends)


def _out_of_order(values: Sequence[tuple[int, int]]) -> list[int]:
    """Which places hold what has to be moved for the rest to ascend: all but a longest ascending part."""
    tails: list[tuple[int, int]] = []
    lengths = []
    for value in values:
        at = bisect_left(tails, value)
        tails[at : at + 1] = [value]
        lengths.append(at + 1)
    wanted, out = len(tails), []
    bound = (sys.maxsize, 0)
    for at in range(len(values) - 1, -1, -1):
        if lengths[at] == wanted and values[at] < bound:
            wanted, bound = wanted - 1, values[at]
        else:
            out.append(at)
    return out


def totals(part: Iterable[BookCoverage]) -> tuple[dict[str, int], dict[str, int]]:
    """How many books of a part of the Bible are there, of how many, and the same of their chapters."""
    part = list(part)
    return {"present": sum(one.is_there for one in part), "of": len(part)}, {
        "present": sum(len(one.present) for one in part),
        "of": sum(one.of for one in part),
    }


def coverage_json(coverage: Coverage) -> dict[str, Any]:
    """Totals, those of each testament, and each book that is there or should be, in part at least."""
    books, chapters = totals(coverage.part(*TESTAMENTS))
    return {
        "books": books,
        "chapters": chapters,
        "in_order": coverage.is_in_order,
        "testaments": {
            name: dict(zip(("books", "chapters"), totals(part), strict=True))
            for name in (*TESTAMENTS, "DC")
            if (part := coverage.part(name))
        },
        "by_book": [
            {
                "book": one.book.code,
                "of": one.of,
                "present": list(one.present),
                "partly": list(one.partly),
                "missing": list(one.missing),
                "doubled": list(one.doubled),
                "out_of_order": list(one.out_of_order),
            }
            for one in coverage.books
        ],
    }

"""A passage: a book, or chapters or verses of it, as people write it and as listeners read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from builder.bible.books import books, listed
from builder.bible.lookup import codes_called, codes_like, folded, narrowed
from builder.bible.numbers import Numbers, may_begin, read_numbers
from builder.findings import Phrase, Problem


@dataclass(frozen=True, kw_only=True)
class Passage:
    """From `first` to `last` chapter, both counted; verses are None for whole chapters.

    A chapter may be one that only some Bibles have: Joel 4, Psalm 151.
    """

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
    """The text is no passage: `problem` says why, its `help` what to write."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem, self.help = problem, problem.help


MAX_CHARS = 60
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−~〜∼至到", "-"))
WHOLES = {"OT": ("GEN", "MAL"), "NT": ("MAT", "REV"), "all": ("GEN", "REV")}
_WHOLE_WORDS = {
    "OT": "OT, Old Testament, 구약, 구약성경, 旧约, 舊約, 旧约圣经, 舊約聖經, 旧约全书, 舊約全書",
    "NT": "NT, New Testament, 신약, 신약성경, 新约, 新約, 新约圣经, 新約聖經, 新约全书, 新約全書",
    "all": "all, Bible, 전체, 성경, 성경 전체, 신구약, 全部, 圣经, 聖經, 全本圣经, 全本聖經, 新旧约, 新舊約",
}
_WHOLE_ENDS = {folded(word): WHOLES[key] for key, words in _WHOLE_WORDS.items() for word in listed(words)}


def parse_passage(text: str) -> Passage:
    """Read one passage of one book, in any language of the table; PassageError otherwise.

    `MRK`, `MRK 1-3`, `2CO 1:3-7`, `MAT 26:57-27:10`, `Mark 3`, `창세기 1장 3-5절`, `고전 13:4-7`, `约翰福音 第3章16节`.
    """
    passages = parse_passages(text)
    if len(passages) > 1:
        raise PassageError(Problem("E213.several", text=text))
    return passages[0]


def parse_passages(text: str) -> tuple[Passage, ...]:
    """Read what may go over several books, a passage for each: `GEN-DEU`, `GEN 12-EXO 3`, `OT`, `NT`, `all`."""
    text = text.strip()
    if len(text) > MAX_CHARS:
        raise PassageError(Problem("E213.long", text=text[:20], characters=len(text)))
    if ends := _WHOLE_ENDS.get(folded(text)):
        return _span(*(_between(code, None, None, text) for code in ends))
    left, *right = (" ".join(end.split()) for end in narrowed(text).translate(_DASHES).split("-"))
    if len(right) > 1:
        raise _no_passage(text)
    code, start = _parted(left, text)
    if not right:
        return (_between(code, start, start, text),)
    if end := read_numbers(right[0]):
        if start is None:
            raise _no_passage(text)
        return (_between(code, start, end, text),)
    other, end = _parted(right[0], text)
    if other == code:
        return (_between(code, start or _FIRST, end or Numbers(chapter=books()[code].chapters), text),)
    first, last = _between(code, start, start, text), _between(other, end, end, text)
    if first.first_verse is not None or last.first_verse is not None:
        raise PassageError(Problem("E213.several_verses", text=text))
    if books()[other].number < books()[code].number:
        raise PassageError(Problem("E213.books_backwards", text=text))
    return _span(first, last)


def format_passages(passages: Sequence[Passage]) -> str:
    """The form a manifest uses: `GEN-DEU`, `GEN 12-EXO 3`, `OT`, `NT`, `all`, or that of the one passage."""
    if len(passages) == 1:
        return str(passages[0])
    return whole_word(passages) or "-".join(
        end.book if end.is_whole_book else str(end) for end in ends_of(passages)
    )


def whole_word(passages: Sequence[Passage]) -> str | None:
    """`OT`, `NT` or `all`, where that is what is read."""
    ends = ends_of(passages)
    if not all(end.is_whole_book for end in ends):
        return None
    return next((word for word, codes in WHOLES.items() if codes == tuple(end.book for end in ends)), None)


def ends_of(passages: Sequence[Passage]) -> tuple[Passage, Passage]:
    """Where a run over several books begins and ends, each a whole book or one chapter of it."""
    first, last = passages[0], passages[-1]
    begin = first if first.first == 1 else replace(first, last=first.first)
    return begin, last if last.is_whole_book else replace(last, first=last.last)


_FIRST = Numbers(chapter=1)


def _span(first: Passage, last: Passage) -> tuple[Passage, ...]:
    """From the beginning of one passage to the end of another, a later book's."""
    codes = list(books())
    between = codes[codes.index(first.book) + 1 : codes.index(last.book)]
    begin = replace(first, last=max(first.last, books()[first.book].chapters))
    return (begin, *(_whole(code) for code in between), replace(last, first=1))


def _whole(code: str) -> Passage:
    return Passage(book=code, first=1, last=books()[code].chapters)


def _parted(text: str, whole: str) -> tuple[str, Numbers | None]:
    """The book of one end, and its numbers. `whole` is what was written, for the error."""
    code, rest = text[:3].upper(), text[3:]
    # A code is taken whole first, since it may end in a digit; but `Ps2` and `PS23` are Psalms 2 and 23.
    if code in books() and (code != "PS2" or rest[:1] == " " or text == "PS2"):
        numbers = read_numbers(rest.strip())
        if numbers or not rest:
            return code, numbers
    found = dict(_partings(text)) or dict.fromkeys(codes_called(text))
    if "PSA" in found:
        found.pop("PS2", None)  # whose name ends in the number of a psalm: 시편 151편
    if len(found) > 1:
        raise PassageError(Problem("E213.ambiguous", text=whole, books=_one_of([*found])))
    for code, numbers in found.items():
        return code, numbers
    book = next((text[:at] for at in range(1, len(text)) if may_begin(text[at:])), text).strip()
    if codes_called(book) or not any(map(str.isalpha, book)):
        raise _no_passage(whole)
    if like := codes_like(book):
        raise PassageError(Problem("E213.book_like", book=book, like=_one_of(like)))
    raise PassageError(Problem("E213.book", book=book))


def _one_of(codes: Sequence[str]) -> str | Phrase:
    """`2SA`, `1SA or 2SA`, `1MA or 2MA or 3MA`."""
    *others, last = codes
    return Phrase("one_or", first=_one_of(others), last=last) if others else last


def _partings(text: str) -> Iterator[tuple[str, Numbers]]:
    """Every way to part a text into a book and numbers."""
    for at in range(1, len(text)):
        if may_begin(text[at:]):
            numbers = read_numbers(text[at:])
            yield from ((code, numbers) for code in codes_called(text[:at]) if numbers)


def _between(code: str, start: Numbers | None, end: Numbers | None, text: str) -> Passage:
    """The passage between two ends of one book, both counted, if the book has it."""
    if start is None or end is None:
        return _whole(code)
    first = start.number if start.chapter is None else start.chapter
    if first is None:
        if books()[code].chapters > 1:
            raise PassageError(Problem("E213.no_chapter", text=text))
        first = 1
    if start is end or end.chapter is not None:
        last, last_verse = first if end.chapter is None else end.chapter, end.verse
    elif end.verse is not None or start.verse is not None:
        last, last_verse = first, end.number if end.verse is None else end.verse
    else:
        last, last_verse = end.number or 0, None
    if (start.verse is None) != (last_verse is None):
        raise PassageError(Problem("E213.mixed", text=text))
    return _checked(
        Passage(book=code, first=first, last=last, first_verse=start.verse, last_verse=last_verse), text
    )


def _checked(passage: Passage, text: str) -> Passage:
    book = books()[passage.book]
    most = len(book.most_verses)
    for chapter in (passage.first, passage.last):
        if not 1 <= chapter <= most:
            key = "E213.chapter_one" if most == 1 else "E213.chapter"
            key = "E213.chapter_some" if most > book.chapters else key
            there = {"name": book.names["en"], "chapters": book.chapters, "most": most}
            raise PassageError(Problem(key, book=book.code, chapter=chapter, **there))
    if 0 in (passage.first_verse, passage.last_verse):
        raise PassageError(Problem("E213.verse_zero", text=text))
    start = (passage.first, passage.first_verse or 0)
    if (passage.last, passage.last_verse or 0) < start:
        raise PassageError(Problem("E213.backwards", text=text))
    return passage


def verses_beyond(passage: Passage) -> Problem | None:
    """What no Bible known here has: `MRK 1 has 45 verses (versifications eng and org), not 50`; else None."""
    for chapter, verse in ((passage.first, passage.first_verse), (passage.last, passage.last_verse)):
        most = books()[passage.book].most_verses[chapter - 1]
        if verse is not None and verse > most:
            return Problem("W228", book=passage.book, chapter=chapter, verses=most, verse=verse)
    return None


def _no_passage(text: str) -> PassageError:
    return PassageError(Problem("E213", text=text))

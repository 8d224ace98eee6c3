"""Sections of a manifest for recognized chapters: as few as name exactly these recordings, by short patterns. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise, product

from builder.bible.books import books
from builder.bible.passage import Passage, format_passages
from builder.findings import Finding, Phrase, Problem
from builder.manifest.text import MAX_PATH, fill_pattern
from builder.sources.intake.listing import place_at
from builder.text import ranges

_MOST_TRIED = 4000

Files = Mapping[tuple[str, int], str]
"""Paths by book and chapter."""


def patterns_of(files: Files, parts: Sequence[Passage], others: Collection[str]) -> set[str]:
    """Every pattern that gives each of these files its name, `parts` being what is read, a chapter each. What it gives
    for a chapter that is not there must be none of `others`: a file that was left out on purpose would slip in. None is
    longer than a path may be.
    """
    numbers = {(part.book, part.first): at for at, part in enumerate(parts, 1)}
    probe = max(files, key=lambda key: (key[1], numbers[key]))
    taken = {*others, *files.values()}
    found = set()
    for pattern in islice(_possible(files[probe], *probe, numbers[probe]), _MOST_TRIED):
        if len(pattern) <= MAX_PATH and all(
            _fill(pattern, *key, numbers[key]) == path for key, path in files.items()
        ):
            absent = {_fill(pattern, *key, at) for key, at in numbers.items() if key not in files}
            found |= {pattern} if absent.isdisjoint(taken) else set()
    return found


def best(patterns: Collection[str]) -> str:
    """The pattern that reads best: with {chapter}, with fields that no digit is before (`0{chapter}` would make
    010), with fields that are apart from letters and digits, with many.
    """

    def rank(pattern: str) -> tuple[object, ...]:
        beside = re.findall(r"[A-Za-z0-9](?=\{[cn])|(?<=[r0-9]\})[A-Za-z0-9]", pattern)
        cut = len(re.findall(r"[0-9]\{[cn]", pattern))
        return "{number" in pattern, cut, len(beside), -pattern.count("{"), len(pattern), pattern

    return min(patterns, key=rank)


def literal(path: str) -> str:
    """A path as a pattern that gives itself."""
    return path.replace("{", "{{").replace("}", "}}")


def _fill(pattern: str, book: str, chapter: int, number: int) -> str:
    return fill_pattern(pattern, {"book": book, "chapter": chapter, "number": number})


def _possible(path: str, book: str, chapter: int, number: int) -> Iterator[str]:
    """A path with fields in place of what they would give there: the code, and numbers that end a run of digits."""
    choices: list[tuple[str, ...]] = []
    for piece in re.split(rf"({book}|[0-9]+)", path):
        options = [literal(piece)]
        if piece == book:
            options.insert(0, "{book}")
        elif piece.isdecimal():
            for field, value in (("chapter", chapter), ("number", number)):
                for width in (0, 2, 3, 4):
                    shown = f"{value:0{width}d}"
                    if piece.endswith(shown) and (width == 0 or len(piece) >= width >= len(str(value))):
                        spec = f":0{width}" if width else ""
                        options.insert(0, f"{piece[: -len(shown)]}{{{field}{spec}}}")
        choices.append(tuple(dict.fromkeys(options)))
    for chosen in product(*choices):
        yield "".join(chosen)


# Bibles differ by a verse or two at the end of a chapter.
_ENDING_VERSES = 2
_LONGEST_ABSENT = len("/1MA 150 is missing.mp3")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A section that reads books, by a pattern or a list of files. Of passages in `missing` no recording is there."""

    text: str
    source: str | tuple[str, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Parts:
    """A section that lists recordings of one book with their passages."""

    book: str
    tracks: tuple[tuple[str, Passage], ...]


def sections_of(
    passages: Mapping[str, Passage], others: Collection[str], *, allow_gaps: bool
) -> tuple[list[Reading | Parts], list[Finding]]:
    """Sections in canonical order, and what is missing. `others` are recordings that must not slip in."""
    by_book: dict[str, dict[str, Passage]] = {code: {} for code in books()}
    for path, passage in passages.items():
        by_book[passage.book][path] = passage
    sections: list[Reading | Parts] = []
    findings: list[Finding] = []
    run: list[Passage] = []
    files: dict[tuple[str, int], str] = {}
    for code, found in by_book.items():
        if all(part.first_verse is None and part.first == part.last for part in found.values()) and found:
            files |= {(code, part.first): path for path, part in found.items()}
            whole = _whole(code, {part.first for part in found.values()})
            findings += _missing(whole, files, allow_gaps=allow_gaps)
            if whole.is_whole_book:
                run.append(whole)
                continue
            sections += [
                *_of_run(run, files, others, allow_gaps),
                *_of_run([whole], files, others, allow_gaps),
            ]
        else:
            sections += _of_run(run, files, others, allow_gaps)
            if found:
                ordered = sorted(found.items(), key=lambda one: (one[1].first, one[1].first_verse or 0))
                sections.append(Parts(book=code, tracks=tuple(ordered)))
                findings += _missing_between(ordered, allow_gaps=allow_gaps)
        run = []
    sections += _of_run(run, files, others, allow_gaps)
    return sections, [*findings, *_missing_books({code for code, found in by_book.items() if found})]


def _whole(code: str, chapters: Collection[int]) -> Passage:
    """What is read of a book: all of it, as Bibles count its chapters that have these."""
    count = books()[code].chapters
    if max(chapters) > count or max(chapters) == len(chapters) == len(books()[code].verses_org):
        count = max(chapters)
    return Passage(book=code, first=1, last=count)


def _of_run(
    run: list[Passage], files: Files, others: Collection[str], allow_gaps: bool
) -> Iterator[Reading | Parts]:
    """Sections for books in a row: one, if one pattern names them all."""
    if not run:
        return
    if patterns := _patterns(run, files, others):
        yield _reading(run, best(patterns), files)
        return
    group: list[Passage] = []
    shared: set[str] = set()
    for passage in run:
        own = _patterns([passage], files, others)
        if group and shared & own:
            group.append(passage)
            shared &= own
            continue
        if group:
            yield _reading(group, best(shared), files)
        group, shared = ([passage], own) if own else ([], set())
        if not own:
            yield _listed(passage, files, allow_gaps=allow_gaps)
    if group:
        yield _reading(group, best(shared), files)


def _patterns(run: list[Passage], files: Files, others: Collection[str]) -> set[str]:
    parts = [part for passage in run for part in passage.by_chapter()]
    keys = {(part.book, part.first) for part in parts}
    return patterns_of({key: path for key, path in files.items() if key in keys}, parts, others)


def _reading(run: list[Passage], source: str | tuple[str, ...], files: Files) -> Reading:
    missing = [str(p) for passage in run for p in passage.by_chapter() if (p.book, p.first) not in files]
    return Reading(text=format_passages(run), source=source, missing=tuple(missing))


def _listed(passage: Passage, files: Files, *, allow_gaps: bool) -> Reading | Parts:
    """A file for each chapter. A missing one has a name that says so; `check` stops there and names it."""
    parts = passage.by_chapter()
    there = {part: files[key] for part in parts if (key := (part.book, part.first)) in files}
    if allow_gaps and len(there) < len(parts):
        return Parts(book=passage.book, tracks=tuple((path, part) for part, path in there.items()))
    above = next(iter(there.values())).rpartition("/")[0]
    if len(above) > MAX_PATH - _LONGEST_ABSENT:
        above = ""
    absent = {part: f"{above}/{part} is missing.mp3".lstrip("/") for part in parts if part not in there}
    return _reading([passage], tuple((there | absent)[part] for part in parts), files)


def _missing(whole: Passage, files: Files, *, allow_gaps: bool) -> Iterator[Finding]:
    there = [n for n in whole.chapters if (whole.book, n) in files]
    absent = [n for n in whole.chapters if n not in there]
    first = files[whole.book, there[0]]
    if absent:
        key = "W333.chapters" if allow_gaps else "E332.chapters"
        facts = {"book": whole.book, "absent": len(absent), "chapters": len(whole.chapters)}
        yield Problem(key, **facts, missing=ranges(absent).split(", ")).at(place_at(first))
    if not whole.is_whole_book:
        usual = books()[whole.book].chapters
        problem = Problem("W333.count", book=whole.book, chapters=whole.last, usual=usual)
        yield problem.at(place_at(first))


def _missing_between(parts: Sequence[tuple[str, Passage]], *, allow_gaps: bool) -> Iterator[Finding]:
    """What lies between parts of chapters and is in none of them."""
    gaps = []
    for (_, part), (_, later) in pairwise(parts):
        end, start = part.last_verse, later.first_verse or 1
        counts = books()[part.book].most_verses
        reached = end is None or end + _ENDING_VERSES >= counts[part.last - 1]
        follows = later.first == part.last + 1 and start == 1 and reached
        if not (
            follows or later.first < part.last or (later.first == part.last and start <= (end or start) + 1)
        ):
            gaps.append(Phrase("intake_and", first=str(part), last=str(later)))
    if gaps:
        key = "W333.between" if allow_gaps else "E332.between"
        yield Problem(key, gaps=gaps).at(place_at(parts[0][0]))


def _missing_books(there: Collection[str]) -> Iterator[Finding]:
    """Books missing in a testament that has others. The deuterocanon differs from church to church."""
    for testament in ("OT", "NT"):
        all_books = [code for code, book in books().items() if book.testament == testament]
        absent = [code for code in all_books if code not in there]
        if 0 < len(absent) < len(all_books):
            facts = {"absent": len(absent), "books": len(all_books), "testament": testament}
            yield Problem("W333.books", **facts, missing=absent).at(place_at(""))

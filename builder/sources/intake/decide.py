"""From what names claim to passages: each recording has one, or a reason why it has none. Pure; nothing is guessed.

A book's code or name outweighs its number. Where there is only a number, the whole set may tell how it is counted: if
one way of counting alone has a place for every recording. Else somebody has to say.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from builder.bible.books import books
from builder.bible.passage import Passage, PassageError, parse_passage
from builder.findings import Finding, Phrase, Problem
from builder.sources.intake.families import NUMBERINGS, Claim
from builder.sources.intake.listing import in_a_row, place_at
from builder.text import ranges

COUNTED_AS = {
    "canon": Phrase("intake_canon"),
    "usfm": Phrase("intake_usfm"),
    "zero": Phrase("intake_zero"),
    "nt": Phrase("intake_nt"),
}


@dataclass(frozen=True, kw_only=True)
class Decided:
    """The passage of each recording that has one, recordings that are no Scripture, and findings about the
    others. `numbering` says how numbers without names were counted: a key of NUMBERINGS, or "".
    """

    passages: Mapping[str, Passage]
    plain: tuple[str, ...]
    findings: tuple[Finding, ...]
    numbering: str = ""


@dataclass(kw_only=True)
class _Tally:
    """`possible` are the ways of counting that have a place for every number; `likeliest` one that fits most names."""

    possible: tuple[str, ...]
    likeliest: str
    findings: list[Finding] = field(default_factory=list)
    unsettled: dict[str, list[str]] = field(default_factory=dict)
    outvoted: dict[Phrase, list[str]] = field(default_factory=lambda: defaultdict(list))

    def refuse(self, path: str, problem: Problem) -> None:
        self.findings.append(problem.at(place_at(path)))


def decide(
    claims: Mapping[str, Claim | None], stated: Mapping[str, Passage], numbers: str | None = None
) -> Decided:
    """`claims` are those of the names, by path; `stated` what a metadata file says of some of them. `numbers` is how
    numbers of books are counted, where somebody has said so.
    """
    named = [claim for claim in claims.values() if claim and claim.is_open and claim.words]
    fitting = [n for n in NUMBERINGS if all(_fits(n, claim) for claim in named)]
    bare = {path: c for path, c in claims.items() if c and c.is_open and not c.words}
    possible = tuple(n for n in fitting if all(_fits(n, c) for p, c in bare.items() if p not in stated))
    tally = _Tally(
        possible=(numbers,) if numbers else possible,
        likeliest=max(NUMBERINGS, key=lambda n: sum(_fits(n, claim) for claim in named)),
    )
    plain = _plain(tally, claims, stated)
    passages = {
        path: passage
        for path, claim in claims.items()
        if path not in plain and (passage := _passage(tally, path, claim, stated.get(path)))
    }
    counted = {path for path, claim in claims.items() if claim and claim.is_counted}
    passages = _but_counted(tally, _but_doubled(tally, _with_ends(passages)), counted)
    tally.findings += [*_unsettled(tally), *_outvoted(tally)]
    return Decided(
        passages=passages,
        plain=tuple(path for path, is_talk in plain.items() if is_talk),
        findings=tuple(tally.findings),
        numbering=tally.possible[0] if bare.keys() & passages.keys() and len(tally.possible) == 1 else "",
    )


def _fits(numbering: str, claim: Claim) -> bool:
    """Whether a number has a book, counted so: with that many chapters, and of the name beside it."""
    code = claim.numbered.get(numbering)
    has_room = code is not None and max(claim.chapters, default=1) <= len(books()[code].most_verses)
    return has_room and (not claim.words or code in _common(claim))


def _common(claim: Claim) -> set[str]:
    return set.intersection(*(set(word.codes) for word in claim.words))


def _plain(tally: _Tally, claims: Mapping[str, Claim | None], stated: Collection[str]) -> dict[str, bool]:
    """Recordings that are not taken for Scripture: True where they are talks. Most of its folder decide what one is."""
    folders: dict[str, list[str]] = defaultdict(list)
    for path in claims:
        folders[path.rpartition("/")[0]].append(path)
    plain: dict[str, bool] = {}
    for paths in folders.values():
        chapters = [path for path in paths if path in stated or ((c := claims[path]) and c.chapters)]
        is_scripture = 2 * len(chapters) >= len(paths)
        for path in paths:
            claim = claims[path]
            if path in stated or (claim and is_scripture) or (claim and len(claim.words) > 1):
                continue
            plain[path] = not is_scripture and (claim is None or not claim.chapters)
            if is_scripture:
                tally.refuse(path, Problem("E327"))
            elif not plain[path]:
                tally.refuse(path, Problem("E328.talk", talks=len(paths) - len(chapters)))
    return plain


def _passage(tally: _Tally, path: str, claim: Claim | None, stated: Passage | None) -> Passage | None:
    if claim is None or (stated and not claim.chapters):
        return stated
    book = _book(tally, path, claim, stated)
    if book is None:
        return None
    if len(set(claim.chapters)) > 1:
        found = in_a_row("intake_and", map(str, claim.chapters))
        tally.refuse(path, Problem("E328.chapters", book=book, chapters=found))
        return None
    chapter = claim.chapters[0] if claim.chapters else 1
    first, last = claim.verses or (None, None)
    if 0 in (chapter, first):
        zero = f"{book} {chapter}{'' if first is None else ':0'}"
        tally.refuse(path, Problem("W330", passage=zero))
        return None
    said = f"{book} {chapter}" if first is None else f"{book} {chapter}:{first}-{last or first}"
    try:
        passage = parse_passage(said)
    except PassageError as error:
        tally.refuse(path, Problem("E329.passage", passage=said, reason=str(error), way=error.help))
        return None
    passage = dataclasses.replace(passage, last_verse=last)
    if stated and passage != stated and not (stated.is_whole_book and stated.book == passage.book):
        tally.refuse(path, Problem("E328.metadata", named=str(passage), stated=str(stated)))
        return None
    return passage


def _book(tally: _Tally, path: str, claim: Claim, stated: Passage | None) -> str | None:
    common = _common(claim) if claim.words else {stated.book} if stated else set()
    readings = (
        {claim.numbered[n] for n in tally.possible if n in claim.numbered}
        if claim.is_open
        else set(claim.numbered.values())
    )
    if not claim.words and not stated:
        return _by_number(tally, path, claim, readings)
    if not common:
        found = [
            Phrase("intake_word", word=word.said, books=in_a_row("intake_or", word.codes))
            for word in claim.words
        ]
        tally.refuse(path, Problem("E328.books", books=found))
        return None
    if len(common) > 1:
        common = common & readings
    if len(common) != 1:
        word = claim.words[0]
        codes = in_a_row("intake_or", word.codes)
        tally.refuse(path, Problem("E328.word", word=word.said, books=codes))
        return None
    (book,) = common
    counted = (
        claim.numbered.get(tally.likeliest) if claim.is_open else next(iter(claim.numbered.values()), None)
    )
    # A number that is the chapter, as in `003 마가복음 3장`, counts no books.
    if claim.number and counted != book and not (claim.is_open and int(claim.number) in claim.chapters):
        said = claim.words[0].said if claim.words else "metadata.json"
        key = "intake_outvoted" if counted else "intake_outvoted_none"
        what = Phrase(key, number=claim.number, counted=counted, word=said, book=book)
        tally.outvoted[what].append(path)
    return book


def _by_number(tally: _Tally, path: str, claim: Claim, readings: set[str]) -> str | None:
    if len(readings) == 1:
        return next(iter(readings))
    if len(tally.possible) == 1:
        way = COUNTED_AS[tally.possible[0]]
        tally.refuse(path, Problem("E329.number", number=claim.number, counted=way))
        return None
    chapter = claim.chapters[0] if claim.chapters else 1
    meant = dict.fromkeys(
        f"{code} {chapter}" for code in claim.numbered.values() if not readings or code in readings
    )
    tally.unsettled[path] = list(meant)
    return None


def _with_ends(passages: Mapping[str, Passage]) -> dict[str, Passage]:
    """If names state only the first verse, a part goes up to the next one, the last to the chapter's end."""
    starts: dict[tuple[str, int], set[int]] = defaultdict(set)
    for part in passages.values():
        if part.first_verse is not None:
            starts[part.book, part.first].add(part.first_verse)
    out = {}
    for path, part in passages.items():
        if part.first_verse is not None and part.last_verse is None:
            later = [verse for verse in starts[part.book, part.first] if verse > part.first_verse]
            end = (
                min(later) - 1
                if later
                else max(books()[part.book].most_verses[part.first - 1], part.first_verse)
            )
            part = dataclasses.replace(part, last_verse=end)
        out[path] = part
    return out


_MOST_DOUBLED = 3  # parts of one book that are reported one by one


def _but_doubled(tally: _Tally, passages: Mapping[str, Passage]) -> dict[str, Passage]:
    """One passage in two recordings: which one is right is not known, so neither is taken."""
    by_passage: dict[str, list[str]] = defaultdict(list)
    for path, passage in passages.items():
        by_passage[str(passage)].append(path)
    by_folders: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for passage_text, paths in by_passage.items():
        if len(paths) > 1:
            folders = sorted(path.rpartition("/")[0] for path in paths)
            by_folders[passages[paths[0]].book, *folders].append(passage_text)
    for doubled in by_folders.values():
        first = by_passage[doubled[0]]
        if len(doubled) > _MOST_DOUBLED:
            tally.refuse(first[0], _many_doubled([passages[by_passage[one][0]] for one in doubled], first))
            continue
        for passage_text in doubled:
            paths = by_passage[passage_text]
            problem = Problem("E331", passage=passage_text, recordings=len(paths), paths=paths)
            tally.refuse(paths[0], problem)
    return {path: passage for path, passage in passages.items() if len(by_passage[str(passage)]) == 1}


def _many_doubled(parts: Sequence[Passage], first: Sequence[str]) -> Problem:
    """Of one book: `MRK 1-7, 9`. `first` are the recordings of the first part."""
    if all(part.first_verse is None and part.first == part.last for part in parts):
        chapters = ranges(sorted(part.first for part in parts)).split(", ")
        facts = {"book": parts[0].book, "chapters": chapters}
        return Problem("E331.chapters", **facts, times=len(first), paths=first)
    return Problem("E331.parts", parts=map(str, parts), times=len(first), paths=first)


def _but_counted(
    tally: _Tally, passages: Mapping[str, Passage], counted: Collection[str]
) -> dict[str, Passage]:
    """Numbers in order of export are those of chapters where the whole book is there, and only there."""
    by_book: dict[str, list[str]] = defaultdict(list)
    for path in passages:
        if path in counted:
            by_book[passages[path].book].append(path)
    for book, paths in by_book.items():
        if len(paths) != books()[book].chapters:
            facts = {"book": book, "there": len(paths), "chapters": books()[book].chapters}
            tally.refuse(paths[0], Problem("E335", **facts, paths=paths))
            passages = {path: passage for path, passage in passages.items() if path not in paths}
    return dict(passages)


def _unsettled(tally: _Tally) -> Iterator[Finding]:
    """One finding for all numbers without an explanation."""
    if not tally.unsettled:
        return
    first, *others = tally.unsettled
    meant = in_a_row("intake_or", tally.unsettled[first])
    key = "E328.numbers" if others else "E328.number"
    yield Problem(key, passages=meant, recordings=len(others), paths=others).at(place_at(first))


_MOST_OUTVOTED = 20


def _outvoted(tally: _Tally) -> Iterator[Finding]:
    """Numbers that disagree with a code or name beside them. Where they are many, they count something else."""
    if len(tally.outvoted) > _MOST_OUTVOTED:
        paths = [path for paths in tally.outvoted.values() for path in paths]
        problem = Problem("W334.many", recordings=len(paths), numbers=tally.outvoted)
        yield problem.at(place_at(paths[0]))
        return
    for what, paths in tally.outvoted.items():
        key = "W334.recordings" if len(paths) > 1 else "W334"
        yield Problem(key, number=what, recordings=len(paths)).at(place_at(paths[0]))

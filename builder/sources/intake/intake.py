"""The way in: a folder of recordings -> what each of them is, the sections of a manifest, and findings."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from builder.bible.books import books
from builder.bible.passage import Passage
from builder.findings import Finding, Problem, in_order
from builder.manifest.load import MAX_SECTIONS
from builder.manifest.text import checked_language
from builder.manifest.yaml.document import MAX_BYTES
from builder.sources.intake.burrito import Burrito, read_burrito
from builder.sources.intake.decide import decide
from builder.sources.intake.families import ANNOUNCED, Claim, claim_of
from builder.sources.intake.listing import Listing, list_folder, place_at
from builder.sources.intake.sections import Parts, Reading, sections_of
from builder.sources.intake.sermons import SectionTitles, Sermons, talks_of, title_in
from builder.sources.intake.taken import Taken, taken_from, told_of_titles

# A manifest holds 1,000 sections, 66 books among them, and 2 MiB.
_MOST_FOLDERS = MAX_SECTIONS - 100
_MOST_BYTES = MAX_BYTES * 3 // 4


@dataclass(frozen=True, kw_only=True)
class Recognized:
    """How much of one family of names there is."""

    family: str
    recordings: int
    books: int
    chapters: int


@dataclass(frozen=True, kw_only=True)
class Intake:
    """What became of a folder; paths, those of findings too, are relative to it.

    `placed` says what each recording is, a passage or a title; `left_out` are the names of the others, by why.
    `language` is "" where nobody and nothing tells it; `told_by_names` says that they did. `numbering` is how numbers
    of books were counted, or "". `taken` are the titles that names or tags gave. `announced` are books whose recordings
    all say book and chapter themselves.
    """

    language: str
    told_by_names: bool = False
    recognized: tuple[Recognized, ...] = ()
    sections: tuple[Reading | Parts | Sermons, ...] = ()
    taken: tuple[Taken, ...] = ()
    placed: Mapping[str, str]
    left_out: Mapping[str, tuple[str, ...]]
    numbering: str = ""
    announced: frozenset[str] = frozenset()
    findings: tuple[Finding, ...]

    @property
    def has_scripture(self) -> bool:
        return any(not isinstance(section, Sermons) for section in self.sections)


def recognize(
    folder: Path,
    *,
    language: str | None = None,
    numbers: str | None = None,
    allow_gaps: bool = False,
    section_titles: SectionTitles = "neutral",
) -> Intake:
    """Recognize what is in a folder. OSError where it cannot be read."""
    listing = list_folder(folder)
    claims = {one.path: claim_of(one.path) for one in listing.recordings}
    burritos = _burritos(listing)
    is_asked = language is not None
    language = language or _language(claims, burritos)
    stated: dict[str, Passage] = {}
    for burrito in burritos:
        stated |= burrito.passages
    decided = decide(claims, stated, numbers)
    others = (claims.keys() | {f.place.file for f in listing.findings}) - decided.passages.keys()
    readings, missing = sections_of(decided.passages, others, allow_gaps=allow_gaps)
    at = {one.path: one.at for one in listing.recordings}
    talks, told_of_talks = talks_of(
        decided.plain, language, lambda path: title_in(at[path], language), section_titles
    )
    findings = [*listing.findings, *(f for one in burritos for f in one.findings), *decided.findings]
    findings += [*missing, *told_of_talks]
    placed = {path: str(passage) for path, passage in decided.passages.items()}
    placed |= {path: title for section in talks for path, title in section.tracks}
    if (
        len(talks) > _MOST_FOLDERS
        or sum(_written_bytes(path, said) for path, said in placed.items()) > _MOST_BYTES
    ):
        findings.append(Problem("E320.names", folders=len(talks), names=len(placed)).at(place_at("")))
        placed, readings, talks = {}, [], []
    elif not placed and not listing.is_too_large:
        findings.append(Problem("E320").at(place_at("")))
    taken = taken_from(talks)
    findings += told_of_titles(taken)
    unplaced = tuple(path for path in claims if path not in placed)
    return Intake(
        language=language,
        told_by_names=bool(language) and not is_asked,
        recognized=tuple(_recognized(claims, decided.passages, len(decided.plain))),
        sections=(*readings, *talks),
        taken=taken,
        placed=placed,
        left_out={
            **{kind: tuple(names) for kind, names in listing.left_out.items()},
            **({"not placed": unplaced} if unplaced else {}),
        },
        numbering=decided.numbering,
        announced=_announced(claims, decided.passages),
        findings=in_order(findings),
    )


def _written_bytes(*texts: str) -> int:
    """How many bytes texts take in a manifest, in which a quote is two."""
    return sum(len(json.dumps(text, ensure_ascii=False).encode()) for text in texts)


def _burritos(listing: Listing) -> list[Burrito]:
    recordings = {one.path: one for one in listing.recordings}
    return [read_burrito(metadata, recordings) for metadata in listing.metadata]


def _recognized(
    claims: Mapping[str, Claim | None], passages: Mapping[str, Passage], talks: int
) -> Iterable[Recognized]:
    by_family: dict[str, list[Passage]] = {}
    for path, passage in passages.items():
        claim = claims[path]
        by_family.setdefault(claim.family if claim else "Scripture Burrito", []).append(passage)
    for family, found in by_family.items():
        chapters = {(p.book, n) for p in found for n in p.chapters}
        in_books = {p.book for p in found}
        yield Recognized(family=family, recordings=len(found), books=len(in_books), chapters=len(chapters))
    if talks:
        yield Recognized(family="no Scripture", recordings=talks, books=0, chapters=0)


def _announced(claims: Mapping[str, Claim | None], passages: Mapping[str, Passage]) -> frozenset[str]:
    """The books whose recordings are all whole chapters of a family that announces book and chapter."""
    silent = {
        passage.book
        for path, passage in passages.items()
        if (claim := claims[path]) is None or claim.family not in ANNOUNCED or passage.first_verse is not None
    }
    return frozenset(passage.book for passage in passages.values()) - silent


def _language(claims: Mapping[str, Claim | None], burritos: Iterable[Burrito]) -> str:
    """The language by metadata or names: a code in them, or the letters of their books. "" if unknown."""
    said = [tag for burrito in burritos for tag in burrito.languages]
    said += {claim.language for claim in claims.values() if claim and claim.language}
    known = {tag for text in said if (tag := _tag(text))}
    if len(known) == 1:
        return known.pop()
    words = Counter(word.said for claim in claims.values() if claim for word in claim.words)
    letters = Counter(_written_in(word) for word in words)
    return max(letters, key=lambda key: letters[key]) if letters and not known else ""


def _tag(text: str) -> str:
    try:
        return checked_language(text)
    except ValueError:
        return ""


def _written_in(word: str) -> str:
    """The language of a book's name by its letters, "" for Latin ones, in which names of all languages are written."""
    if any("가" <= letter <= "힣" for letter in word):
        return "ko"
    if not any("一" <= letter <= "鿿" for letter in word):
        return ""
    is_traditional = any(word == book.names["zh-Hant"] != book.names["zh-Hans"] for book in books().values())
    return "zh-Hant" if is_traditional else "zh-Hans"

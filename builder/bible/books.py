"""The books of the Bible: codes, testaments, chapters, and their names in a pack. Read once from `books.tsv`.

Chapters and verses are those of English Bibles: the `eng` versification of Paratext and Scripture Burrito, which is
that of the King James Version except for 3 John 15 and Revelation 12:18, verses that newer versions divide from the one
before. `org` is that of the Hebrew and Greek editions, which Catholic and Jewish Bibles follow: titles of psalms are
verses there, Joel has four chapters and Malachi three.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from itertools import zip_longest


@dataclass(frozen=True, kw_only=True)
class Book:
    """One book. `code` is USFM's, `osis` that of OSIS.

    `verses[n]` counts the verses of chapter n + 1 by the versification `eng`, `verses_org[n]` by `org`.

    `names` are by name set, and so are `abbreviations`, the usual one first; a deuterocanonical book may have none.
    """

    number: int
    code: str
    osis: str
    testament: str
    verses: tuple[int, ...]
    verses_org: tuple[int, ...]
    names: Mapping[str, str]
    abbreviations: Mapping[str, tuple[str, ...]]

    @property
    def chapters(self) -> int:
        return len(self.verses)

    @property
    def most_verses(self) -> tuple[int, ...]:
        """The verses of each chapter that any Bible may have, by either versification; of Psalm 151 too."""
        more = books()["PS2"].verses if self.code == "PSA" else ()
        return (*map(max, zip_longest(self.verses, self.verses_org, fillvalue=0)), *more)


NAME_SETS = ("en", "ko", "ko-common", "zh-Hans", "zh-Hant")


@cache
def books() -> Mapping[str, Book]:
    """Every book by its USFM code, in canonical order: the 66, then the deuterocanon."""
    return {
        row["usfm"]: Book(
            number=int(row["number"]),
            code=row["usfm"],
            osis=row["osis"],
            testament=row["testament"],
            verses=_counts(row["verses"]),
            verses_org=_counts(row["verses_org"] or row["verses"]),
            names={name_set: row[name_set] for name_set in NAME_SETS},
            abbreviations={name_set: listed(row[f"{name_set}_abbr"]) for name_set in NAME_SETS},
        )
        for row in rows_of("books.tsv")
    }


def rows_of(table: str) -> list[dict[str, str]]:
    """The rows of a table beside this file, by its heads."""
    text = resources.files("builder.bible").joinpath(table).read_text("utf-8")
    return list(csv.DictReader(text.splitlines(), delimiter="\t"))


def _counts(cell: str) -> tuple[int, ...]:
    return tuple(map(int, cell.split(",")))


def listed(cell: str) -> tuple[str, ...]:
    """What one cell lists, parted by commas."""
    return tuple(word.strip() for word in cell.split(",") if word.strip())


@dataclass(frozen=True, kw_only=True)
class Names:
    """`name_set` is one of NAME_SETS; `own` are names by book code that replace those of the set."""

    name_set: str
    own: Mapping[str, str] = field(default_factory=dict)

    def of(self, code: str) -> str:
        """The name of a book as the listener may see it."""
        return self.own.get(code) or books()[code].names[self.name_set]


ENGLISH = Names(name_set="en")


def names_for(language: str, name_set: str | None = None, own: Mapping[str, str] | None = None) -> Names:
    """The names of a pack in a BCP 47 language: those of a set that was asked for, else of the language."""
    return Names(name_set=name_set or name_set_for(language), own=own or {})


def name_set_for(language: str) -> str:
    """The name set of a BCP 47 language. A Korean of the North gets the Common Translation, the nearest known.

    No package or document at hand confirms the names of the Bible printed in the North, so they are a default
    that a manifest may override (`books:`), never an assertion.
    """
    if is_northern(language):
        return "ko-common"
    subtags = _subtags(language)
    if subtags[0] == "ko":
        return "ko"
    if subtags[0] in ("zh", "cmn"):
        return "zh-Hant" if {"hant", "tw", "hk", "mo"} & set(subtags) else "zh-Hans"
    return "en"


def is_northern(language: str) -> bool:
    """Whether a language is Korean as it is written in the North: `ko-KP`, `ko-Kore-KP`."""
    first, *others = _subtags(language)
    return first == "ko" and "kp" in others


def _subtags(language: str) -> list[str]:
    return language.replace("_", "-").lower().split("-")

"""The table of books: codes, testaments, chapters and names, read once from `books.tsv`.

Chapters and verses are those of English Bibles: the `eng` versification of Paratext and Scripture Burrito, which is
that of the King James Version but for 3 John 15 and Revelation 12:18, verses that newer versions part from the one
before. Beside it stands `org`, that of the Hebrew and Greek editions, which Catholic and Jewish Bibles count by: titles
of psalms are verses there, Joel has four chapters and Malachi three.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
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

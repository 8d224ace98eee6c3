"""The table of books: codes, testaments, chapters and names, read once from `books.tsv`."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, kw_only=True)
class Book:
    """One book. `verses[n]` counts the verses of chapter n + 1 (English versification); `names` by name set."""

    number: int
    code: str
    testament: str
    verses: tuple[int, ...]
    names: Mapping[str, str]

    @property
    def chapters(self) -> int:
        return len(self.verses)


NAME_SETS = ("en", "ko", "ko-common", "zh-Hans", "zh-Hant")


@cache
def books() -> Mapping[str, Book]:
    """Every book by its USFM code, in canonical order: the 66, then the deuterocanon."""
    text = resources.files("builder.bible").joinpath("books.tsv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t")
    return {
        row["usfm"]: Book(
            number=int(row["number"]),
            code=row["usfm"],
            testament=row["testament"],
            verses=tuple(int(count) for count in row["verses"].split(",")),
            names={name_set: row[name_set] for name_set in NAME_SETS},
        )
        for row in rows
    }

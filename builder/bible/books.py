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


NAME_SETS = ("en", "ko", "ko_common", "zh_hans", "zh_hant")


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


def name_set_for(language: str) -> str:
    """The name set of a BCP 47 language. A Korean of the North gets the Common Translation, the nearest known.

    No package or document at hand confirms the names of the Bible printed in the North, so they are a default
    that a manifest may override (`books:`), never an assertion.
    """
    subtags = language.replace("_", "-").lower().split("-")
    if subtags[0] == "ko":
        return "ko_common" if "kp" in subtags else "ko"
    if subtags[0] in ("zh", "cmn"):
        return "zh_hant" if {"hant", "tw", "hk", "mo"} & set(subtags) else "zh_hans"
    return "en"


def book_name(code: str, language: str, overrides: Mapping[str, str]) -> str:
    """The name of a book as the listener may see it: the manifest's own, else the table's, else English."""
    names = books()[code].names
    return overrides.get(code) or names[name_set_for(language)] or names["en"]

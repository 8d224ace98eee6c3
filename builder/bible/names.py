"""What the books are called in a pack: a set of names, and those of the manifest's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from builder.bible.books import books


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

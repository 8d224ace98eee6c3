"""The shortest way to name recordings: one pattern that gives exactly their names. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice, product

from builder.bible.passage import Passage
from builder.manifest.text import MAX_PATH, fill_pattern

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
    """The pattern that reads best: with {chapter}, with fields that no digit stands before (`0{chapter}` would make
    010), with fields that stand apart from letters and digits, with many.
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

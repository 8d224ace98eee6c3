"""What a finder of a card can read, in lines for a terminal: all of it, since a person has to judge it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from builder.text import cells, printable

_WIDTH = 80
_INDENT, _BETWEEN = " " * 8, " | "
_NUMBER = re.compile(r"(?<![0-9])([0-9]{1,18})(?![0-9])")
_FEW, _VERY_FEW = 20, 3  # the others name people
_LONG_LISTS = ("names", "titles", "words on the screen")


def everything(said: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Every text of every kind; those that only count up are one row: `01_MRK/01_MRK_001..016.mp3`."""
    for what, texts in said.items():
        if texts:
            yield from _flowed(f"{what} ({len(texts):,}): ", [printable(text) for text in runs(texts)])


def beginnings(said: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The first texts of each kind, and how many more there are, those that only count up as one."""
    for what, texts in said.items():
        counted = runs(texts)
        shown = counted[: _VERY_FEW if what in _LONG_LISTS else _FEW]
        more = f" and {len(counted) - len(shown):,} more" if len(counted) > len(shown) else ""
        if shown:
            yield f"    what a finder reads, {what}: {printable(', '.join(shown))}{more}"


def runs(texts: Sequence[str]) -> list[str]:
    """The texts in their order. Where they differ in numbers only, each of which grows by the same from one to the
    next, one text with the first and last number stands for all: `Mark 1..16`; with the second too, if it grows by more
    than one: `5..10..150`. So each text can be told from what is written.
    """
    split = [_NUMBER.split(text) for text in texts]
    found, at = [], 0
    while at < len(split):
        end = _end_of_run(split, at)
        found.append(_written(split[at:end]))
        at = end
    return found


def _end_of_run(split: Sequence[Sequence[str]], at: int) -> int:
    growth = _growth(split, at)
    end = at + 1
    while growth and _growth(split, end - 1) == growth:
        end += 1
    # Of two texts only numbers that follow each other say more together than apart.
    return at + 1 if end == at + 2 and set(growth.values()) != {1} else end


def _growth(split: Sequence[Sequence[str]], at: int) -> dict[int, int]:
    """By how much which numbers grow from a text to the next; nothing where anything else differs."""
    before, after = split[at], split[at + 1] if at + 1 < len(split) else ()
    if len(before) != len(after) or before[::2] != after[::2]:
        return {}
    growth = {n: int(after[n]) - int(before[n]) for n in range(1, len(after), 2) if before[n] != after[n]}
    grown = all(by > 0 and after[n] == f"{int(before[n]) + by:0{len(before[n])}}" for n, by in growth.items())
    return growth if grown else {}


def _written(run: Sequence[Sequence[str]]) -> str:
    if len(run) == 1:
        return "".join(run[0])
    return "".join(map(_range, run[0], run[1], run[-1]))


def _range(first: str, second: str, last: str) -> str:
    if first == last:
        return first
    return f"{first}..{last}" if int(second) == int(first) + 1 else f"{first}..{second}..{last}"


def _flowed(head: str, texts: Sequence[str]) -> Iterator[str]:
    """As many texts in a line as have room; one that is longer has a line of its own."""
    line, is_begun = f"{_INDENT[:4]}{head}", False
    for text in texts:
        longer = f"{line}{_BETWEEN}{text}" if is_begun else f"{line}{text}"
        if sum(map(cells, longer)) + len(_BETWEEN.rstrip()) > _WIDTH:
            yield f"{line}{_BETWEEN.rstrip()}" if is_begun else line.rstrip()
            longer = f"{_INDENT}{text}"
        line, is_begun = longer, True
    yield line

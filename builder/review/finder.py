"""What a finder of a card can read, in lines for a terminal: all of it, since a person has to judge it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from builder.review.report import cells, printable

_WIDTH = 80
_INDENT, _BETWEEN = " " * 8, " | "
_NUMBER = re.compile(r"(?<![0-9])([0-9]{1,18})(?![0-9])")
_FEW, _VERY_FEW = 20, 3  # the others name people
_LONG_LISTS = ("names", "titles", "words on the screen")


def everything(said: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Every text of every kind; those that only count up stand together: `01_MRK/01_MRK_001..016.mp3`."""
    for what, texts in said.items():
        if texts:
            yield from _flowed(f"{what} ({len(texts):,}): ", [printable(text) for text in runs(texts)])


def beginnings(said: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The first texts of each kind, and how many more there are."""
    for what, texts in said.items():
        shown = texts[: _VERY_FEW if what in _LONG_LISTS else _FEW]
        more = f" and {len(texts) - len(shown):,} more" if len(texts) > len(shown) else ""
        if shown:
            yield f"    what a finder reads, {what}: {printable(', '.join(shown))}{more}"


def runs(texts: Sequence[str]) -> list[str]:
    """The texts in their order. Where texts differ from the one before in numbers only, which count up by one, the
    first and the last number stand for all: `Mark 1..16`. So each text can be told from what is written.
    """
    found: list[str] = []
    run: list[list[str]] = []
    counting: list[int] = []
    for text in texts:
        parts = _NUMBER.split(text)
        step = _step(run[-1], parts) if run else []
        if step and (len(run) == 1 or step == counting):
            counting = step
        elif run:
            found.append(_written(run))
            run = []
        run.append(parts)
    return [*found, _written(run)] if run else []


def _step(before: list[str], after: list[str]) -> list[int]:
    """Which numbers count up by one from one text to the next; none where anything else differs."""
    if len(before) != len(after) or before[::2] != after[::2]:
        return []
    changed = [at for at in range(1, len(after), 2) if before[at] != after[at]]
    counts_up = all(after[at] == f"{int(before[at]) + 1:0{len(before[at])}}" for at in changed)
    return changed if counts_up else []


def _written(run: list[list[str]]) -> str:
    first, last = run[0], run[-1]
    return "".join(a if a == b else f"{a}..{b}" for a, b in zip(first, last, strict=True))


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

"""Who waits is told how much of a card is read besides its files: on a raw card that is all of it, and takes long."""

from __future__ import annotations

from collections.abc import Callable

Report = Callable[[str, int, int, str], None]
"""Told of each file: the stage ("verify", "audit"), how many are done, of how many (0: not known), and which; of the
room between the files: "space", how many MB are read, of how many at most, and what they are."""

_MB = 1_000_000
_LEAST = 250  # MB that are worth a word: some seconds on a card
_STEPS = 100


def silent(stage: str, done: int, total: int, name: str) -> None:
    """Tell nobody."""


def space(report: Report) -> Callable[[int, int], None]:
    """What takes (bytes read, bytes in all) and reports a hundred times at most, first before anything is read."""
    told = -1

    def tell(done: int, total: int) -> None:
        nonlocal told
        megabytes = total // _MB
        step = done * _STEPS // max(1, total)
        if megabytes >= _LEAST and step > told:
            told = step
            report("space", done // _MB, megabytes, "MB outside the files")

    return tell

"""Progress of reading what is outside the files of a card: on a raw card that is all of it, and takes long."""

from __future__ import annotations

from collections.abc import Callable

from builder.text import Progress

_MB = 1_000_000
_LEAST = 250  # MB that are worth showing: some seconds on a card
_STEPS = 100


def space(report: Progress) -> Callable[[int, int], None]:
    """A function of (bytes read, bytes in all) that reports a hundred times at most, first before anything is read."""
    shown = -1

    def show(done: int, total: int) -> None:
        nonlocal shown
        megabytes = total // _MB
        step = done * _STEPS // max(1, total)
        if megabytes >= _LEAST and step > shown:
            shown = step
            report("space", done // _MB, megabytes, "MB outside the files")

    return show

"""The command line of the benchmark: `python -m benchmarks.sound`. Tables on standard output, progress beside it."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import click

from benchmarks import parts
from benchmarks.contenders import Bench, find_ffmpeg, warm_up
from benchmarks.corpus import Corpus
from benchmarks.parts import Order, Table

_PARTS: dict[str, Callable[[Order], Table]] = {
    "normalize": parts.normalize,
    "floor": parts.floor,
    "warm": parts.warm,
    "growth": parts.growth,
}
_BUSY = 0.7


@click.command(help=__doc__)
@click.option("--only", type=click.Choice(list(_PARTS)), multiple=True, help="Repeatable; else all.")
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True, help="Turns of each.")
@click.option("--files", type=click.IntRange(1), default=4, show_default=True, help="Of normalize and floor.")
@click.option(
    "--minutes", type=click.FloatRange(0.5), default=10.0, show_default=True, help="Of each of these."
)
@click.option("--tracks", type=click.IntRange(2), default=200, show_default=True, help="Of warm.")
@click.option("--hours-cap", type=float, default=20.0, show_default=True, help="Leave longer growth out.")
@click.option("--corpus", type=click.Path(path_type=Path, file_okay=False), help="Keep the recordings here.")
def main(
    only: tuple[str, ...],
    rounds: int,
    files: int,
    minutes: float,
    tracks: int,
    hours_cap: float,
    corpus: Path | None,
) -> None:
    names = only or tuple(_PARTS)
    if (load := os.getloadavg()[0]) > _BUSY:
        _say(f"this machine is busy (load {load:.1f}): compare processor time, not wall time")
    with tempfile.TemporaryDirectory(prefix="packbuilder-bench-") as temporary:
        folder, ffmpeg = Path(temporary), find_ffmpeg()
        order = Order(
            bench=Bench(folder=folder, ffmpeg=ffmpeg),
            corpus=Corpus(folder=(corpus or folder / "corpus").resolve(), ffmpeg=ffmpeg),
            rounds=rounds,
            files=files,
            minutes=minutes,
            tracks=tracks,
            hours_cap=hours_cap,
            say=_say,
        )
        warm_up(["packbuilder", "ffmpeg-normalize"] if "normalize" in names else ["packbuilder"])
        click.echo(f"Median of {rounds} rounds in turns (least-greatest), CPU of all processes together.\n")
        for name in names:
            _say(f"{name}: begun")
            began = time.monotonic()
            table = _PARTS[name](order)
            _say(f"{name}: done in {time.monotonic() - began:.0f} s, the making of recordings included")
            click.echo(markdown(table))


def markdown(table: Table) -> str:
    """The table as GitHub shows it."""
    lines = [f"### {table.heading}", "", _row(table.columns), _row(tuple("---" for _ in table.columns))]
    lines += [_row(row) for row in table.rows]
    return "\n".join([*lines, "", *(f"{note}\n" for note in table.notes)])


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _say(words: str) -> None:
    click.echo(words, err=True)


if __name__ == "__main__":
    main()

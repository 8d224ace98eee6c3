"""What a rebuild costs when nothing has to be encoded: `python -m benchmarks.warm`.

A whole Bible, 1,189 recordings of a second each, is built once; then again and again, all of it from the store: the
command from its start to its end, with every entry of the store hashed and every file flushed before it is published.
"""

from __future__ import annotations

import os
import sys
import tempfile
import wave
from functools import partial
from pathlib import Path
from statistics import median

import click
import numpy as np

from benchmarks.clock import Cost, interleave, run
from builder.bible.books import books

_MANIFEST = Path(__file__).resolve().parent.parent / "manifests" / "whole-bible.yaml"
_RATE = 8_000
_BIBLE = 66  # of the books that the program knows
_GOAL_SECONDS = 5


@click.command(help=__doc__)
@click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False), help="Work here; else a temporary one."
)
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True, help="Rebuilds.")
@click.option("--image", "with_image", is_flag=True, help="With a disk image.")
def main(folder: Path | None, rounds: int, with_image: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="packbuilder-bench-", dir=folder) as temporary:
        work = Path(temporary)
        build = partial(_built, _made(work), work, with_image=with_image)
        first = build()
        costs = interleave(rounds, {"rebuild": build}, partial(click.echo, err=True))["rebuild"]
    walls = [cost.wall for cost in costs]
    click.echo(f"The first build took {first.wall:.1f} s. {rounds} rebuilds, median (least-greatest):\n")
    click.echo("| wall, s (goal: under 5) | processor, s | memory, MiB |\n| --- | --- | --- |")
    cells = [_spread(walls), _spread([cost.cpu for cost in costs]), f"{max(c.own_mib for c in costs):.0f}"]
    click.echo(f"| {' | '.join(cells)} |\n")
    click.echo(
        f"load of this machine before each processor: {os.getloadavg()[0] / (os.cpu_count() or 1):.1f}"
    )
    sys.exit(median(walls) >= _GOAL_SECONDS)


def _spread(seconds: list[float]) -> str:
    return f"{median(seconds):.2f} ({min(seconds):.2f}-{max(seconds):.2f})"


def _built(manifest: Path, work: Path, *, with_image: bool) -> Cost:
    command = [sys.executable, "-m", "builder", "build", str(manifest), "-o", str(work / "out")]
    command += ["--profile", "sd-card", *(["--image"] if with_image else [])]
    cost, _ = run(command, environment={"PACKBUILDER_CACHE": str(work / "store")}, watch_memory=True)
    return cost


def _made(work: Path) -> Path:
    """The manifest that ships, with a recording of another pitch for each chapter."""
    number = 0
    for book in books().values():
        for chapter in range(1, book.chapters + 1) if book.number <= _BIBLE else ():
            number += 1
            path = work / "recordings" / book.code / f"{book.code}_{chapter:03}.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            turns = np.arange(_RATE) * (300 + 0.7 * number) / _RATE
            with wave.open(str(path), "wb") as out:
                out.setparams((1, 2, _RATE, 0, "NONE", ""))
                out.writeframes((8000 * np.sin(2 * np.pi * turns)).astype("<i2").tobytes())
    manifest = work / "whole-bible.yaml"
    text = _MANIFEST.read_text("utf-8")
    manifest.write_text(text.replace('.mp3"', '.wav"').replace("../recordings", "recordings"), "utf-8")
    return manifest


if __name__ == "__main__":
    main()

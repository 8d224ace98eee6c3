"""What it costs to look at a whole Bible: `python -m benchmarks.bible`.

1,189 recordings of a second each, another pitch in each, as WAV and as MP3: `check` says that every chapter is there
once, in order; `init` writes a manifest from their folder. Both are measured from the start of the command to its end.
"""

from __future__ import annotations

import os
import sys
import tempfile
from functools import partial
from pathlib import Path
from statistics import median

import click
import numpy as np
import soundfile

from benchmarks.clock import Cost, interleave, run
from builder.bible.books import books

_RATE = 22_050
_BIBLE = 66  # of the books that the program knows
_GOALS = {"check": 2.0, "init": 5.0}  # seconds


@click.command(help=__doc__)
@click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False), help="Work here; else a temporary one."
)
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True, help="Runs of each.")
def main(folder: Path | None, rounds: int) -> None:
    with tempfile.TemporaryDirectory(prefix="packbuilder-bench-", dir=folder) as temporary:
        work = Path(temporary)
        jobs = {}
        for kind in ("wav", "mp3"):
            manifest = _made(work, kind)
            jobs[f"check, {kind}"] = partial(_checked, manifest)
            jobs[f"init, {kind}"] = partial(_begun, work / kind, work / f"{kind}-new.yaml")
        costs = interleave(rounds, jobs, partial(click.echo, err=True))
    click.echo(f"{rounds} runs of each, median (least-greatest):\n")
    click.echo("| | wall, s | goal, s | processor, s |\n| --- | --- | --- | --- |")
    is_slow = False
    for job, runs in costs.items():
        walls, goal = [cost.wall for cost in runs], _GOALS[job.partition(",")[0]]
        is_slow |= median(walls) >= goal
        click.echo(f"| {job} | {_spread(walls)} | {goal:g} | {_spread([cost.cpu for cost in runs])} |")
    click.echo(
        f"\nload of this machine before each processor: {os.getloadavg()[0] / (os.cpu_count() or 1):.1f}"
    )
    sys.exit(is_slow)


def _spread(seconds: list[float]) -> str:
    return f"{median(seconds):.2f} ({min(seconds):.2f}-{max(seconds):.2f})"


def _checked(manifest: Path) -> Cost:
    cost, _ = run([sys.executable, "-m", "builder", "check", str(manifest)])
    return cost


def _begun(recordings: Path, manifest: Path) -> Cost:
    command = [sys.executable, "-m", "builder", "init", str(recordings), "-o", str(manifest), "--force"]
    cost, _ = run([*command, "--language", "ko"])
    return cost


def _made(work: Path, kind: str) -> Path:
    """A recording for each chapter, below a folder for each book, and a manifest that reads them all."""
    number = 0
    for book in books().values():
        for chapter in range(1, book.chapters + 1) if book.number <= _BIBLE else ():
            number += 1
            path = work / kind / book.code / f"{book.code}_{chapter:03}.{kind}"
            path.parent.mkdir(parents=True, exist_ok=True)
            tone = 0.3 * np.sin(2 * np.pi * (300 + 0.7 * number) * np.arange(_RATE) / _RATE)
            soundfile.write(path, tone, _RATE, format=kind.upper())
    manifest = work / f"{kind}.yaml"
    manifest.write_text(
        f"pack: whole\ntitle: 성경\nlanguage: ko\nsources: {kind}\nsections:\n"
        f'  - {{reading: all, source: "{{book}}/{{book}}_{{chapter:03}}.{kind}"}}\n',
        "utf-8",
    )
    return manifest


if __name__ == "__main__":
    main()

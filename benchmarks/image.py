"""What a disk image costs against a plain copy of the same tree: `python -m benchmarks.image`.

Each round copies the tree with `cp -r` and `sync -f`, and writes it as an image without and with a SHA-256 of every
file; both end when all is on the disk. Sources are in the system's cache, targets are new and removed after their turn.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from functools import partial
from pathlib import Path
from statistics import median

import click

from benchmarks.clock import Cost, interleave, ratio, run
from builder.fat.geometry import geometry_for, room_for
from builder.fat.write import ImageFile, write_image

_FOLDERS, _FILES = 66, 1_189  # as many as books and chapters
_CARDS = tuple(gigabytes * 1_000_000_000 for gigabytes in (2, 4, 8, 16, 32, 64, 128))
_COPY = 'cp -r "$1" "$2" && sync -f "$2"'


@click.command(help=__doc__)
@click.option(
    "--folder", type=click.Path(path_type=Path, file_okay=False), help="Work here; else a temporary one."
)
@click.option("--megabytes", type=click.IntRange(2), default=2_000, show_default=True, help="Of the tree.")
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True, help="Turns of each.")
@click.option("--child", type=(Path, Path, bool), hidden=True, help="Write one image and end.")
def main(folder: Path | None, megabytes: int, rounds: int, child: tuple[Path, Path, bool] | None) -> None:
    if child:
        _write(*child)
        return
    with tempfile.TemporaryDirectory(prefix="packbuilder-bench-", dir=folder) as temporary:
        work = Path(temporary)
        tree = _made(work / "tree", megabytes * 1_000_000)
        contenders = {
            "cp -r": partial(_copied, tree, work / "copy"),
            "image": partial(_imaged, tree, work / "pack.img", is_hashed=False),
            "image, hashed": partial(_imaged, tree, work / "pack.img", is_hashed=True),
        }
        contenders["cp -r"]()  # the first of all pays for what the others find in the cache
        costs = interleave(rounds, contenders, partial(click.echo, err=True))
    click.echo(f"{megabytes} MB in {_FILES} files, {rounds} rounds in turns: median (least-greatest).\n")
    click.echo("| | wall, s | wall / cp -r | CPU / cp -r | memory, MiB |\n| --- | --- | --- | --- | --- |")
    for name, found in costs.items():
        click.echo(f"| {name} | {' | '.join(_cells(found, costs['cp -r']))} |")


def _cells(found: list[Cost], copied: list[Cost]) -> list[str]:
    wall = ratio([cost.wall for cost in found], [cost.wall for cost in copied])
    cpu = ratio([cost.cpu for cost in found], [cost.cpu for cost in copied])
    memory = max(cost.own_mib for cost in found)
    return [f"{median(cost.wall for cost in found):.2f}", wall.text(), cpu.text(), f"{memory:.0f}"]


def _made(tree: Path, size: int) -> Path:
    """The tree of a Bible in audio, with bytes that no disk can press together."""
    block = os.urandom(1 << 20)
    for number in range(_FILES):
        section = number * _FOLDERS // _FILES + 1
        path = tree / f"{section:02} 성경 {section}권" / f"{number + 1:04} 성경 {number + 1}장.mp3"
        path.parent.mkdir(parents=True, exist_ok=True)
        left = size * (number + 1) // _FILES - size * number // _FILES
        with path.open("wb") as file:
            while left:
                left -= file.write(block[: min(left, len(block))])
    return tree


def _copied(tree: Path, target: Path) -> Cost:
    cost, _ = run(["sh", "-c", _COPY, "sh", str(tree), str(target)])
    shutil.rmtree(target)
    return cost


def _imaged(tree: Path, target: Path, *, is_hashed: bool) -> Cost:
    command = [sys.executable, "-m", "benchmarks.image", "--child", str(tree), str(target), str(is_hashed)]
    cost, _ = run(command, watch_memory=True)
    target.unlink()
    return cost


def _write(tree: Path, out: Path, is_hashed: bool) -> None:
    """In a process of its own, so that its memory can be told; the start of Python is part of the time."""
    items = [
        ImageFile(path=path.relative_to(tree).as_posix(), source=path, bytes=path.stat().st_size)
        for path in sorted(tree.rglob("*"))
        if path.is_file()
    ]
    paths = [(item.path, item.bytes) for item in items]
    geometry = next(found for found in map(geometry_for, _CARDS) if not room_for(found, paths).fault)
    write_image(out, items, geometry, is_hashed=is_hashed)


if __name__ == "__main__":
    main()

"""What the leak gate and all hashing cost of a cold build: `python -m benchmarks.gate`.

Each round builds the same recordings with an empty store, card and image, in a process of its own that keeps the time
of its parts: the gate (`builder.card.leaks`), and every SHA-256 of sources, store, card and image. The whole is the
processor time of the process tree, ffmpeg included.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from benchmarks.clock import Ratio, ratio
from benchmarks.contenders import find_ffmpeg
from benchmarks.corpus import Corpus

_TARGET_PERCENT = 5.0


@click.command(help=__doc__)
@click.option("--files", type=click.IntRange(1), default=6, show_default=True, help="Recordings.")
@click.option("--minutes", type=click.FloatRange(0.1), default=5.0, show_default=True, help="Of each.")
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True)
@click.option("--child", type=(Path, Path), hidden=True, help="Build one manifest and tell the times.")
def main(files: int, minutes: float, rounds: int, child: tuple[Path, Path] | None) -> None:
    if child:
        click.echo(json.dumps(_build(*child)))
        return
    with tempfile.TemporaryDirectory(prefix="packbuilder-bench-") as temporary:
        work = Path(temporary)
        sources = Corpus(folder=work / "corpus", ffmpeg=find_ffmpeg()).recordings("linear", files, minutes)
        manifest = work / "gate.yaml"
        tracks = [{"title": path.stem, "source": str(path.relative_to(work))} for path in sources]
        sections = [{"title": "Bench", "tracks": tracks}]
        document = {"pack": "bench", "title": "Bench", "language": "en", "sections": sections}
        manifest.write_text(json.dumps(document), "utf-8")
        found = [_in_a_process(manifest, work / "out") for _ in range(rounds)]
    whole = [one["whole"] for one in found]
    click.echo(
        f"{files} recordings of {minutes:g} min, {rounds} rounds: percent of the processor time of a cold build\n"
    )
    click.echo("| | median (least-greatest) |\n| --- | --- |")
    for part in ("gate", "hashing", "both"):
        click.echo(f"| {part} | {_percent(ratio([one[part] for one in found], whole, 100))} |")
    click.echo(f"\ntarget: at most {_TARGET_PERCENT:g} for both")


def _percent(found: Ratio) -> str:
    return f"{found.median:.1f} % ({found.least:.1f}-{found.greatest:.1f})"


def _in_a_process(manifest: Path, out: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.gate", "--child", str(manifest), str(out)]
    environment = {**os.environ, "PACKBUILDER_CACHE": str(out.with_name("cache"))}
    ran = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True
    )
    for folder in (out, out.with_name("cache")):
        shutil.rmtree(folder)
    found: dict[str, float] = json.loads(ran.stdout.splitlines()[-1])
    return found


def _build(manifest: Path, out: Path) -> dict[str, float]:
    """The processor seconds of the whole, of the gate, and of hashing; those of hashing within the gate count once."""
    spent = {"gate": 0.0, "hashing": 0.0}
    inside = threading.local()

    def timed(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*arguments: Any, **options: Any) -> Any:
            if getattr(inside, "busy", False):
                return function(*arguments, **options)
            inside.busy, began = True, time.thread_time()
            try:
                return function(*arguments, **options)
            finally:
                spent[name] += time.thread_time() - began
                inside.busy = False

        return wrapper

    import builder.build
    import builder.card.leaks.audit
    from builder.cli import run

    setattr(builder.build, "audit", timed("gate", builder.card.leaks.audit.audit))  # noqa: B010  # it is not exported
    plain = hashlib.sha256

    class Sha256:
        """hashlib's, with a clock on it."""

        def __init__(self, data: bytes = b"") -> None:
            self._digest = plain()
            self.hexdigest, self.digest = self._digest.hexdigest, self._digest.digest
            self.update = timed("hashing", self._digest.update)
            self.update(data)

    hashlib.file_digest = timed("hashing", hashlib.file_digest)
    hashlib.sha256 = Sha256  # type: ignore[assignment]
    run(["build", str(manifest), "-o", str(out), "--image", "--jobs", "1"])
    return {**spent, "both": sum(spent.values()), "whole": sum(os.times()[:4])}


if __name__ == "__main__":
    main()

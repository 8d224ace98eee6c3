"""The four parts: each lets its contenders take turns, and returns the tables of what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.clock import CommandFailed, Cost, Ratio, interleave, ratio
from benchmarks.contenders import PEAK_DBTP, TARGET_LUFS, Bench
from benchmarks.corpus import Corpus, Style
from benchmarks.meter import quality
from benchmarks.proof import proof_seconds

# Files, and minutes of each.
_GROWTH = (("10 min", 1, 10.0), ("1 h", 1, 60.0), ("6 h", 1, 360.0), ("20 h", 4, 300.0))
_MEMORY = ("own_mib", "heap_mib", "child_mib")


@dataclass(frozen=True, kw_only=True)
class Table:
    """A heading, rows of text below a row of names, and what a reader has to know to believe them."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Order:
    """What was asked for on the command line, and where to work."""

    bench: Bench
    corpus: Corpus
    rounds: int
    files: int
    minutes: float
    tracks: int
    hours_cap: float
    say: Callable[[str], None]


def normalize(order: Order) -> Table:
    """Against ffmpeg-normalize, on speech that it raises by one gain, and on speech that it has to compress."""
    return Table(
        heading=f"ffmpeg-normalize, on {order.files} files of {order.minutes:g} min",
        columns=(
            *("speech", "its mode", "CPU, its/ours", "wall at 2 at once, its/ours"),
            *("off target, ours", "off target, its", "true peak, ours", "true peak, its"),
        ),
        rows=(_normalize(order, "linear"), _normalize(order, "dynamic")),
        notes=(
            f"Target {TARGET_LUFS:g} LUFS, {PEAK_DBTP:g} dBTP; the worst delivered file of each, by ffmpeg's ebur128.",
            "Its mode is what its own statistics say of every file in every round. CPU: one file after the other.",
        ),
    )


def _normalize(order: Order, style: Style) -> tuple[str, ...]:
    bench, sources = order.bench, order.corpus.recordings(style, order.files, order.minutes)
    manifest, theirs = bench.manifest(style, sources), bench.folder / f"{style}-theirs"
    modes: set[str] = set()

    def their_turn() -> Cost:
        cost, of_each = bench.normalize(sources, theirs)
        modes.update(of_each)
        return cost

    found = interleave(
        order.rounds,
        {
            "ours": lambda: bench.build(manifest),
            "theirs": their_turn,
            "ours, 2 at once": lambda: bench.build(manifest, jobs=2),
            "theirs, 2 at once": lambda: bench.normalize_two_at_once(sources, theirs),
        },
        order.say,
    )
    if modes != {style}:
        said = ", ".join(sorted(modes))
        raise CommandFailed(f"the {style} speech was not only {style} to ffmpeg-normalize: {said}")
    ours, its = _delivered(bench.built(manifest), sources), _delivered(sorted(theirs.glob("*.mp3")), sources)
    our_quality, its_quality = quality(bench.ffmpeg, ours), quality(bench.ffmpeg, its)
    return (
        *(style, f"{'/'.join(modes)}, {len(sources)} of {len(sources)}"),
        ratio(_cpu(found["theirs"]), _cpu(found["ours"])).text(),
        ratio(_wall(found["theirs, 2 at once"]), _wall(found["ours, 2 at once"])).text(),
        *(our_quality.error_text, its_quality.error_text, our_quality.peak_text, its_quality.peak_text),
    )


def floor(order: Order) -> Table:
    """Against decoding and encoding and nothing else: how much the measuring and the proof add."""
    return Table(
        heading=f"A bare encode, on {order.files} files of {order.minutes:g} min",
        columns=("speech", "CPU, ours/bare", "without the proof"),
        rows=(_floor(order, "linear"), _floor(order, "dynamic")),
        notes=("Bare: the same ffmpeg decodes and encodes at the same quality, one thread; nothing else.",),
    )


def _floor(order: Order, style: Style) -> tuple[str, ...]:
    bench, sources = order.bench, order.corpus.recordings(style, order.files, order.minutes)
    manifest = bench.manifest(f"floor-{style}", sources)
    proofs: list[float | None] = []

    def our_turn() -> Cost:
        cost = bench.build(manifest)
        proofs.append(proof_seconds(_delivered(bench.built(manifest), sources)))
        return cost

    bare_turn = partial(bench.encode, sources, bench.folder / "floor")
    found = interleave(order.rounds, {"ours": our_turn, "bare": bare_turn}, order.say)
    ours, bare = _cpu(found["ours"]), _cpu(found["bare"])
    known = [seconds for seconds in proofs if seconds is not None]
    without = "not measured"
    if len(known) == len(ours):
        without = ratio([cpu - proof for cpu, proof in zip(ours, known, strict=True)], bare).text()
    return style, ratio(ours, bare).text(), without


def warm(order: Order) -> Table:
    """A build after one title was changed, against the first one."""
    bench, sources = order.bench, order.corpus.recordings("linear", order.tracks, 1)
    titles = [f"Track {number + 1}" for number in range(len(sources))]
    first: list[Cost] = []
    second: list[Cost] = []
    for turn in range(order.rounds):
        first.append(bench.build(bench.manifest("warm", sources, titles)))
        changed = bench.manifest("warm", sources, [*titles[:-1], "Another title"])
        second.append(bench.build(changed, keep=True))
        _delivered(bench.built(changed), sources)
        order.say(
            f"  round {turn + 1} of {order.rounds}: cpu {first[-1].cpu:.1f} s, then {second[-1].cpu:.1f} s"
        )
    cpu, wall = ratio(_cpu(second), _cpu(first), 100), ratio(_wall(second), _wall(first), 100)
    return Table(
        heading=f"One title changed, of {order.tracks} tracks of 1 min",
        columns=("CPU, second/first build", "wall, second/first build"),
        rows=((_percent(cpu), _percent(wall)),),
    )


def growth(order: Order) -> Table:
    """What an hour of audio costs, and how much memory it takes, as recordings and packs grow."""
    bench, idle = order.bench, order.bench.idle()
    sizes = [size for size in _GROWTH if size[1] * size[2] <= order.hours_cap * 60 or size is _GROWTH[0]]
    manifests = {
        name: bench.manifest(f"growth-{number}", order.corpus.recordings("linear", files, minutes))
        for number, (name, files, minutes) in enumerate(sizes)
    }
    found = interleave(
        order.rounds,
        {name: partial(bench.build, manifest, watch_memory=True) for name, manifest in manifests.items()},
        order.say,
    )
    base = _cpu_of_an_hour(found[sizes[0][0]], sizes[0])
    rows = []
    for size in sizes:
        costs = found[size[0]]
        own, heap, child = (max(getattr(cost, name) for cost in costs) for name in _MEMORY)
        an_hour = _cpu_of_an_hour(costs, size)
        memory = (
            f"{own - idle.own_mib:.0f} MiB",
            *(f"{mib:.0f} MiB" if mib else "-" for mib in (heap, child)),
        )
        rows.append((size[0], str(size[1]), ratio(an_hour, base).text(), f"{median(an_hour):.1f} s", *memory))
    cpu = ("CPU per hour, of that of 10 min", "CPU per hour")
    return Table(
        heading="Longer recordings",
        columns=("audio", "files", *cpu, "Python above idle", "Python without mapped files", "largest child"),
        rows=tuple(rows),
        notes=(
            f"Peak resident memory with one file at once; an idle packbuilder takes {idle.own_mib:.0f} MiB.",
            "The seconds are those of this machine.",
        ),
    )


def _cpu_of_an_hour(costs: Sequence[Cost], size: tuple[str, int, float]) -> list[float]:
    _, files, minutes = size
    return [cpu / (files * minutes / 60) for cpu in _cpu(costs)]


def _delivered(files: list[Path], sources: Sequence[Path]) -> list[Path]:
    """What was delivered, which must be a file for each source."""
    if len(files) != len(sources):
        raise CommandFailed(f"{len(files)} files were delivered for {len(sources)} recordings")
    return files


def _cpu(costs: Sequence[Cost]) -> list[float]:
    return [cost.cpu for cost in costs]


def _wall(costs: Sequence[Cost]) -> list[float]:
    return [cost.wall for cost in costs]


def _percent(found: Ratio) -> str:
    return f"{found.median:.1f} % ({found.least:.1f}-{found.greatest:.1f})"

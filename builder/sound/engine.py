"""What the sound stages work with: ffmpeg, the store, threads, and a progress callback."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from builder.errors import StorageError
from builder.files.opening import file_digest
from builder.findings import Finding, Place
from builder.plan.plan import Plan
from builder.sound.decode.ffmpeg import Ffmpeg, find_ffmpeg
from builder.sound.decode.pcm import Decoder
from builder.sound.decode.spool import NO_SPOOLS, Spools
from builder.sound.store import Store, default_folder
from builder.sources.find import Source
from builder.text import Progress

# Twenty-five hours of decoded sound.
_MOST_SPOOLED_BYTES = 16 * 10**9

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


@dataclass(frozen=True, kw_only=True)
class Engine:
    """Threads are enough: the work is done by ffmpeg's own processes."""

    ffmpeg: Ffmpeg
    store: Store
    spools: Spools
    threads: Executor
    report: Progress

    def each(
        self,
        stage: str,
        items: Sequence[_Item],
        job: Callable[[_Item], _Result],
        name: Callable[[_Item], str],
        is_news: Callable[[_Result], bool] = lambda _: True,
    ) -> list[_Result]:
        """Do a job for every item; the results in the items' order. The first error ends the run.

        What is no news, such as a render that was there already, is counted and not named.
        """
        futures = {self.threads.submit(job, item): index for index, item in enumerate(items)}
        results: dict[int, _Result] = {}
        for done, future in enumerate(as_completed(futures), 1):
            index = futures[future]
            results[index] = result = future.result()
            self.report(stage, done, len(items), name(items[index]) if is_news(result) else "")
        return [results[index] for index in range(len(items))]

    def damage(self) -> list[Finding]:
        """What was found damaged in the store in this run, as one finding."""
        if not (count := len(self.store.damaged)):
            return []
        what = "entry of the store was" if count == 1 else "entries of the store were"
        return [
            Finding(
                code="W801",
                place=Place(file=str(self.store.folder), is_binary=True),
                message=f"{count:,} {what} damaged and rebuilt; the old files are kept as *.bad",
                help="nothing need be done; if it happens again, the disk may be failing",
            )
        ]


@dataclass(frozen=True, kw_only=True)
class Session:
    """A plan while it is made: the engine, the plan, and its recordings and spoken titles, each with its SHA-256."""

    engine: Engine
    plan: Plan
    sources: Mapping[str, Source]

    @property
    def rate_hz(self) -> int:
        return self.plan.audio.sample_rate_hz

    def decoder(self, folder: Path) -> Decoder:
        return Decoder(ffmpeg=self.engine.ffmpeg, rate_hz=self.rate_hz, folder=folder)

    def sha256(self, name: str) -> str:
        """The digest of a source; "" for a text that was never spoken, of which nothing can be in the store."""
        return self.sources[name].sha256 if name in self.sources else ""

    @contextmanager
    def unchanged(self, name: str) -> Iterator[None]:
        """Work on a source, which must be the same afterwards: nothing is kept of one that changed meanwhile."""
        source = self.sources[name]
        try:
            yield
        except Exception:
            _need_same(source)  # if it went away or changed, that is the reason, and is shown instead
            raise
        _need_same(source)


def _need_same(source: Source) -> None:
    try:
        changed = file_digest(source.path) != source.sha256
    except OSError as error:
        raise StorageError(
            f"{source.path} went away while it was used: {error.strerror}", "connect its disk and build again"
        ) from error
    if changed:
        raise StorageError(
            f"{source.path} changed while it was used", "wait until its copying has ended and build again"
        )


@contextmanager
def open_engine(
    report: Progress, jobs: int | None = None, *, is_reading: bool = False, is_measuring: bool = False
) -> Iterator[Engine]:
    """An engine with `jobs` threads, or one for each processor.

    With `is_reading` it is one that writes nothing, not even the store's folder; with `is_measuring` nothing will be
    encoded on it, so that no decoded sound is kept.

    An error or an interrupt ends the running encodes before it goes on.
    """
    ffmpeg = find_ffmpeg()
    store = Store(default_folder(), lambda run: report("wait", 0, 0, run))
    threads = ThreadPoolExecutor(jobs or os.cpu_count() or 1, thread_name_prefix="track")
    with ExitStack() as stack:
        if not is_reading:
            stack.enter_context(store.open())
        spools = (
            NO_SPOOLS if is_reading or is_measuring else _spools(stack.enter_context(store.scratch_folder()))
        )
        try:
            yield Engine(ffmpeg=ffmpeg, store=store, spools=spools, threads=threads, report=report)
        except BaseException:
            ffmpeg.stop()
            store.stop()
            threads.shutdown(wait=True, cancel_futures=True)
            raise
        threads.shutdown()


def _spools(folder: Path) -> Spools:
    """Spools in no more than a quarter of the room that is left on the disk."""
    return Spools(folder, min(shutil.disk_usage(folder).free // 4, _MOST_SPOOLED_BYTES))


def watch(sources: Mapping[str, Source]) -> Callable[[Mapping[str, Source]], None]:
    """A function that stops a run in which a source has changed since now; its argument holds their SHA-256.

    Only what looks touched by its size, time or inode is hashed again: the hash decides, not the clock.
    """
    before = {name: _looks(source.path) for name, source in sources.items()}

    def look_again(used: Mapping[str, Source]) -> None:
        for name, source in used.items():
            if source.sha256 and _looks(source.path) != before[name]:
                _need_same(source)

    return look_again


def _looks(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_size, found.st_mtime_ns, found.st_ino


def with_digests(engine: Engine, plans: Sequence[Plan], sources: Mapping[str, Source]) -> dict[str, Source]:
    """The sources, those that the plans use with their SHA-256."""
    used = {name for plan in plans for track in plan.tracks for name in track.files}
    names = sorted(used & sources.keys())
    found = engine.each("read", names, lambda name: file_digest(sources[name].path), str)
    return {
        **sources,
        **{name: replace(sources[name], sha256=sha256) for name, sha256 in zip(names, found, strict=True)},
    }

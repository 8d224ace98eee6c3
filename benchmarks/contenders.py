"""How each contender is called for the same work: MP3, 44.1 kHz, mono, 64 kbps, LAME at the same quality."""

from __future__ import annotations

import json
import shutil
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import imageio_ffmpeg

from benchmarks.clock import CommandFailed, Cost, run

TARGET_LUFS = -19.0
PEAK_DBTP = -1.5
_MP3 = ("-c:a", "libmp3lame", "-b:a", "64k", "-ar", "44100", "-ac", "1")
_LAME_QUALITY = ("-compression_level", "3")


@dataclass(frozen=True, kw_only=True)
class Bench:
    """A folder to work in, and the one ffmpeg that all contenders use."""

    folder: Path
    ffmpeg: str

    # -- packbuilder -------------------------------------------------------------------------------------------

    def manifest(self, name: str, sources: Sequence[Path], titles: Sequence[str] = ()) -> Path:
        """A manifest that lists each source as a track (`level: each`); YAML as JSON."""
        names = titles or [f"Track {number + 1}" for number in range(len(sources))]
        tracks = [
            {"title": title, "source": source.name} for title, source in zip(names, sources, strict=True)
        ]
        document = {
            "pack": "bench",
            "title": "Bench",
            "language": "en",
            "profiles": ["sd-card"],
            "sources": str(sources[0].parent),
            "sections": [{"title": "Bench", "tracks": tracks}],
        }
        path = self.folder / f"{name}.yaml"
        path.write_text(json.dumps(document, indent=1), encoding="utf-8")
        return path

    def build(self, manifest: Path, *, jobs: int = 1, keep: bool = False, watch_memory: bool = False) -> Cost:
        """`packbuilder build`; unless told to keep them, with an empty cache and no pack from before."""
        cache, out = self.folder / "cache", self._ours(manifest)
        if not keep:
            for folder in (cache, out):
                shutil.rmtree(folder, ignore_errors=True)
        environment = {"PACKBUILDER_CACHE": str(cache), "IMAGEIO_FFMPEG_EXE": self.ffmpeg}
        command = [_program("packbuilder"), "build", str(manifest), "-o", str(out), "--jobs", str(jobs)]
        cost, _ = run(command, environment=environment, watch_memory=watch_memory)
        return cost

    def built(self, manifest: Path) -> list[Path]:
        """The tracks that the last build of this manifest delivered."""
        return sorted(self._ours(manifest).glob("bench/sd-card/card/**/*.mp3"))

    def idle(self) -> Cost:
        """packbuilder when it does next to nothing."""
        return run([_program("packbuilder"), "profiles"])[0]

    def _ours(self, manifest: Path) -> Path:
        return self.folder / f"{manifest.stem}-ours"

    # -- ffmpeg-normalize --------------------------------------------------------------------------------------

    def normalize(self, sources: Sequence[Path], out: Path) -> tuple[Cost, list[str]]:
        """ffmpeg-normalize on all files in one process. Returns what it says it did with each, also its mode."""
        shutil.rmtree(out, ignore_errors=True)
        command = [*self._normalize(out), "--print-stats", *map(str, sources)]
        cost, said = run(command, environment={"FFMPEG_PATH": self.ffmpeg})
        stats: list[dict[str, Any]] = json.loads(said)
        return cost, [entry["ebu_pass2"]["normalization_type"] for entry in stats]

    def normalize_two_at_once(self, sources: Sequence[Path], out: Path) -> Cost:
        """ffmpeg-normalize with a process for each file, two at a time."""
        shutil.rmtree(out, ignore_errors=True)
        command = ["xargs", "-0", "-n1", "-P2", *self._normalize(out)]
        names = "\0".join(map(str, sources))
        return run(command, environment={"FFMPEG_PATH": self.ffmpeg}, words=names)[0]

    def _normalize(self, out: Path) -> list[str]:
        """Its options. It may keep a recording's own range of loudness: only the peaks then decide on its mode."""
        return [
            *(_program("ffmpeg-normalize"), "--quiet", "--force", "-of", str(out), "-ext", "mp3"),
            *("-t", f"{TARGET_LUFS:g}", "-tp", f"{PEAK_DBTP:g}", "--keep-lra-above-loudness-range-target"),
            *(*_MP3, f"-e={' '.join(_LAME_QUALITY)}"),
        ]

    # -- a bare encode -----------------------------------------------------------------------------------------

    def encode(self, sources: Sequence[Path], out: Path) -> Cost:
        """Decode and encode each file, one thread each, and do nothing else."""
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        total = Cost(cpu=0, wall=0, own_mib=0)
        for source in sources:
            quiet = ["-nostdin", "-v", "error", "-y", "-threads", "1", "-i", str(source)]
            written = ["-threads", "1", "-f", "mp3", str(out / source.name)]
            total += run([self.ffmpeg, *quiet, *_MP3, *_LAME_QUALITY, *written])[0]
        return total


def find_ffmpeg() -> str:
    """The ffmpeg that packbuilder finds too."""
    return str(imageio_ffmpeg.get_ffmpeg_exe())


def warm_up(names: Sequence[str]) -> None:
    """Start each program once, so that none is measured while its modules are compiled; and find missing ones."""
    for name in names:
        run([_program(name), "--version"])


def _program(name: str) -> str:
    """A program of this Python's environment."""
    found = shutil.which(name, path=sysconfig.get_path("scripts")) or shutil.which(name)
    if found is None:
        raise CommandFailed(f'{name} is not installed here: pip install -e ".[bench]"')
    return found

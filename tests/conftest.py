"""What tests of several rooms share: the command line, recordings made on the spot, and independent checkers."""

from __future__ import annotations

import array
import json
import math
import os
import random
import shutil
import subprocess
import sys
import wave
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import pytest
from hypothesis import settings

from builder.sound.decode.ffmpeg import find_ffmpeg

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "audio-samples"
STARTER = ROOT / "manifests" / "starter.yaml"

# A change lands or fails by what it is, not by which examples its run happened to draw. Elsewhere they are random.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")


_Item = TypeVar("_Item")
IS_LONG = "PACKBUILDER_LONG" in os.environ


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out most rows of the tables that are marked `sampled(N)`: every N-th stays. The long run takes them all."""
    rows: Counter[str] = Counter()
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        marker = None if IS_LONG else item.get_closest_marker("sampled")
        table = item.nodeid.partition("[")[0]
        is_kept = marker is None or rows[table] % marker.args[0] == 0
        rows[table] += 1
        (kept if is_kept else left_out).append(item)
    config.hook.pytest_deselected(items=left_out)
    items[:] = kept


def each(items: Iterable[_Item]) -> list[_Item]:
    """The items, of which there is one at least: a test that asserts in a loop over nothing would prove nothing."""
    found = list(items)
    assert found, "there is nothing to look at"
    return found


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A store of the tests' own, so that they neither use nor fill the user's."""
    folder = tmp_path_factory.mktemp("cache")
    before = os.environ.get("PACKBUILDER_CACHE")
    os.environ["PACKBUILDER_CACHE"] = str(folder)
    yield folder
    if before is None:
        del os.environ["PACKBUILDER_CACHE"]
    else:
        os.environ["PACKBUILDER_CACHE"] = before


@dataclass(frozen=True)
class Ran:
    """How a run of the program ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def codes(self) -> list[str]:
        """The codes of the findings of a `--format json` run."""
        return [finding["code"] for finding in self.json["findings"]]


def packbuilder(*arguments: object, cwd: Path = ROOT, **environment: str) -> Ran:
    """Run the program as a user does, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "builder", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=300,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def oracle(name: str) -> str:
    """The path of a checker that we did not write. On a laptop it may be missing; in CI never."""
    return shutil.which(name) or _missing(name)


def oracle_file(path: Path) -> Path:
    """A file of facts that we did not gather, of another package. On a laptop it may be missing; in CI never."""
    return path if path.exists() else _missing(str(path))


def _missing(name: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(f"{name} is not installed, and in CI no independent check may be left out")
    pytest.skip(f"{name} is not installed")


def checked(*command: object) -> str:
    """Run a checker and return all that it prints; it must succeed."""
    done = subprocess.run(
        [*map(str, command)],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def speech(
    path: Path,
    seconds: float = 4.0,
    *,
    level_dbfs: float = -20.0,
    rate: int = 44100,
    channels: int = 1,
    seed: int = 1,
) -> Path:
    """Write a WAV with the rhythm of speech: syllables of a few partials, short gaps. Synthetic, never shipped.

    `level_dbfs` is the level within a syllable; its peaks lie about 9 dB higher.
    """
    chance = random.Random(seed)
    samples = array.array("h")
    total = int(seconds * rate)
    amplitude = 10 ** (level_dbfs / 20) * 32767
    while len(samples) < total:
        syllable, gap = int(chance.uniform(0.12, 0.3) * rate), int(chance.uniform(0.02, 0.1) * rate)
        pitch = chance.uniform(110, 220)
        for n in range(syllable):
            envelope = math.sin(math.pi * n / syllable)
            t = 2 * math.pi * pitch * n / rate
            value = amplitude * envelope * (math.sin(t) + 0.6 * math.sin(3 * t) + 0.3 * math.sin(7 * t))
            samples.append(max(-32768, min(32767, round(value))))
        samples.extend([0] * gap)
    return write_wav(path, samples[:total], rate=rate, channels=channels)


def write_wav(path: Path, mono: array.array[int], *, rate: int = 44100, channels: int = 1) -> Path:
    """16-bit samples as WAV, the same in every channel."""
    path.parent.mkdir(parents=True, exist_ok=True)
    interleaved = array.array("h", (value for value in mono for _ in range(channels)))
    with wave.open(str(path), "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(interleaved.tobytes())
    return path


def convert(source: Path, out: Path, *options: str) -> Path:
    """Another format of a recording, by the same ffmpeg that the program uses."""
    out.parent.mkdir(parents=True, exist_ok=True)
    checked(find_ffmpeg().executable, "-nostdin", "-v", "error", "-y", "-i", source, *options, out)
    return out


@dataclass(frozen=True)
class Desk:
    """A folder with a manifest and its recordings, and where its output goes."""

    folder: Path

    @property
    def sources(self) -> Path:
        return self.folder / "recordings"

    @property
    def manifest(self) -> Path:
        return self.folder / "pack.yaml"

    @property
    def out(self) -> Path:
        return self.folder / "out"

    def write(self, sections: str, *, head: str = "") -> Path:
        """Write a manifest of these sections, which build for sd-card unless `head` says otherwise."""
        self.sources.mkdir(exist_ok=True)
        self.manifest.write_text(
            f"pack: test\ntitle: Test pack\nlanguage: ko\nsources: recordings\n{head}sections:\n{sections}",
            "utf-8",
        )
        return self.manifest

    def one_track(self, source: str, more: str = "", title: str = "Hope") -> Path:
        """A manifest of one listed track; `more` is added to it, in flow style."""
        return self.write(
            f'  - title: Sermons\n    tracks:\n      - {{title: "{title}", source: "{source}"{more}}}\n'
        )

    def build(self, *options: object, **environment: str) -> Ran:
        return packbuilder("build", self.manifest, "-o", self.out, *options, cwd=ROOT, **environment)

    def card(self, profile: str = "sd-card") -> Path:
        return self.out / "test" / profile / "card"

    def record(self, profile: str = "sd-card") -> Any:
        return json.loads((self.out / "test" / profile / "record.json").read_text("utf-8"))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes, by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(".lock")
    }


@pytest.fixture(scope="session")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The starter manifest built once for all that look at it: the folder of the pack."""
    out = tmp_path_factory.mktemp("starter")
    ran = packbuilder("build", STARTER, "-o", out)
    assert ran.code == 0, ran.err
    return out / "starter"


Maker = Callable[[Path], Path]

"""A store that was damaged never changes what is built: the entry is made anew, kept as `.bad`, and told of once."""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builder.cli import run
from tests.acceptance.test_disasters import liar
from tests.conftest import IS_LONG, ROOT, Desk, speech, tree

Damage = Callable[[Path, Path, random.Random], None]


def _truncated(path: Path, _: Path, chance: random.Random) -> None:
    path.write_bytes(path.read_bytes()[: chance.randrange(path.stat().st_size)])


def _emptied(path: Path, _: Path, chance: random.Random) -> None:
    path.write_bytes(b"")


def _halved(path: Path, _: Path, chance: random.Random) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _flipped(path: Path, _: Path, chance: random.Random) -> None:
    """One bit; in JSON one that is not merely written in another way, such as a space."""
    data = bytearray(path.read_bytes())
    at = (
        data.index(b"-", data.index(b"blocks")) + 1 if path.suffix == ".json" else chance.randrange(len(data))
    )
    data[at] ^= 1 << chance.randrange(3)
    path.write_bytes(data)


def _swapped(path: Path, other: Path, chance: random.Random) -> None:
    first, second = path.read_bytes(), other.read_bytes()
    path.write_bytes(second)
    other.write_bytes(first)


def _a_folder(path: Path, _: Path, chance: random.Random) -> None:
    path.unlink()
    (path / "inside").mkdir(parents=True)


def _linked(path: Path, other: Path, chance: random.Random) -> None:
    path.unlink()
    path.symlink_to(other)


def _gone(path: Path, _: Path, chance: random.Random) -> None:
    path.unlink()


_DAMAGES: list[Damage] = [_truncated, _emptied, _halved, _flipped, _swapped, _a_folder, _linked, _gone]


@dataclass(frozen=True)
class _Kept:
    """A pack of two short tracks, the store it filled, and what was built of it."""

    desk: Desk
    store: Path
    built: dict[str, bytes]

    def again(self, damage: Callable[[Path], object]) -> tuple[Any, Path]:
        """Build with a copy of the store after it was damaged: what was said, and the copy."""
        copy = self.desk.folder / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.store, copy)
        damage(copy)
        return self.build(copy), copy

    def build(self, store: Path) -> Any:
        said = io.StringIO()
        shutil.rmtree(self.desk.out, ignore_errors=True)
        command = ["build", str(self.desk.manifest), "-o", str(self.desk.out), "--format", "json"]
        with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(said):
            patch.setenv("PACKBUILDER_CACHE", str(store))
            with contextlib.redirect_stderr(io.StringIO()):
                assert run(command) == 0, said.getvalue()
        return json.loads(said.getvalue())


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Kept]:
    desk = Desk(tmp_path_factory.mktemp("damage"))
    for number in (1, 2):
        speech(desk.sources / f"{number}.wav", 0.6, rate=8000, seed=8000 + number)
    rows = "".join(f"      - {{title: T{n}, source: {n}.wav}}\n" for n in (1, 2))
    desk.write("  - title: S\n    tracks:\n" + rows)
    made = _Kept(desk, desk.folder / "store", {})
    assert made.build(made.store)["findings"] == []
    yield _Kept(desk, made.store, tree(desk.out))


def _objects(store: Path) -> list[Path]:
    return sorted(path for end in ("json", "data") for path in store.glob(f"??/*.{end}"))


def test_there_are_two_measurements_and_two_renders(kept: _Kept) -> None:
    assert len(_objects(kept.store)) == 8


@pytest.mark.parametrize("end", ["json", "data"])
@pytest.mark.parametrize("damage", _DAMAGES)
def test_what_is_damaged_is_made_anew_kept_aside_and_told_of_once(
    kept: _Kept, damage: Damage, end: str
) -> None:
    """Every entry at once, each with one of its two files."""
    chance = random.Random(5)

    def do(store: Path) -> None:
        paths = [path for path in _objects(store) if path.suffix == f".{end}"]
        for path, other in zip(paths[::2], paths[1::2], strict=True):
            damage(path, other, chance)
            if damage is not _swapped:
                damage(other, paths[-1] if other != paths[-1] else path, chance)

    is_told = not (damage is _gone and end == "json")  # without its facts there is no entry
    said, store = kept.again(do)
    assert tree(kept.desk.out) == kept.built
    assert [finding["code"] for finding in said["findings"]] == ["W801"] * is_told
    assert len(_objects(store)) == 8
    if is_told:
        (finding,) = said["findings"]
        assert finding["message"].startswith("4 entries of the store were damaged")
        assert (finding["file"], finding["line"], finding["column"]) == (str(store), 1, 1)
        assert list(store.glob("??/*.bad"))
    assert kept.build(store)["findings"] == []


@settings(
    deadline=None,
    max_examples=100 if IS_LONG else 12,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(
    st.lists(
        st.tuples(st.integers(0, 7), st.integers(0, 7), st.sampled_from(_DAMAGES)), min_size=1, max_size=6
    ),
    st.integers(0, 1 << 32),
)
def test_no_damage_changes_what_is_built(
    kept: _Kept, blows: list[tuple[int, int, Damage]], seed: int
) -> None:
    chance = random.Random(seed)

    def do(store: Path) -> None:
        paths = _objects(store)
        for at, other, damage in blows:
            # The first blow may have made something else of it.
            with contextlib.suppress(OSError, ValueError):
                damage(paths[at], paths[other], chance)

    said, store = kept.again(do)
    assert tree(kept.desk.out) == kept.built
    assert [finding["code"] for finding in said["findings"]] in ([], ["W801"])
    assert len(_objects(store)) == 8
    assert kept.build(store)["findings"] == []


def test_check_with_audio_tells_of_damage_too(kept: _Kept) -> None:
    copy = kept.desk.folder / "another copy"
    shutil.copytree(kept.store, copy)
    for path in copy.glob("??/*.data"):
        path.write_bytes(b"")
    command = [sys.executable, "-m", "builder", "check", "--audio", "--format", "json"]
    ran = subprocess.run(
        [*command, str(kept.desk.manifest)],
        cwd=ROOT,
        env={**os.environ, "PACKBUILDER_CACHE": str(copy)},
        capture_output=True,
        check=True,
    )
    (finding,) = json.loads(ran.stdout)["findings"]
    assert (finding["code"], finding["message"][:9]) == ("W801", "2 entries")


def test_two_builds_over_one_store_encode_each_track_once(desk: Desk, tmp_path: Path) -> None:
    for number in range(6):
        speech(desk.sources / f"{number}.wav", 0.6, rate=8000, seed=8100 + number)
    rows = "".join(f"      - {{title: T{n}, source: {n}.wav}}\n" for n in range(6))
    desk.write("  - title: S\n    tracks:\n" + rows)
    slow = liar(tmp_path, 'sleep 0.2; exec "$REAL" "$@"')
    command = [sys.executable, "-m", "builder", "build", str(desk.manifest), "--format", "json", "-o"]
    runs = [
        subprocess.Popen(
            [*command, str(tmp_path / name)],
            cwd=ROOT,
            env={**os.environ, **slow},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        for name in ("one", "other")
    ]
    said = [json.loads(run.communicate(timeout=120)[0]) for run in runs]
    assert sum(card["rendered"] for one in said for card in one["cards"]) == 6
    assert tree(tmp_path / "one") == tree(tmp_path / "other")

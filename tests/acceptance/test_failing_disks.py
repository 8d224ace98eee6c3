"""A disk that fails, fills or cannot be written: exit code 5, the pack stays, and the next run is good."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.test_disasters import liar
from tests.conftest import IS_LONG, Desk, packbuilder, speech, tree
from tests.disks import read_only, small_disk
from tests.faults import Trials

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="trials are forks, mounts are Linux's")

_STEP = 3 if IS_LONG else 54
_GROWING = ["open", "write", "mkdir", "fsync"]


@pytest.fixture(scope="module")
def trials(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trials]:
    made = Trials(tmp_path_factory.mktemp("faults") / "bench")
    yield made
    made.close()


@pytest.mark.parametrize("store", ["cold", "warm"])
@pytest.mark.parametrize(
    ("answer", "stays", "only", "step"),
    [
        pytest.param("EIO", False, [], _STEP, id="a read error once"),
        pytest.param("EIO", True, [], _STEP, id="a disk that is gone"),
        pytest.param("ENOSPC", True, _GROWING, _STEP, id="a full disk"),
        pytest.param("EROFS", True, [], _STEP, id="read-only from now on"),
        pytest.param("EIO", False, ["rmdir"], 1, id="what cannot be cleared away"),
        pytest.param("EACCES", False, [], _STEP, id="no permission once"),
        pytest.param("EINTR", False, ["close"], _STEP // 2, id="interrupted while closing"),
    ],
)
def test_a_disk_that_fails_at_any_point_costs_no_pack(
    trials: Trials, store: str, answer: str, stays: bool, only: list[str], step: int
) -> None:
    """Where no harm is done, such as in clearing up, the build may end well all the same. From a disk that is gone for
    good after the exchange the old pack cannot be brought back; the new one is whole.
    """
    points = trials.points(store, only=only)
    for at in range(1 + len(answer) % step, len(points) + 1, step):
        found = trials("trial", store, at, answer=answer, stays=stays, only=only)
        ends = [(0, "new"), (5, "old")]
        if stays and "exchange" in points[: at - 1]:
            ends.append((5, "new"))
        assert (found["code"], found["left"]) in ends, (points[at - 1], found)
        assert "Traceback" not in found["said"]
        assert ("error: " in found["said"]) == (found["code"] == 5)
        assert found["again"] == 0, found
        assert found["same"], found
        assert found["debris"] == []


@pytest.fixture
def published(desk: Desk) -> Desk:
    """A pack of a second that is published, and a manifest of half a minute and 240 kB to take its place."""
    speech(desk.sources / "short.wav", 1, rate=8000, seed=21)
    speech(desk.sources / "long.wav", 30, rate=8000, seed=22)
    desk.one_track("short.wav", title="Old")
    assert desk.build().code == 0
    desk.write("  - title: S\n    tracks: [{title: New, source: long.wav}]\n", head="card: 16MB\n")
    return desk


@pytest.mark.sampled(2)
@pytest.mark.parametrize("size", ["8k", "40k", "120k", "240k"])
def test_a_store_that_is_full_costs_no_pack(published: Desk, tmp_path: Path, size: str) -> None:
    before = tree(published.out)
    with small_disk(tmp_path / "disk", size) as disk:
        ran = published.build(PACKBUILDER_CACHE=str(disk / "cache"))
        assert ran.code == 5, ran.err
        assert "PACKBUILDER_CACHE" in ran.err
        assert list(disk.rglob(".work-*")) == []
    assert tree(published.out) == before
    assert published.build().code == 0


@pytest.mark.parametrize(
    ("left", "stage"), [(0, "writing"), (100_000, "writing"), (330_000, "imaging")], ids=str
)
def test_an_output_that_fills_while_it_is_made_costs_no_pack(
    published: Desk, tmp_path: Path, left: int, stage: str
) -> None:
    """There was room when it began; then somebody else took it, but for so many bytes."""
    with small_disk(tmp_path / "disk", "2m") as disk:
        shutil.copytree(published.out, disk / "out")
        before = tree(disk / "out")
        full = disk / "full"
        fill = f'[ -f "{full}" ] || head -c {shutil.disk_usage(disk).free - left} /dev/zero > "{full}"'
        environment = liar(tmp_path, f'{fill}; exec "$REAL" "$@"')
        ran = published.build("-o", disk / "out", "--image", **environment)
        assert ran.code == 5, ran.err
        assert "is the disk full" in ran.err
        assert "imaging" not in ran.err
        assert ("writing" in ran.err) == (stage == "imaging")
        assert tree(disk / "out") == before
        assert list(disk.rglob(".*.new")) == []
        full.unlink()
        assert published.build("-o", disk / "out", "--image", **environment).code == 0
        assert not set(before) & set(tree(disk / "out")) - {"test/sd-card/record.json"}


def test_an_output_that_is_read_only_keeps_its_pack(published: Desk, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "4m") as disk:
        shutil.copytree(published.out, disk / "out")
        before = tree(disk / "out")
        with read_only(disk):
            ran = published.build("-o", disk / "out")
            assert ran.code == 5
            assert "Read-only file system" in ran.err
        assert tree(disk / "out") == before
        assert published.build("-o", disk / "out").code == 0


def test_a_store_that_is_read_only_is_said_before_any_work(published: Desk, tmp_path: Path) -> None:
    before = tree(published.out)
    with small_disk(tmp_path / "disk", "4m") as disk:
        cache = str(disk / "cache")
        assert packbuilder("check", "--audio", published.manifest, PACKBUILDER_CACHE=cache).code == 0
        with read_only(disk):
            ran = published.build(PACKBUILDER_CACHE=cache)
            assert ran.code == 5
            assert "PACKBUILDER_CACHE" in ran.err
            assert "rendering" not in ran.err
            assert packbuilder("plan", published.manifest, PACKBUILDER_CACHE=cache).code == 0
        assert tree(published.out) == before
        assert published.build(PACKBUILDER_CACHE=cache).code == 0

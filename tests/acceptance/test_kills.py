"""A build that is killed, at every point at which it changes the disk and at any moment: the old pack or the new one.

The everyday suite takes a sample of the points; PACKBUILDER_LONG takes all of them and 200 moments, PACKBUILDER_KILLS
another number of moments.
"""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import IS_LONG
from tests.faults import Trials

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="trials are forks")

_MOMENTS = int(os.environ.get("PACKBUILDER_KILLS", 200 if IS_LONG else 16))
_PARTS = 4


@pytest.fixture(scope="module")
def trials(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trials]:
    made = Trials(tmp_path_factory.mktemp("faults") / "bench")
    yield made
    made.close()


def _mended(found: dict[str, Any]) -> None:
    """The next run ends well, its bytes are those of an undisturbed build, and nothing is left lying about."""
    assert found["again"] == 0, found
    assert found["same"], found
    assert found["debris"] == [], found


@pytest.mark.sampled(2)
@pytest.mark.parametrize("part", range(_PARTS))
@pytest.mark.parametrize(
    ("store", "can_exchange", "only", "least", "step"),
    [
        pytest.param("cold", True, [], 120, 24, id="encoding"),
        pytest.param("warm", True, [], 60, 16, id="one step"),
        pytest.param("warm", False, ["rename", "fsync", "unlink", "rmdir"], 15, 8, id="two renames"),
    ],
)
def test_killed_at_any_point_there_is_the_old_pack_or_the_new_one(
    trials: Trials, store: str, can_exchange: bool, only: list[str], least: int, step: int, part: int
) -> None:
    points = trials.points(store, only=only, can_exchange=can_exchange)
    assert len(points) >= least
    step = _PARTS if IS_LONG else step
    begin = part * step // _PARTS
    for at in range(1 + begin, len(points) + 1, step):
        found = trials("trial", store, at, only=only, can_exchange=can_exchange)
        assert found["code"] == -signal.SIGKILL
        assert found["left"] in (("old", "new") if can_exchange else ("old", "new", "aside")), (at, points)
        _mended(found)


def test_killed_between_the_two_renames_the_old_pack_stands_aside_until_the_next_run(trials: Trials) -> None:
    """There the one step is missed; nothing is lost."""
    lefts = []
    for at in (1, 2):
        found = trials("trial", "warm", at, only=["rename"], can_exchange=False)
        lefts.append(found["left"])
        _mended(found)
    assert lefts == ["old", "aside"]


@pytest.mark.sampled(2)
@pytest.mark.parametrize("part", range(_PARTS))
def test_killed_at_any_moment_there_is_the_old_pack_or_the_new_one(trials: Trials, part: int) -> None:
    chance = random.Random(part)
    for _ in range(part, _MOMENTS, _PARTS):
        moment = chance.uniform(0, 1.1 * trials.seconds)
        found = trials("trial", "cold", seconds=moment)
        assert found["code"] in (0, -signal.SIGKILL)
        assert found["left"] in ("old", "new"), moment
        _mended(found)


def test_of_forty_builds_of_one_output_one_writes_at_a_time(trials: Trials) -> None:
    found = trials("crowd", 40, 0, 1)
    assert set(found["codes"]) == {0, 6}
    assert not found["two"]
    _mended(found)


def test_a_crowd_of_which_some_are_killed_goes_on(trials: Trials) -> None:
    found = trials("crowd", 12, 6, 2)
    assert set(found["codes"]) <= {0, 6, -signal.SIGKILL}
    assert not found["two"]
    _mended(found)

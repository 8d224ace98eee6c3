"""The watch over a run: it ends what stands still, and lets go on what moves."""

from __future__ import annotations

import itertools
import threading
from pathlib import Path

import pytest

from builder.audio.guard import Watch


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACKBUILDER_STALL_SECONDS", "0.4")


def test_what_stands_still_is_ended(tmp_path: Path) -> None:
    ended = threading.Event()
    watch = Watch(tmp_path, lambda: 5, ended.set)
    assert ended.wait(20)
    assert watch.has_ended_it


@pytest.mark.parametrize("how", ["bytes pass", "a file grows"])
def test_what_moves_is_let_go_on(tmp_path: Path, how: str) -> None:
    ended, turns, enough = threading.Event(), itertools.count(1), threading.Event()

    def moved() -> int:
        turn = next(turns)
        if turn > 12:
            enough.set()
        if how == "bytes pass":
            return turn
        (tmp_path / "out").write_bytes(bytes(turn))
        return 0

    watch = Watch(tmp_path, moved, ended.set)
    assert enough.wait(20)
    watch.close()
    assert not ended.is_set()
    assert not watch.has_ended_it


def test_a_watch_that_is_closed_ends_nothing(tmp_path: Path) -> None:
    ended = threading.Event()
    Watch(tmp_path, lambda: 5, ended.set).close()
    assert not ended.wait(1)

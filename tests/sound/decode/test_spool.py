"""Spools: kept where there is room, and never missed where there is none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import builder.sound.engine
from builder.build import build
from builder.card.leaks.words import Words
from builder.check import check
from builder.sound.decode.spool import NO_SPOOLS, Spools
from builder.sound.engine import open_engine
from tests.conftest import Desk, tree
from tests.recordings import RECORDINGS, Recording, voice, write

_SECOND = np.full(44100, 0.25, np.float32)


def _filled(spools: Spools, key: str, seconds: int = 1) -> Path | None:
    with spools.open(key) as spool:
        for _ in range(seconds):
            spool.add(_SECOND)
        spool.keep()
    return spools.find(key)


def test_what_was_kept_is_found_sample_by_sample(tmp_path: Path) -> None:
    path = _filled(Spools(tmp_path, 10**9), "a", 2)
    assert path is not None
    assert (np.fromfile(path, np.float32) == np.tile(_SECOND, 2)).all()


def test_what_was_not_kept_is_gone(tmp_path: Path) -> None:
    spools = Spools(tmp_path, 10**9)
    with spools.open("a") as spool:
        spool.add(_SECOND)
    assert (spools.find("a"), list(tmp_path.iterdir())) == (None, [])


def test_a_recording_decoded_anew_begins_its_spool_again(tmp_path: Path) -> None:
    spools = Spools(tmp_path, 300_000)  # room for one and a half
    with spools.open("a") as spool:
        spool.add(_SECOND)
        spool.begin_again()
        spool.add(-_SECOND)
        spool.keep()
    path = spools.find("a")
    assert path is not None
    assert (np.fromfile(path, np.float32) == -_SECOND).all()


def test_no_more_is_taken_than_was_given_and_what_is_given_up_is_given_back(tmp_path: Path) -> None:
    spools = Spools(tmp_path, 500_000)  # two seconds and a bit
    assert _filled(spools, "too long", 4) is None
    assert _filled(spools, "a", 2) is not None
    assert _filled(spools, "b") is None
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 500_000


@pytest.mark.parametrize("spools", [NO_SPOOLS, Spools(Path("no such folder"), 10**9)])
def test_without_a_place_nothing_is_kept_and_nothing_said(spools: Spools) -> None:
    assert _filled(spools, "a") is None


def test_the_same_bytes_come_of_a_build_with_spools_and_without(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Plain, limited, joined, split, shaped, of one good channel, faded, resampled: each in both ways."""
    write(desk.sources / "plain.wav", Recording(voice(4, level=-20.0)[None]))
    write(desk.sources / "low.wav", Recording(voice(4, rate=16000)[None], 16000))
    write(desk.sources / "long.wav", Recording(voice(26, level=-24.0)[None]))
    for name in ("claps 25 dB above", "a dead right channel", "a DC offset"):
        (found,) = (key for key in RECORDINGS if key.startswith(name))
        write(desk.sources / f"{name.split()[1]}.wav", RECORDINGS[found]())
    tracks = (
        "source: plain.wav",
        "source: 25.wav",
        "source: [{source: low.wav, end: 2}, plain.wav]",
        "source: long.wav, split: 10s",
        "source: plain.wav, start: 1, compress: strong, high_pass: 90, denoise: light",
        "source: dead.wav, fade_in: 1, fade_out: 0.5",
        "source: DC.wav, announce: low.wav",
    )
    lines = "".join(f"      - {{title: T{n}, {track}}}\n" for n, track in enumerate(tracks, 1))
    desk.write(f"  - title: S\n    tracks:\n{lines}")
    cards = []
    for most in (10**9, 0):
        monkeypatch.setattr(builder.sound.engine, "_MOST_SPOOLED_BYTES", most)
        monkeypatch.setenv("PACKBUILDER_CACHE", str(desk.folder / f"cache-{most}"))
        checked = check(desk.manifest)
        assert checked.is_good, checked.findings
        with open_engine(lambda *_: None, 2) as work:
            built, findings = build(checked, desk.folder / f"out-{most}", work, Words(words=()))
        assert built, findings
        cards.append(tree(desk.folder / f"out-{most}"))
    assert cards[0] == cards[1]
    assert len(cards[0]) > len(tracks)

"""Damage of any kind, at random with a seed: a mutilated recording is a finding or is used; nothing crashes."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from builder.findings import rules
from builder.sound.decode.analyse import analyse
from builder.sound.decode.ffmpeg import find_ffmpeg
from builder.sound.decode.graph import Clip, Window
from builder.sound.decode.pcm import Decoder
from builder.sound.decode.spool import NO_SPOOLS
from builder.sources.probe import SourceFault, probe
from tests.conftest import IS_LONG
from tests.sound.hostile import Good, good_files

_PROBED, _DECODED = (4000, 150) if IS_LONG else (400, 8)
_KINDS = ("mp3", "bare.mp3", "wav", "flac", "ogg", "m4a")


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Good:
    return good_files(tmp_path_factory.mktemp("good"))


def _mutilated(data: bytes, chance: random.Random) -> bytes:
    """One to four wounds, half of them among the headers."""
    for _ in range(chance.randint(1, 4)):
        reach = min(len(data), 600) if chance.random() < 0.5 else len(data)
        at, size = chance.randrange(max(1, reach)), chance.choice((1, 2, 4, 40, 4000))
        match chance.randrange(6):
            case 0:
                data = data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]
            case 1:
                data = data[:at] + data[at + size :]
            case 2:
                data = data[:at] + chance.randbytes(size) + data[at:]
            case 3:
                other = chance.randrange(len(data))
                data = data[:at] + data[other : other + size] + data[at + size :]
            case 4:
                data = data[:at] + chance.choice((b"\0", b"\xff", b"\x7f")) * size + data[at + size :]
            case _:
                data = data[: max(1, at)]
        if not data:
            return b"\0"
    return data


@pytest.mark.parametrize("kind", _KINDS)
def test_looking_at_a_mutilated_recording_ends_in_facts_or_a_finding(
    tmp_path: Path, good: Good, kind: str
) -> None:
    chance = random.Random(f"look {kind}")
    path = tmp_path / f"a.{kind.rpartition('.')[2]}"
    refused = 0
    for _ in range(_PROBED):
        path.write_bytes(_mutilated(good[kind], chance))
        probed = probe(path)
        assert {fault.code for fault in probed.faults} <= rules().keys()
        assert probed.facts is not None or probed.faults
        refused += probed.facts is None
    assert 0 < refused < _PROBED


@pytest.mark.parametrize("kind", _KINDS)
def test_decoding_a_mutilated_recording_ends_in_sound_or_a_finding(
    tmp_path: Path, good: Good, kind: str
) -> None:
    chance = random.Random(f"hear {kind}")
    path, work = tmp_path / f"a.{kind.rpartition('.')[2]}", tmp_path / "work"
    work.mkdir()
    decoded = 0
    while decoded < _DECODED:
        path.write_bytes(_mutilated(good[kind], chance))
        facts = probe(path).facts
        if facts is None:
            continue
        decoded += 1
        window = chance.choice((Window(), Window(start=0.5), Window(end=1.5)))
        with NO_SPOOLS.open("a") as spool:
            found = analyse(
                Decoder(ffmpeg=find_ffmpeg(), rate_hz=44100, folder=work),
                Clip(path=path, facts=facts, window=window, channel="auto"),
                spool,
            )
        assert not isinstance(found, SourceFault) or found.code in rules()

"""One sound under two names is told, whatever the tags; two sounds of one length are not."""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Sequence
from pathlib import Path

import pytest

from builder.findings import Finding
from builder.sources import duplicates
from builder.sources.duplicates import duplicate_faults
from builder.sources.find import Source
from builder.sources.probe import probe
from tests.conftest import ROOT
from tests.packs import PLACE, listed, pack_of, piece_of

_MP3 = (ROOT / "audio-samples" / "speeches" / "jfk.mp3").read_bytes()
_ID3V1 = b"TAG" + b"x" * 125
_APE = b"APETAGEX" + struct.pack("<IIII", 2000, 32 + 9, 1, 0xA0000000) + bytes(8)
_APE = _APE + b"y" * 9 + b"APETAGEX" + struct.pack("<IIII", 2000, 32 + 9, 1, 0x80000000) + bytes(8)
_LYRICS = b"LYRICSBEGIN" + b"z" * 20 + b"000031" + b"LYRICS200"


def _found(tmp_path: Path, files: dict[str, bytes], lines: Sequence[int] = ()) -> list[Finding]:
    section = listed(1, "All", [f"T {name}" for name in files])
    tracks = [
        dataclasses.replace(track, pieces=(piece_of(name),))
        for track, name in zip(section.tracks, files, strict=True)
    ]
    if lines:
        tracks = [
            dataclasses.replace(track, place=dataclasses.replace(PLACE, line=line))
            for track, line in zip(tracks, lines, strict=True)
        ]
    pack = pack_of(dataclasses.replace(section, tracks=tuple(tracks)))
    sources = {}
    for name, data in files.items():
        path = tmp_path / name
        path.write_bytes(data)
        facts = probe(path).facts
        assert facts is not None
        sources[name] = Source(path=path, facts=facts)
    return list(duplicate_faults(pack, sources))


def _sound(data: bytes) -> bytes:
    """Without the tag that the sample begins with."""
    size = data[6] << 21 | data[7] << 14 | data[8] << 7 | data[9]
    return data[10 + size :] if data[:3] == b"ID3" else data


def _changed(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def _id3(size: int) -> bytes:
    return b"ID3\x03\0\0" + bytes([0, 0, size >> 7, size & 127]) + bytes(size)


@pytest.mark.parametrize(
    "tagged",
    [
        _id3(300) + _sound(_MP3),
        _id3(40) + _id3(50) + _sound(_MP3),
        _sound(_MP3) + _ID3V1,
        _sound(_MP3) + _APE,
        _sound(_MP3) + _APE + _ID3V1,
        _sound(_MP3) + _LYRICS + _ID3V1,
        _id3(10) + _sound(_MP3) + _APE + _LYRICS + _ID3V1,
        _sound(_MP3) + b"TAG+" + b"w" * 223 + _ID3V1,
        _sound(_MP3),
    ],
)
def test_the_same_sound_is_told_whatever_tags_stand_around_it(tmp_path: Path, tagged: bytes) -> None:
    (finding,) = _found(tmp_path, {"a.mp3": _sound(_MP3), "b.mp3": tagged})
    assert finding.code == "W316"
    assert finding.track == "T b.mp3"
    assert finding.message == 'b.mp3 has the same sound as a.mp3, which is "T a.mp3" (line 10001)'


@pytest.mark.parametrize("at", [1000, 20_000, -1000], ids=["early", "middle", "late"])
def test_sounds_that_differ_in_one_bit_are_two(tmp_path: Path, at: int) -> None:
    at %= len(_MP3)
    assert _found(tmp_path, {"a.mp3": _MP3, "b.mp3": _changed(_MP3, at)}) == []


def test_of_each_entry_the_first_three_are_named(tmp_path: Path) -> None:
    files = {f"{n}.mp3": _sound(_MP3) + _ID3V1 * (n > 2) for n in range(1, 7)}
    (finding,) = _found(tmp_path, files, [1, 5, 5, 5, 5, 5])
    assert finding.place.line == 5
    assert finding.message == (
        '2.mp3 has the same sound as 1.mp3, which is "T 1.mp3" (line 1); 3.mp3 as 1.mp3; 4.mp3 as 1.mp3; 2 more'
    )


def test_sounds_of_another_length_are_not_even_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(path: Path) -> None:
        raise AssertionError(path)

    monkeypatch.setattr(duplicates, "open_file", opened)
    assert _found(tmp_path, {"a.mp3": _MP3, "b.mp3": _MP3[: len(_MP3) // 2]}) == []


def test_a_file_that_is_gone_by_now_has_no_twin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(path: Path) -> None:
        raise FileNotFoundError(path)

    monkeypatch.setattr(duplicates, "open_file", gone)
    assert _found(tmp_path, {"a.mp3": _MP3, "b.mp3": _MP3}) == []

"""Orders for the sound that can only be a mistake, and recordings that are not as long as they say."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from tests.conftest import Desk, convert
from tests.recordings import Recording, voice, write


def _listed(desk: Desk, *tracks: str, more: str = "") -> None:
    lines = "".join(f"      - {{title: T{n}, {track}}}\n" for n, track in enumerate(tracks, 1))
    desk.write(f"  - title: S\n{more}    tracks:\n{lines}")


def _lying(desk: Desk) -> Path:
    """An MP3 of varying bitrate without an Info frame: by its first frames it is longer than it is."""
    first, then = voice(12), voice(30)
    path = write(desk.sources / "whole.wav", Recording(first[None]))
    bare = ("-c:a", "libmp3lame", "-write_xing", "0", "-id3v2_version", "0")
    low = convert(path, desk.sources / "low.mp3", *bare, "-b:a", "32k")
    path = write(desk.sources / "whole.wav", Recording(then[None]))
    high = convert(path, desk.sources / "high.mp3", *bare, "-b:a", "128k")
    path.unlink()
    lying = desk.sources / "lying.mp3"
    lying.write_bytes(b"".join(part.read_bytes() for part in (low, high)))
    return lying


def test_fades_longer_than_half_the_track_are_told_before_any_work(desk: Desk) -> None:
    _voice(desk, "a.wav", 8)
    _listed(desk, "source: a.wav, fade_in: 2, fade_out: 3")
    ran = desk.build("--format", "json")
    assert (ran.code, ran.codes) == (1, ["E414"])
    assert not desk.out.exists()
    _listed(desk, "source: a.wav, fade_in: 2, fade_out: 2")
    assert desk.build().code == 0


def test_several_ways_of_compression_under_one_gain_are_warned_about(desk: Desk) -> None:
    for name in ("a.wav", "b.wav"):
        _voice(desk, name, 4)
    tracks = ("source: a.wav, compress: strong", "source: b.wav")
    _listed(desk, *tracks, more="    level: together\n")
    ran = desk.build("--format", "json")
    assert (ran.code, ran.codes) == (0, ["W316", "W415"])  # one sound under several names, too
    _listed(desk, *tracks, more="    level: each\n")
    assert desk.build("--format", "json").codes == ["W316"]


def test_a_recording_split_by_a_length_that_was_wrong_is_told_of(desk: Desk) -> None:
    _lying(desk)
    _listed(desk, "source: lying.mp3, split: 15s")
    ran = desk.build("--format", "json")
    assert (ran.code, ran.codes) == (0, ["W515"])
    parts = desk.record()["tracks"]
    assert [row["part"] for row in parts] == list(range(1, len(parts) + 1))
    assert math.fsum(row["seconds"] for row in parts) == pytest.approx(42, abs=2)


def test_a_start_behind_the_true_end_is_a_finding_at_its_place(desk: Desk) -> None:
    _lying(desk)
    _listed(desk, 'source: lying.mp3, start: "1:00"')
    ran = desk.build("--format", "json")
    assert (ran.code, ran.codes) == (1, ["E502"])


def test_a_silent_part_of_a_split_recording_is_called_by_its_number(desk: Desk) -> None:
    sound = voice(30)
    sound[44100 * 9 : 44100 * 21] = 0
    write(desk.sources / "a.wav", Recording(sound[None]))
    _listed(desk, "source: a.wav, split: 10s")
    ran = desk.build()
    assert ran.code == 1
    assert "part 2 of 3 of a.wav has no sound in it" in ran.err


def _voice(desk: Desk, name: str, seconds: float) -> Path:
    return write(desk.sources / name, Recording(voice(seconds)[None]))

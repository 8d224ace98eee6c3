"""Renders as they ship: length, level, cuts, spoken titles."""

from __future__ import annotations

import array
import math
import subprocess
from pathlib import Path

import mutagen.id3
import pytest

from builder.sound.decode.ffmpeg import find_ffmpeg
from builder.sound.mp3 import walk
from tests.conftest import Desk, convert, speech, write_wav

RATE = 44100


def decoded(path: Path) -> array.array[int]:
    options = ["-f", "s16le", "-ac", "1", "-ar", str(RATE), "-"]
    command = [find_ffmpeg().executable, "-v", "error", "-i", str(path), *options]
    return array.array("h", subprocess.run(command, capture_output=True, check=True).stdout)


def rms_dbfs(samples: array.array[int], start: float, end: float) -> float:
    part = samples[int(start * RATE) : int(end * RATE)]
    return 10 * math.log10(max(1e-12, sum(v * v for v in part) / max(1, len(part)) / 32768**2))


def beeps(path: Path, *marks: tuple[float, float], seconds: float) -> Path:
    """Tones of half a second at the given times and pitches, in quiet noise."""
    samples = array.array("h", ((n * 7919) % 41 - 20 for n in range(int(seconds * RATE))))
    for at, hertz in marks:
        for n in range(RATE // 2):
            samples[int(at * RATE) + n] += round(8000 * math.sin(2 * math.pi * hertz * n / RATE))
    return write_wav(path, samples)


def onset(samples: array.array[int]) -> float:
    """The time at which a decoded track first rises above -30 dBFS."""
    step = RATE // 200
    for n in range(0, len(samples) - step, step):
        if rms_dbfs(samples, n / RATE, (n + step) / RATE) > -30:
            return n / RATE
    raise AssertionError("no sound")


def only_track(desk: Desk) -> Path:
    (track,) = desk.card().rglob("*.mp3")
    return track


def test_a_track_begins_and_ends_where_the_manifest_says(desk: Desk) -> None:
    beeps(desk.sources / "a.wav", (1.0, 400), (3.0, 900), (6.0, 1500), seconds=8)
    desk.one_track("a.wav", ', start: "0:02.8", end: "0:05", head_silence: 9, tail_silence: 9')
    assert desk.build().code == 0
    samples = decoded(only_track(desk))
    assert desk.record()["tracks"][0]["seconds"] == pytest.approx(2.2, abs=0.06)
    assert onset(samples) == pytest.approx(0.2, abs=0.05)


@pytest.mark.parametrize(("head", "tail"), [(0.0, 0.0), (0.5, 1.0), (2.0, 3.0)])
def test_silence_stays_as_long_as_the_manifest_says_and_no_longer(
    desk: Desk, head: float, tail: float
) -> None:
    quiet = array.array("h", bytes(2 * 3 * RATE))
    samples = quiet[:]
    samples.frombytes(speech(desk.sources / "s.wav", 2).read_bytes()[44:])
    samples.extend(quiet)
    write_wav(desk.sources / "a.wav", samples)
    desk.one_track("a.wav", f", head_silence: {head}, tail_silence: {tail}")
    assert desk.build().code == 0
    track = desk.record()["tracks"][0]
    assert track["seconds"] == pytest.approx(2 + head + tail, abs=0.2)
    assert onset(decoded(only_track(desk))) == pytest.approx(head + 0.04, abs=0.06)


def test_a_spoken_title_stands_before_the_track_at_its_level(desk: Desk) -> None:
    speech(desk.sources / "title.wav", 1.0, level_dbfs=-32, seed=5)
    speech(desk.sources / "a.wav", 4, level_dbfs=-20)
    desk.one_track("a.wav", ", announce: title.wav, pause: 1.5")
    assert desk.build().code == 0
    samples = decoded(only_track(desk))
    assert desk.record()["tracks"][0]["seconds"] == pytest.approx(1.0 + 1.5 + 4.0, abs=0.15)
    assert rms_dbfs(samples, 0.05, 0.9) == pytest.approx(rms_dbfs(samples, 2.7, 6.2), abs=2.0)
    assert rms_dbfs(samples, 1.3, 2.2) < -70


def test_a_reading_shares_one_gain_so_a_whisper_stays_a_whisper(desk: Desk) -> None:
    speech(desk.sources / "1.wav", 4, level_dbfs=-20)
    speech(desk.sources / "2.wav", 4, level_dbfs=-28, seed=2)
    desk.write("  - reading: MRK 1-2\n    source: '{chapter}.wav'\n")
    assert desk.build().code == 0
    loud, soft = (track["loudness"] for track in desk.record()["tracks"])
    assert loud["gain_db"] == soft["gain_db"]
    assert loud["delivered_lufs"] - soft["delivered_lufs"] == pytest.approx(8, abs=1)
    assert loud["work_delivered_lufs"] == pytest.approx(-19, abs=0.5)


def test_listed_tracks_each_reach_the_target(desk: Desk) -> None:
    tracks = ""
    for number, level in enumerate((-12.0, -20.0, -28.0, -34.0)):
        speech(desk.sources / f"{number}.wav", 4, level_dbfs=level, seed=number)
        tracks += f"      - {{title: T{number}, source: {number}.wav}}\n"
    desk.write("  - title: S\n    tracks:\n" + tracks)
    assert desk.build().code == 0
    for track in desk.record()["tracks"]:
        assert track["loudness"]["delivered_lufs"] == pytest.approx(-19, abs=0.5), track
        assert track["loudness"]["held_by"] is None


def test_a_hopelessly_quiet_recording_is_raised_to_the_limit_and_the_record_says_so(desk: Desk) -> None:
    speech(desk.sources / "a.wav", 4, level_dbfs=-55)
    desk.one_track("a.wav")
    ran = desk.build("--format", "json")
    assert (ran.code, ran.codes) == (0, ["W506"])
    loudness = desk.record()["tracks"][0]["loudness"]
    assert loudness["gain_db"] == 24
    assert loudness["held_by"] == "boost limit"


def with_click(desk: Desk, level_dbfs: float, length: int) -> None:
    """Speech with a click of so many samples at full scale."""
    samples = array.array("h", speech(desk.sources / "s.wav", 4, level_dbfs=level_dbfs).read_bytes()[44:])
    for n in range(30000, 30000 + length):
        samples[n] = 32000 if n % 8 < 4 else -32000
    write_wav(desk.sources / "a.wav", samples)
    desk.one_track("a.wav")


def test_a_click_is_held_down_and_the_speech_comes_to_the_target(desk: Desk) -> None:
    with_click(desk, -28, 8)
    ran = desk.build("--format", "json")
    assert (ran.code, ran.codes) == (0, [])
    loudness = desk.record()["tracks"][0]["loudness"]
    assert loudness["held_by"] is None
    assert loudness["delivered_lufs"] == pytest.approx(-19, abs=0.35)
    assert loudness["delivered_true_peak_dbtp"] <= -1.5
    assert 5 < loudness["limited_db"] < 24
    # A second away from it nothing was touched: the same gain as everywhere.
    source = array.array("h", (desk.sources / "a.wav").read_bytes()[44:])
    for start in (2.0, 3.0):
        change = rms_dbfs(decoded(only_track(desk)), start, start + 0.9) - rms_dbfs(
            source, start, start + 0.9
        )
        assert change == pytest.approx(loudness["gain_db"] - 0.445, abs=0.3)


def test_a_click_that_is_most_of_the_sound_is_held_down_so_that_the_speech_is_heard(desk: Desk) -> None:
    with_click(desk, -40, 40)
    ran = desk.build("--format", "json")
    loudness = desk.record()["tracks"][0]["loudness"]
    assert loudness["limited_db"] > 12
    assert loudness["gain_db"] > 15
    assert loudness["delivered_true_peak_dbtp"] <= -1.5
    assert ran.code == 0
    assert max(map(abs, decoded(only_track(desk)))) < 32767


def test_the_stream_is_what_the_profile_says(desk: Desk) -> None:
    speech(desk.sources / "a.wav", 3, rate=16000, channels=2)
    desk.one_track("a.wav")
    assert desk.build().code == 0
    stream = walk.walk(only_track(desk))
    assert stream is not None
    assert (stream.sample_rate_hz, stream.channels, stream.trailing_bytes) == (44100, 1, 0)
    assert stream.bitrates_kbps == frozenset({64})


def test_tags_pictures_and_comments_of_a_source_are_gone(desk: Desk) -> None:
    canary = "CANARY목사님이름"
    speech(desk.sources / "s.wav", 2)
    mp3_path = convert(desk.sources / "s.wav", desk.sources / "a.mp3")
    tag = mutagen.id3.ID3()
    tag.add(mutagen.id3.TIT2(encoding=3, text=canary))
    tag.add(mutagen.id3.COMM(encoding=3, lang="kor", desc="", text=canary))
    tag.add(mutagen.id3.APIC(encoding=0, mime="image/jpeg", type=3, desc="", data=canary.encode() * 50))
    tag.add(mutagen.id3.PRIV(owner="x", data=canary.encode()))
    tag.save(mp3_path)
    flac_path = convert(desk.sources / "s.wav", desk.sources / "b.flac", "-metadata", f"artist={canary}")
    tracks = (
        f"      - {{title: A, source: {mp3_path.name}}}\n      - {{title: B, source: {flac_path.name}}}\n"
    )
    desk.write("  - title: S\n    tracks:\n" + tracks)
    assert desk.build("--profile", "sd-card", "--profile", "mp3-player").code == 0
    for path in desk.out.rglob("*.mp3"):
        data = path.read_bytes()
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "cp949"):
            assert canary.encode(encoding) not in data
            assert "CANARY".encode(encoding) not in data

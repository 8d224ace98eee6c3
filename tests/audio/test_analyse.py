"""One pass over a recording, against ffmpeg's own summary and against signals of known level."""

from __future__ import annotations

import array
import math
import tempfile
from pathlib import Path

import pytest

from builder.audio.analyse import Analysis, Window, analyse
from builder.audio.ffmpeg import Ffmpeg, find_ffmpeg
from builder.audio.probe import Fault, probe
from builder.profiles.load import built_in
from tests.conftest import SAMPLES, convert, speech, write_wav

SETTINGS = built_in()["sd-card"].audio


@pytest.fixture(scope="module")
def ffmpeg() -> Ffmpeg:
    return find_ffmpeg()


def analysis(ffmpeg: Ffmpeg, path: Path, window: Window | None = None) -> Analysis:
    facts = probe(path).facts
    assert facts is not None
    with tempfile.TemporaryDirectory() as folder:
        found = analyse(ffmpeg, path, facts, SETTINGS, window or Window(), Path(folder))
    assert isinstance(found, Analysis), found
    return found


def sine(path: Path, *, dbfs: float, seconds: float = 3.0, hertz: float = 997.0, rate: int = 44100) -> Path:
    amplitude = 32767 * 10 ** (dbfs / 20)
    count = int(seconds * rate)
    wave = (round(amplitude * math.sin(2 * math.pi * hertz * n / rate)) for n in range(count))
    return write_wav(path, array.array("h", wave), rate=rate)


@pytest.mark.parametrize("dbfs", [-1.0, -20.0, -40.0, -50.0])
def test_a_sine_reads_3_lu_below_its_peak(ffmpeg: Ffmpeg, tmp_path: Path, dbfs: float) -> None:
    """EBU Tech 3341: a 1 kHz sine of -23 dBFS peak in one channel reads -26 LUFS (both channels: -23)."""
    found = analysis(ffmpeg, sine(tmp_path / "sine.wav", dbfs=dbfs))
    assert found.loudness.integrated_lufs == pytest.approx(dbfs - 3.01, abs=0.1)
    assert found.loudness.true_peak_dbtp == pytest.approx(dbfs, abs=0.1)


def test_two_equal_channels_mix_to_the_level_of_one(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    mono = analysis(ffmpeg, speech(tmp_path / "mono.wav", 3))
    stereo = analysis(ffmpeg, speech(tmp_path / "stereo.wav", 3, channels=2))
    assert stereo.loudness.integrated_lufs == pytest.approx(mono.loudness.integrated_lufs, abs=0.02)
    assert stereo.loudness.true_peak_dbtp == pytest.approx(mono.loudness.true_peak_dbtp, abs=0.02)


def test_the_gate_leaves_pauses_out(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    """EBU Tech 3341 case 3, in mono and a fifth as long: the quiet parts fall below the relative gate."""
    programme = enumerate(((-36.0, 2.0), (-23.0, 12.0), (-36.0, 2.0)))
    parts = [sine(tmp_path / f"{n}.wav", dbfs=level, seconds=seconds) for n, (level, seconds) in programme]
    samples = array.array("h")
    for part in parts:
        samples.frombytes(part.read_bytes()[44:])
    found = analysis(ffmpeg, write_wav(tmp_path / "joined.wav", samples))
    assert found.loudness.integrated_lufs == pytest.approx(-26.0, abs=0.15)


@pytest.mark.parametrize("seconds", [0.26, 0.39, 0.41])
def test_a_clip_shorter_than_a_block_is_measured_too(ffmpeg: Ffmpeg, tmp_path: Path, seconds: float) -> None:
    found = analysis(ffmpeg, sine(tmp_path / "short.wav", dbfs=-20, seconds=seconds))
    assert found.seconds == pytest.approx(seconds, abs=0.001)
    assert found.loudness.integrated_lufs is not None


def test_a_window_is_cut_to_the_sample(ffmpeg: Ffmpeg) -> None:
    path = SAMPLES / "sonnet" / "sonnet-1.mp3"
    assert analysis(ffmpeg, path, Window(start=10.5, end=20.25)).seconds == pytest.approx(9.75, abs=0.001)
    whole, rest = analysis(ffmpeg, path).seconds, analysis(ffmpeg, path, Window(start=50.0)).seconds
    assert rest == pytest.approx(whole - 50.0, abs=0.001)


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.ogg", "a.m4a", "a.mp3"])
def test_silence_at_both_ends_is_found(ffmpeg: Ffmpeg, tmp_path: Path, name: str) -> None:
    speech(tmp_path / "s.wav", 3)
    path = convert(tmp_path / "s.wav", tmp_path / name, "-af", "adelay=2000,apad=pad_dur=4")
    found = analysis(ffmpeg, path)
    assert found.head_silence_seconds == pytest.approx(2.0, abs=0.15)
    assert found.tail_silence_seconds == pytest.approx(4.0, abs=0.25)


def test_a_whispered_beginning_is_not_silence(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    loud, soft = (
        speech(tmp_path / "loud.wav", 4, level_dbfs=-14),
        speech(tmp_path / "soft.wav", 2, level_dbfs=-40),
    )
    samples = array.array("h")
    for part in (soft, loud):
        samples.frombytes(part.read_bytes()[44:])
    found = analysis(ffmpeg, write_wav(tmp_path / "both.wav", samples))
    assert found.head_silence_seconds < 0.2


def test_silence_longer_than_pydub_looks_is_found_to_half_a_second(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    speech(tmp_path / "s.wav", 2, rate=8000)
    path = convert(tmp_path / "s.wav", tmp_path / "a.flac", "-af", "adelay=25000")
    found = analysis(ffmpeg, path)
    assert 24.4 < found.head_silence_seconds < 25.05


def test_noise_where_sound_should_be_is_a_fault(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    path = convert(speech(tmp_path / "a.wav", 3), tmp_path / "a.flac")
    data = bytearray(path.read_bytes())
    data[9000:] = bytes(len(data) - 9000)
    path.write_bytes(data)
    facts = probe(path).facts
    assert facts is not None
    found = analyse(ffmpeg, path, facts, SETTINGS, Window(), tmp_path)
    assert isinstance(found, Fault)
    assert found.code in ("E307", "E503")


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(["-ar", "8000"], id="8 kHz"),
        pytest.param(["-ar", "96000"], id="96 kHz"),
        pytest.param(["-ac", "6"], id="six channels"),
        pytest.param(["-c:a", "pcm_f32le"], id="float"),
        pytest.param(["-c:a", "pcm_s24le"], id="24 bits"),
        pytest.param(["-c:a", "pcm_u8"], id="8 bits"),
    ],
)
def test_any_format_of_one_recording_measures_about_the_same(
    ffmpeg: Ffmpeg, tmp_path: Path, options: list[str]
) -> None:
    source = speech(tmp_path / "a.wav", 3)
    path = convert(source, tmp_path / "b.wav", *options)
    same = analysis(ffmpeg, source).loudness.integrated_lufs
    # ffmpeg puts mono at -3 dB into the centre of six channels, and the mix back divides what is there.
    tolerance = 12.0 if "6" in options else 0.3
    assert analysis(ffmpeg, path).loudness.integrated_lufs == pytest.approx(same, abs=tolerance)

"""A recording looked at, against signals of known level: its length, its silence, its channels and its faults."""

from __future__ import annotations

import array
import math
import tempfile
from pathlib import Path

import numpy as np
import pytest

from builder.manifest.shaping import Channel
from builder.sound.decode.analyse import Analysis, analyse
from builder.sound.decode.ffmpeg import Ffmpeg, find_ffmpeg
from builder.sound.decode.graph import Clip, Window
from builder.sound.decode.pcm import Decoder
from builder.sound.decode.spool import NO_SPOOLS
from builder.sources.probe import SourceFault, probe
from tests.conftest import SAMPLES, convert, speech, write_wav
from tests.recordings import Recording, Samples, clipped, noise, side_by_side, tone, voice, write


@pytest.fixture(scope="module")
def ffmpeg() -> Ffmpeg:
    return find_ffmpeg()


def analysis(ffmpeg: Ffmpeg, path: Path, window: Window | None = None, channel: Channel = "auto") -> Analysis:
    found = outcome(ffmpeg, path, window, channel)
    assert isinstance(found, Analysis), found
    return found


def outcome(
    ffmpeg: Ffmpeg,
    path: Path,
    window: Window | None = None,
    channel: Channel = "auto",
    rate: int = 44100,
) -> Analysis | SourceFault:
    facts = probe(path).facts
    assert facts is not None
    with tempfile.TemporaryDirectory() as folder, NO_SPOOLS.open("") as spool:
        clip = Clip(path=path, facts=facts, window=window or Window(), channel=channel)
        found = analyse(Decoder(ffmpeg=ffmpeg, rate_hz=rate, folder=Path(folder)), clip, spool)
    if isinstance(found, SourceFault):
        return found
    measured, envelope = found
    assert envelope.loudness == measured.loudness
    assert envelope.seconds == measured.seconds
    return measured


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
    found = outcome(ffmpeg, path)
    assert isinstance(found, SourceFault)
    assert found.code in ("E307", "E503")


def one_of(path: Path, samples: Samples, rate: int = 44100) -> Path:
    return write(path, Recording(np.atleast_2d(samples), rate, "f32"))


@pytest.mark.parametrize(
    ("level", "channel", "fault"),
    [(-25.0, "mix", ""), (-49.0, "mix", ""), (-55.0, "left", "dead"), (None, "left", "dead")],
)
def test_a_channel_far_below_the_other_is_dead(
    ffmpeg: Ffmpeg, tmp_path: Path, level: float | None, channel: str, fault: str
) -> None:
    good = voice(4, level=-20)
    other = np.zeros_like(good) if level is None else noise(4, level=level)
    for name, sides, meant in (("a", (good, other), channel), ("b", (other, good), channel)):
        found = analysis(ffmpeg, one_of(tmp_path / f"{name}.wav", side_by_side(*sides)))
        wanted = "right" if name == "b" and meant == "left" else meant
        assert (found.channels, found.channel, found.channel_fault) == (2, wanted, fault)


def test_channels_that_cancel_out_leave_the_louder_one(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    sound = voice(4)
    found = analysis(ffmpeg, one_of(tmp_path / "a.wav", side_by_side(sound * 0.8, -sound)))
    assert (found.channel, found.channel_fault) == ("right", "cancelled")
    alone = analysis(ffmpeg, one_of(tmp_path / "b.wav", sound))
    assert found.loudness.integrated_lufs == pytest.approx(alone.loudness.integrated_lufs, abs=0.02)
    assert (alone.channels, alone.channel_fault) == (1, "")


def test_the_channel_that_is_asked_for_is_taken_whatever_is_in_it(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    sound = voice(4)
    path = one_of(tmp_path / "a.wav", side_by_side(sound, sound * 0.01))
    left, right, mix = (analysis(ffmpeg, path, channel=c) for c in ("left", "right", "mix"))
    levels = [one.loudness.integrated_lufs or 0.0 for one in (left, right, mix)]
    assert levels[0] - levels[1] == pytest.approx(40, abs=0.3)
    assert levels[0] - levels[2] == pytest.approx(5.9, abs=0.3)
    assert {one.channel_fault for one in (left, right, mix)} == {""}


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("at", [0, 100_000, -1])
def test_samples_that_are_no_numbers_are_a_fault(ffmpeg: Ffmpeg, tmp_path: Path, bad: float, at: int) -> None:
    sound = voice(4)
    sound[at] = bad
    for samples in (sound, side_by_side(voice(4), sound)):
        found = outcome(ffmpeg, one_of(tmp_path / "a.wav", samples))
        assert isinstance(found, SourceFault)
        assert found.message.endswith("samples that are no numbers (NaN or infinite)")


def test_flat_tops_are_counted_in_either_channel(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    good, cut = voice(4), clipped(voice(4), 12)
    one, both = one_of(tmp_path / "a.wav", cut), one_of(tmp_path / "b.wav", side_by_side(good, cut))
    assert analysis(ffmpeg, one).clipped_samples == analysis(ffmpeg, both).clipped_samples > 1000
    assert analysis(ffmpeg, one_of(tmp_path / "c.wav", good)).clipped_samples == 0


@pytest.mark.parametrize("rate", [16000, 22050, 44100, 48000])
def test_a_recording_measures_the_same_at_any_rate_of_a_card(
    ffmpeg: Ffmpeg, tmp_path: Path, rate: int
) -> None:
    path = one_of(tmp_path / "a.wav", voice(4, rate=32000), 32000)
    found, same = outcome(ffmpeg, path, rate=rate), outcome(ffmpeg, path, rate=32000)
    assert isinstance(found, Analysis)
    assert isinstance(same, Analysis)
    assert found.seconds == pytest.approx(4.0, abs=0.001)
    assert found.loudness.integrated_lufs == pytest.approx(same.loudness.integrated_lufs, abs=0.3)


@pytest.mark.parametrize("sound", [np.zeros(88200), tone(997, 2, level=-80.0)], ids=["digital", "faint"])
def test_silence_is_a_fault(ffmpeg: Ffmpeg, tmp_path: Path, sound: Samples) -> None:
    found = outcome(ffmpeg, one_of(tmp_path / "a.wav", sound))
    assert isinstance(found, SourceFault)
    assert found.code == "E501"


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

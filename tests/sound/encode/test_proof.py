"""The proof on a finished MP3: what does not decode to what was ordered never ships."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.errors import EngineError
from builder.sound.encode.render import measure_encoded
from builder.sound.mp3 import walk
from tests.conftest import SAMPLES, checked, convert, oracle, speech

_RATE = 44100


@pytest.fixture
def track(tmp_path: Path) -> Path:
    return _encoded(speech(tmp_path / "a.wav", 4), tmp_path / "track.mp3")


def _encoded(source: Path, out: Path, *options: str) -> Path:
    bare = ("-write_xing", "0", "-id3v2_version", "0", "-b:a", "64k", "-ac", "1", "-ar", str(_RATE))
    return convert(source, out, *bare, *options)


def _samples(path: Path) -> int:
    stream = walk.walk(path)
    assert stream is not None
    return stream.samples


def test_a_good_track_is_measured_as_another_meter_measures_it(track: Path) -> None:
    found = measure_encoded(track, _RATE, _samples(track))
    said = checked(
        oracle("ffmpeg"), "-hide_banner", "-i", track, "-af", "ebur128=peak=true", "-f", "null", "-"
    )
    integrated = float(said.rpartition("I:")[2].split()[0])
    peak = float(said.rpartition("Peak:")[2].split()[0])
    assert found.loudness.integrated_lufs == pytest.approx(integrated, abs=0.1)
    assert found.loudness.true_peak_dbtp == pytest.approx(peak, abs=0.2)
    assert found.seconds == pytest.approx(4.0, abs=0.1)


@pytest.mark.parametrize(
    ("rate", "bitrate"), [(16000, "32k"), (22050, "32k"), (24000, "48k"), (48000, "128k")]
)
def test_every_rate_is_decoded_to_its_end(tmp_path: Path, rate: int, bitrate: str) -> None:
    source = SAMPLES / "sonnet" / "sonnet-1.mp3"
    path = _encoded(source, tmp_path / "t.mp3", "-ar", str(rate), "-b:a", bitrate)
    found = measure_encoded(path, rate, _samples(path))
    assert found.seconds == pytest.approx(_samples(path) / rate, abs=0.25)


def test_what_a_decoder_may_hold_back_is_allowed_and_no_more(track: Path) -> None:
    samples = _samples(track)
    measure_encoded(track, _RATE, samples + 1152)
    with pytest.raises(EngineError, match=rf"decodes to \d+ of {samples + 5000} samples"):
        measure_encoded(track, _RATE, samples + 5000)


def test_a_track_that_lost_its_end_is_refused(track: Path) -> None:
    samples = _samples(track)
    track.write_bytes(track.read_bytes()[: track.stat().st_size * 9 // 10])
    with pytest.raises(EngineError, match="samples"):
        measure_encoded(track, _RATE, samples)


def test_a_track_with_a_hole_is_refused(track: Path) -> None:
    samples = _samples(track)
    data = bytearray(track.read_bytes())
    data[8000:16000] = bytes(8000)
    track.write_bytes(data)
    with pytest.raises(EngineError):
        measure_encoded(track, _RATE, samples)


@pytest.mark.parametrize(
    ("options", "found"),
    [(("-ar", "48000"), "48000 Hz, 1 channels"), (("-ac", "2"), "44100 Hz, 2 channels")],
    ids=["rate", "channels"],
)
def test_a_track_of_another_kind_is_refused(tmp_path: Path, options: tuple[str, ...], found: str) -> None:
    path = _encoded(speech(tmp_path / "a.wav", 2), tmp_path / "track.mp3", *options)
    with pytest.raises(EngineError, match=found):
        measure_encoded(path, _RATE, _samples(path))


@pytest.mark.parametrize(
    "data", [b"", b"\0" * 5000, b"no sound at all" * 500], ids=["empty", "zeros", "text"]
)
def test_what_is_no_mp3_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "track.mp3"
    path.write_bytes(data)
    with pytest.raises(EngineError, match="does not decode"):
        measure_encoded(path, _RATE, 44100)

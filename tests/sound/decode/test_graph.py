"""The filters of a recording: what they say, and what ffmpeg makes of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from builder.manifest.shaping import Channel, Shaping
from builder.sound.decode.analyse import analyse_shaped
from builder.sound.decode.ffmpeg import find_ffmpeg
from builder.sound.decode.graph import Clip, Window, shaped_filters
from builder.sound.decode.pcm import Decoder
from builder.sound.decode.spool import NO_SPOOLS
from builder.sound.loudness.envelope import Envelope
from builder.sources.probe import probe
from tests.recordings import Recording, noise, side_by_side, tone, voice, write

_RATE = 44100


def _voice(
    path: Path,
    shaping: Shaping | None = None,
    *,
    window: Window | None = None,
    channels: int = 1,
    channel: Channel = "mix",
    shift: float = 0.0,
    lift_db: float = 0.0,
) -> Clip:
    facts = probe(path).facts
    assert facts is not None
    return Clip(
        path=path,
        facts=facts,
        window=window or Window(),
        channels=channels,
        channel=channel,
        shift=shift,
        shaping=shaping or Shaping(),
        lift_db=lift_db,
    )


def _made(tmp_path: Path, samples: npt.NDArray[np.float64]) -> Path:
    return write(tmp_path / "a.wav", Recording(np.atleast_2d(samples)))


def _heard(voice: Clip, seconds: float, tmp_path: Path) -> Envelope:
    with NO_SPOOLS.open("") as spool:
        return analyse_shaped(
            Decoder(ffmpeg=find_ffmpeg(), rate_hz=_RATE, folder=tmp_path), voice, seconds, spool
        )


def _level(voice: Clip, seconds: float, tmp_path: Path) -> float:
    return _level_of(_heard(voice, seconds, tmp_path))


def _level_of(envelope: Envelope) -> float:
    level = envelope.loudness.integrated_lufs
    assert level is not None
    return level


def test_a_plain_recording_is_only_cut_and_made_float(tmp_path: Path) -> None:
    path = _made(tmp_path, tone(997, 1))
    words = shaped_filters(_voice(path, window=Window(start=0.25, end=0.75)), _RATE)
    for filter_ in ("volume", "highpass", "afftdn", "acompressor", "pan", "aeval"):
        assert filter_ not in words
    assert "atrim=start=0.250000:end=0.750000" in words


def test_a_voice_is_lifted_before_it_is_shaped_and_loses_rumble_before_it_is_compressed(
    tmp_path: Path,
) -> None:
    shaping = Shaping(high_pass_hz=80, denoise="light", compress="gentle")
    words = shaped_filters(_voice(_made(tmp_path, tone(997, 1)), shaping, lift_db=7.5), _RATE)
    order = [words.index(word) for word in ("volume=7.50dB", "highpass=f=80", "afftdn", "acompressor")]
    assert order == sorted(order)


@pytest.mark.parametrize(("channel", "level"), [("left", -20.0), ("right", -40.0), ("mix", -25.2)])
def test_one_channel_is_taken_or_the_mean_of_both(tmp_path: Path, channel: Channel, level: float) -> None:
    sides = side_by_side(tone(997, 2, level=-20.0), tone(997, 2, level=-40.0))
    heard = _voice(write(tmp_path / "a.wav", Recording(sides)), channels=2, channel=channel)
    assert _level(heard, 2.0, tmp_path) == pytest.approx(level, abs=0.15)


def test_a_lift_raises_by_as_much_and_a_shift_takes_the_direct_current(tmp_path: Path) -> None:
    path = _made(tmp_path, tone(997, 2, level=-30.0) + 0.25)
    envelope = _heard(_voice(path, Shaping(high_pass_hz=20), shift=0.25, lift_db=6.0), 2.0, tmp_path)
    assert _level_of(envelope) == pytest.approx(-24.0, abs=0.1)
    assert envelope.loudness.true_peak_dbtp == pytest.approx(-21.0, abs=0.2)


def test_the_high_pass_takes_hum_and_leaves_the_voice(tmp_path: Path) -> None:
    high = Shaping(high_pass_hz=100)
    hum = _made(tmp_path, tone(40, 2, level=-20.0))
    fall = _level(_voice(hum), 2.0, tmp_path) - _level(_voice(hum, high), 2.0, tmp_path)
    assert fall > 12
    speaker = write(tmp_path / "b.wav", Recording(np.atleast_2d(voice(4, pitch=180))))
    change = _level(_voice(speaker), 4.0, tmp_path) - _level(_voice(speaker, high), 4.0, tmp_path)
    assert abs(change) < 0.5


def test_denoising_takes_some_hiss_and_never_much_voice(tmp_path: Path) -> None:
    path = _made(tmp_path, voice(8, level=-20.0, room=None) + noise(8, level=-48.0))
    before = _heard(_voice(path), 8.0, tmp_path)
    after = _heard(_voice(path, Shaping(denoise="light")), 8.0, tmp_path)
    assert 2 < before.noise_floor_db - after.noise_floor_db < 8
    assert abs(_level_of(before) - _level_of(after)) < 1


def test_compression_brings_loud_and_soft_together_and_strong_more_so(tmp_path: Path) -> None:
    sound = np.concatenate([voice(6, level=-14.0), voice(6, level=-28.0, seed=2)])
    path = _made(tmp_path, sound)
    none, gentle, strong = (
        _heard(_voice(path, Shaping(compress=kind)), 12.0, tmp_path) for kind in ("none", "gentle", "strong")
    )
    apart = [_difference(one) for one in (none, gentle, strong)]
    assert apart[0] == pytest.approx(14, abs=1.5)
    assert apart[0] - 2 > apart[1] > apart[2] + 1


def _difference(envelope: Envelope) -> float:
    return _level_of(envelope.between(0.5, 5.5)) - _level_of(envelope.between(6.5, 11.5))

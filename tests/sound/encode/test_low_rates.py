"""Low rates, which make room on small cards: whatever the rate, every decoder we know plays the file without a word."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from builder.profiles.profile import AudioSettings
from builder.sound.decode.ffmpeg import find_ffmpeg
from builder.sound.decode.graph import Clip, Window
from builder.sound.encode.feed import Cut, Fades
from builder.sound.encode.render import Signal, render
from builder.sound.mp3 import walk
from builder.sources.probe import probe
from tests import recordings
from tests.conftest import checked, oracle

_LOW = [
    (44100, 32),
    (44100, 40),
    (44100, 48),
    (32000, 32),
    (32000, 48),
    (24000, 32),
    (24000, 48),
    (22050, 32),
]


@pytest.fixture(scope="module")
def hard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Speech that swells and falls, digital silence and bursts of noise between: what starves a bit reservoir."""
    rate = 44100
    voice = recordings.swelling(recordings.voice(40.0, rate=rate), -60.0, -6.0)
    voice[rate * 10 : rate * 12] = 0
    burst = recordings.noise(0.5, rate=rate, level=-8.0)
    voice[rate * 20 : rate * 20 + len(burst)] += burst
    path = tmp_path_factory.mktemp("hard") / "hard.wav"
    return recordings.write(path, recordings.Recording(np.clip(voice, -1, 1), rate))


@pytest.mark.parametrize(("rate_hz", "bitrate_kbps"), _LOW)
def test_every_decoder_plays_it_without_a_word(
    hard: Path, tmp_path: Path, rate_hz: int, bitrate_kbps: int
) -> None:
    out = tmp_path / "low.mp3"
    settings = AudioSettings(
        sample_rate_hz=rate_hz,
        channels=1,
        bitrate_kbps=bitrate_kbps,
        target_lufs=-19,
        peak_dbtp=-1.5,
        max_gain_db=24,
    )
    facts = probe(hard).facts
    assert facts is not None
    voice = Clip(path=hard, facts=facts, window=Window(), channels=1, channel="mix", shift=0.0)
    cut = Cut(clip=voice, start=0.0, end=40.0, spool=None)
    signal = Signal(cuts=[cut], gain_db=3.0, curve=None)
    made = render(find_ffmpeg(), signal, settings, fades=Fades(), title=(), out=out)

    stream = walk.walk(out)
    assert stream is not None
    assert round(made.envelope.seconds * rate_hz) == stream.samples, "the proof hears every sample"
    said = checked(oracle("mpg123"), "-t", out)  # -q would keep its complaints back
    assert "error" not in said.lower(), said
    assert "warning" not in said.lower(), said
    assert checked(oracle("mp3check"), "-e", out) == ""
    warnings = [line for line in checked(oracle("mp3val"), out).splitlines() if "WARNING" in line]
    assert len(warnings) <= 1, warnings
    assert all("No supported tags" in line for line in warnings), warnings  # a bare stream has none
    command = (oracle("ffmpeg"), "-nostdin", "-hide_banner", "-v", "error", "-i", out, "-f", "null", "-")
    assert checked(*command) == ""

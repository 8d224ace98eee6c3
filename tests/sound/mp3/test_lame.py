"""What our encoder always does holds in every frame that it writes, and clearing bits changes no sample."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from builder.sound.decode.ffmpeg import find_ffmpeg
from builder.sound.mp3.ancillary import clear_ancillary, first_hidden
from builder.sound.mp3.walk import run_at
from tests import recordings
from tests.conftest import IS_LONG, checked, oracle
from tests.mp3plants import decoded

RATE = 44100


def _bursts() -> NDArray[np.float64]:
    """Digital silence, then sudden noise, again and again: short blocks beside granules without sound."""
    chance = np.random.default_rng(3)
    at = np.arange(6 * RATE) / RATE
    return np.where(at % 0.37 < 0.05, chance.uniform(-0.5, 0.5, len(at)), 0.0)


def _clipped() -> NDArray[np.float64]:
    at = np.arange(4 * RATE) / RATE
    clipped: NDArray[np.float64] = np.clip(9 * np.sin(2 * np.pi * (200 + 400 * at) * at), -1, 1)
    return clipped


SIGNALS: dict[str, Callable[[], NDArray[np.float64]]] = {
    "speech": lambda: recordings.swelling(recordings.voice(8.0, rate=RATE, room=None), -60.0, -6.0),
    "bursts": _bursts,
    "clipped": _clipped,
    "noise": lambda: recordings.noise(4.0, rate=RATE, level=-12.0),
    "faint noise": lambda: recordings.noise(4.0, rate=RATE, level=-95.0),
    "silence": lambda: np.zeros(3 * RATE),
}
_FEW = ((44100, 64), (44100, 32), (44100, 320), (48000, 32), (32000, 320), (24000, 32), (22050, 160))
_MPEG1 = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_ALL = (
    *((rate, kbps) for rate in (32000, 44100, 48000) for kbps in _MPEG1),
    *((rate, kbps) for rate in (22050, 24000) for kbps in _MPEG1 if kbps <= 160),
)


@pytest.mark.sampled(2)
@pytest.mark.parametrize("quality", [2, 3, 7])
@pytest.mark.parametrize(("rate", "kbps"), _ALL if IS_LONG else _FEW)
def test_every_frame_of_our_encoder_is_as_it_always_writes(
    tmp_path: Path, rate: int, kbps: int, quality: int
) -> None:
    for name, signal in SIGNALS.items():
        wav = recordings.write(tmp_path / "x.wav", recordings.Recording(signal(), RATE))
        path = tmp_path / "x.mp3"
        encode = ("-ar", rate, "-c:a", "libmp3lame", "-b:a", f"{kbps}k", "-compression_level", quality)
        bare = ("-fflags", "+bitexact", "-flags:a", "+bitexact", "-write_xing", "0", "-id3v2_version", "0")
        checked(find_ffmpeg().executable, "-v", "error", "-y", "-i", wav, *map(str, encode), *bare, path)
        before = path.read_bytes()
        assert clear_ancillary(path).left is None, name
        after = path.read_bytes()
        run = run_at(after, 0)
        assert run is not None
        assert first_hidden(after, run) is None, name
        assert decoded(after) == decoded(before) != b"", name
        assert clear_ancillary(path).bytes == 0, name
        if (rate, kbps) in _FEW[:2]:
            command = (oracle("ffmpeg"), "-v", "error", "-i", path, "-f", "md5", "-c:a", "pcm_f32le", "-")
            cleared = checked(*command)
            path.write_bytes(before)
            assert checked(*command) == cleared, name

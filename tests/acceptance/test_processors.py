"""A whole build is the same on every processor: program and ffmpeg both run as on another one."""

from __future__ import annotations

import platform
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from PIL import Image

from builder.profiles.profile import AudioSettings
from builder.sound import works
from builder.sound.decode import alike
from builder.sound.decode.ffmpeg import find_ffmpeg
from builder.sound.engine import Session
from builder.sound.loudness.level import Order
from tests.conftest import IS_LONG, SAMPLES, STARTER, Desk, convert, speech, tree
from tests.processors import EMULATED, python, wrapper

_PATIENCE_SECONDS = 900
_SECTIONS = """\
  - title: Sermons
    tracks:
      - {title: Loud, source: loud.mp3, denoise: light, compress: gentle, high_pass: 80}
      - {title: Quiet, source: quiet.m4a}
"""


def _built(manifest: Path, out: Path, processor: str | None, folder: Path) -> dict[str, bytes]:
    """All that is published for a manifest: cards, images, records."""
    environment = {"PACKBUILDER_CACHE": str(out.with_suffix(".cache"))}
    if processor is not None:
        environment["IMAGEIO_FFMPEG_EXE"] = str(wrapper(folder, find_ffmpeg().executable, processor))
    command = ("-m", "builder", "build", manifest, "-o", out, "--image")
    python(*command, processor=processor, environment=environment, patience=_PATIENCE_SECONDS)
    return tree(out)


def test_a_small_pack_is_the_same_without_the_newest_code(desk: Desk, tmp_path: Path) -> None:
    desk.sources.mkdir()
    sample = SAMPLES / "sonnet" / "sonnet-1.mp3"
    convert(sample, desk.sources / "loud.mp3", "-t", "3", "-ac", "2", "-ar", "48000", "-af", "volume=16dB")
    convert(sample, desk.sources / "quiet.m4a", "-t", "3", "-af", "volume=-20dB")
    picture = Image.effect_mandelbrot((1600, 1200), (-2, -1.2, 0.6, 1.2), 60).convert("RGB")
    picture.save(desk.sources / "cover.jpg", quality=90)
    manifest = desk.write(_SECTIONS, head="cover: cover.jpg\n")
    here = _built(manifest, tmp_path / "here", None, tmp_path)
    assert _built(manifest, tmp_path / "there", "Nehalem", tmp_path) == here


@pytest.mark.skipif(not IS_LONG, reason="takes minutes: PACKBUILDER_LONG asks for it")
@pytest.mark.parametrize("processor", EMULATED)
def test_the_starter_pack_is_the_same_on_every_processor(processor: str, tmp_path: Path) -> None:
    here = _built(STARTER, tmp_path / "here", None, tmp_path)
    assert _built(STARTER, tmp_path / processor, processor, tmp_path) == here


def test_the_store_and_the_record_know_what_remains(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another kind of processor or C library, or another decoder of the proof, finds nothing of this one's."""
    speech(desk.sources / "a.wav", 2)
    desk.one_track("a.wav")
    assert desk.build().code == 0
    assert desk.record()["engine"]["machine"] == alike.machine()
    assert platform.machine() in alike.machine()

    before = find_ffmpeg().identity
    monkeypatch.setattr(alike, "machine", lambda: "another")
    assert find_ffmpeg().identity != before

    order = Order(gain_db=1.0, ceiling_dbtp=None)
    audio = AudioSettings(
        sample_rate_hz=24000,
        channels=1,
        bitrate_kbps=48,
        target_lufs=-16.0,
        peak_dbtp=-2.0,
        max_gain_db=30.0,
    )
    track = SimpleNamespace(announcement=(), fade_in_seconds=0.0, fade_out_seconds=0.0)
    session = Session(engine=cast(Any, None), plan=cast(Any, SimpleNamespace(audio=audio)), sources={})
    key = partial(works._key, session, cast(Any, track), cast(Any, SimpleNamespace(key="a")), order)
    before = key()
    monkeypatch.setattr(works, "DECODER", "libsndfile 9")
    assert key() != before

"""The tools do the same on every processor: ffmpeg decodes, filters and encodes to the same bytes, the C library's
functions and the voice are the same, and so is what is measured of a finished file.
"""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product
from pathlib import Path

import pytest

from builder.manifest.shaping import Quality, Shaping
from builder.profiles.profile import AudioSettings
from builder.sound.decode import guard
from builder.sound.decode.ffmpeg import Ffmpeg, find_ffmpeg
from builder.sound.decode.graph import Clip, Window
from builder.sound.decode.pcm import Decoder, decode
from builder.sound.encode.feed import Cut, Fades
from builder.sound.encode.render import Signal, render
from builder.sound.voice import espeak
from builder.sound.voice.voice import find_voice
from builder.sources.probe import probe
from tests.conftest import SAMPLES, convert
from tests.processors import EMULATED, emulator, python, wrapper

_SOURCES = (
    "sonnet/sonnet-1.mp3",
    "speeches/jfk.mp3",
    "librivox/sense-and-sensibility-0870.wav",
    "librivox/sense-and-sensibility-0890.flac",
    "librivox/sense-and-sensibility-0920.m4a",
    "tuxpaint-digits/1_ko.ogg",
)
_STEREO = "stereo.mp3"
_SHAPED = (Shaping(compress="strong", high_pass_hz=80), Shaping(compress="gentle", denoise="light"))
# Rate, bitrate, quality.
_ENCODED: tuple[tuple[int, int, Quality], ...] = (
    (44100, 64, "standard"),
    (44100, 128, "best"),
    (24000, 48, "standard"),
    (22050, 32, "fast"),
)
_SPOKEN = {"en": "Genesis, chapter one", "ko": "창세기 일 장", "cmn": "创世记 第一章"}
# Control: functions that glibc has more than once.
_FUNCTIONS = """
import hashlib, math
values = [function(n / 997) for n in range(1, 5000) for function in (math.exp, math.sin, math.cos)]
print(hashlib.sha256(repr(values).encode()).hexdigest())
"""


def _voice(path: Path, shaping: Shaping | None = None) -> Clip:
    facts = probe(path).facts
    assert facts is not None
    return Clip(
        path=path,
        facts=facts,
        window=Window(start=0.25, end=2.0),
        channels=2 if path.name == _STEREO else 1,
        channel="mix",
        shift=0.0,
        shaping=shaping or Shaping(),
        lift_db=3.35 if shaping else 0.0,
    )


def _decoded(ffmpeg: Ffmpeg, voice: Clip, rate_hz: int, folder: Path) -> str:
    digest = hashlib.sha256()
    with decode(Decoder(ffmpeg=ffmpeg, rate_hz=rate_hz, folder=folder), voice) as call:
        for chunk in call:
            digest.update(chunk)
    assert (call.outcome.code, call.outcome.complaints) == (0, ())
    return digest.hexdigest()


def _encoded(ffmpeg: Ffmpeg, rate_hz: int, kbps: int, quality: Quality, out: Path) -> str:
    """A rendering from samples that a spool holds."""
    spool = out.with_suffix(f".{rate_hz}.f32")
    if not spool.exists():
        convert(SAMPLES / _SOURCES[0], spool, "-t", "2", "-ac", "1", "-ar", str(rate_hz), "-f", "f32le")
    cut = Cut(clip=_voice(SAMPLES / _SOURCES[0]), start=0.1, end=1.9, spool=spool)
    settings = AudioSettings(
        sample_rate_hz=rate_hz,
        channels=1,
        bitrate_kbps=kbps,
        quality=quality,
        target_lufs=-16.0,
        peak_dbtp=-2.0,
        max_gain_db=30.0,
    )
    render(
        ffmpeg,
        Signal(cuts=[cut], gain_db=2.35, curve=None),
        settings,
        fades=Fades(),
        title=[],
        out=out,
    )
    return hashlib.sha256(out.read_bytes()).hexdigest()


def _made(ffmpeg: Ffmpeg, folder: Path) -> Mapping[str, str]:
    """Digests of all that ffmpeg makes of the samples, by what it is."""
    stereo = folder / _STEREO
    if not stereo.exists():
        convert(SAMPLES / _SOURCES[0], stereo, "-t", "3", "-ac", "2", "-ar", "48000", "-b:a", "96k")
    plain = [*(SAMPLES / name for name in _SOURCES), stereo]
    return {
        **{
            f"{path.name} at {rate}": _decoded(ffmpeg, _voice(path), rate, folder)
            for path, rate in product(plain, (24000, 44100))
        },
        **{
            f"{path.name} {shaping}": _decoded(ffmpeg, _voice(path, shaping), 44100, folder)
            for path, shaping in zip((stereo, SAMPLES / _SOURCES[4]), _SHAPED, strict=True)
        },
        **{f"encoded {kind}": _encoded(ffmpeg, *kind, folder / "out.mp3") for kind in _ENCODED},
    }


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Mapping[str, str], Path]]:
    """What this processor makes, and the folder of it."""
    folder = tmp_path_factory.mktemp("processors")
    yield _made(find_ffmpeg(), folder), folder


@pytest.mark.parametrize("processor", EMULATED)
def test_ffmpeg_makes_the_same_bytes_on_another_processor(
    here: tuple[Mapping[str, str], Path], processor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, folder = here
    program = wrapper(folder, find_ffmpeg().executable, processor)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(program))
    elsewhere = find_ffmpeg()
    assert elsewhere.executable == str(program)
    assert _made(elsewhere, folder) == made


def test_the_processors_are_others_and_ffmpeg_would_tell(tmp_path: Path) -> None:
    """The control: without what it is told, ffmpeg makes other samples on a processor without FMA than on one with."""

    def decoded(processor: str) -> bytes:
        command = [
            *emulator(processor),
            find_ffmpeg().executable,
            "-v",
            "error",
            "-i",
            str(SAMPLES / _SOURCES[4]),
        ]
        return subprocess.run([*command, "-f", "f32le", "-"], capture_output=True, check=True).stdout

    assert decoded("Nehalem") != decoded("Haswell")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the functions of glibc")
def test_the_c_librarys_functions_are_those_of_every_processor(tmp_path: Path) -> None:
    script = tmp_path / "functions.py"
    script.write_text(_FUNCTIONS, "utf-8")
    wanted = python(script, processor="Nehalem")
    with_fma = python(script, processor="Haswell")
    assert with_fma != wanted, "the control is the same: nothing was tried"
    assert python(script, environment=guard.environment()) == wanted
    assert python(script, processor="Haswell", environment=guard.environment()) == wanted
    assert python(script, processor="EPYC", environment=guard.environment()) == wanted


@cache
def _proved(folder: Path, processor: str | None) -> str:
    files = [folder / f"{rate}-{kbps}.mp3" for rate, kbps, _ in _ENCODED]
    return python(Path(__file__).with_name("proved.py"), *files, processor=processor)


@pytest.mark.parametrize("processor", EMULATED)
def test_a_finished_file_is_measured_the_same(here: tuple[Mapping[str, str], Path], processor: str) -> None:
    """The decoder behind libsndfile chooses code by the processor; for one channel, all of it is one."""
    folder = here[1]
    for rate, kbps, quality in _ENCODED:
        _encoded(find_ffmpeg(), rate, kbps, quality, folder / f"{rate}-{kbps}.mp3")
    assert _proved(folder, processor) == _proved(folder, None)


@pytest.mark.parametrize("processor", EMULATED)
def test_the_voice_says_the_same(processor: str, tmp_path: Path) -> None:
    voice = find_voice()
    if voice is None:
        pytest.skip("the voice is an extra")
    before, script = emulator(processor), espeak.__file__
    for name, text in _SPOKEN.items():
        voice.speak(text, name, tmp_path / "here.wav")
        out = tmp_path / "there.wav"
        own = [str(script), str(voice.library), name, str(out)]
        command = [*before, os.path.realpath(sys.executable), "-I", "-S", "-X", "utf8", *own]
        environment = guard.environment()
        subprocess.run(
            command, cwd=voice.folder, env=environment, input=text.encode(), capture_output=True, check=True
        )
        assert out.read_bytes() == (tmp_path / "here.wav").read_bytes(), name

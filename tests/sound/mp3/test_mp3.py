"""MPEG frames: every header read as the standard has it, every byte walked, nothing left between them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builder.sound.decode.ffmpeg import find_ffmpeg
from builder.sound.mp3.ancillary import clear_ancillary
from builder.sound.mp3.walk import Stream, walk
from builder.sources.mpeg import (
    Declared,
    FrameHeader,
    declared,
    first_frame,
    frames,
    id3v2_size,
    parse_header,
)

_SINE = "sine=f=440:d=1.5"
_NOISE = "anoisesrc=d=1.5:a=0.3:seed=7"
_TONES = "aevalsrc=0.4*sin(2*PI*330*t)*lt(mod(t\\,0.5)\\,0.25)|0.3*sin(2*PI*523*t):d=1.5"
# name: lavfi source, sample rate, channels, bitrate
_STREAMS = {
    "sine-44k-mono-64": (_SINE, 44100, 1, 64),
    "noise-44k-mono-64": (_NOISE, 44100, 1, 64),
    "noise-24k-mono-48": (_NOISE, 24000, 1, 48),
    "tones-24k-stereo-64": (_TONES, 24000, 2, 64),
    "tones-44k-stereo-128": (_TONES, 44100, 2, 128),
    "noise-48k-stereo-128": (_NOISE, 48000, 2, 128),
    "sine-11k-mono-16": (_SINE, 11025, 1, 16),
}


def _ffmpeg(*arguments: str | Path) -> bytes:
    command = [find_ffmpeg().executable, "-nostdin", "-v", "error", "-y", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout


def _encode(path: Path, name: str, *options: str) -> Path:
    source, rate, channels, kbps = _STREAMS[name]
    layout = ["-f", "lavfi", "-i", source, "-ar", str(rate), "-ac", str(channels)]
    _ffmpeg(*layout, "-c:a", "libmp3lame", "-b:a", f"{kbps}k", *options, "-f", "mp3", path)
    return path


_BARE = ("-write_xing", "0", "-id3v2_version", "0", "-write_id3v1", "0")


@pytest.fixture(scope="module", params=_STREAMS)
def bare(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, bytes]:
    path = tmp_path_factory.mktemp("mp3") / f"{request.param}.mp3"
    return request.param, _encode(path, request.param, *_BARE).read_bytes()


def _decoded(path: Path) -> bytes:
    return _ffmpeg("-i", path, "-f", "s16le", "-c:a", "pcm_s16le", "-")


@pytest.mark.parametrize(
    ("word", "mpeg1", "rate", "kbps", "channels", "crc", "size", "samples", "side"),
    [
        ("fffb50c4", True, 44100, 64, 1, False, 208, 1152, 17),
        ("fffb52c4", True, 44100, 64, 1, False, 209, 1152, 17),
        ("fffa50c4", True, 44100, 64, 1, True, 208, 1152, 17),
        ("fffb9044", True, 44100, 128, 2, False, 417, 1152, 32),
        ("fffb9004", True, 44100, 128, 2, False, 417, 1152, 32),
        ("fffb9084", True, 44100, 128, 2, False, 417, 1152, 32),
        ("fffb9444", True, 48000, 128, 2, False, 384, 1152, 32),
        ("fffb18c4", True, 32000, 32, 1, False, 144, 1152, 17),
        ("fffbe044", True, 44100, 320, 2, False, 1044, 1152, 32),
        ("fff364c4", False, 24000, 48, 1, False, 144, 576, 9),
        ("fff384c4", False, 24000, 64, 1, False, 192, 576, 9),
        ("fff38444", False, 24000, 64, 2, False, 192, 576, 17),
        ("fff280c4", False, 22050, 64, 1, True, 208, 576, 9),
        ("fff388c4", False, 16000, 64, 1, False, 288, 576, 9),
        ("ffe310c4", False, 11025, 8, 1, False, 52, 576, 9),
        ("ffe344c4", False, 12000, 32, 1, False, 192, 576, 9),
        ("ffe348c4", False, 8000, 32, 1, False, 288, 576, 9),
    ],
)
def test_a_header_is_read(
    word: str, mpeg1: bool, rate: int, kbps: int, channels: int, crc: bool, size: int, samples: int, side: int
) -> None:
    header = parse_header(bytes.fromhex(word))
    assert header == FrameHeader(
        is_mpeg1=mpeg1, sample_rate_hz=rate, bitrate_kbps=kbps, channels=channels, has_crc=crc, size=size
    )
    assert (header.samples, header.side_size) == (samples, side)
    assert header.data_start == 4 + 2 * crc + side


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("", "nothing"),
        ("fffb50", "three bytes"),
        ("00fb50c4", "no sync"),
        ("ff1b50c4", "half a sync"),
        ("ffeb50c4", "the reserved version"),
        ("fff950c4", "layer bits 00: AAC"),
        ("fffd50c4", "Layer II"),
        ("ffff50c4", "Layer I"),
        ("fffb5cc4", "the reserved rate"),
        ("fffb00c4", "free format"),
        ("fffbf0c4", "the forbidden bitrate"),
        ("ffd8ffe0", "a JPEG picture"),
    ],
)
def test_a_word_that_is_no_header_is_none(word: str, why: str) -> None:
    assert parse_header(bytes.fromhex(word)) is None, why


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (b"ID3\x03\x00\x00\x00\x00\x00\x00", 10),
        (b"ID3\x03\x00\x00\x00\x00\x00\x7f", 137),
        (b"ID3\x03\x00\x00\x00\x00\x01\x00", 138),
        (b"ID3\x03\x00\x00\x7f\x7f\x7f\x7f", 10 + (1 << 28) - 1),
        (b"ID3\x04\x00\x10\x00\x00\x01\x00", 148),
        (b"ID3\x03\x00\x00\x00\x00\x00\x80", 0),
        (b"ID3\x03\x00\x00\x00\x00", 0),
        (b"TAG\x03\x00\x00\x00\x00\x00\x7f", 0),
        (b"", 0),
    ],
)
def test_the_length_of_a_tag_is_read(data: bytes, size: int) -> None:
    assert id3v2_size(data + b"\xff" * (20 if len(data) == 10 else 0)) == size


def test_a_stream_is_walked_to_its_end(bare: tuple[str, bytes], tmp_path: Path) -> None:
    name, data = bare
    _, rate, channels, kbps = _STREAMS[name]
    path = tmp_path / "x.mp3"
    path.write_bytes(data)
    found = walk(path)
    assert found is not None
    assert (found.sample_rate_hz, found.channels, found.bitrates_kbps) == (rate, channels, frozenset({kbps}))
    assert found.trailing_bytes == 0
    assert found.samples == found.frames * (1152 if rate >= 32000 else 576)
    assert 1.5 <= found.samples / rate <= 1.7
    headers = list(frames(data, 0))
    assert len(headers) == found.frames
    assert sum(header.size for _, header in headers) == len(data)
    assert first_frame(data, 0) == 0


@pytest.mark.parametrize(
    ("before", "after", "trailing"),
    [
        (b"", b"TAG" + bytes(125), 128),
        (b"ID3\x03\x00\x00\x00\x00\x00\x05" + b"hello", b"", 0),
        (b"ID3\x04\x00\x10\x00\x00\x00\x05" + b"hello" + b"3DI\x04\x00\x10\x00\x00\x00\x05", b"x", 1),
        (b"", b"\xff\xfb\x50\xc4", 4),
        (b"", b"\xff", 1),
    ],
)
def test_what_stands_around_a_stream_is_told_apart(
    bare: tuple[str, bytes], tmp_path: Path, before: bytes, after: bytes, trailing: int
) -> None:
    path = tmp_path / "x.mp3"
    path.write_bytes(bare[1])
    alone = walk(path)
    path.write_bytes(before + bare[1] + after)
    found = walk(path)
    assert alone is not None
    assert found == Stream(**{**vars(alone), "trailing_bytes": trailing})


def test_a_frame_cut_short_is_trailing(bare: tuple[str, bytes], tmp_path: Path) -> None:
    path = tmp_path / "x.mp3"
    path.write_bytes(bare[1][:-1])
    found = walk(path)
    last = list(frames(bare[1], 0))[-1][1]
    assert found is not None
    assert found.trailing_bytes == last.size - 1
    assert found.frames == len(list(frames(bare[1], 0))) - 1


@pytest.mark.parametrize("junk", [b"\0" * 100, b"\xff\xfb\x50\xc4" + b"x" * 50, b"\xff" * 99])
def test_the_first_frame_is_found_behind_junk(bare: tuple[str, bytes], junk: bytes) -> None:
    assert first_frame(junk + bare[1], 0) == len(junk)
    assert first_frame(b"\0" * 70_000 + bare[1], 0) is None
    assert first_frame(b"\0" * 70_000 + bare[1], 69_000) == 70_000


@pytest.mark.parametrize("content", [b"", b"\xff\xfb", b"hello, this is text", bytes(5000)])
def test_what_holds_no_frame_is_no_stream(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.mp3").write_bytes(content)
    assert walk(tmp_path / "x.mp3") is None


@pytest.mark.parametrize("name", ["noise-44k-mono-64", "noise-24k-mono-48", "tones-44k-stereo-128"])
def test_an_info_frame_declares_the_frames_and_bytes_that_there_are(tmp_path: Path, name: str) -> None:
    data = _encode(tmp_path / "x.mp3", name, "-id3v2_version", "0").read_bytes()
    (start, header), *rest = list(frames(data, 0))
    assert declared(data, start, header) == Declared(frames=len(rest), bytes=len(data))
    assert declared(data, rest[0][0], rest[0][1]) is None


def test_a_vbri_frame_declares_too() -> None:
    frame = bytearray(208)
    frame[:4] = bytes.fromhex("fffb50c4")
    frame[36:54] = b"VBRI\0\1\0\0\0\0" + (5000).to_bytes(4, "big") + (24).to_bytes(4, "big")
    header = parse_header(bytes(frame[:4]))
    assert header is not None
    assert declared(bytes(frame), 0, header) == Declared(frames=24, bytes=5000)


def test_nothing_is_left_between_the_frames_and_the_sound_is_the_same(
    bare: tuple[str, bytes], tmp_path: Path
) -> None:
    path = tmp_path / "x.mp3"
    path.write_bytes(bare[1])
    before = _decoded(path)
    changed = clear_ancillary(path).bytes
    cleared = path.read_bytes()
    assert len(cleared) == len(bare[1])
    assert changed == sum(a != b for a, b in zip(bare[1], cleared, strict=True))
    assert b"LAME" not in cleared
    assert b"Lavc" not in cleared
    assert _decoded(path) == before
    assert clear_ancillary(path).bytes == 0
    assert path.read_bytes() == cleared


def test_there_was_something_to_clear(tmp_path: Path) -> None:
    path = _encode(tmp_path / "x.mp3", "sine-44k-mono-64", *_BARE)
    assert b"LAME" in path.read_bytes()
    assert clear_ancillary(path).bytes > 0


@given(st.binary(max_size=8))
def test_no_bytes_make_the_readers_of_words_stumble(data: bytes) -> None:
    header = parse_header(data)
    assert header is None or header.size > header.data_start - 4
    assert id3v2_size(data + data) >= 0


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.binary(max_size=40) | st.sampled_from([b"\xff\xfb\x10\xc4" + bytes(100), b"ID3\x03\0\0\0\0\0\4"])
    )
)
def test_no_file_makes_the_walker_stumble(tmp_path: Path, parts: list[bytes]) -> None:
    path = tmp_path / "x.mp3"
    path.write_bytes(b"".join(parts))
    found = walk(path)
    assert found is None or 0 <= found.trailing_bytes < path.stat().st_size
    if path.stat().st_size:
        clear_ancillary(path)
        assert path.stat().st_size == len(b"".join(parts))

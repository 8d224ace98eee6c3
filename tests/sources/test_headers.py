"""Lengths by our own reading of headers, against mutagen's; and what a FLAC says of its samples."""

from __future__ import annotations

import hashlib
import io
import struct
from pathlib import Path

import mutagen
import numpy as np
import pytest
import soundfile

from builder.sound.decode.analyse import analyse
from builder.sound.decode.ffmpeg import find_ffmpeg
from builder.sound.decode.graph import Clip, Window
from builder.sound.decode.pcm import Decoder
from builder.sound.decode.spool import NO_SPOOLS
from builder.sources import headers
from builder.sources.probe import SourceFault, probe
from tests.conftest import SAMPLES, convert, speech
from tests.sound.hostile import flipped, good_files, ogg_page, samples_of


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.flac", ()),
        ("b.flac", ("-ar", "96000", "-sample_fmt", "s32")),
        ("a.ogg", ()),
        ("b.ogg", ("-c:a", "libopus")),
        ("c.ogg", ("-c:a", "flac")),
        ("a.m4a", ()),
        ("b.m4a", ("-c:a", "alac", "-movflags", "+faststart")),
    ],
)
def test_a_length_is_what_mutagen_finds(tmp_path: Path, name: str, options: tuple[str, ...]) -> None:
    path = convert(speech(tmp_path / "a.wav", 3), tmp_path / name, *options)
    facts = probe(path).facts
    assert facts is not None
    assert facts.seconds == pytest.approx(mutagen.File(path).info.length, abs=1e-6)


def test_an_ogg_that_another_stream_ends_is_as_long_as_its_first(tmp_path: Path) -> None:
    data = good_files(tmp_path)["ogg"]
    page = ogg_page(b"abcd", 0, 2, 0, bytes([100]), bytes(100))
    behind = data + page * 2000
    whole = headers.ogg(io.BytesIO(data), len(data)).seconds
    assert headers.ogg(io.BytesIO(behind), len(behind)).seconds == whole > 1.9


def test_a_long_mdhd_is_read(tmp_path: Path) -> None:
    """Version 1 of the box counts with 64 bits."""
    data = good_files(tmp_path)["m4a"]
    at = data.index(b"mdhd") + 4
    scale, length = struct.unpack_from(">II", data, at + 12)
    inner = b"\1\0\0\0" + bytes(16) + struct.pack(">IQ", scale, length) + bytes(4)
    hdlr = b"hdlr" + bytes(8) + b"soun" + bytes(13)

    def box(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body) + 8) + name + body

    mdia = box(b"mdia", box(b"mdhd", inner) + box(hdlr[:4], hdlr[4:]))
    whole = box(b"moov", box(b"trak", mdia))
    assert headers.m4a_seconds(io.BytesIO(whole), len(whole)) == pytest.approx(length / scale)


def test_headers_are_all_that_is_read(tmp_path: Path) -> None:
    """Of 40 MB of pages, boxes and blocks only a few kilobytes, and the end of the Ogg."""

    class Counting(io.BytesIO):
        count = 0

        def read(self, size: int | None = -1) -> bytes:
            data = super().read(size)
            self.count += len(data)
            return data

    good = good_files(tmp_path)
    m4a = good["m4a"]
    at = m4a.index(b"moov") - 4
    padded = m4a[:at] + struct.pack(">I4s", 40_000_008, b"free") + bytes(40_000_000) + m4a[at:]
    stream = Counting(padded)
    assert headers.m4a_seconds(stream, len(padded)) > 1.9
    assert stream.count < 1000
    ogg = good["ogg"] + bytes(100)
    stream = Counting(ogg)
    assert headers.ogg(stream, len(ogg)).seconds > 1.9
    assert stream.count < 200_000


def _analysed(path: Path, work: Path, window: Window = Window()) -> tuple[str, str]:  # noqa: B008  # frozen
    """The code of what is wrong, or the decoder's complaint."""
    facts = probe(path).facts
    assert facts is not None
    work.mkdir(exist_ok=True)
    with NO_SPOOLS.open("a") as spool:
        found = analyse(
            Decoder(ffmpeg=find_ffmpeg(), rate_hz=44100, folder=work),
            Clip(path=path, facts=facts, window=window, channel="auto"),
            spool,
        )
    return (found.code, "") if isinstance(found, SourceFault) else ("", found[0].complaint)


@pytest.mark.parametrize(("form", "channels"), [("PCM_S8", 1), ("PCM_16", 2), ("PCM_24", 1), ("PCM_24", 2)])
def test_a_flac_of_any_usual_depth_is_held_to_its_digest(tmp_path: Path, form: str, channels: int) -> None:
    """Written by libFLAC, so that neither the digest nor the samples are our decoder's."""
    chance = np.random.default_rng(3)
    sound = chance.uniform(-0.3, 0.3, (30_000, channels))
    path = tmp_path / "a.flac"
    soundfile.write(path, sound, 44100, subtype=form)
    assert _analysed(path, tmp_path / "work") == ("", "")
    data = path.read_bytes()
    path.write_bytes(data[:26] + bytes([data[26] ^ 1]) + data[27:])
    assert _analysed(path, tmp_path / "work") == ("E312", "")
    path.write_bytes(flipped(data, 0.7))
    assert _analysed(path, tmp_path / "work")[0] in ("E312", "E307")


def test_a_flac_in_an_ogg_is_held_to_its_digest_too(tmp_path: Path) -> None:
    """ffmpeg leaves the digest out there; the reference encoder writes it."""
    wav = speech(tmp_path / "a.wav", 2)
    path = convert(wav, tmp_path / "a.ogg", "-c:a", "flac")
    data = path.read_bytes()
    assert _analysed(path, tmp_path / "work") == ("", "")
    for digest, code in (
        (hashlib.md5(wav.read_bytes()[44:], usedforsecurity=False).digest(), ""),
        (b"x" * 16, "E312"),
    ):
        body = data[28 : 28 + 35] + digest  # the header of the mapping, then STREAMINFO
        path.write_bytes(ogg_page(data[14:18], 0, 2, 0, data[27:28], body) + data[28 + 51 :])
        assert probe(path).facts.md5 == digest.hex()  # type: ignore[union-attr]
        assert _analysed(path, tmp_path / "work") == (code, "")


def test_damage_behind_a_set_end_is_no_fault_of_what_is_used(tmp_path: Path) -> None:
    """What is asked for is checked frame by frame; the rest need not be whole."""
    path = convert(speech(tmp_path / "a.wav", 6), tmp_path / "a.flac")
    data = path.read_bytes()
    path.write_bytes(flipped(data, 0.8))
    assert _analysed(path, tmp_path / "work")[0] == "E312"
    assert _analysed(path, tmp_path / "work", Window(start=1.0))[0] == "E312"
    assert _analysed(path, tmp_path / "work", Window(end=2.0)) == ("", "")
    for at in (0.15, 0.2, 0.25, 0.3, 0.35, 0.4):  # of such flips a decoder that checks no frame misses half
        path.write_bytes(flipped(data, at))
        code, complaint = _analysed(path, tmp_path / "work", Window(end=4.0))
        assert (code, bool(complaint)) == ("", True), at


def test_a_flac_that_counts_fewer_samples_than_it_holds_is_not_taken_for_whole(tmp_path: Path) -> None:
    good = good_files(tmp_path)
    path = tmp_path / "a.flac"
    path.write_bytes(samples_of(good["flac"], 22050))
    assert _analysed(path, tmp_path / "work") == ("", "")  # all of it is there, and is what was digested


@pytest.mark.parametrize("name", ["sonnet/sonnet-1.mp3", "speeches/jfk.mp3"])
@pytest.mark.parametrize("tags", [1, 2, 3])
def test_the_samples_behind_tags_are_those_without_them(tmp_path: Path, name: str, tags: int) -> None:
    data = (SAMPLES / name).read_bytes()
    plain, tagged = tmp_path / "plain.mp3", tmp_path / "tagged.mp3"
    plain.write_bytes(data)
    tagged.write_bytes((b"ID3\x03\0\0\0\0\x07\x68" + bytes(1000)) * tags + data)
    work = tmp_path / "work"
    work.mkdir()
    levels = []
    for path in (plain, tagged):
        facts = probe(path).facts
        assert facts is not None
        with NO_SPOOLS.open("a") as spool:
            found = analyse(
                Decoder(ffmpeg=find_ffmpeg(), rate_hz=44100, folder=work),
                Clip(path=path, facts=facts, window=Window(), channel="auto"),
                spool,
            )
        assert not isinstance(found, SourceFault)
        levels.append((found[0].loudness, found[0].seconds))
    assert levels[0] == levels[1]

"""The tag, byte by byte: seven frames and a cover, one encoding, no padding, nothing else; and the sound untouched."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import json
import subprocess
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from builder.card.cover import make_cover
from builder.card.tags import id3v2, write_tagged
from builder.errors import EngineError
from builder.plan.tagging import Tags
from builder.profiles.profile import TagSettings
from builder.sound.decode.ffmpeg import find_ffmpeg
from tests.conftest import checked, convert, oracle, speech
from tests.tags import ASCII, BARE, CHINESE, KOREAN, LATIN_1, SETTINGS, TEXTS, UTF_16, tags

# Silent frames of 64 kbps, 44.1 kHz, mono.
STREAM = (bytes.fromhex("fffb50c4") + bytes(204)) * 4
COVER = bytes.fromhex("ffd8ffe0") + bytes(range(256)) + b"\xff\xe0\xff\xd9"
_NAMES = ["TIT2", "TPE1", "TALB", "TRCK", "TPOS", "TLAN", "TCON"]


def _written(
    folder: Path,
    values: Tags,
    wanted: TagSettings = SETTINGS,
    cover: bytes | None = None,
    stream: bytes = STREAM,
) -> bytes:
    bare, path = folder / "stream.mp3", folder / "x.mp3"
    path.unlink(missing_ok=True)
    bare.write_bytes(stream)
    write_tagged(path, bare, values, wanted, cover)
    assert bare.read_bytes() == stream
    return path.read_bytes()


def _parsed(data: bytes) -> tuple[dict[str, bytes], int]:
    """Frames of an ID3v2.3 tag by name, and where the tag ends; by the standard, without mutagen."""
    assert data[:6] == b"ID3\x03\x00\x00"  # version 2.3.0; no unsynchronisation, extended header, footer
    assert max(data[6:10]) < 128
    end = 10 + (data[6] << 21 | data[7] << 14 | data[8] << 7 | data[9])
    at, found = 10, {}
    while at < end:
        name, size, flags = data[at : at + 4].decode("ascii"), data[at + 4 : at + 8], data[at + 8 : at + 10]
        assert name.isalnum(), "padding"
        assert name not in found
        assert flags == b"\0\0"
        length = int.from_bytes(size, "big")
        found[name] = data[at + 10 : at + 10 + length]
        at += 10 + length
    assert at == end
    return found, end


def _text(body: bytes) -> str:
    if body[:1] == b"\0":
        return body[1:].removesuffix(b"\0").decode("latin-1")
    assert body[:1] == b"\x01"
    assert body[1:3] == b"\xff\xfe"
    return body[1:].decode("utf-16").removesuffix("\0")


@pytest.mark.parametrize("wanted", [SETTINGS, UTF_16], ids=["auto", "utf-16"])
@pytest.mark.parametrize("values", [ASCII, KOREAN, CHINESE], ids=["ascii", "korean", "chinese"])
def test_a_tag_holds_exactly_these_frames_before_the_untouched_stream(
    tmp_path: Path, values: Tags, wanted: TagSettings
) -> None:
    data = _written(tmp_path, values, wanted)
    found, end = _parsed(data)
    texts = [values.title, values.artist, values.album, "7", "2", values.language, "Speech"]
    assert {name: _text(body) for name, body in found.items()} == dict(zip(_NAMES, texts, strict=True))
    assert data[end:] == STREAM


def test_a_tag_in_ascii_is_latin_1_throughout() -> None:
    found, _ = _parsed(id3v2(ASCII, SETTINGS))
    assert {body[0] for body in found.values()} == {0}


@pytest.mark.parametrize(
    "values",
    [tags("마가복음 1"), tags("Mark 1", artist="馬可福音"), tags("Mark 1", album="Éphèse")],
    ids=["title", "artist", "album"],
)
def test_one_letter_beyond_ascii_makes_the_whole_tag_utf_16(values: Tags) -> None:
    found, _ = _parsed(id3v2(values, SETTINGS))
    assert {body[:3] for body in found.values()} == {b"\x01\xff\xfe"}


def test_a_device_that_wants_utf_16_gets_it_for_ascii_too() -> None:
    found, _ = _parsed(id3v2(ASCII, UTF_16))
    assert {body[:3] for body in found.values()} == {b"\x01\xff\xfe"}


def test_a_device_of_latin_1_gets_accents_in_one_byte() -> None:
    found, _ = _parsed(id3v2(tags("Éphèse"), LATIN_1))
    assert found["TIT2"] == b"\0\xc9ph\xe8se\0"


def test_a_letter_that_latin_1_lacks_is_never_written_as_a_question_mark() -> None:
    with pytest.raises(EngineError, match="마가복음"):
        id3v2(KOREAN, LATIN_1)


def test_an_empty_text_has_no_frame() -> None:
    found, _ = _parsed(id3v2(tags("Mark 1", artist=""), SETTINGS))
    assert sorted(found) == sorted(set(_NAMES) - {"TPE1"})


def test_values_are_written_composed() -> None:
    title, artist, album = (
        unicodedata.normalize("NFD", value) for value in (KOREAN.title, KOREAN.artist, KOREAN.album)
    )
    apart = dataclasses.replace(KOREAN, title=title, artist=artist, album=album)
    assert apart != KOREAN
    assert id3v2(apart, SETTINGS) == id3v2(KOREAN, SETTINGS)


@pytest.mark.parametrize("values", [ASCII, KOREAN], ids=["ascii", "korean"])
def test_a_cover_is_the_last_frame_with_an_empty_latin_1_description(values: Tags) -> None:
    found, _ = _parsed(id3v2(values, SETTINGS, COVER))
    assert list(found)[-1] == "APIC"
    assert found["APIC"] == b"\0image/jpeg\0\x03\0" + COVER
    assert list(found)[:-1] == list(_parsed(id3v2(values, SETTINGS))[0])


def test_without_tags_the_file_is_the_stream(tmp_path: Path) -> None:
    assert _written(tmp_path, KOREAN, BARE, COVER) == STREAM


@pytest.mark.parametrize("wanted", [SETTINGS, BARE], ids=["with id3v2", "without"])
def test_an_id3v1_tag_is_the_last_128_bytes(tmp_path: Path, wanted: TagSettings) -> None:
    without = _written(tmp_path, KOREAN, wanted)
    data = _written(tmp_path, KOREAN, dataclasses.replace(wanted, id3v1="cp949"))
    assert data[:-128] == without
    assert data[-128:].startswith(b"TAG" + KOREAN.title.encode("cp949"))


@pytest.mark.parametrize("behind", range(118, 135))
def test_letters_of_a_tag_within_the_sound_are_sound(tmp_path: Path, behind: int) -> None:
    stream = STREAM[:-behind] + b"TAG" + STREAM[: behind - 3]
    data = _written(tmp_path, ASCII, stream=stream)
    assert data == id3v2(ASCII, SETTINGS) + stream


@pytest.mark.parametrize("length", range(50, 80))
def test_letters_of_a_tag_within_a_short_tag_are_text(length: int) -> None:
    values = tags("TAG" + "x" * length, artist="", album="")
    found, end = _parsed(data := id3v2(values, SETTINGS))
    assert end == len(data)
    assert _text(found["TIT2"]) == values.title


@given(st.builds(tags, TEXTS, TEXTS, TEXTS, st.integers(1, 3000)), st.sampled_from([SETTINGS, UTF_16]))
def test_whatever_is_written_reads_back(values: Tags, wanted: TagSettings) -> None:
    found, end = _parsed(data := id3v2(values, wanted))
    assert end == len(data)
    assert [_text(found[name]) if name in found else "" for name in _NAMES] == list(values.texts)
    assert len({body[0] for body in found.values()}) == 1


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.binary(max_size=400), st.binary(max_size=400))
def test_any_stream_lies_untouched_between_its_tags(tmp_path: Path, stream: bytes, cover: bytes) -> None:
    data = _written(tmp_path, KOREAN, dataclasses.replace(SETTINGS, id3v1="cp949"), cover, stream)
    assert data[len(id3v2(KOREAN, SETTINGS, cover)) : -128] == stream


def _seen(path: Path, *options: str) -> Any:
    """What exiftool finds, by `group:name`."""
    told = checked(oracle("exiftool"), "-j", "-G1", "-b", *options, path)
    return json.loads(told)[0]


@pytest.mark.parametrize("wanted", [SETTINGS, UTF_16], ids=["auto", "utf-16"])
@pytest.mark.parametrize("values", [ASCII, KOREAN, CHINESE], ids=["ascii", "korean", "chinese"])
def test_exiftool_shows_the_same_words_and_the_same_cover(
    tmp_path: Path, values: Tags, wanted: TagSettings
) -> None:
    _written(tmp_path, values, wanted, COVER)
    seen = _seen(tmp_path / "x.mp3")
    assert [seen[f"ID3v2_3:{name}"] for name in ("Title", "Artist", "Album", "Language", "Genre")] == [
        values.title,
        values.artist,
        values.album,
        values.language,
        "Speech",
    ]
    assert (str(seen["ID3v2_3:Track"]), str(seen["ID3v2_3:PartOfSet"])) == ("7", "2")
    assert seen["ID3v2_3:PictureMIMEType"] == "image/jpeg"
    assert seen["ID3v2_3:PictureType"] == "Front Cover"
    assert seen["ID3v2_3:PictureDescription"] == ""
    assert not [key for key in seen if key.startswith(("ID3v1", "APE"))]
    picture = subprocess.run(
        [oracle("exiftool"), "-b", "-Picture", tmp_path / "x.mp3"], check=True, capture_output=True
    )
    assert picture.stdout == COVER


_WAYS = [SETTINGS, UTF_16, BARE]
_WAYS += [dataclasses.replace(wanted, id3v1="cp949") for wanted in _WAYS]


@pytest.mark.parametrize("player", ["ffmpeg", "mpg123"])
def test_the_decoded_sound_is_the_same_with_and_without_tags(tmp_path: Path, player: str) -> None:
    bare = (
        "-write_xing",
        "0",
        "-id3v2_version",
        "0",
        "-write_id3v1",
        "0",
        "-c:a",
        "libmp3lame",
        "-b:a",
        "64k",
    )
    stream = convert(speech(tmp_path / "voice.wav"), tmp_path / "bare.mp3", *bare)
    command: list[str | Path] = [oracle("mpg123"), "-q", "-s"]
    if player == "ffmpeg":
        command = [find_ffmpeg().executable, "-v", "error", "-f", "mp3", "-i"]

    def sound(path: Path) -> str:
        to = ["-f", "s16le", "-"] if player == "ffmpeg" else []
        played = subprocess.run([*command, path, *to], check=True, capture_output=True, timeout=60)
        assert played.stderr == b""
        assert len(played.stdout) > 300_000
        return hashlib.sha256(played.stdout).hexdigest()

    Image.effect_noise((200, 200), 80).save(tmp_path / "noise.png")
    real = make_cover(tmp_path / "noise.png", max_px=200, max_bytes=50_000)
    expected, seen = sound(stream), set()
    for number, (wanted, cover) in enumerate(itertools.product(_WAYS, (None, real))):
        path = tmp_path / f"{number}.mp3"
        write_tagged(path, stream, KOREAN, wanted, cover)
        seen.add(path.read_bytes())
        assert sound(path) == expected, wanted
    assert len(seen) == 6  # Korean is UTF-16 either way; where there is no tag, there is no cover

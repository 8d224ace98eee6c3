"""The tag, byte by byte: seven frames, one encoding, no padding, nothing else."""

from __future__ import annotations

import dataclasses
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builder.card.tags import write_tags
from builder.plan import Tags

# A silent frame of 64 kbps, 44.1 kHz, mono.
STREAM = (bytes.fromhex("fffb50c4") + bytes(204)) * 4

ASCII = Tags(
    title="Mark 1", artist="Reader", album="01 Mark", track=7, disc=2, language="eng", genre="Speech"
)
KOREAN = dataclasses.replace(
    ASCII, title="마가복음 1장", artist="김목사", album="01 마가복음", language="kor"
)


def _written(path: Path, tags: Tags) -> bytes:
    path.write_bytes(STREAM)
    write_tags(path, tags)
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
    assert body[1:3] in (b"\xff\xfe", b"\xfe\xff")
    return body[1:].decode("utf-16").removesuffix("\0")


@pytest.mark.parametrize("tags", [ASCII, KOREAN], ids=["ascii", "korean"])
def test_a_tag_holds_exactly_these_frames_before_the_untouched_stream(tmp_path: Path, tags: Tags) -> None:
    data = _written(tmp_path / "x.mp3", tags)
    found, end = _parsed(data)
    assert {name: _text(body) for name, body in found.items()} == {
        "TIT2": tags.title,
        "TPE1": tags.artist,
        "TALB": tags.album,
        "TRCK": "7",
        "TPOS": "2",
        "TLAN": tags.language,
        "TCON": "Speech",
    }
    assert data[end:] == STREAM
    assert b"TAG" not in data[end:]


def test_a_tag_in_ascii_is_latin_1_throughout(tmp_path: Path) -> None:
    found, _ = _parsed(_written(tmp_path / "x.mp3", ASCII))
    assert {body[0] for body in found.values()} == {0}


@pytest.mark.parametrize(
    "tags",
    [
        dataclasses.replace(ASCII, title="마가복음 1"),
        dataclasses.replace(ASCII, artist="馬可福音"),
        dataclasses.replace(ASCII, album="Éphèse"),
    ],
    ids=["title", "artist", "album"],
)
def test_one_letter_beyond_ascii_makes_the_whole_tag_utf_16(tmp_path: Path, tags: Tags) -> None:
    found, _ = _parsed(_written(tmp_path / "x.mp3", tags))
    assert {body[:3] for body in found.values()} == {b"\x01\xff\xfe"}


def test_a_tag_is_no_longer_than_its_frames_need(tmp_path: Path) -> None:
    values = ["Mark 1", "Reader", "01 Mark", "7", "2", "eng", "Speech"]
    _, end = _parsed(_written(tmp_path / "x.mp3", ASCII))
    # A header, an encoding byte and the text; mutagen ends each text with the null byte that v2.3 allows.
    assert end in (10 + sum(11 + len(value) + null for value in values) for null in (0, 1))


def test_values_are_written_composed(tmp_path: Path) -> None:
    title, artist, album = (
        unicodedata.normalize("NFD", value) for value in (KOREAN.title, KOREAN.artist, KOREAN.album)
    )
    tags = dataclasses.replace(KOREAN, title=title, artist=artist, album=album)
    assert tags != KOREAN
    one = _written(tmp_path / "x.mp3", tags)
    assert one == _written(tmp_path / "y.mp3", KOREAN)


def test_a_tag_is_replaced_and_not_added_to(tmp_path: Path) -> None:
    path = tmp_path / "x.mp3"
    _written(path, KOREAN)
    write_tags(path, ASCII)
    assert path.read_bytes() == _written(tmp_path / "y.mp3", ASCII)


_VALUES = st.text(st.characters(max_codepoint=0xFFFD, exclude_categories=["C", "Z"]), min_size=1, max_size=60)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_VALUES, _VALUES, _VALUES, st.integers(1, 3000))
def test_whatever_is_written_reads_back(
    tmp_path: Path, title: str, artist: str, album: str, track: int
) -> None:
    tags = dataclasses.replace(ASCII, title=title, artist=artist, album=album, track=track)
    found, end = _parsed(data := _written(tmp_path / "x.mp3", tags))
    expected = [unicodedata.normalize("NFC", value) for value in (title, artist, album, str(track))]
    assert [_text(found[name]) for name in ("TIT2", "TPE1", "TALB", "TRCK")] == expected
    assert len({body[0] for body in found.values()}) == 1
    assert data[end:] == STREAM

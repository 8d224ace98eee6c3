"""ID3v1.1: 128 bytes in the code page of the device, read back by readers that are not ours."""

from __future__ import annotations

import dataclasses
import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutagen.id3 import ParseID3v1

from builder.card.tags import id3v1
from builder.plan.tagging import Tags
from builder.profiles.profile import CodePage
from tests.conftest import checked, oracle
from tests.tags import ASCII, CHINESE, KOREAN, TEXTS, tags

_STREAM = (bytes.fromhex("fffb50c4") + bytes(204)) * 4
_PAGES: list[CodePage] = ["ascii", "latin-1", "cp936", "cp949"]


def _fields(tag: bytes) -> list[bytes]:
    """Title, artist, album, year, comment, by their places in the standard."""
    return [tag[a:b] for a, b in ((3, 33), (33, 63), (63, 93), (93, 97), (97, 125))]


def _words(tag: bytes, page: str) -> list[str]:
    return [field.rstrip(b"\0").decode(page) for field in _fields(tag)[:3]]


def test_no_page_is_no_tag() -> None:
    assert id3v1(KOREAN, "none") == b""


def test_the_tag_byte_by_byte() -> None:
    tag = id3v1(ASCII, "ascii")
    assert tag == (
        b"TAG" + b"Mark 1".ljust(30, b"\0") + b"Reader".ljust(30, b"\0") + b"01 Mark".ljust(30, b"\0")
    ) + bytes(4 + 28 + 1) + bytes([7, 101])
    assert len(tag) == 128


@pytest.mark.parametrize(
    ("values", "page"),
    [(ASCII, page) for page in _PAGES]
    + [(KOREAN, "cp949"), (CHINESE, "cp936"), (tags("Éphèse", "Jérôme", "Bête"), "latin-1")],
)
def test_a_text_that_the_page_can_hold_is_written_in_it(values: Tags, page: CodePage) -> None:
    assert _words(id3v1(values, page), page) == [values.title, values.artist, values.album]


@pytest.mark.parametrize(
    ("values", "page"),
    [
        (KOREAN, "ascii"),
        (KOREAN, "latin-1"),
        (KOREAN, "cp936"),
        (CHINESE, "cp949"),
        (tags("Éphèse"), "ascii"),
    ],
)
def test_a_text_with_a_letter_that_the_page_lacks_is_written_in_ascii(values: Tags, page: CodePage) -> None:
    tag = id3v1(dataclasses.replace(values, plain_title="Plain"), page)
    assert _words(tag, page)[0] == "Plain"
    assert b"?" not in tag


def test_each_text_falls_back_by_itself() -> None:
    values = dataclasses.replace(KOREAN, artist="李牧师")
    assert _words(id3v1(values, "cp949"), "cp949") == [KOREAN.title, "Reader", KOREAN.album]


def test_a_long_text_is_cut_between_two_letters() -> None:
    assert _words(id3v1(tags("가" * 20), "cp949"), "cp949")[0] == "가" * 15
    assert _words(id3v1(tags("1" + "가" * 20), "cp949"), "cp949")[0] == "1" + "가" * 14
    assert _fields(id3v1(tags("1" + "가" * 20), "cp949"))[0][-1] == 0
    assert _words(id3v1(tags("x" * 31), "ascii"), "ascii")[0] == "x" * 30


def test_a_text_is_composed_first() -> None:
    apart = dataclasses.replace(KOREAN, title=unicodedata.normalize("NFD", KOREAN.title))
    assert id3v1(apart, "cp949") == id3v1(KOREAN, "cp949")


@pytest.mark.parametrize(("track", "byte"), [(1, 1), (255, 255), (256, 0), (3000, 0)])
def test_a_track_number_that_no_byte_holds_is_left_out(track: int, byte: int) -> None:
    assert id3v1(tags("Mark", track=track), "ascii")[125:127] == bytes([0, byte])


@pytest.mark.parametrize(("genre", "byte"), [("Speech", 101), ("Gospel reading", 255), ("", 255)])
def test_a_genre_is_a_number_or_unknown(genre: str, byte: int) -> None:
    assert id3v1(dataclasses.replace(ASCII, genre=genre), "ascii")[127] == byte


@given(
    st.builds(tags, TEXTS, TEXTS, TEXTS, st.integers(1, 3000))
    | st.builds(tags, st.text("가각힣abc 1", max_size=40), st.text("马可福音abc", max_size=40)),
    st.sampled_from(_PAGES),
)
def test_whatever_it_says_it_has_128_bytes_that_begin_the_text(values: Tags, page: CodePage) -> None:
    tag = id3v1(values, page)
    assert len(tag) == 128
    assert tag[:3] == b"TAG"
    whole = [unicodedata.normalize("NFC", text) for text in (values.title, values.artist, values.album)]
    plain = [values.plain_title, values.plain_artist, values.plain_album]
    for word, text, instead in zip(_words(tag, page), whole, plain, strict=True):
        held = text.encode(page, "ignore").decode(page) == text
        full = text if held else instead
        assert full.startswith(word)
        assert word == full or len(full[: len(word) + 1].encode(page)) > 30


@pytest.mark.parametrize(("values", "page"), [(ASCII, "ascii"), (KOREAN, "cp949"), (CHINESE, "cp936")])
def test_mutagen_reads_the_same(values: Tags, page: CodePage) -> None:
    read = ParseID3v1(id3v1(values, page))
    assert read is not None
    assert sorted(read) == ["TALB", "TCON", "TIT2", "TPE1", "TRCK"]  # no year, no comment
    for name, text in (("TIT2", values.title), ("TPE1", values.artist), ("TALB", values.album)):
        assert str(read[name]).encode("latin-1").decode(page) == text
    assert (str(read["TRCK"]), read["TCON"].genres) == ("7", ["Speech"])


@pytest.mark.parametrize(("values", "page"), [(ASCII, "ascii"), (KOREAN, "cp949"), (CHINESE, "cp936")])
def test_exiftool_reads_the_same(tmp_path: Path, values: Tags, page: CodePage) -> None:
    path = tmp_path / "x.mp3"
    path.write_bytes(_STREAM + id3v1(values, page))
    # It knows no East Asian code page for ID3v1, and shows the bytes as those of Windows in the West.
    seen = json.loads(checked(oracle("exiftool"), "-j", "-G1", "-charset", "id3=Latin", path))[0]
    read = {key: str(value) for key, value in seen.items() if key.startswith("ID3v1")}
    assert {
        key.removeprefix("ID3v1:"): value.encode("cp1252").decode(page) for key, value in read.items()
    } == {
        "Title": values.title,
        "Artist": values.artist,
        "Album": values.album,
        "Year": "",
        "Comment": "",
        "Track": "7",
        "Genre": "Speech",
    }

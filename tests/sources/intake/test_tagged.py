"""The title in a recording's tag: as programs write it, and as nobody should."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutagen.id3 import ID3, TALB, TIT2

from builder.sources.intake.sermons import title_in


def _tag(path: Path, *frames: bytes, version: int = 3, flags: int = 0) -> Path:
    body = b"".join(frames)
    size = bytes(len(body) >> shift & 0x7F for shift in (21, 14, 7, 0))
    path.write_bytes(b"ID3" + bytes([version, 0, flags]) + size + body + b"\xff\xfb\x90\x00" * 9)
    return path


def _frame(name: bytes, text: bytes, encoding: int = 0) -> bytes:
    return name + struct.pack(">IH", len(text) + 1, 0) + bytes([encoding]) + text


@pytest.mark.parametrize("version", [3, 4])
@pytest.mark.parametrize("encoding", [1, 2, 3])
def test_a_title_that_another_program_wrote_is_read(tmp_path: Path, version: int, encoding: int) -> None:
    tag = ID3()
    tag.add(TALB(encoding=1, text="앨범"))
    tag.add(TIT2(encoding=encoding if version == 4 else 1, text="위로하시는 하나님 " * 20))
    tag.save(tmp_path / "a.mp3", v2_version=version)
    assert title_in(tmp_path / "a.mp3", "ko") == ("위로하시는 하나님 " * 20).strip()


@pytest.mark.parametrize(
    ("charset", "language", "text"),
    [
        ("cp949", "ko", "희망"),
        ("cp949", "ko-KP", "희망"),
        ("gbk", "zh-Hans", "希望"),
        ("latin-1", "fr", "Espérance"),
        ("utf-8", "ko", "희망"),
    ],
)
def test_code_pages_where_latin_1_is_declared_are_read_as_the_language_has_them(
    tmp_path: Path, charset: str, language: str, text: str
) -> None:
    assert title_in(_tag(tmp_path / "a.mp3", _frame(b"TIT2", text.encode(charset))), language) == text


@pytest.mark.parametrize(
    "frames",
    [
        [],
        [b"TIT2"],
        [b"TIT2\xff\xff\xff\xff\0\0\0"],
        [_frame(b"TIT2", b"")],
        [b"TIT2\0\0\0\0\0\0"],
        [_frame(b"TIT2", b"\xff", encoding=3)],
        [_frame(b"TIT2", b"x", encoding=1)],
        [_frame(b"TALB", b"album")],
    ],
)
def test_a_broken_tag_has_no_title(tmp_path: Path, frames: list[bytes]) -> None:
    assert title_in(_tag(tmp_path / "a.mp3", *frames), "ko") == ""


def test_what_is_compressed_or_unsynchronised_is_not_unpacked(tmp_path: Path) -> None:
    packed = b"TIT2" + struct.pack(">IH", 6, 0x0080) + b"\0Hope!"
    assert title_in(_tag(tmp_path / "a.mp3", packed), "ko") == ""
    assert title_in(_tag(tmp_path / "b.mp3", _frame(b"TIT2", b"Hope"), flags=0x80), "ko") == ""


def test_a_file_that_is_gone_has_no_title(tmp_path: Path) -> None:
    assert title_in(tmp_path / "a.mp3", "ko") == ""


@settings(max_examples=60, deadline=None)
@given(body=st.binary(max_size=200), version=st.sampled_from([2, 3, 4]), flags=st.integers(0, 255))
def test_no_bytes_are_more_than_a_title_or_none(
    tmp_path_factory: pytest.TempPathFactory, body: bytes, version: int, flags: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.mp3"
    assert isinstance(title_in(_tag(path, body, version=version, flags=flags), "ko"), str)

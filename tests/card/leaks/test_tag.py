"""Tags as this program writes them leak nothing, and no byte of one can be changed without being told or shown."""

from __future__ import annotations

import dataclasses
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.card.leaks.leak import Leak
from builder.card.leaks.tag import Said, judge_id3v1, judge_id3v2
from builder.card.tags import id3v1, id3v2
from builder.plan.tagging import Tags
from builder.profiles.profile import TagSettings
from tests.tags import ASCII, CHINESE, KOREAN, LATIN_1, SETTINGS, TEXTS, UTF_16, tags


def judged(tag: bytes) -> tuple[list[Leak], Said]:
    said = Said()
    return list(judge_id3v2(tag, 0, said)), said


@settings(deadline=None)
@given(st.builds(tags, TEXTS, TEXTS, TEXTS, st.integers(1, 9999)), st.sampled_from([SETTINGS, UTF_16]))
def test_a_tag_of_ours_leaks_nothing_and_is_read_as_it_was_written(one: Tags, wanted: TagSettings) -> None:
    leaks, said = judged(id3v2(one, wanted))
    assert leaks == []
    names = ("TIT2", "TPE1", "TALB", "TRCK", "TPOS", "TLAN", "TCON")
    assert said.texts == {name: text for name, text in zip(names, one.texts, strict=True) if text}


@pytest.mark.parametrize("one", [ASCII, KOREAN, CHINESE])
@pytest.mark.parametrize("wanted", [SETTINGS, UTF_16])
def test_no_byte_of_a_tag_is_changed_unseen(one: Tags, wanted: TagSettings) -> None:
    """Each byte in turn, by each of its bits: it is told as a leak, or a reader sees another text."""
    tag = id3v2(one, wanted)
    _, before = judged(tag)
    for at in range(3, len(tag)):
        for bit in range(8):
            changed = tag[:at] + bytes([tag[at] ^ 1 << bit]) + tag[at + 1 :]
            leaks, said = judged(changed)
            assert leaks or said.texts != before.texts, (at, bit)


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_leak_or_a_tag(data: bytes) -> None:
    judged(b"ID3" + data.ljust(7, b"\0"))
    list(judge_id3v1((b"TAG" + data).ljust(128, b"\0")[:128], 0, Said()))


PAGES: tuple[Literal["ascii", "cp936", "cp949"], ...] = ("ascii", "cp936", "cp949")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("one", [ASCII, KOREAN, CHINESE, tags("x" * 50)])
@pytest.mark.parametrize("wanted", [SETTINGS, LATIN_1])
def test_a_tag_behind_the_sound_repeats_the_one_before_it(
    page: Literal["ascii", "cp936", "cp949"], one: Tags, wanted: TagSettings
) -> None:
    if wanted is LATIN_1:
        one = dataclasses.replace(one, title=one.plain_title, artist=one.plain_artist, album=one.plain_album)
    _, said = judged(id3v2(one, wanted))
    assert list(judge_id3v1(id3v1(one, page), 0, said)) == []


def test_no_byte_of_a_tag_behind_the_sound_is_changed_unseen() -> None:
    _, said = judged(id3v2(ASCII, SETTINGS))
    tag = id3v1(ASCII, "ascii")
    for at in range(3, 128):
        for bit in range(8):
            if at == 126:
                continue  # the track's number
            changed = tag[:at] + bytes([tag[at] ^ 1 << bit]) + tag[at + 1 :]
            fresh = Said(texts=dict(said.texts))
            assert list(judge_id3v1(changed, 0, fresh)), (at, bit)


def _framed(name: str, text: str, encoding: int) -> bytes:
    body = f"{text}\0".encode("latin-1") if encoding == 0 else b"\xff\xfe" + f"{text}\0".encode("utf-16-le")
    return name.encode() + (len(body) + 1).to_bytes(4, "big") + b"\0\0" + bytes([encoding]) + body


def _tag(frames: list[bytes]) -> bytes:
    size = len(b"".join(frames))
    return b"ID3\3\0\0" + bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0)) + b"".join(frames)


_ORDER = ("TIT2", "TPE1", "TRCK", "TALB", "TPOS", "TCON", "TLAN")
_SAID = {
    "TIT2": "Mark 1",
    "TPE1": "Reader",
    "TALB": "S",
    "TRCK": "7",
    "TPOS": "2",
    "TLAN": "eng",
    "TCON": "Speech",
}


@given(st.permutations(_ORDER), st.sampled_from([0, 1]))
def test_the_order_of_frames_is_the_writers_or_a_leak(order: list[str], encoding: int) -> None:
    leaks, _ = judged(_tag([_framed(name, _SAID[name], encoding) for name in order]))
    assert bool(leaks) == (tuple(order) != _ORDER)


@given(st.lists(st.sampled_from([0, 1]), min_size=7, max_size=7))
def test_a_tag_in_two_encodings_is_a_leak(encodings: list[int]) -> None:
    frames = [_framed(name, _SAID[name], encoding) for name, encoding in zip(_ORDER, encodings, strict=True)]
    leaks, _ = judged(_tag(frames))
    assert bool(leaks) == (len(set(encodings)) == 2)


@pytest.mark.parametrize("number", ["K", "", " ", "\u00b2", "-", "1/2"])
def test_a_number_that_is_none_is_a_leak_with_a_tag_behind_too(number: str) -> None:
    """The tag behind the sound is held against it, and has no number to be held against."""
    leaks, said = judged(
        _tag([_framed(name, _SAID[name] if name != "TRCK" else number, 1) for name in _ORDER])
    )
    assert leaks
    behind = list(judge_id3v1(b"TAG" + bytes(125), 0, said))
    assert all(leak.code == "E703" for leak in behind)


def test_a_tag_of_no_frame_is_a_leak() -> None:
    assert [leak.code for leak in judged(_tag([]))[0]] == ["E701"]

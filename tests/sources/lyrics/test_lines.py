"""The form of words on a card: written, read again, and nothing else accepted."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.sources.lyrics.lines import (
    LAST_AT,
    Line,
    LyricsFault,
    lrc_bytes,
    plain,
    read_card_file,
    stamp,
    text_fault,
)

ENCODINGS = ("utf-8", "cp936", "cp949")
_LETTERS = {
    "utf-8": st.characters(max_codepoint=0xFFFD, exclude_categories=["C", "Z"]),
    "cp936": st.sampled_from("马可福音神爱世人，。「」[]()<>:09azé—…"),
    "cp949": st.sampled_from("마가복음하나님이세상을·、聖經[]()<>:09az"),
}


@st.composite
def any_lines(draw: st.DrawFn, encoding: str = "utf-8") -> list[Line]:
    """Lines as a parser leaves them: times that ascend, words that are words."""
    times = sorted(draw(st.sets(st.integers(0, LAST_AT), min_size=1, max_size=20)))
    words = st.text(_LETTERS[encoding], max_size=30).map(plain).filter(lambda text: not text_fault(text))
    spaced = st.lists(words, max_size=3).map(" ".join).map(plain).filter(lambda text: not text_fault(text))
    found: list[Line] = []
    for at in times:
        text = draw(spaced)
        # An empty line clears words from the screen, and is only there behind some.
        found.append(Line(at=at, text=text if text or (found and found[-1].text) else "a"))
    return found


@pytest.mark.parametrize("encoding", ENCODINGS)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_what_is_written_is_read_again(encoding: str, data: st.DataObject) -> None:
    lines = data.draw(any_lines(encoding))
    read = read_card_file(lrc_bytes(lines, encoding), encoding)
    assert read == tuple(lines)


@settings(deadline=None, max_examples=60)
@given(any_lines(), st.data())
def test_no_byte_is_changed_or_added_unseen(lines: list[Line], data: st.DataObject) -> None:
    written = bytearray(lrc_bytes(lines, "utf-8"))
    at = data.draw(st.integers(0, len(written) - 1))
    if data.draw(st.booleans()):
        written.insert(at, data.draw(st.integers(0, 255)))
    else:
        written[at] = data.draw(st.integers(0, 255).filter(lambda value: value != written[at]))
    read = read_card_file(bytes(written), "utf-8")
    assert isinstance(read, LyricsFault) or read != tuple(lines)


def test_a_line_is_a_time_and_words_and_ends_as_windows_ends_lines() -> None:
    lines = [Line(at=0, text="가"), Line(at=6203, text=""), Line(at=LAST_AT, text="b c")]
    assert lrc_bytes(lines, "cp949") == b"[00:00.00]\xb0\xa1\r\n[01:02.03]\r\n[99:59.99]b c\r\n"
    assert stamp(LAST_AT) == "[99:59.99]"


@pytest.mark.parametrize(
    ("text", "row", "what"),
    [
        ("", 1, "whole line"),
        ("[00:01.00]a", 1, "whole line"),
        ("[00:01.00]a\n", 1, "whole line"),
        ("[00:01.00]a\r\n[by:somebody]\r\n", 2, r"\[mm:ss\.xx\]"),
        ("[ti:Mark]\r\n[00:01.00]a\r\n", 1, r"\[mm:ss\.xx\]"),
        ("[00:01.00]a\r\n\r\n", 2, r"\[mm:ss\.xx\]"),
        ("[00:61.00]a\r\n", 1, r"\[mm:ss\.xx\]"),
        ("[100:00.00]a\r\n", 1, r"\[mm:ss\.xx\]"),
        ("[00:01.000]a\r\n", 1, r"\[mm:ss\.xx\]"),
        ("[00:02.00]a\r\n[00:02.00]b\r\n", 2, "does not come after"),
        ("[00:02.00]a\r\n[00:01.99]b\r\n", 2, "does not come after"),
        ("[00:01.00]a\u200bb\r\n", 1, "U\\+200B"),
        ("[00:01.00]a\u202eb\r\n", 1, "U\\+202E"),
        ("[00:01.00]a\x00b\r\n", 1, "U\\+0000"),
        ("[00:01.00]a\nb\r\n", 1, "U\\+000A"),
        ("[00:01.00] a\r\n", 1, "spaces"),
        ("[00:01.00]a  b\r\n", 1, "spaces"),
        ("[00:01.00]a \r\n", 1, "spaces"),
        ("[00:01.00]\u1100\u1161\r\n", 1, "parts of letters"),
        ("[00:01.00][00:02.00]a\r\n", 1, "a tag"),
        ("[00:01.00]a <00:02.00>b\r\n", 1, "a tag"),
        ("[00:01.00][ar:Kim]\r\n", 1, "a tag"),
        ("\ufeff[00:01.00]a\r\n", 1, r"\[mm:ss\.xx\]"),
        ("[00:01.00]a\r\n[00:02.00]\r\n[00:02.75]\r\n", 3, "clears no words"),
        ("[00:01.00]\r\n", 1, "clears no words"),
        ("[00:01.00]x\u0316\u0317\u0318\u0319\u031c\r\n", 1, "more marks"),
        ("[00:01.00]a\U0001f600\r\n", 1, "emoji"),
        ("[00:01.00]a\u3000b\r\n", 1, "U\\+3000 IDEOGRAPHIC SPACE"),
    ],
)
def test_anything_else_is_told_with_its_line(text: str, row: int, what: str) -> None:
    read = read_card_file(text.encode("utf-8"), "utf-8")
    assert isinstance(read, LyricsFault)
    assert read.row == row
    assert re.search(what, read.message)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_bytes_of_another_encoding_are_told_at_their_line(encoding: str) -> None:
    read = read_card_file(b"[00:01.00]a\r\n[00:02.00]\xff\xfe\r\n", encoding)
    assert isinstance(read, LyricsFault)
    assert (read.row, read.message) == (2, "holds bytes that are no letters of the encoding")
    assert isinstance(read_card_file("[00:01.00]a\r\n".encode("utf-16"), encoding), LyricsFault)


@pytest.mark.parametrize("text", ["(셀라)", "막 16:9 [없음]", "a [b] c", "3:16 <b>", "5 > 3"])
def test_brackets_that_no_player_takes_for_a_tag_are_words(text: str) -> None:
    assert text_fault(text) == ""

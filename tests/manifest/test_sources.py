"""Source paths and the patterns that name one file per chapter."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from builder.manifest import text


def code_of(check: Callable[[str], str], value: str) -> str:
    with pytest.raises(PydanticCustomError) as caught:
        check(value)
    return caught.value.type


@pytest.mark.parametrize(
    "written",
    [
        "a.mp3",
        "설교/위로 (1).wav",
        "a/b/c.flac",
        "no",
        "012",
        "...mp3",
        "a..b.mp3",
        ".hidden/a.mp3",
        "{chapter}.mp3",
    ],
)
def test_a_source_stays_as_it_is(written: str) -> None:
    assert text.checked_source(written) == written


@pytest.mark.parametrize(
    ("code", "written"),
    [
        ("E204", ""),
        ("E204", "  "),
        ("E206", "a\x00.mp3"),
        ("E206", "a\n.mp3"),
        ("E206", "a\u200b.mp3"),
        ("E206", "a\u202e3pm.exe"),
        ("E211", "a\\b.mp3"),
        ("E211", "C:\\a.mp3"),
        ("E211", "\\\\server\\a.mp3"),
        ("E302", "/a.mp3"),
        ("E302", "//server/a.mp3"),
        ("E302", "C:/a.mp3"),
        ("E302", "c:a.mp3"),
        ("E302", ".."),
        ("E302", "../a.mp3"),
        ("E302", "a/../../b.mp3"),
        ("E302", "a/.."),
    ],
    ids=lambda value: ascii(value),
)
def test_what_is_no_source_is_refused(code: str, written: str) -> None:
    assert code_of(text.checked_source, written) == code
    assert code_of(text.checked_pattern, written) == code


VALUES: dict[str, str | int] = {"book": "MRK", "chapter": 7, "number": 12}


@pytest.mark.parametrize(
    ("pattern", "filled"),
    [
        ("{book}/{book}_{chapter:03}.mp3", "MRK/MRK_007.mp3"),
        ("{chapter}-{number}.mp3", "7-12.mp3"),
        ("{number:02}.mp3", "12.mp3"),
        ("{chapter:09}", "000000007"),
        ("마가 {chapter:02}장.mp3", "마가 07장.mp3"),
        ("mark.mp3", "mark.mp3"),
        ("a{{b}}{chapter}.mp3", "a{b}7.mp3"),
    ],
)
def test_a_pattern_is_filled_with_book_chapter_and_number(pattern: str, filled: str) -> None:
    assert text.fill_pattern(text.checked_pattern(pattern), VALUES) == filled


@pytest.mark.parametrize(
    "pattern",
    [
        "{chapter",
        "chapter}",
        "{",
        "}",
        "{}",
        "{0}",
        "{foo}",
        "{Chapter}",
        "{ chapter }",
        "{chapter.real}",
        "{book[0]}",
        "{chapter!r}",
        "{book!s}",
        "{chapter:>10}",
        "{chapter:010}",
        "{chapter:d}",
        "{chapter:x}",
        "{chapter:,}",
        "{chapter:{number}}",
        "{chapter:-3}",
        "{book:03}{foo}",
        "a{{b}.mp3",
        "{chapter:999999999}",
    ],
)
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    assert code_of(text.checked_pattern, pattern) == "E212"


@given(
    pattern=st.text(st.sampled_from("{}!:.[]0123456789>dbokchaptern/"))
    | st.sampled_from(["{chapter:03}", "{{"])
)
def test_whatever_passes_as_a_pattern_can_be_filled(pattern: str) -> None:
    try:
        checked = text.checked_pattern(pattern)
    except PydanticCustomError:
        return
    assert len(text.fill_pattern(checked, VALUES)) <= len(pattern) + 9 * pattern.count("{")

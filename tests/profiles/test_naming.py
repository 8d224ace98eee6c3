"""Names on the card: what a cheap reader can show, sort and keep apart."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.fat.names import name_fault
from builder.profiles.naming import (
    Charset,
    Letters,
    Number,
    bytes_of,
    collision_key,
    digits_of,
    fields_of,
    holds,
    label,
    name,
    utf16_units,
    without_words,
    words_of,
)

_ILLEGAL = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
# What a manifest lets through: the Basic Multilingual Plane without surrogates and noncharacters.
_TEXT = st.text(st.characters(max_codepoint=0xFFFD, exclude_categories=["Cs"]), max_size=200)
_CHARSETS: st.SearchStrategy[Charset] = st.sampled_from(["ascii", "bmp", "cp936", "cp949"])
_LETTERS: st.SearchStrategy[Letters] = st.sampled_from(["capitals", "any"])
_PATTERNS = st.sampled_from(["{number} {label}", "{number}_{label}", "{section}_{number}_{label}"])


def _values(words: str) -> dict[str, str | Number]:
    return {"section": Number(value=2, width=2), "number": Number(value=1, width=3), "label": words}


@pytest.mark.parametrize(
    ("number", "largest", "least", "expected"),
    [(1, 1, 2, "01"), (7, 99, 2, "07"), (7, 100, 2, "007"), (3, 5, 3, "003"), (3, 1000, 3, "0003")],
)
def test_numbers_are_as_wide_as_the_largest(number: int, largest: int, least: int, expected: str) -> None:
    assert Number(value=number, width=len(str(largest))).digits(least) == expected


@settings(deadline=None)
@given(st.lists(st.integers(1, 5000), min_size=2, max_size=50, unique=True))
def test_padded_numbers_sort_by_their_bytes(numbers: list[int]) -> None:
    width = len(str(max(numbers)))
    written = [Number(value=number, width=width).digits(2) for number in sorted(numbers)]
    assert sorted(written, key=str.encode) == written


@pytest.mark.parametrize(
    ("pattern", "words", "limit", "ending", "expected"),
    [
        ("{number} {label}", "설교", 60, ".mp3", "001 설교.mp3"),
        ("{number} {label}", "", 60, ".mp3", "001.mp3"),
        ("{section}_{number}_{label}", "", 30, ".mp3", "02_001.mp3"),
        ("{section}_{number}_{label}", "HOPE", 30, ".mp3", "02_001_HOPE.mp3"),
        ("{section}_{label}", "", 30, "", "02"),
        ("{number} {label}", "가" * 80, 60, ".mp3", "001 " + "가" * 52 + ".mp3"),
        ("{number} {label}", "가" * 52, 60, ".mp3", "001 " + "가" * 52 + ".mp3"),
        ("{number} {label}", "가" * 53, 60, ".mp3", "001 " + "가" * 52 + ".mp3"),
        ("{number} {label}", "AAAA BBBB", 13, ".mp3", "001 AAAA.mp3"),
        ("{number} {label}", "AAAA. BBBB", 14, ".mp3", "001 AAAA.mp3"),
        ("{number} {label}", "AAAA", 7, ".mp3", "001.mp3"),
        ("{section}_{number}", "no place for it", 30, ".mp3", "02_001.mp3"),
        ("{label}", "CON", 30, "", "_CON"),
        ("{label}", "nul", 30, ".mp3", "_nul.mp3"),
        ("{label}", "LPT1.x", 30, ".mp3", "_LPT1.x.mp3"),
        ("{label}", "CONCERT", 30, ".mp3", "CONCERT.mp3"),
    ],
)
def test_a_pattern_is_filled_and_cut_to_the_limit(
    pattern: str, words: str, limit: int, ending: str, expected: str
) -> None:
    made = name(pattern, _values(words), charset="bmp", max_chars=limit, max_bytes=765, ending=ending)
    assert made == expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("{section}_{label}", "{section}"),
        ("{section}_{book}_{number}", "{section}_{number}"),
        ("{canon:2}_{bookname}_{number:3}", "{canon:2}_{number:3}"),
        ("{canon:3}{number:3} {label}", "{canon:3}{number:3}"),
        ("{canon:3}{number:3}{label}", "{canon:3}{number:3}"),
        ("{bookname:3}-{number:3}", "-{number:3}"),
        ("{number} - {book} ({label})", "{number}"),
        ("{group}_{testament}", "{group}"),
        ("CD{section:2} {label}", "CD{section:2}"),
        ("{place:3}", "{place:3}"),
    ],
)
def test_a_pattern_without_words_keeps_its_numbers_and_what_the_device_wants(
    pattern: str, expected: str
) -> None:
    assert without_words(pattern) == expected


@pytest.mark.parametrize(
    ("text", "digits", "words"),
    [
        ("01_003", "01_003", []),
        ("CD01-003", "01-003", ["CD"]),
        ("제003장 05", "003 05", ["제", "장"]),
        ("Kulumi/001/001003", "001001003", ["Kulumi"]),
        ("_-.", "", []),
    ],
)
def test_digits_and_words_of_a_name(text: str, digits: str, words: list[str]) -> None:
    assert (digits_of(text), words_of(text)) == (digits, words)


@settings(deadline=None)
@given(
    _TEXT,
    _CHARSETS,
    _LETTERS,
    _PATTERNS,
    st.sampled_from(["", ".mp3"]),
    st.integers(16, 60),
    st.integers(16, 120),
)
def test_any_text_gives_a_name_that_every_card_reader_takes(
    text: str, charset: Charset, letters: Letters, pattern: str, ending: str, limit: int, most: int
) -> None:
    words = label(text, charset, letters)
    made = name(pattern, _values(words), charset=charset, max_chars=limit, max_bytes=most, ending=ending)
    front = pattern.removesuffix("{label}").rstrip(" _").format(section="02", number="001")
    stem = made.removesuffix(ending)

    assert made.startswith(front)
    assert made.endswith(ending)
    assert utf16_units(made) <= limit
    assert bytes_of(charset, made) <= most
    assert holds(charset, made)
    assert name_fault(made) == ""
    assert unicodedata.normalize("NFC", made) == made
    assert not _ILLEGAL.search(made)
    assert stem == stem.strip(" _-.")
    assert stem in (front, *(front + sign + stem[len(front) + 1 :] for sign in " _"))
    if charset == "ascii":
        assert re.fullmatch(r"[A-Z0-9_ ]+" if letters == "capitals" else r"[A-Za-z0-9_ -]+", stem)


@settings(deadline=None)
@given(_TEXT, st.integers(8, 60))
def test_a_longer_limit_never_gives_a_shorter_name(text: str, limit: int) -> None:
    words = _values(label(text, "bmp"))
    short, long = (
        name("{number} {label}", words, charset="bmp", max_chars=n, max_bytes=765, ending=".mp3")
        for n in (limit, limit + 1)
    )
    assert long.removesuffix(".mp3").startswith(short.removesuffix(".mp3"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("01 Hope/001 A.mp3", "01 HOPE/001 a.mp3"),
        ("01 하나.mp3", unicodedata.normalize("NFD", "01 하나.mp3")),
        ("01 É.mp3", unicodedata.normalize("NFD", "01 é.mp3")),
    ],
)
def test_case_and_unicode_form_do_not_keep_two_names_apart(one: str, other: str) -> None:
    assert collision_key(one) == collision_key(other)


@settings(deadline=None)
@given(_TEXT)
def test_a_collision_key_is_stable(text: str) -> None:
    assert collision_key(collision_key(text)) == collision_key(text)


@pytest.mark.parametrize(
    ("number", "least", "expected"),
    [
        (Number(value=3, width=3, last=5), 3, "003-005"),
        (Number(value=3, width=3, last=3), 3, "003"),
        (Number(value=9, width=1, last=10), 2, "09-10"),
        (Number(value=98, width=3, last=101), 0, "098-101"),
    ],
)
def test_a_run_of_chapters_has_both_its_numbers_in_equal_width(
    number: Number, least: int, expected: str
) -> None:
    assert number.digits(least) == expected


@pytest.mark.parametrize(
    ("charset", "words", "most", "expected"),
    [
        ("bmp", "하나님의 사랑", 27, "001 하나님의 사랑.mp3"),
        ("bmp", "하나님의 사랑", 26, "001 하나님의 사.mp3"),
        ("bmp", "하나님의 사랑", 23, "001 하나님의.mp3"),
        ("bmp", "하나님의 사랑", 19, "001 하나님.mp3"),
        ("cp949", "하나님의 사랑", 21, "001 하나님의 사랑.mp3"),
        ("cp949", "하나님의 사랑", 20, "001 하나님의 사.mp3"),
        ("cp936", "希望之声", 16, "001 希望之声.mp3"),
        ("cp936", "希望之声", 15, "001 希望之.mp3"),
        ("ascii", "HOPE", 12, "001 HOPE.mp3"),
        ("ascii", "HOPE", 11, "001 HOP.mp3"),
    ],
)
def test_a_name_is_cut_to_the_bytes_that_its_code_page_needs(
    charset: Charset, words: str, most: int, expected: str
) -> None:
    assert len(expected.encode("utf-8" if charset == "bmp" else charset)) <= most
    made = name(
        "{number} {label}", _values(words), charset=charset, max_chars=60, max_bytes=most, ending=".mp3"
    )
    assert made == expected


def test_the_fields_of_a_pattern_are_told_in_order_and_a_stray_brace_is_refused() -> None:
    assert fields_of("{canon:3}{number:3} {label}") == ["canon", "number", "label"]
    for wrong in ("{canon", "canon}", "{canon:0}", "{Canon}", "{canon:12}", "{}"):
        with pytest.raises(ValueError, match="stray"):
            fields_of(wrong)

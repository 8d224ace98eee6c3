"""Names on the card: what a cheap reader can show, sort and keep apart."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.naming import collision_key, label, name, pad, utf16_units
from builder.profiles.profile import Charset

_ILLEGAL = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
# What a manifest lets through: the Basic Multilingual Plane without surrogates and noncharacters.
_TEXT = st.text(st.characters(max_codepoint=0xFFFD, exclude_categories=["Cs"]), max_size=200)
_CHARSETS: st.SearchStrategy[Charset] = st.sampled_from(["ascii", "bmp"])
_PATTERNS = st.sampled_from(["{number} {label}", "{number}_{label}", "{section}_{number}_{label}"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hope", "HOPE"),
        ("a new day", "A_NEW_DAY"),
        ("It's time", "ITS_TIME"),
        ("Psalm 23: the Lord", "PSALM_23_THE_LORD"),
        ("Éphèse à Noël", "EPHESE_A_NOEL"),
        ("Việt Nam", "VIET_NAM"),
        ("../../etc", "ETC"),
        ("Ａｂｃ", "ABC"),
        ("ﬁrst", "FIRST"),
        ("설교 Sermon 3", "SERMON_3"),
        ("con", "CON"),
        ("설교", ""),
        ("希望之声", ""),
        ("설교 3", ""),
        ("1983", ""),
        ("...", ""),
        ("", ""),
    ],
)
def test_an_ascii_label_keeps_letters_and_digits_in_capitals(text: str, expected: str) -> None:
    assert label(text, "ascii") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("위로하시는 하나님", "위로하시는 하나님"),
        (unicodedata.normalize("NFD", "위로하시는 하나님"), "위로하시는 하나님"),
        ("马可福音 第3章", "马可福音 第3章"),
        ("馬可福音", "馬可福音"),
        ("Éphèse", "Éphèse"),
        (unicodedata.normalize("NFD", "Éphèse"), "Éphèse"),
        ("a<b>c:d", "a b c d"),
        ("a<\u0338b", unicodedata.normalize("NFC", "a<\u0338b")),
        ('"Hope": why? (1)', "Hope why (1)"),
        ("a/b\\c|d?e*f", "a b c d e f"),
        ("a+b,c;d=e[f]", "a b c d e f"),
        ("사랑이란 무엇인가?", "사랑이란 무엇인가"),
        ("끝.", "끝"),
        ("끝...", "끝"),
        ("..끝", "끝"),
        (" - 끝 - ", "끝"),
        ("하나\t둘\n셋", "하나 둘 셋"),
        ("하나\u3000둘\u00a0셋", "하나 둘 셋"),
        ("1983", "1983"),
        ("???", ""),
        ("...", ""),
        ("", ""),
    ],
)
def test_a_bmp_label_keeps_every_script_without_what_fat_forbids(text: str, expected: str) -> None:
    assert label(text, "bmp") == expected


@pytest.mark.parametrize(
    ("number", "largest", "least", "expected"),
    [(1, 1, 2, "01"), (7, 99, 2, "07"), (7, 100, 2, "007"), (3, 5, 3, "003"), (3, 1000, 3, "0003")],
)
def test_numbers_are_as_wide_as_the_largest(number: int, largest: int, least: int, expected: str) -> None:
    assert pad(number, largest, least=least) == expected


@settings(deadline=None)
@given(st.lists(st.integers(1, 5000), min_size=2, max_size=50, unique=True))
def test_padded_numbers_sort_by_their_bytes(numbers: list[int]) -> None:
    written = [pad(number, max(numbers), least=2) for number in sorted(numbers)]
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
    parts = {"section": "02", "number": "001", "label": words}
    assert name(pattern, parts, max_chars=limit, ending=ending) == expected


@settings(deadline=None)
@given(_TEXT, _CHARSETS, _PATTERNS, st.sampled_from(["", ".mp3"]), st.integers(16, 60))
def test_any_text_gives_a_name_that_every_card_reader_takes(
    text: str, charset: Charset, pattern: str, ending: str, limit: int
) -> None:
    parts = {"section": "02", "number": "001", "label": label(text, charset)}
    made = name(pattern, parts, max_chars=limit, ending=ending)
    front = pattern.removesuffix("{label}").rstrip(" _").format(**parts)
    stem = made.removesuffix(ending)

    assert made.startswith(front)
    assert made.endswith(ending)
    assert utf16_units(made) <= limit
    assert unicodedata.normalize("NFC", made) == made
    assert not _ILLEGAL.search(made)
    assert stem == stem.strip(" _-.")
    assert stem in (front, *(front + sign + stem[len(front) + 1 :] for sign in " _"))
    if charset == "ascii":
        assert re.fullmatch(r"[A-Z0-9_ ]+", stem)


@settings(deadline=None)
@given(_TEXT, _CHARSETS)
def test_a_label_of_a_label_is_itself(text: str, charset: Charset) -> None:
    once = label(text, charset)
    assert label(once, charset) == once


@settings(deadline=None)
@given(_TEXT, st.integers(8, 60))
def test_a_longer_limit_never_gives_a_shorter_name(text: str, limit: int) -> None:
    parts = {"number": "001", "label": label(text, "bmp")}
    short, long = (name("{number} {label}", parts, max_chars=n, ending=".mp3") for n in (limit, limit + 1))
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

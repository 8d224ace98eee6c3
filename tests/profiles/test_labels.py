"""The part of a name that says what it is: what is left of a title in the letters that a device has."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.profiles.naming import Charset, Letters, holds, label

# What a manifest lets through: the Basic Multilingual Plane without surrogates and noncharacters.
_TEXT = st.text(st.characters(max_codepoint=0xFFFD, exclude_categories=["Cs"]), max_size=200)
_CHARSETS: st.SearchStrategy[Charset] = st.sampled_from(["ascii", "bmp", "cp936", "cp949"])
_LETTERS: st.SearchStrategy[Letters] = st.sampled_from(["capitals", "any"])


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
        ("Nº 3", "NO_3"),
        ("Hope — peace", "HOPE_PEACE"),
        ("Hope—peace", "HOPE_PEACE"),
        ("Faith·Hope·Love", "FAITH_HOPE_LOVE"),
        ("Part ½", "PART_1_2"),
        ("Part 1⁄2", "PART_1_2"),
        ("Part １／２", "PART_1_2"),
        ("The Lord’s day", "THE_LORDS_DAY"),
        ("Đa-ni-ên", "DA_NI_EN"),
        ("Łódź, Strøm, Straße", "LODZ_STROM_STRASSE"),
        ("kadın", "KADIN"),
        ("2026년도Sermon", "2026_SERMON"),
        ("☺ ♥", ""),
        ("?!", ""),
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
        ("하나\x85둘\x9f셋\uffff", "하나 둘 셋"),
        ("½ · １／２", "½ · １／２"),
        ("?!", "!"),
        ("1983", "1983"),
        ("???", ""),
        ("...", ""),
        ("", ""),
    ],
)
def test_a_bmp_label_keeps_every_script_without_what_fat_forbids(text: str, expected: str) -> None:
    assert label(text, "bmp") == expected


@settings(deadline=None)
@given(_TEXT, _CHARSETS, _LETTERS)
def test_a_label_of_a_label_is_itself(text: str, charset: Charset, letters: Letters) -> None:
    once = label(text, charset, letters)
    assert label(once, charset, letters) == once


@pytest.mark.parametrize(
    ("charset", "text", "expected"),
    [
        ("cp949", "위로하시는 하나님", "위로하시는 하나님"),
        ("cp949", "뷁 똠방각하", "뷁 똠방각하"),
        ("cp949", "希望 소망", "希望 소망"),
        ("cp949", "马可福音", ""),
        ("cp949", "Éphèse", ""),
        ("cp936", "马可福音 第3章", "马可福音 第3章"),
        ("cp936", "馬可福音", "馬可福音"),
        ("cp936", "마가복음", ""),
        ("cp936", "Hope: 希望？", "Hope 希望？"),
    ],
)
def test_a_code_page_keeps_what_it_has_and_nothing_by_halves(
    charset: Charset, text: str, expected: str
) -> None:
    assert label(text, charset) == expected
    assert holds(charset, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hope and peace", "Hope and peace"),
        ("It's the Lord's day", "Its the Lords day"),
        ("Straße", "Strasse"),
        ("Hope—peace", "Hope peace"),
        ("God’s ½", "Gods 1 2"),
        ("Đa-ni-ên", "Da-ni-en"),
        ("a-b_c", "a-b c"),
        ("설교 Sermon 3", "Sermon 3"),
        ("2 Corinthians 1:3-7", "2 Corinthians 1 3-7"),
        ("설교", ""),
    ],
)
def test_ascii_of_any_letters_keeps_small_ones_and_spaces(text: str, expected: str) -> None:
    assert label(text, "ascii", "any") == expected

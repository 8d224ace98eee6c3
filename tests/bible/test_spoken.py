"""What is said before a track: passages in words, numerals that read back, and how long they take."""

from __future__ import annotations

import re
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builder.bible.books import books, names_for
from builder.bible.passage import parse_passage
from builder.bible.titles import as_heard, chinese_number, korean_number, speech_seconds, spoken_passage
from tests.conftest import oracle


@pytest.mark.parametrize(
    ("passage", "language", "said"),
    [
        ("MRK 3", "ko", "마가복음 삼장"),
        ("PSA 23", "ko", "시편 이십삼편"),
        ("PSA 119", "ko", "시편 백십구편"),
        ("MRK", "ko", "마가복음"),
        ("MRK 1-3", "ko", "마가복음 일장에서 삼장"),
        ("JUD", "ko", "유다서 일장"),
        ("2CO 1:3-7", "ko", "고린도후서 일장 삼절에서 칠절"),
        ("JHN 3:16", "ko", "요한복음 삼장 십육절"),
        ("MAT 26:57-27:10", "ko", "마태복음 이십육장 오십칠절에서 이십칠장 십절"),
        ("MRK 3", "zh-Hans", "马可福音 第三章"),
        ("PSA 23", "zh-Hans", "诗篇 第二十三篇"),
        ("PSA 119", "zh-Hant", "詩篇 第一百一十九篇"),
        ("PSA 101-110", "zh-Hans", "诗篇 第一百零一篇到第一百一十篇"),
        ("JHN 3:16", "zh-Hans", "约翰福音 第三章 第十六节"),
        ("JHN 3:16-21", "zh-Hans", "约翰福音 第三章 第十六节到第二十一节"),
        ("MAT 26:57-27:10", "zh-Hans", "马太福音 第二十六章 第五十七节到第二十七章 第十节"),
        ("MRK 3", "en", "Mark, chapter 3"),
        ("PSA 23", "en-US", "Psalm 23"),
        ("PSA", "en", "Psalms"),
        ("PSA 1-41", "en", "Psalms 1 to 41"),
        ("PSA 23:1", "en", "Psalm 23, verse 1"),
        ("2CO 1:3-7", "en", "Second Corinthians, chapter 1, verses 3 to 7"),
        ("1JN", "en", "First John"),
        ("MAT 26:57-27:10", "en", "Matthew, chapter 26, verse 57 to chapter 27, verse 10"),
        ("MRK 3", "fr", "Mark 3"),
        ("JHN 3:16-21", "fr", "John 3, 16 - 21"),
    ],
)
def test_a_passage_is_said_as_it_is_read_aloud(passage: str, language: str, said: str) -> None:
    assert spoken_passage(parse_passage(passage), names_for(language), language) == said


def test_names_of_the_manifest_and_of_a_set_that_was_chosen_are_said() -> None:
    own = names_for("ko", own={"PSA": "찬송시", "MRK": "마르코"})
    assert spoken_passage(parse_passage("PSA 3"), own, "ko") == "찬송시 삼편"
    assert spoken_passage(parse_passage("MRK 3"), own, "ko") == "마르코 삼장"
    common = names_for("ko", "ko-common")
    assert spoken_passage(parse_passage("GEN 2"), common, "ko") == f"{books()['GEN'].names['ko-common']} 이장"
    psalter = names_for("en", own={"PSA": "The Psalter"})
    assert spoken_passage(parse_passage("PSA 3"), psalter, "en") == "The Psalter, chapter 3"


def _read(words: str, digits: str, hundred: str, ten: str) -> int:
    """Numerals back into a number, with nothing of how they were made: a digit counts what follows it."""
    total, digit = 0, 0
    for character in words:
        if character in (hundred, ten):
            total += (digit or 1) * (100 if character == hundred else 10)
            digit = 0
        else:
            digit = digits.index(character)
    return total + digit


@given(st.integers(1, 999))
def test_numerals_read_back(number: int) -> None:
    assert _read(korean_number(number), "영일이삼사오육칠팔구", "백", "십") == number
    assert _read(chinese_number(number), "零一二三四五六七八九", "百", "十") == number


@pytest.mark.parametrize(
    ("number", "korean", "chinese"),
    [
        (1, "일", "一"), (2, "이", "二"), (10, "십", "十"), (11, "십일", "十一"), (20, "이십", "二十"),
        (66, "육십육", "六十六"), (100, "백", "一百"), (101, "백일", "一百零一"), (110, "백십", "一百一十"),
        (111, "백십일", "一百一十一"), (119, "백십구", "一百一十九"), (120, "백이십", "一百二十"),
        (200, "이백", "二百"),
    ],
)  # fmt: skip
def test_numerals_are_those_of_the_language(number: int, korean: str, chinese: str) -> None:
    assert (korean_number(number), chinese_number(number)) == (korean, chinese)


def test_korean_words_are_what_another_espeak_reads_for_the_digits() -> None:
    def sounds(lines: list[str]) -> list[str]:
        command = [oracle("espeak-ng"), "-q", "--ipa", "-v", "ko"]
        said = subprocess.run(
            command, input="\n".join(lines), capture_output=True, encoding="utf-8", check=True
        )
        # Stress, tense consonants and voice between vowels depend on where words are parted.
        plain = re.sub("[ˈˌ ͈-]", "", said.stdout)
        return re.sub("[ɾɫr]", "l", re.sub("[ɡk]", "q", plain)).splitlines()

    # One line, one number: a full stop keeps them apart.
    numbers = range(1, 200)
    digits, words = (sounds([f"{n}." for n in numbers]), sounds([f"{korean_number(n)}." for n in numbers]))
    assert len(set(digits)) == len(digits) == 199
    assert [pair for pair in zip(numbers, digits, words, strict=True) if pair[1] != pair[2]] == []


def test_six_behind_ten_and_a_hundred_is_given_to_the_voice_as_it_is_said() -> None:
    assert as_heard("시편 백육편") == "시편 뱅뉵편"
    assert as_heard("욥기 십육장") == "욥기 심뉵장"
    assert as_heard("이사야 육십육장") == "이사야 육심뉵장"
    assert as_heard("욥기 육장") == "욥기 육장"


@pytest.mark.parametrize(
    "text", ["가나다라마" * 40, "하나님의 은혜와 사랑 " * 16, "가" * 41 + ", " + "나 " * 70]
)
def test_long_titles_are_parted_where_the_voice_would_leave_out_their_end(text: str) -> None:
    said = as_heard(text)
    assert re.sub("[ ,]", "", said) == re.sub("[ ,]", "", text)
    assert max(map(len, said.split())) <= 41
    assert max(map(len, said.split(","))) <= 102


@pytest.mark.parametrize(
    ("text", "measured"),
    [("마가복음 삼장", 1.13), ("시편 백십구편", 1.37), ("马可福音 第三章", 1.69), ("Mark, chapter 3", 1.24)],
)
def test_how_long_a_title_takes_is_known_before_it_is_spoken(text: str, measured: float) -> None:
    assert speech_seconds(text) == pytest.approx(measured, rel=0.2)

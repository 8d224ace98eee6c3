"""What days and months are called, and what is read in them."""

from __future__ import annotations

import pytest

from builder.bible.books import names_for
from builder.bible.calendar import (
    Days,
    daily_title,
    days_title,
    joined,
    months_of,
    passages_title,
    short_titles,
)
from builder.bible.passage import Passage, parse_passage


def _date(first: int, last: int | None = None) -> Days:
    return Days(first=first, last=last or first, by_date=True)


def _passages(text: str) -> tuple[Passage, ...]:
    return tuple(parse_passage(one) for one in text.split(", "))


@pytest.mark.parametrize(
    ("days", "korean", "simplified", "traditional", "english", "short"),
    [
        (_date(1), "1월 1일", "1月1日", "1月1日", "January 1", "JAN_1"),
        (_date(59), "2월 28일", "2月28日", "2月28日", "February 28", "FEB_28"),
        (_date(60), "3월 1일", "3月1日", "3月1日", "March 1", "MAR_1"),
        (_date(365), "12월 31일", "12月31日", "12月31日", "December 31", "DEC_31"),
        (_date(121, 151), "5월", "5月", "5月", "May", "MAY"),
        (Days(first=7, last=7), "7일째", "第7天", "第7天", "Day 7", "DAY_7"),
        (Days(first=31, last=60), "31-60일째", "第31-60天", "第31-60天", "Days 31-60", "DAYS_31-60"),
    ],
)  # fmt: skip
def test_days_have_names_in_every_language(
    days: Days, korean: str, simplified: str, traditional: str, english: str, short: str
) -> None:
    found = [days_title(days, names_for(language)) for language in ("ko", "zh-Hans", "zh-Hant", "en")]
    assert found == [korean, simplified, traditional, english]
    assert days_title(days, names_for("ko-KP")) == korean
    assert days_title(days, names_for("fr")) == english
    assert short_titles(days) == [short]


def test_a_year_has_the_months_of_a_common_year() -> None:
    months = months_of(365, by_date=True)
    lengths = [month.last - month.first + 1 for month in months]
    assert lengths == [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    assert (months[0].first, months[-1].last) == (1, 365)


@pytest.mark.parametrize(
    ("count", "expected"),
    [(1, [(1, 1)]), (30, [(1, 30)]), (31, [(1, 30), (31, 31)]), (90, [(1, 30), (31, 60), (61, 90)])],
)
def test_other_days_are_grouped_by_thirty(count: int, expected: list[tuple[int, int]]) -> None:
    assert [(group.first, group.last) for group in months_of(count, by_date=False)] == expected


@pytest.mark.parametrize(
    ("text", "korean", "english", "short"),
    [
        ("GEN 1-3", "1월 1일 창세기 1-3장", "January 1 - Genesis 1-3", "JAN_1_GEN_1-3"),
        ("PSA 119", "1월 1일 시편 119편", "January 1 - Psalms 119", "JAN_1_PSA_119"),
        (
            "GEN 49-50, EXO 1",
            "1월 1일 창세기 49-50장, 출애굽기 1장",
            "January 1 - Genesis 49-50, Exodus 1",
            "JAN_1_GEN_49-EXO_1",
        ),
        (
            "OBA 1, JON, MIC 1-2",
            "1월 1일 오바댜 1장 - 미가 2장",
            "January 1 - Obadiah 1 to Micah 2",
            "JAN_1_OBA_1-MIC_2",
        ),
        ("RUT", "1월 1일 룻기", "January 1 - Ruth", "JAN_1_RUT_1-4"),
        ("1SA 3", "1월 1일 사무엘상 3장", "January 1 - 1 Samuel 3", "JAN_1_1SA_3"),
    ],
)  # fmt: skip
def test_a_day_is_told_with_its_passages(text: str, korean: str, english: str, short: str) -> None:
    passages = _passages(text)
    assert daily_title(_date(1), passages, names_for("ko")) == korean
    assert daily_title(_date(1), passages, names_for("en")) == english
    assert short_titles(_date(1), passages)[0] == short


def test_chinese_days_are_told_with_their_passages() -> None:
    assert daily_title(Days(first=1, last=1), _passages("GEN 1-3"), names_for("zh")) == "第1天 创世记 第1-3章"
    assert passages_title(_passages("PSA 1, PRO 1"), names_for("zh-Hant")) == "詩篇 第1篇, 箴言 第1章"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GEN 1, GEN 2, GEN 3", "GEN 1-3"),
        ("GEN 50, EXO 1, EXO 2", "GEN 50, EXO 1-2"),
        ("GEN 1, GEN 3", "GEN 1, GEN 3"),
        ("GEN 2, GEN 1", "GEN 2, GEN 1"),
        ("PSA 119:1-88, PSA 120", "PSA 119:1-88, PSA 120"),
        ("PSA 118, PSA 119:1-88", "PSA 118, PSA 119:1-88"),
        ("GEN 1, PSA 1, GEN 2", "GEN 1, PSA 1, GEN 2"),
        ("RUT 1, RUT 2, RUT 3, RUT 4", "RUT"),
    ],
)
def test_chapters_that_follow_each_other_are_one_passage(text: str, expected: str) -> None:
    assert ", ".join(map(str, joined(_passages(text)))) == expected


def test_a_short_name_says_less_where_there_is_less_room() -> None:
    assert short_titles(_date(17), _passages("GEN 49-50, EXO 1")) == [
        "JAN_17_GEN_49-EXO_1",
        "JAN_17_GEN-EXO",
        "JAN_17",
    ]
    assert short_titles(Days(first=1, last=1), _passages("PSA 119-120"))[1] == "DAY_1_PSA"

"""The days of a reading plan for the office: a line, JSON, and a page that loads nothing."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest

from builder.plan.days import DayPlan, day_plans
from builder.review.daytable import day_plan_json, day_table, spread_text
from tests.packs import lengths_of, pack_of, planned, reading


def _plans(language: str = "ko", *, title: str | None = None) -> tuple[DayPlan, ...]:
    sections = reading(1, "GEN 49-50", language=language), reading(2, "EXO 1-2", language=language)
    pack = pack_of(*planned(2, *sections, title=title), language=language)
    return day_plans(pack, lengths_of(pack, 400) | {"1/49.wav": 301.0})


def _year(language: str) -> tuple[DayPlan, ...]:
    psalms = [reading(number, "PSA", language=language) for number in (1, 2, 3)]
    pack = pack_of(*planned(365, *psalms, by_date=True), language=language)
    return day_plans(pack, lengths_of(pack, 60))


class _Rows(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002  # the parser gives them
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data.strip()


def _rows(text: str) -> list[list[str]]:
    parser = _Rows()
    parser.feed(text)
    return parser.rows


def _page(plans: tuple[DayPlan, ...], language: str) -> str:
    pack = pack_of(*plans[0].sections, language=language)
    return day_table(plans, title="T <&>", language=language, names=pack.books)


def test_a_line_says_how_even_the_days_are() -> None:
    assert spread_text(_plans()[0]) == "reading plan: 2 days, 11:41 to 13:20 a day (mean 12:30)"
    assert spread_text(_plans(title="구약")[0]).startswith('reading plan "구약": 2 days')


def test_json_has_a_row_for_each_day() -> None:
    found = json.loads(json.dumps(day_plan_json(_plans()[0])))
    assert found["table"] == [
        {"day": 1, "passage": "GEN 49-50", "seconds": 701.0},
        {"day": 2, "passage": "EXO 1-2", "seconds": 800.0},
    ]
    assert (found["days"], found["chapters"], found["by_date"], found["title"]) == (2, 4, False, None)
    assert (found["shortest_seconds"], found["mean_seconds"], found["longest_seconds"]) == (701, 750.5, 800)


@pytest.mark.parametrize(
    ("language", "spread", "rows"),
    [
        (
            "ko",
            "2일, 하루 11:41~13:20 (평균 12:30)",
            [["일차", "본문", "분", "확인"], ["1-2일째"], ["1", "창세기 49-50장", "11:41", ""]],
        ),
        (
            "zh-Hans",
            "2天，每天11:41~13:20（平均12:30）",
            [["天", "经文", "分钟", "已听"], ["第1-2天"], ["1", "创世记 第49-50章", "11:41", ""]],
        ),
        (
            "zh-Hant",
            "2天，每天11:41~13:20（平均12:30）",
            [["天", "經文", "分鐘", "已聽"], ["第1-2天"], ["1", "創世記 第49-50章", "11:41", ""]],
        ),
        (
            "en",
            "2 days, 11:41 to 13:20 a day (mean 12:30)",
            [["Day", "Passages", "Minutes", "Heard"], ["Days 1-2"], ["1", "Genesis 49-50", "11:41", ""]],
        ),
    ],
)
def test_the_page_is_in_the_packs_language(language: str, spread: str, rows: list[list[str]]) -> None:
    text = _page(_plans(language), language)
    assert f"<p>{spread}</p>" in text
    assert _rows(text)[:3] == rows
    assert len(_rows(text)) == 1 + 1 + 2
    assert f'<html lang="{language}">' in text


def test_a_year_has_dates_and_months() -> None:
    rows = _rows(_page(_year("ko"), "ko"))
    assert rows[0] == ["일차", "날짜", "본문", "분", "확인"]
    assert [row[0] for row in rows if len(row) == 1] == [f"{month}월" for month in range(1, 13)]
    days = [row for row in rows[1:] if len(row) == 5]
    assert [int(row[0]) for row in days] == list(range(1, 366))
    assert (days[0][1], days[58][1], days[-1][1]) == ("1월 1일", "2월 28일", "12월 31일")


def test_the_page_loads_nothing_and_titles_are_text() -> None:
    plans = (*_plans(title="<b>구약</b>"), *_plans("ko"))
    text = _page(plans, "ko")
    assert "T &lt;&amp;&gt;" in text
    assert "&lt;b&gt;구약&lt;/b&gt;" in text
    assert not re.search(r"<(?:script|img|link|iframe)|https?://|url\(", text)
    assert text.count("<section>") == 2

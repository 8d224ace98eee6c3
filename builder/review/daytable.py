"""Reading plans for the office: a line and JSON for `plan`, and a table of the days to print. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from builder.bible.books import Names
from builder.bible.calendar import days_title, months_of
from builder.bible.titles import passage_title
from builder.plan.days import Day, DayPlan
from builder.review.page import page
from builder.text import length, many

_ENGLISH = {
    "heading": "Reading plan",
    "spread": "{days} days, {shortest} to {longest} a day (mean {mean})",
    "day": "Day",
    "date": "Date",
    "passages": "Passages",
    "minutes": "Minutes",
    "heard": "Heard",
}
_KOREAN = {
    "heading": "성경 읽기표",
    "spread": "{days}일, 하루 {shortest}~{longest} (평균 {mean})",
    "day": "일차",
    "date": "날짜",
    "passages": "본문",
    "minutes": "분",
    "heard": "확인",
}
_SIMPLIFIED = {
    "heading": "读经计划",
    "spread": "{days}天，每天{shortest}~{longest}（平均{mean}）",
    "day": "天",
    "date": "日期",
    "passages": "经文",
    "minutes": "分钟",
    "heard": "已听",
}
_TRADITIONAL = {
    "heading": "讀經計劃",
    "spread": "{days}天，每天{shortest}~{longest}（平均{mean}）",
    "day": "天",
    "date": "日期",
    "passages": "經文",
    "minutes": "分鐘",
    "heard": "已聽",
}
_WORDS = {"ko": _KOREAN, "ko-common": _KOREAN, "zh-Hans": _SIMPLIFIED, "zh-Hant": _TRADITIONAL}


def spread_text(plan: DayPlan) -> str:
    """`reading plan: 365 days, 11:02 to 13:40 a day (mean 12:30)`."""
    shortest, mean, longest = map(length, plan.spread)
    title = f' "{plan.plan.title}"' if plan.plan.title else ""
    days = many(len(plan.days), "day")
    return f"reading plan{title}: {days}, {shortest} to {longest} a day (mean {mean})"


def day_plan_json(plan: DayPlan) -> dict[str, Any]:
    shortest, mean, longest = (round(seconds, 1) for seconds in plan.spread)
    return {
        "title": plan.plan.title,
        "days": len(plan.days),
        "by_date": plan.plan.by_date,
        "chapters": sum(len(day.tracks) for day in plan.days),
        "shortest_seconds": shortest,
        "mean_seconds": mean,
        "longest_seconds": longest,
        "table": [
            {
                "day": day.days.first,
                "passage": ", ".join(map(str, day.passages)),
                "seconds": round(day.seconds, 1),
            }
            for day in plan.days
        ],
    }


def day_table(plans: Sequence[DayPlan], *, title: str, language: str, names: Names) -> str:
    """The page: for each plan its spread, and a row for each day with a box to tick, in the pack's language."""
    words = _WORDS.get(names.name_set, _ENGLISH)
    return page(
        "days",
        title=title,
        language=language,
        words=words,
        plans=[
            {
                "title": plan.plan.title or words["heading"],
                "by_date": plan.plan.by_date,
                "spread": _spread(plan, words["spread"]),
                "months": [
                    {
                        "title": days_title(month, names),
                        "days": [_row(day, names) for day in plan.days[month.first - 1 : month.last]],
                    }
                    for month in months_of(len(plan.days), by_date=plan.plan.by_date)
                ],
            }
            for plan in plans
        ],
    )


def _spread(plan: DayPlan, form: str) -> str:
    shortest, mean, longest = map(length, plan.spread)
    return form.format(days=len(plan.days), shortest=shortest, mean=mean, longest=longest)


def _row(day: Day, names: Names) -> dict[str, object]:
    return {
        "number": day.days.first,
        "title": days_title(day.days, names),
        "passages": ", ".join(passage_title(passage, names) for passage in day.passages),
        "length": length(day.seconds),
    }

"""What the days and months of a reading plan are called, and what they read, in the languages of the name sets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from builder.bible.books import ENGLISH, Names
from builder.bible.passage import Passage
from builder.bible.titles import passage_title, short_passage

# A common year: a plan of 365 days has no 29th of February.
_MONTHS = {
    "January": 31, "February": 28, "March": 31, "April": 30, "May": 31, "June": 30, "July": 31, "August": 31,
    "September": 30, "October": 31, "November": 30, "December": 31,
}  # fmt: skip
_STARTS = tuple(accumulate(_MONTHS.values(), initial=0))
YEAR = _STARTS[-1]
_GROUP = 30
# More would not fit on a line; the ends say what is between.
_MOST_PASSAGES = 2


@dataclass(frozen=True, kw_only=True)
class Days:
    """A day of a reading plan, counted from 1, or a run of them. With `by_date` they are those of a common year."""

    first: int
    last: int
    by_date: bool = False


def months_of(count: int, *, by_date: bool) -> tuple[Days, ...]:
    """The months of a plan of so many days: those of the calendar, or thirty days each."""
    ends = _STARTS if by_date else (*range(0, count, _GROUP), count)
    return tuple(Days(first=before + 1, last=end, by_date=by_date) for before, end in pairwise(ends))


def days_title(days: Days, names: Names) -> str:
    """`1월 1일`, `1月1日`, `January 1` by date, and `1월` for a month; else `1일째`, `第1天`, `Day 1`, `Days 1-30`."""
    korean, chinese = (names.name_set.startswith(one) for one in ("ko", "zh"))
    if days.by_date:
        month, day = _date(days.first)
        is_month = days.last > days.first
        if korean:
            return f"{month}월" if is_month else f"{month}월 {day}일"
        if chinese:
            return f"{month}月" if is_month else f"{month}月{day}日"
        name = list(_MONTHS)[month - 1]
        return name if is_month else f"{name} {day}"
    run = f"{days.first}" if days.first == days.last else f"{days.first}-{days.last}"
    if korean:
        return f"{run}일째"
    return f"第{run}天" if chinese else f"Day{'' if days.first == days.last else 's'} {run}"


def daily_title(days: Days, passages: Sequence[Passage], names: Names) -> str:
    """`1월 1일 창세기 1-3장`, `第1天 创世记 第1-3章`, `January 1 - Genesis 1-3`."""
    part = " " if _is_east_asian(names) else " - "
    return f"{days_title(days, names)}{part}{passages_title(passages, names)}"


def passages_title(passages: Sequence[Passage], names: Names) -> str:
    """Two passages at most, and of more of them the ends: `학개, 스가랴 1장`, `오바댜 1장 - 미가 2장`."""
    if len(passages) <= _MOST_PASSAGES:
        return ", ".join(passage_title(passage, names) for passage in passages)
    ends = passages[0].by_chapter()[0], passages[-1].by_chapter()[-1]
    to = " - " if _is_east_asian(names) else " to "
    return to.join(passage_title(passage, names) for passage in ends)


def _is_east_asian(names: Names) -> bool:
    return names.name_set.startswith(("ko", "zh"))


def short_titles(days: Days, passages: Sequence[Passage] = ()) -> list[str]:
    """Capitals and digits, from much to little: `JAN_1_GEN_49-EXO_1`, `JAN_1_GEN-EXO`, `JAN_1`; `JAN`, `DAYS_1-30`."""
    title = days_title(days, ENGLISH)
    if days.by_date:
        name, *day = title.split()
        title = " ".join([name[:3], *day])
    title = title.upper().replace(" ", "_")
    if not passages:
        return [title]
    first, last = passages[0], passages[-1]
    run = short_passage(first) if first is last else f"{first.book}_{first.first}-{last.book}_{last.last}"
    of_books = "-".join(dict.fromkeys((first.book, last.book)))
    return [f"{title}_{run}", f"{title}_{of_books}", title]


def joined(passages: Iterable[Passage]) -> tuple[Passage, ...]:
    """Passages with chapters that follow each other made one."""
    found: list[Passage] = []
    for passage in passages:
        last = found[-1] if found else None
        is_next = last is not None and (last.book, last.last + 1) == (passage.book, passage.first)
        if last is not None and is_next and last.first_verse is None and passage.first_verse is None:
            found[-1] = replace(last, last=passage.last)
        else:
            found.append(passage)
    return tuple(found)


def _date(day: int) -> tuple[int, int]:
    month = next(at for at, end in enumerate(_STARTS) if day <= end)
    return month, day - _STARTS[month - 1]

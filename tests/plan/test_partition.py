"""Chapters divided into days: no division has a shorter longest day, and of those none is more even."""

from __future__ import annotations

import random
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.bible.books import books
from builder.plan.partition import partition


def _days(weights: tuple[int, ...], days: int) -> list[int]:
    ends = (0, *partition(weights, days))
    assert ends[-1] == len(weights)
    assert all(before < end for before, end in pairwise(ends))
    return [sum(weights[before:end]) for before, end in pairwise(ends)]


def _cost(days: list[int]) -> tuple[int, int]:
    return max(days), sum(day * day for day in days)


def _best(weights: tuple[int, ...], days: int) -> tuple[int, int]:
    """Every division tried."""
    inner = combinations(range(1, len(weights)), days - 1)
    divisions = ((0, *ends, len(weights)) for ends in inner)
    return min(_cost([sum(weights[a:b]) for a, b in pairwise(ends)]) for ends in divisions)


@settings(deadline=None, max_examples=400)
@given(st.data())
def test_no_division_is_better(data: st.DataObject) -> None:
    # Small numbers make many divisions equally good, which is where a number of days is hardest to hit.
    weight = st.integers(1, data.draw(st.sampled_from([1, 2, 4, 50, 10**7])))
    weights = tuple(data.draw(st.lists(weight, min_size=1, max_size=9)))
    days = data.draw(st.integers(1, len(weights)))
    found = _days(weights, days)
    assert len(found) == days
    assert _cost(found) == _best(weights, days)


@pytest.mark.parametrize("days", [1, 2, 90, 365, 1188, 1189])
@pytest.mark.parametrize("giant", [0, 36_000_000], ids=["as it is", "with a chapter of ten hours"])
def test_a_whole_bible_is_divided_into_any_number_of_days(days: int, giant: int) -> None:
    chance = random.Random(days)
    verses = [count for book in list(books().values())[:66] for count in book.verses]
    weights = tuple(round(count * 9300 * chance.uniform(0.8, 1.25)) for count in verses)
    weights = (giant or weights[0], *weights[1:])
    found = _days(weights, days)
    assert (len(found), sum(found)) == (days, sum(weights))
    # Moving the first or the last chapter of a day to its neighbour makes nothing better.
    ends = (0, *partition(weights, days))
    for at, (day, after) in enumerate(pairwise(found), 1):
        for moved in (weights[ends[at]], -weights[ends[at] - 1]):
            if min(day + moved, after - moved) > 0:
                now, then = _cost([day, after]), _cost([day + moved, after - moved])
                assert then[0] > max(found) or then[1] >= now[1]


def test_chapters_of_one_length_make_days_that_differ_by_one_chapter() -> None:
    for days in range(1, 61):
        found = _days((1000,) * 60, days)
        assert max(found) - min(found) <= 1000


@pytest.mark.parametrize("days", [0, 4])
def test_days_without_a_chapter_are_refused(days: int) -> None:
    with pytest.raises(ValueError, match="3 chapters"):
        partition((1, 2, 3), days)

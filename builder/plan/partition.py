"""Chapters in their order divided into days: the longest as short as can be, then all as even as can be. Pure.

Among the divisions whose longest day is the shortest possible, the one with the smallest sum of squares is taken,
which for a fixed total is the smallest variance. The longest day alone would say little: in a year's plan it is
Psalm 119, whatever becomes of the other days.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, pairwise


@lru_cache(maxsize=16)
def partition(weights: tuple[int, ...], days: int) -> tuple[int, ...]:
    """Where the days end: `days` counts of chapters from the beginning, rising, the last of them all chapters.

    `weights` are whole numbers above 0, one for each chapter; every day has a chapter. Exact.
    """
    if not 1 <= days <= len(weights):
        raise ValueError(f"{len(weights)} chapters cannot be {days} days")
    sums = list(accumulate(weights, initial=0))
    return tuple(_evenest(sums, days, _least_longest(sums, days))[1:])


def _least_longest(sums: Sequence[int], days: int) -> int:
    """The shortest that the longest day can be, by halving: days that are filled up to a length hold all, or do not."""
    low, high = max(after - before for before, after in pairwise(sums)), sums[-1]
    while low < high:
        middle = (low + high) // 2
        end = 0
        for _ in range(days):
            end = bisect_right(sums, sums[end] + middle) - 1
        low, high = (low, middle) if end == len(sums) - 1 else (middle + 1, high)
    return low


def _evenest(sums: Sequence[int], days: int, longest: int) -> list[int]:
    """The ends, 0 included, of exactly so many days with the least sum of squares, none longer than `longest`.

    A charge for each day takes the place of the number of days: the higher it is, the fewer days are best. Squares
    of sums have the Monge property, so that the best costs are convex in the number of days and a charge exists at
    which this number is among the best; and where fewer and more are as good, a path of each makes one of this
    number (Aggarwal, Schieber and Tokuyama 1994, "Finding a minimum-weight k-link path in graphs with the concave
    Monge property and applications").
    """
    # Without a charge every chapter is a day; at the highest, days are as few as can be.
    low, high = 0, sums[-1] ** 2 + 1
    while True:
        charge = (low + high) // 2
        fewest = _cheapest(sums, longest, charge, 1)
        if len(fewest) - 1 == days:
            return fewest
        if len(fewest) - 1 > days:
            low = charge + 1
            continue
        most = _cheapest(sums, longest, charge, -1)
        if len(most) - 1 >= days:
            break
        high = charge - 1
    # A day of the one lies within a day of the other, `more` days later: there the two can change places.
    more = days - (len(fewest) - 1)
    at = next(at for at in range(len(fewest) - 1) if fewest[at + 1] >= most[at + 1 + more])
    return most[: at + more + 1] + fewest[at + 1 :]


def _cheapest(sums: Sequence[int], longest: int, charge: int, sign: int) -> list[int]:
    """The ends of the days of least cost, squares and a charge for each: the fewest of them, with sign -1 the most."""
    costs, counts, before = [0], [0], [0]
    start = 0
    for end in range(1, len(sums)):
        here = sums[end]
        while here - sums[start] > longest:
            start += 1
        best, least = -1, 0
        for at in range(start, end):
            length = here - sums[at]
            cost = costs[at] + length * length
            if best < 0 or cost < least or (cost == least and sign * counts[at] < sign * counts[best]):
                best, least = at, cost
        costs.append(least + charge)
        counts.append(counts[best] + 1)
        before.append(best)
        start = best  # by the Monge property, no later day begins before one that ends earlier
    ends = [len(sums) - 1]
    while ends[-1]:
        ends.append(before[ends[-1]])
    return ends[::-1]

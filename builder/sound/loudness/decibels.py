"""Decibels that are the same on every processor and under every C library. Pure.

Logarithms and powers of a C library, and those of numpy, have one code for each kind of processor, and their last bits
differ. Here they are made of what every processor rounds alike: + - * / one by one, and Python's decimal numbers.
"""

from __future__ import annotations

import math
from decimal import Context, Decimal
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Decibels: TypeAlias = NDArray[np.float64]

_DIGITS = Context(prec=25)
_DECIBELS_PER_OCTAVE, _DECIBELS_PER_NEPER = 3.010299956639812, 4.342944819032518  # of power
_HALF = math.sqrt(0.5)
# Of the series of log((1 + x) / (1 - x)): with x below 0.172 so many terms are exact to the last bit or two.
_TERMS = 11


def levels_of(power: Decibels) -> Decibels:
    """10 * log10 of each, all above 0."""
    part, octaves = np.frexp(power)
    is_low = part < _HALF
    part = np.where(is_low, 2 * part, part)
    x = (part - 1) / (part + 1)
    square = x * x
    series: Decibels = np.full_like(x, 1 / (2 * _TERMS - 1))
    for odd in range(2 * _TERMS - 3, 0, -2):
        series *= square
        series += 1 / odd
    series *= 2 * _DECIBELS_PER_NEPER * x
    series += (octaves - is_low) * _DECIBELS_PER_OCTAVE
    return series


def level_of(power: float) -> float:
    """10 * log10 of a power; of nothing -inf."""
    return float(levels_of(np.array([power]))[0]) if power > 0 else -math.inf


@lru_cache(1 << 15)  # the hundredths of a decibel that a recording has, and some
def power_of(level_db: float) -> float:
    """The power whose level it is: 10 ** (level / 10)."""
    return float(_DIGITS.power(10, _DIGITS.divide(Decimal(level_db), 10)))


def factor_of(level_db: float) -> float:
    """What samples are multiplied by to raise their level by so much: 10 ** (level / 20)."""
    return power_of(level_db / 2)

"""Matrix products that are the same on every processor. Pure.

The matrix library under numpy chooses its code by the processor: one adds in another order than the next, or multiplies
and adds with one rounding instead of two. Where nothing has to be rounded, none of that matters. So samples and tables
are taken in whole steps, and every product and every sum of products is a whole number below 2 ** 53, which a 64-bit
float holds exactly.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Samples: TypeAlias = NDArray[np.float32]
Whole: TypeAlias = NDArray[np.float64]
"""Whole numbers, in the type that matrices are multiplied in."""

_SAMPLE_STEPS, TABLE_STEPS = 2.0**23, 2.0**26
# What the magnitudes that are added up for one value of a product may come to, in units.
MOST_UNITS = 2**53 / (_SAMPLE_STEPS * TABLE_STEPS)


def unit_of(samples: Samples) -> float:
    """The least power of two that is above every sample."""
    highest = max(float(samples.max(initial=0.0)), -float(samples.min(initial=0.0)))
    return math.ldexp(1.0, math.frexp(highest)[1])


def in_steps(samples: Samples, unit: float) -> Samples:
    """Samples below `unit` in steps of it, as whole numbers."""
    steps: Samples = np.rint(samples * np.float32(_SAMPLE_STEPS / unit))
    return steps


def table(values: NDArray[np.float64]) -> Whole:
    """What samples in steps are multiplied by."""
    return np.rint(values * TABLE_STEPS)


def as_steps(product: Whole) -> Whole:
    """A product of samples in steps and a table, in steps again."""
    return np.rint(product * (1 / TABLE_STEPS))


def as_samples(product: Whole, unit: float) -> NDArray[np.float64]:
    """A product of samples in steps and a table, as samples; in place."""
    product *= unit / (_SAMPLE_STEPS * TABLE_STEPS)
    return product

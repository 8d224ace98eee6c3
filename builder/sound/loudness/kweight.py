"""The K-weighting filter of ITU-R BS.1770-4, for any sample rate, fast in numpy, and the same on every processor.

Two second-order sections: a shelf that raises the treble as a head does, and a high-pass. The standard prints
their coefficients for 48 kHz; here they are derived again for each rate from the analogue prototypes behind them
(the parameters are those of libebur128).

A recursive filter goes sample by sample, which numpy cannot do in good time. Cut into short blocks it becomes
matrix products: the answer of a block to its own samples, and to the state in which the blocks before left the filter.
The products are exact (exact.py). The tables are made with + - * / and square roots of Python's own numbers, which
every processor rounds alike.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from builder.sound.loudness.exact import Samples, Whole, as_samples, as_steps, in_steps, table, unit_of

_SHELF_HZ, _SHELF_Q = 1681.974450955533, 0.7071752369554196
# The gain of the treble is 3.999843853973347 dB; that in the middle of the slope is it to the power 0.4996667741545416.
_SHELF_GAIN, _SHELF_MIDDLE = 1.5848647011308556, 1.2587209302325617
_HIGH_PASS_HZ, _HIGH_PASS_Q = 38.13547087602444, 0.5003270373238773
_LONGEST_BLOCK = 64
# Decoded sound goes beyond full scale by a little; only a faulty recording goes further.
_LEAST_UNIT = 2.0


class KWeighting:
    """The filter for one channel. `block` divides the rate; what is given must be whole blocks."""

    def __init__(self, rate_hz: int) -> None:
        self._tables = _tables(rate_hz)
        self.block = self._tables.block
        self._unit = _LEAST_UNIT  # above the loudest so far
        self._state = np.zeros(len(self._tables.later[0]))  # in steps of it
        self._rows = self._out = np.empty((0, 0))

    def filter(self, samples: Samples) -> Whole:
        """The next samples, filtered, in room that the next call uses again. Length: a multiple of `block`."""
        unit = max(self._unit, unit_of(samples))
        rows, out = self._room(len(samples) // self.block)
        blocks, before = rows[:, : self.block], rows[:, self.block :]
        blocks[:] = in_steps(samples, unit).reshape(blocks.shape)
        before[0] = np.rint(self._state * (self._unit / unit))
        states = as_steps(blocks @ self._tables.to_state)
        states[0] += as_steps(before[0] @ self._tables.later[0])
        for step, later in enumerate(self._tables.later):
            ahead = 1 << step  # each state takes on what 1, 2, 4, … blocks before it left
            if ahead >= len(states):
                break
            states[ahead:] += as_steps(states[:-ahead] @ later)
        before[1:] = states[:-1]
        self._state, self._unit = states[-1], unit
        return as_samples(np.matmul(rows, self._tables.answer, out=out), unit).reshape(-1)

    def _room(self, blocks: int) -> tuple[Whole, Whole]:
        """What is filtered, with the state before each block behind it, and what comes out: the same room every time,
        since to ask the system for a megabyte takes longer than to fill it.
        """
        if len(self._rows) != blocks:
            self._rows = np.empty((blocks, len(self._tables.answer)))
            self._out = np.empty((blocks, self.block))
        return self._rows, self._out


@dataclass(frozen=True, kw_only=True)
class _Section:
    """A second-order section as two states, a slow one and a quick one, neither of which grows beyond what goes in
    by much: `pace` moves each by the other, `loss` is what the quick one loses. The answer is a sum of the sample and
    the states.
    """

    pace: float
    loss: float
    straight: float
    slow: float
    quick: float


@dataclass(frozen=True, kw_only=True, eq=False)
class _Tables:
    """By a block of samples, and the state behind them: the `answer`; by a block the state it leaves, `to_state`;
    by a state what it has become 1, 2, 4, … blocks `later`.
    """

    block: int
    answer: Whole
    to_state: Whole
    later: tuple[Whole, ...]


@cache
def _tables(rate_hz: int) -> _Tables:
    block = max(size for size in range(1, _LONGEST_BLOCK + 1) if rate_hz % size == 0)
    sections = (_shelf(rate_hz), _high_pass(rate_hz))
    size = 2 * len(sections)
    impulse, states = _run(sections, [0.0] * size, [1.0] + [0.0] * (block - 1))
    rows = [[0.0] * at + impulse[: block - at] for at in range(block)]
    later = []
    for at in range(size):
        answer, after = _run(sections, [float(at == one) for one in range(size)], [0.0] * block)
        rows.append(answer)
        later.append(after[-1])
    steps = [table(np.array(later))]
    while steps[-1].any():  # until all is forgotten
        later = [
            [
                math.fsum(a * b for a, b in zip(row, column, strict=True))
                for column in zip(*later, strict=True)
            ]
            for row in later
        ]
        steps.append(table(np.array(later)))
    return _Tables(
        block=block, answer=table(np.array(rows)), to_state=table(np.array(states[::-1])), later=tuple(steps)
    )


def _run(
    sections: Sequence[_Section], state: list[float], samples: Sequence[float]
) -> tuple[list[float], list[list[float]]]:
    """What comes out of the sections one behind the other, and their states behind each sample."""
    out, states = [], []
    for sample in samples:
        passed, state = sample, [*state]
        for at, one in enumerate(sections):
            slow, quick = state[2 * at], state[2 * at + 1]
            state[2 * at] = slow + one.pace * quick
            state[2 * at + 1] = quick - one.loss * quick + one.pace * (passed - slow)
            passed = one.straight * passed + one.slow * slow + one.quick * quick
        out.append(passed)
        states.append(state)
    return out, states


def _shelf(rate_hz: int) -> _Section:
    k = _tangent(math.pi * _SHELF_HZ / rate_hz)
    a0 = 1 + k / _SHELF_Q + k * k
    straight = (_SHELF_GAIN + _SHELF_MIDDLE * k / _SHELF_Q + k * k) / a0
    pace = 2 * k / math.sqrt(a0)
    quick = 2 * (k * k - _SHELF_GAIN - straight * (k * k - 1)) / a0 / pace
    return _Section(
        pace=pace, loss=2 * k * (1 / _SHELF_Q + 2 * k) / a0, straight=straight, slow=1 - straight, quick=quick
    )


def _high_pass(rate_hz: int) -> _Section:
    k = _tangent(math.pi * _HIGH_PASS_HZ / rate_hz)
    a0 = 1 + k / _HIGH_PASS_Q + k * k
    pace, loss = 2 * k / math.sqrt(a0), 2 * k * (1 / _HIGH_PASS_Q + 2 * k) / a0
    # As in the standard's table, the numerator, 1 -2 1, is not divided by a0.
    return _Section(pace=pace, loss=loss, straight=1.0, slow=-1.0, quick=-loss / pace)


def _tangent(angle: float) -> float:
    """The tangent of a small angle, by Lambert's continued fraction."""
    rest = 31.0
    for odd in range(29, 0, -2):
        rest = odd - angle * angle / rest
    return angle / rest

"""The K-weighting filter of ITU-R BS.1770-4, for any sample rate, fast in numpy.

Two second-order sections: a shelf that raises the treble as a head does, and a high-pass. The standard prints
their coefficients for 48 kHz; here they are derived again for each rate from the analogue prototypes behind them
(the parameters are those of libebur128).

A recursive filter goes sample by sample, which numpy cannot do in good time. Cut into short blocks it becomes
matrix products: the answer of a block to its own samples, and to the state in which the blocks before left the filter.
"""

from __future__ import annotations

import math
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Samples: TypeAlias = NDArray[np.float32]
_Matrix: TypeAlias = NDArray[np.float64]

_SHELF_HZ, _SHELF_DB, _SHELF_Q = 1681.974450955533, 3.999843853973347, 0.7071752369554196
_HIGH_PASS_HZ, _HIGH_PASS_Q = 38.13547087602444, 0.5003270373238773
_LONGEST_BLOCK = 96
# What the filter still remembers is forgotten when it has shrunk to this.
_FORGOTTEN = 1e-10


class KWeighting:
    """The filter for one channel. `block` divides the rate; what is given must be whole blocks."""

    def __init__(self, rate_hz: int) -> None:
        self.block = max(size for size in range(1, _LONGEST_BLOCK + 1) if rate_hz % size == 0)
        a, b, c, d = _balanced(*_cascade(_shelf(rate_hz), _high_pass(rate_hz)))
        powers = [np.eye(len(a))]
        for _ in range(self.block):
            powers.append(powers[-1] @ a)
        answer = [d, *(float((c @ power @ b)[0, 0]) for power in powers[: self.block - 1])]
        own = np.zeros((self.block, self.block))
        for age, value in enumerate(answer):
            own += np.diag(np.full(self.block - age, value), age)
        self._own = own.astype(np.float32)  # samples of a block -> the same samples, filtered
        self._from_state = np.vstack([c @ power for power in powers[: self.block]]).T.astype(np.float32)
        self._to_state = np.hstack([power @ b for power in reversed(powers[: self.block])]).T.astype(
            np.float32
        )
        self._later = [powers[self.block].T]  # the state 1, 2, 4, … blocks later
        while np.abs(self._later[-1]).max() > _FORGOTTEN:
            self._later.append(self._later[-1] @ self._later[-1])
        self._state = np.zeros(len(a))

    def filter(self, samples: Samples) -> Samples:
        """The next samples, filtered. Length: a multiple of `block`."""
        blocks = samples.reshape(-1, self.block)
        states = (blocks @ self._to_state).astype(np.float64)
        states[0] += self._state @ self._later[0]
        for step, later in enumerate(
            self._later
        ):  # each state takes on what 1, 2, 4, … blocks before it left
            ahead = 1 << step
            if ahead >= len(states):
                break
            states[ahead:] += states[:-ahead] @ later
        before = np.vstack([self._state, states[:-1]]).astype(np.float32)
        self._state = states[-1]
        filtered: Samples = (blocks @ self._own + before @ self._from_state).reshape(-1)
        return filtered


def _shelf(rate_hz: int) -> tuple[list[float], list[float]]:
    k = math.tan(math.pi * _SHELF_HZ / rate_hz)
    high = 10 ** (_SHELF_DB / 20)
    band = high**0.4996667741545416
    a0 = 1 + k / _SHELF_Q + k * k
    b = [high + band * k / _SHELF_Q + k * k, 2 * (k * k - high), high - band * k / _SHELF_Q + k * k]
    return [value / a0 for value in b], [2 * (k * k - 1) / a0, (1 - k / _SHELF_Q + k * k) / a0]


def _high_pass(rate_hz: int) -> tuple[list[float], list[float]]:
    k = math.tan(math.pi * _HIGH_PASS_HZ / rate_hz)
    a0 = 1 + k / _HIGH_PASS_Q + k * k
    # As in the standard's table, the numerator is not divided by a0.
    return [1.0, -2.0, 1.0], [2 * (k * k - 1) / a0, (1 - k / _HIGH_PASS_Q + k * k) / a0]


def _cascade(*sections: tuple[list[float], list[float]]) -> tuple[_Matrix, _Matrix, _Matrix, float]:
    """The sections one behind the other, as state x' = Ax + Bu, output y = Cx + Du."""
    a, b, c, d = np.zeros((0, 0)), np.zeros((0, 1)), np.zeros((1, 0)), 1.0
    for (b0, b1, b2), (a1, a2) in sections:
        own_a, own_b = np.array([[-a1, -a2], [1.0, 0.0]]), np.array([[1.0], [0.0]])
        own_c = np.array([[b1 - b0 * a1, b2 - b0 * a2]])
        a = np.block([[a, np.zeros((len(a), 2))], [own_b @ c, own_a]])
        b, c, d = np.vstack([b, own_b * d]), np.hstack([b0 * c, own_c]), b0 * d
    return a, b, c, d


def _balanced(a: _Matrix, b: _Matrix, c: _Matrix, d: float) -> tuple[Any, Any, Any, float]:
    """The same filter with states of like size for a noise, so that 32 bits are enough to hold them."""
    size = len(a)
    spread = np.linalg.solve(np.eye(size * size) - np.kron(a, a), (b @ b.T).reshape(-1)).reshape(size, size)
    scale = np.linalg.cholesky(spread)
    return np.linalg.solve(scale, a @ scale), np.linalg.solve(scale, b), c @ scale, d

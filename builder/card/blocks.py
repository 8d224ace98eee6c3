"""Whether the numbers of a picture's blocks can come from its pixels, and from nothing beside or beyond them.

The last blocks reach over the right and the lower edge, where libjpeg repeats the last column and row: other rows there
are a picture that a smaller height hides. And no pixel is darker than black or lighter than white.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from builder.card.scan import Blocks, Size

_SIDE, _BLOCK = 8, 64
_BLACK, _WHITE = -128.0, 127.0
# Grey levels between two pixels that ought to be one: libjpeg rounds the mean of four up and down by turns.
_TOLERANCE = 1.5
_ROUNDING = 0.5  # of a number before it is divided by its step
_ROUNDS = 40  # in thousands of pictures none took more than 20
_AT_A_TIME = 4096

Coefficients = NDArray[np.float64]


def _cosines() -> Coefficients:
    """The pixels of each number of a block (T.81, A.3.3): a row of 64 for each, in zigzag order."""
    at = np.arange(_SIDE)
    waves = np.cos((2 * at + 1) * at[:, None] * np.pi / 16) * np.where(at, 0.5, 8**-0.5)[:, None]
    places = [(row, column) for row in range(_SIDE) for column in range(_SIDE)]
    places.sort(key=lambda place: (sum(place), place[sum(place) % 2 == 0]))
    pixels: Coefficients = np.kron(waves, waves)[[row * _SIDE + column for row, column in places]]
    return pixels


_COSINES = _cosines()


def come_from_pixels(blocks: Blocks, steps: tuple[bytes, bytes], size: Size) -> bool:
    """Whether there is a picture of this size that gives these numbers when each is divided by its step and rounded."""
    return all(
        _possible(part, np.frombuffer(steps[component > 0], np.uint8).astype(float), repeat)
        for component, numbers, lower, right in _components(blocks, size)
        for part, repeat in _parts(numbers, lower, right)
    )


def _components(blocks: Blocks, size: Size) -> Iterator[tuple[int, Coefficients, int, int]]:
    """Each component, its blocks by row and column, and in the last of them the first row and column that repeat."""
    rows, columns = size.squares
    numbers = np.array(blocks, dtype=float).reshape(rows, columns, 6, _BLOCK)
    high, wide = size.blocks
    bright = numbers[:, :, :4].reshape(rows, columns, 2, 2, _BLOCK).swapaxes(1, 2)
    shown: Coefficients = bright.reshape(2 * rows, 2 * columns, _BLOCK)[:high, :wide]
    yield 0, shown, (size.height - 1) % _SIDE, (size.width - 1) % _SIDE
    # The picture is widened before its colours are halved and lengthened after: of an even width, the last column is
    # half another, and what is repeated behind it is not.
    lower, right = ((side - 1) // 2 % _SIDE for side in (size.height, size.width))
    for component in (1, 2):
        yield component, numbers[:, :, 3 + component], lower, right + (size.width % 2 == 0)


def _parts(numbers: Coefficients, lower: int, right: int) -> Iterator[tuple[Coefficients, Coefficients]]:
    """The blocks within, at the right, at the lower edge and in the corner; each with the matrix that gives what is
    repeated in them its mean.
    """
    for rows, first_row in ((slice(-1), _SIDE), (slice(-1, None), lower)):
        for columns, first_column in ((slice(-1), _SIDE), (slice(-1, None), right)):
            repeat = np.kron(_mean_from(first_row), _mean_from(first_column)).astype(np.float64)
            part: Coefficients = numbers[rows, columns].reshape(-1, _BLOCK)
            yield part, repeat


def _mean_from(first: int) -> Coefficients:
    """The matrix that keeps the pixels of a line of 8 up to there, and gives those behind their mean."""
    matrix: Coefficients = np.eye(_SIDE)
    if first < _SIDE:
        matrix[first:, first:] = 1 / (_SIDE - first)
    return matrix


def _possible(numbers: Coefficients, steps: Coefficients, repeat: Coefficients) -> bool:
    """Whether each block has pixels that a picture may have and that round to its numbers.

    They are looked for by projection: from what rounds to the numbers to the nearest pixels that a picture may have,
    from those to the nearest that round to the numbers, and so on. Both sets are convex: this ends where they meet.
    """
    for start in range(0, len(numbers), _AT_A_TIME):
        near = numbers[start : start + _AT_A_TIME] * steps
        low, high = near - steps / 2 - _ROUNDING, near + steps / 2 + _ROUNDING
        for _ in range(_ROUNDS):
            pixels = near @ _COSINES
            allowed = (pixels @ repeat).clip(_BLACK, _WHITE)
            apart = np.abs(allowed - pixels).max(axis=1) > _TOLERANCE
            low, high = low[apart], high[apart]
            if not len(low):
                break
            near = (allowed[apart] @ _COSINES.T).clip(low, high)
        else:
            return False
    return True

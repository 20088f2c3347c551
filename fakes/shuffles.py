"""Shuffles of 0 … size-1 that are computed one place at a time, without a table.

A shuffle is a one-to-one map, so different candidates get different numbers by construction, however many
there are. It is a balanced Feistel network (Luby and Rackoff, "How to construct pseudorandom permutations
from pseudorandom functions", SIAM J. Comput. 1988) over the next power of four, whose round function is a
draw of `fakes/draws.py`. Results outside of the size are shuffled again until they fall inside ("cycle
walking": Black and Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002): fewer than four times on
average.
"""

import numpy as np
from numpy.typing import NDArray

from fakes.draws import uniform, uniforms

ROUNDS = 4  # Luby and Rackoff: four rounds are indistinguishable from a random permutation


def half_width(size: int) -> int:
    """Give the bits of one half of the smallest even-width block that holds 0 … size-1."""
    return max(1, ((size - 1).bit_length() + 1) // 2)


def shuffled(seed: int, purpose: str, number: int, size: int) -> int:
    """Give the place of `number` in the shuffle of 0 … size-1 that belongs to this seed and purpose.

    Raises ValueError for a number outside of 0 … size-1.

    >>> sorted(shuffled(1, "seats", n, 10) for n in range(10))
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    """
    if not 0 <= number < size:
        raise ValueError(f"{purpose}: number {number} is outside of 0 … {size - 1}")
    width = half_width(size)
    span = 1 << width
    while True:
        left, right = number >> width, number & (span - 1)
        for step in range(ROUNDS):
            left, right = right, left ^ int(uniform(seed, purpose, right, step) * span)
        number = left << width | right
        if number < size:
            return number


def shuffled_all(seed: int, purpose: str, numbers: NDArray[np.integer], size: int) -> NDArray[np.int64]:
    """Give `shuffled(seed, purpose, n, size)` for every n of the one-dimensional `numbers`.

    Raises ValueError when a number is outside of 0 … size-1.

    >>> int(shuffled_all(1, "seats", np.array([7]), 10)[0]) == shuffled(1, "seats", 7, 10)
    True
    """
    places = numbers.astype(np.int64)
    if places.size and not 0 <= places.min() <= places.max() < size:
        raise ValueError(f"{purpose}: a number is outside of 0 … {size - 1}")
    width = half_width(size)
    span = 1 << width
    walking = np.arange(places.size)
    while walking.size:
        left, right = places[walking] >> width, places[walking] & (span - 1)
        for step in range(ROUNDS):
            mixed = (uniforms(seed, purpose, right, step) * span).astype(np.int64)
            left, right = right, left ^ mixed
        places[walking] = left << width | right
        walking = walking[places[walking] >= size]
    return places

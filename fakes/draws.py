"""Random draws that are bound to their purpose.

Every draw is a pure function of (seed, purpose, candidate, step). There is no stream that one draw takes from
another, so a change in one place leaves all other draws as they were: common random numbers, by construction.

The mixing function is the finaliser of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom
number generators", OOPSLA 2014). The scalar and the NumPy versions give the same numbers.
"""

import math
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Item = TypeVar("Item")

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15
_MIX_1 = 0xBF58476D1CE4E5B9
_MIX_2 = 0x94D049BB133111EB
_STEP = 0xD1B54A32D192ED03
_TO_UNIT = 2.0**-53


def _mix(x: int) -> int:
    x = ((x ^ (x >> 30)) * _MIX_1) & _MASK
    x = ((x ^ (x >> 27)) * _MIX_2) & _MASK
    return x ^ (x >> 31)


@lru_cache(maxsize=4096)
def _purpose_key(seed: int, purpose: str) -> int:
    digest = blake2b(purpose.encode(), digest_size=8, key=str(seed).encode()).digest()
    return int.from_bytes(digest, "big")


def bits(seed: int, purpose: str, candidate: int, step: int = 0) -> int:
    """Give the 64 random bits of one draw.

    >>> bits(1, "patience", 7) == bits(1, "patience", 7), bits(1, "patience", 7) == bits(1, "patience", 8)
    (True, False)
    """
    key = _purpose_key(seed, purpose)
    return _mix((_mix((key + candidate * _GOLDEN) & _MASK) + step * _STEP) & _MASK)


def uniform(seed: int, purpose: str, candidate: int, step: int = 0) -> float:
    """Give one number of the open interval (0, 1)."""
    return ((bits(seed, purpose, candidate, step) >> 11) + 0.5) * _TO_UNIT


def uniforms(seed: int, purpose: str, candidates: NDArray[np.integer], step: int = 0) -> NDArray[np.float64]:
    """Give `uniform(seed, purpose, c, step)` for every c of `candidates`, in their shape.

    >>> float(uniforms(1, "patience", np.array([7]))[0]) == uniform(1, "patience", 7)
    True
    """
    with np.errstate(over="ignore"):
        x = np.uint64(_purpose_key(seed, purpose)) + candidates.astype(np.uint64) * np.uint64(_GOLDEN)
        x = _mix_array(x) + np.uint64((step * _STEP) & _MASK)
        x = _mix_array(x)
    return ((x >> np.uint64(11)).astype(np.float64) + 0.5) * _TO_UNIT


def _mix_array(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    x = (x ^ (x >> np.uint64(30))) * np.uint64(_MIX_1)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(_MIX_2)
    return x ^ (x >> np.uint64(31))


def normal(u: float, v: float) -> float:
    """Turn two uniform draws into one standard normal draw (Box and Muller, 1958)."""
    return math.sqrt(-2.0 * math.log(u)) * math.cos(2.0 * math.pi * v)


class Draws:
    """All draws of one candidate: `Draws(seed, candidate).uniform("patience", step)`."""

    __slots__ = ("candidate", "seed")

    def __init__(self, seed: int, candidate: int) -> None:
        self.seed = seed
        self.candidate = candidate

    def uniform(self, purpose: str, step: int = 0) -> float:
        """Give one number of the open interval (0, 1)."""
        return uniform(self.seed, purpose, self.candidate, step)

    def chance(self, probability: float, purpose: str, step: int = 0) -> bool:
        """Say whether something of this probability happens."""
        return self.uniform(purpose, step) < probability

    def below(self, n: int, purpose: str, step: int = 0) -> int:
        """Give an integer of 0 … n-1, all equally likely."""
        return int(self.uniform(purpose, step) * n)

    def pick(self, items: Sequence[Item], purpose: str, step: int = 0) -> Item:
        """Give one of `items`, all equally likely."""
        return items[self.below(len(items), purpose, step)]

    def exponential(self, mean: float, purpose: str, step: int = 0) -> float:
        """Give an exponential draw, in the unit of `mean`."""
        return -mean * math.log(self.uniform(purpose, step))

    def lognormal(self, median: float, sigma: float, purpose: str, step: int = 0) -> float:
        """Give a lognormal draw, in the unit of `median`; `sigma` is that of its logarithm."""
        z = normal(self.uniform(purpose, step), self.uniform(purpose + "/angle", step))
        return median * math.exp(sigma * z)

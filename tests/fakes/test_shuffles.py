"""Shuffles are one-to-one, belong to their seed, and look alike one by one and all at once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.shuffles import shuffled, shuffled_all

seeds = st.integers(0, 2**63)


@given(seeds, st.integers(1, 3000))
def test_a_shuffle_is_one_to_one(seed, size):
    """Every place of 0 … size-1 is taken exactly once, whatever the size."""
    places = shuffled_all(seed, "seats", np.arange(size), size)
    assert list(range(size)) == sorted(places.tolist())


@given(seeds, st.integers(1, 2**50), st.data())
def test_one_by_one_is_as_all_at_once(seed, size, data):
    """The scalar and the array function give the same places."""
    numbers = data.draw(st.lists(st.integers(0, size - 1), min_size=1, max_size=5))
    expected = [shuffled(seed, "seats", number, size) for number in numbers]
    assert expected == shuffled_all(seed, "seats", np.array(numbers, dtype=np.int64), size).tolist()


def test_seeds_and_purposes_have_shuffles_of_their_own():
    """Another seed or another purpose gives another order."""
    orders = [
        tuple(shuffled_all(seed, purpose, np.arange(50), 50).tolist())
        for seed in (1, 2)
        for purpose in ("seats", "rooms")
    ]
    assert 4 == len(set(orders))


def test_neighbours_are_spread_evenly():
    """The first thousand of a million fall into all tenths alike (chi-squared, 9 degrees, p = 0.0001)."""
    tenths = shuffled_all(1, "seats", np.arange(1000), 10**6) // 10**5
    counts = np.bincount(tenths, minlength=10)
    assert ((counts - 100) ** 2 / 100).sum() < 33.7


@pytest.mark.parametrize("stride", [1, 1024])
def test_neighbours_are_in_no_order(stride):
    """Of numbers that differ in one half of their bits alone, each follows above or below the last by chance."""
    places = shuffled_all(1, "seats", np.arange(900) * stride, 2**20)
    assert 0.43 < (np.diff(places) > 0).mean() < 0.57
    halves = np.stack([places >> 10, places & 1023])
    assert (np.diff(halves) == 0).mean() < 0.02


@pytest.mark.parametrize("number", [-1, 10])
def test_numbers_outside_are_refused(number):
    """A number outside of 0 … size-1 has no place."""
    with pytest.raises(ValueError, match="outside of 0 … 9"):
        shuffled(1, "seats", number, 10)
    with pytest.raises(ValueError, match="outside of 0 … 9"):
        shuffled_all(1, "seats", np.array([3, number]), 10)

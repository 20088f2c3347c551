"""The ceiling is found by trying, against a portal whose true capacity is known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.ceiling import Ceiling, Second


def against(capacity_per_s, seconds, ceiling):
    """Offer the ceiling to a portal that answers so many quickly; what is above waits. Give the ceilings."""
    backlog, seen = 0.0, []
    for _ in range(seconds):
        backlog += ceiling.per_s
        answered = min(backlog, capacity_per_s)
        backlog -= answered
        ceiling.hear(Second(round(answered), 0.01 + backlog / capacity_per_s, 0, 0.5))
        seen.append(ceiling.per_s)
    return seen


@given(capacity=st.floats(100, 3_000))
def test_the_first_minute_finds_it(capacity):
    """Within a minute the ceiling is within half and one and a half of what the portal bears, and stays there."""
    seen = against(capacity, 180, Ceiling())
    assert all(0.5 * capacity <= per_s <= 1.5 * capacity for per_s in seen[60:])


def test_a_generator_at_its_own_limit_lowers_it():
    """A load generator without CPU left cannot drive more, however quick the portal is."""
    ceiling = Ceiling()
    busy = Second(answered=120, median_s=0.01, failed=0, cpu_share=0.95)
    assert [False, True] == [ceiling.hear(busy) for _ in range(2)]
    assert pytest.approx(96.0) == ceiling.per_s


def test_a_single_bad_second_is_no_strain():
    """The collector, or a checkpoint of the database, has one in a while; two in a row are strain."""
    ceiling = Ceiling()
    well, bad = Second(500, 0.01, 0, 0.3), Second(500, 0.5, 0, 0.3)
    assert [False, True, False, True] == [ceiling.hear(second) for second in (bad, well, bad, well)]


def test_an_idle_second_says_nothing():
    """Where nobody comes, quick answers prove nothing about more."""
    ceiling = Ceiling()
    assert not ceiling.hear(Second(answered=3, median_s=0.01, failed=0, cpu_share=0.1))


def test_one_that_is_set_stays():
    """What the user has set is not corrected."""
    ceiling = Ceiling(250.0)
    assert not ceiling.hear(Second(answered=1000, median_s=9.0, failed=1000, cpu_share=1.0))
    assert 250.0 == ceiling.per_s

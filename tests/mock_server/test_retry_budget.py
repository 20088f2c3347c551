"""How many retries a portal serves."""

import pytest

from mock_server.protections.retry_budget import KEPT_S, LEAST, RetryBudget


def test_retries_are_a_share_of_first_tries():
    """100 first tries and 100 retries a second for 50 s: 10 % of the first tries are served again, and a few always."""
    budget = RetryBudget(0.1)
    served = 0
    for number in range(5_000):
        budget.allows(is_retry=False, now_s=number / 100)
        served += budget.allows(is_retry=True, now_s=number / 100)
    assert pytest.approx(500 + 50 * LEAST / KEPT_S, rel=0.1) == served


def test_a_first_try_is_always_served():
    """The budget is for retries alone."""
    budget = RetryBudget(0.1)
    while budget.allows(is_retry=True, now_s=0.0):
        pass
    assert budget.allows(is_retry=False, now_s=0.0)
    assert not budget.allows(is_retry=True, now_s=0.0)


def test_a_quiet_hour_saves_nothing_up():
    """A storm after an hour of first tries finds a budget of the last seconds."""
    budget = RetryBudget(0.1)
    for second in range(3_600):
        budget.allows(is_retry=False, now_s=float(second))
    served = sum(budget.allows(is_retry=True, now_s=3_600.0) for _ in range(100))
    assert served <= LEAST + 1


def test_without_a_share_every_retry_is_served():
    """Off is off."""
    budget = RetryBudget(0.0)
    assert all(budget.allows(is_retry=True, now_s=0.0) for _ in range(1_000))

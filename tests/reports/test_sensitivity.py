"""How latencies grow where work takes longer."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.sensitivity import Growth, at_quantile, wait_growth


@given(st.floats(0, 1.2), st.integers(1, 100))
def test_waits_grow_faster_than_work_and_the_more_the_fuller_the_portal(use: float, servers: int) -> None:
    """Without end only up to saturation."""
    assert 1 < wait_growth(use * 0.9, servers) <= wait_growth(use, servers) <= wait_growth(1.0, servers) < 40


@pytest.mark.parametrize("q", [0.5, 0.95])
def test_a_quantile_moves_as_its_sensitivity_says(q: float) -> None:
    """Each part of each request is made longer, and the quantile is taken again."""
    rng = np.random.default_rng(3)
    work, waited, outside, waited_outside = (rng.gamma(2.0, scale, 20_000) for scale in (10.0, 30.0, 50.0, 20.0))
    growth = Growth(of_all=6.0, of_ours=3.0)

    def moves(more_all: float, more_ours: float) -> float:
        longer = (
            work * (1 + more_all + more_ours)
            + waited * (1 + 6 * more_all + 3 * more_ours)
            + outside * (1 + more_all)
            + waited_outside * (1 + 6 * more_all)
        )
        return float(np.quantile(longer, q))

    latency = work + waited + outside + waited_outside
    found = at_quantile(latency, waited, outside + waited_outside, waited_outside, q, growth)
    now = moves(0, 0)
    assert found.to_all == pytest.approx((moves(0.01, 0) / now - 1) / 0.01, rel=0.1)
    assert found.to_ours == pytest.approx((moves(0, 0.01) / now - 1) / 0.01, rel=0.1)


def test_what_has_no_latency_grows_as_work_does() -> None:
    """Nothing is known of it."""
    nothing = np.zeros(3)
    assert (1.0, 1.0) == at_quantile(nothing, nothing, nothing, nothing, 0.5, Growth(6.0, 3.0))

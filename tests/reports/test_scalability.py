"""Service demand on known queues, and known scalability laws that are found again."""

import heapq
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.little import mean_inside
from reports.scalability import fit_scalability, knee, law
from reports.service_demand import saturation_rate_per_s, service_demand_s, utilisation

LOADS = np.array([1.0, 2, 4, 8, 16, 32, 48, 64])


def many_servers(rate_per_s: float, demand_s: float, units: int, count: int) -> tuple[np.ndarray, ...]:
    """Give when each customer of a queue with Poisson arrivals comes, is served and leaves; service is exponential."""
    rng = np.random.default_rng(1)
    comes_s = np.cumsum(rng.exponential(1 / rate_per_s, count))
    free_s, served_s, leaves_s = [0.0] * units, np.empty(count), np.empty(count)
    for number, service_s in enumerate(rng.exponential(demand_s, count)):
        served_s[number] = max(comes_s[number], heapq.heappop(free_s))
        leaves_s[number] = served_s[number] + service_s
        heapq.heappush(free_s, leaves_s[number])
    return comes_s, served_s, leaves_s


def test_laws_hold_for_a_known_queue() -> None:
    """Four lines, 20 calls a second of 0.13 s: 65 % in use, and as many in service as Little's law says."""
    comes_s, served_s, leaves_s = many_servers(20.0, 0.13, 4, 40_000)
    end_s = float(comes_s[-1])
    demand_s = service_demand_s(float((leaves_s - served_s).sum()), len(comes_s))
    assert demand_s == pytest.approx(0.13, rel=0.02)
    assert utilisation(20.0, demand_s, 4) == pytest.approx(0.65, rel=0.02)
    assert mean_inside(served_s, leaves_s, 0.0, end_s) == pytest.approx(4 * utilisation(20.0, demand_s, 4), rel=0.02)
    # Erlang's formula for waiting, plus those in service.
    offered = 20.0 * 0.13
    waits = offered**4 / (math.factorial(4) * (1 - offered / 4))
    share = waits / (sum(offered**k / math.factorial(k) for k in range(4)) + waits)
    inside = offered + share * (offered / 4) / (1 - offered / 4)
    assert mean_inside(comes_s, leaves_s, 0.0, end_s) == pytest.approx(inside, rel=0.05)


def test_more_than_the_saturation_rate_is_not_served() -> None:
    """At twice that rate as many leave as at once it."""
    most = saturation_rate_per_s(0.125, 4)
    comes_s, _, leaves_s = many_servers(2 * most, 0.125, 4, 20_000)
    assert (leaves_s < comes_s[-1]).sum() / comes_s[-1] == pytest.approx(most, rel=0.03)
    assert math.inf == saturation_rate_per_s(0.0, 4)


@given(st.floats(0.001, 10), st.floats(1, 100))
def test_saturation_is_where_utilisation_is_one(demand_s: float, units: float) -> None:
    """Both laws are one."""
    assert utilisation(saturation_rate_per_s(demand_s, units), demand_s, units) == pytest.approx(1.0)


def test_demands_that_make_no_sense_are_refused() -> None:
    """In one line."""
    with pytest.raises(ValueError, match="no demand"):
        service_demand_s(1.0, 0)
    with pytest.raises(ValueError, match="below 0"):
        utilisation(-1.0, 0.1, 4)
    with pytest.raises(ValueError, match="below 0"):
        saturation_rate_per_s(0.1, 0)


@given(st.floats(1, 1000), st.floats(0.005, 0.3), st.floats(1e-4, 5e-3))
def test_known_laws_are_found_again(rate: float, contention: float, coherency: float) -> None:
    """From points without noise, exactly; and so is the peak."""
    found = fit_scalability(LOADS, law(LOADS, rate, contention, coherency))
    assert (found.rate, found.contention, found.coherency) == pytest.approx((rate, contention, coherency), rel=0.01)
    assert found.peak_load == pytest.approx(math.sqrt((1 - contention) / coherency), rel=0.01)
    assert found.most >= found.throughput(LOADS).max() * 0.99


def test_errors_of_the_fit_say_how_far_off_it_is() -> None:
    """With 2 % noise, the truth lies within 3 standard errors in nearly all of 100 experiments."""
    rng = np.random.default_rng(1)
    truth = np.array([100.0, 0.05, 0.0008])
    held = 0
    for _ in range(100):
        found = fit_scalability(LOADS, law(LOADS, *truth) * rng.normal(1, 0.02, len(LOADS)))
        errors = np.array([found.rate_error, found.contention_error, found.coherency_error])
        held += bool((np.abs([found.rate, found.contention, found.coherency] - truth) <= 3 * errors).all())
    assert held >= 85


def test_a_law_without_a_peak() -> None:
    """Contention alone comes close to λ/σ; without it, more load always gives more."""
    amdahl = fit_scalability(LOADS, law(LOADS, 10.0, 0.1, 0.0))
    assert amdahl.peak_load > 1000
    assert amdahl.most == pytest.approx(100.0, rel=0.05)
    assert fit_scalability(LOADS, 10 * LOADS).most > 10_000


@pytest.mark.parametrize(
    ("load", "throughput", "words"),
    [([1.0, 2, 3], [1.0, 2, 3], "4 at least"), ([0.5, 1, 2, 3], [1.0, 2, 3, 4], "1 or more"),
     ([1.0, 2, 3, 4], [1.0, 2, 3, 0], "above 0")],
)  # fmt: skip
def test_what_cannot_be_fitted_is_refused(load: list[float], throughput: list[float], words: str) -> None:
    """In one line."""
    with pytest.raises(ValueError, match=words):
        fit_scalability(np.array(load), np.array(throughput))


@pytest.mark.parametrize(
    ("goodput", "where"),
    [
        ([10.0, 20, 30, 40, 40, 40, 40], 40.0),
        ([10.0, 20, 30, 40, 30, 20, 10], 40.0),
        ([10.0, 20, 30, 40, 50, 60, 70], None),
        ([10.0, 10, 10, 10, 10, 10, 10], None),
        ([70.0, 60, 50, 40, 30, 20, 10], None),
    ],
)
def test_knee(goodput: list[float], where: float | None) -> None:
    """A portal that serves what is offered up to 40 a second, and then no more, or less; straight lines have none."""
    offered = np.array([10.0, 20, 30, 40, 50, 60, 70])
    assert where == knee(offered, np.array(goodput))
    assert where == knee(offered[::-1], np.array(goodput)[::-1])


def test_knee_needs_three_loads() -> None:
    """Two points are a straight line."""
    with pytest.raises(ValueError, match="3 at least"):
        knee(np.array([1.0, 2.0]), np.array([1.0, 2.0]))

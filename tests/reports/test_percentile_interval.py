"""Confidence intervals of percentiles, and whether a stretch is stationary, against known laws."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.arrival_checks import Floats
from reports.objectives import Objective
from reports.percentile_interval import Interval, local_block_interval, order_statistic_interval, percentile_interval
from reports.soundness import REPORTED, percentile, stationarity
from reports.stationarity import trend


def single_server(rng: np.random.Generator, count: int, use: float) -> tuple[Floats, Floats]:
    """Give arrivals and times in the system of a single-server queue with exponential service of mean 1, run in."""
    between, service = rng.exponential(1 / use, count + 500), rng.exponential(1, count + 500)
    left, stays = 0.0, np.empty(count + 500)
    for number in range(count + 500):
        left = max(0.0, left - between[number])
        left += service[number]
        stays[number] = left
    return np.cumsum(between)[500:], stays[500:]


def test_order_statistics_of_a_known_sample() -> None:
    """The median of 10 values is, with 97.9 % confidence, between the 2nd and the 9th (Conover)."""
    assert Interval(2.0, 9.0) == order_statistic_interval(np.arange(1.0, 11.0), 0.5)


def test_too_few_values_have_no_upper_end() -> None:
    """Of under 72 values the 95th percentile may be above all of them."""
    assert math.inf == order_statistic_interval(np.arange(71.0), 0.95).high
    assert 71.0 == order_statistic_interval(np.arange(72.0), 0.95).high
    assert percentile_interval(np.empty(0), np.empty(0), 0.95) is None


def test_interval_of_independent_values_holds_the_truth_as_often_as_it_says() -> None:
    """In 95 of 100 simulations, and a little more, as ranks are whole numbers."""
    rng = np.random.default_rng(1)
    true = math.exp(1.6448536269514722)
    held = [order_statistic_interval(rng.lognormal(0, 1, 400), 0.95).holds(true) for _ in range(500)]
    assert 0.93 <= np.mean(held) <= 0.99


def test_requests_that_wait_together_need_a_wider_interval() -> None:
    """At 80 % use independence would hold in 1 of 5 simulations; with blocks it is at least 4 of 5."""
    rng = np.random.default_rng(1)
    true = -math.log(0.05) / (1 - 0.8)
    runs = [single_server(rng, 6000, 0.8) for _ in range(40)]
    alone = np.mean([order_statistic_interval(stays, 0.95).holds(true) for _, stays in runs])
    blocks = np.mean([(percentile_interval(at, stays, 0.95) or Interval(0, 0)).holds(true) for at, stays in runs])
    assert alone < 0.5
    assert blocks >= 0.8


@given(st.lists(st.floats(0, 1e5), min_size=1, max_size=200))
def test_interval_lies_around_the_estimate(values: list[float]) -> None:
    """Whatever the values, and it is the same each time."""
    at_s, found = np.arange(float(len(values))), np.array(values)
    low, high = local_block_interval(at_s, found, 0.95)
    assert low <= np.quantile(found, 0.95) <= high
    assert Interval(low, high) == local_block_interval(at_s, found, 0.95)


def test_what_changes_as_planned_does_not_widen_the_interval() -> None:
    """A load whose second half is slow by plan is known as well as one that is slow at random moments is not."""
    rng = np.random.default_rng(1)
    noise = rng.exponential(0.1, 4000)
    at_s = np.arange(4000.0)
    planned = local_block_interval(at_s, noise + (at_s >= 2000), 0.25)
    bursts = local_block_interval(at_s, noise + (at_s // 400 % 2), 0.25)
    assert planned.high - planned.low < bursts.high - bursts.low


@pytest.mark.parametrize(("limit_ms", "standing"), [(2000.0, "pass"), (105.0, "warn"), (95.0, "warn"), (50.0, "pass")])
def test_objective_within_the_interval_is_not_known(limit_ms: float, standing: str) -> None:
    """Whether it held cannot be said then, on whichever side the estimate is."""
    found = percentile(Objective("all", "intended_p95_ms", limit_ms), 100.0, Interval(90.0, 110.0))
    assert standing == found.standing
    assert ("is not known" in found.sentence) == (standing == "warn")


def test_without_an_objective_the_interval_is_only_said() -> None:
    """Nothing can be too wide then."""
    found = percentile(REPORTED, 100.0, Interval(10.0, math.inf))
    assert ("pass", None) == (found.standing, found.figure)
    assert "95 % confidence: 10 ms to no end" in found.sentence


def test_a_queue_that_grows_is_not_stationary() -> None:
    """More arrivals than can be served: the wait rises throughout."""
    at_s, stays = single_server(np.random.default_rng(1), 3000, 1.2)
    seconds = 60 * (at_s - at_s[0]) / (at_s[-1] - at_s[0])
    found = trend(seconds, 1000 * stays, 0.0, 60.0)
    assert found is not None
    assert found.tau > 0.8
    assert "warn" == stationarity(found).standing


def test_a_steady_queue_is_stationary() -> None:
    """Of 200 simulated queues at 50 % use at most 1 in 100 is called rising or falling."""
    rng = np.random.default_rng(1)
    found = []
    for _ in range(200):
        at_s, stays = single_server(rng, 1500, 0.5)
        seconds = 60 * (at_s - at_s[0]) / (at_s[-1] - at_s[0])
        found.append(stationarity(trend(seconds, 1000 * stays, 0.0, 60.0)).standing)
    assert found.count("warn") <= 2


def test_a_short_stretch_says_nothing() -> None:
    """Seven seconds are too few for a trend, and waits that never change have none."""
    assert trend(np.arange(7.0), np.arange(7.0), 0.0, 60.0) is None
    flat = trend(np.arange(30.0), np.ones(30), 0.0, 60.0)
    assert flat is not None
    assert (0.0, 1.0) == (flat.tau, flat.p)

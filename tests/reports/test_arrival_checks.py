"""Started arrivals against planned ones: known stalls are found, and sound generators are left alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.arrival_checks import Floats, coupling, gap_blocks, persistence, rank_correlation, rate_deviations
from reports.soundness import achieved_rate, coordinated_omission, gaps, lateness_persists

LENGTH_S = 20.0


def planned(rng: np.random.Generator, rate_per_s: float) -> Floats:
    """Give a plan of Poisson arrivals whose rate rises from half to one and a half of the given one."""
    count = rng.poisson(rate_per_s * LENGTH_S)
    even = rng.uniform(size=count)
    return np.sort(LENGTH_S * (np.sqrt(1 + 8 * even) - 1) / 2)


def sound(rng: np.random.Generator, due_s: Floats) -> Floats:
    """Start a plan as a sound generator does: some milliseconds late."""
    late: Floats = due_s + rng.gamma(2, 0.002, len(due_s))
    return late


def stalled(started_s: Floats, from_s: float, length_s: float) -> Floats:
    """Hold back everybody who starts in a stall, to start half a millisecond apart once it is over."""
    held = (started_s >= from_s) & (started_s < from_s + length_s)
    started: Floats = np.where(held, from_s + length_s + 0.0005 * np.cumsum(held), started_s)
    return started


def test_sound_runs_alarm_nobody() -> None:
    """Of 300 simulated sound runs, at most 1 in 100 gets a warning from any check of its arrivals."""
    alarms = 0
    for seed in range(300):
        rng = np.random.default_rng(seed)
        due_s = planned(rng, [20, 60, 120][seed % 3])
        started_s = sound(rng, due_s)
        late_s = started_s - due_s
        sent_s = rng.uniform(0, LENGTH_S, 2000)
        checks = [
            achieved_rate(rate_deviations(due_s, started_s, 0.0, LENGTH_S)),
            gaps(gap_blocks(due_s, started_s)),
            lateness_persists(persistence(due_s, late_s), 1000 * float(np.quantile(late_s, 0.99))),
            coordinated_omission(coupling(due_s, late_s, sent_s, rng.exponential(0.1, 2000))),
        ]
        alarms += any(check.standing != "pass" for check in checks)
    assert alarms <= 3


def test_a_stall_is_seen_by_every_check_of_arrivals() -> None:
    """A second in which nobody starts is missing from the rate, bunches gaps and delays many in a row."""
    rng = np.random.default_rng(1)
    due_s = planned(rng, 60)
    started_s = stalled(sound(rng, due_s), 10.0, 2.0)
    late_s = started_s - due_s
    assert "void" == achieved_rate(rate_deviations(due_s, started_s, 0.0, LENGTH_S)).standing
    assert "void" == gaps(gap_blocks(due_s, started_s)).standing
    assert "warn" == lateness_persists(persistence(due_s, late_s), 1000.0).standing


def test_a_stall_that_is_hidden_in_a_second_is_seen() -> None:
    """Half a second without arrivals is half of them, also where the second's count comes out right."""
    due_s = np.arange(0.005, LENGTH_S, 0.01)
    started_s = stalled(due_s, 10.2, 0.5)
    assert rate_deviations(due_s, started_s, 0.0, LENGTH_S).max() == pytest.approx(0.5, abs=0.1)


@given(st.lists(st.floats(0, 10), max_size=300), st.randoms())
def test_starts_as_planned_deviate_by_nothing(due_s: list[float], random: object) -> None:
    """Whatever the plan, and in whatever order it is given."""
    shuffled = due_s.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert 0.0 == rate_deviations(np.array(due_s), np.array(shuffled), 0.0, 10.0).max()
    assert all(block.follows for block in gap_blocks(np.array(due_s), np.array(due_s)))


def test_few_arrivals_say_nothing_of_a_rate_and_short_stretches_have_none() -> None:
    """One of three arrivals in another second is no third of a load."""
    assert rate_deviations(np.array([1.0, 1.4, 1.95]), np.array([1.0, 1.4, 2.05]), 0.0, 4.0).max() == 0.01
    assert 0 == len(rate_deviations(np.array([0.1]), np.array([0.1]), 0.0, 0.9))


@given(st.lists(st.floats(-1e6, 1e6), min_size=5, max_size=50, unique=True))
def test_rank_correlation_of_a_rising_function_is_one(values: list[float]) -> None:
    """Only the order counts."""
    one = np.array(values)
    assert rank_correlation(one, 3 * one).rho == pytest.approx(1.0)
    assert rank_correlation(one, -one).rho == pytest.approx(-1.0)
    assert 0.0 == rank_correlation(one, np.zeros(len(one))).rho


def test_a_generator_that_waits_for_the_portal_is_found() -> None:
    """Lateness in seconds in which the portal is slow is coordinated omission; without lateness it is none."""
    due_s = np.arange(0.0, LENGTH_S, 0.02)
    slow = np.floor(due_s) % 4 == 0
    latency_s = np.where(slow, 2.0, 0.1) + due_s / 1000
    waits = coordinated_omission(coupling(due_s, np.where(slow, 0.3, 0.001) + due_s / 1e5, due_s, latency_s))
    open_load = coordinated_omission(coupling(due_s, 0.001 + due_s / 1e5, due_s, latency_s))
    assert ("void", "pass") == (waits.standing, open_load.standing)
    assert "who waits for a slow portal leaves its worst moments out" in waits.sentence


def test_nothing_is_said_of_few_arrivals() -> None:
    """Checks that have nothing to look at say so."""
    few = np.arange(5.0)
    found = [
        gaps(gap_blocks(few, few)),
        achieved_rate(np.empty(0)),
        lateness_persists(persistence(few, few), 1.0),
        coordinated_omission(coupling(few, few, few, few)),
    ]
    assert ["not measured"] * 4 == [check.standing for check in found]

"""Effects between runs of the same arrivals, and how well they are known."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.comparison import SLOWER, differs, draw_plan, play, told
from reports.effects import BLOCKS, Effect, Figure, Measured, Quantile, Share, effects
from reports.percentile_interval import Floats

LIMIT = 0.05


def run_of(values: Floats) -> Quantile:
    """Give the median of a run whose values lie evenly in its blocks."""
    return Quantile.of(values, np.arange(len(values)) * BLOCKS // len(values), 0.5, BLOCKS)


def effect(baseline: Sequence[Figure], other: Sequence[Figure], **changes: float) -> Effect:
    """Give the effect on one figure."""
    return effects({"x": Measured(baseline, other, **changes)}, BLOCKS, LIMIT)["x"]


def waits(seed: int, factor: float = 1.0, number: int = 4000) -> Floats:
    """Give independent waits in ms whose median is 100 times the factor."""
    return factor * np.random.default_rng(seed).lognormal(np.log(100), 0.5, number)


def test_what_is_slower_is_found_with_its_size() -> None:
    """A third more: the effect, its interval around it, and all of it on one side."""
    found = effect([run_of(waits(1))], [run_of(waits(2, 4 / 3))])
    assert ("worse", pytest.approx(4 / 3, rel=0.05)) == (found.standing, found.effect)
    assert 1.2 < found.low < 4 / 3 < found.high < 1.5
    assert (100, 133) == (pytest.approx(found.baseline, rel=0.04), pytest.approx(found.other, rel=0.04))


def test_what_is_real_but_small_is_no_difference() -> None:
    """3 % in so many requests is certain, and nobody minds it: neither worse nor, as it may be more, the same."""
    many = {"noise": 0.001}
    found = effect([run_of(waits(1, number=100_000))], [run_of(waits(2, 1.03, number=100_000))], **many)
    assert (True, "same") == (found.low > 1, found.standing)
    assert "worse" == effect([run_of(waits(1))], [run_of(waits(1, 1.06))], **many).standing


def test_a_few_milliseconds_are_no_difference() -> None:
    """Half as much again, of 2 ms, is within what nobody minds; of 100 ms it is not."""
    small = effect([run_of(waits(1, 0.02))], [run_of(waits(2, 0.03))], least=2.0)
    assert (1.5, "same") == (pytest.approx(small.effect, rel=0.05), small.standing)
    assert "worse" == effect([run_of(waits(1))], [run_of(waits(2, 1.5))], least=2.0).standing


def test_too_few_requests_tell_nothing() -> None:
    """With 60 requests, 6 % more is neither a difference nor none."""
    assert "unclear" == effect([run_of(waits(1, number=60))], [run_of(waits(2, 1.06, number=60))]).standing


def test_more_figures_make_wider_intervals() -> None:
    """All hold together, so each of twenty reaches further than one alone."""
    runs = {str(n): Measured([run_of(waits(n))], [run_of(waits(100 + n))]) for n in range(20)}
    alone, together = effects({"0": runs["0"]}, BLOCKS, LIMIT)["0"], effects(runs, BLOCKS, LIMIT)["0"]
    assert together.low < alone.low < alone.effect == together.effect < alone.high < together.high


def test_more_runs_make_narrower_intervals() -> None:
    """Four runs of each set-up know more than one."""
    one = effect([run_of(waits(1))], [run_of(waits(2))])
    four = effect([run_of(waits(n)) for n in range(4)], [run_of(waits(10 + n)) for n in range(4)])
    assert np.log(four.high / four.low) < 0.6 * np.log(one.high / one.low)


def test_requests_that_wait_together_know_less() -> None:
    """Each block has a level of its own, drawn anew in the other run: 4,000 requests are as good as 20."""
    rng = np.random.default_rng(1)
    levels = [np.repeat(rng.lognormal(0, 0.3, BLOCKS), 200) for _ in range(2)]
    found = effect([run_of(waits(1) * levels[0])], [run_of(waits(2) * levels[1])])
    apart = effect([run_of(waits(1))], [run_of(waits(2))])
    assert np.log(found.high / found.low) > 2 * np.log(apart.high / apart.low)


def test_what_both_runs_have_in_common_falls_away() -> None:
    """The same levels in both runs, such as a minute with many arrivals, make the interval hardly wider."""
    level = np.repeat(np.random.default_rng(1).lognormal(0, 1.0, BLOCKS), 200)
    found = effect([run_of(waits(1) * level)], [run_of(waits(1) * level * 1.2)])
    assert (pytest.approx(1.2, rel=0.01), "worse") == (found.effect, found.standing)


def test_shares_are_compared_by_their_difference() -> None:
    """None failed, then one in ten: there is no ratio, but ten points."""
    uses = np.full(BLOCKS, 100.0)
    found = effect([Share(0 * uses, uses)], [Share(0.1 * uses, uses)], absolute=True, least=0.01)
    assert (0.0, pytest.approx(0.1), "worse") == (found.baseline, found.effect, found.standing)
    nothing = effect([Share(0 * uses, uses)], [Share(0 * uses, uses)], absolute=True, least=0.01)
    assert (0.0, 0.0, "same") == (nothing.low, nothing.high, nothing.standing)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000), st.floats(0.3, 3.0))
def test_exchanged_runs_give_the_effect_the_other_way_round(seed: int, factor: float) -> None:
    """One over it, and its interval too."""
    a, b = run_of(waits(seed, number=200)), run_of(waits(seed + 1, factor, number=200))
    there, back = effect([a], [b]), effect([b], [a])
    assert (there.effect, there.low, there.high) == pytest.approx((1 / back.effect, 1 / back.high, 1 / back.low))
    assert there.low <= there.effect <= there.high


def test_simulated_runs_of_the_same_portal_and_of_a_slower_one() -> None:
    """The benchmark's verdicts, for two of its plans; how often they are wrong is in docs/compare.md."""
    for seed in (1, 2):
        rng = np.random.default_rng(seed)
        plan = draw_plan(rng, 0.6, opening=False)
        a, same, slower = play(plan, rng), play(plan, rng), play(plan, rng, SLOWER)
        assert not differs(told(a, same), "worse", "better")
        assert differs(told(a, slower), "worse")
        assert differs(told(slower, a), "better")

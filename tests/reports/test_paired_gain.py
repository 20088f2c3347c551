"""Gains of relieved runs over baseline runs, and p-values of several of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.paired_gain import holm, paired_gain


def test_a_known_gain() -> None:
    """Differences 1.2, 1.1 and 1.3: mean 1.2, standard error 0.1/√3, and 4.303 of them to each side."""
    found = paired_gain([5.1, 6.0, 4.4], [3.9, 4.9, 3.1])
    assert (3, pytest.approx(1.2), pytest.approx(1.2 / 5.1667, rel=1e-4)) == (found.pairs, found.mean, found.share)
    assert (found.low, found.high) == pytest.approx((1.2 - 0.2484, 1.2 + 0.2484), abs=1e-4)
    assert found.p == pytest.approx(0.0023, abs=1e-4)
    assert found.is_gain
    assert found.boot_low is not None
    assert found.boot_high is not None
    assert (found.boot_low, found.boot_high) == pytest.approx((1.1, 1.3))


def test_pairs_show_what_runs_alone_would_hide() -> None:
    """Seeds differ by far more than the relief gains; in pairs that falls away."""
    seeds = np.array([10.0, 50.0, 90.0, 30.0])
    found = paired_gain(list(seeds), list(seeds - [1.0, 1.1, 0.9, 1.05]))
    assert found.is_gain
    assert found.p < 0.001


def test_students_interval_holds_the_truth_in_95_of_100() -> None:
    """With 3 pairs and with 5: 1,000 experiments of each, whose seeds are fixed."""
    rng = np.random.default_rng(1)
    for pairs, t in ((3, 4.302653), (5, 2.776445)):
        gains = rng.normal(1.0, 0.3, (1000, pairs))
        reach = t * gains.std(axis=1, ddof=1) / np.sqrt(pairs)
        one = paired_gain(list(gains[0]), [0.0] * pairs)
        assert (one.low, one.high) == pytest.approx((gains[0].mean() - reach[0], gains[0].mean() + reach[0]), rel=1e-5)
        assert np.mean(np.abs(gains.mean(axis=1) - 1.0) <= reach) == pytest.approx(0.95, abs=0.02)


def test_pairs_that_do_not_vary() -> None:
    """The same gain each time is one for certain; none at all is no finding."""
    same = paired_gain([5.0, 6.0, 7.0], [4.0, 5.0, 6.0])
    assert (1.0, 1.0, 0.0, 1.0, 1.0) == (same.low, same.high, same.p, same.boot_low, same.boot_high)
    none = paired_gain([5.0, 6.0], [5.0, 6.0])
    assert (0.0, 1.0, False, None) == (none.mean, none.p, none.is_gain, none.boot_low)


@given(st.lists(st.tuples(st.floats(0, 1e4), st.floats(0, 1e4)), min_size=3, max_size=5))
def test_a_gain_the_other_way_round_is_a_loss(pairs: list[tuple[float, float]]) -> None:
    """Baseline and relieved exchanged give the same figures below 0."""
    one = paired_gain([a for a, _ in pairs], [b for _, b in pairs])
    other = paired_gain([b for _, b in pairs], [a for a, _ in pairs])
    assert (one.mean, one.low, one.high) == pytest.approx((-other.mean, -other.high, -other.low), abs=1e-6)
    assert one.p == pytest.approx(other.p, abs=1e-9)


@pytest.mark.parametrize(
    ("baseline", "relieved", "words"),
    [
        ([1.0, 2.0], [1.0], "make no pairs"),
        ([1.0], [1.0], "at least 2"),
        ([1.0, float("nan")], [1.0, 1.0], "no number"),
    ],
)
def test_what_makes_no_pairs_is_refused(baseline: list[float], relieved: list[float], words: str) -> None:
    """In one line."""
    with pytest.raises(ValueError, match=words):
        paired_gain(baseline, relieved)


def test_holms_own_way() -> None:
    """The smallest counts as often as there are questions, the next one once less, and none less than one before."""
    assert {"a": 0.04, "b": 0.06, "c": 0.06, "d": 0.02} == pytest.approx(
        holm({"a": 0.0133333333, "b": 0.03, "c": 0.04, "d": 0.005})
    )
    with pytest.raises(ValueError, match="0 to 1"):
        holm({"a": 1.2})


@given(st.dictionaries(st.text(max_size=3), st.floats(0, 1), min_size=1, max_size=8))
def test_holm_is_between_none_and_bonferroni(p_values: dict[str, float]) -> None:
    """And it keeps the order."""
    found = holm(p_values)
    assert list(found) == list(p_values)
    for name, p in p_values.items():
        assert p <= found[name] <= min(1.0, len(p_values) * p) + 1e-12
    ordered = sorted(p_values, key=lambda name: p_values[name])
    assert [found[name] for name in ordered] == sorted(found.values())

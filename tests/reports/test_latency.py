"""Percentiles and latencies."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import latency
from reports.run_folder import TABLES
from reports.timeline import Timeline
from tests.reports.made_run import PORTAL_START, Row, request

TIMELINE = Timeline(180.0, PORTAL_START)


def table(rows: list[Row]) -> pl.LazyFrame:
    """Give requests as a table."""
    return pl.LazyFrame(rows, schema=dict(TABLES["requests"]), orient="row")


waits_ms = st.floats(0.0, 1e6, allow_nan=False)


@given(st.lists(st.tuples(waits_ms, waits_ms), min_size=1, max_size=60))
def test_percentiles_are_those_of_numpy(waits: list[tuple[float, float]]) -> None:
    """Both latencies, every quantile, over all requests."""
    rows = [
        request(200.0, service, intended_s=200.0 - before / 1000, candidate=n)
        for n, (service, before) in enumerate(waits)
    ]
    found = latency.by_step(table(rows), TIMELINE.pace).row(0, named=True)
    service = np.array([(r["done_s"] - r["sent_s"]) * 1000 for r in rows])
    intended = np.array([(r["done_s"] - r["intended_s"]) * 1000 for r in rows])
    for name, q in latency.QUANTILES.items():
        assert found[f"service_{name}_ms"] == pytest.approx(np.quantile(service, q), rel=1e-9, abs=1e-9)
        assert found[f"intended_{name}_ms"] == pytest.approx(np.quantile(intended, q), rel=1e-9, abs=1e-9)


def test_static_files_are_kept_out_of_all() -> None:
    """Nine quick static files do not hide a slow page."""
    rows = [request(1.0, 5.0, step="asset") for _ in range(9)] + [request(1.0, 4000.0)]
    steps = latency.by_step(table(rows), TIMELINE.pace)
    assert steps["step"].to_list() == ["all", "asset", "home"]
    assert steps["count"].to_list() == [1, 9, 1]
    assert steps["service_p50_ms"].to_list() == pytest.approx([4000.0, 5.0, 4000.0])


def test_abandoned_requests_count_with_the_time_until_then() -> None:
    """Leaving after 8 s is a latency of 8 s at least, and is in the failed share."""
    rows = [request(1.0, 100.0), request(1.0, 8000.0, status=0, outcome="abandoned")]
    every = latency.by_step(table(rows), TIMELINE.pace).row(0, named=True)
    assert every["service_p99_ms"] > 7900
    assert every["failed_share"] == 0.5


def test_requests_cut_off_by_the_end_are_lower_bounds_and_no_failures() -> None:
    """Open for 9 s as the load ended: a latency of 9 s at least, and nobody's failure."""
    rows = [request(1.0, 100.0), request(1.0, 9000.0, status=0, outcome="cut_off")]
    every = latency.by_step(table(rows), TIMELINE.pace).row(0, named=True)
    assert every["service_p99_ms"] > 8900
    assert (every["cut_off"], every["failed_share"]) == (1, 0.0)


def test_refusals_are_answers() -> None:
    """Only failed and abandoned requests are in the failed share."""
    rows = [request(1.0, outcome=outcome) for outcome in latency.OUTCOMES]
    every = latency.by_step(table(rows), TIMELINE.pace).row(0, named=True)
    assert [every[outcome] for outcome in latency.OUTCOMES] == [1, 1, 1, 1, 1]
    assert every["failed_share"] == 2 / 5


def test_problems_are_counted_by_step() -> None:
    """What was refused and what failed, the most frequent first; what went well is not there."""
    rows = [
        request(1.0),
        request(1.0, outcome="failed", problem="ConnectionReset"),
        *(request(1.0, step="upload", outcome="refused", problem="scan_too_large") for _ in range(2)),
    ]
    assert latency.problems(table(rows)).rows() == [
        ("refused", "scan_too_large", "upload", 2),
        ("failed", "ConnectionReset", "home", 1),
    ]


def test_no_requests_give_no_figures() -> None:
    """An empty table has a row `all` without figures."""
    every = latency.by_step(table([]), TIMELINE.pace).row(0, named=True)
    assert (every["count"], every["intended_p95_ms"], every["failed_share"]) == (0, None, None)


def test_over_time_a_request_stands_where_its_answer_came() -> None:
    """Sent at 10 s and answered at 14 s: it is in the bucket of 14 s, and is counted as sent at 10 s."""
    frame = latency.over_time(table([request(10.5, 4000.0)]), TIMELINE)
    assert frame.height == 180
    assert frame["bucket"].to_list() == list(range(180))
    assert frame["sent"].to_list() == [int(n == 10) for n in range(180)]
    assert frame["count"].to_list() == [int(n == 14) for n in range(180)]
    assert frame["intended_p95_ms"][14] == pytest.approx(4000.0)
    assert frame["intended_p95_ms"][13] is None


def test_goodput_is_of_the_moment_in_which_a_page_was_wanted() -> None:
    """Offered load counts a page once, whatever its attempts; goodput what was answered within 2 s of wanting it."""
    reloaded = {**request(20.0, 1500.0), "attempt": 2}
    late = {**request(20.0, 2500.0), "attempt": 2}
    rows = [
        request(10.5, 1900.0),
        request(10.5, 2100.0),
        {**request(20.0, 900.0), "outcome": "abandoned"},
        reloaded,
        late,
    ]
    frame = latency.over_time(table(rows), TIMELINE)
    assert [2, 1] == frame["wanted"].gather([10, 20]).to_list()
    assert [1, 1, None] == frame["in_time"].gather([10, 20, 30]).to_list()


def test_an_answer_after_the_end_counts_to_the_last_bucket() -> None:
    """What was answered or cut off in the moment of the end is not lost."""
    frame = latency.over_time(table([request(179.0, 1400.0)]), TIMELINE)
    assert frame["count"].sum() == frame["count"][179] == 1


def test_worst_minute_by_the_median_once_half_wait_a_second() -> None:
    """A minute in which half wait 3 s is worse than one in which one in twenty waits 9 s."""
    few_slow = [request(10.0, 9000.0 if n < 3 else 100.0) for n in range(30)]
    half_slow = [request(70.0, 3000.0) for n in range(30)]
    worst = latency.worst_minute(latency.by_minute(table(few_slow + half_slow), TIMELINE))
    assert worst is not None
    assert (worst["at_s"], worst["intended_p50_ms"]) == (60.0, pytest.approx(3000.0))


def test_worst_minute_by_the_95th_percentile_while_half_are_quick() -> None:
    """Where hardly anybody waits, the few who do decide."""
    calm = [request(70.0, 150.0) for _ in range(30)]
    few_slow = [request(10.0, 900.0 if n < 3 else 100.0) for n in range(30)]
    worst = latency.worst_minute(latency.by_minute(table(calm + few_slow), TIMELINE))
    assert worst is not None
    assert worst["at_s"] == 0.0


def test_a_stray_request_makes_no_worst_minute() -> None:
    """One slow request in an otherwise empty minute does not stand for that minute."""
    rows = [request(10.0, 200.0) for _ in range(100)] + [request(100.0, 5000.0)]
    worst = latency.worst_minute(latency.by_minute(table(rows), TIMELINE))
    assert worst is not None
    assert worst["at_s"] == 0.0


@pytest.mark.parametrize("length_s", [0.0, 1.0, 59.5, 180.0, 601.0, 86_400.0, 30 * 86_400.0])
def test_no_series_has_more_points_than_can_be_drawn(length_s: float) -> None:
    """Any length is covered by at most 600 buckets."""
    timeline = Timeline(length_s, PORTAL_START)
    assert 1 <= timeline.count <= 600
    assert timeline.count * timeline.width_s >= length_s

"""The advice, put to the test on made runs whose truth is known."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports import write_report
from reports.advice import Advice, Gain
from reports.advice_pictures import calendars
from reports.advice_tables import findings
from reports.analysis import analyse
from reports.filing import filings, within_promise
from reports.portal_days import FIRST, LAST, OTHERS, portal_days
from reports.run_folder import TABLES, open_run
from reports.static_files import added_times
from reports.uplinks import CLASSES, read_uplinks
from tests.reports.made_run import Row, arrival, calm_run, header, request, visit
from tests.reports.made_window import CLOCK, DAYS, FAST, WINDOW_S, window_facts, write_window


def table(rows: list[Row], name: str = "requests") -> pl.LazyFrame:
    """Give rows as one of the tables of a run folder."""
    return pl.LazyFrame(rows, schema=dict(TABLES[name]), orient="row")


def advice(tmp_path: Path, visits: list[Row], requests: list[Row], **changes: Any) -> Advice:
    """Give the advice of a made window with these visits and requests."""
    arrivals = [arrival(v["candidate"], v["due_s"], v["purpose"]) for v in visits]
    folder = write_window(tmp_path / "run", arrivals=arrivals, visits=visits, requests=requests, **changes)
    found = analyse(open_run(folder)).advice
    assert found is not None
    return found


def filed(candidate: int, at_s: float, took_s: float, *, form_s: float | None = None, **changes: Any) -> list[Row]:
    """Give the requests of a visit that began at `at_s`: home, first page of the form at `form_s`, filed at the end."""
    rows = [request(at_s, 100.0, candidate=candidate)]
    if form_s is not None:
        rows.append(request(form_s, 100.0, candidate=candidate, step="catalogue"))
    return [*rows, request(at_s + took_s - 0.2, 200.0, candidate=candidate, step="submission", **changes)]


def one_filing(visits: list[Row], rows: list[Row], first: str | None = "worker_slots") -> dict[str, Any]:
    """Give the only filing among these visits."""
    found = filings(table(visits, "visits").collect(), table(rows), CLOCK, first)
    assert found.height == 1
    return found.row(0, named=True)


# Time to file


def test_filing_at_true_rate_takes_what_it_took() -> None:
    """Everything counts: 240 s from the start of the visit, 140 s from the first page."""
    found = one_filing([visit(1, 10.0, started_s=10.0)], filed(1, 10.0, 240.0, form_s=110.0))
    assert found["visit_min"] == pytest.approx(4.0)
    assert found["form_min"] == pytest.approx(140 / 60)
    assert found["at_true_rate"] is True


@settings(deadline=None)  # the first query of a process takes a moment
@given(st.floats(0.05, 2.0), st.floats(0.05, 2.0), st.floats(5.0, 60.0))
def test_waiting_for_the_portal_is_not_inflated(first_s: float, last_s: float, thinking_portal_s: float) -> None:
    """In a fast stretch thinking counts by the portal's clock, and waiting with its real seconds."""
    begin = 700.0
    pressed = begin + first_s + thinking_portal_s / FAST
    rows = [
        request(begin, 1000 * first_s, candidate=1, step="catalogue"),
        request(pressed, 1000 * last_s, candidate=1, step="submission"),
    ]
    found = one_filing([visit(1, begin, started_s=begin)], rows)
    assert found["visit_min"] * 60 == pytest.approx(first_s + thinking_portal_s + last_s, rel=1e-6, abs=1e-4)
    assert found["form_min"] == pytest.approx(found["visit_min"])
    assert found["at_true_rate"] is False


def test_uplinks_go_by_the_clock_of_the_portal() -> None:
    """An upload of 0.5 s in a fast stretch: 0.1 s of it is the server's work, the line's 0.4 s are portal time."""
    timing = header(500.0, worker_slots=(20.0, 480.0), storage=(30.0, 50.0))
    rows = [
        request(700.0, 500.0, candidate=1, step="material", bytes_up=400_000, server_timing=timing),
        request(700.5, 0.0, candidate=1, step="submission"),
    ]
    found = one_filing([visit(1, 700.0, started_s=700.0)], rows)
    assert found["visit_min"] * 60 == pytest.approx(0.4 * FAST + 0.1)


def test_only_filings_count() -> None:
    """A refused submission files nothing, the first of two filings counts, and so does each visit by itself."""
    rows = [
        *filed(1, 10.0, 60.0, outcome="refused", status=409),
        *filed(2, 10.0, 60.0),
        request(200.0, candidate=2, step="submission"),
        *filed(3, 10.0, 90.0, visit=1),
    ]
    visits = [visit(n, 10.0, started_s=10.0) for n in (1, 2, 3)]
    found = filings(table(visits, "visits").collect(), table(rows), CLOCK, None)
    assert found.select("candidate", "filed_s").rows() == [(2, pytest.approx(70.0))]


def test_visits_under_way_at_the_start_are_left_out() -> None:
    """Their beginning was not played, so how long they took is not known."""
    begun = [visit(1, -30.0, started_s=-30.0)]
    assert filings(table(begun, "visits").collect(), table(filed(1, -30.0, 100.0)), CLOCK, None).is_empty()


def test_a_filing_over_the_end_of_a_stretch_is_not_at_true_rate() -> None:
    """Begun at true rate, filed where the clock was fast."""
    found = one_filing([visit(1, 590.0, started_s=590.0)], filed(1, 590.0, 20.0))
    assert found["at_true_rate"] is False


def test_the_promise_is_counted_from_both_ends() -> None:
    """From the visit's start only visits that came to apply count, from the first page all that had one."""
    visits = [visit(n, 10.0, started_s=10.0, purpose="apply" if n < 4 else "register") for n in range(6)]
    rows = [row for n in range(6) for row in filed(n, 10.0, 120.0 if n < 3 else 300.0, form_s=100.0 if n < 5 else None)]
    found = within_promise(filings(table(visits, "visits").collect(), table(rows), CLOCK, None))
    assert list(found.values()) == [(4, 0.75), (5, pytest.approx(3 / 5))]


# By day and hour


def test_days_of_the_window(tmp_path: Path) -> None:
    """From the opening's day to the close's; a close at midnight belongs to the day before."""
    assert [day.day for day in DAYS.days] == [10, 11, 12]
    midnight = window_facts(window={"opening": "2025-03-10T09:00:00+08:00", "closing": "2025-03-13T00:00:00+08:00"})
    found = portal_days(open_run(write_window(tmp_path / "run", midnight)))
    assert [day.day for day in found.days] == [10, 11, 12]


def test_hours_are_those_of_the_portal() -> None:
    """Second 0 is 9 h of the first day, the end 17 h of the third."""
    hours = pl.select(DAYS.hour(pl.lit(pl.Series([0.0, 599.0, 1201.0, 1799.9])))).to_series().to_list()
    assert hours == [9, 9, 48 + 16, 48 + 16]


def test_lag_by_hour_is_of_true_rate(tmp_path: Path) -> None:
    """30 pages of 300 ms at 9 h and 30 of 2 s at the close; the slow ones between are not there, nor static files."""
    rows = [request(10.0 + n, 300.0, candidate=n) for n in range(30)]
    rows += [request(1300.0 + n, 2000.0, candidate=n) for n in range(30)]
    rows += [request(700.0 + n, 9000.0, candidate=n) for n in range(30)]
    rows += [request(1300.0, 90_000.0, candidate=n, step="asset") for n in range(30)]
    found = advice(tmp_path, [visit(n, 10.0 + n) for n in range(30)], rows).lag
    assert found["hour"].to_list() == [9, 64]
    assert found["p95_ms"].to_list() == pytest.approx([300.0, 2000.0])


def test_an_hour_with_few_pages_is_not_measured(tmp_path: Path) -> None:
    """19 pages say nothing."""
    found = advice(tmp_path, [visit(0, 10.0)], [request(10.0 + n) for n in range(19)])
    assert found.lag.is_empty()
    assert calendars(found)[0].is_empty


def window_of_gains(tmp_path: Path, others: int = 25) -> Advice:
    """Give 25 visits on the first day, of 400 ms and 5 min, and on the last, of 2 s and 4 min; `others` between."""
    visits, rows = [], []
    for day, (begin, lag_ms, took_s, many) in enumerate(
        [(0.0, 400.0, 300.0, 25), (1210.0, 2000.0, 240.0, 25), (700.0, 100.0, 0.5, others)]
    ):
        for n in range(many):
            who, at_s = 100 * day + n, begin + n
            visits.append(visit(who, at_s, started_s=at_s))
            rows += [
                request(at_s, lag_ms, candidate=who, step="catalogue"),
                request(at_s + took_s - lag_ms / 1000, lag_ms, candidate=who, step="submission"),
            ]
    return advice(tmp_path, visits, rows)


def test_gains_of_the_first_and_the_last_day(tmp_path: Path) -> None:
    """What was at true rate is compared; the days between never were."""
    first, last, others = window_of_gains(tmp_path).gains
    assert (first.days, first.visits, first.filings) == (FIRST, 25, 25)
    assert (first.lag_p50_ms, first.lag_p95_ms) == (pytest.approx(400.0), pytest.approx(400.0))
    assert (first.visit_p50_min, first.form_p95_min) == (pytest.approx(5.0), pytest.approx(5.0))
    assert (last.days, last.lag_p95_ms, last.visit_p50_min) == (LAST, pytest.approx(2000.0), pytest.approx(4.0))
    assert others == Gain(OTHERS, 0, None, None, 0, None, None, None, None)


def test_gain_that_was_not_measured_is_said(tmp_path: Path) -> None:
    """No sentence compares with what nobody measured."""
    said = findings(window_of_gains(tmp_path))
    assert said[0] == (
        "Avoiding the first day: not measured, as fewer than 20 visits began at true rate on the other days."
    )


def test_few_visits_are_not_measured(tmp_path: Path) -> None:
    """19 visits at true rate give no figure, though their pages are many."""
    visits = [visit(n, 10.0 + n) for n in range(19)]
    rows = [request(10.0 + n + 0.1 * k, candidate=n) for n in range(19) for k in range(5)]
    first = advice(tmp_path, visits, rows).gains[0]
    assert (first.visits, first.lag_p50_ms) == (19, None)


# Cold cache


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 40), st.integers(0, 2)), min_size=1, max_size=30))
def test_files_side_by_side_count_once(files: list[tuple[int, int, int]]) -> None:
    """What static files add to a visit is the time in which any of them was on its way."""
    rows = [request(float(at), 1000.0 * long, candidate=who, step="asset") for at, long, who in files]
    found = added_times(table(rows)).collect()
    expected = {
        who: len({second for at, long, other in files if other == who for second in range(at, at + long)})
        for who in {who for *_, who in files}
    }
    assert sorted(found["added_s"].to_list()) == pytest.approx(sorted(expected.values()))


def test_cost_of_a_cold_cache(tmp_path: Path) -> None:
    """Two of three requests, 60 % of the bytes and a quarter of the server's time, at true rate."""
    rows = []
    for n in range(20):
        rows.append(request(10.0 + n, 300.0, candidate=n, bytes_down=4000))
        rows += [request(10.5 + n, 50.0, candidate=n, step="asset", bytes_down=3000) for _ in range(2)]
    found = advice(tmp_path, [visit(n, 10.0 + n) for n in range(20)], rows).static_files
    assert (found.requests, found.bytes_down, found.visits) == (40, 120_000, 20)
    assert found.request_share == pytest.approx(2 / 3)
    assert found.bytes_share == pytest.approx(0.6)
    assert found.server_share == pytest.approx(100 / 400)
    assert found.server_s == pytest.approx(2.0)
    assert (found.added_p50_s, found.added_p95_s) == (pytest.approx(0.05), pytest.approx(0.05))


# Uplinks


def upload(bits_per_s: float, held_ms: float, size: int = 100_000, **changes: Any) -> Row:
    """Give an upload over such a line, which held a slot so long."""
    took_ms = 8000 * size / bits_per_s
    timing = header(held_ms, worker_slots=(0.0, held_ms))
    return request(10.0, took_ms, step="material", bytes_up=size, server_timing=timing, **changes)


def test_uploads_are_sorted_by_their_rate() -> None:
    """Each class has its own uploads and their durations; forms and what got no answer are no uploads."""
    rows = [upload(100e3, 8000.0), upload(100e3, 8000.0), upload(8e6, 90.0), upload(800e6, 1.0)]
    rows += [upload(100e3, 1.0, size=49_000), upload(100e3, 1.0, status=0, outcome="abandoned")]
    found = read_uplinks(table(rows), "worker_slots", 20.0)
    assert found.classes["name"].to_list() == [CLASSES[0], CLASSES[3], CLASSES[4]]
    assert found.classes["uploads"].to_list() == [2, 1, 1]
    assert found.classes["p50_s"].to_list() == pytest.approx([8.0, 0.1, 0.001])
    assert found.share(float(found.slow["held_s"].sum())) == pytest.approx(16.0 / 20.0)


def test_what_slow_uplinks_cost_everybody(tmp_path: Path) -> None:
    """One of ten uploads is slow and holds slots for 8 of 9.8 s; a page that holds none of its own counts too."""
    rows = [upload(100e3, 8000.0), *(upload(8e6, 100.0) for _ in range(9))]
    rows.append(request(20.0, 1000.0, server_timing=header(900.0, worker_slots=(0.0, 900.0))))
    said = findings(advice(tmp_path, [visit(0, 10.0)], rows))
    assert "A slow uplink (under 1 Mbit/s) costs its owner 8.0 s an upload at the median, others 100 ms." in said
    assert (
        "It costs everybody else: 10 % of the uploads came that slowly, and held 82 % of all the time for which worker "
        "slots were held." in said
    )


def test_without_server_timing_slots_are_not_known() -> None:
    """A portal that says nothing of its slots gives durations alone."""
    rows = [upload(100e3, 8000.0) | {"server_timing": ""}]
    found = read_uplinks(table(rows), None, 0.0)
    assert found.classes["uploads"].to_list() == [1]
    assert found.share(0.0) is None


# In the page


def test_section_and_calendars_are_in_the_page(tmp_path: Path) -> None:
    """The section is there, with three calendars in each language; hours not measured are left to the grey."""
    window_of_gains(tmp_path)
    folder = tmp_path / "run"
    write_report(folder)
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "<h2>When should I register?</h2>" in page
    assert "<h2>什么时候报名最好？</h2>" in page
    assert page.count('id="chart-calendar-') == 2 * 3
    assert '"cells":[[9,0,1,0.4],[16,2,4,2]' in page


def test_runs_without_a_window_have_no_advice(tmp_path: Path) -> None:
    """Three minutes of an opening, with neither window nor pace, say nothing of when to come."""
    folder = calm_run(tmp_path / "run")
    write_report(folder)
    assert "When should I register?" not in (folder / "report.html").read_text(encoding="utf-8")


def test_made_window_covers_three_days() -> None:
    """The window of these tests is 56 hours long."""
    assert WINDOW_S == 56 * 3600

"""The portal's clock over the run, and what is measured where it ran true."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import ExitCode, RunFolderError, exit_code, pictures, summary_lines, write_report
from reports.analysis import Analysis, analyse
from reports.pace import Pace
from reports.run_folder import PACE, open_run
from tests.reports.made_run import Row, arrival, calm_run, facts, header, health, process_samples, request, visit
from tests.reports.made_window import ALL_FAST, CLOCK, FAST, LENGTH_S, WINDOW_S, window_facts, write_window

lengths = st.lists(st.floats(0.5, 500.0), min_size=1, max_size=12)
speeds = st.lists(st.sampled_from([1.0, 2.5, 60.0, 900.0]), min_size=12, max_size=12)


def made_pace(lengths_s: list[float], speed: list[float]) -> Pace:
    """Give a pace of pieces that last so long."""
    from_s = [0.0, *np.cumsum(lengths_s).tolist()][:-1]
    portal_s = [-60.0, *(-60.0 + np.cumsum(np.array(lengths_s) * speed[: len(lengths_s)])).tolist()][:-1]
    return Pace(tuple(from_s), tuple(portal_s), tuple(speed[: len(from_s)]), float(sum(lengths_s)))


@given(lengths, speeds, st.floats(0.0, 1.0))
def test_portal_time_is_the_integral_of_speed(lengths_s: list[float], speed: list[float], share: float) -> None:
    """Portal time at a moment is the sum of what each piece before it added, and the way back leads there again."""
    pace = made_pace(lengths_s, speed)
    at_s = share * pace.length_s
    ends = np.cumsum(lengths_s)
    began = ends - lengths_s
    expected = float(sum(np.clip(at_s - began, 0, lengths_s) * speed[: len(lengths_s)]))
    assert pace.since_start_s(at_s) == pytest.approx(expected, rel=1e-9, abs=1e-6)
    assert pace.run_s(pace.since_start_s(at_s)) == pytest.approx(at_s, rel=1e-9, abs=1e-6)


@given(lengths, speeds, st.floats(0.0, 0.9999))
def test_a_moment_is_true_where_its_piece_has_speed_one(
    lengths_s: list[float], speed: list[float], share: float
) -> None:
    """Stretches are the pieces at speed 1, put together where they touch, and nothing else."""
    pace = made_pace(lengths_s, speed)
    at_s = share * pace.length_s
    piece = int(np.searchsorted(pace.from_s, at_s, side="right")) - 1
    assert (pace.stretch_of(np.array([at_s]))[0] >= 0) == (pace.speed[piece] == 1.0)
    assert pace.true_s == pytest.approx(
        sum(long for long, fast in zip(lengths_s, speed, strict=False) if fast == 1.0), abs=1e-6
    )
    assert all(end < begin for (_, end), (begin, _) in zip(pace.stretches, pace.stretches[1:], strict=False))


def test_without_a_table_the_clock_keeps_its_speed(tmp_path: Path) -> None:
    """`load.speed` holds from start to end: at speed 1 all of it is true, else nothing."""
    assert open_run(calm_run(tmp_path / "one")).pace.stretches == ((0.0, 180.0),)
    fast = open_run(calm_run(tmp_path / "ten", facts(load={"speed": 10.0}))).pace
    assert (fast.stretches, fast.since_start_s(6.0)) == ((), 60.0)


@pytest.mark.parametrize(("pieces", "said"), [([], "no row"), ([(0.0, 0.0, 0.0)], "speed 0; a speed must be above 0")])
def test_wrong_pace_is_one_line(tmp_path: Path, pieces: list[tuple[float, float, float]], said: str) -> None:
    """The file is named, and what is wrong with it."""
    folder = write_window(tmp_path / "run", pieces=pieces)
    with pytest.raises(RunFolderError, match=rf"pace\.parquet: {said}") as caught:
        open_run(folder)
    assert "\n" not in str(caught.value)


def test_pace_that_was_cut_off_is_one_line(tmp_path: Path) -> None:
    """A clock of which half is missing cannot be guessed."""
    folder = write_window(tmp_path / "run")
    (folder / "pace.parquet").write_bytes(b"PAR1")
    with pytest.raises(RunFolderError, match=r"pace\.parquet: cut off"):
        open_run(folder)


# A run with 30 visits in the first true stretch, 30 in the fast one and 30 in the last.

DUE = [at + 10.0 * n for at in (0.0, 700.0, 1250.0) for n in range(30)]


def mixed(tmp_path: Path, **changes: Any) -> Path:
    """Write a run whose pages take 100 ms at true rate and 9 s where the clock is fast."""
    rows = [
        request(
            at,
            9000.0 if 600 <= at < 1200 else 100.0,
            candidate=n,
            server_timing=header(90.0, worker_slots=(60.0, 30.0)),
        )
        for n, at in enumerate(DUE)
    ]
    tables: dict[str, list[Row]] = {
        "arrivals": [arrival(n, at) for n, at in enumerate(DUE)],
        "visits": [visit(n, at) for n, at in enumerate(DUE)],
        "requests": rows,
    }
    return write_window(tmp_path / "run", **{**tables, **changes})


def analysed(folder: Path) -> Analysis:
    """Analyse a run folder."""
    return analyse(open_run(folder))


def test_latency_is_of_true_stretches_and_counts_are_of_all(tmp_path: Path) -> None:
    """The slow answers of the fast stretch are counted, but not timed."""
    verdict = write_report(mixed(tmp_path))
    assert (verdict.requests.count, verdict.arrivals.planned, verdict.arrivals.started) == (90, 90, 90)
    assert verdict.requests.intended_p99_ms == pytest.approx(100.0)
    assert [o.held for o in verdict.objectives] == [True, True]
    written = json.loads((tmp_path / "run" / "verdict.json").read_text())["true_rate"]
    assert [(s["portal_from"][:16], s["length_s"]) for s in written["stretches"]] == [
        ("2025-03-10T09:00", 600.0),
        ("2025-03-12T16:50", 600.0),
    ]


def test_what_came_in_fast_stretches_alone_is_not_called_held(tmp_path: Path) -> None:
    """Page and comment say in both languages that an objective was not measured, though nothing was missed."""
    rows = [request(at, 100.0, candidate=n, step="payment" if at == 700 else "home") for n, at in enumerate(DUE)]
    asked = ["all.intended_p95_ms < 2000", "payment.failed_share < 0.001"]
    run = mixed(tmp_path, run_json=window_facts(objectives=asked), requests=rows)
    for language, comment, badge in (
        ("zh", "有目标未测量", "2 项目标中 1 项未测量"),
        ("en", "not all objectives were measured", "1 of 2 objectives not measured"),
    ):
        assert [True, None] == [it.held for it in write_report(run, language).objectives]
        assert f"⚪ {comment}\n" in (run / "summary.md").read_text(encoding="utf-8")
        page = (run / "report.html").read_text(encoding="utf-8")
        assert badge in page
        assert "wherever the clock ran true" in page
        assert "at all times" not in page


def test_a_clock_that_is_true_for_a_moment_gives_nothing_to_measure_in() -> None:
    """Before its first plan holds."""
    assert Pace((0.0, 0.000015), (0.0, 0.000015), (1.0, 101.0), 60.0).stretches == ()


def test_waiting_is_of_true_stretches(tmp_path: Path) -> None:
    """60 of 90 requests are in the sums by which the bottleneck is found."""
    found = analysed(mixed(tmp_path))
    assert (found.timings.total("pages"), found.measured, found.requests) == (60, 60, 90)


def test_a_slow_answer_counts_to_the_stretch_in_which_it_was_wanted(tmp_path: Path) -> None:
    """Wanted at true rate and answered 200 s after its end: it is measured, and drawn at the stretch's end."""
    rows = [request(590.0, 210_000.0)]
    found = analysed(mixed(tmp_path, requests=rows))
    assert found.pages["intended_p95_ms"] == pytest.approx(210_000.0)
    drawn = found.over_time.filter(pl.col("intended_p95_ms").is_not_null())
    assert drawn["bucket"].to_list() == [int(599.9 // found.timeline.width_s)]
    assert found.worst_minute is not None
    assert found.worst_minute["at_s"] == 540.0


@pytest.mark.parametrize(("late_at_s", "void"), [(700.0, False), (0.0, True)])
def test_only_arrivals_at_true_rate_must_be_in_time(tmp_path: Path, late_at_s: float, void: bool) -> None:
    """Late by 300 ms voids a run at true rate, and says nothing where the clock is fast."""
    visits = [visit(n, at, started_s=at + (0.3 if at == late_at_s else 0.001)) for n, at in enumerate(DUE)]
    assert bool(analysed(mixed(tmp_path, visits=visits)).invalid_because) == void


@pytest.mark.parametrize(("busy", "void"), [((600, 1200), False), ((0, 300), True)])
def test_only_seconds_at_true_rate_must_have_cpu(tmp_path: Path, busy: tuple[int, int], void: bool) -> None:
    """A generator at its limit voids a run at true rate; where the clock is fast it goes as fast as it can."""
    samples = [health(float(s), 0.97 if busy[0] < s <= busy[1] else 0.3) for s in range(1, int(LENGTH_S) + 1)]
    found = analysed(mixed(tmp_path, generator=samples))
    assert bool(found.invalid_because) == void
    assert found.generator.workers["seconds"].to_list() == [1200]


def test_cpu_of_true_stretches_is_held_against_the_cores(tmp_path: Path) -> None:
    """A server that is busy only where the clock is fast used 0.2 cores where it matters."""
    cores = [0.2] * 600 + [1.0] * 600 + [0.2] * 600
    found = analysed(mixed(tmp_path, processes=process_samples("server-1", cores)))
    assert found.processes.mean_cores() == {"server-1": pytest.approx(0.2)}
    assert found.processes.table()["mean_cores"][0] == pytest.approx(1400 / 3000 * 1.0, rel=0.01)


def test_books_balance_everywhere(tmp_path: Path) -> None:
    """A visit that is missing from the fast stretch is missing."""
    visits = [visit(n, at) for n, at in enumerate(DUE) if n != 45]
    assert [str(it) for it in analysed(mixed(tmp_path, visits=visits)).invalid_because] == [
        "The books do not balance: 1 of 90 planned arrivals never started."
    ]


def test_visits_under_way_at_the_start_are_in_the_books(tmp_path: Path) -> None:
    """They began before second 0, are neither late nor early, and were inside from second 0 on."""
    due = [-500.0, 10.0]
    visits = [
        visit(0, -500.0, started_s=-3.0, ended_s=18.0),
        visit(1, 10.0, started_s=10.001, ended_s=10.0 + 18.0),
    ]
    arrivals = [arrival(n, at) for n, at in enumerate(due)]
    found = analysed(mixed(tmp_path, arrivals=arrivals, visits=visits))
    assert found.books.faults == []
    assert (found.books.planned, found.books.started) == (2, 2)
    assert found.books.late_p99_ms == pytest.approx(1.0)
    assert found.books.mean_inside == pytest.approx((18.0 + 17.999) / LENGTH_S)


def test_visits_under_way_at_the_start_are_no_rush_in_the_picture(tmp_path: Path) -> None:
    """They do not stand in the first bucket, as if they had come all at once."""
    due = [-500.0] * 50 + [10.0]
    visits = [visit(n, at, started_s=at, ended_s=20.0) for n, at in enumerate(due)]
    found = analysed(mixed(tmp_path, arrivals=[arrival(n, at) for n, at in enumerate(due)], visits=visits))
    planned, started = pictures.arrivals(found).panels[0].series[:2]
    width_s = found.timeline.width_s
    assert sum(v or 0 for v in planned.values) * width_s == pytest.approx(1)
    assert sum(v or 0 for v in started.values) * width_s == pytest.approx(1)


def test_no_true_stretch_measures_no_lag(tmp_path: Path) -> None:
    """Latencies are null, objectives neither held nor missed, the run is valid and ends well; the sentence says it."""
    folder = mixed(tmp_path)
    pl.DataFrame(ALL_FAST, schema=PACE, orient="row").write_parquet(folder / "pace.parquet")
    verdict = write_report(folder)
    assert verdict.sentence == "No stretch ran at true rate: lag was not measured. The books of 90 visits balance."
    assert verdict.requests.intended_p95_ms is verdict.requests.service_p50_ms is verdict.arrivals.late_p99_ms is None
    assert [(o.value, o.held) for o in verdict.objectives] == [(None, None), (None, None)]
    assert (verdict.valid, verdict.bottlenecks, exit_code(verdict)) == (True, (), ExitCode.HELD)
    assert summary_lines(verdict, folder)[1] == "–       all.intended_p95_ms not measured (limit 2,000)"
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "No stretch ran at true rate: lag was not measured." in page
    assert "Every objective held" not in page


def test_step_that_was_never_at_true_rate_is_not_measured(tmp_path: Path) -> None:
    """A step that was reached only where the clock was fast misses nothing; one that nobody reached does."""
    rows = [request(10.0), request(800.0, step="submit")]
    record = window_facts(objectives=["submit.intended_p95_ms < 2000", "never.intended_p95_ms < 2000"])
    verdict = write_report(mixed(tmp_path, run_json=record, requests=rows))
    assert [(o.value, o.held) for o in verdict.objectives] == [(None, None), (None, False)]
    assert exit_code(verdict) == ExitCode.OBJECTIVE_MISSED


def test_stretches_are_said_with_portal_dates(tmp_path: Path) -> None:
    """The page names each stretch and its length, and the dates of the axis."""
    folder = mixed(tmp_path)
    write_report(folder)
    page = (folder / "report.html").read_text(encoding="utf-8").replace("\u00a0", " ")
    assert "10 March 2025, 09:00:00 to 09:10:00 (10 min)" in page
    assert "12 March 2025, 16:50:00 to 17:00:00 (10 min)" in page
    edges = re.search(r'"edgesMs":\[([\d,]+)\]', page)
    assert edges
    days = [datetime.fromtimestamp(int(ms) / 1000, UTC).day for ms in edges[1].split(",")]
    assert sorted(set(days)) == [10, 11, 12]


def test_plan_and_clock_that_disagree_are_told(tmp_path: Path) -> None:
    """Planned portal seconds that are an hour off are said; those that fit are not."""
    due = pl.Series("due_s", DUE)
    fits = pl.Series("planned_s", CLOCK.since_start(due.to_numpy()))
    table = pl.DataFrame([arrival(n, at) for n, at in enumerate(DUE)]).with_columns(fits)
    assert not any("disagree" in said for said in write_report(mixed(tmp_path / "a", arrivals=table)).not_measured)
    off = table.with_columns(pl.when(pl.col("due_s") > 1200).then(pl.col("planned_s") + 3600).otherwise("planned_s"))
    said = write_report(mixed(tmp_path / "b", arrivals=off)).not_measured
    assert any("disagree by up to 60 min of portal time" in one for one in said)


def test_made_window_is_what_it_says() -> None:
    """The clock of these tests leads from the opening to the close."""
    assert CLOCK.since_start_s(LENGTH_S) == pytest.approx(WINDOW_S)
    assert FAST > 300

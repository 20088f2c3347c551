"""How the portal came through its faults: known answers of made runs."""

import json
from pathlib import Path
from typing import Any

import pytest

from reports import RunFolderError, write_report
from reports.recovery import Recovery, read_recoveries
from reports.run_folder import open_run
from tests.reports.made_run import calm_run, facts, request, visit

CRASH = {"name": "database_crash", "words": "the database crashes", "from_s": 60.0, "to_s": 70.0, "failed": ""}


def requests_of(well_again_s: float, length_s: float = 180.0) -> list[dict[str, Any]]:
    """Give ten requests a second, answered in 100 ms; from 60 s on they fail, until the portal is well again."""
    rows = []
    for number in range(int(10 * length_s)):
        at_s = number / 10
        fails = 60 <= at_s < well_again_s
        rows.append(request(at_s, 100.0, candidate=number, outcome="failed" if fails else "ok"))
    return rows


def run_with(folder: Path, faults: list[dict[str, Any]], **tables: Any) -> Path:
    """Make a run with faults."""
    run = calm_run(folder, facts(), **tables)
    (run / "faults.json").write_text(json.dumps(faults))
    return run


def recovery(folder: Path, well_again_s: float, **tables: Any) -> Recovery:
    """Give what the crash did to a portal that is well again at a moment."""
    run = run_with(folder, [CRASH], requests=requests_of(well_again_s), **tables)
    (found,) = read_recoveries(open_run(run), 2000.0)
    return found


def test_a_portal_that_is_well_again(tmp_path: Path) -> None:
    """Goodput before, during and after, and the seconds that it took, from whole seconds."""
    found = recovery(tmp_path / "run", well_again_s=75.0)
    assert (found.before, found.during, found.after) == pytest.approx((1.0, 0.0, 1.0))
    assert found.felt_after_s == pytest.approx(0.0)
    assert found.recovered_after_s == pytest.approx(5.0)
    assert found.requests_lost == 150
    assert not found.outlasts


def test_a_lag_that_outlasts_its_cause(tmp_path: Path) -> None:
    """The fault is over, and the portal never is itself again."""
    found = recovery(tmp_path / "run", well_again_s=1000.0)
    assert found.outlasts
    assert (found.recovered_after_s, found.after) == (None, None)


def test_slow_answers_are_no_goodput(tmp_path: Path) -> None:
    """All come, but too late: goodput is back before the latency objective is, or not at all."""
    slow = [request(n / 10, 3000.0 if 60 <= n / 10 < 90 else 100.0, candidate=n) for n in range(1800)]
    (found,) = read_recoveries(open_run(run_with(tmp_path / "run", [CRASH], requests=slow)), 500.0)
    assert found.requests_lost == 0
    assert found.during == pytest.approx(0.0)
    assert (found.recovered_after_s, found.latency_after_s) == pytest.approx((20.0, 20.0))


def test_a_reload_that_is_answered_in_time_counts_once(tmp_path: Path) -> None:
    """Goodput is of wishes, not of attempts."""
    wish = {"candidate": 5000, "step": "status"}
    extra = [
        request(65.0, 500.0, outcome="abandoned", attempt=1, **wish),
        {**request(65.6, 400.0, attempt=2, **wish), "intended_s": 65.0},
    ]
    rows = [request(n / 10, 100.0, candidate=n) for n in range(1800)]
    (found,) = read_recoveries(open_run(run_with(tmp_path / "run", [CRASH], requests=[*rows, *extra])), 2000.0)
    assert found.during == pytest.approx(1.0)
    assert found.requests_lost == 1
    assert (found.felt_after_s, found.recovered_after_s) == (None, 0.0)


def test_who_gave_up_and_came_back_is_not_lost(tmp_path: Path) -> None:
    """Lost for good is who gave up during the fault and never got to the end of a visit."""
    gone = visit(1, 62.0, outcome="gave_up", ended_s=65.0, reason="status: patience")
    came_back = [
        visit(2, 63.0, outcome="gave_up", ended_s=66.0, reason="status: patience"),
        visit(2, 100.0, visit=1024, planned=False),
    ]
    found = recovery(tmp_path / "run", 75.0, visits=[gone, *came_back])
    assert found.candidates_lost == 1


def test_what_is_felt_after_the_end_is_felt(tmp_path: Path) -> None:
    """A process that was killed is missed for as long as it takes to start another."""
    late = [request(n / 10, 100.0, outcome="failed" if 72 <= n / 10 < 75 else "ok", candidate=n) for n in range(1800)]
    (found,) = read_recoveries(open_run(run_with(tmp_path / "run", [CRASH], requests=late)), 2000.0)
    assert (found.felt_after_s, found.recovered_after_s) == pytest.approx((12.0, 5.0))


def test_a_fault_that_was_not_felt_has_no_lag_to_outlast_it(tmp_path: Path) -> None:
    """Though the next one comes before anything could be seen."""
    rows = [request(n / 10, 100.0, candidate=n) for n in range(1800)]
    soon = {**CRASH, "from_s": 72.0, "to_s": 80.0}
    first, _ = read_recoveries(open_run(run_with(tmp_path / "run", [CRASH, soon], requests=rows)), 2000.0)
    assert (first.outlasts, first.recovered_after_s) == (False, None)


def test_before_lies_before_all_faults_that_still_last(tmp_path: Path) -> None:
    """One within another is held against the portal without either."""
    within = {**CRASH, "from_s": 64.0, "to_s": 66.0}
    run = run_with(tmp_path / "run", [CRASH, within], requests=requests_of(75.0))
    assert [it.before for it in read_recoveries(open_run(run), 2000.0)] == [pytest.approx(1.0)] * 2


def test_a_fault_that_could_not_be_played_is_said(tmp_path: Path) -> None:
    """In verdict and page; it has no figures."""
    never = {**CRASH, "from_s": None, "to_s": None}
    failed = {**CRASH, "failed": "the database was given"}
    run = run_with(tmp_path / "run", [never, failed], requests=requests_of(75.0))
    verdict = write_report(run)
    assert [it.goodput_before for it in verdict.faults] == [pytest.approx(1.0), None]
    page = (run / "report.html").read_text()
    assert "Could not be played: the database crashes (the database was given)." in page
    assert "Of 1 fault, 1 lowered goodput." in page  # one was played


def test_a_run_without_faults_says_nothing_of_them(tmp_path: Path) -> None:
    """Nor does its page."""
    run = calm_run(tmp_path / "run")
    assert write_report(run).faults == ()
    assert "Faults and recovery" not in (run / "report.html").read_text()


def test_faults_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    """In one line that names the file."""
    run = calm_run(tmp_path / "run")
    (run / "faults.json").write_text("{")
    with pytest.raises(RunFolderError, match=r"faults\.json: "):
        write_report(run)

"""The close of the window, and the portal's books held against its rules."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reports import ExitCode, exit_code, write_report
from reports.bell import Bell, read_bell
from reports.run_folder import open_run
from tests.reports.made_run import Row, calm_run, facts, request
from tests.reports.made_window import CLOSING, LENGTH_S, PIECES, WINDOW_S, window_facts, write_window

RUN_CLOSE_S = 1500.0
"""The made window, closing 300 s earlier: 300 s before the end of the load, in its last stretch at true rate."""

CLOSE = CLOSING - timedelta(seconds=300)
HOLDS = {"name": "paid_without_approval", "violations": 0, "examples": []}
BROKEN = {"name": "two_numbers_a_filing", "violations": 2, "examples": ["4711", "4712"]}


def filing(at_s: float, latency_ms: float, **changes: Any) -> Row:
    """Give a filing sent so many seconds after the close."""
    return request(RUN_CLOSE_S + at_s, latency_ms, step="submission", **changes)


def refused(at_s: float, step: str) -> Row:
    """Give a request sent so many seconds after the close, and told within 100 ms that it is closed."""
    row = request(RUN_CLOSE_S + at_s, 100.0, step=step)
    return {**row, "outcome": "refused", "problem": "window_closed", "status": 403}


def closing_facts(**changes: Any) -> dict[str, Any]:
    """Give the `run.json` of a load over the close."""
    made = window_facts(**changes)
    return {**made, "window": {**made["window"], "closing": CLOSE.isoformat()}}


AT_THE_BELL = [
    filing(-9.0, 500.0),
    filing(-2.0, 1750.0),  # the last: its answer comes 250 ms before the close
    filing(-1.0, 5000.0, outcome="failed", status=503),
    request(RUN_CLOSE_S + 1.0, 100.0, step="home"),
    request(RUN_CLOSE_S + 2.0, 100.0, step="supplement"),  # allowed after the close
    refused(0.4, "submission"),
    refused(0.9, "application"),
    refused(60.0, "submission"),
]


def bell(folder: Path, requests: list[Row], **changes: Any) -> Bell | None:
    """Read the close of a made window."""
    return read_bell(open_run(write_window(folder, closing_facts(**changes), requests=requests)))


def test_what_happened_at_the_close(tmp_path: Path) -> None:
    """The last filing by its answer, the first refusal, and refusals by step."""
    census = {"accounts": 9, "applications": {"draft": 1, "expired": 4, "paid": 3}}
    found = bell(tmp_path / "run", AT_THE_BELL, census=census, audit=[HOLDS, BROKEN])
    assert found is not None
    assert found.closing == CLOSE
    assert (found.last_sent_s, found.last_answered_s) == pytest.approx((-2.0, -0.25))
    assert found.accepted_late == 0
    assert found.first_refused_s == pytest.approx(0.5)
    assert found.refused == (("submission", 2), ("application", 1))
    assert (found.drafts_left, found.expired, found.violations) == (1, 4, 2)


def test_late_filings_are_counted_by_their_sending(tmp_path: Path) -> None:
    """An answer that comes after the close to a filing sent before it is none; one sent after it is."""
    found = bell(tmp_path / "run", [*AT_THE_BELL, filing(-1.0, 3000.0), filing(0.5, 100.0)])
    assert found is not None
    assert found.accepted_late == 1
    assert (found.last_sent_s, found.last_answered_s) == pytest.approx((-1.0, 2.0))


def test_close_in_a_stretch_where_the_clock_ran_fast(tmp_path: Path) -> None:
    """Times are on the portal's clock: a second there is as many as its speed."""
    pieces = [PIECES[0], PIECES[1], (1200.0, WINDOW_S - 600.0, 10.0)]
    rows = [request(1229.0, 500.0, step="submission")]
    found = read_bell(open_run(write_window(tmp_path / "run", closing_facts(), pieces, requests=rows)))
    assert found is not None
    assert (found.last_sent_s, found.last_answered_s) == pytest.approx((-10.0, -5.0))


def test_nobody_came_to_the_close(tmp_path: Path) -> None:
    """Without filings and refusals nothing is said of them, nor of books that nobody kept."""
    found = bell(tmp_path / "run", [])
    assert found is not None
    assert found == Bell(CLOSE, None, None, 0, None, (), None, None, None)


def test_load_that_does_not_go_past_the_close(tmp_path: Path) -> None:
    """No table for a load that ends with the close, or knows of no window."""
    assert read_bell(open_run(write_window(tmp_path / "ends"))) is None
    assert read_bell(open_run(calm_run(tmp_path / "slice"))) is None
    assert open_run(tmp_path / "ends").pace.run_s(WINDOW_S) == pytest.approx(LENGTH_S)


def reported(folder: Path, audit: list[dict[str, Any]], **load: Any) -> tuple[ExitCode, dict[str, Any], str]:
    """Report a calm run with an audit: its exit code, verdict.json and page."""
    verdict = write_report(calm_run(folder, facts(audit=audit), **load))
    told = json.loads((folder / "verdict.json").read_text(encoding="utf-8"))
    return exit_code(verdict), told, (folder / "report.html").read_text(encoding="utf-8")


def test_books_that_keep_to_all_rules(tmp_path: Path) -> None:
    """One line, and nothing in the verdict."""
    code, told, page = reported(tmp_path / "run", [HOLDS, {**HOLDS, "name": "paid_twice"}])
    assert code == ExitCode.HELD
    assert told["integrity"]["violations"] == []
    assert "all 2 rules hold" in page
    assert not any("held against its rules" in said for said in told["not_measured"])


def test_broken_rules_break_the_promise(tmp_path: Path) -> None:
    """The verdict and the page name them; so does a void run."""
    code, told, page = reported(tmp_path / "run", [HOLDS, BROKEN])
    assert code == ExitCode.PROMISE_BROKEN
    assert told["integrity"]["violations"] == ["two_numbers_a_filing: 2, such as 4711, 4712"]
    assert "1 of 2 rules are broken" in page
    assert "two numbers a filing" in page
    assert "A promise was broken" in page
    code, told, page = reported(tmp_path / "void", [BROKEN], requests=[])
    assert code == ExitCode.PROMISE_BROKEN
    assert told["integrity"]["violations"] == ["two_numbers_a_filing: 2, such as 4711, 4712"]
    assert "two numbers a filing" in page


def test_page_shows_the_close(tmp_path: Path) -> None:
    """The table is in the page of a load over the close, and only there."""
    write_report(write_window(tmp_path / "run", closing_facts(audit=[HOLDS]), requests=AT_THE_BELL))
    page = (tmp_path / "run" / "report.html").read_text(encoding="utf-8").replace("\u00a0", " ")
    for said in ("12 March 2025, 16:55:00", "250 ms before the close", "500 ms after the close",
                 "3: submission 2, application 1"):  # fmt: skip
        assert said in page
    write_report(write_window(tmp_path / "ends", window_facts()))
    assert 'id="bell"' not in (tmp_path / "ends" / "report.html").read_text(encoding="utf-8")

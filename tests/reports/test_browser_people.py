"""What people at browsers saw, read from made rows whose answers are known."""

import json

import pytest

from reports import write_report
from reports.analysis import analyse
from reports.run_folder import open_run
from tests.reports.made_run import calm_run, facts, process_samples, request

HOME_MS = [100.0 * number for number in range(1, 21)]
"""20 loads of the home page: enough for a 95th percentile."""
WINDOW = {"opening": "2025-03-10T09:00:00+08:00", "closing": "2025-04-08T16:00:00+08:00"}


def load(page, waited_ms, outcome="ok", **changes):
    """Give a page that was waited for so long, half of it until the first byte."""
    came = outcome in ("ok", "refused")
    times = {"ttfb_ms": waited_ms / 2 if came else None, "lcp_ms": waited_ms - 10 if came else None}
    about = {"browser": 0, "candidate": 500_000, "at_s": 1.0, "problem": "" if outcome == "ok" else "why"}
    return {**about, "page": page, **times, "waited_ms": waited_ms, "outcome": outcome, **changes}


def person(number, outcome, ended_s=None, reason=""):
    """Give a visit at a browser that began at second 10."""
    reached = "submission" if outcome == "finished" else "home"
    came = {"browser": 0, "candidate": 500_000 + number, "started_s": 10.0, "ended_s": ended_s}
    return {**came, "outcome": outcome, "reached": reached, "reason": reason}


@pytest.fixture
def folder(tmp_path):
    """Give a made run of one browser: two filed, one gave up, one browser broke, one was inside at the end."""
    pages = [load("home", ms) for ms in HOME_MS]
    pages += [load("account", 400.0), load("account", 600.0, "refused"), load("account", 5000.0, "failed")]
    pages += [load("scan_front", 7000.0, "abandoned"), load("scan_front", 900.0, "cut_off")]
    people = [person(0, "finished", 50.0), person(1, "finished", 70.0), person(2, "gave_up", 30.0, "account: full")]
    people += [person(3, "broke_off", 11.0, "it was killed"), person(4, "inside")]
    # The load's own: one filed 20 s after coming; one that stood at the gate first is not like people at browsers.
    requests = [request(at_s, candidate=it, step="submission") for it, at_s in ((40, 79.9), (39, 78.4))]
    requests += [request(at_s / 10, 250.0) for at_s in range(1800)]
    return calm_run(
        tmp_path / "run",
        facts(browsers=1, window=WINDOW),
        page_loads=pages,
        browser_visits=people,
        requests=requests,
        processes=process_samples("browser", [0.5] * 180) + process_samples("server-1", [0.25] * 180, 10),
    )


def test_pages_and_people_are_counted(folder):
    """Percentiles of 20 or more; of fewer the largest; who never saw a page counts with the time until then."""
    found = analyse(open_run(folder)).browser_people
    home, account, scan = found.pages
    assert ("home", 20, 0) == (home.page, home.loads, home.unwell)
    assert (1050.0, 1905.0, 1905.0) == (home.waited.half, pytest.approx(home.waited.p95), home.waited.upper)
    assert (525.0, 1040.0) == (home.ttfb.half, home.lcp.half)
    assert pytest.approx(250.0) == home.step_p95_ms
    assert ("account", 3, 1) == (account.page, account.loads, account.unwell)
    assert (None, 5000.0, 5000.0, 600.0) == (
        account.waited.p95,
        account.waited.upper,
        account.waited.most,
        account.lcp.most + 10,
    )
    assert ("scan_front", 2, 1, None) == (scan.page, scan.loads, scan.unwell, scan.lcp.half)
    assert 25 == found.every.loads
    assert (5, 2, 50.0, None, 60.0) == (
        found.people,
        found.filed,
        found.filing.half,
        found.filing.p95,
        found.filing.most,
    )
    assert {"account: full": 1, "it was killed": 1} == found.problems
    assert 0.5 == pytest.approx(found.cores)


def test_the_load_is_held_against_them_where_it_goes_the_same_way(folder):
    """Visits from the opening on, which registered and filed; it opens at second 60."""
    found = analyse(open_run(folder)).browser_people
    assert (1, pytest.approx(20.0, abs=0.2)) == (found.protocol_filing.count, found.protocol_filing.half)


def test_verdict_and_page_say_so(folder):
    """Few are said to be few, and what the browsers took of the machine is said too."""
    write_report(folder)
    verdict = json.loads((folder / "verdict.json").read_text())
    assert (2, 25, 2) == tuple(verdict["browser"][it] for it in ("filed", "page_loads", "never_came"))
    assert (50.0, 0.5) == (verdict["browser"]["time_to_file_p50_s"], verdict["browser"]["cores"])
    page = (folder / "report.html").read_text().replace("\u00a0", " ")
    assert "In a real browser" in page
    assert "max 5.0 s" in page
    assert "The browsers kept 0.50 of 2 cores busy, 25 % of the machine" in page
    assert "2 of 5 people filed, half of them within 50 s." in page
    assert "2 of 25 never came." in page


def test_nothing_of_it_without_browsers(tmp_path):
    """Neither a section, nor a field of the verdict, nor a word of browsers in the command that repeats it."""
    folder = calm_run(tmp_path / "run")
    write_report(folder)
    page = (folder / "report.html").read_text().replace("\u00a0", " ")
    assert "In a real browser" not in page
    assert "--browser-candidates" not in page
    assert "browser" not in json.loads((folder / "verdict.json").read_text())


def test_browsers_at_which_nothing_was_loaded(tmp_path):
    """The section says so, and breaks nothing."""
    folder = calm_run(tmp_path / "run", facts(browsers=2), page_loads=[], browser_visits=[])
    write_report(folder)
    page = (folder / "report.html").read_text().replace("\u00a0", " ")
    assert "No page was loaded at 2 browsers." in page
    assert "What the browsers took of the cores was not sampled" in page

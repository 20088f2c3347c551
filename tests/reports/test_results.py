"""Objectives held against a whole run: within a phase, and by resource."""

from pathlib import Path
from typing import Any

import pytest

from reports import summary_lines, write_report
from reports.verdict import ObjectiveResult
from tests.reports.made_run import CALM_DUE_S, calm_run, facts, header, process_samples, request, resource_samples

POOL = "database_connections"


def slow_opening(folder: Path, *objectives: str, **load: Any) -> dict[str, ObjectiveResult]:
    """Judge a run whose gate (0 to 60 s) is quick and whose opening is slow, in the pool of the database."""
    rows = [
        request(at, ms, candidate=n, step="submission", server_timing=header(ms, **{POOL: (wait, 50.0)}))
        for n, at in enumerate(CALM_DUE_S)
        for ms, wait in [(100.0, 1.0) if at < 60 else (3000.0, 900.0)]
    ]
    busy = [{"held_s": 1.6, "queue": 0.0}] * 60 + [{"held_s": 14.4, "queue": 30.0}] * 120
    record = facts(objectives=list(objectives), load=load)
    run = calm_run(folder, record, requests=rows, resources=resource_samples(POOL, 16, busy))
    return {it.name: it for it in write_report(run).objectives}


def test_a_phase_has_its_own_figures(tmp_path: Path) -> None:
    """Held at the gate, missed in the opening and over the load."""
    text = "submission.intended_p95_ms < 2000"
    found = slow_opening(tmp_path, text, f"{text} in gate", f"{text} in opening", "home.failed_share < 0.1 in gate")
    figures = [(it.phase, it.value, it.held) for it in found.values()]
    assert figures == [
        (None, pytest.approx(3000.0), False),
        ("gate", pytest.approx(100.0), True),
        ("opening", pytest.approx(3000.0), False),
        ("gate", None, False),  # nobody came to that step
    ]


def test_who_wants_at_the_gate_and_waits_into_the_opening_belongs_to_the_gate(tmp_path: Path) -> None:
    """A request belongs to the phase in which it was first wanted, whenever its answer came."""
    rows = [request(59.0, 5000.0), request(60.0, 200.0)]
    asked = [f"home.intended_p50_ms < 1000 in {phase}" for phase in ("gate", "opening")]
    run = calm_run(tmp_path, facts(objectives=asked), requests=rows)
    assert [it.value for it in write_report(run).objectives] == [pytest.approx(5000.0), pytest.approx(200.0)]


def test_a_resource_is_held_by_waiting_use_and_queue(tmp_path: Path) -> None:
    """Waiting by the requests' Server-Timing; utilisation and queue by the server's counters; each by phase too."""
    found = slow_opening(
        tmp_path,
        f"{POOL}.wait_p95_ms < 500",
        f"{POOL}.wait_p95_ms < 500 in gate",
        f"{POOL}.utilisation < 0.8 in opening",
        f"{POOL}.utilisation < 0.8 in gate",
        f"{POOL}.queue_max < 10",
        f"{POOL}.queue_max < 10 in gate",
    )
    figures = [(it.value, it.held) for it in found.values()]
    assert figures == [(900.0, False), (1.0, True), (0.9, False), (0.1, True), (30.0, False), (0.0, True)]
    assert found[f"{POOL}.utilisation in opening"].measured == "90 %"
    assert found[f"{POOL}.queue_max"].measured == "30 requests"


def test_what_the_run_does_not_tell_is_not_measured(tmp_path: Path) -> None:
    """A resource that nobody tells of, a phase that the load never reached: neither held nor missed."""
    asked = ["sms.wait_p95_ms < 5", "sms.utilisation < 0.5", "sms.queue_max < 5", "all.failed_share < 0.1 in opening"]
    found = slow_opening(tmp_path, *asked, length_s=59.0)
    assert {(it.value, it.held, it.measured) for it in found.values()} == {(None, None, "not measured")}


def test_the_sentence_says_which_resource_missed(tmp_path: Path) -> None:
    """A missed resource alone is no lag: the verdict names the objective, the figure and the limit."""
    rows = [request(at, 100.0, candidate=n, server_timing=header(90, sms=(60, 20))) for n, at in enumerate(CALM_DUE_S)]
    asked = ["all.intended_p95_ms < 2000", "sms.wait_p95_ms < 50 in opening"]
    processes = process_samples("generator-0", [0.3] * 180)
    run = calm_run(tmp_path, facts(objectives=asked), requests=rows, processes=processes)
    verdict = write_report(run)
    said = "Opening day would miss an objective: sms.wait_p95_ms in opening is 60 ms, not under 50 ms."
    assert verdict.sentence.startswith(said)
    assert "missed  sms.wait_p95_ms in opening 60 (limit 50)" in summary_lines(verdict, run)
    page = (run / "report.html").read_text(encoding="utf-8")
    assert "95 of 100 wait for it under 50\u00a0ms, in phase opening" in page

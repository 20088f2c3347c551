"""A run against a portal that is not ours: who allowed it, what could not be had, and what its ceiling did to it."""

from pathlib import Path
from typing import Any

import pytest

from reports import ExitCode, RunFolderError, audit_folder, exit_code, write_report
from reports.analysis import analyse
from reports.how_it_was_run import command, facts
from reports.language import speaking
from reports.run_folder import open_run
from reports.unmeasured import audit_notes, unmeasured
from tests.reports.made_run import calm_run, header, health, request, resource_samples
from tests.reports.made_run import facts as run_json

TARGET = {
    "base_url": "https://staging.example.cn",
    "ip": "192.0.2.7",
    "allowed_by": "Li Wei, +86 10 5550 0100",
    "most_requests_per_s": 50.0,
    "headers": ["X-Rehearsal"],
    "missing_steps": ["payment", "payment_status"],
    "left_out": {"visits": 12, "purposes": ["pay", "invoice"]},
}


def on_target(**changes: Any) -> dict[str, Any]:
    """Give the `run.json` of a run against a target."""
    portal = {"kind": "target", "address": TARGET["base_url"]}
    return run_json(target=TARGET, portal=portal, no_books_because="the portal's books cannot be read", **changes)


def held_back(*, at_the_end: int) -> list[dict[str, Any]]:
    """Give a generator of two workers, each of which held back so many requests by its last second, 0.4 s each."""
    return [
        health(
            float(at_s), worker=worker, held_back=at_the_end * at_s // 180, held_back_s=0.4 * at_the_end * at_s / 180
        )
        for worker in (0, 1)
        for at_s in range(1, 181)
    ]


def test_the_report_says_who_allowed_it_and_what_is_lacking(tmp_path: Path) -> None:
    """In both languages: address, bounds, who allowed it; steps left out and how many visits with them; no audit."""
    run = calm_run(tmp_path / "run", on_target())
    verdict = write_report(run)
    a = analyse(open_run(run))
    said = dict(facts(a))
    assert (said["Target"], said["Allowed by"]) == ("https://staging.example.cn at 192.0.2.7", TARGET["allowed_by"])
    assert (said["Ceiling"], said["Headers added"]) == ("50 requests a second", "X-Rehearsal")
    assert said["Steps that it lacks"] == "payment, payment status"
    assert "server process" not in said["Portal"]
    assert ["Not audited: the portal's books cannot be read"] == [it.split(",")[0] for it in audit_notes(a)]
    assert any("steps that they need: 12 visits, for pay, invoice." in it for it in unmeasured(a))
    assert not any("has no audit of them" in it for it in unmeasured(a))
    assert "--target FILE" in command(a)
    with speaking("zh"):
        assert dict(facts(a))["许可人"] == TARGET["allowed_by"]
        assert any("访问：12 次" in it for it in unmeasured(a))
        assert audit_notes(a)[0].startswith("未审计")
    assert verdict.valid
    assert exit_code(verdict) is ExitCode.HELD
    with pytest.raises(RunFolderError, match="the portal's books cannot be read"):
        audit_folder(run)


@pytest.mark.parametrize(
    ("at_the_end", "standing", "code"),
    [(0, "pass", ExitCode.HELD), (2, "warn", ExitCode.HELD), (9, "void", ExitCode.VOID)],
)
def test_a_run_that_the_ceiling_held_back_measures_the_ceiling(
    tmp_path: Path, at_the_end: int, standing: str, code: ExitCode
) -> None:
    """Of 500 requests: none, 4 and 18 waited for it. From one in a hundred on the run is void, and says why."""
    run = calm_run(tmp_path / "run", on_target(), generator=held_back(at_the_end=at_the_end))
    verdict = write_report(run)
    (check,) = [it for it in analyse(open_run(run)).soundness if it.name == "rate_ceiling"]
    assert (check.standing, check.figure) == (standing, pytest.approx(at_the_end * 2 / 500))
    assert exit_code(verdict) is code
    if standing == "void":
        assert any("held back 18 requests (4 %), by 400 ms on average" in it for it in verdict.invalid_because)
        with speaking("zh"):
            assert "推迟了 18 个请求" in check.sentence


def test_what_exporters_tell_is_suspected(tmp_path: Path) -> None:
    """Without Server-Timing a resource that is busy above 80 % is named as a suspect; one that is not, is not."""
    due = [1.5 * number for number in range(100)]
    bare = [request(at + k, candidate=n, server_timing="") for n, at in enumerate(due) for k in range(5)]
    standings = {}
    for held_s in (70.0, 95.0):
        samples = resource_samples("postgres_connections", 100, [{"held_s": held_s, "in_use": held_s}] * 180)
        run = calm_run(tmp_path / str(held_s), on_target(), requests=bare, resources=samples)
        standings[held_s] = [(it.resource, it.standing) for it in write_report(run).bottlenecks]
    assert standings == {70.0: [], 95.0: [("postgres_connections", "suspected")]}


def test_an_objective_on_what_the_portal_alone_has(tmp_path: Path) -> None:
    """By its Server-Timing, under the name that the portal has for it; what it tells nothing of is not measured."""
    timed = [request(1.5 * n, candidate=n, server_timing=header(90.0, **{"db-pool": (40.0, 10.0)})) for n in range(99)]
    asked = ["db-pool.wait_p95_ms < 30", "db-pool.wait_p95_ms < 50", "threads.wait_p95_ms < 50"]
    titles = {"db-pool": "database connections", "threads": "threads"}
    run = calm_run(tmp_path / "run", on_target(objectives=asked, resource_titles=titles), requests=timed)
    assert [(40.0, False), (40.0, True), (None, None)] == [(it.value, it.held) for it in analyse(open_run(run)).results]
    write_report(run)
    assert "database connections" in (run / "report.html").read_text(encoding="utf-8")


def test_without_a_ceiling_there_is_no_check_of_it(tmp_path: Path) -> None:
    """The mock bears what comes."""
    assert "rate_ceiling" not in {it.name for it in analyse(open_run(calm_run(tmp_path / "run"))).soundness}


@pytest.mark.parametrize(
    ("because", "english", "chinese"),
    [
        ("", "after 90 of 180 s: ", "s 中断："),
        ("stop_file", "after 90 of 180 s by the stop file: ", "因出现停止文件而中断"),
        ("allowed_until", "after 90 of 180 s by the end of the permission: ", "因许可时间结束而中断"),
    ],
)
def test_an_interrupted_run_says_what_ended_it(tmp_path: Path, because: str, english: str, chinese: str) -> None:
    """Ctrl-C, the stop file, or the end of the permission."""
    load = {"length_s": 90.0, "interrupted": True, "interrupted_because": because}
    a = analyse(open_run(calm_run(tmp_path / "run", on_target(load=load))))
    (said,) = [it for it in unmeasured(a) if it.startswith("The run was interrupted")]
    assert english in said
    with speaking("zh"):
        assert any(chinese in it for it in unmeasured(a))

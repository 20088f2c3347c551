"""`verdict.json`, its schema, the exit codes, the sentence, and what the terminal prints."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from reports import ExitCode, RunFolderError, Verdict, exit_code, summary_lines, write_report
from reports.verdict import Integrity, schema, write_verdict
from tests.reports.made_opening import write_opening
from tests.reports.made_run import calm_run, facts, request, visit


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Verdict:
    """Give the verdict of a calm run."""
    return write_report(calm_run(tmp_path_factory.mktemp("calm")))


@pytest.fixture(scope="module")
def opening(tmp_path_factory: pytest.TempPathFactory) -> tuple[Verdict, Path]:
    """Give the verdict of the made opening day, and its folder."""
    folder = write_opening(tmp_path_factory.mktemp("opening"), assets=1)
    return write_report(folder), folder


def test_schema_is_a_schema() -> None:
    """The schema itself is valid."""
    jsonschema.Draft202012Validator.check_schema(schema())


def test_file_fits_its_schema_and_says_what_was_given(opening: tuple[Verdict, Path]) -> None:
    """What is written is what `write_report` gives."""
    verdict, folder = opening
    written = json.loads((folder / "verdict.json").read_text())
    jsonschema.validate(written, schema())
    assert msgspec.convert(written, Verdict) == verdict


def test_verdict_of_the_made_opening_day(opening: tuple[Verdict, Path]) -> None:
    """All that a reader needs is in it."""
    verdict, _ = opening
    assert (verdict.scenario, verdict.seed, verdict.valid, verdict.invalid_because) == ("opening-day", 1, True, ())
    assert verdict.arrivals.planned == verdict.arrivals.started > 3000
    assert [b.resource for b in verdict.bottlenecks] == ["sms"]
    assert verdict.bottlenecks[0].standing == "suspected"
    assert [o.held for o in verdict.objectives] == [False, False]
    assert verdict.waiting.largest_difference_points is not None
    assert verdict.waiting.largest_difference_points < 5
    assert verdict.sentence.startswith("Opening day would lag: in the worst minute (09:0")
    assert "The likely limit is the SMS gateway (4 lines, " in verdict.sentence
    assert exit_code(verdict) == ExitCode.OBJECTIVE_MISSED


def test_requests_are_counted_as_in_the_folder(tmp_path: Path) -> None:
    """Counts are of all requests, latencies of all but static files."""
    rows = [request(1.0, 10.0, step="asset"), request(1.0, 1000.0), request(1.0, 3000.0, outcome="abandoned")]
    found = write_report(calm_run(tmp_path / "run", requests=rows)).requests
    assert (found.count, found.static_files, found.abandoned, found.failed, found.refused) == (3, 1, 1, 0, 0)
    assert found.intended_p50_ms == pytest.approx(2000.0)


def test_audit_that_was_not_made_is_said(calm: Verdict) -> None:
    """No promises were audited, and nobody can read that as none lost."""
    assert calm.integrity.promises == 0
    assert "not audited" in calm.integrity.note
    assert calm.integrity.note in calm.not_measured


def test_kept_up(calm: Verdict) -> None:
    """A run in which nothing ran short says so, and lists no bottleneck."""
    assert calm.sentence.startswith("The portal kept up: even in the worst minute (")
    assert calm.bottlenecks == ()
    assert exit_code(calm) == ExitCode.HELD == 0


def test_void(tmp_path: Path) -> None:
    """A void run says why, whatever its objectives."""
    verdict = write_report(calm_run(tmp_path / "run", visits=[visit(n, 1.5 * n) for n in range(90)]))
    assert not verdict.valid
    assert verdict.sentence == "This run is void: the books do not balance: 10 of 100 planned arrivals never started."
    assert exit_code(verdict) == ExitCode.VOID == 3


def test_nothing_measured_is_a_report_too(tmp_path: Path) -> None:
    """A run that died at once gives a void verdict, not an error."""
    folder = calm_run(tmp_path / "run", arrivals=[], requests=[], visits=[], generator=[], resources=[], processes=[])
    verdict = write_report(folder)
    assert exit_code(verdict) == ExitCode.VOID
    assert (folder / "report.html").exists()


def test_failures_without_lag(tmp_path: Path) -> None:
    """A portal that fails quickly does not lag; it turns candidates away."""
    rows = [request(1.0 + n, outcome="failed" if n % 4 == 0 else "ok") for n in range(100)]
    verdict = write_report(calm_run(tmp_path / "run", requests=rows))
    assert verdict.sentence.startswith("Opening day would turn candidates away: 25 % of all pages fail")
    assert exit_code(verdict) == ExitCode.OBJECTIVE_MISSED == 1


def test_failures_of_one_step(tmp_path: Path) -> None:
    """An objective of one step is told by that step's figure."""
    rows = [request(1.0 + n) for n in range(90)] + [request(95.0, step="submit", outcome="failed")]
    verdict = write_report(calm_run(tmp_path / "run", facts(objectives=["submit.failed_share < 0.5"]), requests=rows))
    assert "100 % of the requests of step submit fail or are given up" in verdict.sentence


def test_step_that_nobody_reached(tmp_path: Path) -> None:
    """A latency that nobody had is no lag, and is not held either."""
    verdict = write_report(calm_run(tmp_path / "run", facts(objectives=["submit.intended_p95_ms < 2000"])))
    assert verdict.sentence.startswith("Opening day would miss an objective: nobody came to step submit.")
    assert exit_code(verdict) == ExitCode.OBJECTIVE_MISSED


def test_without_objectives_nothing_is_missed(tmp_path: Path) -> None:
    """A slow run without objectives is said to lag, and still ends well."""
    rows = [request(1.0 + n, 9000.0) for n in range(100)]
    verdict = write_report(calm_run(tmp_path / "run", facts(objectives=[]), requests=rows))
    assert verdict.sentence.startswith("Opening day would lag: in the worst minute (")
    assert exit_code(verdict) == ExitCode.HELD


@pytest.mark.parametrize("broken", [{"lost": 1}, {"duplicated": 1}, {"violations": ("filing 1 is gone",)}])
def test_broken_promise_comes_before_all(calm: Verdict, broken: dict[str, Any]) -> None:
    """What was lost is lost, even in a void run; an unknown outcome breaks nothing."""
    missed = tuple(msgspec.structs.replace(o, held=False) for o in calm.objectives)
    found = msgspec.structs.replace(calm, objectives=missed, integrity=Integrity(promises=5, **broken))
    assert exit_code(found) == ExitCode.PROMISE_BROKEN == 4
    assert exit_code(msgspec.structs.replace(found, valid=False)) == ExitCode.PROMISE_BROKEN
    assert exit_code(msgspec.structs.replace(calm, integrity=Integrity(unknown=3))) == ExitCode.HELD


def test_verdict_that_breaks_its_schema_is_not_written(calm: Verdict, tmp_path: Path) -> None:
    """The schema is held against every verdict, not only in tests."""
    wrong = msgspec.structs.replace(calm, integrity=Integrity(promises=-1))
    with pytest.raises(jsonschema.ValidationError):
        write_verdict(wrong, tmp_path / "verdict.json")
    assert not (tmp_path / "verdict.json").exists()


def test_wrong_objective_is_an_error_of_the_folder(tmp_path: Path) -> None:
    """An objective that cannot be read names the file, in one line."""
    folder = calm_run(tmp_path / "run", facts(objectives=["all.p95 < 5"]))
    with pytest.raises(RunFolderError, match=r"run\.json: objective 'all\.p95 < 5': no metric 'p95'") as caught:
        write_report(folder)
    assert "\n" not in str(caught.value)


def test_terminal_lines(opening: tuple[Verdict, Path]) -> None:
    """The sentence, a line an objective, and where the report is."""
    verdict, folder = opening
    lines = summary_lines(verdict, folder)
    assert lines[0] == verdict.sentence
    assert lines[1].startswith("missed  all.intended_p95_ms ")
    assert lines[1].endswith(" (limit 2,000)")
    assert lines[-1] == f"report  {folder / 'report.html'}"


def test_report_can_be_made_again(opening: tuple[Verdict, Path]) -> None:
    """The same folder gives the same verdict and the same page."""
    verdict, folder = opening
    page = (folder / "report.html").read_bytes()
    assert write_report(folder) == verdict
    assert (folder / "report.html").read_bytes() == page

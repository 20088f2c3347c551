"""Checks of the measurement: what each says of made runs, and that all of them are in the verdict and the docs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import ExitCode, exit_code, write_report
from reports.analysis import analyse
from reports.little import inside_at, mean_inside, sampled_inside
from reports.run_folder import open_run
from reports.soundness_check import Check
from reports.soundness_limits import LIMITS
from tests.reports.made_run import calm_run, facts, health, machine_samples, request, visit
from tests.reports.made_window import write_window

DOCS = Path(__file__).parents[2] / "docs"


def checks(folder: Path) -> dict[str, Check]:
    """Give the checks of a run by name."""
    return {check.name: check for check in analyse(open_run(folder)).soundness}


def seconds(**changes: Any) -> list[dict[str, Any]]:
    """Give a health of 180 seconds with files and clocks; each change is a function of the second."""
    made = {"open_files": lambda _: 100, "open_files_limit": lambda _: 1024, "wall_s": lambda at_s: at_s, **changes}
    return [health(float(s), **{name: of(float(s)) for name, of in made.items()}) for s in range(1, 181)]


def test_calm_run_passes_every_check(tmp_path: Path) -> None:
    """Nothing warns; what the run does not claim or know is said to be so."""
    found = checks(calm_run(tmp_path / "run", generator=seconds()))
    assert set(LIMITS) - {"lost_workers", "rate_ceiling"} == set(found)  # of workers, and of a target
    assert {"pass", "not claimed"} == {check.standing for check in found.values()}


def test_run_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    """Without what later versions record the checks that need it are not measured, and the run is valid."""
    found = checks(calm_run(tmp_path / "run", machine=[]))
    not_measured = {name for name, it in found.items() if it.standing == "not measured"}
    assert {"open_files", "clock_steps", "other_work"} == not_measured


def lost_now_and_then(at_s: float) -> int:
    """Give those inside a calm run, of whom one is not seen in half of the seconds."""
    return max(0, int(health(at_s)["inside"]) - (at_s % 60 > 21))


@pytest.mark.parametrize(
    ("name", "changes", "standing", "words"),
    [
        ("loop_lag", {"loop_lag_ms": lambda _: 80.0}, "warn", "event loop was slow: 80 ms late or more"),
        ("loop_lag", {"loop_lag_ms": lambda at_s: 900.0 if at_s < 12 else 1.0}, "void", "900 ms at most"),
        ("open_files", {"open_files": lambda at_s: 900 if at_s == 90 else 10}, "warn", "900 files and sockets"),
        ("open_files", {"open_files": lambda _: 1024}, "void", "of 1,024 allowed"),
        ("clock_steps", {"wall_s": lambda at_s: at_s + 0.1 * (at_s > 77)}, "warn", "100 ms within a second, at"),
        ("clock_steps", {"wall_s": lambda at_s: at_s - 3600 * (at_s > 77)}, "void", "3,600 s within a second"),
        ("clock_steps", {"wall_s": lambda at_s: at_s * 1.0005}, "pass", "0.5 ms within a second"),
        ("littles_law", {"inside": lost_now_and_then}, "warn", "law does not close: by the"),
        ("littles_law", {"inside": lambda _: 9}, "void", "by the visits 5."),
        ("generator_cpu", {"cpu_share": lambda _: 0.8}, "warn", "worker 0 used 80 % of a core"),
    ],
)  # fmt: skip
def test_health_of_the_generator(tmp_path: Path, name: str, changes: dict[str, Any], standing: str, words: str) -> None:
    """Each figure of its health has a limit; a void one makes the run void, with the reason."""
    folder = calm_run(tmp_path / "run", generator=seconds(**changes))
    found = checks(folder)[name]
    assert standing == found.standing
    assert words in found.sentence
    verdict = write_report(folder)
    assert ((found.sentence,) if standing == "void" else ()) == verdict.invalid_because
    assert (ExitCode.VOID if standing == "void" else ExitCode.HELD) == exit_code(verdict)


@pytest.mark.parametrize(
    ("cores", "standing", "figure"),
    [
        (lambda _: 0.7, "pass", 0.05),  # of 0.7 cores, 0.5 are the run's own parts', and 0.1 the harness'
        (lambda at_s: 1.9 if at_s <= 20 else 0.6, "warn", 0.65),
        (lambda at_s: 1.9 if at_s < 5 else 0.6, "pass", 0.0),  # one stretch of 36
        (lambda _: 0.3, "pass", 0.0),  # counters of different moments: nobody had less than nothing
    ],
)
def test_what_others_have_of_the_machine(
    tmp_path: Path, cores: Callable[[int], float], standing: str, figure: float
) -> None:
    """What its programs used, without those of the run, by stretches of 5 s."""
    used = machine_samples([cores(second) for second in range(1, 181)])
    found = checks(calm_run(tmp_path / "run", machine=used))["other_work"]
    assert (standing, pytest.approx(figure, abs=0.01)) == (found.standing, found.figure)


def test_cores_that_a_hypervisor_gave_away_are_others(tmp_path: Path) -> None:
    """As steal time tells."""
    stolen = [{**row, "stolen_s": 0.5 * row["at_s"]} for row in machine_samples([0.6] * 180)]
    found = checks(calm_run(tmp_path / "run", machine=stolen))["other_work"]
    assert "warn" == found.standing
    assert "over 25 % of all cores" in found.sentence


def test_lost_worker(tmp_path: Path) -> None:
    """A worker whose samples end before the load does is lost, also where the other goes on."""
    both = [health(float(s), worker=w) for s in range(1, 181) for w in range(2) if w == 0 or s < 100]
    found = checks(calm_run(tmp_path / "run", generator=both))["workers"]
    assert ("void", 81.0) == (found.standing, found.figure)
    assert "Worker 1 gave no sign for 81.0 s, where 5.0 s are allowed." == found.sentence


def test_visits_that_were_lost_break_littles_law(tmp_path: Path) -> None:
    """Every fifth visit is missing from the table: the samples have seen them."""
    found = checks(calm_run(tmp_path / "run", visits=[visit(n, 1.5 * n) for n in range(100) if n % 5]))["littles_law"]
    assert "void" == found.standing
    assert found.figure == pytest.approx(0.2, abs=0.05)


def test_steady_stretch_is_claimed_in_run_json(tmp_path: Path) -> None:
    """A wait that grows from 0.1 to 1 s in the steady stretch is said, and only there."""
    rows = [request(s + k / 5, 100.0 if s < 60 else 100.0 + 8 * (s - 60)) for s in range(180) for k in range(5)]
    steady = {"steady": {"from_s": 60.0, "to_s": 180.0}}
    found = checks(calm_run(tmp_path / "claimed", facts(**steady), requests=rows))["stationarity"]
    assert "warn" == found.standing
    assert "the median wait rises by" in found.sentence
    before = {"steady": {"from_s": 0.0, "to_s": 60.0}}
    assert "pass" == checks(calm_run(tmp_path / "before", facts(**before), requests=rows))["stationarity"].standing


def test_each_objective_on_latency_has_its_interval(tmp_path: Path) -> None:
    """And those on failures have none."""
    asked = ["all.intended_p95_ms < 2000", "home.service_p99_ms < 104", "all.failed_share < 0.01"]
    folder = calm_run(tmp_path / "run", facts(objectives=asked))
    found = [it for it in analyse(open_run(folder)).soundness if it.name == "percentile"]
    assert ["Intended p95 of every page is known", "Service p99 of home is known"] == [it.title for it in found]
    assert ["pass", "warn"] == [it.standing for it in found]


def test_only_what_ran_at_true_rate_is_checked(tmp_path: Path) -> None:
    """Where the clock flew, arrivals may be late; without any stretch at true rate there is nothing to check."""
    visits = [visit(n, 700.0 + n, started_s=705.0 + n, ended_s=710.0 + n) for n in range(100)]
    found = checks(write_window(tmp_path / "run", visits=visits))
    assert "void" not in {check.standing for check in found.values()}
    none = checks(write_window(tmp_path / "fast", pieces=[(0.0, 0.0, 100.0)], visits=visits))
    of_the_load = {"open_files", "other_work", "workers", "clock_steps", "stationarity"}
    assert {"not measured"} == {check.standing for name, check in none.items() if name not in of_the_load}


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 20)), max_size=30))
def test_littles_law_is_an_identity(stays: list[tuple[float, float]]) -> None:
    """The mean inside is the sum of all stays over the time, and counting at many moments gives the same."""
    started = np.array([start for start, _ in stays])
    ended = np.array([start + stay for start, stay in stays])
    inside = mean_inside(started, ended, 0.0, 120.0)
    assert inside == pytest.approx(sum(stay for _, stay in stays) / 120, abs=1e-9)
    at_s = np.array([7.0, 11.0, 100.0, 120.0])
    sampled = sampled_inside(at_s, inside_at(started, ended, at_s), started, ended)
    assert sampled is not None
    assert (sampled.mean, sampled.error) == (pytest.approx(mean_inside(started, ended, 7.0, 120.0)), 0.0)


def test_sampling_in_step_with_the_portal_does_not_break_littles_law() -> None:
    """Each second 20 come and stay for 0.4 s; a sample at every full second meets none, and yet both means are 8."""
    started = np.repeat(np.arange(60.0), 20) + 0.3
    at_s = np.arange(60.0)
    sampled = sampled_inside(at_s, np.zeros(60), started, started + 0.4)
    assert sampled is not None
    assert (sampled.mean, sampled.error) == (pytest.approx(8.0), 0.0)


def test_every_check_is_in_the_docs_with_its_limits() -> None:
    """The table of docs/report.md names each check."""
    text = (DOCS / "report.md").read_text(encoding="utf-8")
    assert [] == [name for name in LIMITS if f"| `{name}` |" not in text]

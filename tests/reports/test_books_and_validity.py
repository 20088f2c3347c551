"""The books of the visits, and every reason that makes a run void."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.analysis import analyse
from reports.books import Books, read_books
from reports.run_folder import TABLES, Run, open_run
from tests.reports.made_run import arrival, calm_run, facts, health, visit


def reasons(folder: Path) -> list[str]:
    """Give why a run folder is void."""
    return [str(reason) for reason in analyse(open_run(folder)).invalid_because]


def books(tmp_path: Path, run_json: dict[str, Any] | None = None, **tables: Any) -> Books:
    """Give the books of a calm run in which some tables are replaced."""
    return read_books(open_run(calm_run(tmp_path / "run", run_json, **tables)))


def test_calm_run_is_valid(tmp_path: Path) -> None:
    """Nothing is wrong with it."""
    assert reasons(calm_run(tmp_path / "run")) == []


def test_nothing_measured(tmp_path: Path) -> None:
    """A run without a request is void."""
    assert reasons(calm_run(tmp_path / "run", requests=[])) == ["Nothing was measured: the run holds 0 requests."]


def test_nobody_due(tmp_path: Path) -> None:
    """A run to which nobody was to come is void."""
    found = reasons(calm_run(tmp_path / "run", arrivals=[], visits=[]))
    assert found == ["Nothing was measured: no arrival was due in the load."]


@pytest.mark.parametrize(("late_ms", "void"), [(49.0, False), (210.0, True)])
def test_late_arrivals(tmp_path: Path, late_ms: float, void: bool) -> None:
    """Late by more than 50 ms at the 99th percentile is void, and the figure is said."""
    visits = [visit(n, 1.5 * n, started_s=1.5 * n + (late_ms / 1000 if n < 3 else 0.001)) for n in range(100)]
    found = reasons(calm_run(tmp_path / "run", visits=visits))
    assert bool(found) == void
    assert all("210 ms at the 99th percentile, where 50 ms are allowed" in reason for reason in found)


def test_who_came_back_is_not_late(tmp_path: Path) -> None:
    """Only planned visits are held against the plan."""
    visits = [visit(n, 1.5 * n) for n in range(100)]
    back = visit(7, 0.0, visit=1, planned=False, started_s=90.0)
    assert reasons(calm_run(tmp_path / "run", visits=[*visits, back])) == []


@pytest.mark.parametrize(("busy_seconds", "void"), [(0, False), (8, False), (12, True)])
def test_generator_short_of_cpu(tmp_path: Path, busy_seconds: int, void: bool) -> None:
    """One worker over 90 % in more than one of twenty seconds of its load is void, and is named."""
    samples = [
        health(float(s), 0.97 if worker == 1 and s <= busy_seconds else 0.3, worker=worker)
        for s in range(1, 181)
        for worker in range(2)
    ]
    found = reasons(calm_run(tmp_path / "run", generator=samples))
    assert bool(found) == void
    assert all("worker 1 used 97 % of a core at the 95th percentile" in reason for reason in found)


def test_cpu_outside_the_load_does_not_count(tmp_path: Path) -> None:
    """A generator that is busy while it prepares is not short of CPU."""
    preparing = [health(-float(s), 1.0) for s in range(1, 60)]
    samples = [health(float(s)) for s in range(1, 181)]
    assert reasons(calm_run(tmp_path / "run", generator=preparing + samples)) == []


def test_arrival_without_its_visit(tmp_path: Path) -> None:
    """Three planned arrivals that never started break the books."""
    found = reasons(calm_run(tmp_path / "run", visits=[visit(n, 1.5 * n) for n in range(97)]))
    assert found == ["The books do not balance: 3 of 100 planned arrivals never started."]


def test_visit_that_nobody_planned(tmp_path: Path) -> None:
    """A planned visit that is not in the plan breaks the books even where the numbers match."""
    visits = [visit(n, 1.5 * n) for n in range(99)] + [visit(4711, 90.0)]
    found = books(tmp_path, visits=visits)
    assert (found.planned, found.started, found.missing, found.surplus) == (100, 100, 1, 1)


@pytest.mark.parametrize(
    "wrong",
    [{"outcome": "vanished"}, {"outcome": "inside"}, {"ended_s": None}, {"outcome": "gave_up", "ended_s": None}],
)
def test_visit_without_a_proper_end(tmp_path: Path, wrong: dict[str, Any]) -> None:
    """An unknown outcome, or one that does not fit to whether the visit ended, breaks the books."""
    visits = [visit(n, 1.5 * n, **(wrong if n == 5 else {})) for n in range(100)]
    found = books(tmp_path, visits=visits)
    assert [str(it) for it in found.faults] == ["1 of 100 visits neither finished, nor gave up, nor stayed inside."]


def test_an_error_of_the_load_generator_voids(tmp_path: Path) -> None:
    """Who broke off by an error of ours says nothing of the portal, and the run says so."""
    visits = [visit(n, 1.5 * n, **({"outcome": "broke_off"} if n < 3 else {})) for n in range(100)]
    (reason,) = reasons(calm_run(tmp_path / "run", visits=visits))
    assert "nor stayed inside: 3 broke off by an error of the load generator." in reason


def test_inside_at_the_end_is_a_proper_end(tmp_path: Path) -> None:
    """Who is still inside as the load ends is in the books."""
    visits = [visit(n, 1.5 * n, **({"outcome": "inside", "ended_s": None} if n >= 90 else {})) for n in range(100)]
    found = books(tmp_path, visits=visits)
    assert (found.finished, found.inside, found.faults) == (90, 10, [])


def test_interrupted_run_owes_only_what_was_due(tmp_path: Path) -> None:
    """Cut off after 90 s: 40 arrivals never came due, and that of the last moment need not have started."""
    record = facts(180.0, load={"length_s": 90.01, "interrupted": True})
    found = books(tmp_path, record, visits=[visit(n, 1.5 * n) for n in range(60)])
    assert (found.planned, found.never_due, found.started) == (61, 39, 60)
    assert found.faults == []


def test_interrupted_run_owes_all_that_was_due_before(tmp_path: Path) -> None:
    """An interruption excuses the last moment, not a visit that was due long before."""
    record = facts(180.0, load={"length_s": 90.01, "interrupted": True})
    found = books(tmp_path, record, visits=[visit(n, 1.5 * n) for n in range(58)])
    assert [str(it) for it in found.faults] == ["2 of 61 planned arrivals never started."]


def test_complete_run_owes_the_last_moment_too(tmp_path: Path) -> None:
    """Without an interruption every arrival that was due has its visit."""
    found = books(tmp_path, facts(90.01), visits=[visit(n, 1.5 * n) for n in range(60)])
    assert found.missing == 1


def test_two_purposes_of_one_candidate_are_two_arrivals(tmp_path: Path) -> None:
    """A candidate who comes to register and again for the face check has two visits."""
    due = [arrival(1, 5.0), arrival(1, 50.0, "face_check")]
    found = books(tmp_path, arrivals=due, visits=[visit(1, 5.0), visit(1, 50.0, purpose="face_check")])
    assert (found.planned, found.started, found.faults) == (2, 2, [])
    lacking = books(tmp_path, arrivals=due, visits=[visit(1, 5.0), visit(1, 50.0)])
    assert (lacking.missing, lacking.surplus) == (1, 1)


def test_mean_inside_is_littles_law(tmp_path: Path) -> None:
    """100 visits of 9.998 s in 180 s: 5.55 inside on average."""
    assert books(tmp_path).mean_inside == pytest.approx(100 * 9.998 / 180)


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Give one calm run for all examples."""
    return open_run(calm_run(tmp_path_factory.mktemp("calm")))


people = st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["register", "apply"])), max_size=20)


@given(people, people)
def test_plan_and_visits_are_held_against_each_other(
    calm: Run, planned: list[tuple[int, str]], started: list[tuple[int, str]]
) -> None:
    """What is missing and what is too much is the difference of two multisets."""
    schema = {name: dict(columns) for name, columns in TABLES.items()}
    run = replace(
        calm,
        arrivals=pl.LazyFrame([arrival(who, 1.0, why) for who, why in planned], schema["arrivals"], orient="row"),
        visits=pl.LazyFrame([visit(who, 1.0, purpose=why) for who, why in started], schema["visits"], orient="row"),
    )
    found = read_books(run)
    assert found.missing == (Counter(planned) - Counter(started)).total()
    assert found.surplus == (Counter(started) - Counter(planned)).total()
    assert (found.planned, found.started) == (len(planned), len(started))

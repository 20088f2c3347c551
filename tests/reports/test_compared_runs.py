"""Runs of the same plan held against each other: refusals, changes of the set-up, the verdict, the page."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from rehearse import app
from reports.compared_page import write_comparison_page
from reports.compared_runs import Comparison, compare_runs
from reports.compared_words import headlines, sentence
from reports.run_folder import TABLES, RunFolderError
from tests.reports.made_run import CALM_DUE_S, arrival, calm_run, facts, header, health, machine_samples, request

STEPS = {"submission": 200.0, "payment": 120.0}


def written(
    folder: Path,
    seed: int = 1,
    run_json: dict[str, Any] | None = None,
    *,
    generator_cpu: float = 0.3,
    resource: str = "worker_slots",
    **factors: float,
) -> Path:
    """Write a calm run of which each step takes as long as in STEPS, times its factor; the seed draws the rest.

    `resource` is where a step spends its time, and the load generator uses `generator_cpu` of a core.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for number, due_s in enumerate(CALM_DUE_S):
        for k in range(8):
            for step, ms in STEPS.items():
                took_ms = ms * factors.get(step, 1.0) * rng.lognormal(0, 0.03)
                timing = header(took_ms - 5, **{resource: (2.0, took_ms - 10)})
                rows.append(request(due_s + k, took_ms, candidate=number, step=step, server_timing=timing))
    generator = [health(float(second), generator_cpu) for second in range(1, 181)]
    return calm_run(folder, run_json, requests=rows, generator=generator)


def only(*folders: Path, limit: float = 0.05) -> Comparison:
    """Compare runs of two set-ups."""
    (found,) = compare_runs(folders, limit).comparisons
    return found


def test_the_sentence_names_what_is_faster_and_what_is_not(tmp_path: Path) -> None:
    """A third faster at submission, with its interval; payments as they were."""
    a, b = written(tmp_path / "a"), written(tmp_path / "b", 2, submission=0.65)
    found = only(a, b, limit=0.06)
    assert ("better", False) == (found.outcome, found.is_worse)
    said = sentence(found, 0.06)
    assert said.startswith("B is 3")
    assert said.endswith("% faster at submission; unchanged at payment.")
    back = only(b, a)
    assert ("worse", True) == (back.outcome, back.is_worse)
    assert "% slower at submission" in sentence(back, 0.05)


def test_faster_here_and_slower_there(tmp_path: Path) -> None:
    """Both are said, and it counts as worse."""
    found = only(written(tmp_path / "a"), written(tmp_path / "b", 2, submission=0.6, payment=1.5))
    assert ("mixed", True) == (found.outcome, found.is_worse)
    assert "slower at payment, and" in sentence(found, 0.05)


def test_two_runs_of_the_same_set_up(tmp_path: Path) -> None:
    """No change is recorded, and no difference is found."""
    found = only(written(tmp_path / "a"), written(tmp_path / "b", 2))
    assert ((), False) == (found.other.changes, found.is_worse)
    assert found.outcome in ("same", "unclear")


def test_others_at_the_machine_are_told(tmp_path: Path) -> None:
    """What they did to a run cannot be told from what its set-up did."""
    a, b = written(tmp_path / "a"), written(tmp_path / "b", 2)
    crowded = pl.DataFrame(machine_samples([1.9] * 180), schema=dict(TABLES["machine"]))
    crowded.write_parquet(b / "machine" / "part-0-0.parquet")
    *_, last = headlines(compare_runs([a, b]))
    assert last.startswith("While B ran, others used the machine")
    assert not [line for line in headlines(compare_runs([a, written(tmp_path / "c", 3)])) if "others" in line]


def test_a_machine_that_was_slower_is_no_difference(tmp_path: Path) -> None:
    """A tenth more CPU a request at the load generator, and a quarter more work: said, and not blamed on the set-up."""
    slower = {"submission": 1.25, "payment": 1.25}
    a = written(tmp_path / "a")
    assert "worse" == only(a, written(tmp_path / "b", 2, **slower)).outcome
    runs = compare_runs([a, written(tmp_path / "c", 2, generator_cpu=0.33, **slower)])
    assert "unclear" == runs.comparisons[0].outcome
    assert any(line.startswith("The machine was not equally fast in these runs") for line in headlines(runs))


def test_no_machine_makes_an_outside_service_slower(tmp_path: Path) -> None:
    """What is spent there by Server-Timing is judged as on a machine that was alike."""
    a = written(tmp_path / "a", resource="sms")
    b = written(tmp_path / "b", 2, resource="sms", generator_cpu=0.33, submission=1.25)
    assert (
        "worse" == {f"{it.of}.{it.metric}": it.effect.standing for it in only(a, b).steps}["submission.intended_p50_ms"]
    )


def test_what_was_changed_is_named(tmp_path: Path) -> None:
    """A capacity and a version, before and after; runs of the same set-up are taken together."""
    portal = {**facts()["portal"], "capacities": {"worker_slots": 24, "lines.sms": 8}, "address": "http://127.0.0.1:1"}
    changed = facts(portal=portal, versions={"locust": "2.48.0", "polars": "2.1.0"})
    runs = [written(tmp_path / "a"), written(tmp_path / "b", 2, changed), written(tmp_path / "c", 3)]
    found = compare_runs([*runs, written(tmp_path / "d", 4, changed)])
    assert ("A", "C") == found.baseline.letters
    (it,) = found.comparisons
    assert ("B", "D") == it.other.letters
    assert [
        ("portal.capacities.database_connections", "16", ""),
        ("portal.capacities.lines.sms", "4", "8"),
        ("versions.locust", "2.47.0", "2.48.0"),
    ] == [(c.name, c.before, c.after) for c in it.other.changes]


def test_resources_say_where_the_time_went(tmp_path: Path) -> None:
    """Service of a slot grows with the step; waiting, 2 ms in all runs, does not."""
    found = only(written(tmp_path / "a"), written(tmp_path / "b", 2, submission=1.5, payment=1.5))
    standings = {f"{it.of}.{it.metric}": it.effect.standing for it in found.resources}
    assert {"worker_slots.wait_ms": "same", "worker_slots.service_ms": "worse"} == standings


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"seed": 2}, "seed is 1 and 2"),
        ({"population": 1000}, "population is 500000 and 1000"),
        ({"scenario": {"name": "closing-day"}}, "scenario is opening-day and closing-day"),
        ({"load": {"planned_length_s": 60.0}}, "planned length of the load is 180 s and 60 s"),
        ({"load": {"length_s": 90.0, "interrupted": True}}, "the load lasted 180 s and 90 s"),
        ({"load": {"speed": 2.0}}, "speed of the portal's clock is 1.0 and 2.0"),
    ],
)
def test_runs_that_are_not_comparable_are_refused(tmp_path: Path, changes: dict[str, Any], says: str) -> None:
    """In one line that says what differs."""
    a, b = calm_run(tmp_path / "a"), calm_run(tmp_path / "b", facts(**changes))
    with pytest.raises(RunFolderError, match=says) as refused:
        compare_runs([a, b])
    assert "\n" not in str(refused.value)


def test_other_arrivals_are_refused(tmp_path: Path) -> None:
    """As many, under the same name and seed, but not at the same moments."""
    a = calm_run(tmp_path / "a")
    later = [arrival(n, at + (0.5 if n == 7 else 0.0)) for n, at in enumerate(CALM_DUE_S)]
    with pytest.raises(RunFolderError, match="1 of 100 planned arrivals"):
        compare_runs([a, calm_run(tmp_path / "b", arrivals=later)])
    with pytest.raises(RunFolderError, match="100 arrivals are planned in one, 99 in the other"):
        compare_runs([a, calm_run(tmp_path / "c", arrivals=later[:-1])])
    with pytest.raises(RunFolderError, match="given twice"):
        compare_runs([a, a])


def test_exit_codes_and_files(tmp_path: Path) -> None:
    """0 for no regression, 1 for one past the limit, 2 for wrong usage, 3 for a void run, which is named."""
    a, b = written(tmp_path / "a"), written(tmp_path / "b", 2, submission=1.5)
    void = calm_run(tmp_path / "void", requests=[])

    def code(*words: object) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["compare", *map(str, words)])
        return done.exit_code, done.output

    assert 0 == code(b, a)[0]
    assert 0 == code(a, b, "--limit", "80")[0]
    ends, said = code(a, b, "--out", tmp_path / "out")
    assert (1, True) == (ends, "slower at submission" in said)
    assert {"comparison.html", "comparison.json"} == {path.name for path in (tmp_path / "out").iterdir()}
    figures = json.loads((tmp_path / "out" / "comparison.json").read_text())
    assert "worse" in {it["effect"]["standing"] for it in figures["comparisons"][0]["steps"]}
    assert 2 == code(a)[0]
    assert 2 == code(a, tmp_path / "nowhere")[0]
    ends, said = code(a, void)
    assert (3, True) == (ends, str(void) in said.replace("\n", ""))


def test_names_are_escaped_in_the_page(tmp_path: Path) -> None:
    """A folder or a setting may be called anything."""
    changed = facts(portal={**facts()["portal"], "profile": "<script>alert(1)</script>"})
    found = compare_runs([written(tmp_path / "a"), written(tmp_path / "b<i>", 2, changed)])
    page = write_comparison_page(found, tmp_path).read_text()
    assert ("<script>alert" in page, "b<i>" in page) == (False, False)

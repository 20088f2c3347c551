"""How far candidates got."""

from pathlib import Path
from typing import Any

from reports.funnel import Stage, read_funnels
from reports.run_folder import open_run
from tests.reports.made_run import arrival, calm_run, facts, request, visit

VISITS = [
    visit(0, 1.0, reached=""),
    visit(1, 1.0, reached="home", outcome="gave_up", reason="patience"),
    visit(2, 1.0, reached="submit"),
    visit(3, 1.0, reached="submit", outcome="inside", ended_s=None),
    visit(4, 1.0, reached="face", purpose="face_check"),
]
REQUESTS = [
    *(request(2.0, candidate=n, step="home") for n in (1, 2, 3)),
    *(request(5.0, candidate=n, step="submit") for n in (2, 3)),
    request(2.0, candidate=4, step="face"),
]


def funnels(tmp_path: Path, run_json: dict[str, Any] | None = None) -> dict[str, list[Stage]]:
    """Read the funnels of five visits."""
    arrivals = [arrival(v["candidate"], 1.0, v["purpose"]) for v in VISITS]
    run = open_run(calm_run(tmp_path / "run", run_json, arrivals=arrivals, visits=VISITS, requests=REQUESTS))
    return read_funnels(run, run.visits.collect())


def test_stages_in_the_order_in_which_they_are_reached(tmp_path: Path) -> None:
    """Who got to a step, went on from it, ended there or was lost there; each purpose for itself."""
    found = funnels(tmp_path)
    assert found["register"] == [
        Stage(step="", got_here=4, went_on=3, finished=1, gave_up=0, inside=0),
        Stage(step="home", got_here=3, went_on=2, finished=0, gave_up=1, inside=0),
        Stage(step="submit", got_here=2, went_on=0, finished=1, gave_up=0, inside=1),
    ]
    assert [stage.step for stage in found["face_check"]] == ["", "face"]


def test_order_of_the_run_comes_first(tmp_path: Path) -> None:
    """Steps that `run.json` lists stand in its order."""
    found = funnels(tmp_path, facts(steps=["submit", "home"]))
    assert [stage.step for stage in found["register"]] == ["", "submit", "home"]

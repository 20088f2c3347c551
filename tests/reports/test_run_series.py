"""The history of many runs: change points, and the page."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from rehearse import app
from reports.change_points import change_points
from reports.run_folder import RunFolderError
from reports.run_series import read_history
from reports.run_series_page import headline, turn_sentences, write_history_page
from tests.reports.made_run import calm_run, facts, request

FIRST = datetime.fromisoformat("2026-03-01T12:00:00+08:00")


def written(folder: Path, number: int, ms: float, version: str = "2.1.0", *, void: bool = False) -> Path:
    """Write the run of a day; its pages take so long, and a little more or less by the day."""
    took_ms = ms * (1 + 0.01 * (number % 3))
    run_json = facts(load={"started_at": (FIRST + timedelta(days=number)).isoformat()}, versions={"polars": version})
    requests = [] if void else [request(float(s), took_ms) for s in range(150)]
    return calm_run(folder / f"run-{number:02}", run_json, requests=requests)


def test_a_step_is_found_where_it_is_with_both_levels() -> None:
    """Two of them, each by a third."""
    rng = np.random.default_rng(1)
    levels = np.repeat([90.0, 120.0, 160.0], 10)
    found = change_points(list(levels * rng.lognormal(0, 0.03, 30)))
    assert [10, 20] == [it.at for it in found]
    assert [(90, 120), (120, 160)] == [(round(it.before, -1), round(it.after, -1)) for it in found]


def test_three_runs_on_each_side_are_enough() -> None:
    """With so little noise."""
    assert [3] == [it.at for it in change_points([100.0, 101.0, 100.0, 201.0, 200.0, 201.0])]


def test_noise_is_no_change() -> None:
    """At most 5 of 200 series of 30 runs that differ by chance alone."""
    rng = np.random.default_rng(1)
    assert sum(bool(change_points(list(rng.lognormal(5, 0.1, 30)))) for _ in range(200)) <= 5


@pytest.mark.parametrize(
    "values",
    [
        [],
        [100.0] * 3 + [200.0] * 2,  # two runs on one side are outliers
        [100.0] * 10,
        [100.0] * 10 + [103.0] * 10,  # certain, but nobody minds 3 %
        [100.0] * 5 + [300.0] + [100.0] * 5,
        [0.0] * 8,
    ],
)
def test_what_is_no_change(values: list[float]) -> None:
    """Too few runs, too small a change, one outlier."""
    assert [] == change_points(values)


def test_milliseconds_that_nobody_minds_are_no_change() -> None:
    """1 ms to 2 ms is twice as much, and nothing."""
    values = [1.0, 1.1] * 5 + [2.0, 2.1] * 5
    assert [[10], []] == [[it.at for it in change_points(values, least)] for least in (0.0, 2.0)]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(1, 1e4), max_size=40), st.floats(0.1, 10))
def test_changes_do_not_depend_on_the_unit(values: list[float], factor: float) -> None:
    """In seconds they are where they are in ms; and each leaves three runs on either side."""
    found = [it.at for it in change_points(values)]
    assert found == [it.at for it in change_points([factor * it for it in values])]
    edges = [0, *found, len(values)]
    assert not found or min(np.diff(edges)) >= 3


def test_a_history_says_since_when_and_what_was_changed(tmp_path: Path) -> None:
    """Eight runs, a new version, eight slower ones; one of them is void, and one folder is no run."""
    for number in range(8):
        written(tmp_path, number, 100.0, void=number == 3)
        written(tmp_path, 8 + number, 130.0, "2.2.0")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "run.json").write_text("{")
    found = read_history(tmp_path)
    (series,) = found.series
    assert [f"run-{n:02}" for n in range(16)] == [run.name for run in series.runs]
    assert [3] == [n for n, run in enumerate(series.runs) if run.invalid_because]
    assert {"run-08"} == {turn.run for turn in series.turns}
    assert (1, True) == (len(found.unreadable), "broken" in found.unreadable[0])
    assert "16 runs: figures changed once, last at run-08." == headline(found)
    (said,) = turn_sentences(series)
    assert "median wait, every page from 101 ms to 131 ms" in said
    assert said.endswith("Changed in the set-up: versions.polars 2.1.0 → 2.2.0.")


def test_the_command_writes_a_page_and_needs_a_run(tmp_path: Path) -> None:
    """Two runs are a history, without a change; a folder without any is wrong usage."""
    for number in range(2):
        written(tmp_path / "runs", number, 100.0)
    done = CliRunner().invoke(app, ["history", str(tmp_path / "runs")])
    assert (0, True) == (done.exit_code, "2 runs, and no change of a figure." in done.output)
    assert 2 == len(json.loads((tmp_path / "runs" / "history.json").read_text())["series"][0]["runs"])
    assert 2 == CliRunner().invoke(app, ["history", str(tmp_path)]).exit_code
    with pytest.raises(RunFolderError, match="no such folder"):
        read_history(tmp_path / "nowhere")


def test_names_are_escaped_in_the_page(tmp_path: Path) -> None:
    """A version may be called anything."""
    written(tmp_path, 0, 100.0)
    written(tmp_path, 1, 100.0, "</script><b>")
    assert "</script><b>" not in write_history_page(read_history(tmp_path), tmp_path).read_text()

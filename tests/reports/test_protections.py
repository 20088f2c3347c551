"""Protections held against each other, from made trials of known outcome."""

import json

import pytest

from reports.comparison import About
from reports.protections import headline, protections_table, read_protections, write_protections
from tests.reports.made_run import CALM_DUE_S, calm_run, facts, header, request


def trial(folder, name, got_in, second, problem=""):
    """Make a calm trial of a hundred candidates, of whom so many are in after 1 s; the others are turned away."""
    about = facts(trial={"load_share": 1.0, "relieved": [], "protection": f"the portal {name}"}, capacity_names={})
    about["load"]["started_at"] = f"2026-03-01T12:00:{second:02}+08:00"
    turned_away = {"outcome": "failed", "problem": problem, "status": 503} if problem else {"step": "home"}
    timing = {"server_timing": header(90.0, worker_slots=(0.0, 80.0))}
    pages = [
        request(due_s + k, 1000.0, candidate=n, **timing) for n, due_s in enumerate(CALM_DUE_S) for k in range(1, 5)
    ]
    logged_in = [request(CALM_DUE_S[n], 1000.0, candidate=n, step="log_in", **timing) for n in range(got_in)]
    others = [
        request(CALM_DUE_S[n], 1000.0, candidate=n, **{"step": "log_in", **timing, **turned_away})
        for n in range(got_in, 100)
    ]
    return calm_run(folder / "trials" / name, about, requests=[*logged_in, *others, *pages])


@pytest.fixture
def comparison(tmp_path):
    """Give the folder of three trials, made in this order."""
    trial(tmp_path, "as_it_is", 40, 1)
    trial(tmp_path, "shedding", 70, 2, "busy")
    trial(tmp_path, "as_it_is_again", 50, 3)
    return tmp_path


def test_who_got_in_and_when(comparison):
    """Counted by candidate, from the moment at which they were due."""
    found = read_protections(comparison)
    assert ["as_it_is", "shedding", "as_it_is_again"] == [it.name for it in found]
    assert [(100, 40, 0), (100, 70, 30), (100, 50, 0)] == [(it.came, it.got_in, it.turned_away) for it in found]
    assert [1.0] * 3 == [it.got_in_after_s for it in found]
    assert [None] * 3 == [it.line_s for it in found]


def test_the_best_is_named_with_its_figures(comparison):
    """And held against the better of the two trials without any."""
    found, page = write_protections(comparison, About("made", "as-reported", 90.0))
    assert "This brings most people in: “the portal shedding”, 70 of 100; as it is 50 at most." == headline(found)
    assert "70 of 100" in page.read_text()
    assert 3 == len(protections_table(found).rows)
    assert 70 == json.loads((comparison / "protections.json").read_text())[1]["got_in"]


def test_nothing_is_held_against_one_trial_of_the_portal_as_it_is(tmp_path):
    """How much runs of the same differ is not known then."""
    trial(tmp_path, "as_it_is", 40, 1)
    trial(tmp_path, "breaker", 90, 2)
    assert headline(read_protections(tmp_path)).startswith("Too few trials of the portal as it is")


def test_what_helps_nobody_is_not_praised(tmp_path):
    """Nine more in than in the better of two trials that differ by ten is chance."""
    trial(tmp_path, "as_it_is", 40, 1)
    trial(tmp_path, "breaker", 59, 2)
    trial(tmp_path, "as_it_is_again", 50, 3)
    assert "No protection brings more people in, but for what runs of the same differ by." == headline(
        read_protections(tmp_path)
    )

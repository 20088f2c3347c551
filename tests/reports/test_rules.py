"""The table of the rules, and the life of an application."""

import json
import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from reports import RunFolderError, write_report
from reports.application_life import MOVES, RULES, STATES
from reports.facts import Census, Move, Rules
from reports.language import say, speaking
from reports.rules import count_outcomes, moves, rule_uses, states
from reports.run_folder import TABLES
from tests.reports.made_run import Row, calm_run, facts, request

NAMED = {
    "rule": lambda name: say("rule", number=name),
    "state": lambda name: say("state", name=name, title="-"),
    "act": lambda name: say("act", name=name, title="-"),
}
OF_STEPS = Rules(
    steps={"account": (1, 2), "submission": (15,)},
    refusals={"phone_already_bound": 2, "window_closed": 15, "materials_missing": 14},
)

MOVED = [("draft", "submit", "under_review", 5), ("under_review", "approve", "approved", 3),
         ("under_review", "request_supplement", "supplement_requested", 2)]  # fmt: skip
CENSUS = Census(
    accounts=9,
    lapsed=4,
    applications={"draft": 1, "approved": 3, "supplement_requested": 2},
    moves=tuple(Move(event, state, after, n) for state, event, after, n in MOVED),
    filings=5,
)


def outcomes(rows: list[Row]) -> pl.DataFrame:
    """Count what was answered ok or refused."""
    return count_outcomes(pl.LazyFrame(rows, schema=dict(TABLES["requests"]), orient="row"))


def refused(step: str, problem: str) -> Row:
    """Give a request that a rule refused."""
    return request(1.0, step=step, outcome="refused", problem=problem, status=409)


def test_words_are_there_for_every_rule_and_every_move() -> None:
    """24 rules, each with its English and its Chinese name, and no move between states that nobody knows."""
    assert tuple(range(1, 25)) == RULES
    acts = [f"{event}-{state}" for state, event in MOVES]
    for said, names in (("rule", [f"r{number}" for number in RULES]), ("state", STATES), ("act", acts)):
        for language, letters in (("en", "[a-z]"), ("zh", "[\u4e00-\u9fff]")):
            with speaking(language):
                known = [NAMED[said](name) for name in names]
                assert NAMED[said]("nothing of the kind") not in known
                assert all(re.search(letters, name) for name in known)
    assert {state for state, _ in MOVES} | {after for after, _ in MOVES.values()} == set(STATES)
    assert {rule for _, rule in MOVES.values()} <= set(RULES)


def test_uses_and_refusals_of_a_rule() -> None:
    """A step of two rules counts to both; a refusal to the rule of its code, whatever its step; failures to none."""
    rows = [request(1.0, step="account") for _ in range(3)]
    rows += [refused("account", "phone_already_bound"), refused("account", "phone_already_bound")]
    rows += [refused("submission", "materials_missing"), refused("submission", "busy")]
    rows += [request(1.0, step="submission", outcome="failed"), request(1.0, step="home")]
    found = {use.number: use for use in rule_uses(OF_STEPS, outcomes(rows), None)}
    assert (found[1].uses, found[1].refusals) == (3, ())
    assert (found[2].uses, found[2].refusals) == (3, (("phone_already_bound", 2),))
    assert (found[14].uses, found[14].refusals) == (0, (("materials_missing", 1),))
    assert (found[15].uses, found[15].is_visited) == (0, False)
    assert list(found) == list(range(1, 25))


def test_what_offices_and_deadlines_did_comes_from_the_census() -> None:
    """Rules that no request uses play their part all the same."""
    found = {use.number: use for use in rule_uses(OF_STEPS, outcomes([]), CENSUS)}
    assert found[5].acts == (("accounts-lapsed", 4),)
    assert found[15].acts == (("submit-draft", 5),)
    assert found[16].acts == (("approve-under_review", 3),)
    assert found[17].acts == (("request_supplement-under_review", 2),)
    assert not found[18].is_visited


def test_states_that_were_come_to() -> None:
    """Every application began as a draft; the others are counted where a move led to them."""
    found = {visit.state: (visit.came, visit.at_end) for visit in states(CENSUS)}
    assert found["draft"] == (6, 1)
    assert found["under_review"] == (5, 0)
    assert found["approved"] == (3, 3)
    assert [visit.state for visit in states(CENSUS) if not visit.is_visited] == [
        "rejected", "paid", "withdrawn", "closed", "given_up", "expired"
    ]  # fmt: skip


def test_moves_that_nobody_made_are_there_too() -> None:
    """All 14 arrows, and any that this report has no words for."""
    odd = Census(moves=(*CENSUS.moves, Move("resurrect", "expired", "draft", 1)))
    found = moves(odd)
    assert len(found) == len(MOVES) + 1
    assert sum(move.count == 0 for move in found) == len(MOVES) - len(MOVED)
    assert (found[-1].event, found[-1].count) == ("resurrect", 1)


def told(tmp_path: Path, **changes: Any) -> str:
    """Give the page of a calm run with these changes to its `run.json`."""
    folder = calm_run(tmp_path / "run", facts(**changes))
    write_report(folder)
    return (folder / "report.html").read_text(encoding="utf-8")


def test_page_names_each_rule_and_says_what_was_not_visited(tmp_path: Path) -> None:
    """The tables are in the page; without rules and census there is no such section."""
    census = {
        "accounts": 9, "lapsed": 4, "filings": 5, "applications": {"draft": 1},
        "moves": [{"event": "submit", "from_state": "draft", "to_state": "under_review", "count": 5}],
    }  # fmt: skip
    page = told(tmp_path / "new", rules={"steps": {"home": [1]}, "refusals": {}}, census=census)
    assert "3 of 24 rules played a part." in page
    assert "Account 账号注册" in page
    assert "accounts lapsed 4" in page
    assert "2 of 10 states were visited." in page
    assert "1 of 14 moves were made." in page
    assert page.count("not visited") == 21 + 8 + 13
    assert "The rules, and the life of an application" not in told(tmp_path / "old")


def test_census_that_does_not_fit_is_one_line(tmp_path: Path) -> None:
    """A wrong count is named with its place."""
    folder = calm_run(tmp_path / "run")
    record = json.loads((folder / "run.json").read_text())
    record["census"] = {"accounts": "many"}
    (folder / "run.json").write_text(json.dumps(record))
    with pytest.raises(RunFolderError, match=r"census\.accounts") as caught:
        write_report(folder)
    assert "\n" not in str(caught.value)

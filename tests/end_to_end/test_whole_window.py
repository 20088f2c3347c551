"""The whole life of a registration over real HTTP, with a clock that flies; and a load that begins in its middle."""

import signal

import msgspec
import polars as pl
import pytest

from reports import write_report
from scenarios.plan import PURPOSES
from scenarios.promises import PROMISES
from scenarios.rehearsal import RehearsalError, rehearse, resume
from scenarios.scenario import load_scenario, with_overrides
from scenarios.steps_needed import NEEDS
from tests.end_to_end.short_window import short_whole_window

pytestmark = pytest.mark.timeout(240)

STATES = {
    "draft", "under_review", "supplement_requested", "approved", "rejected", "paid", "withdrawn", "closed", "given_up",
    "expired",
}  # fmt: skip


MANY = 10


@pytest.fixture
def keyboard():
    """Give a function that lets Ctrl-C do what it did before: an interrupted rehearsal hears no second one."""
    before = signal.getsignal(signal.SIGINT)

    def restore():
        signal.signal(signal.SIGINT, before)

    yield restore
    restore()


@pytest.mark.long
def test_everybody_lives_the_whole_life(tmp_path, keyboard, notes):
    """Interrupted and resumed: all planned visits start once, every state and rule is visited, the books hold."""

    def interrupt(event):
        if event["now"] == "load" and event["portal_time"] > "2025-03-11":
            raise KeyboardInterrupt

    run = rehearse(short_whole_window(120), interrupt, out=tmp_path / "run", notes=notes)
    first = msgspec.json.decode((run / "run.json").read_bytes())
    assert first["load"]["interrupted"]
    keyboard()
    assert run == resume(run, lambda _: None)
    planned = pl.read_parquet(run / "arrivals.parquet")
    visits = pl.read_parquet(run / "visits" / "*.parquet")
    key = ["candidate", "visit"]
    assert planned.select(key).sort(key).equals(visits.filter("planned").select(key).sort(key))
    about = msgspec.json.decode((run / "run.json").read_bytes())
    moved = {move[end] for move in about["census"]["moves"] for end in ("from_state", "to_state")}
    assert STATES == moved
    assert {} == {it["name"]: it["examples"] for it in about["audit"] if it["violations"]}
    requests = pl.read_parquet(run / "requests" / "*.parquet")
    used = {
        rule
        for step in requests.filter(pl.col("outcome") == "ok")["step"].unique()
        for rule in about["rules"]["steps"].get(step, ())
    }
    assert set(range(1, 25)) - {16} == used  # the review is the offices' work
    pace = pl.read_parquet(run / "pace.parquet")
    assert (pace["speed"] >= 1).all()
    verdict = write_report(run)
    assert verdict.valid, verdict.invalid_because
    assert () == verdict.integrity.violations
    assert (0, 0, "") == (verdict.integrity.lost, verdict.integrity.duplicated, verdict.integrity.note)
    assert verdict.integrity.promises > 1000
    promises = pl.read_parquet(run / "promises" / "*.parquet").filter(pl.col("outcome") == "ok")
    assert set(PROMISES.values()) == set(promises["promise"])
    check_steps_needed(visits, requests)


def check_steps_needed(visits, requests):
    """Hold what visits are said to need against what they take; whoever has an account need not register."""
    steps = requests.join(visits.select("candidate", "visit", "purpose"), on=["candidate", "visit"])
    taken = {purpose: its for (purpose,), its in steps.group_by("purpose")}
    registering = NEEDS["register"] - NEEDS["status"]
    for purpose, its in taken.items():
        if its.select("candidate").n_unique() < MANY:
            continue  # whether one of them got as far as the document is chance
        needs = NEEDS[purpose] - (registering if purpose in ("face_check", "apply") else frozenset())
        assert needs <= set(its["step"]), (purpose, needs - set(its["step"]))
    assert {*PURPOSES.categories} == set(taken)


@pytest.mark.long
def test_whoever_has_every_mishap_is_charged_once(tmp_path, notes):
    """Every phone dies in mid-upload, everybody taps "pay" five times in two tabs: all is kept, and nothing twice."""
    scenario = short_whole_window(120)
    unlucky = dict.fromkeys(("phone_dies_share", "taps_pay_share", "pays_in_two_tabs_share"), 1.0)
    scenario = msgspec.structs.replace(scenario, behaviour=msgspec.structs.replace(scenario.behaviour, **unlucky))
    run = rehearse(scenario, lambda _: None, out=tmp_path / "run", notes=notes)
    verdict = write_report(run)
    assert () == verdict.integrity.violations
    requests = pl.read_parquet(run / "requests" / "*.parquet")
    assert requests.filter(problem="device_died").height > 60
    orders = pl.read_parquet(run / "ledgers" / "payment_orders.parquet")
    assert requests.filter(step="payment", outcome="ok").height > 8 * orders.height
    charged = pl.read_parquet(run / "ledgers" / "charges.parquet").filter(status="paid")
    assert charged.height > 20
    about = msgspec.json.decode((run / "run.json").read_bytes())
    assert {} == {it["name"]: it["examples"] for it in about["audit"] if it["violations"]}


@pytest.mark.parametrize(
    ("about", "message"),
    [
        ({"load": {"interrupted": True}, "scenario": {"pace": "steady"}}, "only one with an adaptive pace"),
        ({"load": {"interrupted": False}}, "has come to its end"),
        ({"load": {"interrupted": True}, "portal_folder": "/nowhere"}, "is gone: begin a new run"),
    ],
)
def test_what_cannot_be_resumed_is_said(tmp_path, about, message):
    """In one line: a steady run, one that is over, one whose portal is gone, and what is no run."""
    scenario = msgspec.to_builtins(load_scenario("whole-window")) | about.pop("scenario", {})
    (tmp_path / "run.json").write_bytes(msgspec.json.encode({"scenario": scenario, **about}))
    with pytest.raises(RehearsalError, match=message):
        resume(tmp_path, lambda _: None)
    with pytest.raises(RehearsalError, match="is no run folder"):
        resume(tmp_path / "nothing", lambda _: None)


@pytest.mark.long
def test_a_load_that_begins_in_the_middle_has_its_people_inside(tmp_path, notes):
    """15 s before the close: people are inside in the first second, and the bell is kept to the second."""
    scenario = with_overrides(load_scenario("closing-day"), population=10_000, profile="generous")
    close_s = scenario.window.length_s
    scenario = msgspec.structs.replace(scenario, start_s=close_s - 15, minutes=0.5)
    run = rehearse(scenario, lambda _: None, out=tmp_path / "run", notes=notes)
    visits = pl.read_parquet(run / "visits" / "*.parquet")
    inside = visits.filter(pl.col("due_s") < 0)
    assert len(inside) > 10
    assert (inside["started_s"] == inside["due_s"]).all()
    requests = pl.read_parquet(run / "requests" / "*.parquet")
    assert (requests["sent_s"] >= 0).all()
    first = requests.filter(pl.col("candidate").is_in(inside["candidate"].implode())).sort("sent_s")
    first_steps = first.group_by("candidate", maintain_order=True).first()["step"]
    assert first_steps.is_in(["home", "window", "sms_code", "account", "log_in"]).mean() < 0.5  # most are further on
    filed = requests.filter(pl.col("step") == "submission", pl.col("outcome") == "ok")
    refused = requests.filter(pl.col("problem") == "window_closed")
    assert len(filed) > 0
    assert len(refused) > 0
    assert filed["sent_s"].max() <= 15.1
    assert refused["done_s"].min() >= 14.9
    about = msgspec.json.decode((run / "run.json").read_bytes())
    assert {} == {it["name"]: it["examples"] for it in about["audit"] if it["violations"]}
    assert 0 == about["census"]["applications"].get("draft", 0)

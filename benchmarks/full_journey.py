"""The whole journey on the mock portal, by rehearse with its books and by a plain Locust file without any.

Everybody goes from the home page to the status of the filed application at once: 12 static files, an SMS code,
scans and papers. Nobody has a flaw, so nothing is refused and the work of both is the same, request for request.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count, islice
from pathlib import Path
from typing import NamedTuple

import msgspec
import polars as pl

from benchmarks.constant_rate import NO_PAUSES, START_S, constant_rate, scenario_after_opening
from benchmarks.contenders import ContenderError, run_program
from benchmarks.contenders.bare_locust import FAST_HTTP_USER
from benchmarks.contenders.ours import BROAD, OURS, drawn_papers
from benchmarks.generator_cost import Spent, children_cpu_s
from fakes.candidates import Candidate, FlawShares
from mock_server.settings import Limits
from scenarios.control import CONTROL_TOKEN_VARIABLE
from scenarios.generator_processes import ROOT, UNPATCHED, generator_processes
from scenarios.playing import play
from scenarios.rehearsal import portal_for_run, prepare_run
from scenarios.scenario import Scenario
from scenarios.stack import Stack
from scenarios.stack_start import running_stack

VISITS_PER_S = 4
TAIL_S = 10.0
"""How much longer a run lasts than its arrivals: the last ones have to come to their end."""
BARE_PERIOD_S = 5
"""How often each of Locust's users makes a journey: longer than one takes."""
NO_FLAWS = dict.fromkeys(FlawShares.__slots__, 0.0)
AT_ONCE = msgspec.structs.replace(
    BROAD,
    **NO_PAUSES,
    cold_browser_share=1.0,
    face_check_now_share=1.0,
    misses_face_check_share=0.0,
    apply_now_share=1.0,
)
"""Everybody does at once what they do, and all of it."""
QUICK = {"median_ms": 1.0, "sigma": 0.1, "capacity": 256}
PROVIDERS = {"sms": QUICK, "degree_record": QUICK, "face_check": {**QUICK, "match_probability": 1.0}}


class Played(NamedTuple):
    """One run: what it cost the load generator, and how many requests each step and status had."""

    spent: Spent
    sent: Counter[str]


Load = Callable[[Path, Scenario, Stack], Counter[str]]
"""Plays a prepared run; gives how many requests each step and status had."""


def journey_scenario(length_s: float) -> Scenario:
    """Give the scenario in which so many seconds of arrivals come to their end."""
    scenario = scenario_after_opening(length_s + TAIL_S, behaviour=AT_ONCE)
    return msgspec.structs.replace(scenario, providers=PROVIDERS, flaw_shares=NO_FLAWS)


def asked_no_more(seed: int) -> Iterator[int]:
    """Give candidates, one after the other, whose province asks for no insurance: none is sent for more papers."""
    asks = Limits().insurance_provinces
    return (it for it in count() if Candidate(seed, it, FlawShares(**NO_FLAWS)).place.province not in asks)


def ours(run: Path, scenario: Scenario, stack: Stack) -> Counter[str]:
    """Play a run with rehearse's own load generator."""
    where = ["--host", stack.candidates_address, "--provider-address", stack.candidates_provider_address]
    where += ["--control-address", stack.address]
    generator = generator_processes(run, where, {CONTROL_TOKEN_VARIABLE: stack.control_token})
    play(generator, scenario, lambda _: None, lambda *_: None)
    sent = pl.read_parquet(run / "requests" / "*.parquet")
    return Counter(f"{step} {status}" for step, status in sent.select("step", "status").iter_rows())


def bare(run: Path, scenario: Scenario, stack: Stack) -> Counter[str]:
    """Play a run with benchmarks/bare_journey.py. Raises ContenderError."""
    control = stack.control()
    control.set_clock(scenario.window.moment(START_S), 1.0)
    control.close()
    env = {
        "PYTHONPATH": str(ROOT),
        UNPATCHED: "",
        "BARE_RUN": str(run),
        "BARE_PROVIDERS": stack.candidates_provider_address,
        "BARE_SEED": str(scenario.seed),
        "BARE_PAPERS": str(run.parent / "papers"),
    }
    run_program(
        [
            *(sys.executable, "-m", "locust", "-f", str(ROOT / "benchmarks" / "bare_journey.py")),
            *("--host", stack.candidates_address, "--headless", "--only-summary", "--stop-timeout", "60"),
            *("--users", str(VISITS_PER_S * BARE_PERIOD_S), "--spawn-rate", str(VISITS_PER_S)),
        ],
        run / "logs",
        env,
    )
    return Counter(json.loads((run / "sent.json").read_bytes()))


LOADS: dict[str, Load] = {OURS.name: ours, FAST_HTTP_USER.name: bare}


def journeys(folder: Path, lengths_s: tuple[int, int], rounds: int) -> Iterator[tuple[str, Played, Played]]:
    """Give, by contender and in turn, what a short and a long run cost, on one portal. Raises ContenderError."""
    papers = drawn_papers(folder, journey_scenario(0).seed)
    people = asked_no_more(journey_scenario(0).seed)  # nobody registers twice
    with running_stack(journey_scenario(0), folder / "stack") as stack:
        for number in range(rounds):
            for name, load in LOADS.items():
                found = []
                for length_s in lengths_s:
                    scenario = journey_scenario(length_s)
                    arrivals = constant_rate(VISITS_PER_S, length_s, "register")
                    coming = pl.Series("candidate", list(islice(people, len(arrivals))), pl.UInt32)
                    arrivals = arrivals.with_columns(coming)
                    out = folder / f"{number}-{load.__name__}-{length_s}"
                    run = prepare_run(scenario, out, arrivals, {"papers_file": str(papers)})
                    (run / "logs").mkdir()
                    found.append(_play(name, load, run, scenario, stack))
                yield name, found[0], found[1]


def _play(name: str, load: Load, run: Path, scenario: Scenario, stack: Stack) -> Played:
    about = msgspec.json.decode((run / "run.json").read_bytes())
    with portal_for_run(run, scenario, stack, lambda _: None, about, audited=False):
        before_s = children_cpu_s()
        sent = load(run, scenario, stack)
        spent_s = children_cpu_s() - before_s
    journeys = len(pl.read_parquet(run / "arrivals.parquet"))
    unwell = {what: count for what, count in sent.items() if not 200 <= int(what.split()[1]) < 300}
    filed = sum(count for what, count in sent.items() if what.startswith("submission 2"))
    if unwell or filed != journeys:
        raise ContenderError(
            f"{name}: {filed} of {journeys} journeys were filed, and {unwell or 'nothing'} was refused"
        )
    return Played(Spent(sum(sent.values()), spent_s), sent)

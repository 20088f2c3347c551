"""A rehearsal of a portal that is there already: no stack to start, no books to fill or read, no clock to set.

permission ─► addresses ─► plan without what the portal lacks ─► load ─► records of what was made
"""

import os
from collections.abc import Collection, Mapping
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

from scenarios.arrivals import slice_arrivals
from scenarios.generator_processes import WhenLost, check_workers, generator_processes
from scenarios.machine import usable_cores
from scenarios.plan import make_plan
from scenarios.playing import Progress, good_order, play
from scenarios.records import write_records
from scenarios.rehearsal import RehearsalError, check_started, prepare_run
from scenarios.sampling import News, sampling
from scenarios.scenario import Scenario
from scenarios.shown_live import check_port, shown_live
from scenarios.stages import draw_stages
from scenarios.steps_needed import possible_purposes, within_steps
from scenarios.target import Target, TargetError, load_target, own_portal
from scenarios.target_metrics import titles
from scenarios.target_reach import find_addresses
from scenarios.target_watch import why_to_end
from scenarios.window import CHINA
from scenarios.workers.shares import check_shares

NO_BOOKS = "the portal's books cannot be read"


def for_target(scenario: Scenario, target: Target) -> Scenario:
    """Give the scenario as it is played on a target. Raises TargetError for one that can only be played on the mock."""
    if scenario.is_adaptive or scenario.speed != 1:
        raise TargetError(f"{scenario.name} turns the portal's clock, and a target keeps its own: choose a steady one")
    if scenario.faults:
        raise TargetError(f"{scenario.name} has faults, which are done to the mock portal alone: choose one without")
    objectives = scenario.objectives if target.objectives is None else target.objectives
    return within_steps(msgspec.structs.replace(scenario, objectives=objectives), target.missing_steps)


def rehearse_target(
    scenario: Scenario,
    target_file: Path,
    progress: Progress,
    *,
    out: Path | None = None,
    notes: Mapping[str, Any] | None = None,
    metrics_port: int | None = None,
    workers: int = 1,
    when_lost: WhenLost = "hand-on",
) -> Path:
    """Hold a rehearsal of the portal that a target file names; give its run folder.

    `scenario` is one that `for_target` gave, `notes` as in `prepare_run`. Nothing is sent before the permission is
    checked. So many `workers` share load and ceiling. Raises RehearsalError, WorkersError, TargetError and
    TargetRefusedError.
    """
    check_workers(workers, scenario)
    target = load_target(target_file)
    check_shares(workers, target.most_requests_per_s)
    if metrics_port:
        check_port(metrics_port)
    progress({"now": "plan"})
    run = prepare_target_run(scenario, target, out, notes)
    progress({"now": "portal", "resources": titles(target.metrics), "run": str(run)})

    source = ["--target", str(target_file.resolve())]

    def beside(exits: ExitStack, generators: Mapping[str, int], news: News) -> None:
        exits.enter_context(sampling(run, generators, source, news))
        if metrics_port:
            exits.enter_context(shown_live(run, metrics_port))

    generators = generator_processes(run, [], {}, workers, when_lost, allowed=source)
    with good_order() as hold_on:
        interrupted = play(generators, scenario, progress, beside)
        hold_on(interrupted)
        write_records(run, scenario.seed)
    load = msgspec.json.decode((run / "run.json").read_bytes())["load"]
    if load["started_at"] is None and (why := why_to_end(target, datetime.now(CHINA))):
        raise RehearsalError(f"nothing was measured: {why} of {target_file} ended the load before it began")
    check_started(run, interrupted=interrupted)
    return run


def prepare_target_run(
    scenario: Scenario,
    target: Target,
    out: Path | None = None,
    notes: Mapping[str, Any] | None = None,
    purposes: Collection[str] | None = None,
) -> Path:
    """Make the run folder with the visits of the plan that the portal has the steps for; the rest as in `prepare_run`.

    Its addresses are looked up, and it is made sure that somebody is there. Raises RehearsalError, TargetError and
    TargetRefusedError.
    """
    addresses = find_addresses(target)
    if target.stop_file is not None and Path(target.stop_file).exists():
        raise TargetError(f"the stop file {target.stop_file} is there already: remove it first")
    stages = draw_stages(scenario)
    planned = slice_arrivals(make_plan(scenario, stages), scenario, stages)
    own = own_portal(target)
    can_come = possible_purposes(target.missing_steps) if own is None else sorted(own.purposes)
    possible = pl.col("purpose").is_in(can_come)
    arrivals, left_out = planned.filter(possible), planned.filter(~possible)
    if arrivals.is_empty():
        why = f"it lacks the steps {', '.join(sorted(target.missing_steps))}"
        if own is not None:
            why = f"its portal file makes visits for {', '.join(can_come)} alone"
        raise RehearsalError(f"nobody would come to {target.base_url}: {why}")
    known: dict[str, Any] = {
        **(notes or {}),
        **({} if own is None else {"steps": own.steps, "rules": {"steps": {}, "refusals": {}}}),
        "portal": {"kind": "target", "address": target.base_url},
        "target": {
            **target.facts(),
            "ip": addresses[target.host_and_port],
            "addresses": addresses,
            "left_out": {"visits": len(left_out), "purposes": left_out["purpose"].unique().sort().to_list()},
        },
        "resource_titles": target.resource_titles,
        "cores": {"count": usable_cores(), "generator_niceness": os.nice(0)},
        "no_books_because": NO_BOOKS,
    }
    run = prepare_run(scenario, out, arrivals, known, purposes)
    (run / "logs").mkdir(exist_ok=True)
    return run

"""One rehearsal from beginning to end: plan, stack, load, run folder. The thin shell around all the rest.

prepare ─► stack starts ─► load generator plays ─► stack stops ─► the run folder is complete
"""

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

import httpx
import msgspec
import polars as pl
import psutil

from fakes.crowd import crowd
from fakes.identity_numbers import id_numbers
from scenarios.arrivals import slice_arrivals, with_provinces
from scenarios.browser_candidates.process import check_browsers, riding_along
from scenarios.control import CONTROL_TOKEN_VARIABLE, Control
from scenarios.fault_timeline import faults_played
from scenarios.generator_processes import WhenLost, check_workers, generator_processes
from scenarios.ledgers import NothingPromised, StillBusy, forget_ledgers, wait_until_quiet, write_ledgers
from scenarios.machine import VERSION, machine, usable_cores, versions
from scenarios.mock_portal import STEPS
from scenarios.phases import load_phases, steady
from scenarios.plan import NEEDS_OPEN_WINDOW, make_plan
from scenarios.playing import Progress, good_order, play
from scenarios.processes import kept_nice
from scenarios.resuming import reached_s
from scenarios.reviewers import diary
from scenarios.rules_of_portal import RULE_OF_REFUSALS, RULES_OF_STEPS
from scenarios.run_folder import write_run_json
from scenarios.sampling import News, sampling
from scenarios.scenario import Scenario
from scenarios.seeded_rows import past_passes
from scenarios.seeding import seed_portal
from scenarios.shown_live import check_port, shown_live
from scenarios.stack import Stack
from scenarios.stack_start import PORTAL_FOLDER, portal_niceness, running_stack
from scenarios.stages import Stages, draw_stages
from scenarios.window import CHINA


class RehearsalError(RuntimeError):
    """A rehearsal that could not take place; the message is one line that says why."""


def prepare_run(
    scenario: Scenario,
    out: Path | None = None,
    arrivals: pl.DataFrame | None = None,
    notes: Mapping[str, Any] | None = None,
    purposes: Collection[str] | None = None,
    *,
    seeded: bool = False,
) -> Path:
    """Make the run folder with the planned arrivals and what is known before the load; give its path.

    `arrivals`, with the columns of `slice_arrivals`, take the place of those that the plan has; the books are filled
    to the moment of the start for the plan's, and for given ones where they are to be `seeded`. `notes` go into
    `run.json` as they are; runs of one seed that have the same "papers_file" draw their papers once. With `purposes`
    only visits for those are made. Raises RehearsalError where `out` holds a run already, or nobody would come.
    """
    run = None if out is None else _given_folder(out)
    seeded = seeded or (arrivals is None and scenario.start_s > 0)
    if arrivals is None:
        stages = draw_stages(scenario)
        arrivals = slice_arrivals(make_plan(scenario, stages), scenario, stages)
    if purposes is not None:
        there = arrivals["purpose"].unique().sort().to_list()
        arrivals = arrivals.filter(pl.col("purpose").is_in(list(purposes)))
        if arrivals.is_empty():
            raise RehearsalError(
                f"nobody comes for {', '.join(purposes)} in {scenario.name}, only for {', '.join(there)}"
            )
    run = run or new_folder(scenario.name)
    with_provinces(arrivals, scenario.seed).write_parquet(run / "arrivals.parquet")
    about = {
        "format": 1,
        "rehearse_version": VERSION,
        "scenario": msgspec.to_builtins(scenario),
        "steps": STEPS,
        "rules": {"steps": RULES_OF_STEPS, "refusals": RULE_OF_REFUSALS},
        "window": scenario.window.moments,
        "seeded": seeded,
        "seed": scenario.seed,
        "population": scenario.population,
        "load": {
            "started_at": None,
            "length_s": 0.0,
            "planned_length_s": scenario.length_s,
            "portal_time_at_start": scenario.window.opening + timedelta(seconds=scenario.start_s),
            "speed": scenario.speed,
            "interrupted": True,  # until the load has come to its end
        },
        "objectives": scenario.objectives,
        "phases": msgspec.to_builtins(load_phases(scenario)),
        "steady": steady(scenario),
        "machine": machine(),
        "versions": versions(),
        **(notes or {}),
    }
    write_run_json(run, about)
    return run


@contextmanager
def stack_for_run(run: Path, scenario: Scenario, progress: Progress, **how: Any) -> Iterator[Stack]:
    """Start the stack for a prepared run, fill its books to the moment of the start, and note its set-up.

    What it has at the end is noted too. The portal of a run that is resumed has everything already, and that of one
    that may be is kept. `how` as in `running_stack`. Raises StackError.
    """
    about = msgspec.json.decode((run / "run.json").read_bytes())
    resumed = about["load"].get("resumed_at_s") is not None
    if scenario.is_adaptive and not resumed:
        about["portal_folder"] = mkdtemp(prefix=PORTAL_FOLDER)
    folder = Path(about["portal_folder"]) if scenario.is_adaptive else None
    with (
        running_stack(scenario, run / "logs", folder=folder, **how) as stack,
        portal_for_run(run, scenario, stack, progress, about),
    ):
        yield stack
    if folder and not msgspec.json.decode((run / "run.json").read_bytes())["load"]["interrupted"]:
        rmtree(folder, ignore_errors=True)


@contextmanager
def portal_for_run(
    run: Path,
    scenario: Scenario,
    stack: Stack,
    progress: Progress,
    about: dict[str, Any],
    *,
    audited: bool = True,
) -> Iterator[None]:
    """Fill the books of a portal that has none to the moment of the run's start, and note its set-up in `about`.

    What it has at the end is noted too, with the books for an audit where it is `audited`.
    """
    with closing(stack.control()) as control:
        if about["load"].get("resumed_at_s") is None:
            _fill(control, run, scenario, progress, seeded=about["seeded"])
        resources = control.resources()
        about["portal"] = {
            "kind": "mock",
            "profile": scenario.profile,
            "capacities": control.profile(),
            "server_workers": stack.server_workers,
            "database": stack.database,
            "address": stack.address,
        }
        about["resource_titles"] = {it["name"]: it["title"] for it in resources}
        progress({"now": "portal", "resources": about["resource_titles"]})
        about["capacity_names"] = {it["name"]: it["setting"] for it in resources}
        about["capacity_limits"] = {it["setting"]: it["most"] for it in resources if it["most"]}
        about["cores"] = {
            "count": usable_cores(),
            "generator_niceness": os.nice(0),
            "portal_niceness": psutil.Process(stack.processes["server"]).nice(),
        }
        write_run_json(run, about)
        try:
            # Only for the load: while nobody measures, the portal may take what it gets.
            with kept_nice(stack.own_processes, portal_niceness()):
                yield
        finally:
            progress({"now": "books"})
            _note_books(run, control, stack, scenario, audited=audited)


def _fill(control: Control, run: Path, scenario: Scenario, progress: Progress, *, seeded: bool) -> None:
    """Bring the portal to where the load begins: its books, who passed what before, and what reviewers will decide."""
    arrivals = pl.read_parquet(run / "arrivals.parquet", columns=["candidate", "purpose"])
    candidates = arrivals["candidate"].unique().sort().to_numpy()
    follows_up = not arrivals["purpose"].is_in(["look", *NEEDS_OPEN_WINDOW]).all()
    stages = draw_stages(scenario) if seeded or follows_up else None
    if seeded:
        seed_portal(control, scenario, scenario.start_s, progress, stages)
    else:
        control.load("past_pass", past_passes(crowd(scenario.seed, candidates), scenario.window.last_exam))
    if stages is not None:
        theirs = Stages(*(stage[candidates] for stage in stages))
        numbers = pl.Series(id_numbers(scenario.seed, candidates))
        control.load("reviewer_diary", diary(theirs, numbers, scenario.window))


def _note_books(run: Path, control: Control, stack: Stack, scenario: Scenario, *, audited: bool) -> None:
    """Note what the portal has in the end, whether it keeps to the rules, and the books of who was promised something.

    Where they cannot be had, `run.json` says why. What an earlier part of a resumed run has noted does not count.
    """
    about = msgspec.json.decode((run / "run.json").read_bytes())
    for outdated in ("census", "audit", "no_books_because"):
        about.pop(outdated, None)
    forget_ledgers(run)
    try:
        wait_until_quiet(stack.address)
        about |= {"census": control.census(), "audit": control.audit()}
        if audited:
            write_ledgers(run, control, stack.provider_address, scenario.seed, keeps_files=scenario.keeps_uploads)
    except (NothingPromised, httpx.HTTPError, StillBusy, OSError, pl.exceptions.PolarsError) as error:
        about["no_books_because"] = str(error) or type(error).__name__
    write_run_json(run, about)


def rehearse(
    scenario: Scenario,
    progress: Progress,
    *,
    out: Path | None = None,
    arrivals: pl.DataFrame | None = None,
    notes: Mapping[str, Any] | None = None,
    database_url: str | None = None,
    bugs: Sequence[str] = (),
    metrics_port: int | None = None,
    seeded: bool = False,
    browsers: int = 0,
    workers: int = 1,
    when_lost: WhenLost = "hand-on",
) -> Path:
    """Hold a rehearsal; give its run folder, complete also when Ctrl-C ended the load early.

    `arrivals`, `notes` and `seeded` as in `prepare_run`; `bugs` are put into the mock portal (mock_server/bugs/).
    `progress` hears what is going on, several times a second; a `metrics_port` shows it to others while the load lasts.
    At so many `browsers` people ride along (scenarios/browser_candidates/). So many `workers` share the load. Raises
    RehearsalError, WorkersError and StackError.
    """
    check_browsers(browsers, scenario)
    check_workers(workers, scenario)
    if metrics_port:
        check_port(metrics_port)
    progress({"now": "plan"})
    if browsers:
        notes = {**(notes or {}), "browsers": browsers}
    if workers > 1:
        notes = {**(notes or {}), "generator_processes": workers, "when_lost": when_lost}
    run = prepare_run(scenario, out, arrivals, notes, seeded=seeded)
    return _hold(run, scenario, progress, metrics_port, database_url=database_url, bugs=bugs)


def resume(run: Path, progress: Progress, metrics_port: int | None = None) -> Path:
    """Go on with an interrupted run of adaptive pace where it stopped, with the same candidates and the same portal.

    Raises RehearsalError where there is nothing to go on with.
    """
    if metrics_port:
        check_port(metrics_port)
    try:
        about = msgspec.json.decode((run / "run.json").read_bytes())
    except OSError as error:
        raise RehearsalError(f"{run} is no run folder: {error.strerror}") from None
    scenario = msgspec.convert(about["scenario"], Scenario)
    if not scenario.is_adaptive:
        raise RehearsalError(f"{run} is a run of {scenario.name}: only one with an adaptive pace can be resumed")
    if not about["load"]["interrupted"]:
        raise RehearsalError(f"{run} has come to its end: there is nothing to resume")
    if not Path(about.get("portal_folder", "")).joinpath("portal", "database").is_dir():
        raise RehearsalError(f"the portal of {run} is gone: begin a new run")
    about["load"]["resumed_at_s"] = reached_s(run, about["load"]["length_s"])
    about["load"]["started_at"] = None  # until the load goes on; by then second 0 has moved
    write_run_json(run, about)
    return _hold(run, scenario, progress, metrics_port)


def _hold(run: Path, scenario: Scenario, progress: Progress, metrics_port: int | None, **how: Any) -> Path:
    with good_order() as hold_on:
        progress({"now": "stack", "run": str(run)})
        with stack_for_run(run, scenario, progress, **how) as stack:
            hold_on(play_load(run, scenario, stack, progress, metrics_port))
            progress({"now": "stop"})
    return run


def play_load(run: Path, scenario: Scenario, stack: Stack, progress: Progress, metrics_port: int | None = None) -> bool:
    """Play the load of a prepared run on a portal that is ready for it; say whether Ctrl-C ended it early.

    Raises RehearsalError where the load generator did not start, KeyboardInterrupt where Ctrl-C came before it did.
    """
    about = msgspec.json.decode((run / "run.json").read_bytes())

    def beside(exits: ExitStack, generators: Mapping[str, int], news: News) -> None:
        exits.enter_context(sampling(run, {**stack.processes, **generators}, ["--metrics", stack.metrics], news))
        exits.enter_context(faults_played(run, scenario.faults, stack, news.append))
        exits.enter_context(riding_along(run, stack, about.get("browsers", 0)))
        if metrics_port:
            exits.enter_context(shown_live(run, metrics_port, stack.metrics))

    where = ["--host", stack.candidates_address, "--provider-address", stack.candidates_provider_address]
    where += ["--control-address", stack.address]
    secrets = {CONTROL_TOKEN_VARIABLE: stack.control_token}
    how = about.get("generator_processes", 1), about.get("when_lost", "hand-on")
    interrupted = play(generator_processes(run, where, secrets, *how), scenario, progress, beside)
    check_started(run, interrupted=interrupted)
    return interrupted


def check_started(run: Path, *, interrupted: bool) -> None:
    """Make sure that a load that is over had begun; raises as `play_load` does where it had not."""
    if msgspec.json.decode((run / "run.json").read_bytes())["load"]["started_at"] is not None:
        return
    if interrupted:
        raise KeyboardInterrupt
    raise RehearsalError(f"the load generator did not start; its log is {run / 'logs' / 'generator.log'}")


def _given_folder(out: Path) -> Path:
    if (out / "run.json").exists():
        raise RehearsalError(f"{out} holds a run already: give another folder")
    out.mkdir(parents=True, exist_ok=True)
    return out


def new_folder(name: str) -> Path:
    """Make a folder of its own in runs/, named by the time and `name`; give its path."""
    stem = f"{datetime.now(CHINA):%Y-%m-%dT%H-%M-%S}-{name}"
    for number in range(1, 1000):
        run = Path("runs") / (stem if number == 1 else f"{stem}-{number}")
        with suppress(FileExistsError):
            run.mkdir(parents=True)
            return run
    raise RehearsalError(f"runs/ is full of runs named {stem}")

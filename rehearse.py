"""The command line: `rehearse run opening-day`, and all the rest. Thin: every command is a call and a printout."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any, NoReturn

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from reports import RunFolderError, audit_folder, exit_code, summary_lines, void_so_far, write_report
from reports.compared_page import write_comparison_page
from reports.compared_runs import LIMIT, compare_runs
from reports.compared_words import felt_table, headlines, name_of
from reports.diagnosis import Diagnosis, diagnosis_lines
from reports.diagnosis_page import resources_table
from reports.metastable import HEADLINES, arms_table, write_finding
from reports.objectives import ObjectiveError, check_objectives
from reports.protections import headline, protections_table, write_protections
from reports.series import Series
from reports.terminal_table import terminal_table
from scenarios.phases import objective_names
from scenarios.plan import make_plan
from scenarios.rehearsal import RehearsalError, rehearse
from scenarios.rehearsal import resume as resume_run
from scenarios.scenario import Scenario, ScenarioError, load_scenario, scenario_names, with_overrides
from scenarios.seed_summary import broken_words, seed_summary
from scenarios.seeded_moment import MomentError, portal_moment_s
from scenarios.seeding import SeedingError, audit_portal, seed_portal
from scenarios.speaker import Speaker
from scenarios.stack import Stack, StackError
from scenarios.stack_start import running_stack

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Rehearse an exam-registration window before it opens: true demand, a real mock portal, and what made it lag.",
    epilog="Exit codes: 0 all objectives held, 1 one was missed, 2 wrong usage, 3 the run is void, 4 a promise was "
    "broken, or the portal's books break its rules.",
)
console = Console()

WRONG = (ScenarioError, ObjectiveError, RehearsalError, StackError, SeedingError, MomentError, RunFolderError)
"""What a person did wrong, or what is wrong on this machine: each says so in one line."""
WRONG_USAGE = 2
VOID = 3
BROKEN = 4


def fail(message: object, code: int = WRONG_USAGE) -> NoReturn:
    """Say in one line what is wrong, and end."""
    Console(stderr=True).print(f"rehearse: {message}", style="red", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(code)


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn what a person did wrong into one line and exit code 2."""
    try:
        yield
    except WRONG as error:
        fail(error)


def chosen(name: str, **overrides: Any) -> Scenario:
    """Load a scenario, with what the command line puts in its place; its objectives are read before any load."""
    scenario = with_overrides(load_scenario(name), **overrides)
    check_objectives(scenario.objectives, **objective_names(scenario))
    return scenario


ScenarioName = Annotated[str, typer.Argument(help="Name of a scenario, or the path of a TOML file.")]
Population = Annotated[int | None, typer.Option(min=1, help="Candidates in the window.")]
Seed = Annotated[int | None, typer.Option(help="Decides everything that is drawn.")]
ProfileName = Annotated[str | None, typer.Option(help="Capacities of the portal: a name, or a TOML file.")]
Database = Annotated[
    str | None, typer.Option(help="URL of an empty PostgreSQL database, in place of the embedded one.")
]
ServerWorkers = Annotated[int | None, typer.Option(min=1, help="Processes of the portal.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Say only what was found, and errors.")]
JsonLines = Annotated[bool, typer.Option("--json-lines", help="Say it all as lines of JSON: docs/live-view.md.")]


def speaker_for(quiet: bool, json_lines: bool) -> Speaker:
    """Give who speaks for a command."""
    if quiet and json_lines:
        fail("--quiet is for people, --json-lines for programs: give one of them")
    return Speaker(void_so_far, quiet=quiet, json_lines=json_lines)


@app.command()
def run(
    scenario: ScenarioName = "opening-day",
    profile: ProfileName = None,
    population: Population = None,
    seed: Seed = None,
    minutes: Annotated[float | None, typer.Option(help="Length of the load.")] = None,
    speed: Annotated[float | None, typer.Option(help="Portal seconds a second, with a steady pace.")] = None,
    ceiling: Annotated[
        float | None, typer.Option(help="Requests a second that the portal bears, with an adaptive pace.")
    ] = None,
    server_workers: ServerWorkers = None,
    database: Database = None,
    bug: Annotated[
        list[str] | None, typer.Option(help="A way to break promises to put into the mock portal: docs/audit.md.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Run folder; default: a new one in runs/.")] = None,
    quiet: Quiet = False,
    json_lines: JsonLines = False,
) -> None:
    """Hold a rehearsal, and write its report."""
    speaker = speaker_for(quiet, json_lines)
    with one_line_errors():
        it = chosen(
            scenario,
            profile=profile,
            population=population,
            seed=seed,
            minutes=minutes,
            speed=speed,
            ceiling_per_s=ceiling,
            server_workers=server_workers,
        )
        with speaker.watcher() as watcher:
            try:
                folder = rehearse(it, watcher, out=out, database_url=database, bugs=bug or ())
            except KeyboardInterrupt:
                fail("interrupted before the load began: nothing was measured", VOID)
        raise typer.Exit(_report(folder, speaker))


@app.command()
def resume(
    run: Annotated[Path, typer.Argument(help="Folder of an interrupted run with an adaptive pace.")],
    quiet: Quiet = False,
    json_lines: JsonLines = False,
) -> None:
    """Go on with an interrupted run of the whole window where it stopped, and write its report."""
    speaker = speaker_for(quiet, json_lines)
    with one_line_errors():
        with speaker.watcher() as watcher:
            try:
                resume_run(run, watcher)
            except KeyboardInterrupt:
                fail("interrupted before the load went on", VOID)
        raise typer.Exit(_report(run, speaker))


@app.command()
def diagnose(
    scenario: ScenarioName = "opening-day",
    profile: ProfileName = None,
    population: Population = None,
    seed: Seed = None,
    seconds: Annotated[float, typer.Option(min=5, help="Length of each trial's load.")] = 50.0,
    plant: Annotated[list[str] | None, typer.Option(help="A cause of lag to put in: NAME=SEVERITY.")] = None,
    hands_off: Annotated[
        bool, typer.Option("--hands-off", help="Turn no capacity: suspect, and prove nothing.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Folder of the trials; one that was interrupted goes on.")] = None,
    quiet: Quiet = False,
    json_lines: JsonLines = False,
) -> None:
    """Find the resource that limits the portal, and prove it by experiment."""
    from scenarios.laboratory import TRIALS, Trial, begin_series, laboratory, severities, trial_slice

    speaker = speaker_for(quiet, json_lines)
    with one_line_errors():
        it = trial_slice(chosen(scenario, profile=profile, population=population, seed=seed), seconds)
        plants = severities(plant or [])
        folder = begin_series(it, plants, out)
        series = Series(folder, it.seed, hands_off=hands_off)
        _announce(speaker, seconds, folder)
        try:
            with laboratory(it, folder / TRIALS, plants=plants) as lab:
                while not isinstance(step := series.next(), Diagnosis):
                    speaker.say(f"{step.name}: {step.why}", now="trial", name=step.name, why=step.why)
                    with speaker.watcher() as watcher:
                        notes = {"relieved": step.relieved}
                        trial = Trial(step.name, step.seed, step.load_share, step.capacities, notes)
                        lab.hold(trial, watcher)
        except KeyboardInterrupt:
            fail(f"interrupted; go on with --out {folder}", VOID)
        path = series.write(step, f"{it.name}, profile {it.profile}")
        facts = {"standing": step.standing, "confirmed": step.confirmed, "page": str(path)}
        lines = (*diagnosis_lines(step), f"Written: {path}")
        speaker.conclude(terminal_table(resources_table(step)), *lines, now="diagnosis", **facts)
    raise typer.Exit({"holds": 0, "void": VOID}.get(step.standing, 1))


def _announce(speaker: Speaker, seconds: float, folder: Path) -> None:
    words = f"Trials of {seconds:.0f} s each; {folder} keeps them. Ctrl-C stops, the same --out goes on."
    speaker.say(words, now="series", folder=str(folder), trial_s=seconds)


@app.command()
def protections(
    scenario: ScenarioName = "opening-day",
    profile: ProfileName = None,
    population: Population = None,
    seed: Seed = None,
    seconds: Annotated[float, typer.Option(min=5, help="Length of each trial's load.")] = 60.0,
    out: Annotated[Path | None, typer.Option(help="Folder of the trials; one that was interrupted goes on.")] = None,
    quiet: Quiet = False,
    json_lines: JsonLines = False,
) -> None:
    """Compare what a portal can do against overload: the same candidates, one protection at a time."""
    from scenarios.laboratory import TRIALS, Trial, begin_series, laboratory, trial_slice
    from scenarios.protections import ARMS, with_gap

    speaker = speaker_for(quiet, json_lines)
    with one_line_errors():
        it = trial_slice(chosen(scenario, profile=profile, population=population, seed=seed), seconds)
        folder = begin_series(it, {}, out, "protections")
        _announce(speaker, seconds, folder)
        to_do = [arm for arm in ARMS if not (folder / TRIALS / arm.name / "run.json").exists()]
        try:
            for (plants, gap_s), arms in groupby(to_do, key=lambda arm: (dict(arm.plants), arm.province_gap_s)):
                with laboratory(with_gap(it, gap_s), folder / TRIALS, plants=plants) as lab:
                    for arm in arms:
                        speaker.say(f"{arm.name}: {arm.title}", now="trial", name=arm.name, why=arm.title)
                        with speaker.watcher() as watcher:
                            notes = {"relieved": [], "protection": arm.title}
                            lab.hold(Trial(arm.name, it.seed, 1.0, arm.settings, notes), watcher)
        except KeyboardInterrupt:
            fail(f"interrupted; go on with --out {folder}", VOID)
        found, page = write_protections(folder, f"Protections of “{it.name}, profile {it.profile}”, {seconds:g} s each")
    said = headline(found)
    facts = {"sentence": said, "page": str(page)}
    speaker.conclude(terminal_table(protections_table(found)), said, f"Written: {page}", now="protections", **facts)
    raise typer.Exit(VOID if all(each.invalid_because for each in found) else 0)


@app.command()
def metastable(
    scenario: ScenarioName = "retry-storm",
    seed: Seed = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the trials; one that was interrupted goes on.")] = None,
    quiet: Quiet = False,
    json_lines: JsonLines = False,
) -> None:
    """Find out whether lag outlasts its cause: a scenario with one fault, and less of load and fault."""
    from scenarios.laboratory import TRIALS, Trial, begin_series, laboratory
    from scenarios.metastable import arms

    speaker = speaker_for(quiet, json_lines)
    with one_line_errors():
        it = chosen(scenario, seed=seed)
        to_try = arms(it)
        folder = begin_series(it, {}, out, "metastable")
        _announce(speaker, it.length_s, folder)
        try:
            with laboratory(it, folder / TRIALS) as lab:
                for arm in to_try:
                    if (folder / TRIALS / arm.name / "run.json").exists():
                        continue
                    speaker.say(f"{arm.name}: {arm.title}", now="trial", name=arm.name, why=arm.title)
                    with speaker.watcher() as watcher:
                        notes = {"arm": arm.title}
                        lab.hold(Trial(arm.name, it.seed, arm.load_share, arm.settings, notes, arm.faults), watcher)
        except KeyboardInterrupt:
            fail(f"interrupted; go on with --out {folder}", VOID)
        finding, page = write_finding(folder, f"“{it.name}”, profile {it.profile}, {it.length_s:g} s each")
    said = f"{HEADLINES[finding.standing]} {finding.because}"
    facts = {"standing": finding.standing, "sentence": said, "page": str(page)}
    speaker.conclude(terminal_table(arms_table(finding)), said, f"Written: {page}", now="metastable", **facts)
    raise typer.Exit({"recovers": 0, "void": VOID}.get(finding.standing, 1))


@app.command()
def report(run: Annotated[Path, typer.Argument(help="A run folder.")]) -> None:
    """Make the report of a run again."""
    with one_line_errors():
        raise typer.Exit(_report(run, speaker_for(quiet=False, json_lines=False)))


@app.command()
def audit(run: Annotated[Path, typer.Argument(help="A run folder.")]) -> None:
    """Hold what candidates were promised against the books of portal and gateways, and list what was broken."""
    with one_line_errors(), console.status("Holding the books against each other …"):
        lines, code = audit_folder(run)
    for line in lines:
        console.print(line, highlight=False, soft_wrap=True, markup=False)
    raise typer.Exit(int(code))


@app.command()
def compare(
    runs: Annotated[
        list[Path], typer.Argument(metavar="A B [C…]", help="Run folders of the same plan, A the baseline.")
    ],
    limit: Annotated[float, typer.Option(min=0, help="By so many per cent a wait may be longer.")] = 100 * LIMIT,
    out: Annotated[Path | None, typer.Option(help="Folder of comparison.html; default: the last run's.")] = None,
) -> None:
    """Hold runs of the same candidates against each other: what got slower, what faster, and how sure that is."""
    with one_line_errors():
        if len(runs) < 2:
            fail("one run cannot be compared; give two or more: rehearse compare A B")
        with console.status("Comparing …"):
            found = compare_runs(runs, limit / 100)
            page = write_comparison_page(found, out or runs[-1])
    for it in found.comparisons:
        console.print(f"[bold]{name_of(it.other)} against {name_of(found.baseline)}[/bold]", highlight=False)
        console.print(terminal_table(felt_table(it, name_of(found.baseline), found.limit)))
    for line in headlines(found):
        console.print(line, highlight=False, soft_wrap=True, markup=False)
    for folder, reasons in found.invalid.items():
        console.print(f"void    {folder}: {' '.join(reasons)}", highlight=False, soft_wrap=True, markup=False)
    console.print(f"Written: {page}", highlight=False, soft_wrap=True)
    raise typer.Exit(VOID if found.invalid else int(any(it.is_worse for it in found.comparisons)))


@app.command()
def history(folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder with run folders.")]) -> None:
    """List all runs of a folder with their key figures, and say since when these have changed."""
    from reports.run_series import read_history
    from reports.run_series_page import headline as history_headline
    from reports.run_series_page import runs_table, turn_sentences, write_history_page

    with one_line_errors(), console.status("Reading the runs …"):
        found = read_history(folder)
        page = write_history_page(found, folder)
    for it in found.series:
        console.print(f"[bold]{it.scenario}[/bold]", highlight=False)
        console.print(terminal_table(runs_table(it)))
        for line in turn_sentences(it):
            console.print(line, highlight=False, soft_wrap=True, markup=False)
    for line in found.unreadable:
        console.print(f"left out: {line}", highlight=False, soft_wrap=True, markup=False)
    console.print(history_headline(found), highlight=False, soft_wrap=True)
    console.print(f"Written: {page}", highlight=False, soft_wrap=True)


def _report(folder: Path, speaker: Speaker) -> int:
    with speaker.way.status("Writing the report …"):
        verdict = write_report(folder)
    code = int(exit_code(verdict))
    facts = {"exit_code": code, "report": str(folder / "report.html"), "verdict": msgspec.to_builtins(verdict)}
    speaker.conclude(*summary_lines(verdict, folder), now="verdict", **facts)
    return code


@app.command()
def doctor(database: Database = None) -> None:
    """Look at this machine, and say what is in the way of a rehearsal, and its cure."""
    from scenarios.doctor import examine
    from scenarios.doctor_checks import can_be_held

    with console.status("Looking at this machine …"):
        findings = list(examine(database))
    table = Table("", "", "", box=None, show_header=False, padding=(0, 1, 0, 0))
    for it in findings:
        table.add_row(
            Text(it.state, {"ok": "green", "note": "yellow", "lack": "red"}[it.state]), it.name, Text(it.says)
        )
        if it.cure:
            table.add_row("", "", Text(f"→ {it.cure}", "bold"))
    console.print(table)
    held = can_be_held(findings)
    console.print("A rehearsal can be held." if held else "No rehearsal can be held: cure what is lacking first.")
    raise typer.Exit(0 if held else WRONG_USAGE)


@app.command()
def scenarios() -> None:
    """List the scenarios, with one line each."""
    table = Table("scenario", "purpose", box=None)
    for name, purpose in scenario_names().items():
        table.add_row(name, purpose)
    console.print(table)


@app.command()
def plan(
    scenario: ScenarioName = "opening-day",
    population: Population = None,
    seed: Seed = None,
    out: Annotated[Path | None, typer.Option(help="Folder for picture and CSV; default: runs/plan-NAME.")] = None,
) -> None:
    """Show who comes when: the demand curve as tables, a picture and a CSV of the portal's hours."""
    from scenarios.demand_show import demand_tables, slice_line, write_demand

    with one_line_errors():
        it = chosen(scenario, population=population, seed=seed)
        console.print("Planning who comes when …")
        visits = make_plan(it)
        for table in demand_tables(visits, it):
            console.print(table, "")
        console.print(slice_line(visits, it), highlight=False, soft_wrap=True)
        folder = out or Path("runs") / f"plan-{it.name}"
        try:
            paths = write_demand(visits, it, folder)
        except OSError as error:
            fail(f"--out {folder} cannot be written: {error.strerror}; give a folder that can")
        console.print(f"Written: {' and '.join(map(str, paths))}", highlight=False, soft_wrap=True)


@app.command()
def serve(
    scenario: ScenarioName = "opening-day",
    profile: ProfileName = None,
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8600,
    server_workers: ServerWorkers = None,
    database: Database = None,
) -> None:
    """Run the mock portal alone, until Ctrl-C."""
    logs = Path("runs") / "serve"
    with one_line_errors():
        it = chosen(scenario, profile=profile, server_workers=server_workers)
        with running_stack(it, logs, database_url=database, port=port) as stack:
            _serve(speaker_for(quiet=False, json_lines=False), stack, logs)


@app.command()
def seed(
    at: Annotated[str, typer.Argument(metavar="AT", help="A time in UTC+8, or such as closing-15m or opening.")],
    scenario: ScenarioName = "opening-day",
    population: Population = None,
    seed: Seed = None,
    profile: ProfileName = None,
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8600,
    database: Database = None,
    quiet: Quiet = False,
    json_lines: JsonLines = False,
) -> None:
    """Fill the portal to a moment of the window, and run it until Ctrl-C; with --database, fill that and end."""
    logs = Path("runs") / "seed"
    speaker = speaker_for(quiet, json_lines)
    with one_line_errors():
        it = chosen(scenario, population=population, seed=seed, profile=profile)
        at_s = portal_moment_s(at, it.window)
        speaker.say("Starting the outside services, the database and the portal …", now="stack")
        with running_stack(it, logs, database_url=database, port=None if database else port) as stack:
            began_s = time.perf_counter()
            with speaker.watcher() as watcher:
                counts = seed_portal(stack.control(), it, at_s, watcher)
            with speaker.way.status("Holding the books against the rules …"):
                findings = audit_portal(stack.control())
            lines, facts = seed_summary(counts, findings, it.window.moment(at_s), time.perf_counter() - began_s)
            speaker.conclude(*lines, now="seeded", **facts)
            if facts["broken_rules"]:
                fail(f"the books break the rules: {broken_words(findings)}", BROKEN)
            if not database:
                stack.control().set_clock(it.window.moment(at_s), 1.0)
                _serve(speaker, stack, logs)


def _serve(speaker: Speaker, stack: Stack, logs: Path) -> None:
    """Say where everything is, and wait for Ctrl-C."""
    speaker.conclude(
        f"The portal is at {stack.address}/, its API document at {stack.address}/schema",
        f"Control endpoints: Authorization: Bearer {stack.control_token}",
        f"Outside services: {stack.provider_address}; logs: {logs}/. Ctrl-C ends it.",
        now="serving",
        address=stack.address,
        control_token=stack.control_token,
        provider_address=stack.provider_address,
        logs=str(logs),
    )
    with suppress(KeyboardInterrupt):
        signal.pause()  # no lock: since Polars handles signals, one that is waited for hears none


def main() -> None:
    """Run the command line; what `kill` sends ends everything in the same good order as Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    app()


if __name__ == "__main__":
    main()

"""Hold a rehearsal, and what is made of its run folder."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from commands.common import (
    VOID,
    Database,
    JsonLines,
    MetricsPort,
    PageLanguage,
    Population,
    ProfileName,
    Quiet,
    RunFolder,
    Seed,
    ServerWorkers,
    chosen,
    console,
    fail,
    one_line_errors,
    speaker_for,
)
from reports import Language, audit_folder, exit_code, summary_lines, write_report
from reports.objectives import check_objectives
from scenarios.bundle import is_bundle, read_bundle, write_bundle
from scenarios.clean_up import FILE as CLEANED
from scenarios.clean_up import clean_up as take_back
from scenarios.clean_up import summary as clean_up_summary
from scenarios.generator_processes import WhenLost
from scenarios.phases import objective_names
from scenarios.rehearsal import rehearse
from scenarios.rehearsal import resume as resume_run
from scenarios.scenario import Scenario, load_scenario, with_overrides
from scenarios.speaker import Speaker
from scenarios.target import load_target
from scenarios.target_rehearsal import for_target, rehearse_target


def run(
    scenario: Annotated[
        str, typer.Argument(help="Name of a scenario, or the path of a TOML file or a bundle.")
    ] = "opening-day",
    profile: ProfileName = None,
    population: Population = None,
    seed: Seed = None,
    minutes: Annotated[float | None, typer.Option(help="Length of the load.")] = None,
    speed: Annotated[float | None, typer.Option(help="Portal seconds a second, with a steady pace.")] = None,
    ceiling: Annotated[
        float | None, typer.Option(help="Requests a second that the portal bears, with an adaptive pace.")
    ] = None,
    scale: Annotated[
        float | None, typer.Option(help="Share of the candidates who come, to a portal with as much of each capacity.")
    ] = None,
    server_workers: ServerWorkers = None,
    database: Database = None,
    bug: Annotated[
        list[str] | None, typer.Option(help="A way to break promises to put into the mock portal: docs/audit.md.")
    ] = None,
    metrics_port: MetricsPort = None,
    browser_candidates: Annotated[
        int, typer.Option(help="Real browsers whose people ride along, at most 8: docs/browser-candidates.md.")
    ] = 0,
    target: Annotated[
        Path | None, typer.Option(help="Target file: rehearse the portal that it names: docs/real-portal.md.")
    ] = None,
    workers: Annotated[int, typer.Option(help="Load generator processes that share the load: docs/workers.md.")] = 1,
    when_lost: Annotated[
        WhenLost, typer.Option(help="When a worker is lost, the others take over, or the load ends and is void.")
    ] = "hand-on",
    out: Annotated[Path | None, typer.Option(help="Run folder; default: a new one in runs/.")] = None,
    lang: PageLanguage = "en",
    quiet: Quiet = False,
    json_lines: JsonLines = False,
) -> None:
    """Hold a rehearsal, and write its report."""
    speaker = speaker_for(quiet, json_lines)
    overrides = {
        "profile": profile,
        "population": population,
        "seed": seed,
        "minutes": minutes,
        "speed": speed,
        "ceiling_per_s": ceiling,
    }
    of_the_mock = {
        "--profile": profile,
        "--speed": speed,
        "--ceiling": ceiling,
        "--server-workers": server_workers,
        "--database": database,
        "--bug": bug,
        "--browser-candidates": browser_candidates,
    }
    what: dict[str, Any] = {}
    with one_line_errors():
        if target is not None:
            if given := [option for option, value in of_the_mock.items() if value]:
                fail(f"{given[0]} is of the mock portal, and --target rehearses another: give one of them")
            it = _on_target(scenario, target, population=population, seed=seed, minutes=minutes, scale=scale)
        elif is_bundle(scenario):
            it, what = _unbundled(Path(scenario), overrides, scale, server_workers)
        else:
            it = chosen(scenario, **overrides, scale=scale, server_workers=server_workers)
        with speaker.watcher() as watcher:
            try:
                folder = (
                    rehearse(
                        it,
                        watcher,
                        out=out,
                        **what,
                        database_url=database,
                        bugs=bug or (),
                        metrics_port=metrics_port,
                        browsers=browser_candidates,
                        workers=workers,
                        when_lost=when_lost,
                    )
                    if target is None
                    else rehearse_target(
                        it,
                        target,
                        watcher,
                        out=out,
                        metrics_port=metrics_port,
                        workers=workers,
                        when_lost=when_lost,
                    )
                )
            except KeyboardInterrupt:
                fail("interrupted before the load began: nothing was measured", VOID)
        raise typer.Exit(_report(folder, speaker, lang))


def resume(
    run: Annotated[Path, typer.Argument(help="Folder of an interrupted run with an adaptive pace.")],
    metrics_port: MetricsPort = None,
    lang: PageLanguage = "en",
    quiet: Quiet = False,
    json_lines: JsonLines = False,
) -> None:
    """Go on with an interrupted run of the whole window where it stopped, and write its report."""
    speaker = speaker_for(quiet, json_lines)
    with one_line_errors():
        with speaker.watcher() as watcher:
            try:
                resume_run(run, watcher, metrics_port)
            except KeyboardInterrupt:
                fail("interrupted before the load went on", VOID)
        raise typer.Exit(_report(run, speaker, lang))


def bundle(
    run: RunFolder,
    out: Annotated[Path | None, typer.Option(help="File to write; default: the scenario's name with .bundle.")] = None,
) -> None:
    """Put all that a run was made of into one file, to be played again on another machine."""
    with one_line_errors():
        path = write_bundle(run, out)
    console.print(f"Written: {path}; play it with: rehearse run {path} --scale 0.1", highlight=False, soft_wrap=True)


def report(run: RunFolder, lang: PageLanguage = "en") -> None:
    """Make the report of a run again."""
    with one_line_errors():
        raise typer.Exit(_report(run, speaker_for(quiet=False, json_lines=False), lang))


def audit(run: RunFolder) -> None:
    """Hold what candidates were promised against the books of portal and gateways, and list what was broken."""
    with one_line_errors(), console.status("Holding the books against each other …"):
        lines, code = audit_folder(run)
    for line in lines:
        console.print(line, highlight=False, soft_wrap=True, markup=False)
    raise typer.Exit(int(code))


def clean_up(
    run: RunFolder,
    target: Annotated[Path, typer.Option(help="The target file of that run.")],
) -> None:
    """Take back what a run with --target has made on the portal, as far as the portal has requests for that."""
    with one_line_errors(), console.status("Taking back what was made …"):
        cleaned = take_back(run, target)
    for line in [*clean_up_summary(cleaned), f"Listed in {run / CLEANED}."]:
        console.print(line, highlight=False, soft_wrap=True, markup=False)


def _on_target(name: str, file: Path, **overrides: Any) -> Scenario:
    """Load a scenario as it is played on a target; its objectives are read before any load."""
    if is_bundle(name):
        fail(f"{name} is a bundle, which is played on the mock portal: --target takes a scenario")
    target = load_target(file)
    scenario = for_target(with_overrides(load_scenario(name), **overrides), target)
    check_objectives(scenario.objectives, **objective_names(scenario, target))
    return scenario


def _unbundled(
    path: Path, overrides: dict[str, Any], scale: float | None, server_workers: int | None
) -> tuple[Scenario, dict[str, Any]]:
    """Read a bundle, of which nothing else than its scale and the processes of its portal can be changed."""
    if given := [name for name, value in overrides.items() if value is not None]:
        fail(f"{path} is a bundle with its own {given[0]}: only --scale and --server-workers go with it")
    it = read_bundle(path).changed(scale=scale, server_workers=server_workers)
    return it.scenario, {"arrivals": it.arrivals, "seeded": it.seeded, "notes": {"bundle": str(path)}}


def _report(folder: Path, speaker: Speaker, language: Language) -> int:
    with speaker.way.status("Writing the report …"):
        verdict = write_report(folder, language)
    code = int(exit_code(verdict))
    facts = {"exit_code": code, "report": str(folder / "report.html"), "verdict": msgspec.to_builtins(verdict)}
    speaker.conclude(*summary_lines(verdict, folder), now="verdict", **facts)
    return code

"""Series of trials: the same load again, with something changed at the portal, until something is known."""

from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from commands.common import (
    VOID,
    JsonLines,
    PageLanguage,
    Population,
    ProfileName,
    Quiet,
    ScenarioName,
    Seed,
    chosen,
    fail,
    one_line_errors,
    speaker_for,
)
from reports.comparison import About
from reports.diagnosis import Diagnosis, diagnosis_lines
from reports.diagnosis_page import resources_table
from reports.metastable import arms_table, write_finding
from reports.metastable import headline as metastable_headline
from reports.protections import headline, protections_table, write_protections
from reports.series import Series
from reports.terminal_table import TerminalTable
from scenarios.speaker import Speaker


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
    lang: PageLanguage = "en",
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
        path = series.write(step, About(it.name, it.profile, seconds), lang)
        facts = {"standing": step.standing, "confirmed": step.confirmed, "page": str(path)}
        lines = (*diagnosis_lines(step), f"Written: {path}")
        speaker.conclude(TerminalTable(resources_table(step)), *lines, now="diagnosis", **facts)
    raise typer.Exit({"holds": 0, "void": VOID}.get(step.standing, 1))


def _announce(speaker: Speaker, seconds: float, folder: Path) -> None:
    words = f"Trials of {seconds:.0f} s each; {folder} keeps them. Ctrl-C stops, the same --out goes on."
    speaker.say(words, now="series", folder=str(folder), trial_s=seconds)


def protections(
    scenario: ScenarioName = "opening-day",
    profile: ProfileName = None,
    population: Population = None,
    seed: Seed = None,
    seconds: Annotated[float, typer.Option(min=5, help="Length of each trial's load.")] = 60.0,
    out: Annotated[Path | None, typer.Option(help="Folder of the trials; one that was interrupted goes on.")] = None,
    lang: PageLanguage = "en",
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
        found, page = write_protections(folder, About(it.name, it.profile, seconds), lang)
    said = headline(found)
    facts = {"sentence": said, "page": str(page)}
    speaker.conclude(TerminalTable(protections_table(found)), said, f"Written: {page}", now="protections", **facts)
    raise typer.Exit(VOID if all(each.invalid_because for each in found) else 0)


def metastable(
    scenario: ScenarioName = "retry-storm",
    seed: Seed = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the trials; one that was interrupted goes on.")] = None,
    lang: PageLanguage = "en",
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
        finding, page = write_finding(folder, About(it.name, it.profile, it.length_s), lang)
    said = f"{metastable_headline(finding)} {finding.because}"
    facts = {"standing": finding.standing, "sentence": said, "page": str(page)}
    speaker.conclude(TerminalTable(arms_table(finding)), said, f"Written: {page}", now="metastable", **facts)
    raise typer.Exit({"recovers": 0, "void": VOID}.get(finding.standing, 1))

"""The mock portal alone: at the start of a scenario, or filled to a moment of the window."""

import time
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from commands.common import (
    BROKEN,
    Database,
    JsonLines,
    Population,
    ProfileName,
    Quiet,
    ScenarioName,
    Seed,
    ServerWorkers,
    chosen,
    console,
    fail,
    one_line_errors,
    speaker_for,
)
from scenarios.fault_desk import grant_wishes
from scenarios.new_portal.write import propose, write_new_portal
from scenarios.seed_summary import broken_words, seed_summary
from scenarios.seeded_moment import portal_moment_s
from scenarios.seeding import audit_portal, seed_portal
from scenarios.speaker import Speaker
from scenarios.stack import Stack
from scenarios.stack_start import running_stack


def new_portal(
    folder: Annotated[Path, typer.Argument(help="Folder to write portal.py, target.toml and scenario.toml into.")],
    source: Annotated[
        Path | None, typer.Option("--from", help="OpenAPI document (JSON, YAML) or HAR file to propose the steps from.")
    ] = None,
) -> None:
    """Write a starting point for a portal of another shape: docs/your-own-portal.md."""
    with one_line_errors():
        proposal = propose(source)
        for path in write_new_portal(folder, proposal):
            console.print(f"Written: {path}", highlight=False, soft_wrap=True, markup=False)
    todos = (folder / "portal.py").read_text(encoding="utf-8").count("TODO")
    steps = len(proposal.names)
    console.print(f"{steps} steps, {todos} places marked TODO.", highlight=False)
    console.print(
        f"Play it with: rehearse run {folder / 'scenario.toml'} --target {folder / 'target.toml'}",
        highlight=False, soft_wrap=True, markup=False,
    )  # fmt: skip


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
        with running_stack(it, logs, database_url=database, port=port, has_fault_desk=True) as stack:
            _serve(speaker_for(quiet=False, json_lines=False), stack, logs)


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
        served_at = None if database else port
        with running_stack(
            it, logs, database_url=database, port=served_at, has_fault_desk=served_at is not None
        ) as stack:
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
    """Say where everything is, and grant faults that are wished for until Ctrl-C."""
    with suppress(KeyboardInterrupt):  # also in the moment in which it is said
        speaker.conclude(
            f"The portal is at {stack.address}/, its API document at {stack.address}/schema",
            f"Invented people with their papers: {stack.provider_address}/candidates/1",
            f"Clock, knobs and faults: {stack.address}/control-page; exam office: {stack.address}/exam-office",
            f"Control endpoints: Authorization: Bearer {stack.control_token} (the pages ask for it)",
            f"Outside services: {stack.provider_address}/; logs: {logs}/. Ctrl-C ends it.",
            now="serving",
            address=stack.address,
            control_token=stack.control_token,
            provider_address=stack.provider_address,
            logs=str(logs),
        )
        grant_wishes(stack, lambda words: speaker.say(words, now="fault"))

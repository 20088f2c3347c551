"""What the commands share: options, how a mistake is said, and who speaks."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console

from reports import Language, RunFolderError, void_so_far
from reports.objectives import ObjectiveError, check_objectives
from scenarios.bundle import BundleError
from scenarios.generator_processes import WorkersError
from scenarios.loopback import TargetRefusedError
from scenarios.new_portal.proposal import DocumentError
from scenarios.phases import objective_names
from scenarios.portal import PortalError
from scenarios.rehearsal import RehearsalError
from scenarios.scenario import Scenario, ScenarioError, load_scenario, with_overrides
from scenarios.seeded_moment import MomentError
from scenarios.seeding import SeedingError
from scenarios.speaker import Speaker
from scenarios.stack import StackError
from scenarios.target import TargetError

console = Console()

WRONG = (
    ScenarioError,
    ObjectiveError,
    BundleError,
    PortalError,
    DocumentError,
    WorkersError,
    RehearsalError,
    StackError,
    TargetError,
    TargetRefusedError,
    SeedingError,
    MomentError,
    RunFolderError,
)
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
MetricsPort = Annotated[
    int | None,
    typer.Option(min=1, max=65535, help="Show the run on this port of 127.0.0.1 while it lasts: docs/live-metrics.md."),
]
PageLanguage = Annotated[Language, typer.Option(help="Language that the page shows first; it has a switch.")]
RunFolder = Annotated[Path, typer.Argument(help="A run folder.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Say only what was found, and errors.")]
JsonLines = Annotated[bool, typer.Option("--json-lines", help="Say it all as lines of JSON: docs/live-view.md.")]


def speaker_for(quiet: bool, json_lines: bool) -> Speaker:
    """Give who speaks for a command."""
    if quiet and json_lines:
        fail("--quiet is for people, --json-lines for programs: give one of them")
    return Speaker(void_so_far, quiet=quiet, json_lines=json_lines)

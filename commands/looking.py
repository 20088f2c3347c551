"""Look before a rehearsal: at the scenarios, at the demand, at this machine."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from commands.common import (
    WRONG_USAGE,
    Database,
    Population,
    ScenarioName,
    Seed,
    chosen,
    console,
    fail,
    one_line_errors,
)
from scenarios.plan import make_plan
from scenarios.scenario import scenario_names


def scenarios() -> None:
    """List the scenarios, with one line each."""
    table = Table("scenario", "purpose", box=None)
    for name, purpose in scenario_names().items():
        table.add_row(name, purpose)
    console.print(table)


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

"""Show a scenario's demand: tables for a terminal, a CSV and a picture in a folder."""

from pathlib import Path

import polars as pl
from rich.table import Table

from scenarios.demand_curve import COLUMNS, NEW, busiest_hours, by_day, by_hour, marks, slice_of
from scenarios.demand_picture import draw
from scenarios.scenario import Scenario

CSV_NAME, PICTURE_NAME = "demand.csv", "demand.png"
_QUIET_SHARE = 0.002
"""Days with a smaller share of all visits are put together."""


def demand_tables(plan: pl.DataFrame, scenario: Scenario) -> list[Table]:
    """Give the tables of the demand curve: the days, the busiest hours, and parts of the plan with the slice."""
    busiest = busiest_hours(by_hour(plan, scenario))
    parts = [*marks(plan, scenario), slice_of(plan, scenario).part]
    return [
        _day_table(by_day(plan, scenario)),
        _counts_table(
            "The busiest hours",
            {row["begins"][5:16].replace("T", " "): {n: row[n] for n in COLUMNS} for row in busiest.to_dicts()},
        ),
        _counts_table("Parts of the plan", {part.name: part.visits for part in parts}),
    ]


def slice_line(plan: pl.DataFrame, scenario: Scenario) -> str:
    """Say where the scenario's slice lies in the plan, and how many arrivals it has."""
    played = slice_of(plan, scenario)
    return (
        f"{scenario.name} plays {played.begins:%Y-%m-%d %H:%M:%S} to {played.ends:%Y-%m-%d %H:%M:%S}: "
        f"{played.part.total:,} arrivals, at most {played.busiest_per_s:,.3g} a second of portal time "
        f"(mean of the busiest {played.busiest_over_s:g} s)."
    )


def write_demand(plan: pl.DataFrame, scenario: Scenario, folder: Path) -> list[Path]:
    """Write the hours as CSV and the picture into the folder, made where it is not there; give their paths.

    Raises OSError where they cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    csv, picture = folder / CSV_NAME, folder / PICTURE_NAME
    by_hour(plan, scenario).write_csv(csv)
    draw(by_day(plan, scenario), slice_of(plan, scenario), scenario, picture)
    return [csv, picture]


def _day_table(days: pl.DataFrame) -> Table:
    """Give the days that have visits, one row each, with a bar; the quiet ones in one row."""
    table = Table(title="Visits by day", title_justify="left", box=None, pad_edge=False)
    for name in ("day", NEW.replace("_", " "), "all visits"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column()
    loud = days.filter(pl.col("visits") >= _QUIET_SHARE * pl.col("visits").sum())
    most = float(days["visits"].to_numpy().max())
    for row in loud.iter_rows(named=True):
        bar = "█" * round(30 * row["visits"] / most)
        table.add_row(f"{row['date']:%a %d %b} {row['day']:>3}", f"{row[NEW]:,}", f"{row['visits']:,}", bar)
    quiet = days.join(loud, on="day", how="anti")
    table.add_row(f"{len(quiet)} quiet days", f"{quiet[NEW].sum():,}", f"{quiet['visits'].sum():,}")
    return table


def _counts_table(title: str, columns: dict[str, dict[str, int]]) -> Table:
    """Give visits by purpose, one row each, a column for each name; purposes that no column has are left out."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column("", no_wrap=True)
    for name in columns:
        table.add_column(name, justify="right")
    for purpose in COLUMNS:
        if any(counts[purpose] for counts in columns.values()):
            table.add_row(purpose.replace("_", " "), *(f"{counts[purpose]:,}" for counts in columns.values()))
    table.add_row("all visits", *(f"{sum(counts.values()):,}" for counts in columns.values()), style="bold")
    return table

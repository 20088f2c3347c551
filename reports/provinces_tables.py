"""What candidates of each province felt, in words and as a table."""

import polars as pl

from reports import words
from reports.tables import Row, Table

ENOUGH_PAGES = 400
"""A 95th percentile of fewer rests on fewer than 20 slower pages: no province is called slow by it."""


def provinces_sentence(provinces: pl.DataFrame) -> str:
    """Say whether it mattered where people apply."""
    known = provinces.filter(pl.col("pages") >= ENOUGH_PAGES).sort("p95_ms")
    if known.height < 2:
        return "Too few pages of any two provinces to hold them against each other."
    quick, slow = known.row(0, named=True), known.row(-1, named=True)
    between = (
        f"95 of 100 pages took up to {words.duration(quick['p95_ms'])} in {quick['province']} and "
        f"{words.duration(slow['p95_ms'])} in {slow['province']}"
    )
    if slow["p95_ms"] < 1.5 * quick["p95_ms"]:
        return f"It hardly matters where people apply: {between}."
    return f"It matters where people apply: {between}."


def provinces_table(provinces: pl.DataFrame) -> Table:
    """Show every province."""
    rows = [
        Row(
            [
                row["province"],
                *(words.count(row[name]) for name in ("candidates", "visits", "gave_up", "pages", "failed")),
                words.duration(row["p50_ms"]),
                words.duration(row["p95_ms"]),
            ]
        )
        for row in provinces.iter_rows(named=True)
    ]
    heads = ["province", "candidates", "visits", "gave up", "pages", "failed or given up", "p50", "p95"]
    return Table(heads, rows, groups=[("", 6), ("intended latency", 2)])

"""What candidates of each province felt, in words and as a table."""

import polars as pl

from reports import words
from reports.language import say
from reports.tables import Row, Table

ENOUGH_PAGES = 400
"""A 95th percentile of fewer rests on fewer than 20 slower pages: no province is called slow by it."""


def provinces_sentence(provinces: pl.DataFrame) -> str:
    """Say whether it mattered where people apply."""
    known = provinces.filter(pl.col("pages") >= ENOUGH_PAGES).sort("p95_ms")
    if known.height < 2:
        return say("provinces-too-few")
    quick, slow = known.row(0, named=True), known.row(-1, named=True)
    between = say(
        "provinces-between",
        quick=quick["province"],
        quick_ms=quick["p95_ms"],
        slow=slow["province"],
        slow_ms=slow["p95_ms"],
    )
    if slow["p95_ms"] < 1.5 * quick["p95_ms"]:
        return say("provinces-alike", between=between)
    return say("provinces-apart", between=between)


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
    named = ("province", "candidates", "visits", "gave_up", "pages", "failed")
    heads = [*(say("province-head", of=of) for of in named), "p50", "p95"]
    return Table(heads, rows, groups=[("", 6), (say("intended-latency"), 2)])

"""What a window takes at its peaks: the tables of docs/sizing.md, from the plan and from measured costs.

    python benchmarks/sizing.py [--populations 500000,2300000] [--by-proportion 50000000]

No load is sent. The plans are drawn in full; the population of `--by-proportion` is the largest of them, multiplied,
as a plan of 50 million would take some 41 GiB. 2.3 million take a quarter of a minute and 2 GiB.
"""

import argparse
from typing import NamedTuple

import numpy as np
import polars as pl

from scenarios.arrivals import under_way
from scenarios.pace import REQUESTS_OF_A_VISIT
from scenarios.plan import make_plan
from scenarios.scenario import load_scenario, with_overrides
from scenarios.stages import Stages, draw_stages

MINUTE_S = 60.0
REQUEST_MS = 0.37
"""CPU of the load generator a request, uploads and books included: docs/performance.md, "The load generator"."""
PORTAL_REQUEST_MS = (0.74 + 0.10, 1.81 + 0.24)
"""CPU of server and database a request, opening day's mix and whole journeys: docs/performance.md, "The server"."""
WORKER_SHARE = 0.5
"""How much of its core a worker should use at the peak, so that arrivals stay on time: a choice, not a measurement."""
PAPERS_BYTES = 3.2e6
"""Papers of a candidate, as if sent in the minute of the filing: 1.6 TB for half a million (docs/architecture.md)."""


class Peak(NamedTuple):
    """The busiest minute of a part of the window; all figures are proportional to the candidates."""

    name: str
    arrivals_per_s: float
    requests_per_s: float
    """As if each visit made all of its requests in the minute in which it begins: high where visits are long."""
    filing_per_s: float
    """Applications filed in that minute, whenever the visit began."""
    inside: float
    """Visits under way at the end of that minute, at most: who only reads counts for ten minutes."""

    def times(self, factor: float) -> "Peak":
        """Give the same minute of a window with so many times the candidates."""
        return Peak(self.name, *(factor * it for it in self[1:]))

    @property
    def workers(self) -> int:
        """Load generator processes, each on a core of its own."""
        return int(np.ceil(self.requests_per_s * REQUEST_MS / 1000 / WORKER_SHARE))


def peaks(population: int) -> list[Peak]:
    """Give the busiest minutes, by requests, of the opening day, of the last day, and after the close."""
    scenario = with_overrides(load_scenario("opening-day"), population=population)
    stages = draw_stages(scenario)
    plan = make_plan(scenario, stages)
    day_s, closing_s = 86_400.0, scenario.window.length_s
    parts = [("opening day", -day_s, day_s), ("last day", closing_s - day_s, closing_s), ("results", closing_s, np.inf)]
    return [_busiest(name, plan, (from_s, to_s), stages) for name, from_s, to_s in parts]


def _busiest(name: str, plan: pl.DataFrame, part_s: tuple[float, float], stages: Stages) -> Peak:
    within = plan.filter(pl.col("planned_s") >= part_s[0], pl.col("planned_s") < part_s[1]).select(
        (pl.col("planned_s") // MINUTE_S).alias("minute"),
        pl.col("purpose")
        .cast(pl.String)
        .replace_strict(REQUESTS_OF_A_VISIT, return_dtype=pl.Float64)
        .alias("requests"),
    )
    minutes = within.group_by("minute").agg(pl.len().alias("visits"), pl.sum("requests")).sort("requests")
    minute, visits, made = minutes.row(-1)
    filing = int(np.sum(stages.filed_s // MINUTE_S == minute))
    inside = under_way(plan, stages, (minute + 1) * MINUTE_S).height
    return Peak(name, visits / MINUTE_S, made / MINUTE_S, filing / MINUTE_S, float(inside))


def table(population: int, found: list[Peak]) -> str:
    """Give the figures of a population as a Markdown table, a peak a column."""
    low_ms, high_ms = PORTAL_REQUEST_MS
    rows = [
        ("arrivals a second", [f"{it.arrivals_per_s:,.0f}" for it in found]),
        ("requests a second, at most", [f"{it.requests_per_s:,.0f}" for it in found]),
        ("visits under way, at most", [f"{it.inside:,.0f}" for it in found]),
        ("uploads, MB a second", [f"{it.filing_per_s * PAPERS_BYTES / 1e6:,.0f}" for it in found]),
        ("load generator, cores used", [f"{it.requests_per_s * REQUEST_MS / 1000:,.1f}" for it in found]),
        ("workers", [f"{it.workers:,}" for it in found]),
        (
            "mock portal and database, cores",
            [f"{it.requests_per_s * low_ms / 1000:,.0f} to {it.requests_per_s * high_ms / 1000:,.0f}" for it in found],
        ),
    ]
    head = f"| {population:,} candidates | " + " | ".join(it.name for it in found) + " |"
    return "\n".join([head, "|---|" + "---|" * len(found), *(f"| {name} | {' | '.join(its)} |" for name, its in rows)])


def main() -> None:
    """Print a table for each population."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--populations", default="500000,2300000", help="candidates, with commas; drawn in full")
    parser.add_argument("--by-proportion", type=int, default=50_000_000, help="candidates of the last table")
    options = parser.parse_args()
    populations = sorted(int(it) for it in options.populations.split(","))
    for population in populations:
        found = peaks(population)
        print(table(population, found), end="\n\n", flush=True)
    print(table(options.by_proportion, [it.times(options.by_proportion / populations[-1]) for it in found]))


if __name__ == "__main__":
    main()

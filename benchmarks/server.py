"""What a request costs the server, and how much memory it takes: one server process and its database.

Run it with `python benchmarks/server.py`. Two mixes of requests:

- opening day as it is, with a population that makes it ten times as dense: most people are in forms, few upload;
- the whole journey without think time: everybody goes from the home page as far as they ever do in one session.

Load generator, server and database share the machine's cores, so the rate reached here is that of the machine. What a
core of its own would reach follows from the CPU time a request: 1000 ms / (CPU ms a request).
"""

import sys
import tempfile
from pathlib import Path

import msgspec
import polars as pl
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.constant_rate import ENDLESS_PATIENCE, NO_PAUSES, constant_rate, scenario_after_opening  # noqa: E402
from scenarios.rehearsal import rehearse  # noqa: E402
from scenarios.scenario import Scenario, load_scenario, with_overrides  # noqa: E402

DENSITY = 10
VISITS_PER_S = 15.0
JOURNEY_S = 300.0

# Everybody does at once what they do; whether they go on to the next stage stays as it is: the mix is the real one.
AT_ONCE = msgspec.structs.replace(
    ENDLESS_PATIENCE,
    **NO_PAUSES,
    uplink_median_bits_per_s=1e12,
    slow_uplink_share=0.0,
    stall_share=0.0,
)
QUICK = {name: {"median_ms": 1.0, "sigma": 0.1, "capacity": 256} for name in ("sms", "face_check", "degree_record")}


def measure(scenario: Scenario, arrivals: pl.DataFrame | None) -> dict[str, str]:
    """Play a scenario; give the figures of the table, by name."""
    with tempfile.TemporaryDirectory() as folder:
        run = rehearse(scenario, lambda _: None, out=Path(folder) / "run", arrivals=arrivals)
        requests = pl.read_parquet(run / "requests" / "*.parquet")
        processes = pl.read_parquet(run / "processes" / "*.parquet")
        health = pl.read_parquet(run / "generator" / "*.parquet")
    answered = requests.filter(pl.col("status") > 0)
    assets = answered.filter(pl.col("step") == "asset")
    uploads = answered.filter(pl.col("bytes_up") > 4096)
    busiest = answered.group_by(pl.col("done_s").floor()).len()["len"].to_numpy()
    figures = {
        "requests answered": f"{len(answered):,}",
        "of them static files": f"{len(assets) / len(answered):.0%}",
        "of them uploads": f"{len(uploads) / len(answered):.1%}",
        "failed": f"{len(requests.filter(pl.col('outcome') == 'failed'))}",
        "requests a second, busiest 10 s": f"{sorted(busiest)[-10:][0]:,}",
        "generator: CPU a request": f"{health['cpu_share'].to_numpy().sum() * 1000 / len(requests):.2f} ms",
    }
    for name in ("server", "database"):
        own = processes.filter(pl.col("process") == name).sort("at_s")
        first, last = own.row(0, named=True), own.row(-1, named=True)
        within = answered.filter(pl.col("done_s").is_between(first["at_s"], last["at_s"]))
        cpu_ms = (last["cpu_s"] - first["cpu_s"]) * 1000 / len(within)
        figures[f"{name}: CPU a request"] = f"{cpu_ms:.2f} ms"
        figures[f"{name}: requests a second of one core"] = f"{1000 / cpu_ms:,.0f}"
        figures[f"{name}: memory at the end"] = f"{last['rss_bytes'] / 2**20:.0f} MiB"
    return figures


def main() -> None:
    """Run the benchmark and print its table."""
    opening_day = load_scenario("opening-day")
    dense = with_overrides(opening_day, profile="generous", population=DENSITY * opening_day.population)
    journey = msgspec.structs.replace(scenario_after_opening(JOURNEY_S, behaviour=AT_ONCE), providers=QUICK)
    columns = {
        f"opening day, {DENSITY} times as dense": measure(dense, None),
        "whole journey, no think time": measure(journey, constant_rate(VISITS_PER_S, JOURNEY_S, "register")),
    }
    table = Table("figure", *columns)
    for figure in next(iter(columns.values())):
        table.add_row(figure, *(figures[figure] for figures in columns.values()))
    Console().print(table)


if __name__ == "__main__":
    main()

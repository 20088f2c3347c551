"""What a request costs the server: the real journey without think time, one server process and its database.

Run it with `python benchmarks/server.py [VISITS_A_SECOND] [SECONDS]`.

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

from benchmarks.constant_rate import ENDLESS_PATIENCE, constant_rate, scenario_after_opening  # noqa: E402
from scenarios.rehearsal import rehearse  # noqa: E402

# Everybody does at once what they do; whether they go on to the next stage stays as it is: the mix is the real one.
AT_ONCE = msgspec.structs.replace(
    ENDLESS_PATIENCE,
    think_mean_s=0.001,
    form_median_s=0.001,
    account_median_s=0.001,
    account_least_s=0.001,
    uplink_median_bits_per_s=1e12,
    slow_uplink_share=0.0,
    stall_share=0.0,
)
QUICK = {name: {"median_ms": 1.0, "sigma": 0.1, "capacity": 256} for name in ("sms", "face_check", "degree_record")}


def main() -> None:
    """Run the benchmark and print its table."""
    visits_per_s = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    length_s = float(sys.argv[2]) if len(sys.argv) > 2 else 120.0
    scenario = msgspec.structs.replace(scenario_after_opening(length_s, behaviour=AT_ONCE), providers=QUICK)
    with tempfile.TemporaryDirectory() as folder:
        run = rehearse(
            scenario,
            lambda _: None,
            out=Path(folder) / "run",
            arrivals=constant_rate(visits_per_s, length_s, "register"),
        )
        requests = pl.read_parquet(run / "requests" / "*.parquet")
        processes = pl.read_parquet(run / "processes" / "*.parquet")
        health = pl.read_parquet(run / "generator" / "*.parquet")
    answered = requests.filter(pl.col("status") > 0)
    table = Table("figure", "value", title=f"{visits_per_s:g} visits a second for {length_s:g} s")
    rows = [
        ("requests answered", f"{len(answered):,}"),
        ("of them static files", f"{len(answered.filter(pl.col('step') == 'asset')) / len(answered):.0%}"),
        ("of them uploads", f"{len(answered.filter(pl.col('bytes_up') > 4096)) / len(answered):.0%}"),
        ("failed", f"{len(requests.filter(pl.col('outcome') == 'failed'))}"),
        ("requests a second", f"{len(answered) / length_s:,.0f}"),
        ("generator CPU", f"{health['cpu_share'].to_numpy().mean():.0%} of a core"),
    ]
    for name in ("server", "database"):
        own = processes.filter(pl.col("process") == name).sort("at_s")
        first, last = own.row(0, named=True), own.row(-1, named=True)
        within = answered.filter(pl.col("done_s").is_between(first["at_s"], last["at_s"]))
        cpu_ms = (last["cpu_s"] - first["cpu_s"]) * 1000 / len(within)
        share = (last["cpu_s"] - first["cpu_s"]) / (last["at_s"] - first["at_s"])
        rows += [
            (f"{name}: CPU", f"{share:.0%} of a core"),
            (f"{name}: CPU a request", f"{cpu_ms:.3f} ms, so {1000 / cpu_ms:,.0f} requests a second on one core"),
            (f"{name}: memory at the end", f"{last['rss_bytes'] / 2**20:.0f} MiB"),
        ]
    for figure, value in rows:
        table.add_row(figure, value)
    Console().print(table)
    by_step = (
        answered.group_by("step")
        .agg(
            pl.len().alias("requests"),
            ((pl.col("done_s") - pl.col("sent_s")) * 1000).median().round(1).alias("median_ms"),
        )
        .sort("requests", descending=True)
    )
    Console().print(by_step)


if __name__ == "__main__":
    main()

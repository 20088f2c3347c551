"""How much memory a candidate takes who is inside and does nothing: in one generator process, on the real portal.

    python benchmarks/idle_candidates.py [--candidates 50000]

Everybody opens the home page, asks for an SMS code, and then fills in the form of the account for longer than the run
lasts: as deep in a visit as people are when they pause. The portal closes a connection that has idled for 75 s, and
the candidate's end goes with it; so those who came within the last 75 s have one open, all others have none.

The figure is a slope: by how much the memory of the process grows with each candidate more. What the process needs
for itself (code, papers, tables on their way to the disk) is there with the first one already.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import msgspec
import numpy as np
import polars as pl
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.constant_rate import ENDLESS_PATIENCE, constant_rate, scenario_after_opening  # noqa: E402
from scenarios.rehearsal import rehearse  # noqa: E402

RATE_PER_S = 100.0
STAYS_S = 20.0
"""How long the run goes on when all are inside."""
WARMED_UP_S = 5.0
"""Before that the first ones make the process load and allocate what it has once."""
KEPT_S = 75.0
"""How long the portal keeps a connection that idles: `timeout_keep_alive` of mock_server/__main__.py."""
IN_A_FORM = msgspec.structs.replace(
    ENDLESS_PATIENCE,
    think_mean_s=0.1,
    account_median_s=1e7,
    cold_browser_share=0.0,  # pictures and scripts leave nothing behind
)
QUICK = {"sms": {"median_ms": 1.0, "sigma": 0.1, "capacity": 256}}


def kib_a_candidate(health: pl.DataFrame, from_s: float, to_s: float) -> float | None:
    """Give by how many KiB memory grew with each candidate more in that part of a run, by the least-squares line.

    `health` is the table `generator` of a run folder. None where nobody came in that part.
    """
    part = health.filter(pl.col("at_s").is_between(from_s, to_s))
    if part["inside"].n_unique() < 3:
        return None
    slope_bytes, _ = np.polyfit(part["inside"].to_numpy(), part["rss_bytes"].to_numpy(), 1)
    return float(slope_bytes) / 1024


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--candidates", type=int, default=50_000, help="how many come inside, 100 a second")
    candidates = parser.parse_args().candidates
    coming_s = candidates / RATE_PER_S
    scenario = scenario_after_opening(coming_s + STAYS_S, behaviour=IN_A_FORM)
    with tempfile.TemporaryDirectory() as folder:
        run = rehearse(
            msgspec.structs.replace(scenario, providers=QUICK),
            lambda _: None,
            out=Path(folder) / "run",
            arrivals=constant_rate(RATE_PER_S, coming_s, "register"),
        )
        health = pl.read_parquet(run / "generator" / "*.parquet").sort("at_s")
        health = health.filter(pl.col("at_s").is_between(0, coming_s + STAYS_S - 1))
        requests = pl.read_parquet(run / "requests" / "*.parquet")
    inside, memory_mib = health["inside"].to_numpy(), health["rss_bytes"].to_numpy() / 2**20
    with_one = kib_a_candidate(health, WARMED_UP_S, min(KEPT_S, coming_s))
    without = kib_a_candidate(health, KEPT_S + WARMED_UP_S, coming_s)
    table = Table("figure", "value", title=f"{candidates:,} candidates inside one generator process, idle")
    for figure, value in (
        ("inside at most", f"{inside.max():,}"),
        ("requests, failed", f"{len(requests):,}, {len(requests.filter(pl.col('outcome') == 'failed'))}"),
        ("memory with the first, with all", f"{memory_mib[0]:.0f} MiB, {memory_mib.max():.0f} MiB"),
        ("a candidate with an open connection", f"{with_one:.1f} KiB" if with_one else "nobody came"),
        (
            f"a candidate more, when connections close after {KEPT_S:g} s",
            f"{without:.1f} KiB" if without else "too few",
        ),
        ("open files at most", f"{health['open_files'].to_numpy().max():,}"),
        ("event loop late, 95 of 100 seconds", f"{np.quantile(health['loop_lag_ms'].to_numpy(), 0.95):.0f} ms"),
    ):
        table.add_row(figure, value)
    Console().print(table)


if __name__ == "__main__":
    main()

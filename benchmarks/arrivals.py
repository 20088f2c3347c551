"""How exactly open arrivals come: 300 candidates a second for 20 s, one request each, against the generous profile.

Run it with `python benchmarks/arrivals.py`; with `--watched` the run is shown and scraped every second meanwhile.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

import httpx
import numpy as np
import polars as pl
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.constant_rate import ENDLESS_PATIENCE, constant_rate, scenario_after_opening  # noqa: E402
from scenarios.rehearsal import rehearse  # noqa: E402
from scenarios.stack_start import free_port  # noqa: E402

RATE_PER_S = 300
LENGTH_S = 20.0


@contextmanager
def scraped(port: int) -> Iterator[None]:
    """Look at a run every second, as Prometheus and a page do, for as long as the context lasts."""
    over = Event()

    def look() -> None:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            while not over.wait(1.0):
                with suppress(httpx.HTTPError):
                    client.get("/metrics")
                    client.get("/live.json")

    looker = Thread(target=look, daemon=True)
    looker.start()
    try:
        yield
    finally:
        over.set()
        looker.join()


def main() -> None:
    """Run the benchmark and print its table."""
    port = free_port()
    watched = "--watched" in sys.argv
    with tempfile.TemporaryDirectory() as folder, scraped(port):
        run = rehearse(
            scenario_after_opening(LENGTH_S + 2, behaviour=ENDLESS_PATIENCE),
            lambda _: None,
            out=Path(folder) / "run",
            arrivals=constant_rate(RATE_PER_S, LENGTH_S, "look"),
            metrics_port=port if watched else None,
        )
        visits = pl.read_parquet(run / "visits" / "*.parquet")
        requests = pl.read_parquet(run / "requests" / "*.parquet")
        health = pl.read_parquet(run / "generator" / "*.parquet").filter(pl.col("at_s") < LENGTH_S)
    late_ms = (visits["started_s"] - visits["due_s"]).to_numpy() * 1000
    service_ms = (requests["done_s"] - requests["sent_s"]).to_numpy() * 1000
    cpu_share = health["cpu_share"].to_numpy().mean()
    table = Table("figure", "value", title=f"{RATE_PER_S} arrivals a second for {LENGTH_S:g} s")
    for figure, value in (
        ("planned", f"{round(RATE_PER_S * LENGTH_S)}"),
        ("started", f"{len(visits)}"),
        ("answered", f"{len(requests.filter(pl.col('outcome') == 'ok'))}"),
        ("late p50", f"{np.quantile(late_ms, 0.5):.2f} ms"),
        ("late p99", f"{np.quantile(late_ms, 0.99):.2f} ms"),
        ("late most", f"{late_ms.max():.2f} ms"),
        ("service p50", f"{np.quantile(service_ms, 0.5):.2f} ms"),
        ("service p95", f"{np.quantile(service_ms, 0.95):.2f} ms"),
        ("generator CPU", f"{cpu_share:.0%} of a core"),
        ("CPU an arrival", f"{cpu_share / RATE_PER_S * 1e6:.0f} µs"),
    ):
        table.add_row(figure, value)
    Console().print(table)


if __name__ == "__main__":
    main()

"""A made run of three portal days whose truth is known: true rate in the first hour and in the last, fast between.

Run second 0 is 9:00 of 10 March, the opening; the window closes at 17:00 of 12 March, the end of the load.

    run s      0 ───────► 600 ─────────────────────► 1200 ──────► 1800
    speed         1                 fast                    1
    portal     09:00     09:10 on 10 March      16:50 on 12 March  17:00
"""

from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from reports.pace import Pace
from reports.portal_days import PortalDays
from reports.run_folder import PACE
from tests.reports.made_run import Row, calm_run, facts, health, process_samples, resource_samples

OPENING = datetime.fromisoformat("2025-03-10T09:00:00+08:00")
CLOSING = datetime.fromisoformat("2025-03-12T17:00:00+08:00")
WINDOW_S = (CLOSING - OPENING).total_seconds()
LENGTH_S = 1800.0
FAST = (WINDOW_S - 1200.0) / 600.0
PIECES = [(0.0, 0.0, 1.0), (600.0, 600.0, FAST), (1200.0, WINDOW_S - 600.0, 1.0)]

CLOCK = Pace.of_table(pl.DataFrame(PIECES, schema=PACE, orient="row"), LENGTH_S)
DAYS = PortalDays(OPENING.date(), CLOSING.date(), OPENING, CLOCK)

ALL_FAST = [(0.0, 0.0, WINDOW_S / LENGTH_S)]


def window_facts(**changes: Any) -> dict[str, Any]:
    """Give the `run.json` of the made window."""
    load = {"portal_time_at_start": OPENING.isoformat()}
    window = {"opening": OPENING.isoformat(), "closing": CLOSING.isoformat()}
    return facts(LENGTH_S, load=load, **{"window": window, "phases": [], **changes})


def write_window(
    folder: Path,
    run_json: dict[str, Any] | None = None,
    pieces: list[tuple[float, float, float]] = PIECES,
    **tables: Any,
) -> Path:
    """Write a run folder of the made window, its health good unless `tables` say otherwise. Gives the folder."""
    made: dict[str, list[Row]] = {
        "generator": [
            health(
                at_s, inside=sum(v["started_s"] <= at_s < (v["ended_s"] or LENGTH_S) for v in tables.get("visits", []))
            )
            for at_s in map(float, range(1, int(LENGTH_S) + 1))
        ],
        "resources": resource_samples("worker_slots", 24, [{"completions": 3.0, "held_s": 0.24}] * int(LENGTH_S)),
        "processes": process_samples("server-1", [0.2] * int(LENGTH_S), niceness=10),
        "arrivals": [],
        "visits": [],
        "requests": [],
    }
    calm_run(folder, run_json or window_facts(), **{**made, **tables})
    pl.DataFrame(pieces, schema=PACE, orient="row").write_parquet(folder / "pace.parquet")
    return folder

"""What is left of an interrupted run: from which run second on, and which visits.

The run folder says all that: what was started is in its books, and what was inside when the load stopped is begun anew
as a visit of its own, as people do whose page has gone.
"""

from pathlib import Path

import polars as pl

from scenarios.arrival import COMING_BACK, MOST_VISIT, Arrival
from scenarios.pace import Pace, Piece


def reached_s(run: Path, length_s: float) -> float:
    """Give the run second at which the load stopped; of a run that was killed, when its last request was done."""
    if length_s:
        return length_s
    done_s = pl.scan_parquet(run / "requests" / "*.parquet").select(pl.col("done_s").max()).collect().item()
    return float(done_s or 0.0)


def pace_until(run: Path, reached: float) -> Pace:
    """Give the pace of the run so far."""
    table = pl.read_parquet(run / "pace.parquet").filter(pl.col("from_s") < reached)
    return Pace([Piece(*row) for row in table.iter_rows()])


def left(planned: pl.DataFrame, run: Path) -> pl.DataFrame:
    """Give the planned arrivals that have not been started."""
    started = pl.scan_parquet(run / "visits" / "*.parquet").filter("planned").select("candidate", "visit").collect()
    return planned.join(started, on=["candidate", "visit"], how="anti", maintain_order="left")


def broken_off(run: Path, portal_now_s: float) -> list[Arrival]:
    """Give the visits that were inside when the load stopped, to be begun anew now."""
    visits = pl.read_parquet(run / "visits" / "*.parquet", columns=["candidate", "visit", "purpose", "outcome"])
    again = visits.filter(pl.col("outcome") == "inside", pl.col("visit") + COMING_BACK <= MOST_VISIT)
    return [
        Arrival(candidate, visit + COMING_BACK, purpose, portal_now_s, planned=False)
        for candidate, visit, purpose, _ in again.iter_rows()
    ]

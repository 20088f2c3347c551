"""From the plan to a run: which visits are due when, and which worker takes which."""

import polars as pl

from scenarios.scenario import Scenario


def slice_arrivals(plan: pl.DataFrame, scenario: Scenario) -> pl.DataFrame:
    """Give the plan's visits that fall into the scenario's load, in the order in which they are due.

    Columns: `candidate` u32, `visit` u16, `purpose` str, `due_s` f64, run seconds since the load began.
    """
    due_s = (pl.col("planned_s") - scenario.start_s) / scenario.speed
    return (
        plan.lazy()
        .filter(pl.col("planned_s") >= scenario.start_s, pl.col("planned_s") < scenario.end_s)
        .select("candidate", "visit", pl.col("purpose").cast(pl.String), due_s.alias("due_s"))
        .sort("due_s", "candidate")
        .collect()
    )


def share_of(arrivals: pl.DataFrame, worker_index: int, workers: int) -> pl.DataFrame:
    """Give the arrivals i with i mod workers = worker_index: all workers' shares together are the whole.

    Raises ValueError where there is no such worker.
    """
    if not 0 <= worker_index < workers:
        raise ValueError(f"worker_index is {worker_index}; with {workers} workers it must be 0 to {workers - 1}")
    return arrivals.gather_every(workers, worker_index)

"""The books of the visits: every planned arrival has its visit, and every visit has its end.

started = finished + gave up + inside at the end + lost with their worker          planned and due = planned and started
"""

from dataclasses import dataclass

import polars as pl

from reports.facts import Load
from reports.language import Text, later
from reports.latency import quantile
from reports.little import mean_inside
from reports.run_folder import Run

LATE_MS = 50.0
"""An arrival may start this late; also the last stretch of an interrupted run in which an arrival need not start."""


@dataclass(frozen=True)
class Books:
    """Counts of arrivals and visits; all are numbers of visits but the lateness and the mean inside."""

    planned: int
    """Arrivals in the plan that were due before the load ended."""
    never_due: int
    """Arrivals in the plan that were due after the load ended."""
    started: int
    """Visits that began and were planned."""
    came_back: int
    """Visits that began and were not planned: candidates who came back after giving up."""
    finished: int
    gave_up: int
    inside: int
    lost: int
    """Visits that were under way at a worker of the generator that was lost."""
    no_end: int
    """Visits whose outcome is none of these, or does not fit to whether they ended."""
    broke_off: int
    """Of those, visits that an error of the load generator itself ended."""
    missing: int
    """Planned and due, but never started."""
    surplus: int
    """Started as planned, but not in the plan or more often than in it."""
    late_p99_ms: float | None
    """99th percentile of how late planned visits started that were due at true rate; None without any."""
    mean_inside: float
    """Time spent inside by all visits over the length of the load (Little's law)."""

    @property
    def faults(self) -> list[Text]:
        """What does not balance, a sentence each; empty when the books balance."""
        found = []
        if self.missing:
            found.append(later("books-missing", missing=self.missing, planned=self.planned))
        if self.surplus:
            found.append(later("books-surplus", surplus=self.surplus))
        if self.no_end:
            whole = self.started + self.came_back
            found.append(later("books-no-end", no_end=self.no_end, visits=whole, broke_off=self.broke_off))
        return found


def read_books(run: Run) -> Books:
    """Count arrivals and visits and hold them against each other, those under way as the load began included."""
    load = run.facts.load
    arrivals = run.arrivals.filter(pl.col("due_s") < load.length_s).collect()
    visits = run.visits.collect()
    ended = pl.col("ended_s").is_not_null()
    fits = (pl.col("outcome").is_in(["finished", "gave_up", "lost"]) & ended) | (
        (pl.col("outcome") == "inside") & ~ended
    )
    planned = visits.filter("planned")
    due = run.pace.truly(planned.lazy(), "due_s").collect()
    late_ms = (due["started_s"] - due["due_s"]) * 1000
    started_s, ended_s = (visits[c].cast(pl.Float64).to_numpy() for c in ("started_s", "ended_s"))
    missing, surplus = _unmatched(arrivals, planned, load)
    outcomes = dict(visits["outcome"].value_counts().iter_rows())
    return Books(
        planned=arrivals.height,
        never_due=run.arrivals.select(pl.len()).collect().item() - arrivals.height,
        started=planned.height,
        came_back=visits.height - planned.height,
        finished=outcomes.get("finished", 0),
        gave_up=outcomes.get("gave_up", 0),
        inside=outcomes.get("inside", 0),
        lost=outcomes.get("lost", 0),
        no_end=visits.height - visits.filter(fits).height,
        broke_off=outcomes.get("broke_off", 0),
        missing=missing,
        surplus=surplus,
        late_p99_ms=pl.select(quantile(pl.lit(late_ms), 0.99)).item() if due.height else None,
        mean_inside=mean_inside(started_s, ended_s, 0.0, load.length_s),
    )


def _unmatched(arrivals: pl.DataFrame, planned: pl.DataFrame, load: Load) -> tuple[int, int]:
    """Give how many arrivals lack their visit, and how many planned visits lack their arrival.

    In an interrupted run the end came by surprise: what was due in the last moment may not have started.
    """
    surprise_s = LATE_MS / 1000 if load.interrupted else 0.0
    key = ["candidate", "purpose"]
    due = arrivals.group_by(key).agg(
        pl.len().cast(pl.Int64).alias("due"),
        (pl.col("due_s") < load.length_s - surprise_s).sum().cast(pl.Int64).alias("owed"),
    )
    began = planned.group_by(key).agg(pl.len().cast(pl.Int64).alias("began"))
    both = due.join(began, on=key, how="full", coalesce=True).fill_null(0)
    missing = both.select((pl.col("owed") - pl.col("began")).clip(0).sum()).item()
    surplus = both.select((pl.col("began") - pl.col("due")).clip(0).sum()).item()
    return int(missing), int(surplus)

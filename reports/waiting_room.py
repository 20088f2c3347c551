"""The waiting room as candidates met it: whether it was fair, and kept its limit and its promises."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from reports.run_folder import Run

POLL_MOST_S = 8.0
"""Candidates hear that it is their turn when they next ask: within this time nobody can say who was first."""


@dataclass(frozen=True)
class WaitingRoom:
    """What became of the numbers that were taken. Times in seconds; None where nobody was admitted, or promised."""

    taken: int
    admitted: int
    left: int
    """They waited no longer, and gave up their visit."""
    waiting: int
    """Still in line as the load ended."""
    waited_s: dict[str, float | None]
    """Of who was admitted: p50, p95, most."""
    promise_error_s: dict[str, float | None]
    """How far the promised wait was from the real one: p50 and p95 of the difference's size, and its mean with sign."""
    inversions: int
    """Numbers that were admitted later than a higher one, by more than POLL_MOST_S."""
    limit: int | None
    """How many may be inside at a time; None without a limit."""
    most_inside: int

    @property
    def overshoot(self) -> int:
        """By how many people the limit was passed, at most."""
        return max(0, self.most_inside - self.limit) if self.limit else 0


def read_waiting_room(run: Run, visits: pl.DataFrame) -> WaitingRoom | None:
    """Read how a run's waiting room did; None where nobody had to queue."""
    standings = run.standings.collect()
    if standings.is_empty():
        return None
    ended = visits.select("candidate", "visit", "outcome", pl.col("ended_s").alias("visit_ended_s"))
    standings = standings.join(ended, on=["candidate", "visit"], how="left").sort("number")
    admitted = standings.filter(pl.col("admitted_s").is_not_null())
    others = standings.filter(pl.col("admitted_s").is_null())
    waited_s = (admitted["admitted_s"] - admitted["taken_s"]).to_numpy()
    promised = admitted.filter(pl.col("promised_s").is_not_null())
    error_s = (promised["promised_s"] - (promised["admitted_s"] - promised["taken_s"])).to_numpy()
    left_s = admitted["visit_ended_s"].fill_null(np.inf).to_numpy()
    protections = run.facts.portal.capacities.get("protections", {})
    return WaitingRoom(
        taken=standings.height,
        admitted=admitted.height,
        left=int((others["outcome"] == "gave_up").sum()),
        waiting=int((others["outcome"] != "gave_up").sum()),
        waited_s={"p50": _quantile(waited_s, 0.5), "p95": _quantile(waited_s, 0.95), "most": _quantile(waited_s, 1.0)},
        promise_error_s={
            "p50": _quantile(np.abs(error_s), 0.5),
            "p95": _quantile(np.abs(error_s), 0.95),
            "mean": float(error_s.mean()) if len(error_s) else None,
        },
        inversions=inversions(admitted["admitted_s"].to_numpy(), POLL_MOST_S),
        limit=int(protections.get("places_inside", 0)) or None,
        most_inside=most_at_once(admitted["admitted_s"].to_numpy(), left_s),
    )


def inversions(admitted_s: NDArray[np.float64], tolerance_s: float) -> int:
    """Count those, in the order of their numbers, who were admitted later than one with a higher number.

    >>> inversions(np.array([1.0, 30.0, 3.0, 4.0, 5.0]), tolerance_s=8.0)
    1
    """
    earliest_behind_s = np.minimum.accumulate(admitted_s[::-1])[::-1][1:]
    return int((admitted_s[:-1] - earliest_behind_s > tolerance_s).sum())


def most_at_once(from_s: NDArray[np.float64], to_s: NDArray[np.float64]) -> int:
    """Give how many were inside at the same time at most; who leaves at a moment is out at that moment.

    >>> most_at_once(np.array([0.0, 1.0, 2.0]), np.array([2.0, np.inf, 3.0]))
    2
    """
    if not len(from_s):
        return 0
    moments = np.concatenate([from_s, to_s])
    change = np.concatenate([np.ones(len(from_s)), -np.ones(len(to_s))])
    order = np.lexsort((change, moments))
    return int(np.cumsum(change[order]).max())


def _quantile(values: NDArray[np.float64], q: float) -> float | None:
    return float(np.quantile(values, q)) if len(values) else None

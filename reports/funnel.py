"""How far candidates got, by what they came for."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from reports.latency import IS_PAGE
from reports.run_folder import Run

SAMPLED_VISITS = 20_000
"""Enough visits to tell the order of the steps, however many there are."""


@dataclass(frozen=True)
class Stage:
    """A step of a purpose, and what became of the visits that got this far."""

    step: str
    """The last step answered ok; empty for a visit to which nothing was answered yet."""
    got_here: int
    went_on: int
    finished: int
    gave_up: int
    inside: int


Funnels = Mapping[str, list[Stage]]
"""The stages of each purpose."""


def read_funnels(run: Run, visits: pl.DataFrame) -> Funnels:
    """Give the stages of each purpose in the order in which candidates take the steps, most frequent purpose first."""
    orders = _orders(run, visits)
    purposes = visits["purpose"].value_counts().sort("count", "purpose", descending=[True, False])["purpose"]
    return {
        purpose: _stages(visits.filter(pl.col("purpose") == purpose), orders.get(purpose, [])) for purpose in purposes
    }


def _stages(visits: pl.DataFrame, order: list[str]) -> list[Stage]:
    ended: Mapping[tuple[str, str], int] = {
        (reached, outcome): number
        for reached, outcome, number in visits.group_by("reached", "outcome").agg(pl.len()).iter_rows()
    }
    left = visits.height
    stages = []
    for step in ["", *order]:
        here = {outcome: ended.get((step, outcome), 0) for outcome in ("finished", "gave_up", "inside")}
        stages.append(Stage(step=step, got_here=left, went_on=left - sum(here.values()), **here))
        left -= sum(here.values())
    return stages


def _orders(run: Run, visits: pl.DataFrame) -> dict[str, list[str]]:
    """Give each purpose's steps: as the run lists them, else by the median time until their first answer."""
    every = max(1, visits.height // SAMPLED_VISITS)
    sampled = visits.lazy().filter(pl.col("candidate") % every == 0)
    first = (
        run.requests.filter((pl.col("outcome") == "ok") & IS_PAGE, pl.col("candidate") % every == 0)
        .group_by("candidate", "visit", "step")
        .agg(pl.col("done_s").min())
    )
    after_s = (
        first.join(sampled.select("candidate", "visit", "purpose", "started_s"), on=["candidate", "visit"])
        .group_by("purpose", "step")
        .agg((pl.col("done_s") - pl.col("started_s")).median().alias("after_s"))
    )
    ended = visits.lazy().filter(pl.col("reached") != "").select("purpose", pl.col("reached").alias("step")).unique()
    known = ended.join(after_s, on=["purpose", "step"], how="full", coalesce=True)
    rows = known.sort("after_s", "step", nulls_last=True).collect()
    listed = {step: number for number, step in enumerate(run.facts.steps)}
    orders = {
        str(purpose): part["step"].to_list() for (purpose,), part in rows.group_by("purpose", maintain_order=True)
    }
    return {purpose: sorted(steps, key=lambda s: listed.get(s, len(listed))) for purpose, steps in orders.items()}

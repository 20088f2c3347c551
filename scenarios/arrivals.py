"""From the plan to a run: which visits are due when, which are under way already, and which worker takes which."""

import numpy as np
import polars as pl

from fakes.crowd import crowd
from fakes.provinces import PROVINCES
from scenarios.demand import Floats
from scenarios.scenario import Scenario
from scenarios.stages import Stages

READING_S = 600.0
"""How long before the load a visit that only reads can have begun and still be under way."""
LONGEST_VISIT_S = 7_200.0
"""Nobody is inside for longer: a stage that is done later than that is done in another visit."""


def slice_arrivals(plan: pl.DataFrame, scenario: Scenario, stages: Stages | None = None) -> pl.DataFrame:
    """Give the plan's visits that fall into the scenario's load, in the order in which they are due.

    Columns: `candidate` u32, `visit` u16, `purpose` str, `planned_s` f64 (portal seconds), `due_s` f64 (run seconds,
    null with an adaptive pace). With `stages`, the visits that are under way when the load begins come first: those
    are due before second 0.
    """
    due_s = (
        pl.lit(None, pl.Float64) if scenario.is_adaptive else (pl.col("planned_s") - scenario.start_s) / scenario.speed
    )
    within = plan.lazy().filter(pl.col("planned_s") >= scenario.start_s, pl.col("planned_s") < scenario.end_s)
    parts = [within] if stages is None else [under_way(plan, stages, scenario.start_s).lazy(), within]
    return (
        pl.concat(parts)
        .select("candidate", "visit", pl.col("purpose").cast(pl.String), "planned_s", due_s.alias("due_s"))
        .sort("planned_s", "candidate")
        .collect()
    )


def with_provinces(arrivals: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Give the arrivals with the `province` that each candidate applies in, by name."""
    candidates = arrivals["candidate"].unique()
    codes = crowd(seed, candidates.to_numpy())["province"]
    names = codes.replace_strict({code: it.name for code, it in PROVINCES.items()}, return_dtype=pl.String)
    provinces = pl.DataFrame({"candidate": candidates, "province": names})
    return arrivals.join(provinces, on="candidate", how="left", maintain_order="left")


def under_way(plan: pl.DataFrame, stages: Stages, at_s: float) -> pl.DataFrame:
    """Give the visits of the plan that have begun before `at_s` and are not over then.

    A visit that moves the application is over when its last stage is done; one that only reads lasts READING_S at most.
    """
    recent = plan.filter(pl.col("planned_s") < at_s, pl.col("planned_s") >= at_s - LONGEST_VISIT_S)
    candidates = recent["candidate"].to_numpy()
    planned_s = recent["planned_s"].to_numpy()
    done_s = planned_s + READING_S
    for purpose, stage_s in _last_stages(stages).items():
        its = (recent["purpose"] == purpose).to_numpy()
        # Whoever never gets there by the plan is stopped by the close, or broke off: as if inside for the longest time.
        done_s[its] = np.nan_to_num(stage_s[candidates[its]], nan=np.inf)
    return recent.filter(pl.Series(done_s > at_s))


def _last_stages(stages: Stages) -> dict[str, Floats]:
    """Give, by purpose, when each candidate is done with the last stage that they reach in that visit."""
    face_now = stages.face_visit_s == stages.arrival_s
    apply_now = stages.apply_visit_s == stages.face_visit_s
    face_check = np.where(apply_now, stages.filed_s, stages.face_checked_s)
    return {
        "register": np.where(face_now, face_check, stages.registered_s),
        "face_check": face_check,
        "apply": stages.filed_s,
        "change": stages.changed_s,
        "supplement": stages.supplemented_s,
        "pay": stages.paid_s,
    }


def under_way_and_due(arrivals: pl.DataFrame, start_s: float) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give the arrivals that are under way when the load begins, and those that are due from then on."""
    return arrivals.filter(pl.col("planned_s") < start_s), arrivals.filter(pl.col("planned_s") >= start_s)

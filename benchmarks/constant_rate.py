"""Arrivals at one rate, for benchmarks and for tests that hold a run against arithmetic."""

import msgspec
import numpy as np
import polars as pl

from scenarios.behaviour import BehaviourSettings
from scenarios.scenario import Scenario, load_scenario

START_S = 3600.0
"""Where the load begins: an hour after the opening, nobody waits at the gate."""


def constant_rate(rate_per_s: float, length_s: float, purpose: str, seed: int = 1) -> pl.DataFrame:
    """Give Poisson arrivals of that rate, each of another candidate, with the columns of `slice_arrivals`."""
    count = round(rate_per_s * length_s)
    due_s = np.sort(np.random.default_rng(seed).uniform(0.0, length_s, count))
    return pl.DataFrame(
        {
            "candidate": np.arange(count),
            "visit": np.zeros(count),
            "purpose": [purpose] * count,
            "planned_s": START_S + due_s,
            "due_s": due_s,
        },
        schema={
            "candidate": pl.UInt32,
            "visit": pl.UInt16,
            "purpose": pl.String,
            "planned_s": pl.Float64,
            "due_s": pl.Float64,
        },
    )


def scenario_after_opening(length_s: float, *, profile: str = "generous", behaviour: BehaviourSettings) -> Scenario:
    """Give a scenario of that length whose load begins at START_S."""
    return msgspec.structs.replace(
        load_scenario("opening-day"),
        name="constant-rate",
        purpose="Arrivals at one rate.",
        start_s=START_S,
        minutes=length_s / 60,
        profile=profile,
        behaviour=behaviour,
    )


NO_PAUSES = dict.fromkeys(("think_mean_s", "form_median_s", "account_median_s", "account_least_s"), 0.001)
"""Everybody does at once what they do."""
ENDLESS_PATIENCE = BehaviourSettings(patience_median_s=1e6)
"""Nobody reloads, so what a request took is what the portal took."""

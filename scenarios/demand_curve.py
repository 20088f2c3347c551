"""The demand curve of a scenario as tables: from its plan, by the hour, the day, and in its slice.

Pure: `python rehearse.py plan` prints the tables, scenarios/demand_picture.py draws them.
"""

from datetime import datetime
from typing import NamedTuple

import numpy as np
import polars as pl

from scenarios.plan import PURPOSES
from scenarios.scenario import Scenario

NEW = "new_candidates"
"""Column of the `register` visits: each candidate makes one."""
_HOUR_S = 3_600.0
_MINUTE_S = 60.0
_MOST_BINS = 60
_AFTER_CLOSE_S = 10 * 86_400.0
"""The payment wave is over by then."""

COLUMNS = (NEW, *(purpose for purpose in PURPOSES.categories if purpose != "register"))
"""Visits by purpose, in the order of purposes."""


class Part(NamedTuple):
    """The visits between two moments of portal time."""

    name: str
    from_s: float
    to_s: float
    visits: dict[str, int]
    """By the names of COLUMNS."""

    @property
    def total(self) -> int:
        """All visits."""
        return sum(self.visits.values())


class Slice(NamedTuple):
    """What a scenario plays of its plan."""

    part: Part
    begins: datetime
    ends: datetime
    busiest_per_s: float
    """Visits a second of portal time, the mean of the busiest `busiest_over_s`."""
    busiest_over_s: float
    bin_s: float
    """Length of the bins of `bins`, portal seconds."""
    bins: pl.DataFrame
    """The slice, or with an adaptive pace its beginning to 10 days after the close, by the hour. Columns: `from_s`
    f64, portal seconds, and a count u32 for each of COLUMNS."""


def by_hour(plan: pl.DataFrame, scenario: Scenario) -> pl.DataFrame:
    """Count the plan's visits by hours since the opening; hours without a visit have their row too.

    Columns: `portal_hour` i32, 0 from the opening on, below 0 at the gate; `begins`, ISO time of UTC+8; a count u32
    for each of COLUMNS; `visits` u32, their sum.
    """
    counts = _binned(plan, _HOUR_S, *_ends_s(plan))
    begins = [scenario.window.moment(from_s).isoformat(timespec="minutes") for from_s in counts["from_s"]]
    return counts.select(
        (pl.col("from_s") / _HOUR_S).cast(pl.Int32).alias("portal_hour"),
        pl.Series("begins", begins),
        *COLUMNS,
        pl.sum_horizontal(COLUMNS).cast(pl.UInt32).alias("visits"),
    )


def by_day(plan: pl.DataFrame, scenario: Scenario) -> pl.DataFrame:
    """Count the plan's visits by calendar days, day 1 being that of the opening; days without a visit have a row too.

    Columns: `day` i32, `date`, a count u32 for each of COLUMNS, `visits` u32.
    """
    opening = scenario.window.opening
    midnight_s = -float((opening.hour * 60 + opening.minute) * 60)
    first_s, last_s = _ends_s(plan)
    counts = _binned(plan, 86_400.0, min(first_s, 0.0), last_s, origin_s=midnight_s)
    return counts.select(
        (((pl.col("from_s") - midnight_s) / 86_400).cast(pl.Int32) + 1).alias("day"),
        pl.Series("date", [scenario.window.moment(from_s).date() for from_s in counts["from_s"]]),
        *COLUMNS,
        pl.sum_horizontal(COLUMNS).cast(pl.UInt32).alias("visits"),
    )


def busiest_hours(hours: pl.DataFrame, most: int = 6) -> pl.DataFrame:
    """Give the rows of `by_hour` with the most visits, the busiest first."""
    return hours.sort("visits", "portal_hour", descending=[True, False]).head(most)


def marks(plan: pl.DataFrame, scenario: Scenario) -> list[Part]:
    """Give the parts that everybody asks about; who stands at the gate counts to the opening minute."""
    window = scenario.window
    gate_s = -scenario.demand.gate_length_s
    first_s, last_s = _ends_s(plan)
    return [
        _part("opening minute", plan, gate_s, _MINUTE_S),
        _part("final hour", plan, max(gate_s, window.length_s - _HOUR_S), window.length_s),
        _part("final minute", plan, max(gate_s, window.length_s - _MINUTE_S), window.length_s),
        _part("window", plan, first_s, window.length_s),
        _part("whole plan", plan, first_s, last_s),
    ]


def slice_of(plan: pl.DataFrame, scenario: Scenario) -> Slice:
    """Give what the scenario plays, counted in at most 60 bins of whole seconds, or of whole minutes from 1 h on.

    Visits that are under way when the load begins are not in it.
    """
    from_s, to_s = scenario.start_s, scenario.end_s
    if scenario.is_adaptive:
        shown_to_s, bin_s, over_s = min(to_s, scenario.window.length_s + _AFTER_CLOSE_S), _HOUR_S, _MINUTE_S
    else:
        unit_s = 1.0 if to_s - from_s < _HOUR_S else _MINUTE_S
        bin_s = over_s = max(unit_s, unit_s * float(np.ceil((to_s - from_s) / _MOST_BINS / unit_s)))
        shown_to_s = to_s
    bins = _binned(plan, bin_s, from_s, shown_to_s, origin_s=from_s)
    busiest = _binned(plan, over_s, from_s, to_s, origin_s=from_s).select(pl.sum_horizontal(COLUMNS)).to_series()
    return Slice(
        _part("slice", plan, from_s, to_s),
        scenario.window.moment(from_s),
        scenario.window.moment(to_s),
        float(busiest.to_numpy().max()) / over_s,
        over_s,
        bin_s,
        bins,
    )


def _ends_s(plan: pl.DataFrame) -> tuple[float, float]:
    """Give the first visit's moment, and one just after the last one's."""
    planned_s = plan["planned_s"].to_numpy()
    return float(planned_s.min()), float(np.nextafter(planned_s.max(), np.inf))


def _part(name: str, plan: pl.DataFrame, from_s: float, to_s: float) -> Part:
    counted = plan.filter(pl.col("planned_s") >= from_s, pl.col("planned_s") < to_s)["purpose"].value_counts()
    found = dict(zip(counted["purpose"].cast(pl.String), counted["count"], strict=True))
    return Part(name, from_s, to_s, {_column(purpose): found.get(purpose, 0) for purpose in PURPOSES.categories})


def _binned(plan: pl.DataFrame, bin_s: float, from_s: float, to_s: float, origin_s: float = 0.0) -> pl.DataFrame:
    """Count the visits from `from_s` to `to_s` in bins that begin at `origin_s` + whole multiples of `bin_s`."""
    plan = plan.filter(pl.col("planned_s") >= from_s, pl.col("planned_s") < to_s)
    first = int(np.floor((from_s - origin_s) / bin_s))
    bin_of = np.floor((plan["planned_s"].to_numpy() - origin_s) / bin_s).astype(np.int64) - first
    # A visit a rounding error before `to_s` may lie on an edge.
    bins = max(int(np.ceil((to_s - origin_s) / bin_s)) - first, int(bin_of.max(initial=0)) + 1)
    purpose_of = plan["purpose"].to_physical().to_numpy().astype(np.int64)
    cells = len(PURPOSES.categories)
    counts = np.bincount(bin_of * cells + purpose_of, minlength=bins * cells).reshape(bins, cells)
    columns = {_column(purpose): counts[:, i] for i, purpose in enumerate(PURPOSES.categories)}
    return pl.DataFrame(
        {"from_s": origin_s + bin_s * (first + np.arange(bins)), **columns},
        schema_overrides=dict.fromkeys(COLUMNS, pl.UInt32),
    )


def _column(purpose: str) -> str:
    return NEW if purpose == "register" else purpose

"""The calendars of the advice: by day and hour of the window, how slow the portal was and how long filing took."""

import polars as pl

from reports import words
from reports.advice import LEAST_SEEN, Advice
from reports.charts import HeatMap, Value
from reports.filing import PROMISED_MIN

LEAST_FILED = 5
"""Fewer filings than these in an hour give no median."""
LEAST_HOURS = 2
"""A run of fewer hours needs no calendar."""

_LAG_EDGES_S = (0.2, 0.5, 1.0, 2.0, 5.0)
_LAG_LEVELS = ("under 0.2 s", "to 0.5 s", "to 1 s", "to 2 s", "to 5 s", "over 5 s")
_FILING_EDGES_MIN = (3.0, 5.0, 10.0, 20.0, 40.0)
_FILING_LEVELS = ("under 3 min", "to 5 min", "to 10 min", "to 20 min", "to 40 min", "over 40 min")
_SHARE_EDGES = (95.0, 80.0, 60.0, 40.0, 20.0)
_SHARE_LEVELS = ("95 % and more", "from 80 %", "from 60 %", "from 40 %", "from 20 %", "under 20 %")


def calendars(advice: Advice) -> list[HeatMap]:
    """Give the calendars of lag, of the time to file, and of the promise kept."""
    return [_lag(advice), _filing(advice), _promise(advice)]


def _grid(advice: Advice, table: pl.DataFrame, column: str) -> list[list[Value]]:
    """Lay a column out by day and hour; hours without a row are None."""
    known: dict[int, float] = dict(table.select("hour", column).iter_rows())
    return [[known.get(24 * day + hour) for hour in range(24)] for day in range(len(advice.days.days))]


def _days(advice: Advice) -> list[str]:
    return [f"{day:%a} {day.day} {day:%b}" for day in advice.days.days]


def _when(advice: Advice, hour: int) -> str:
    day = advice.days.days[hour // 24]
    return f"{day.day} {day:%B} at {hour % 24} h"


def _shown(advice: Advice, table: pl.DataFrame) -> pl.DataFrame:
    return table.filter(pl.col("hour") < 24 * len(advice.days.days))


def _lag(advice: Advice) -> HeatMap:
    table = _shown(advice, advice.lag).with_columns((pl.col("p95_ms") / 1000).alias("p95_s"))
    title = "No hour of the window was at true rate: lag was not measured"
    if not table.is_empty():
        worst = table.sort("p95_s", descending=True).row(0, named=True)
        title = (
            f"Slowest of the {words.count(table.height, 'hour')} that were measured: {_when(advice, worst['hour'])}, "
            f"when one page in twenty took over {words.duration(worst['p95_ms'])}"
        )
    return HeatMap(
        "calendar-lag",
        title,
        "Time from wanting a page to its answer (intended latency, 95th percentile) by the portal's day and hour. "
        f"Only what ran at true rate, and hours with {LEAST_SEEN} pages at least.",
        "intended latency p95, s",
        _days(advice),
        _grid(advice, table, "p95_s"),
        _LAG_EDGES_S,
        _LAG_LEVELS,
    )


def _filing(advice: Advice) -> HeatMap:
    table = _shown(advice, advice.by_hour).filter(pl.col("filed") >= LEAST_FILED)
    title = "Too few applications were filed to say how long it took"
    if not table.is_empty():
        quick, slow = (
            table.sort("median_min", "hour", descending=[d, False]).row(0, named=True) for d in (False, True)
        )
        title = (
            f"Who came on {_when(advice, quick['hour'])} filed within {quick['median_min']:.0f} min at the median, who "
            f"came on {_when(advice, slow['hour'])} within {slow['median_min']:.0f}"
        )
    true = int(advice.filings["at_true_rate"].sum())
    return HeatMap(
        "calendar-filing",
        title,
        "Portal minutes from the start of a visit to filing, median by the hour of coming, registering in the same "
        f"visit included. Hours with {LEAST_FILED} filings at least. {words.count(true)} of "
        f"{words.count(advice.filings.height, 'filing')} ran at true rate. Of the others only what candidates did "
        "themselves is to scale: waiting for the portal counts with its real seconds, and was not measured.",
        "time to file, median, min",
        _days(advice),
        _grid(advice, table, "median_min"),
        _FILING_EDGES_MIN,
        _FILING_LEVELS,
    )


def _promise(advice: Advice) -> HeatMap:
    share = (100 * pl.col("form_in_time") / pl.col("form_filed")).alias("share")
    table = _shown(advice, advice.by_hour).filter(pl.col("form_filed") >= LEAST_FILED).with_columns(share)
    title = f"Too few applications were filed to say whether {PROMISED_MIN:.0f} minutes are enough"
    if not table.is_empty():
        kept = table.filter(pl.col("share") >= _SHARE_EDGES[0]).height
        title = (
            f"In {kept} of {words.count(table.height, 'hour')}, 95 of 100 candidates filed within "
            f"{PROMISED_MIN:.0f} minutes of the application's first page"
        )
    return HeatMap(
        "calendar-promise",
        title,
        f"Share of filings within {PROMISED_MIN:.0f} portal minutes of the first page of the application, by the hour "
        f"in which the visit began. Hours with {LEAST_FILED} filings at least; waiting as above.",
        "filed in time, %",
        _days(advice),
        _grid(advice, table, "share"),
        _SHARE_EDGES,
        _SHARE_LEVELS,
        mild_is_high=True,
    )

"""The calendars of the advice: by day and hour of the window, how slow the portal was and how long filing took."""

from datetime import UTC, date, datetime, time

import polars as pl

from reports import words
from reports.advice import LEAST_SEEN, Advice
from reports.charts import HeatMap, Value
from reports.filing import PROMISED_MIN
from reports.language import say

LEAST_FILED = 5
"""Fewer filings than these in an hour give no median."""
LEAST_HOURS = 2
"""A run of fewer hours needs no calendar."""

_LAG_EDGES_S = (0.2, 0.5, 1.0, 2.0, 5.0)
_FILING_EDGES_MIN = (3.0, 5.0, 10.0, 20.0, 40.0)
_SHARE_EDGES = (95.0, 80.0, 60.0, 40.0, 20.0)


def calendars(advice: Advice) -> list[HeatMap]:
    """Give the calendars of lag, of the time to file, and of the promise kept."""
    return [_lag(advice), _filing(advice), _promise(advice)]


def _grid(advice: Advice, table: pl.DataFrame, column: str) -> list[list[Value]]:
    """Lay a column out by day and hour; hours without a row are None."""
    known: dict[int, float] = dict(table.select("hour", column).iter_rows())
    return [[known.get(24 * day + hour) for hour in range(24)] for day in range(len(advice.days.days))]


def _days(advice: Advice) -> list[str]:
    return [say("calendar-day", day=_moment(day)) for day in advice.days.days]


def _when(advice: Advice, hour: int) -> str:
    day = advice.days.days[hour // 24]
    return say("calendar-hour", day=_moment(day), hour=hour % 24)


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _rising(figures: list[str]) -> tuple[str, ...]:
    """Say what lies below each edge of a scale, and above the last."""
    first, *others = figures
    to = (say("level-to", figure=figure) for figure in others)
    return say("level-under", figure=first), *to, say("level-over", figure=figures[-1])


def _falling(figures: list[str]) -> tuple[str, ...]:
    """Say what lies above each edge of a scale that falls, and below the last."""
    first, *others = figures
    down_to = (say("level-from", figure=figure) for figure in others)
    return say("level-and-more", figure=first), *down_to, say("level-under", figure=figures[-1])


def _shown(advice: Advice, table: pl.DataFrame) -> pl.DataFrame:
    return table.filter(pl.col("hour") < 24 * len(advice.days.days))


def _lag(advice: Advice) -> HeatMap:
    table = _shown(advice, advice.lag).with_columns((pl.col("p95_ms") / 1000).alias("p95_s"))
    title = say("calendar-lag-not-measured")
    if not table.is_empty():
        worst = table.sort("p95_s", descending=True).row(0, named=True)
        title = say("calendar-lag", hours=table.height, when=_when(advice, worst["hour"]), p95_ms=worst["p95_ms"])
    return HeatMap(
        "calendar-lag",
        title,
        say("calendar-lag-note", least=LEAST_SEEN),
        say("calendar-lag-shows"),
        _days(advice),
        _grid(advice, table, "p95_s"),
        _LAG_EDGES_S,
        _rising([f"{edge:g} s" for edge in _LAG_EDGES_S]),
    )


def _filing(advice: Advice) -> HeatMap:
    table = _shown(advice, advice.by_hour).filter(pl.col("filed") >= LEAST_FILED)
    title = say("calendar-filing-too-few")
    if not table.is_empty():
        quick, slow = (
            table.sort("median_min", "hour", descending=[d, False]).row(0, named=True) for d in (False, True)
        )
        title = say(
            "calendar-filing",
            quick=_when(advice, quick["hour"]),
            quick_min=quick["median_min"],
            slow=_when(advice, slow["hour"]),
            slow_min=slow["median_min"],
        )
    true = int(advice.filings["at_true_rate"].sum())
    return HeatMap(
        "calendar-filing",
        title,
        say("calendar-filing-note", least=LEAST_FILED, at_true_rate=true, filings=advice.filings.height),
        say("calendar-filing-shows"),
        _days(advice),
        _grid(advice, table, "median_min"),
        _FILING_EDGES_MIN,
        _rising([say("minutes", minutes=edge) for edge in _FILING_EDGES_MIN]),
    )


def _promise(advice: Advice) -> HeatMap:
    share = (100 * pl.col("form_in_time") / pl.col("form_filed")).alias("share")
    table = _shown(advice, advice.by_hour).filter(pl.col("form_filed") >= LEAST_FILED).with_columns(share)
    title = say("calendar-promise-too-few", promised_min=PROMISED_MIN)
    if not table.is_empty():
        kept = table.filter(pl.col("share") >= _SHARE_EDGES[0]).height
        title = say("calendar-promise", kept=kept, hours=table.height, promised_min=PROMISED_MIN)
    return HeatMap(
        "calendar-promise",
        title,
        say("calendar-promise-note", promised_min=PROMISED_MIN, least=LEAST_FILED),
        say("calendar-promise-shows"),
        _days(advice),
        _grid(advice, table, "share"),
        _SHARE_EDGES,
        _falling([words.percent(edge / 100) for edge in _SHARE_EDGES]),
        mild_is_high=True,
    )

"""Days and hours on the portal's clock, and what a candidate's advice is about: the first day, the last, the others."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from reports.pace import Pace
from reports.run_folder import Run

HOUR_S = 3600.0
MOST_DAYS = 60
"""A calendar of more days cannot be read; a window that is longer is shown by its first days."""

FIRST, LAST, OTHERS = "first day", "last day", "other days"


@dataclass(frozen=True)
class PortalDays:
    """The days of the registration window; those of the load, where the run does not say when the window was."""

    first: date
    last: date
    start: datetime
    """Portal time at run second 0."""
    pace: Pace

    @property
    def days(self) -> list[date]:
        """All days, the first MOST_DAYS at most."""
        number = min((self.last - self.first).days + 1, MOST_DAYS)
        return [self.first + timedelta(days=n) for n in range(number)]

    @property
    def _midnight_s(self) -> float:
        """Portal seconds from run second 0 to the first day's midnight."""
        midnight = datetime.combine(self.first, datetime.min.time(), self.start.tzinfo)
        return (midnight - self.start).total_seconds()

    def hour(self, at_s: pl.Expr) -> pl.Expr:
        """Give hours since the first day's midnight at run seconds: 24 times the day, and the hour of the day."""
        return ((self.pace.portal(at_s) - self._midnight_s) / HOUR_S).floor().cast(pl.Int32).alias("hour")

    def within(self, hour: pl.Expr) -> pl.Expr:
        """Say whether hours since the first midnight lie in the window's days."""
        return hour.is_between(0, 24 * ((self.last - self.first).days + 1) - 1)

    def kind(self, hour: pl.Expr) -> pl.Expr:
        """Say whether hours since the first midnight lie in the first day, the last, or another."""
        day = hour.floordiv(24)
        last = (self.last - self.first).days
        return pl.when(day == 0).then(pl.lit(FIRST)).when(day == last).then(pl.lit(LAST)).otherwise(pl.lit(OTHERS))


def portal_days(run: Run) -> PortalDays:
    """Find the days of the window; a close at midnight belongs to the day before."""
    start, pace = run.facts.load.portal_time_at_start, run.pace
    if run.facts.window is not None:
        first, end = run.facts.window.opening, run.facts.window.closing
    else:
        first, end = start, start + timedelta(seconds=pace.since_start_s(run.facts.load.length_s))
    last = (end.astimezone(start.tzinfo) - timedelta(microseconds=1)).date()
    opening = first.astimezone(start.tzinfo).date()
    return PortalDays(opening, max(opening, last), start, pace)

"""The time axis of a report: run seconds, the portal's clock, and how finely a long run is drawn."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import polars as pl

from reports.language import say
from reports.pace import Pace

MOST_POINTS = 600
"""Points a series has at most, so that the page of a day is no bigger than that of an hour."""

_WIDTHS_S = (1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400)


@dataclass(frozen=True)
class Timeline:
    """The load's length in seconds, its clock, and the buckets of equal width that cover it.

    Buckets are of equal width in run seconds, so a stretch in which the portal's clock ran fast is drawn narrow.
    """

    length_s: float
    portal_start: datetime
    varying: Pace | None = None
    """The pace of a clock that did not run at true rate from start to end."""

    @property
    def pace(self) -> Pace:
        """The portal's clock over the load."""
        return self.varying or Pace.steady(1.0, self.length_s)

    @cached_property
    def width_s(self) -> int:
        """Seconds of a bucket: the smallest round width that needs at most MOST_POINTS buckets.

        >>> start = datetime.fromisoformat("2025-03-10T08:59:00+08:00")
        >>> Timeline(180.0, start).width_s, Timeline(86400.0, start).width_s
        (1, 300)
        """
        return next((w for w in _WIDTHS_S if self.length_s <= w * MOST_POINTS), _WIDTHS_S[-1])

    @property
    def many_days(self) -> bool:
        """Whether the load passes midnight on the portal's clock."""
        return self.moment(self.length_s).date() != self.portal_start.date()

    @property
    def count(self) -> int:
        """Number of buckets, at least one."""
        return max(1, math.ceil(self.length_s / self.width_s))

    @cached_property
    def starts_s(self) -> list[float]:
        """Run second at which each bucket begins."""
        width_s = self.width_s
        return [float(i * width_s) for i in range(self.count)]

    def bucket(self, seconds: pl.Expr) -> pl.Expr:
        """Give the bucket's number; moments outside the load count to its first or last bucket."""
        return (seconds / self.width_s).floor().clip(0, self.count - 1).cast(pl.Int32).alias("bucket")

    def every_bucket(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Give one row a bucket, in order, with nulls where `frame` has none."""
        every = pl.DataFrame({"bucket": pl.Series(range(self.count), dtype=pl.Int32)})
        return every.join(frame, on="bucket", how="left", maintain_order="left")

    def moment(self, at_s: float) -> datetime:
        """Give portal time at a run second."""
        return self.portal_start + timedelta(seconds=self.pace.since_start_s(at_s))

    def clock(self, at_s: float, *, seconds: bool = True) -> str:
        """Give the portal's time of day at a run second, with the day where the load passes midnight.

        >>> Timeline(180.0, datetime.fromisoformat("2025-03-10T08:59:00+08:00")).clock(61.5)
        '09:00:01'
        """
        moment = self.moment(at_s)
        time = f"{moment:%H:%M:%S}" if seconds else f"{moment:%H:%M}"
        return say("clock-of-day", at=moment, time=time) if self.many_days else time

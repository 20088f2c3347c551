"""The registration window: when the portal opens and closes.

By rule 15 of the portal applications are taken until the window closes. Plan and scenario count portal time
in seconds since the opening: the opening is second 0, the close `Window.length_s`.
"""

from datetime import date, datetime, time, timedelta, timezone

import msgspec

CHINA = timezone(timedelta(hours=8))
"""China Standard Time, UTC+8; it has no daylight saving."""


class Window(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One registration window, in China Standard Time.

    The default spans 30 calendar days, from Monday 09:00, day 1, to 17:00 of day 30, which is 29.33 days.
    This is the reading under which the figures of the demand model come out (docs/demand.md). The opening
    date and the exam dates are those of 2025; that year's real window closed on 31 March already.

    Raises ValueError for times that are not in UTC+8 or not on a whole minute, and for a wrong order of
    dates.
    """

    opening: datetime = datetime(2025, 3, 10, 9, 0, tzinfo=CHINA)
    closing: datetime = datetime(2025, 4, 8, 17, 0, tzinfo=CHINA)
    exam_dates: tuple[date, ...] = (date(2025, 5, 24), date(2025, 5, 25))

    def __post_init__(self) -> None:
        for name, moment in (("opening", self.opening), ("closing", self.closing)):
            # The demand model takes one hour-of-day factor a minute, hence whole minutes.
            if moment.utcoffset() != CHINA.utcoffset(None) or moment.second or moment.microsecond:
                raise ValueError(
                    f"{name} is {moment.isoformat()}; it must be a whole minute of UTC+8, "
                    "such as 2025-03-10T09:00:00+08:00"
                )
        if self.closing <= self.opening:
            raise ValueError(
                f"closing is {self.closing.isoformat()}; it must come after the opening, {self.opening.isoformat()}"
            )
        for exam in self.exam_dates:
            if datetime.combine(exam, time(), CHINA) < self.closing:
                raise ValueError(f"exam_dates has {exam}; an exam comes after the closing, {self.closing.isoformat()}")

    @property
    def length_s(self) -> float:
        """Length in seconds; also the close as portal time."""
        return (self.closing - self.opening).total_seconds()

    @property
    def length_days(self) -> float:
        """Length in days, T of the demand model.

        >>> round(Window().length_days, 2)
        29.33
        """
        return self.length_s / 86_400

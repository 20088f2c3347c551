"""The registration window: when the portal opens and closes, and what comes after it.

    opening ──► closing ──► tickets ──► exam ──► exam end ──► results ──► certificates ──► end
    09:00       17:00       09:00       09:00    17:00        10:00       10:00            30 days later

By rule 15 of the portal applications are taken until the window closes. Plan and scenario count portal time
in seconds since the opening: the opening is second 0, the close `Window.length_s`, the plan's last moment
`Window.end_s`.
"""

from datetime import date, datetime, time, timedelta, timezone

import msgspec
import numpy as np
from numpy.typing import NDArray

from scenarios.bounds import check_positive

CHINA = timezone(timedelta(hours=8))
"""China Standard Time, UTC+8; it has no daylight saving."""

_EXAM_BEGINS = time(9)  # assumption, as are the other hours of the day
_EXAM_ENDS = time(17)
_TICKETS_OPEN = time(9)
_PUBLISHED = time(10)
_LOOKED_AT_DAYS = 30  # how long people look at results and certificates; assumption


OPENING_GROUPS = 4
"""Groups of provinces of a staggered opening: the first two digits of the ID number, modulo this."""


class Window(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One registration window, in China Standard Time.

    The default spans 30 calendar days, from Monday 09:00, day 1, to 17:00 of day 30, which is 29.33 days.
    This is the reading under which the figures of the demand model come out (docs/demand.md). The opening
    date and the exam dates are those of 2025; that year's real window closed on 31 March already.

    Only a window with exam dates has the moments after the close. `plain_calendar` takes every Monday to
    Friday for a working day, for years whose official calendar is not known (scenarios/working_days.py).

    Raises ValueError for times that are not in UTC+8 or not on a whole minute, and for a wrong order of
    dates.
    """

    opening: datetime = datetime(2025, 3, 10, 9, 0, tzinfo=CHINA)  # when the window opens
    closing: datetime = datetime(2025, 4, 8, 17, 0, tzinfo=CHINA)
    """When it closes; midnight at the end of a day is 00:00 of the next."""
    exam_dates: tuple[date, ...] = (date(2025, 5, 24), date(2025, 5, 25))
    """Days of the exam; without one there is nothing after the close."""
    ticket_lead_days: float = 7.0  # rule 23: admission tickets from one week before the exam
    results_after_days: int = 61  # rule 24: about two months after the last exam day
    certificates_after_days: int = 91  # after the last exam day; assumption
    plain_calendar: bool = False
    """Every Monday to Friday is a working day: for years whose official calendar is not known."""
    province_gap_s: float = 0.0
    """Staggered opening: groups of provinces open one after the other, so long apart; 0: all at once."""

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
        check_positive(self, "ticket_lead_days", "results_after_days", "certificates_after_days")
        if not 0 <= self.province_gap_s * OPENING_GROUPS < self.length_s:
            raise ValueError(
                f"province_gap_s is {self.province_gap_s:g}; the {OPENING_GROUPS} groups open while the window does"
            )
        if self.ticket_lead_days % 1:
            raise ValueError(f"ticket_lead_days is {self.ticket_lead_days}; it must be a whole number of days")
        if self.certificates_after_days < self.results_after_days:
            raise ValueError(
                f"certificates_after_days is {self.certificates_after_days}; certificates do not come before the "
                f"results, results_after_days, {self.results_after_days}"
            )
        if self.exam_dates and self.tickets_s < self.length_s:
            raise ValueError(
                f"ticket_lead_days is {self.ticket_lead_days:g}; admission tickets come after the closing, "
                f"{self.closing.isoformat()}"
            )

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

    def portal_s(self, moment: datetime) -> float:
        """Give a moment as portal time.

        >>> Window().portal_s(datetime(2025, 3, 10, 9, 1, tzinfo=CHINA))
        60.0
        """
        return (moment - self.opening).total_seconds()

    def moment(self, portal_s: float) -> datetime:
        """Give portal time as a moment of UTC+8."""
        return self.opening + timedelta(seconds=portal_s)

    @property
    def moments(self) -> dict[str, datetime]:
        """The moments that the rules depend on, as the run folder names them."""
        portal_s = {
            "opening": 0.0,
            "closing": self.length_s,
            "tickets": self.tickets_s,
            "exam": self.exam_s,
            "results": self.results_s,
            "certificates": self.certificates_s,
        }
        return {name: self.moment(at_s) for name, at_s in portal_s.items()}

    def opens_s(self, id_numbers: NDArray[np.str_]) -> NDArray[np.float64]:
        """Give when the window opens for the people with these ID numbers, in portal seconds.

        >>> Window(province_gap_s=60.0).opens_s(np.array(["110101199003074514", "350203198811120027"]))
        array([180., 180.])
        """
        province = np.array([int(it[:2]) for it in id_numbers])
        return self.province_gap_s * (province % OPENING_GROUPS)

    @property
    def last_exam(self) -> datetime:
        """When the exam before this window's began: on the same day of the week, a year before (rule 22)."""
        return datetime.combine(self.exam_dates[0], time(9), CHINA) - timedelta(days=364)

    @property
    def tickets_s(self) -> float:
        """When admission tickets can be printed: 09:00, `ticket_lead_days` before the first exam day (rule 23)."""
        return self._of_day(min(self._exams), -round(self.ticket_lead_days), _TICKETS_OPEN)

    @property
    def exam_s(self) -> float:
        """Begin of the first exam day."""
        return self._of_day(min(self._exams), 0, _EXAM_BEGINS)

    @property
    def exam_end_s(self) -> float:
        """End of the last exam day."""
        return self._of_day(max(self._exams), 0, _EXAM_ENDS)

    @property
    def results_s(self) -> float:
        """When the results are published, `results_after_days` after the last exam day (rule 24)."""
        return self._of_day(max(self._exams), self.results_after_days, _PUBLISHED)

    @property
    def certificates_s(self) -> float:
        """When certificates can be fetched, `certificates_after_days` after the last exam day (rule 24)."""
        return self._of_day(max(self._exams), self.certificates_after_days, _PUBLISHED)

    @property
    def looked_at_s(self) -> float:
        """How long people look at results, and at certificates, in seconds."""
        return _LOOKED_AT_DAYS * 86_400.0

    @property
    def end_s(self) -> float:
        """The plan's last moment, 30 days after the certificates.

        >>> Window().end_s / 86_400
        197.04166666666666
        """
        return self.certificates_s + self.looked_at_s

    @property
    def _exams(self) -> tuple[date, ...]:
        if not self.exam_dates:
            raise ValueError("exam_dates is empty; it must have at least one day")
        return self.exam_dates

    def _of_day(self, exam: date, days: int, at: time) -> float:
        return self.portal_s(datetime.combine(exam, at, CHINA) + timedelta(days=days))

"""Real counts to hold the demand model against, each with its window, and how the model gives the same figure.

A count is in percent of everybody in its window, in percent of its last day, or in people. Windows of other
countries are `Window`s with their own dates; the zone of time they carry means nothing there. Sources and
choices are in docs/demand.md.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec
import numpy as np

from scenarios.demand import Clock, DemandSettings, Floats, clock, share_per_minute
from scenarios.window import CHINA, Window


class Curve(NamedTuple):
    """A window, its clock, and the share of all candidates in each of its minutes and days."""

    window: Window
    time: Clock
    shares: Floats
    days: Floats


_TERMS = ("opening_weight", "base_weight", "deadline_weight")

Measure = Callable[[Curve], float]
"""Gives the percent that a count is about."""


class Count(NamedTuple):
    """One real count."""

    what: str
    real: float
    """In percent, or in people where `people` is given."""
    measure: Measure
    window: Window
    settings: Mapping[str, Any] = MappingProxyType({})
    """Settings in place of the defaults that belong to the count itself, such as a stress setting."""
    people: int | None = None
    """Everybody in the window; None for a count in percent."""

    def model(self, settings: DemandSettings) -> float:
        """Give the model's figure under these settings, in the unit of `real`."""
        own = msgspec.structs.replace(settings, **self.settings)
        percent = self.measure(_curve(self.window, own))
        return percent if self.people is None else percent / 100 * self.people


class RealWindow(NamedTuple):
    """The counts of one real window, and which parameters may be fitted to them, over which values."""

    name: str
    counts: tuple[Count, ...]
    free: Mapping[str, tuple[float, ...]]


_clock = lru_cache(clock)


@lru_cache(maxsize=64)
def _term(window: Window, settings: DemandSettings, weight: str) -> Floats:
    """Give one term of the model alone. The fits ask for the same ones again and again, with other weights."""
    alone = dict.fromkeys(_TERMS, 0.0) | {weight: 1.0}
    return share_per_minute(window, msgspec.structs.replace(settings, **alone))


@lru_cache(maxsize=8)
def _curve(window: Window, settings: DemandSettings) -> Curve:
    """Give the curve; the counts of one window ask for the same one."""
    time = _clock(window)
    if settings.surge_hour is None:
        alike = msgspec.structs.replace(settings, **dict(zip(_TERMS, (0.0, 1.0, 0.0), strict=True)))
        shares = sum((getattr(settings, name) * _term(window, alike, name) for name in _TERMS), start=np.zeros(1))
    else:
        shares = share_per_minute(window, settings)  # a surge is no sum of terms
    return Curve(window, time, shares, np.bincount(time.day, weights=shares).astype(np.float64))


def _day(*days: int) -> Measure:
    return lambda curve: 100 * float(sum(curve.days[day - 1] for day in days))


def _by(day: int, hour: int = 24) -> Measure:
    """Measure what has come by an hour of a day; the opening is an hour of day 1."""

    def percent(curve: Curve) -> float:
        time = curve.time
        return 100 * float(curve.shares[(time.day < day - 1) | ((time.day == day - 1) & (time.hour < hour))].sum())

    return percent


def _slowest_saturday(curve: Curve) -> float:
    return 100 * float(min(day for i, day in enumerate(curve.days) if (curve.window.opening.weekday() + i) % 7 == 5))


def _mid_window_weekday(curve: Curve) -> float:
    """Measure the mean weekday of days 11 to 20."""
    return 100 * float(np.mean([curve.days[i] for i in range(10, 20) if (curve.window.opening.weekday() + i) % 7 < 5]))


def _last_minutes(minutes: int) -> Measure:
    return lambda curve: 100 * float(curve.shares[-minutes:].sum())


def _first_minute(curve: Curve) -> float:
    return 100 * float(curve.shares[0])


def _last_day_hours(curve: Curve) -> Floats:
    """Give each hour's percent of the last day."""
    time = curve.time
    last = time.day == time.day[-1]
    hours: Floats = np.bincount(time.hour[last], curve.shares[last]).astype(np.float64)
    percents: Floats = 100 * hours / hours.sum()
    return percents


def _busiest_hour_of_last_day(curve: Curve) -> float:
    return float(_last_day_hours(curve).max())


def _last_hour_of_last_day(curve: Curve) -> float:
    return float(_last_day_hours(curve)[-1])


def _window(*times: int, closing: tuple[int, ...]) -> Window:
    opening = datetime(*times, tzinfo=CHINA)  # type: ignore[misc, arg-type]
    return Window(opening=opening, closing=datetime(*closing, tzinfo=CHINA), exam_dates=())  # type: ignore[misc, arg-type]


_N = 500_000
_AT_17 = Window()
_AT_MIDNIGHT = Window(closing=datetime(2025, 4, 9, tzinfo=CHINA))
_MORE_OPENING = {"opening_weight": 0.12, "base_weight": 0.28, "deadline_weight": 0.60}
_MORE_DEADLINE = {"delta_days": 0.2}

PUBLISHED = (
    Count("new candidates in the opening minute", 635, _first_minute, _AT_17, people=_N),
    Count("day 1", 6.4, _day(1), _AT_17),
    Count("a day in mid-window (mean weekday of days 11 to 20)", 2.2, _mid_window_weekday, _AT_17),
    Count("17:00 close: day 29", 11.7, _day(29), _AT_17),
    Count("17:00 close: day 30", 16.9, _day(30), _AT_17),
    Count("17:00 close: starts in the final hour", 11_000, _last_minutes(60), _AT_17, people=_N),
    Count("midnight close: day 30", 19.8, _day(30), _AT_MIDNIGHT),
    Count("midnight close: busiest hour of that day", 7.0, _busiest_hour_of_last_day, _AT_MIDNIGHT),
    Count("midnight close: final hour of that day", 3.6, _last_hour_of_last_day, _AT_MIDNIGHT),
    Count("stress, δ = 0.2: starts in the final hour", 17_500, _last_minutes(60), _AT_17, _MORE_DEADLINE, _N),
    Count("stress, w_o = .12: the opening minute", 1_255, _first_minute, _AT_17, _MORE_OPENING, _N),
)
"""Figures that were published with the model itself."""

_UK_2019 = _window(2019, 10, 29, 9, closing=(2019, 11, 27))  # opened at 09:00: assumption
_UK_2019_ALL = 3_530_000
_GUOKAO = _window(2025, 10, 15, 8, closing=(2025, 10, 24, 18))
_HMRC = _window(2017, 4, 6, closing=(2018, 2, 1))  # tax year 2016/17, in which 758,707 filed on the last day
_UK_2016 = _window(2016, 4, 15, closing=(2016, 6, 8))  # opened with the campaign: assumption; the last day hardly cares

_WEIGHTS = {
    "opening_weight": (0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.09, 0.12),
    "deadline_weight": (0.50, 0.55, 0.60, 0.64, 0.70, 0.80),
}
_DELTA = {"delta_days": (0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)}
_OTHERS = {"settling_days": (0.6, 1.0, 1.5, 2.0), "weekend_factor": (0.33, 0.46, 0.58, 0.7, 0.83, 0.96)}


def _uk_2019(what: str, thousands: int, measure: Measure) -> Count:
    return Count(f"{what} ({thousands}k)", 100 * 1_000 * thousands / _UK_2019_ALL, measure, _UK_2019)


REAL_WINDOWS = (
    RealWindow(
        "UK Register to Vote 2019, 29 days, 3.53M online",
        (
            _uk_2019("day 1", 123, _day(1)),
            _uk_2019("day 2", 165, _day(2)),
            _uk_2019("slowest Saturday", 40, _slowest_saturday),
            _uk_2019("Friday 22 November, a campaign", 298, _day(25)),
            _uk_2019("final weekend", 214, _day(26, 27)),
            _uk_2019("Monday before the close", 351, _day(28)),
            _uk_2019("deadline day", 641, _day(29)),
        ),
        _WEIGHTS | _DELTA | _OTHERS,
    ),
    RealWindow(
        "Guokao, 10 days, a composite of years",
        (
            Count("day 1 (2026)", 5.1, _day(1), _GUOKAO),
            Count("by day 3 (2017)", 11.1, _by(3), _GUOKAO),
            Count("by day 4 (2020)", 18.5, _by(4), _GUOKAO),
            Count("by day 4 (2025)", 22.0, _by(4), _GUOKAO),
            Count("by day 5 (2015)", 24.0, _by(5), _GUOKAO),
            Count("by the evening of day 9, 20:00 assumed (2025)", 78.0, _by(9, 20), _GUOKAO),
            Count("last day (2016)", 21.0, _day(10), _GUOKAO),
            Count("last day (2015)", 25.6, _day(10), _GUOKAO),
        ),
        _WEIGHTS | _DELTA | _OTHERS,
    ),
    RealWindow(
        "HMRC deadline days, 23:59 close, percent of the day",
        (
            Count("busiest hour (of 758,707)", 8.0, _busiest_hour_of_last_day, _HMRC),
            Count("last hour (of 758,707)", 4.0, _last_hour_of_last_day, _HMRC),
            Count("busiest hour (of 732,498)", 8.0, _busiest_hour_of_last_day, _HMRC),
            Count("last hour (of 732,498)", 4.3, _last_hour_of_last_day, _HMRC),
        ),
        _DELTA,
    ),
    RealWindow(
        "UK 2016, deadline day, percent of the day",
        (Count("the hour in which it failed (214k of 515k)", 100 * 214 / 515, _busiest_hour_of_last_day, _UK_2016),),
        # The stress setting, surge_share 0.4, was chosen after this count; here it is only switched on.
        {"surge_hour": (21,)},
    ),
)
"""Real windows. Their counts were seen, not made, so the distances may be large."""

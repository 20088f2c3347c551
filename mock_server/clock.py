"""The portal's clock: portal time runs from a given moment at a given speed."""

import time
from datetime import UTC, datetime, timedelta, timezone

from msgspec import Struct

CHINA = timezone(timedelta(hours=8), "CST")  # China Standard Time, without daylight saving

FIRST_YEAR, LAST_YEAR = 2000, 2100
MOST_SPEED = 10_000_000
MOST_APART_S = 30 * 86_400


class ClockReading(Struct, frozen=True):
    """What a portal clock is made of: at `real_s` (Unix seconds) it stood at `portal_time`, running at `speed`.

    `then` takes over at its own `real_s`: so that no process runs on at an old speed until it hears of the new one.
    """

    real_s: float
    portal_time: datetime
    speed: float
    then: "ClockReading | None" = None


def clock_error(reading: ClockReading) -> str | None:
    """Say what is wrong with a reading that somebody wants to set, or None: no clock may run out of the calendar."""
    if reading.portal_time.tzinfo is None:
        return "portal_time needs its offset"
    if not FIRST_YEAR <= reading.portal_time.year <= LAST_YEAR:
        return f"portal_time must be in the years {FIRST_YEAR} to {LAST_YEAR}"
    if not 0 <= reading.speed <= MOST_SPEED:
        return f"speed must not be negative, nor above {MOST_SPEED}"
    if abs(reading.real_s - time.time()) > MOST_APART_S:
        return f"real_s must be within {MOST_APART_S // 86_400} days of now"
    return None


class PortalClock:
    """Tells portal time in one server process; every process of a portal holds the same reading."""

    def __init__(self, reading: ClockReading) -> None:
        self.reading = reading

    @classmethod
    def starting_at(cls, portal_time: datetime, speed: float) -> "PortalClock":
        """Give a clock that stands at `portal_time` now and runs at `speed` portal seconds a second."""
        return cls(ClockReading(time.time(), portal_time, speed))

    def now(self) -> datetime:
        """Portal time, in China Standard Time."""
        return self.at(time.time())

    def at(self, real_s: float) -> datetime:
        """Portal time at a Unix second, not before the last one that was asked for."""
        reading = self.reading
        while reading.then is not None and reading.then.real_s <= real_s:
            self.reading = reading = reading.then
        passed = timedelta(seconds=(real_s - reading.real_s) * reading.speed)
        return (reading.portal_time + passed).astimezone(CHINA)


def real_now() -> datetime:
    """Real time: for what belongs to machines and not to the rules, such as the life of a log-in."""
    return datetime.now(UTC)

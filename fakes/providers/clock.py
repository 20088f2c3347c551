"""The time of day as the outside services write it."""

from datetime import datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8), "UTC+8")


def now_text() -> str:
    """Give the present moment in UTC+8 as ISO 8601 with milliseconds, as in 2025-03-10T09:00:00.250+08:00."""
    return datetime.now(CHINA).isoformat(timespec="milliseconds")

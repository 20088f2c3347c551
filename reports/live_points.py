"""How a run went over time, while it lasts: a point each time that the load generator has been heard of."""

from collections import deque
from collections.abc import Mapping

import msgspec
import polars as pl

MOST_POINTS = 1800
"""Half an hour of them; a longer run loses its beginning from the picture, not from its folder."""


LEAST_S = 0.5
"""The first sample may come right after the load has begun; a rate over so little is none."""


class Point(msgspec.Struct, frozen=True):
    """The stretch up to run second `at_s`, since the point before."""

    at_s: float
    due_per_s: float
    started_per_s: float
    ok_per_s: float
    """Goodput: pages that gave the candidate what they were asked for."""
    others_per_s: float
    """Pages refused, failed, abandoned or cut off."""
    intended_p95_ms: float | None
    """Of the pages that were done in this stretch; None where there was none."""
    service_p95_ms: float | None
    inside: int
    waiting: Mapping[str, float]
    """By resource: requests waiting on average over its last samples, which come some seconds at a time."""


class Points:
    """The points of a run."""

    def __init__(self) -> None:
        self._points: deque[Point] = deque(maxlen=MOST_POINTS)
        self._pages: list[pl.DataFrame] = []
        self._before = (0.0, 0, 0)

    def add(
        self, at_s: float, due: int, started: int, inside: int, pages: pl.DataFrame, waiting: Mapping[str, float]
    ) -> None:
        """Take in counts as they were at `at_s`, and the pages that are new; not every moment is a point."""
        if not pages.is_empty():
            self._pages.append(pages)
        before_s, due_before, started_before = self._before
        took_s = at_s - before_s
        if took_s < LEAST_S:
            return
        rows = pl.concat(self._pages) if self._pages else None
        oks = 0 if rows is None else int((rows["outcome"] == "ok").sum())
        self._points.append(
            Point(
                at_s=round(at_s, 2),
                due_per_s=round((due - due_before) / took_s, 2),
                started_per_s=round((started - started_before) / took_s, 2),
                ok_per_s=round(oks / took_s, 2),
                others_per_s=0.0 if rows is None else round((rows.height - oks) / took_s, 2),
                intended_p95_ms=_p95_ms(rows, "intended_s"),
                service_p95_ms=_p95_ms(rows, "service_s"),
                inside=inside,
                waiting={name: round(number, 2) for name, number in waiting.items()},
            )
        )
        self._before = (at_s, due, started)
        self._pages.clear()

    def since(self, at_s: float) -> list[Point]:
        """Give the points later than a run second."""
        return [point for point in self._points if point.at_s > at_s]


def _p95_ms(rows: pl.DataFrame | None, column: str) -> float | None:
    if rows is None:
        return None
    found = rows[column].quantile(0.95, interpolation="linear")
    return None if found is None else round(found * 1000, 1)

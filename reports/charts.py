"""Charts as plain data: drawn by `assets/report.js`, and shown as a table behind each.

Figures and texts go apart, so that a page in two languages holds the figures once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import polars as pl

from reports.language import say
from reports.timeline import Timeline

Color = Literal["blue", "orange", "green", "red", "purple", "sky", "yellow", "grey"]
Heat = Literal["heat0", "heat1", "heat2", "heat3", "heat4", "heat5", "unmeasured"]
HEATS: tuple[Heat, ...] = ("heat0", "heat1", "heat2", "heat3", "heat4", "heat5")
"""Names of the palette in `assets/report.css`, which keeps them apart for colour-blind eyes, by day and by night."""

Value = float | None
PALETTE: tuple[Color, ...] = ("blue", "green", "purple", "orange", "sky", "yellow")


@dataclass(frozen=True)
class Series:
    """One value a point; None is a gap."""

    name: str
    values: Sequence[Value]
    color: Color | Heat
    kind: Literal["line", "area"] = "line"
    """Areas of one panel are stacked."""
    dashed: bool = False

    def plain(self) -> dict[str, Any]:
        """Give what the page's script needs but the name, with no more digits than can be seen."""
        values = [_significant(v) for v in self.values]
        return {"values": values, "color": self.color, "kind": self.kind, "dashed": self.dashed}


@dataclass(frozen=True)
class Panel:
    """A picture's row: an axis with its unit, and series over the picture's common x axis."""

    axis: str
    series: list[Series]
    limit: tuple[float, str] | None = None
    """A level to be drawn across, and its words."""
    least_top: float = 0.0
    """The axis reaches at least this far, so that small noise does not look large."""


@dataclass(frozen=True)
class Chart:
    """A picture with the finding as its title. Over time, or over `categories` where they are given."""

    name: str
    title: str
    note: str
    panels: list[Panel]
    categories: list[str] = field(default_factory=list)

    @property
    def legends(self) -> list[tuple[str, list[Series]]]:
        """Give each legend with the panel it is for; one for all where the panels show the same."""
        names = [[s.name for s in panel.series] for panel in self.panels]
        if all(other == names[0] for other in names):
            return [("", self.panels[0].series)]
        return list(zip((say("chart-above"), say("chart-below")), (panel.series for panel in self.panels), strict=True))

    @property
    def shows(self) -> str:
        """What the picture would show, for one that is empty."""
        return "; ".join(panel.axis for panel in self.panels)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing but gaps and zeros."""
        return not any(v for p in self.panels for s in p.series for v in s.values)

    def plain(self) -> dict[str, Any]:
        """Give the figures that the page's script needs."""
        return {
            "name": self.name,
            "panels": [
                {
                    "series": [s.plain() for s in panel.series],
                    "limit": panel.limit[0] if panel.limit else None,
                    "leastTop": panel.least_top,
                }
                for panel in self.panels
            ],
        }

    def texts(self) -> dict[str, Any]:
        """Give the texts that the page's script needs, in the language in which the chart was made."""
        return {
            "categories": self.categories,
            "panels": [
                {
                    "axis": panel.axis,
                    "names": [s.name for s in panel.series],
                    "limit": panel.limit[1] if panel.limit else None,
                }
                for panel in self.panels
            ],
        }


@dataclass(frozen=True)
class HeatMap:
    """A calendar: a row a day, a column an hour, a colour for each value; None is grey, not measured."""

    name: str
    title: str
    note: str
    shows: str
    """What the values are, with their unit."""
    days: list[str]
    values: list[list[Value]]
    """By day, then by hour, from 0 to 23."""
    edges: tuple[float, ...]
    """Where one colour ends and the next begins, the mildest first; one less than HEATS."""
    levels: tuple[str, ...]
    """What each colour stands for, in words."""
    mild_is_high: bool = False
    """The mildest colour is for the highest values."""

    @property
    def legends(self) -> list[tuple[str, list[Series]]]:
        """Give the legend: a colour a level."""
        colors: list[Heat] = [*HEATS, "unmeasured"]
        named = zip([*self.levels, say("not-measured")], colors, strict=True)
        return [("", [Series(name, [], color, "area") for name, color in named])]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was measured in any hour."""
        return all(v is None for day in self.values for v in day)

    def level(self, value: float) -> int:
        """Give the number of a value's colour, 0 for the mildest."""
        return sum(value < edge if self.mild_is_high else value >= edge for edge in self.edges)

    def plain(self) -> dict[str, Any]:
        """Give the figures that the page's script needs: cells as (hour, day, level, value), but those not measured."""
        cells = [
            (hour, day, self.level(v), _significant(v))
            for day, values in enumerate(self.values)
            for hour, v in enumerate(values)
            if v is not None
        ]
        return {"name": self.name, "cells": cells}

    def texts(self) -> dict[str, Any]:
        """Give the texts that the page's script needs."""
        return {"days": self.days, "shows": self.shows}


def _significant(value: Value) -> Value:
    """Round to four significant digits; whole numbers stay as they are.

    >>> _significant(12345.678), _significant(0.0123456), _significant(12345.0), _significant(None)
    (12350, 0.01235, 12345, None)
    """
    if value is None:
        return None
    if float(value).is_integer():
        return int(value)
    rounded = float(f"{value:.4g}")
    return int(rounded) if rounded.is_integer() else rounded


def column(frame: pl.DataFrame, name: str, factor: float = 1.0) -> list[Value]:
    """Give a column as values, each times a factor."""
    return [None if v is None else v * factor for v in frame[name].to_list()]


def peak_of(values: Sequence[Value], timeline: Timeline) -> tuple[float, str]:
    """Give the largest value over the timeline's buckets, and the portal's time of it."""
    known = [(v, at_s) for v, at_s in zip(values, timeline.starts_s, strict=True) if v is not None]
    value, at_s = max(known, key=lambda pair: pair[0], default=(0.0, 0.0))
    return value, timeline.clock(at_s)

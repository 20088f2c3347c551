"""Hold the demand model against real counts, number by number: `python -m scenarios.demand_check`.

Prints the comparison as Markdown, and writes it into docs/demand.md. A bad distance is not hidden: the worst one
is named. What was fitted to the counts that it is held against stands apart from what was not.
"""

import math
import sys
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path
from typing import NamedTuple

import msgspec

from scenarios.demand import DemandSettings
from scenarios.demand_counts import PUBLISHED, REAL_WINDOWS, RealWindow
from scenarios.demand_stays import stay_rows

DOCUMENT = Path(__file__).parent.parent / "docs" / "demand.md"
BEGIN = "<!-- demand-check: begin, written by make demand-check -->"
END = "<!-- demand-check: end -->"


class Row(NamedTuple):
    """One real figure and the model's."""

    window: str
    what: str
    real: float
    model: float
    unit: str
    """`%`, or what is counted."""

    @property
    def ratio(self) -> float:
        """Model by real."""
        return self.model / self.real

    @property
    def factor(self) -> float:
        """How many times too high or too low, at least 1."""
        return max(self.ratio, 1 / self.ratio)

    @property
    def line(self) -> str:
        """Give the row of a Markdown table; the distance in points where the figure is in percent."""
        distance = self.model - self.real
        points = f"{distance:+.{1 if abs(distance) >= 1 else 2}f}" if self.unit == "%" else ""
        return f"| {self.what} | {self._figure(self.real)} | {self._figure(self.model)} | {self.ratio:.2f} | {points} |"

    @property
    def words(self) -> str:
        """Say the distance in words."""
        way = "too high" if self.ratio > 1 else "too low"
        return (
            f"{way} by a factor of {self.factor:.1f} ({self.window}: {self.what}; "
            f"{self._figure(self.real)}, the model says {self._figure(self.model)})"
        )

    def _figure(self, value: float) -> str:
        if self.unit == "%":
            return f"{value:.1f} %" if value >= 10 else f"{value:.2f} %"
        return f"{value:,.0f} {self.unit}"


def published_rows() -> list[Row]:
    """Give the figures that were published with the model, and what the code gives."""
    defaults = DemandSettings()
    return [
        Row("published", count.what, count.real, count.model(defaults), "people" if count.people else "%")
        for count in PUBLISHED
    ]


def real_rows(window: RealWindow, settings: DemandSettings) -> list[Row]:
    """Give a real window's counts, and what the model gives under these settings."""
    return [Row(window.name, count.what, count.real, count.model(settings), "%") for count in window.counts]


def fitted(window: RealWindow) -> DemandSettings:
    """Fit the window's free parameters to its counts: least squares of the ratios' logarithms, one after the other.

    Tries the listed values from the defaults on, and stops where none is better. The two weights and δ are tried
    together, since one can stand in for the other; the base weight is what the weights leave.
    """
    best, best_error = DemandSettings(), math.inf
    while True:
        before = best_error
        for candidates in _neighbours(window, best):
            for settings in candidates:
                error = sum(math.log(row.ratio) ** 2 for row in real_rows(window, settings))
                if error < best_error - 1e-9:
                    best, best_error = settings, error
        if best_error == before:
            return best


def _neighbours(window: RealWindow, start: DemandSettings) -> Iterator[list[DemandSettings]]:
    """Give the settings to try for the free parameters in turn; all others stay as they are."""
    together = [name for name in ("opening_weight", "deadline_weight", "delta_days") if name in window.free]
    for names in (together, *([name] for name in window.free if name not in together)):
        tries = product(*(window.free[name] for name in names))
        yield [_with(start, **dict(zip(names, values, strict=True))) for values in tries]


def _with(settings: DemandSettings, **changed: float) -> DemandSettings:
    """Give the settings with some changed; the base weight is what the other weights leave."""
    opening = changed.get("opening_weight", settings.opening_weight)
    deadline = changed.get("deadline_weight", settings.deadline_weight)
    return msgspec.structs.replace(settings, **changed, base_weight=round(1 - opening - deadline, 6))


def worst(rows: Iterable[Row]) -> Row:
    """Give the row with the largest factor."""
    return max(rows, key=lambda row: row.factor)


def comparison() -> str:
    """Give the whole comparison as Markdown: published, unfitted, fitted, and the worst distances."""
    published, stays = published_rows(), [Row(*row) for row in stay_rows()]
    unfitted = {window.name: real_rows(window, DemandSettings()) for window in REAL_WINDOWS}
    settings = {window.name: fitted(window) for window in REAL_WINDOWS}
    refitted = {window.name: real_rows(window, settings[window.name]) for window in REAL_WINDOWS}
    real = [row for rows in unfitted.values() for row in rows] + stays
    own = [row for rows in refitted.values() for row in rows]
    worst_real, worst_own, worst_published = worst(real), worst(own), worst(published)
    within = sum(row.factor <= 1.25 for row in real)
    lines = [
        "### Published with the model",
        "",
        *_table(published),
        "",
        "### Real windows, nothing fitted: the defaults, with only the window's dates changed",
    ]
    for name, rows in unfitted.items():
        lines += ["", f"{name}:", "", *_table(rows)]
    lines += ["", "Stays and requests (default window and stages):", "", *_table(stays)]
    lines += ["", "### The same windows, parameters fitted to these very counts"]
    for name, rows in refitted.items():
        lines += ["", f"{name}; {_changed(settings[name])}:", "", *_table(rows)]
    lines += [
        "",
        "### The worst distances",
        "",
        f"- **Nothing fitted: {worst_real.words}.** {within} of {len(real)} figures are within a factor of 1.25, "
        f"{sum(row.factor <= 2 for row in real)} within 2.",
        f"- Fitted: {worst_own.words}.",
        f"- Published with the model: {worst_published.what}, {100 * (worst_published.factor - 1):.1f} % off.",
    ]
    return "\n".join(lines)


def _table(rows: list[Row]) -> list[str]:
    return ["| Figure | Real | Model | Model / real | Points |", "|---|--:|--:|--:|--:|", *(row.line for row in rows)]


def _changed(settings: DemandSettings) -> str:
    """Name the parameters that differ from the defaults."""
    defaults = DemandSettings()
    names = [name for name in settings.__struct_fields__ if getattr(settings, name) != getattr(defaults, name)]
    return ", ".join(f"`{name}` {getattr(settings, name):.4g}" for name in names) or "the defaults fit best"


def in_document(text: str, block: str) -> str:
    r"""Put the block between the document's two markers. Raises ValueError where they are not there once, in order.

    >>> print(in_document(f"a\n{BEGIN}\nold\n{END}\nb", "new").replace(BEGIN, "<").replace(END, ">"))
    a
    <
    <BLANKLINE>
    new
    <BLANKLINE>
    >
    b
    """
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise ValueError(f"it must have the line {BEGIN} once, and {END} once below it")
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n\n{block}\n\n{END}{rest.split(END)[1]}"


def main() -> int:
    """Print the comparison, and write it into docs/demand.md where it has changed."""
    block = comparison()
    print(block)
    try:
        text = DOCUMENT.read_text(encoding="utf-8")
        new = in_document(text, block)
        if new != text:
            DOCUMENT.write_text(new, encoding="utf-8")
    except (OSError, ValueError) as error:
        print(f"{DOCUMENT} was not written: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""A report's table as a terminal shows it: narrow heads, and where it is still too wide, words give way to figures.

Where that is not enough either, it goes on below, as a table of the columns that are left behind the first one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import fill

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table as RichTable

from reports.tables import Table

LEAST_TEXT = 12
"""Columns of text give way first, down to so many characters."""
RANGE = " to "
"""Where the cells of a column of figures may break: between the two ends of an interval."""


@dataclass(frozen=True)
class TerminalTable:
    """A table for Rich's console: readable at 80 columns, with the accused in bold; nothing of it is cut off."""

    shown: Table

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Give the table, or its parts, for a width."""
        for columns in _parts(self.shown, options.max_width):
            yield _part(self.shown, columns)


def _parts(shown: Table, width: int) -> list[list[int]]:
    """Give the columns of each part: as many as fit, the first one in all of them."""
    first, *others = (_least(shown, number) for number in range(len(shown.heads)))
    parts, used = [[0]], first
    for number, least in enumerate(others, start=1):
        if used + 1 + least > width and len(parts[-1]) > 1:
            parts.append([0])
            used = first
        parts[-1].append(number)
        used += 1 + least
    return parts


def _least(shown: Table, number: int) -> int:
    """Give how narrow a column can be. A figure never breaks: 1,234 in two lines is two figures."""
    if number in shown.text_columns:
        return LEAST_TEXT
    ends = [end for cell in _cells(shown, number) for end in cell.replace(RANGE, RANGE[:-1] + "\n").splitlines()]
    return max(map(len, [*ends, *shown.heads[number].split()]))


def _cells(shown: Table, number: int) -> list[str]:
    return [row.cells[number] for row in shown.rows]


def _part(shown: Table, columns: Sequence[int]) -> RichTable:
    table = RichTable(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for number in columns:
        head, cells = shown.heads[number], _cells(shown, number)
        if number in shown.text_columns:
            table.add_column(head, min_width=LEAST_TEXT, overflow="fold")
            continue
        table.add_column(
            fill(head, max(map(len, [*cells, *head.split()]))),  # no wider than the column needs
            justify="right",
            no_wrap=not any(RANGE in cell for cell in cells),
            min_width=_least(shown, number),
        )
    for row in shown.rows:
        table.add_row(*(row.cells[number] for number in columns), style="bold" if row.mark == "accused" else None)
    return table

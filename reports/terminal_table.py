"""A report's table as a terminal shows it: narrow heads, and where it is still too wide, words give way to figures."""

from textwrap import fill

from rich.table import Table as RichTable

from reports.tables import Table

LEAST_TEXT = 12
"""Columns of text give way first, down to so many characters."""
RANGE = " to "
"""Where the cells of a column of figures may break: between the two ends of an interval."""


def terminal_table(shown: Table) -> RichTable:
    """Give a table for Rich's console: readable at 80 columns, with the accused in bold."""
    table = RichTable(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for number, head in enumerate(shown.heads):
        cells = [row.cells[number] for row in shown.rows]
        if number in shown.text_columns:
            table.add_column(head, min_width=LEAST_TEXT)
            continue
        # A head is no wider than its column needs; a figure never breaks: 1,234 in two lines is two figures.
        width = max(map(len, [*cells, *head.split()]))
        ends = [end for cell in cells for end in cell.replace(RANGE, RANGE[:-1] + "\n").splitlines()]
        table.add_column(
            fill(head, width),
            justify="right",
            no_wrap=not any(RANGE in cell for cell in cells),
            min_width=max(map(len, [*ends, *head.split()])),
        )
    for row in shown.rows:
        table.add_row(*row.cells, style="bold" if row.mark == "accused" else None)
    return table

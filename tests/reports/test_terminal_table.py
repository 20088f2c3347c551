"""Tables of a report at a terminal."""

import io

import pytest
from rich.console import Console

from reports.tables import Row, Table
from reports.terminal_table import TerminalTable

DIAGNOSIS = Table(
    [
        "resource",
        "capacity",
        "service demand",
        "predicted busy",
        "gain",
        "behind the best",
        "over all seeds",
        "enough",
        "demand under load",
    ],
    [
        Row(
            ["SMS gateway lines", "3", "310 ms", "138 %", "24.2 %", "0.0 %", "23.1 % to 25.2 %", "5", "× 1.0"],
            "accused",
        ),
        Row(["locked rows of the filing numbers", "31", "2.1 ms", "8 %", "-0.4 %", "24.6 %", "", "", "× 1.2"]),
        Row(["database connections", "1,024", "14 ms", "98 %", "0.1 %", "24.1 %", "", "", "× 11.2"]),
    ],
    text_columns=frozenset({0}),
)


@pytest.mark.parametrize("width", [80, 120])
def test_a_wide_table_is_readable_at_80_columns(width):
    """No figure is torn or cut, nothing is wider than the terminal, and heads break between words alone."""
    console = Console(record=True, width=width, file=io.StringIO())
    console.print(TerminalTable(DIAGNOSIS))
    text = console.export_text()
    assert max(map(len, text.splitlines())) <= width
    words = set(text.split())
    assert {word for head in DIAGNOSIS.heads for word in head.split()} <= words
    figures = [line for line in text.splitlines() if " ms " in line]
    for line, row in zip(figures, DIAGNOSIS.rows, strict=True):
        assert all(cell in line for cell in row.cells[1:] if " to " not in cell)
    assert {word for row in DIAGNOSIS.rows for cell in row.cells for word in cell.split()} <= words


HISTORY = Table(
    ["run", "held at", *(f"step{n} p95" for n in range(9)), "changed before it"],
    [Row(["a-run-with-a-long-name", "2026-03-01 12:00", *["1,234 ms"] * 9, f"portal.capacities.{'x' * 90} 1 → 2"])],
    text_columns=frozenset({0, 1, 11}),
)


@pytest.mark.parametrize("width", [40, 80, 200])
def test_nothing_is_cut_off(width):
    """What has no room beside stands below, behind the first column again; long words are folded."""
    console = Console(record=True, width=width, file=io.StringIO())
    console.print(TerminalTable(HISTORY))
    text = console.export_text()
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    assert text.count("1,234 ms") == 9
    assert {f"step{n}" for n in range(9)} <= set(text.split())
    assert text.count("x") == 90

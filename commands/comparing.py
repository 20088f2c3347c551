"""Hold runs against each other: two set-ups, or many runs over time."""

from pathlib import Path
from typing import Annotated

import typer

from commands.common import (
    VOID,
    PageLanguage,
    console,
    fail,
    one_line_errors,
)
from reports.compared_page import reasons_to_void, write_comparison_page
from reports.compared_runs import LIMIT, compare_runs
from reports.compared_words import felt_table, headlines, name_of
from reports.run_series import read_history
from reports.run_series_page import headline, runs_table, turn_sentences, write_history_page
from reports.terminal_table import TerminalTable


def compare(
    runs: Annotated[
        list[Path], typer.Argument(metavar="A B [C…]", help="Run folders of the same plan, A the baseline.")
    ],
    limit: Annotated[float, typer.Option(min=0, help="By so many per cent a wait may be longer.")] = 100 * LIMIT,
    out: Annotated[Path | None, typer.Option(help="Folder of comparison.html; default: the last run's.")] = None,
    lang: PageLanguage = "en",
) -> None:
    """Hold runs of the same candidates against each other: what got slower, what faster, and how sure that is."""
    with one_line_errors():
        if len(runs) < 2:
            fail("one run cannot be compared; give two or more: rehearse compare A B")
        with console.status("Comparing …"):
            found = compare_runs(runs, limit / 100)
            page = write_comparison_page(found, out or runs[-1], lang)
    for it in found.comparisons:
        console.print(f"[bold]{name_of(it.other)} against {name_of(found.baseline)}[/bold]", highlight=False)
        console.print(TerminalTable(felt_table(it, name_of(found.baseline), found.limit)))
    for line in headlines(found):
        console.print(line, highlight=False, soft_wrap=True, markup=False)
    for line in reasons_to_void(found):
        console.print(f"void    {line}", highlight=False, soft_wrap=True, markup=False)
    console.print(f"Written: {page}", highlight=False, soft_wrap=True)
    raise typer.Exit(VOID if found.invalid else int(any(it.is_worse for it in found.comparisons)))


def history(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder with run folders.")],
    lang: PageLanguage = "en",
) -> None:
    """List all runs of a folder with their key figures, and say since when these have changed."""
    with one_line_errors(), console.status("Reading the runs …"):
        found = read_history(folder)
        page = write_history_page(found, folder, lang)
    for it in found.series:
        console.print(f"[bold]{it.scenario}[/bold]", highlight=False)
        console.print(TerminalTable(runs_table(it)))
        for line in turn_sentences(it):
            console.print(line, highlight=False, soft_wrap=True, markup=False)
    for line in found.unreadable:
        console.print(f"left out: {line}", highlight=False, soft_wrap=True, markup=False)
    console.print(headline(found), highlight=False, soft_wrap=True)
    console.print(f"Written: {page}", highlight=False, soft_wrap=True)

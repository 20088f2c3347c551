"""The live view of a rehearsal: from what is known of it to what Rich draws, as a pure function.

Portal       09:00:47, speed 1x  second 107, about 0:02:13 left
Candidates   ━━━━━━━━━━━━━━━╺━━━━━━━━━━━   1,234 of 5,678 came, 312 inside
…
"""

from rich.console import Group, RenderableType
from rich.constrain import Constrain
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from scenarios import live_words as words
from scenarios.watched import Event, Waiting, Watched

MOST_COLUMNS = 120
"""Wider, the eye loses the line between a name and its figure."""
RESOURCES = 5
"""Always so many, so that nothing below them moves."""
LABEL = 11
TITLE = 24
FIGURE = 7
BUSY = 18


def live_view(watched: Watched) -> RenderableType:
    """Draw how a rehearsal stands; a stage that says how much is done, or the load; nothing for other stages."""
    if watched.load is not None:
        return Constrain(_load(watched, watched.load), MOST_COLUMNS)
    if watched.done is not None:
        done, total = watched.done
        grid = Table.grid(expand=True, padding=(0, 1, 0, 0))
        grid.add_column(width=max(map(len, words.COUNTED.values())))
        grid.add_column(ratio=1)
        grid.add_column(justify="right")
        grid.add_row(words.COUNTED.get(watched.stage, ""), _bar(done, total), f"{done:,} of {total:,}")
        return Constrain(grid, MOST_COLUMNS)
    return Group()


def _load(watched: Watched, load: Event) -> Table:
    grid = Table.grid(expand=True, padding=(0, 1, 0, 0))
    grid.add_column(style="bold", width=LABEL, no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    grid.add_row("Portal", _line(words.clock(load), words.progress(load)))
    people = f"{load['started']:,} of {load['planned']:,} came, {load['inside']:,} inside"
    grid.add_row("Candidates", _beside(_bar(load["started"], load["planned"]), people))
    grid.add_row("Requests", words.rate(load))
    grid.add_row("Lag", words.lag(load))
    grid.add_row("", Text(words.heights(watched.lags_ms), style="cyan", no_wrap=True))
    grid.add_row("Waiting", _waiting(watched.waiting()[:RESOURCES]))
    faults = [f"{it['words']}, until second {it['until_s']:.0f}" for it in watched.faults.values()]
    grid.add_row("Faults", Text("\n".join(faults), style="yellow") if faults else Text("none under way", style="dim"))
    grid.add_row("Measurement", Text(words.soundness(load)))
    for reason in watched.void:
        grid.add_row(Text("Void so far", style="bold red"), Text(reason, style="bold red"))
    return grid


def _waiting(resources: list[Waiting]) -> Table:
    grid = Table.grid(expand=True, padding=(0, 1, 0, 0))
    grid.add_column(width=TITLE, no_wrap=True, overflow="ellipsis")
    grid.add_column(ratio=1)
    grid.add_column(width=FIGURE, justify="right", no_wrap=True)
    grid.add_column(width=BUSY, justify="right", no_wrap=True, overflow="ellipsis", style="dim")
    most = max((it.waiting for it in resources), default=0.0)
    for it in resources:
        grid.add_row(it.title, _bar(it.waiting, most, "red"), words.queue(it), words.busy(it))
    for _ in range(RESOURCES - len(resources)):
        grid.add_row()
    return grid


def _bar(done: float, total: float, style: str = "green") -> ProgressBar:
    return ProgressBar(max(1.0, total), min(done, total), complete_style=style, finished_style=style)


def _beside(bar: ProgressBar, text: str) -> Table:
    grid = Table.grid(expand=True, padding=(0, 1, 0, 0))
    grid.add_column(ratio=1)
    grid.add_column(justify="right", no_wrap=True)
    grid.add_row(bar, text)
    return grid


def _line(first: str, rest: str) -> Text:
    return Text.assemble((first, "bold"), "   ", rest, no_wrap=True, overflow="ellipsis")

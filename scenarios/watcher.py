"""Shows at a terminal how a rehearsal goes."""

from datetime import timedelta
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn


class Watcher:
    """Shows how a rehearsal goes: a line for each stage, bars for papers and load."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[note]}"),
            TimeRemainingColumn(),
            console=console,
        )
        self._papers: TaskID | None = None
        self._seed: TaskID | None = None
        self._load: TaskID | None = None

    def __enter__(self) -> "Watcher":
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def __call__(self, event: dict[str, Any]) -> None:
        """Show one event of a rehearsal."""
        match event["now"]:
            case "plan":
                self._console.print("Planning who comes when …")
            case "stack":
                self._console.print("Starting the outside services, the database and the portal …")
            case "papers":
                if self._papers is None:
                    self._papers = self._bars.add_task("Making papers", total=event["total"], note="")
                self._bars.update(self._papers, completed=event["done"])
            case "seed":
                if self._seed is None:
                    self._seed = self._bars.add_task("Filling the portal", total=event["total"], note="")
                self._bars.update(self._seed, completed=event["done"])
            case "catching_up":
                self._console.print(f"{event['visits']} visits are under way: they walk up to where they are …")
            case "load":
                self._show_load(event)
            case "interrupted":
                self._console.print("Interrupted: the load ends, and what was measured is kept …")
            case "books":
                self._console.print("Reading the books of portal and gateways …")
            case "stop":
                self._console.print("Stopping the portal …")

    def _show_load(self, event: dict[str, Any]) -> None:
        if self._load is None:
            self._load = self._bars.add_task("Candidates", total=event["planned"], note="")
        note = f"at {event['at_s']:.0f} s, {event['inside']} inside, {event['requests']} requests"
        if event["ceiling_per_s"]:
            left = timedelta(seconds=max(0, round(event["left_s"])))
            note = f"{event['portal_time']:.16}, {event['speed']:.0f}x, {note}, about {left} left"
        self._bars.update(self._load, completed=event["started"], note=note)

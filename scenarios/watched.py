"""What is known of a rehearsal that is under way: its events, folded into what a view shows."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

Event = Mapping[str, Any]
"""One of those that docs/live-view.md lists."""
Judge = Callable[[float | None, Mapping[str, Sequence[float]]], Sequence[str]]
"""Gives why a run would be void as it stands: from the lateness of arrivals (p99 in ms), and from the generator's
health, by columns as in `generator/` of the run folder, with the speed of portal time."""

LAST_SAMPLES = 5
"""Waiting for a resource is shown as the mean of so many seconds: a queue of one moment would make the bars dance."""
LAGS = 60
"""Of how many seconds the lag is shown."""


class Waiting(NamedTuple):
    """A resource of the portal over the last seconds."""

    title: str
    waiting: float
    """Requests that wait for it, on average."""
    in_use: float
    capacity: float


class Watched:
    """The state of a rehearsal as its events tell it."""

    def __init__(self, judge: Judge = lambda *_: ()) -> None:
        self._judge = judge
        self._health: dict[str, list[float]] = {}
        self._titles: Mapping[str, str] = {}
        self._samples: deque[Mapping[str, Mapping[str, float]]] = deque(maxlen=LAST_SAMPLES)
        self.stage = ""
        self.done: tuple[int, int] | None = None
        """How much of a stage is done, of how much."""
        self.load: Event | None = None
        """The last event of the load; None before it."""
        self.lags_ms: deque[float | None] = deque(maxlen=LAGS)
        """The lag at each second."""
        self.faults: dict[int, Event] = {}
        """Faults under way, by number."""
        self.void: tuple[str, ...] = ()
        """Why the run would be void if it ended now."""

    def hear(self, event: Event) -> None:
        """Take one event in."""
        match event["now"]:
            case "portal":
                self._titles = event["resources"]
            case "resources":
                self._samples.append(event["resources"])
            case "fault" if event["failed"] or event["to_s"] is not None:
                self.faults.pop(event["number"], None)
            case "fault":
                self.faults[event["number"]] = event
            case "load":
                self._hear_load(event)
            case "worker_lost":
                pass
            case stage:
                self.stage = stage
                self.done = (event["done"], event["total"]) if "done" in event else None

    def _hear_load(self, event: Event) -> None:
        before, self.load = self.load, event
        if before is None or int(before["at_s"]) != int(event["at_s"]):
            self.lags_ms.append(event["lag_p95_ms"])
        health = event["generator"]
        if health is None or (self._health and self._health["at_s"][-1] == health["at_s"]):
            return
        for column, figure in {**health, "speed": event["speed"]}.items():
            self._health.setdefault(column, []).append(figure)
        self.void = tuple(self._judge(event["late_p99_ms"], self._health))

    def waiting(self) -> list[Waiting]:
        """Give the portal's resources by title; those with most waiting first, then in the portal's order."""
        if not self._samples:
            return []
        found = []
        for name, now in self._samples[-1].items():
            queues = [sample[name].get("queue", 0.0) for sample in self._samples if name in sample]
            mean = sum(queues) / len(queues)
            title = self._titles.get(name, name)
            found.append(Waiting(title, mean, now.get("in_use", 0.0), now.get("capacity", 0.0)))
        return sorted(found, key=lambda it: -it.waiting)

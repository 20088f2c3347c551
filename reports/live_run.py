"""A run while it lasts: what its growing folder says by now. Everything live is made from this.

The load generator is not asked, so being watched costs it nothing; it writes the folder anyway, once a second (in a
run with an adaptive pace every 20 s). Figures of the generator are therefore a second old, or two.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from reports.facts import Load, Portal, Scenario, Window
from reports.generator_checks import clock_steps, generator_cpu, loop_lag, open_files
from reports.growing_table import GrowingTable
from reports.latency import IS_PAGE, OUTCOMES
from reports.live_counts import LATENCY_BOUNDS_S, LATENESS_BOUNDS_S, Histogram
from reports.live_points import Points
from reports.machine import read_generator
from reports.pace import TRUE_SPEED, Pace
from reports.recovery import FILE as FAULTS
from reports.run_folder import PACE
from reports.soundness import lateness
from reports.soundness_check import Check
from reports.timeline import Timeline

GENERATOR = (
    *("worker", "at_s", "cpu_share", "loop_lag_ms", "inside", "rss_bytes"),
    *("open_files", "open_files_limit", "wall_s", "late_counts", "late_sum_s"),
)
REQUESTS = ("step", "outcome", "intended_s", "sent_s", "done_s")
RESOURCES = ("at_s", "resource", "capacity", "in_use", "queue", "wait_s")


class LiveLoad(Load, frozen=True):
    """The load, which may not have begun."""

    resumed_at_s: float = 0.0


class LiveFacts(msgspec.Struct, frozen=True):
    """What `run.json` says while the run lasts."""

    scenario: Scenario
    seed: int
    load: LiveLoad
    portal: Portal = Portal()
    window: Window | None = None
    resource_titles: dict[str, str] = {}


class LiveFault(msgspec.Struct, frozen=True):
    """A fault of the scenario, so far."""

    name: str
    words: str
    from_s: float | None = None
    to_s: float | None = None

    @property
    def under_way(self) -> bool:
        """Whether it has begun and not ended."""
        return self.from_s is not None and self.to_s is None


@dataclass
class LiveResource:
    """How a resource of the portal stood at the last sample."""

    capacity: float
    in_use: float
    queue: float
    waiting: float
    """Requests waiting on average over the last samples, which come some seconds at a time."""


class LiveRun:
    """What is known of a run by now; `look` takes in what is new."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._generator = GrowingTable(folder / "generator", GENERATOR)
        self._requests = GrowingTable(folder / "requests", REQUESTS)
        self._resources = GrowingTable(folder / "resources", RESOURCES)
        self._processes = GrowingTable(folder / "processes", ("process", "cpu_s", "rss_bytes"))
        self._planned: NDArray[np.float64] = np.empty(0)
        self._pace = Pace.steady(1.0, 0.0)
        self._health = pl.DataFrame()
        self._true_lateness = Histogram(LATENESS_BOUNDS_S)
        self._last_wait_s: dict[str, tuple[float, float]] = {}
        self.facts = self._read_facts()
        self.lateness = Histogram(LATENESS_BOUNDS_S)
        self.requests: Counter[tuple[str, str]] = Counter()
        self.intended: defaultdict[str, Histogram] = defaultdict(lambda: Histogram(LATENCY_BOUNDS_S))
        self.service: defaultdict[str, Histogram] = defaultdict(lambda: Histogram(LATENCY_BOUNDS_S))
        self.workers: dict[int, dict[str, Any]] = {}
        """The last sample of each worker of the generator."""
        self.resources: dict[str, LiveResource] = {}
        self.processes: dict[str, tuple[float, float]] = {}
        """CPU seconds and resident bytes of each part of the rehearsal."""
        self.faults: list[LiveFault] = []
        self.checks: list[Check] = []
        """The checks of the measurement that can be made while it lasts."""
        self.points = Points()

    def look(self) -> None:
        """Take in what has come since the last look."""
        if not self.has_begun:
            self.facts = self._read_facts()
            if not self.has_begun:
                return
        samples = list(self._generator.news())
        self._pace = self._read_pace()  # not older than the samples, which it is needed for
        if not len(self._planned):
            self._planned = self._read_planned()
        pages = self._take_requests()
        self._take_resources()
        for part in self._processes.news():
            for process, cpu_s, rss_bytes in part.iter_rows():
                self.processes[process] = (cpu_s, rss_bytes)
        self._take_faults()
        if samples:
            self._take_health(samples)
            self.checks = self._check()
        waiting = {name: it.waiting for name, it in self.resources.items()}
        self.points.add(self.seen_s, self.due, self.started, self.inside, pages, waiting)

    @property
    def has_begun(self) -> bool:
        """Whether the load has begun, or has a time at which it will."""
        return self.facts.load.started_at is not None

    @property
    def now_s(self) -> float:
        """The run second now; 0 before the load begins."""
        began = self.facts.load.started_at
        return max(0.0, time.time() - began.timestamp()) if began else 0.0

    @property
    def seen_s(self) -> float:
        """The run second up to which the generator has been heard of."""
        return max((it["at_s"] for it in self.workers.values()), default=0.0)

    @property
    def planned(self) -> int:
        """Arrivals of the whole load."""
        return len(self._planned)

    @property
    def due(self) -> int:
        """Arrivals that were due by the time of the generator's last sample."""
        return int(np.searchsorted(self._planned, self._pace.since_start_s(self.seen_s), side="right"))

    @property
    def started(self) -> int:
        """Arrivals that have started by the generator's last sample."""
        return int(self.lateness.counts.sum())

    @property
    def inside(self) -> int:
        """Candidates inside at the generator's last sample."""
        return int(sum(it["inside"] for it in self.workers.values()))

    @property
    def portal_time(self) -> datetime:
        """What the portal's clock shows."""
        return self.facts.load.portal_time_at_start + timedelta(seconds=self._pace.since_start_s(self.now_s))

    @property
    def speed(self) -> float:
        """Portal seconds a second now."""
        return self._speed_at(self.now_s)

    def title(self, resource: str) -> str:
        """Give the words for a resource."""
        return self.facts.resource_titles.get(resource, resource)

    def _read_facts(self) -> LiveFacts:
        return msgspec.json.decode((self.folder / "run.json").read_bytes(), type=LiveFacts)

    def _read_planned(self) -> NDArray[np.float64]:
        """Give when arrivals are planned, in portal seconds since the load began; none that was under way by then."""
        load, window = self.facts.load, self.facts.window
        arrivals = pl.read_parquet(self.folder / "arrivals.parquet")
        if window and "planned_s" in arrivals.columns:
            start_s = (load.portal_time_at_start - window.opening).total_seconds()
            planned_s = arrivals["planned_s"].to_numpy() - start_s
        else:
            planned_s = arrivals["due_s"].to_numpy() * load.speed
        return np.sort(planned_s[planned_s >= self._pace.since_start_s(load.resumed_at_s)])

    def _read_pace(self) -> Pace:
        path, load = self.folder / "pace.parquet", self.facts.load
        if not path.exists():
            return Pace.steady(load.speed, load.planned_length_s)
        pieces = pl.read_parquet(path).select(pl.col(c).cast(t) for c, t in PACE.items())
        return Pace.of_table(pieces, load.planned_length_s)

    def _take_requests(self) -> pl.DataFrame:
        """Count the requests that are new; give the latencies of those that candidates want something of."""
        pages = []
        for part in self._requests.news():
            for step, outcome, count in part.group_by("step", "outcome").len().iter_rows():
                if (step, outcome) not in self.requests:  # a counter that begins at its first increase shows none
                    self.requests.update({(step, other): 0 for other in OUTCOMES})
                self.requests[step, outcome] += count
            done_s = pl.col("done_s")
            rows = part.select(
                "step", "outcome", intended_s=done_s - pl.col("intended_s"), service_s=done_s - pl.col("sent_s")
            )
            for (step,), of_step in rows.group_by("step"):
                self.intended[str(step)].add(of_step["intended_s"])
                self.service[str(step)].add(of_step["service_s"])
            pages.append(rows.filter(IS_PAGE))
        return pl.concat(pages) if pages else pl.DataFrame()

    def _take_resources(self) -> None:
        for part in self._resources.news():
            last = part.sort("at_s").group_by("resource", maintain_order=True).last()
            for at_s, name, capacity, in_use, queue, wait_s in last.select(RESOURCES).iter_rows():
                before_s, waited_s = self._last_wait_s.get(name, (at_s, wait_s))
                # A counter that has fallen is that of a portal that was started again.
                waiting = max(0.0, wait_s - waited_s) / (at_s - before_s) if at_s > before_s else 0.0
                self._last_wait_s[name] = (at_s, wait_s)
                self.resources[name] = LiveResource(capacity, in_use, queue, waiting)

    def _take_faults(self) -> None:
        path = self.folder / FAULTS
        if path.exists():
            self.faults = msgspec.json.decode(path.read_bytes(), type=list[LiveFault])

    def _take_health(self, samples: Sequence[pl.DataFrame]) -> None:
        """Take in the generator's own samples; lateness is judged where the portal's clock ran true."""
        rows = pl.concat(samples).filter(pl.col("at_s") > self.facts.load.resumed_at_s).sort("at_s")
        for row in rows.iter_rows(named=True):
            before = self.workers.get(row["worker"], {"late_counts": 0, "late_sum_s": 0.0})
            row["late_counts"] = np.array(row["late_counts"], dtype=np.int64)
            self.lateness.counts += row["late_counts"] - before["late_counts"]
            self.lateness.sum += row["late_sum_s"] - before["late_sum_s"]
            if self._speed_at(row["at_s"]) == TRUE_SPEED:
                self._true_lateness.counts += row["late_counts"] - before["late_counts"]
            self.workers[row["worker"]] = row
        self._health = pl.concat([self._health, rows.drop("late_counts")], how="diagonal")

    def _speed_at(self, at_s: float) -> float:
        piece = int(np.searchsorted(self._pace.from_s, at_s, side="right")) - 1
        return self._pace.speed[max(0, piece)]

    def _check(self) -> list[Check]:
        load, pace = self.facts.load, self._pace
        timeline = Timeline(self.seen_s, load.portal_time_at_start, None if pace.is_true else pace)
        rows = self._health.sort("worker", "at_s")
        late_p99_s = self._true_lateness.quantile(0.99)
        return [
            lateness(None if late_p99_s is None else late_p99_s * 1000),
            generator_cpu(read_generator(rows.lazy(), timeline).workers),
            loop_lag(pace.truly(rows.lazy(), "at_s").collect()),
            open_files(rows),
            clock_steps(rows),
        ]

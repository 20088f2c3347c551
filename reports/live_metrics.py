"""The metrics of a run while it lasts, for Prometheus: what there is, and how it is read from the run."""

from collections.abc import Callable, Iterator, Mapping
from threading import Lock
from typing import Any, Literal, NamedTuple

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from reports.live_counts import Histogram
from reports.live_run import LiveRun

Labels = tuple[str, ...]
STANDINGS = {"pass": 0.0, "warn": 1.0, "void": 2.0}
MS = 0.001


class Metric(NamedTuple):
    """A metric: its name without the endings that its kind gives it, and its values by those of its labels."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    labels: Labels
    help: str
    values: Callable[[LiveRun], Mapping[Any, float] | Mapping[Any, Histogram]]

    @property
    def sample(self) -> str:
        """The name to ask Prometheus for."""
        return {"counter": f"{self.name}_total", "gauge": self.name, "histogram": f"{self.name}_bucket"}[self.kind]


def _one(value: Callable[[LiveRun], float]) -> Callable[[LiveRun], dict[Labels, float]]:
    return lambda run: {(): value(run)}


def _by_worker(column: str, factor: float = 1.0) -> Callable[[LiveRun], dict[Labels, float]]:
    return lambda run: {(str(worker),): it[column] * factor for worker, it in run.workers.items()}


def _by_process(place: int) -> Callable[[LiveRun], dict[Labels, float]]:
    return lambda run: {(process,): it[place] for process, it in run.processes.items()}


def _faults(run: LiveRun) -> dict[Labels, float]:
    found: dict[Labels, float] = {}
    for fault in run.faults:
        found[fault.name,] = found.get((fault.name,), 0.0) + fault.under_way
    return found


def _info(run: LiveRun) -> dict[Labels, float]:
    facts = run.facts
    return {(facts.scenario.name, facts.portal.profile, str(facts.seed)): 1.0}


METRICS = (
    Metric(
        "rehearse_run_info", "gauge", ("scenario", "profile", "seed"), "Always 1; its labels say what is run", _info
    ),
    Metric("rehearse_run_seconds", "gauge", (), "Run seconds: 0 until the load begins", _one(lambda run: run.now_s)),
    Metric(
        "rehearse_run_planned_seconds",
        "gauge",
        (),
        "How long the load is to last at most",
        _one(lambda run: run.facts.load.planned_length_s),
    ),
    Metric(
        "rehearse_portal_time_seconds",
        "gauge",
        (),
        "What the portal's clock shows, as Unix time",
        _one(lambda run: run.portal_time.timestamp()),
    ),
    Metric("rehearse_portal_speed", "gauge", (), "Portal seconds a second", _one(lambda run: run.speed)),
    Metric("rehearse_plan_arrivals", "gauge", (), "Arrivals of the whole load", _one(lambda run: run.planned)),
    Metric("rehearse_arrivals_due", "counter", (), "Planned arrivals that were due by now", _one(lambda run: run.due)),
    Metric(
        "rehearse_arrivals_started", "counter", (), "Planned arrivals that have started", _one(lambda run: run.started)
    ),
    Metric(
        "rehearse_arrival_lateness_seconds",
        "histogram",
        (),
        "How late planned arrivals started",
        lambda run: {(): run.lateness},
    ),
    Metric("rehearse_candidates_inside", "gauge", (), "Candidates in the middle of a visit", _one(lambda r: r.inside)),
    Metric(
        "rehearse_requests",
        "counter",
        ("step", "outcome"),
        "Requests that are over: ok, refused, failed, abandoned or cut_off",
        lambda run: dict(run.requests),
    ),
    Metric(
        "rehearse_intended_latency_seconds",
        "histogram",
        ("step",),
        "From when the answer was first wanted to the end of the request",
        lambda run: {(step,): it for step, it in run.intended.items()},
    ),
    Metric(
        "rehearse_service_latency_seconds",
        "histogram",
        ("step",),
        "From the sending of the request to its end",
        lambda run: {(step,): it for step, it in run.service.items()},
    ),
    Metric(
        "rehearse_generator_cpu_share",
        "gauge",
        ("worker",),
        "Share of a core that the load generator used in the last second",
        _by_worker("cpu_share"),
    ),
    Metric(
        "rehearse_generator_loop_lag_seconds",
        "gauge",
        ("worker",),
        "How late its event loop ran a timer, the worst in the last second",
        _by_worker("loop_lag_ms", MS),
    ),
    Metric(
        "rehearse_generator_open_files",
        "gauge",
        ("worker",),
        "Files and sockets that the load generator has open",
        _by_worker("open_files"),
    ),
    Metric(
        "rehearse_generator_open_files_limit",
        "gauge",
        ("worker",),
        "How many it may have open",
        _by_worker("open_files_limit"),
    ),
    Metric(
        "rehearse_process_cpu_seconds",
        "counter",
        ("process",),
        "CPU used by each part of the rehearsal, with its children",
        _by_process(0),
    ),
    Metric(
        "rehearse_process_resident_bytes",
        "gauge",
        ("process",),
        "Memory of each part of the rehearsal, with its children",
        _by_process(1),
    ),
    Metric("rehearse_faults_under_way", "gauge", ("fault",), "Faults that have begun and not ended", _faults),
    Metric(
        "rehearse_check_standing",
        "gauge",
        ("check",),
        "Checks of the measurement: 0 passes, 1 warns, 2 makes the run void",
        lambda run: {(it.name,): STANDINGS[it.standing] for it in run.checks if it.standing in STANDINGS},
    ),
)


class RunCollector(Collector):
    """Gives the metrics of a run, whenever somebody asks."""

    def __init__(self, run: LiveRun, lock: Lock) -> None:
        self._run = run
        self._lock = lock
        """Held while the run looks, and while it is read."""

    def collect(self) -> Iterator[Family]:
        """Give every metric with what is known by now."""
        with self._lock:
            families = [_family(metric, self._run) for metric in METRICS]
        yield from families


def _family(metric: Metric, run: LiveRun) -> Family:
    if metric.kind == "histogram":
        histogram = HistogramMetricFamily(metric.name, metric.help, labels=metric.labels)
        for labels, it in metric.values(run).items():
            assert isinstance(it, Histogram)
            histogram.add_metric(labels, it.buckets(), it.sum)
        return histogram
    kind = CounterMetricFamily if metric.kind == "counter" else GaugeMetricFamily
    family = kind(metric.name, metric.help, labels=metric.labels)
    for labels, value in metric.values(run).items():
        assert not isinstance(value, Histogram)
        family.add_metric(labels, value)
    return family


def table() -> str:
    """Give the metrics as a table for docs/live-metrics.md."""
    rows = ["| ask for | kind | labels | meaning |", "|---|---|---|---|"]
    for it in METRICS:
        labels = ", ".join(f"`{label}`" for label in it.labels)
        rows.append(f"| `{it.sample}` | {it.kind} | {labels} | {it.help} |")
    return "\n".join(rows)

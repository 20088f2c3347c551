"""What the server tells Prometheus, summed over all its processes.

prometheus_client's multi-process mode keeps every process's values in files of one folder, which must be named in
PROMETHEUS_MULTIPROC_DIR before this module is imported; `mock_server/__main__.py` does so.
"""

import os
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path

import prometheus_client.mmap_dict
import psutil
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from mock_server.resources import Resource, Totals

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

# Room for all series from the beginning (64 KiB is the library's): on a full disk the file could not grow.
prometheus_client.mmap_dict._INITIAL_MMAP_SIZE = 4 * 1024 * 1024  # sparse: what is not used takes no room

_COMPLETIONS = Counter("resource_completions", "Uses of a resource that are over", ["resource"])
_WAITED_S = Counter("resource_wait_seconds", "Time spent waiting for a resource", ["resource"])
_HELD_S = Counter("resource_held_seconds", "Time for which a resource was held", ["resource"])
_CAPACITY = Gauge("resource_capacity", "Units of a resource", ["resource"], multiprocess_mode="livesum")
_IN_USE = Gauge("resource_in_use", "Units of a resource in use", ["resource"], multiprocess_mode="livesum")
_QUEUE = Gauge("resource_queue_length", "Requests that wait for a resource", ["resource"], multiprocess_mode="livesum")
_LOOP_LAG_S = Gauge(
    "event_loop_lag_seconds",
    "How late the event loop ran a timer, the worst process",
    multiprocess_mode="livemax",
)
REQUESTS = Histogram(
    "http_request_duration_seconds",
    "Stay of requests in the server",
    ["route", "status"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)


@cache
def request_histogram(route: str, status: int) -> Histogram:
    """Give the histogram of the requests to one route that got one status."""
    return REQUESTS.labels(route, str(status))


class ResourceMetrics:
    """Enters what one process's resource has done, and how it stands, into the metrics of all processes.

    A resource counts in plain numbers, which cost a request nothing; `sample` takes them over from time to time.
    """

    def __init__(self, resource: Resource) -> None:
        self._resource = resource
        self._seen = Totals()
        self._state: tuple[int, int, int] | None = None
        name = resource.name
        self._completions, self._waited_s = _COMPLETIONS.labels(name), _WAITED_S.labels(name)
        self._held_s, self._queue = _HELD_S.labels(name), _QUEUE.labels(name)
        self._capacity, self._in_use = _CAPACITY.labels(name), _IN_USE.labels(name)

    def sample(self) -> None:
        """Take over what has changed since the last sample."""
        resource, seen = self._resource, self._seen
        if resource.totals != seen:
            now = self._seen = replace(resource.totals)
            self._completions.inc(now.completions - seen.completions)
            self._waited_s.inc(now.waited_s - seen.waited_s)
            self._held_s.inc(now.held_s - seen.held_s)
        state = (resource.capacity, resource.in_use, resource.queue_length)
        if state != self._state:
            self._state = state
            for gauge, value in zip((self._capacity, self._in_use, self._queue), state, strict=True):
                gauge.set(value)


def set_loop_lag(seconds: float) -> None:
    """Enter a sample of the event loop's lag."""
    _LOOP_LAG_S.set(seconds)


def _folder() -> Path:
    return Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])


def exposition() -> bytes:
    """Give the metrics of all processes in Prometheus' text format; gauges of those that have died count no more."""
    for process_id in {file.stem.rpartition("_")[2] for file in _folder().glob("gauge_live*.db")}:
        if not psutil.pid_exists(int(process_id)):
            with suppress(FileNotFoundError):  # another process has seen it too
                mark_process_dead(int(process_id))  # type: ignore[no-untyped-call]
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)

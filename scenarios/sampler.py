"""Samples the portal's metrics and the processes of a run once a second: `python -m scenarios.sampler RUN …`.

A process of its own, so that reading metrics never delays an arrival. It begins when the load begins (`run.json` says
when) and ends when it is told to.
"""

import argparse
import os
import re
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from ssl import SSLContext
from typing import NoReturn

import httpx
import msgspec
import psutil

from scenarios import run_folder
from scenarios.loopback_client import loopback_client
from scenarios.pids import noted_pids
from scenarios.processes import descendants
from scenarios.run_clock import RunClock, clock_of_load
from scenarios.run_folder import table_in
from scenarios.target import Target, load_target
from scenarios.target_metrics import FIGURES, Gathering
from scenarios.target_tls import tls_context
from scenarios.window import CHINA

PERIOD_S = 1.0
GAUGES_AND_COUNTERS = {
    "resource_capacity": "capacity",
    "resource_in_use": "in_use",
    "resource_queue_length": "queue",
    "resource_completions_total": "completions",
    "resource_wait_seconds_total": "wait_s",
    "resource_held_seconds_total": "held_s",
}

_SAMPLE = re.compile(r'^(resource_\w+){resource="([^"]*)"} (\S+)$', re.MULTILINE)


def read_resources(exposition: str) -> dict[str, dict[str, float]]:
    """Give the figures of every resource from metrics in Prometheus' text format.

    >>> read_resources('resource_in_use{resource="sms"} 4.0')
    {'sms': {'in_use': 4.0}}
    """
    resources: dict[str, dict[str, float]] = {}
    for name, resource, value in _SAMPLE.findall(exposition):  # other metrics are many more
        if name in GAUGES_AND_COUNTERS:
            resources.setdefault(resource, {})[GAUGES_AND_COUNTERS[name]] = float(value)
    return resources


class Part:
    """A part of the rehearsal, such as the portal: a process with its descendants, and whoever takes its place.

    What processes that have ended used stays counted, so that CPU seconds only ever grow.
    """

    def __init__(self) -> None:
        self._cpu_s: dict[psutil.Process, float] = {}

    def sample(self, pid: int, others: frozenset[int] = frozenset()) -> tuple[float, int, int]:
        """Give CPU seconds and resident bytes of the part, and niceness of the process.

        `others` are sampled by themselves and, with their descendants, left out. Raises psutil.NoSuchProcess.
        """
        niceness = _process(pid).nice()
        rss_bytes = 0
        for each in (pid, *descendants(pid, others)):
            with suppress(psutil.NoSuchProcess):
                process = _process(each)
                with process.oneshot():
                    times = process.cpu_times()
                    self._cpu_s[process] = times.user + times.system
                    rss_bytes += process.memory_info().rss
        return sum(self._cpu_s.values()), rss_bytes, niceness


def cores_busy_s() -> tuple[float, float]:
    """Give the CPU seconds that programs have had of all cores, and those that a hypervisor gave to other machines."""
    times = psutil.cpu_times()
    return times.user + times.system + getattr(times, "nice", 0.0), getattr(times, "steal", 0.0)


@lru_cache(maxsize=1024)
def _process(pid: int) -> psutil.Process:
    return psutil.Process(pid)  # looks its process up, so it is kept


def wait_for_load(run: Path) -> RunClock:
    """Wait until `run.json` says when the load begins; give its clock."""
    while (clock := clock_of_load(run)) is None:
        time.sleep(0.1)
    return clock


def _tell(at_s: float, sampled: dict[str, dict[str, float]]) -> None:
    event = {"now": "resources", "at_s": round(at_s, 1), "resources": sampled}
    with suppress(OSError):  # nobody listens
        os.write(sys.stdout.fileno(), msgspec.json.encode(event) + b"\n")


Read = Callable[[float, str], dict[str, dict[str, float]]]
"""Gives the figures of each resource, from a run second and the metrics in Prometheus' text format."""


def _sources(metrics: str | None, target: Target | None) -> list[tuple[str, Read]]:
    """Give where metrics are, each with what reads them."""
    if target is not None:
        return [(it.url, Gathering(it).resources) for it in target.metrics]
    return [(metrics, lambda _, exposition: read_resources(exposition))] if metrics is not None else []


def main() -> NoReturn:
    """Sample until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m scenarios.sampler")
    parser.add_argument("run", type=Path, help="run folder")
    parser.add_argument("--metrics", help="URL of the portal's metrics")
    parser.add_argument("--target", type=Path, help="target file that names exporters")
    parser.add_argument("--tell", action="store_true", help="say each sample of them on standard output too, as JSON")
    options = parser.parse_args()
    parts: defaultdict[str, Part] = defaultdict(Part)
    harness, harness_pid = Part(), os.getppid()  # whoever started this process: the command, or Locust
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if options.tell:
        os.set_blocking(sys.stdout.fileno(), False)  # whoever does not listen must not stop the samples
    target = load_target(options.target) if options.target else None
    if target is not None:
        target.check_permission(datetime.now(CHINA))  # exporters are hosts of somebody, too
    sources = _sources(options.metrics, target)
    tls = target is not None and tls_context(target.tls, SSLContext)
    clock = wait_for_load(options.run)
    resources = table_in(options.run, "resources", run_folder.RESOURCES)
    cpu = table_in(options.run, "processes", run_folder.PROCESSES)
    machine = table_in(options.run, "machine", run_folder.MACHINE)
    tables = (resources, cpu, machine)
    try:
        with loopback_client(timeout=PERIOD_S, verify=tls) as client:
            while True:
                processes = noted_pids(options.run)  # each second: a fault may have started one again
                others = frozenset([os.getpid(), *processes.values()])
                for name, pid in processes.items():
                    with suppress(psutil.NoSuchProcess):
                        cpu.add((clock.now_s(), name, *parts[name].sample(pid, others)))
                with suppress(psutil.NoSuchProcess):
                    noted = frozenset(processes.values())
                    harness_s = harness.sample(os.getpid() if harness_pid in noted else harness_pid, noted)[0]
                    machine.add((clock.now_s(), psutil.cpu_count(), *cores_busy_s(), harness_s))
                sampled: dict[str, dict[str, float]] = {}
                for url, read in sources:
                    # A portal that does not answer within the second leaves a gap; the report says so.
                    with suppress(httpx.HTTPError, ValueError):
                        answer = client.get(url).raise_for_status()
                        at_s = clock.now_s()
                        found = read(at_s, answer.text)
                        sampled |= found
                        for name, figures in found.items():
                            resources.add((at_s, name, *(figures.get(figure, 0.0) for figure in FIGURES)))
                if sampled and options.tell:
                    _tell(clock.now_s(), sampled)
                if int(clock.now_s()) % 5 == 0:
                    for table in tables:
                        table.flush()
                time.sleep(max(0.0, PERIOD_S - clock.now_s() % PERIOD_S))
    finally:
        for table in tables:
            table.flush()


if __name__ == "__main__":
    main()

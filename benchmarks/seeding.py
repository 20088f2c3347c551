"""How long it takes to fill the portal's books to a moment of the window: by phase, with CPU time and memory.

Run it with `python benchmarks/seeding.py [POPULATION …]`; each fills a portal of its own to 15 minutes before the
close. CPU seconds count where wall seconds depend on who else works on the machine.
"""

import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from scenarios.scenario import load_scenario, with_overrides  # noqa: E402
from scenarios.seeding import audit_portal, seed_portal  # noqa: E402
from scenarios.stack import Stack  # noqa: E402
from scenarios.stack_start import running_stack  # noqa: E402

POPULATIONS = (20_000, 450_000)
BEFORE_CLOSE_S = 900.0
SAMPLE_S = 0.25


class Peaks(threading.Thread):
    """Samples the memory of harness, server and database until `stop`; all with their children."""

    def __init__(self, stack: Stack) -> None:
        super().__init__(daemon=True)
        database = stack.processes["database"]
        server = psutil.Process(stack.processes["server"])
        self._roots = {"harness": psutil.Process(), "server": server, "database": psutil.Process(database)}
        self._stopped = threading.Event()
        self.peak_bytes = dict.fromkeys(self._roots, 0)

    def run(self) -> None:
        """Sample; of the database, whose processes share memory, the largest alone."""
        while not self._stopped.wait(SAMPLE_S):
            for name, root in self._roots.items():
                its = [root, *root.children()] if name == "database" else [root]
                self.peak_bytes[name] = max(self.peak_bytes[name], *map(_rss_bytes, its))

    def stop(self) -> dict[str, int]:
        """Give the peaks."""
        self._stopped.set()
        self.join()
        return self.peak_bytes

    def cpu_s(self) -> dict[str, float]:
        """Give the CPU time so far; the database counts its connections that have ended too."""
        spent = {}
        for name, root in self._roots.items():
            times = root.cpu_times()
            spent[name] = times.user + times.system
            if name == "database":
                spent[name] += times.children_user + times.children_system + sum(map(_cpu_s, root.children()))
        return spent


def _rss_bytes(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def _cpu_s(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
        return float(times.user + times.system)
    except psutil.NoSuchProcess:
        return 0.0


def measure(population: int) -> dict[str, str]:
    """Fill a portal; give the figures of the table, by name."""
    scenario = with_overrides(load_scenario("opening-day"), population=population)
    with tempfile.TemporaryDirectory() as logs, running_stack(scenario, Path(logs)) as stack:
        control = stack.control()
        peaks = Peaks(stack)
        before_s, began_s = peaks.cpu_s(), time.perf_counter()
        peaks.start()
        counts = seed_portal(control, scenario, scenario.window.length_s - BEFORE_CLOSE_S, lambda _: None)
        whole_s = time.perf_counter() - began_s
        cpu_s = {name: spent - before_s[name] for name, spent in peaks.cpu_s().items()}
        peak_bytes = peaks.stop()
        began_s = time.perf_counter()
        findings = audit_portal(control)
        audit_s = time.perf_counter() - began_s
        control.close()
    rows = sum(counts.rows.values())
    violated = [f"{it.name}: {it.violations}" for it in findings if it.violations]
    return {
        "seconds": f"{whole_s:.1f}",
        **{f"  {phase}": f"{seconds:.1f}" for phase, seconds in counts.seconds.items()},
        "rows": f"{rows:,}",
        "rows/s": f"{rows / whole_s:,.0f}",
        **{f"CPU seconds of {name}": f"{spent:.1f}" for name, spent in cpu_s.items()},
        **{f"peak memory of {name}": f"{size / 2**20:,.0f} MiB" for name, size in peak_bytes.items()},
        "audit: seconds": f"{audit_s:.1f}",
        "audit: rules violated": ", ".join(violated) or f"none of {len(findings)}",
    }


def main() -> None:
    """Run the benchmark and print its table."""
    populations = [int(word) for word in sys.argv[1:]] or POPULATIONS
    figures = {f"{population:,} candidates": measure(population) for population in populations}
    table = Table("", *figures)
    for name in next(iter(figures.values())):
        table.add_row(name, *(column[name] for column in figures.values()))
    Console().print(table)


if __name__ == "__main__":
    main()

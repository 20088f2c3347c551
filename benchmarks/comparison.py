"""Whether `rehearse compare` says "no difference" of the same portal, and finds one that is 10 % slower.

    .venv/bin/python -m benchmarks.comparison [REPETITIONS]

Each repetition draws one plan and plays it three times at a simulated portal: twice as it is, and once with all work
10 % longer. Service times, stalls and the speed of the machine are drawn anew for each run; who comes when is the same.
"""

import heapq
import sys
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from reports.compared_runs import Compared, compare_figures
from reports.effects import BLOCKS
from reports.paired_figures import RunFigures, felt
from reports.sensitivity import Growth, wait_growth

Floats = NDArray[np.float64]

STEPS = {"home": 0.02, "sms_code": 0.04, "account": 0.12, "log_in": 0.09, "scan_front": 0.15, "application": 0.05,
         "submission": 0.08, "payment": 0.06}  # fmt: skip
"""Steps of a visit, and the seconds of service that each takes on average."""
NAMES = np.array([*STEPS])
LENGTH_S = 240.0
SLOTS = 4
THINK_S = 5.0
SLOWER = 1.1
MACHINE = 0.01
"""All work of a run takes longer or shorter by this, as standard deviation of the logarithm."""
STALL_EVERY_S, STALL_S = 30.0, 0.2
"""Now and then the machine stands still, as a disk or a checkpoint makes it."""
LOADS = ((0.4, False), (0.6, False), (0.8, False), (0.9, False), (0.7, True))
"""Share of the time in which the slots are in use, and whether the window opens after a minute."""


@dataclass(frozen=True)
class Plan:
    """Who comes when, and how long each thinks before each step: the same in all runs."""

    due_s: Floats
    think_s: Floats


def draw_plan(rng: np.random.Generator, use: float, *, opening: bool) -> Plan:
    """Draw a plan; with an opening hardly anybody comes in the first minute, and twice as many as later soon after."""
    rate = use * SLOTS / sum(STEPS.values())
    at_s = np.cumsum(rng.exponential(0.5 / rate, int(3 * rate * LENGTH_S) + 100))
    at_s = at_s[at_s < LENGTH_S]
    share = np.where(at_s < 60, 0.05, np.where(at_s < 80, 1.0, 0.5)) if opening else 0.5
    due_s = at_s[rng.random(len(at_s)) < share]
    return Plan(due_s, rng.exponential(THINK_S, (len(due_s), len(STEPS))))


def play(plan: Plan, rng: np.random.Generator, slower: float = 1.0) -> pl.DataFrame:
    """Play a plan once, all waiting in one line for SLOTS slots; gives requests as `felt` wants them."""
    means = np.array([*STEPS.values()]) * slower * np.exp(rng.normal(0, MACHINE))
    service_s = means * rng.gamma(4.0, 0.25, plan.think_s.shape)
    stalls_s = np.cumsum(rng.exponential(STALL_EVERY_S, 60))
    goes_on_s = stalls_s + rng.exponential(STALL_S, 60)
    free_s = [0.0] * SLOTS
    line = [(at_s, number, 0) for number, at_s in enumerate(plan.due_s)]
    heapq.heapify(line)
    rows = []
    while line and line[0][0] < LENGTH_S:
        at_s, number, step = heapq.heappop(line)
        start_s = max(at_s, free_s[0])
        if (stall := int(np.searchsorted(stalls_s, start_s)) - 1) >= 0:
            start_s = max(start_s, goes_on_s[stall])
        done_s = start_s + service_s[number, step]
        heapq.heapreplace(free_s, done_s)
        rows.append((at_s, step, done_s - at_s, service_s[number, step]))
        if step + 1 < len(STEPS):
            heapq.heappush(line, (done_s + plan.think_s[number, step], number, step + 1))
    at, step_of, took_s, held_s = (np.array(column) for column in zip(*rows, strict=True))
    return pl.DataFrame(
        {
            "step": NAMES[step_of.astype(int)],
            "intended_s": at,
            "page": True,
            "intended_ms": 1000 * took_s,
            "service_ms": 1000 * took_s,
            "unwell": False,
            "waited_ms": 1000 * (took_s - held_s),
            "outside_ms": 0.0,
            "waited_outside_ms": 0.0,
        }
    )


def figures(tables: list[pl.DataFrame]) -> list[RunFigures]:
    """Cut runs into blocks, as the reader of run folders does."""
    wanted_s = np.concatenate([table["intended_s"].to_numpy() for table in tables])
    edges = np.quantile(wanted_s, np.linspace(0, 1, BLOCKS + 1)[1:-1])
    made = []
    for table in tables:
        held_s = float((table["intended_ms"] - table["waited_ms"]).sum()) / 1000
        growth = wait_growth(held_s / SLOTS / LENGTH_S, SLOTS)
        made.append(RunFigures(*felt(table, edges, list(STEPS), (), Growth(growth, growth)), {}))
    return made


def told(a: pl.DataFrame, b: pl.DataFrame) -> list[Compared]:
    """Compare two runs; give all figures that are judged."""
    one, other = figures([a, b])
    found = compare_figures([one], [other])
    return [*found["whole"], *found["steps"]]


def differs(found: list[Compared], *ways: str) -> bool:
    """Say whether any figure went one of these ways."""
    return any(it.effect.standing in ways for it in found)


def main(repetitions: int) -> None:
    """Simulate, and print a table."""
    heads = ("use", "arrivals", "requests", "same: no difference", "10 % slower: found", "all pages p50, interval ±")
    table = Table(*heads)
    for use, opening in LOADS:
        quiet = found = requests = 0
        widths = []
        for seed in range(repetitions):
            rng = np.random.default_rng([seed, round(100 * use), opening])
            plan = draw_plan(rng, use, opening=opening)
            a, same, slower = play(plan, rng), play(plan, rng), play(plan, rng, SLOWER)
            again = told(a, same)
            quiet += not differs(again, "worse", "better")
            found += differs(told(a, slower), "worse")
            widths.append((again[0].effect.high / again[0].effect.low) ** 0.5 - 1)
            requests += a.height
        share = [f"{100 * number / repetitions:.1f} %" for number in (quiet, found)]
        kind = "an opening" if opening else "steady"
        width = f"{100 * np.median(widths):.0f} %"
        table.add_row(f"{100 * use:.0f} %", kind, f"{requests / repetitions:,.0f}", *share, width)
        Console(stderr=True).print(use, opening, *share, width)
    Console().print(table)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)

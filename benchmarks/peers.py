"""rehearse beside other load generators: what a request costs each of them, and how exactly arrivals come.

    python benchmarks/peers.py journey      the whole journey on the mock portal, against bare FastHttpUser
    python benchmarks/peers.py steps        eight steps on a server that answers at once, against all that are installed
    python benchmarks/peers.py arrivals     arrivals at 100, 300 and 600 a second, as that server sees them

docs/performance.md says how the others are installed, and what the figures mean. Nothing else should run meanwhile.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.arrival_accuracy import Floats, dispersion, late_of_grid_ms, late_of_plan_ms, rate_per_s  # noqa: E402
from benchmarks.contenders import Contender, ContenderError, Work  # noqa: E402
from benchmarks.contenders.artillery import ARTILLERY  # noqa: E402
from benchmarks.contenders.bare_locust import FAST_HTTP_USER, HTTP_USER  # noqa: E402
from benchmarks.contenders.k6 import K6  # noqa: E402
from benchmarks.contenders.ours import OURS, OURS_BY_CHANCE, late_ms  # noqa: E402
from benchmarks.contenders.tsung import TSUNG  # noqa: E402
from benchmarks.eight_steps import HOME, STEPS  # noqa: E402
from benchmarks.fixed_server import FixedServer, fixed_server  # noqa: E402
from benchmarks.full_journey import VISITS_PER_S, journeys  # noqa: E402
from benchmarks.generator_cost import Cost, Spent, children_cpu_s, cost  # noqa: E402

JOURNEYS_PER_S = 20
RATES_PER_S = (100, 300, 600)
ACCURACY = ("asked", "came", "var/mean", "grid p50", "p99", "most", "plan p99", "books p99")
WIDTH = 110
NOT_HERE = "not installed"
COSTS = ("CPU ms a request", "of FastHttpUser", "start included", "start, s", "requests")


def cost_rows(table: Table, costs: dict[str, list[Cost]], beside: str) -> None:
    """Add a row for each contender: medians of its rounds with least and most, ratios to `beside` in the same round."""
    for name, its in costs.items():
        ratios = [one.marginal_s / other.marginal_s for one, other in zip(its, costs[beside], strict=True)]
        table.add_row(
            name,
            spread([it.marginal_s for it in its]),
            spread(ratios),
            f"{np.median([it.whole_s for it in its]):.2f}",
            f"{np.median([it.start_s for it in its]):.1f}",
            f"{np.median([it.requests for it in its]):,.0f}",
        )


def spread(values: Sequence[float]) -> str:
    """Give median, least and most.

    >>> spread([0.3, 0.1, 0.2])
    '0.20 (0.10-0.30)'
    """
    return f"{np.median(values):.2f} ({min(values):.2f}-{max(values):.2f})"


def journey(folder: Path, short_s: int, long_s: int, rounds: int) -> Table:
    """Measure what a request of the whole journey costs."""
    costs = defaultdict(list)
    for name, short, long in journeys(folder, (short_s, long_s), rounds):
        costs[name].append(cost(short.spent, long.spent))
        say(name, short.spent, long.spent)
    title = f"Whole journeys on the mock portal, {VISITS_PER_S} a second for {short_s} and {long_s} s, {rounds} rounds"
    table = Table("", *COSTS, title=title)
    cost_rows(table, costs, FAST_HTTP_USER.name)
    return table


def steps(folder: Path, short_s: int, long_s: int, rounds: int) -> Table:
    """Measure what a request of the eight steps costs."""
    contenders = (OURS, FAST_HTTP_USER, HTTP_USER, TSUNG, ARTILLERY, K6)
    costs = defaultdict(list)
    with fixed_server() as server:
        for number in range(rounds):
            for it in contenders:
                if it.is_here:
                    short, long = (
                        _spent(it, server, folder / f"{it.name}-{length_s}-{number}", length_s)
                        for length_s in (short_s, long_s)
                    )
                    costs[it.name].append(cost(short, long))
                    say(it.name, short, long)
    title = f"Eight steps, {JOURNEYS_PER_S} journeys a second for {short_s} and {long_s} s, {rounds} rounds"
    table = Table("", *COSTS, title=title)
    cost_rows(table, costs, FAST_HTTP_USER.name)
    _add_missing(table, contenders)
    return table


def _spent(contender: Contender, server: FixedServer, folder: Path, length_s: int) -> Spent:
    folder.mkdir()
    before_s = children_cpu_s()
    contender.play(Work(server.address, STEPS, JOURNEYS_PER_S, length_s), folder)
    return Spent(len(server.came()), children_cpu_s() - before_s)


def arrivals(folder: Path, length_s: int) -> Table:
    """Measure how exactly arrivals come."""
    contenders = (OURS, OURS_BY_CHANCE, FAST_HTTP_USER, TSUNG, ARTILLERY, K6)
    title = f"Arrivals as the server saw them, {length_s} s each, lateness in ms"
    table = Table("", *ACCURACY, title=title)
    with fixed_server() as server:
        for asked_per_s in RATES_PER_S:
            for it in contenders:
                if it.is_here:
                    run = folder / f"{it.name}-{asked_per_s}"
                    run.mkdir()
                    it.play(Work(server.address, HOME, asked_per_s, length_s), run)
                    row = accuracy(it, np.array([at_s for _, at_s in server.came()]), run)
                    table.add_row(it.name, f"{asked_per_s}", *row)
                    say(it.name, asked_per_s, *row)
            table.add_section()
    _add_missing(table, contenders)
    return table


def accuracy(contender: Contender, came_s: Floats, run: Path) -> list[str]:
    """Give the figures of one run, from the Unix times of its arrivals at the server."""
    figures = [f"{rate_per_s(came_s):.1f}", f"{dispersion(came_s):.2f}"]
    off_grid_ms = late_of_grid_ms(came_s) if contender.is_even else None
    figures += ["-"] * 3 if off_grid_ms is None else [f"{np.quantile(off_grid_ms, q):.1f}" for q in (0.5, 0.99, 1)]
    if contender.planned is None:
        return [*figures, "-", "-"]
    off_plan_ms = late_of_plan_ms(came_s, contender.planned(run))
    return [*figures, *(f"{np.quantile(it, 0.99):.1f}" for it in (off_plan_ms, late_ms(run)))]


def _add_missing(table: Table, contenders: Sequence[Contender]) -> None:
    for it in contenders:
        if not it.is_here:
            table.add_row(it.name, NOT_HERE)


def say(*what: object) -> None:
    """Say on standard error how far it is."""
    Console(stderr=True).print(*what)


def main() -> None:
    """Print the tables that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="+", choices=("journey", "steps", "arrivals"))
    parser.add_argument("--rounds", type=int, default=3, help="how often each run is made, all contenders in turn")
    parser.add_argument("--short", type=int, default=5, help="seconds of the short runs")
    parser.add_argument("--long", type=int, default=30, help="seconds of the long runs, and of those of arrivals")
    options = parser.parse_args()
    for name in options.tables:
        with TemporaryDirectory() as temporary:
            folder = Path(temporary)
            try:
                if name == "arrivals":
                    table = arrivals(folder, options.long)
                else:
                    table = {"journey": journey, "steps": steps}[name](
                        folder, options.short, options.long, options.rounds
                    )
            except ContenderError as error:
                sys.exit(str(error))
        Console(width=WIDTH).print(table)


if __name__ == "__main__":
    main()

"""How time and memory of each part grow with the number of candidates: at most linearly, says the last line, or not.

Run it with `python benchmarks/growth.py`, for 5,000, 50,000 and 500,000 candidates; with `--all` for 2.3 million too,
which takes half an hour and 15 GB of disk; or with numbers of candidates of your own. Each cell of the table is a
process of its own, so that peaks are its own. Linux alone: memory is read from /proc.

CPU seconds count where wall seconds depend on who else works on the machine.
"""

import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from rich import box
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.growth_watch import Cost, PortalWatch, peak_of_mine_bytes  # noqa: E402
from scenarios.control import Control  # noqa: E402
from scenarios.scenario import Scenario, load_scenario, with_overrides  # noqa: E402
from scenarios.stack_start import running_stack  # noqa: E402

POPULATIONS = (5_000, 50_000, 500_000)
LARGEST = 2_300_000
BEFORE_CLOSE_S = 900.0
OPENING_DAY_S = 15 * 3600.0
"""From the opening, 9:00, to midnight."""
LINEAR = 1.1
"""Exponents above this one are more than linear; the rest is noise."""
SHORT_S, SMALL_BYTES = 1.0, 2**28
"""Below these nobody minds how something grows: what is there at any size is most of it."""

Work = Callable[[], str]
"""What is measured; it gives words on what it has made."""


class Cell(NamedTuple):
    """What one part took for one population."""

    part: str
    population: int
    cost: Cost
    what: str


def plan(population: int, _folder: Path) -> Work:
    """Draw the stages and all visits of the window."""
    from scenarios.plan import make_plan

    return lambda: f"{len(make_plan(_scenario(population))):,} visits"


def papers(population: int, _folder: Path) -> Work:
    """Draw the bank, and make every candidate's own copy of one scan."""
    from fakes.paper_bank import PaperBank
    from fakes.papers import PaperKind

    def work() -> str:
        bank = PaperBank.build(1)
        size_bytes = sum(len(bank.body(PaperKind.ID_FRONT, None, 1, candidate)) for candidate in range(population))
        return f"the bank, and a scan each: {size_bytes / 1e9:,.1f} GB"

    return work


def promises(_population: int, folder: Path) -> Work:
    """Hold all promises of all candidates against their books."""
    import polars as pl

    from reports.audit import audit
    from reports.ledgers import read_ledgers

    made, books = pl.scan_parquet(folder / "run" / "promises"), read_ledgers(folder / "run")
    assert books  # they have been drawn

    def work() -> str:
        found = audit(made, books)
        return f"{found.promises:,} promises, {sum(found.counts.values())} violations"

    return work


def draw_books(population: int, folder: Path) -> Work:
    """Write the promises and books that are then audited; not part of the table."""
    from benchmarks.drawn_books import make_books

    def work() -> str:
        make_books(folder / "run", population)
        return ""

    return work


def report(_population: int, folder: Path) -> Work:
    """Report a run of as many requests as opening day has, 09:00 to midnight."""
    from reports import write_report

    requests = json.loads((folder / "run" / "run.json").read_text())["requests"]

    def work() -> str:
        write_report(folder / "run")
        return f"{requests:,} requests"

    return work


def draw_run(population: int, folder: Path) -> Work:
    """Write the run folder that is then reported; not part of the table."""
    import polars as pl

    from benchmarks.drawn_run import make_run
    from scenarios.pace import REQUESTS_OF_A_VISIT
    from scenarios.plan import make_plan

    def work() -> str:
        visits = make_plan(_scenario(population)).filter(pl.col("planned_s") < OPENING_DAY_S)["purpose"].value_counts()
        requests = round(sum(count * REQUESTS_OF_A_VISIT[purpose] for purpose, count in visits.iter_rows()))
        run = make_run(folder / "run", requests, steady=True)
        facts = json.loads((run / "run.json").read_text())
        facts["requests"] = pl.scan_parquet(run / "requests").select(pl.len()).collect().item()
        (run / "run.json").write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
        return ""

    return work


def seeding(population: int, folder: Path) -> Work:
    """Fill the portal's books to 15 minutes before the close."""
    from scenarios.seeding import seed_portal

    scenario, control = _scenario(population), _control(folder)

    def work() -> str:
        counts = seed_portal(control, scenario, scenario.window.length_s - BEFORE_CLOSE_S, lambda _: None)
        phases = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in counts.seconds.items())
        return f"{sum(counts.rows.values()):,} rows; {phases}"

    return work


def audit(_population: int, folder: Path) -> Work:
    """Let the portal hold its full books against its rules."""
    from scenarios.seeding import audit_portal

    def work() -> str:
        findings = audit_portal(_control(folder))
        violated = [f"{it.name}: {it.violations}" for it in findings if it.violations]
        return ", ".join(violated) or f"{len(findings)} rules, all hold"

    return work


ALONE = {"plan": plan, "papers": papers, "promises": promises, "report": report}
AT_THE_PORTAL = {"seeding": seeding, "audit": audit}
DRAWN_FOR = {"promises": "draw_books", "report": "draw_run"}
"""What is written before a part is measured."""
ALL = {**ALONE, **AT_THE_PORTAL, "draw_books": draw_books, "draw_run": draw_run}


def _scenario(population: int) -> Scenario:
    return with_overrides(load_scenario("opening-day"), population=population)


def _control(folder: Path) -> Control:
    return Control(*json.loads((folder / "portal.json").read_text()))


def carry_out(part: str, population: int, folder: Path) -> None:
    """Do one part, in this process, and say on stdout what it took."""
    work = ALL[part](population, folder)
    began_s, began_cpu_s = time.perf_counter(), time.process_time()
    what = work()
    wall_s, cpu_s = time.perf_counter() - began_s, time.process_time() - began_cpu_s
    print(json.dumps([[wall_s, cpu_s, peak_of_mine_bytes()], what]))


def _measure(part: str, population: int, folder: Path) -> Cell:
    """Let a process of its own do one part. Raises CalledProcessError."""
    command = [sys.executable, "-m", "benchmarks.growth", part, str(population), str(folder)]
    said = subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True).stdout
    cost, what = json.loads(said.splitlines()[-1])
    return Cell(part, population, Cost(*cost), what)


def cells_of(population: int) -> Iterator[Cell]:
    """Measure all parts; those at the portal are followed by what portal and database took for them."""
    for part in ALONE:
        with tempfile.TemporaryDirectory() as place:
            if part in DRAWN_FOR:
                _measure(DRAWN_FOR[part], population, Path(place))
            yield _measure(part, population, Path(place))
    with tempfile.TemporaryDirectory() as place, running_stack(_scenario(population), Path(place)) as stack:
        (Path(place) / "portal.json").write_text(json.dumps([stack.address, stack.control_token]))
        for part in AT_THE_PORTAL:
            with PortalWatch(stack) as watch:
                cell = _measure(part, population, Path(place))
            for name, cost in watch.costs(cell.cost.wall_s).items():
                yield Cell(f"{part}: {name}", population, cost, "")
            yield cell._replace(cost=watch.added_to(cell.cost))


def exponent(smaller: float, larger: float, by: float) -> float:
    """Give how something grows where its size grows by the factor `by`: 1 with it, 2 with its square.

    >>> exponent(2.0, 20.0, by=10)
    1.0
    """
    return math.log(larger / smaller) / math.log(by) if smaller > 0 < larger else math.nan


class Growth(NamedTuple):
    """The exponents of one cell against the one of the next smaller population."""

    wall: float
    cpu: float
    peak: float

    @classmethod
    def between(cls, smaller: Cell, larger: Cell) -> "Growth":
        """Give them."""
        by = larger.population / smaller.population
        return cls(*(exponent(a, b, by) for a, b in zip(smaller.cost, larger.cost, strict=True)))


def growths(cells: Sequence[Cell]) -> list[Growth | None]:
    """Give how each cell has grown; None for those of the smallest population."""
    earlier: dict[str, Cell] = {}
    found: list[Growth | None] = []
    for cell in cells:
        found.append(Growth.between(earlier[cell.part], cell) if cell.part in earlier else None)
        earlier[cell.part] = cell
    return found


def judgement(cells: Sequence[Cell]) -> str:
    """Say what grows more than linearly, among what takes long or much."""
    found = []
    for cell, growth in zip(cells, growths(cells), strict=True):
        if growth is None:
            continue
        limits = (SHORT_S, SHORT_S, SMALL_BYTES)
        for name, exponent_of_it, value, least in zip(Growth._fields, growth, cell.cost, limits, strict=True):
            if exponent_of_it > LINEAR and value > least:
                found.append(f"{cell.part} at {cell.population:,} ({name} {exponent_of_it:.2f})")
    return f"More than linear: {', '.join(found) or 'nothing'}."


def table(cells: Sequence[Cell]) -> Table:
    """Give the table, part by part; ^ is the exponent of growth from the row above."""
    its = Table("part", "candidates", "wall, s", "^", "CPU, s", "^", "peak, MiB", "^", "what", box=box.MARKDOWN)
    rows = list(zip(cells, growths(cells), strict=True))
    for part in dict.fromkeys(cell.part for cell in cells):
        for cell, growth in rows:
            if cell.part == part:
                wall, cpu, peak = ("" if growth is None else f"{it:.2f}" for it in growth or ("",) * 3)
                cost = cell.cost
                size, cpu_s = f"{cost.peak_bytes / 2**20:,.0f}", f"{cost.cpu_s:.1f}"
                its.add_row(part, f"{cell.population:,}", f"{cost.wall_s:.1f}", wall, cpu_s, cpu, size, peak, cell.what)
    return its


def main() -> None:
    """Run the benchmark and print its table."""
    words = sys.argv[1:]
    if words and words[0] in ALL:
        carry_out(words[0], int(words[1]), Path(words[2]))
        return
    populations = [int(word) for word in words if word != "--all"] or list(POPULATIONS)
    if "--all" in words:
        populations.append(LARGEST)
    progress, cells = Console(stderr=True), []
    for population in sorted(populations):
        for cell in cells_of(population):
            cells.append(cell)
            progress.print(f"{cell.part} of {population:,}: {cell.cost.wall_s:.1f} s", highlight=False)
    console = Console(width=200)
    console.print(table(cells))
    console.print(judgement(cells), soft_wrap=True, highlight=False)


if __name__ == "__main__":
    main()

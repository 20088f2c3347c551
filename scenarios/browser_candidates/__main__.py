"""The candidates at browsers as a process: `python -m scenarios.browser_candidates RUN --portal URL --browsers N`.

It begins when the load begins (`run.json` says when), and ends with it, or when it is told to.
"""

import argparse
import signal
import sys
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event

import msgspec
import psutil

from fakes.paper_bank import PaperBank
from scenarios import run_folder
from scenarios.browser_candidates.seat import Party, Seat
from scenarios.loopback import check_loopback
from scenarios.run_folder import Table, table_in
from scenarios.sampler import wait_for_load
from scenarios.scenario import Scenario

FLUSH_S = 2.0
END_S = 10.0
"""How long people may take to notice that their browsers are gone."""


def main() -> int:
    """Let people ride along until the load ends; give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m scenarios.browser_candidates")
    parser.add_argument("run", type=Path, help="run folder")
    parser.add_argument("--portal", required=True, help="address at which candidates reach the portal")
    parser.add_argument("--browsers", type=int, required=True, help="how many")
    options = parser.parse_args()
    check_loopback(options.portal)
    about = msgspec.json.decode((options.run / "run.json").read_bytes())
    scenario = msgspec.convert(about["scenario"], Scenario)
    bank = _papers(about, scenario)
    clock = wait_for_load(options.run)
    over = Event()
    signal.signal(signal.SIGTERM, lambda *_: over.set())  # before, there is nothing to end in good order
    rows: SimpleQueue[tuple[str, tuple[object, ...]]] = SimpleQueue()
    party = Party(scenario, options.portal, bank, clock, over, lambda *row: rows.put(row))
    seats = [Seat(number, options.browsers, party) for number in range(options.browsers)]
    schemas = {"page_loads": run_folder.PAGE_LOADS, "browser_visits": run_folder.BROWSER_VISITS}
    tables = {name: table_in(options.run, name, schema) for name, schema in schemas.items()}
    for seat in seats:
        seat.start()
    while not over.wait(min(FLUSH_S, max(0.0, scenario.length_s - clock.now_s()))):
        _write(rows, tables)
        if clock.now_s() >= scenario.length_s:
            over.set()
    _end(seats)
    _write(rows, tables)
    return 0


def _papers(about: dict[str, object], scenario: Scenario) -> PaperBank:
    kept = Path(str(about.get("papers_file", "")))
    return PaperBank.load(kept) if kept.is_file() else PaperBank.build(scenario.seed)


def _write(rows: "SimpleQueue[tuple[str, tuple[object, ...]]]", tables: dict[str, Table]) -> None:
    with suppress(Empty):
        while True:
            name, row = rows.get_nowait()
            tables[name].add(row)
    for table in tables.values():
        table.flush()


def _end(seats: list[Seat]) -> None:
    """End the browsers: whoever waits for a page hears so at once, and how it ended is written down."""
    mine = psutil.Process().children(recursive=True)
    _kill([it for it in mine if "chrom" in _name(it)])
    for seat in seats:
        seat.join(END_S / len(seats))
    _kill(mine)


def _name(process: psutil.Process) -> str:
    with suppress(psutil.Error):
        return process.name()
    return ""


def _kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.Error):
            process.kill()


if __name__ == "__main__":
    sys.exit(main())

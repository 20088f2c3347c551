"""rehearse's own load generator, all it records included; visits are planned evenly, or as they come by chance."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks.constant_rate import ENDLESS_PATIENCE, START_S, constant_rate, scenario_after_opening
from benchmarks.contenders import Contender, ContenderError, Work
from benchmarks.contenders.eight_step_portal import ALL, LOOK, PORTAL
from benchmarks.eight_steps import HOME
from fakes.paper_bank import PaperBank
from scenarios.generator_processes import generator_processes
from scenarios.playing import play as play_load
from scenarios.rehearsal import prepare_run
from scenarios.run_clock import clock_of_load
from scenarios.target import load_target
from scenarios.target_reach import find_addresses

TARGET = """\
base_url = "{address}"
most_requests_per_s = 1_000_000
portal = "{portal}"
"""
TAIL_S = 1.0
"""How much longer than its arrivals a run lasts: the last ones have to come to their end."""
# A line that is no limit, as the others have it: what is left is the work of sending.
BROAD = msgspec.structs.replace(
    ENDLESS_PATIENCE, uplink_median_bits_per_s=1e12, uplink_sigma=0.01, slow_uplink_share=0.0, stall_share=0.0
)


def even_rate(rate_per_s: float, length_s: float, purpose: str) -> pl.DataFrame:
    """Give arrivals that are equally far apart, with the columns of `constant_rate`."""
    arrivals = constant_rate(rate_per_s, length_s, purpose)
    due_s = np.arange(len(arrivals)) / rate_per_s
    return arrivals.with_columns(planned_s=pl.Series(START_S + due_s), due_s=pl.Series(due_s))


def play(plan: Callable[[float, float, str], pl.DataFrame], work: Work, folder: Path) -> None:
    """Do the work, with the books in `run`. Raises ContenderError."""
    target_file = folder / "target.toml"
    portal = Path(__file__).with_name("eight_step_portal.py")
    target_file.write_text(TARGET.format(address=work.address, portal=portal))
    scenario = scenario_after_opening(work.length_s + TAIL_S, behaviour=BROAD)
    arrivals = plan(work.rate_per_s, work.length_s, LOOK if work.steps == HOME else ALL)
    about = {
        "steps": PORTAL.steps,
        "target": {"addresses": find_addresses(load_target(target_file))},
        "papers_file": str(drawn_papers(folder.parent, scenario.seed)),
    }
    run = prepare_run(scenario, folder / "run", arrivals, about)
    (run / "logs").mkdir()
    generator = generator_processes(run, [], {}, allowed=["--target", str(target_file)])
    play_load(generator, scenario, lambda _: None, lambda *_: None)
    answered = len(requests(folder).filter(pl.col("outcome") == "ok"))
    wanted = len(arrivals) * len(work.steps)
    if answered != wanted:
        raise ContenderError(f"rehearse had {answered} of {wanted} requests answered; its run is {run}")


def drawn_papers(folder: Path, seed: int) -> Path:
    """Give the file of a seed's papers in a folder, drawn if it is not there yet: no run pays for that."""
    papers = folder / "papers"
    if not papers.exists():
        PaperBank.build(seed).save(papers)
    return papers


def requests(folder: Path) -> pl.DataFrame:
    """Give the requests that a run has in its books."""
    return pl.read_parquet(folder / "run" / "requests" / "*.parquet")


def late_ms(folder: Path) -> NDArray[np.float64]:
    """Give how late a run's visits began, by its own books."""
    visits = pl.read_parquet(folder / "run" / "visits" / "*.parquet")
    return (visits["started_s"] - visits["due_s"]).to_numpy() * 1000


def planned(folder: Path) -> NDArray[np.float64]:
    """Give the Unix times at which a run's visits were due."""
    clock = clock_of_load(folder / "run")
    assert clock is not None  # it has been played
    due_s = pl.read_parquet(folder / "run" / "arrivals.parquet")["due_s"].to_numpy()
    return np.sort(clock.started_unix_s + due_s)


OURS = Contender("rehearse", partial(play, even_rate), planned=planned)
OURS_BY_CHANCE = Contender("rehearse, Poisson", partial(play, constant_rate), is_even=False, planned=planned)

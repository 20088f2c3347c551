"""Whether `rehearse compare` is right about real runs: `python benchmarks/real_pairs.py`.

The same people come again and again to one real portal: PAIRS times two runs of the same set-up, and between them one
in which every unit of every resource works 10 % longer. A pair must have no difference, and slow runs must be found
slower. Beside that: by how much the machine made runs of the same set-up differ.

Needs a machine that nothing else keeps busy: what others do there shows in the figures, and is told by `compare`. The
runs go into the folder that is given, else into one that is removed; in a folder that has some already, only the others
are played. `--pairs N --length S --seed N`; a pair takes its three runs and half a minute.
"""

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import msgspec
import numpy as np
import polars as pl
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.blind_naming import QUICK, SERVICES  # noqa: E402
from benchmarks.constant_rate import constant_rate, scenario_after_opening  # noqa: E402
from reports.analysis import analyse  # noqa: E402
from reports.compared_runs import RunsCompared, compare_runs  # noqa: E402
from reports.paired_figures import read_figures  # noqa: E402
from reports.run_folder import open_run  # noqa: E402
from reports.trial_figures import read_trial  # noqa: E402
from scenarios.laboratory import Trial, laboratory  # noqa: E402
from scenarios.scenario import Scenario  # noqa: E402

PAIRS = 20
LENGTH_S = 60.0
VISITS_PER_S = 6.0
SLOWER = 1.1
SIZES = (1, 2, 4)
"""Runs of each set-up that are compared at a time."""
OUTCOMES = ("no difference", "worse", "better", "mixed", "void")
RESOURCES = ("password_hash", "image_check", "storage", "database", "sms", "face_check", "degree_record")


def scenario(length_s: float) -> Scenario:
    """Give the load: whole registrations at one rate, which the portal bears."""
    return msgspec.structs.replace(
        scenario_after_opening(length_s, profile="as-reported", behaviour=QUICK),
        population=round(VISITS_PER_S * length_s),
        providers={name: {"median_ms": median_ms, "sigma": 0.3} for name, median_ms in SERVICES.items()},
    )


def trials(pairs: int, seed: int) -> Iterator[Trial]:
    """Give all runs in the order in which they are played: two of the same set-up, between them one that is slow."""
    notes = {"relieved": ()}
    speeds = {f"speeds.{name}": 1 / SLOWER for name in RESOURCES}
    for number in range(pairs):
        yield Trial(f"same-{2 * number:03}", seed, 1.0, notes=notes)
        yield Trial(f"slow-{number:03}", seed, 1.0, speeds, notes)
        yield Trial(f"same-{2 * number + 1:03}", seed, 1.0, notes=notes)


def play(folder: Path, pairs: int, length_s: float, seed: int, console: Console) -> None:
    """Play the runs that are not there yet."""
    missing = [it for it in trials(pairs, seed) if not (folder / it.name).exists()]
    if not missing:
        return

    def arrivals(it: Scenario) -> pl.DataFrame:
        return constant_rate(VISITS_PER_S, length_s, "register", it.seed)

    with laboratory(scenario(length_s), folder, arrivals) as lab:
        for done, trial in enumerate(missing, start=1):
            lab.hold(trial, lambda _: None)
            console.print(f"{done} of {len(missing)}: {trial.name}")


def found(compared: RunsCompared) -> str:
    """Give what a comparison of two runs says in a word: `void`, or which way a figure went."""
    if compared.invalid:
        return "void"
    (it,) = compared.comparisons
    return "no difference" if it.outcome in ("same", "unclear") else it.outcome


def noise(folders: Sequence[Path]) -> dict[str, float]:
    """Give by how much runs of the same set-up differ: standard deviation of the logarithm, by figure."""
    runs = [read_trial(folder) for folder in folders]
    figures = {f"{name}: held a completion": [run.resources[name].demand_s for run in runs] for name in RESOURCES}
    cpu = [it.generator_ms for it in read_figures([analyse(open_run(folder)) for folder in folders])]
    figures["load generator: CPU a request"] = cpu
    return {name: float(np.log(values).std(ddof=1)) for name, values in figures.items()}


def main() -> None:
    """Play what is missing, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--pairs", type=int, default=PAIRS)
    parser.add_argument("--length", type=float, default=LENGTH_S, help="seconds of load in each run")
    parser.add_argument("--seed", type=int, default=1, help="who comes, and all that is drawn of them")
    chosen = parser.parse_args()
    progress, console = Console(stderr=True), Console()
    with ExitStack() as exits:
        folder = chosen.folder or Path(exits.enter_context(tempfile.TemporaryDirectory()))
        play(folder, chosen.pairs, chosen.length, chosen.seed, progress)
        same = [folder / f"same-{number:03}" for number in range(2 * chosen.pairs)]
        slow = [folder / f"slow-{number:03}" for number in range(chosen.pairs)]
        rows = {"the same set-up, a pair": [compare_runs(same[n : n + 2]) for n in range(0, len(same), 2)]}
        for size in SIZES:
            groups = range(0, chosen.pairs - size + 1, size)
            rows[f"10 % slower, {size} of each"] = [
                compare_runs([*same[2 * n : 2 * (n + size) : 2], *slow[n : n + size]]) for n in groups
            ]
        said = Table("runs", "comparisons", *OUTCOMES, title="What compare says")
        for name, its in rows.items():
            counts = Counter(map(found, its))
            said.add_row(name, str(len(its)), *(str(counts[it]) for it in OUTCOMES))
        console.print(said)
        differs = Table("figure", "differs by", title="Runs of the same set-up")
        for name, share in noise(same).items():
            differs.add_row(name, f"{100 * share:.1f} %")
        console.print(differs)


if __name__ == "__main__":
    main()

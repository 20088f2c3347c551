"""Does the diagnosis name what was planted, and nothing else? `python benchmarks/blind_naming.py [--cases N]`.

A planter draws a case and seals it: the hash of its choice is written before the portal starts. The namer sees what
any client sees: candidates' requests, Server-Timing, /metrics, the capacities. The seals are opened after the verdict.
Beside it, on the same trials, two rules of thumb: blame what is waited for longest, blame what is busiest.

What a plant costs is known once the seal is open: the same load on a portal without it. Takes 2 to 6 minutes a case;
results are appended to the folder's `cases.jsonl`, so that a long series can be ended and
taken up again.
"""

import argparse
import hashlib
import secrets
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import msgspec
import numpy as np
import polars as pl
import psutil
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.constant_rate import constant_rate, scenario_after_opening  # noqa: E402
from mock_server.plants import PLANTS  # noqa: E402
from reports.diagnosis import Diagnosis  # noqa: E402
from reports.series import Series  # noqa: E402
from reports.trial_figures import TrialFigures, read_trial  # noqa: E402
from scenarios.behaviour import BehaviourSettings  # noqa: E402
from scenarios.laboratory import TRIALS, Trial, laboratory  # noqa: E402
from scenarios.scenario import Scenario  # noqa: E402

LENGTH_S = 20.0
VISITS_PER_S = 7.0
POPULATION = 1000
"""Stands for VISITS_PER_S; a trial with a share of it has that share of the visits."""
LEAST_COST = 0.10
"""Share of the healthy portal's goodput that a plant must cost; a case that costs less is not counted."""

CLASSES = (
    "small_pool",
    "missing_index",
    "hot_row",
    "global_lock",
    "call_under_connection",
    "slow_storage",
    "few_image_threads",
    "strong_hash",
    "few_sms_lines",
    "few_face_check_lines",
    "few_degree_record_lines",
    "catalogue_uncached",
)
"""Plants that make a capacity short, so that there is something to name."""
CONTROLS = {2: "healthy", 5: "distractor", 8: "healthy", 9: "starved"}
"""Places among ten cases where nothing is planted. A distractor is a service that is slow, but not short."""
PAIRS = (("few_sms_lines", "strong_hash"), ("few_face_check_lines", "few_image_threads"))
SERVICES = {"sms": 250.0, "face_check": 350.0, "degree_record": 250.0}
"""Median ms of what an outside service takes."""

QUICK = BehaviourSettings(
    think_mean_s=0.15,
    form_median_s=0.3,
    account_median_s=1.0,
    account_least_s=0.4,
    uplink_median_bits_per_s=2e8,
    slow_uplink_share=0.0,
    stall_share=0.0,
    face_check_now_share=0.98,
    apply_now_share=1.0,
    cold_browser_share=0.3,
)
"""People who get through the whole journey within a trial."""


class Case(msgspec.Struct, frozen=True):
    """What the planter has drawn."""

    kind: str
    """A class of plants, `two_causes`, `healthy`, `distractor` or `starved`."""
    seed: int
    plants: dict[str, float]
    services_ms: dict[str, float]

    @property
    def truth(self) -> set[str]:
        """The resources that are short."""
        return {PLANTS[name].resource for name in self.plants}


class Outcome(msgspec.Struct, frozen=True):
    """A case with what was said of it."""

    case: Case
    seal: str
    standing: str
    named: tuple[str, ...]
    longest_wait: str
    busiest: str
    cost: float
    """Share of the healthy portal's goodput that the plants cost."""
    took_s: float
    because: str = ""
    """The namer's own words."""

    @property
    def judgement(self) -> str:
        """`right`, `wrong`, `abstained` or `too mild`."""
        if self.case.kind == "starved":
            return "right" if self.standing == "void" else "wrong"
        if not self.case.plants:
            return {"holds": "right", "confirmed": "wrong"}.get(self.standing, "abstained")
        if self.standing == "confirmed" and set(self.named) != self.case.truth:
            return "wrong"
        if self.cost < LEAST_COST:
            return "too mild"
        return {"confirmed": "right", "holds": "wrong"}.get(self.standing, "abstained")


def draw_case(number: int, seed: int) -> Case:
    """Draw a case: of ten, six with a plant, each class in turn, three healthy portals and one starved generator."""
    dice = np.random.default_rng([seed, number])
    services = {name: float(ms * dice.uniform(0.8, 1.2)) for name, ms in SERVICES.items()}
    trial_seed = int(dice.integers(1, 1_000))
    ten, place = divmod(number, 10)
    if kind := CONTROLS.get(place):
        if kind == "distractor":
            services[("sms", "face_check", "degree_record")[int(dice.integers(3))]] = 900.0
        return Case(kind, trial_seed, {}, services)
    planted = 6 * ten + sum(other not in CONTROLS for other in range(place))
    if planted % 13 == 12:
        pair = PAIRS[int(dice.integers(len(PAIRS)))]
        return Case("two_causes", trial_seed, {name: _severity(name, dice) for name in pair}, services)
    kind = CLASSES[planted % 13]
    return Case(kind, trial_seed, {kind: _severity(kind, dice)}, services)


def _severity(name: str, dice: np.random.Generator) -> float:
    mildest, worst = PLANTS[name].severities
    severity = mildest + (worst - mildest) * float(dice.uniform(0.6, 1.0))  # milder ones are not felt at this load
    return float(round(severity)) if abs(mildest - worst) >= 1 else severity


def scenario_of(case: Case) -> Scenario:
    """Give the scenario that namer and portal play."""
    return msgspec.structs.replace(
        scenario_after_opening(LENGTH_S, profile=str(ROOT / "benchmarks" / "modest.toml"), behaviour=QUICK),
        population=POPULATION,
        seed=case.seed,
        providers={name: {"median_ms": ms, "sigma": 0.3, "capacity": 256} for name, ms in case.services_ms.items()},
    )


def arrivals_of(scenario: Scenario) -> pl.DataFrame:
    """Give visits at one rate, as many as the population stands for."""
    return constant_rate(VISITS_PER_S * scenario.population / POPULATION, LENGTH_S, "register", scenario.seed)


def name_it(case: Case, folder: Path, plants: Mapping[str, float]) -> tuple[Diagnosis, list[TrialFigures]]:
    """Diagnose a portal; give what was found, and the figures of all trials."""
    it = scenario_of(case)
    series = Series(folder, it.seed, with_ramp=False)
    with ExitStack() as exits:
        if case.kind == "starved":
            exits.enter_context(no_time_for_the_generator())
        lab = exits.enter_context(laboratory(it, folder / TRIALS, arrivals_of, plants=plants))
        while not isinstance(step := series.next(), Diagnosis):
            notes = {"relieved": step.relieved}
            lab.hold(Trial(step.name, step.seed, step.load_share, step.capacities, notes), lambda _: None)
    return step, series.figures()


@contextmanager
def no_time_for_the_generator() -> Iterator[None]:
    """Let the load generator have a core for a fourth of the time alone, in slices."""
    over = threading.Event()

    def take_away() -> None:
        while not over.wait(0.05):
            for process in psutil.Process().children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    if "locustfile.py" in " ".join(process.cmdline()):
                        process.suspend()
                        over.wait(0.15)
                        process.resume()

    thread = threading.Thread(target=take_away)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def goodput(case: Case, plants: Mapping[str, float]) -> int:
    """Give how many answers came in time in one run of a case's load, on a portal with these plants."""
    with tempfile.TemporaryDirectory() as folder:
        it = scenario_of(case)
        with laboratory(it, Path(folder), arrivals_of, plants=plants) as lab:
            run = lab.hold(Trial("baseline", it.seed, 1.0, {}, {"relieved": ()}), lambda _: None)
        return read_trial(run).in_time


def cost_of(case: Case, figures: list[TrialFigures]) -> float:
    """Give the share of the healthy portal's goodput that is lost in the first baseline."""
    base = next((it for it in figures if it.name.startswith("baseline")), None)
    return 1 - base.in_time / goodput(case, {}) if base and case.plants else 0.0


def thumbs(figures: list[TrialFigures]) -> tuple[str, str]:
    """Give what two rules of thumb blame in the first baseline: the longest wait, the highest utilisation."""
    base = next((it for it in figures if it.name.startswith("baseline")), None)
    if base is None or not base.resources:
        return "", ""
    waits = {name: it.waited_s for name, it in base.resources.items()}
    busy = {name: it.held_s / (it.capacity * base.length_s) for name, it in base.resources.items()}
    return max(waits, key=lambda name: waits[name]), max(busy, key=lambda name: busy[name])


def play(number: int, seed: int) -> Outcome:
    """Draw, seal, diagnose, open the seal."""
    case = draw_case(number, seed)
    nonce = secrets.token_hex(8)
    seal = hashlib.sha256(msgspec.json.encode(case) + nonce.encode()).hexdigest()
    print(f"case {number}: sealed {seal[:16]}", flush=True)
    began_s = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        found, figures = name_it(case, Path(folder), case.plants)
    assert seal == hashlib.sha256(msgspec.json.encode(case) + nonce.encode()).hexdigest()
    took_s = time.monotonic() - began_s
    cost = cost_of(case, figures)
    return Outcome(case, seal, found.standing, found.confirmed, *thumbs(figures), cost, took_s, str(found.because))


def result_table(outcomes: list[Outcome]) -> Table:
    """Give a row a class: how often right, wrong, abstained; and how often each rule of thumb was right."""
    heads = ("class", "cases", "right", "wrong", "abstained", "too mild", "longest wait right", "busiest right")
    table = Table(*heads)
    kinds = list(dict.fromkeys(it.case.kind for it in outcomes))
    for kind in [*kinds, "all"]:
        its = [it for it in outcomes if kind in (it.case.kind, "all")]
        counts = Counter(it.judgement for it in its)
        single = [it for it in its if len(it.case.truth) == 1 and it.judgement != "too mild"]
        thumb = [
            str(sum({getattr(it, rule)} == it.case.truth for it in single)) for rule in ("longest_wait", "busiest")
        ]
        shown = [str(counts[word]) for word in ("right", "wrong", "abstained", "too mild")]
        table.add_row(kind, str(len(its)), *shown, *(thumb if single else ["", ""]))
    return table


def main() -> None:
    """Play the cases that are not played yet, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=40, help="how many; four of ten are controls")
    parser.add_argument("--seed", type=int, default=1, help="decides what is drawn")
    parser.add_argument("--out", type=Path, default=Path("runs") / "blind-naming", help="where results are kept")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    kept = options.out / f"cases-{options.seed}.jsonl"
    outcomes = (
        [msgspec.json.decode(line, type=Outcome) for line in kept.read_bytes().splitlines()] if kept.exists() else []
    )
    for number in range(len(outcomes), options.cases):
        outcome = play(number, options.seed)
        outcomes.append(outcome)
        with kept.open("ab") as file:
            file.write(msgspec.json.encode(outcome) + b"\n")
        print(
            f"case {number}: {outcome.case.kind} {outcome.case.plants}: {outcome.standing} {', '.join(outcome.named)}: "
            f"{outcome.judgement} (cost {outcome.cost:.0%}, {outcome.took_s:.0f} s)",
            flush=True,
        )
    Console().print(result_table(outcomes))


if __name__ == "__main__":
    main()

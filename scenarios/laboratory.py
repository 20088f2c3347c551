"""A laboratory: one portal that stays up while runs are made on it, each with its own load and capacities.

trial ─► portal forgets everybody ─► knobs are turned ─► load ─► run folder            again, and again
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import rmtree
from typing import Any

import msgspec
import polars as pl

from scenarios.control import Control
from scenarios.faults import AnyFault
from scenarios.ledgers import StillBusy, wait_until_quiet
from scenarios.playing import Progress
from scenarios.rehearsal import RehearsalError, new_folder, play_load, portal_for_run, prepare_run
from scenarios.scenario import Scenario, ScenarioError
from scenarios.stack import Stack
from scenarios.stack_start import running_stack

TRIALS = "trials"
SERIES = "series.json"
GATE_S = 10.0
"""How much of the crowd at the gate comes into a trial of the opening: more would be a trial of the gate."""


def trial_slice(scenario: Scenario, seconds: float) -> Scenario:
    """Give the scenario as trials play it: without its faults and phases, from its start or just before the opening.

    Raises ScenarioError for a scenario of adaptive pace, which has no load of one moment.
    """
    if scenario.is_adaptive:
        raise ScenarioError(f"{scenario.name} has an adaptive pace: diagnose a scenario of one moment")
    gate_s = min(GATE_S, -scenario.start_s) if scenario.start_s < 0 else 0.0
    start_s = -gate_s if gate_s else scenario.start_s
    return msgspec.structs.replace(scenario, start_s=start_s, minutes=(gate_s + seconds) / 60, faults=(), phases=())


def begin_series(scenario: Scenario, plants: Mapping[str, float], out: Path | None, kind: str = "diagnosis") -> Path:
    """Give the folder for trials of a scenario: a new one, or `out`, which may hold some of the same series.

    Raises RehearsalError where `out` holds trials of another series.
    """
    folder = out or new_folder(f"{kind}-{scenario.name}")
    folder.mkdir(parents=True, exist_ok=True)
    about = msgspec.json.encode({"scenario": msgspec.to_builtins(scenario), "plants": plants}, enc_hook=str)
    kept = folder / SERIES
    if kept.exists() and kept.read_bytes() != about:
        raise RehearsalError(f"{folder} holds trials of another scenario or set-up: give another --out")
    kept.write_bytes(about)
    return folder


def severities(texts: list[str]) -> dict[str, float]:
    """Read plants with their severities. Raises ScenarioError.

    >>> severities(["hot_row=2"])
    {'hot_row': 2.0}
    """
    try:
        return {name: float(severity) for name, severity in (text.split("=") for text in texts)}
    except ValueError:
        raise ScenarioError(f"--plant {' '.join(texts)}: write NAME=SEVERITY, such as hot_row=2") from None


class Trial(msgspec.Struct, frozen=True):
    """One run of a series: how much of the load comes, of which seed, and what is changed at the portal."""

    name: str
    seed: int
    load_share: float
    """Of the scenario's population; above 1 for more than the scenario has."""
    capacities: Mapping[str, float] = {}
    """New figures by setting of the profile, such as `lines.sms`; all others are as the portal has them."""
    notes: dict[str, Any] = {}
    """What the run's `run.json` says of the trial."""
    faults: tuple[AnyFault, ...] | None = None
    """What befalls the portal, in place of the scenario's faults."""


Arrivals = Callable[[Scenario], pl.DataFrame]
"""Gives who comes when, in place of the plan; the columns as in `slice_arrivals`."""


class Laboratory:
    """Makes trials on one running portal. A trial that is interrupted leaves no run folder."""

    def __init__(self, stack: Stack, scenario: Scenario, folder: Path, arrivals: Arrivals | None = None) -> None:
        self._stack = stack
        self._scenario = scenario
        self._folder = folder
        self._arrivals = arrivals
        with closing(stack.control()) as control:
            self._usual: dict[str, Any] = control.profile()

    def hold(self, trial: Trial, progress: Progress) -> Path:
        """Make a trial; give its run folder. `progress` as in `rehearse`.

        Raises RehearsalError, and KeyboardInterrupt where Ctrl-C ended it.
        """
        population = max(1, round(self._scenario.population * trial.load_share))
        faults = self._scenario.faults if trial.faults is None else trial.faults
        scenario = msgspec.structs.replace(self._scenario, seed=trial.seed, population=population, faults=faults)
        doing = self._folder / f"{trial.name}.partial"
        rmtree(doing, ignore_errors=True)
        papers = self._folder / f"papers-{trial.seed}.msgpack"
        arrivals = self._arrivals(scenario) if self._arrivals else None
        notes = {"papers_file": str(papers.resolve()), "trial": {"load_share": trial.load_share, **trial.notes}}
        run = prepare_run(scenario, doing, arrivals, notes)
        (run / "logs").mkdir(exist_ok=True)
        with closing(self._stack.control()) as control:
            try:
                wait_until_quiet(self._stack.address)
            except StillBusy as busy:
                raise RehearsalError(str(busy)) from None
            control.reset()
            turn_knobs(control, with_capacities(self._usual, trial.capacities))
        about = msgspec.json.decode((run / "run.json").read_bytes())
        with portal_for_run(run, scenario, self._stack, progress, about, audited=False):
            if play_load(run, scenario, self._stack, progress):
                raise KeyboardInterrupt
        return doing.rename(self._folder / trial.name)


@contextmanager
def laboratory(scenario: Scenario, folder: Path, arrivals: Arrivals | None = None, **how: Any) -> Iterator[Laboratory]:
    """Start a portal for trials of a scenario, whose runs go into `folder`; `how` as in `running_stack`.

    Raises StackError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with running_stack(scenario, folder / "logs", **how) as stack:
        yield Laboratory(stack, scenario, folder, arrivals)


def with_capacities(profile: Mapping[str, Any], capacities: Mapping[str, float]) -> dict[str, Any]:
    """Give the profile with other capacities; a setting is the way to it, such as `lines.sms`.

    >>> with_capacities({"image_threads": 1, "lines": {"sms": 3}}, {"lines.sms": 9})
    {'image_threads': 1, 'lines': {'sms': 9}}
    """
    changed: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(profile))
    for setting, capacity in capacities.items():
        *path, last = setting.split(".")
        table = changed
        for name in path:
            table = table[name]
        table[last] = capacity
    return changed


def turn_knobs(control: Control, profile: dict[str, Any]) -> None:
    """Set the capacities, and wait until the portal has heard of them. Raises RehearsalError."""
    control.set_profile(profile)
    for _ in range(100):
        if control.profile() == profile:
            return
        time.sleep(0.05)
    raise RehearsalError("the portal has not taken on its new capacities")

"""Scenarios: TOML files that say which part of the window is rehearsed, by how many, with which goals."""

import tomllib
from itertools import combinations
from pathlib import Path
from typing import Any, Literal

import msgspec

from fakes.candidates import FlawShares
from scenarios.behaviour import BehaviourSettings
from scenarios.bounds import check_names, check_positive, check_share
from scenarios.demand import DemandSettings, share_per_minute
from scenarios.faults import FAULTS, AnyFault
from scenarios.phases import Phase, check_phases
from scenarios.stage_settings import StageSettings
from scenarios.window import Window
from scenarios.working_days import office_time

PRESETS = Path(__file__).parent / "presets"

_MOST_CANDIDATES = 2**32  # the plan numbers candidates with 32 bits


class ScenarioError(ValueError):
    """A scenario that cannot be used; the message is one line for the person who wrote it."""


PAPERS_KEPT_OF = 2_000
"""Candidates of a whole window, at most, whose papers stay on disk: at 3 MB each they are 6 GB."""


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One rehearsal: a slice of the window's plan of visits, and what the portal is held to.

    Raises ValueError, by the field's name, for values that make no sense.
    """

    name: str
    """What it is called: a preset as its file."""
    purpose: str
    """What the rehearsal is for, in one line."""
    population: int
    """How many candidates register within the window."""
    start_s: float
    """Where the load begins, in portal seconds; 0 is the opening, and before it is below 0."""
    seed: int = 1
    """Decides everything that is drawn."""
    minutes: float = 3.0
    """Length of the load in minutes of real time; with an adaptive pace, the most that it may take."""
    speed: float = 1.0
    """Portal seconds per real second, with a steady pace."""
    pace: Literal["steady", "adaptive"] = "steady"
    """Adaptive: the whole plan from `start_s` on, quiet hours fast and busy ones slowly, see
    docs/whole-window.md."""
    ceiling_per_s: float | None = None
    """With an adaptive pace: requests a second that the portal bears; left out: found by trying."""
    most_speed: float = 400_000.0
    """With an adaptive pace: the highest speed, where nobody is inside."""
    most_speed_inside: float = 60_000.0
    """With an adaptive pace: the highest speed while somebody is inside."""
    answer_most_s: float = 600.0
    """With an adaptive pace: how long an answer may take on average, by the portal's clock, while somebody is inside:
    so a visit, with some ten of them in a row, stays within hours, and few miss a deadline of days by the speed."""
    true_share: float = 0.05
    """With an adaptive pace: share of the run for which the busiest minutes go at their true rate."""
    steady_after_s: float | None = None
    """From this run second on, arrivals come at one rate and the portal is claimed to be steady, which the
    report checks; left out: never."""
    profile: str = "as-reported"
    """The mock portal's capacities: a name or the path of a file, see docs/add-a-scenario.md."""
    capacities: dict[str, Any] = {}
    """Settings of the profile in place of those that it has, such as `lines.sms = 12`."""
    scale: float = 1.0
    """Share of each capacity that the portal has; 1 at most."""
    window: Window = msgspec.field(default_factory=Window)
    demand: DemandSettings = msgspec.field(default_factory=DemandSettings)
    behaviour: BehaviourSettings = msgspec.field(default_factory=BehaviourSettings)
    stages: StageSettings = msgspec.field(default_factory=StageSettings)
    objectives: tuple[str, ...] = ()
    """Texts of the form `STEP.METRIC < NUMBER in PHASE`, see docs/objectives.md."""
    phases: tuple[Phase, ...] = ()
    """Named parts of the load, in place of those that the window makes: gate, opening or open, closed."""
    limits: dict[str, Any] = {}
    """Limits of the mock portal's rules in place of the usual ones, see docs/rules.md."""
    providers: dict[str, dict[str, float]] = {}
    """Settings of the outside services in place of the usual ones, see docs/providers.md."""
    faults: tuple[AnyFault, ...] = ()
    """Disturbances of the stack while the load lasts, see docs/faults.md."""
    server_workers: int = 1
    """Processes of the mock portal."""
    callback_faults: dict[str, float] = {}
    """Shares of the gateways' notifications that go wrong, in place of the usual ones, see docs/providers.md."""
    flaw_shares: dict[str, float] = {}
    """How often candidates' papers have a flaw: share by the flaw's name, in place of the usual share."""

    def __post_init__(self) -> None:
        check_positive(self, "minutes", "speed", "most_speed", "most_speed_inside", "answer_most_s", "scale")
        check_share(self, "true_share", "scale")
        if self.ceiling_per_s is not None:
            check_positive(self, "ceiling_per_s")
        if self.steady_after_s is not None and not 0 <= self.steady_after_s < self.length_s:
            raise ValueError(f"steady_after_s is {self.steady_after_s}; the load goes from 0 to {self.length_s:g} s")
        if self.server_workers < 1:
            raise ValueError(f"server_workers is {self.server_workers}; it must be 1 or more")
        if too_few := [it for it in self.faults if it.least_server_workers > self.server_workers]:
            least = too_few[0].least_server_workers
            raise ValueError(f"faults: {too_few[0].title}: server_workers is {self.server_workers}, it takes {least}")
        if self.faults and self.is_adaptive:
            raise ValueError("faults: with an adaptive pace nobody knows when they would come; write a steady one")
        check_phases(self.phases, adaptive=self.is_adaptive)
        for fault, other in combinations(self.faults, 2):
            if both := fault.overlaps(other):
                raise ValueError(f"faults: {fault.words}, and {other.words}: both at once on {', '.join(sorted(both))}")
        if late := [it for it in self.faults if it.to_s > self.length_s]:
            fault = late[0]
            raise ValueError(f"faults: {fault.words}: to_s is {fault.to_s:g}, the load ends at {self.length_s:g} s")
        if not 1 <= self.population <= _MOST_CANDIDATES:
            raise ValueError(f"population is {self.population}; it must be between 1 and {_MOST_CANDIDATES}")
        if "\n" in self.purpose or not self.purpose:
            raise ValueError("purpose must be one line of text")
        if not -self.demand.gate_length_s <= self.start_s < self.window.end_s:
            raise ValueError(
                f"start_s is {self.start_s}; visits come from {-self.demand.gate_length_s} (the gate) "
                f"to {self.window.end_s} (the last certificates)"
            )
        # Demand settings that only this window refuses are refused here, not in the middle of a run.
        share_per_minute(self.window, self.demand)
        # So are a calendar that is not known, and limits with which the stages make no sense.
        office_time(self.window, self.stages.with_limits(self.limits).office_days_after_close)
        known = FlawShares.__slots__
        if unknown := sorted(set(self.flaw_shares) - set(known)):
            raise ValueError(f"flaw_shares.{unknown[0]} is not a flaw; the flaws are {', '.join(known)}")
        FlawShares(**self.flaw_shares)  # refuses shares that are none

    @property
    def is_adaptive(self) -> bool:
        """Whether the pace follows what the portal bears."""
        return self.pace == "adaptive"

    @property
    def keeps_uploads(self) -> bool:
        """Whether the portal keeps all papers on disk, for the audit: of half a million they would be 1.6 TB."""
        return not self.is_adaptive or self.population <= PAPERS_KEPT_OF

    @property
    def length_s(self) -> float:
        """Length of the load in run seconds; with an adaptive pace, at most."""
        return self.minutes * 60

    @property
    def end_s(self) -> float:
        """Where the load ends, in portal seconds."""
        return self.window.end_s if self.is_adaptive else self.start_s + self.length_s * self.speed


def load_scenario(name_or_path: str | Path) -> Scenario:
    """Load a preset by its name, or the TOML file at a path.

    Raises ScenarioError, in one line, where there is no such scenario or something in it is wrong.
    """
    path = PRESETS / f"{name_or_path}.toml"
    if not path.is_file():
        path = Path(name_or_path)
    if not path.is_file():
        names = ", ".join(scenario_names())
        raise ScenarioError(
            f"there is no scenario {str(name_or_path)!r}: give one of {names}, or the path of a TOML file"
        )
    try:
        fields = tomllib.loads(path.read_text(encoding="utf-8"))
        check_names(fields, Scenario)
        _check_faults(fields.get("faults"))
        _check_phase_fields(fields.get("phases"))
        return msgspec.convert(fields, Scenario)
    except ValueError as error:  # of TOML, of UTF-8, of msgspec and of our own checks
        raise ScenarioError(f"{path}: {error}") from error


def scenario_names() -> dict[str, str]:
    """Give the presets' names and what each is for, in the order of their names."""
    return {path.stem: load_scenario(path).purpose for path in sorted(PRESETS.glob("*.toml"))}


def with_overrides(
    scenario: Scenario,
    *,
    population: int | None = None,
    seed: int | None = None,
    minutes: float | None = None,
    speed: float | None = None,
    ceiling_per_s: float | None = None,
    profile: str | None = None,
    server_workers: int | None = None,
    scale: float | None = None,
) -> Scenario:
    """Give the scenario with what was asked for on the command line; None leaves a field as it is.

    A `scale` is that of candidates and of capacities: a smaller population leaves out candidates and moves none.
    Raises ScenarioError, in one line, where a value makes no sense.
    """
    if scale is not None and 0 < scale <= 1:  # others are refused below
        population = max(1, round((population or scenario.population) * scale))
    asked = {
        "population": population,
        "seed": seed,
        "minutes": minutes,
        "speed": speed,
        "ceiling_per_s": ceiling_per_s,
        "profile": profile,
        "server_workers": server_workers,
        "scale": scale,
    }
    try:
        return msgspec.structs.replace(scenario, **{name: value for name, value in asked.items() if value is not None})
    except ValueError as error:
        raise ScenarioError(str(error)) from error


def _check_faults(faults: object) -> None:
    """Refuse a fault or a field of one that does not exist, and say which do."""
    for number, fault in enumerate(faults if isinstance(faults, list) else []):
        where = f"faults[{number}]."
        name = fault.get("name") if isinstance(fault, dict) else None
        if not isinstance(name, str) or name not in FAULTS:
            raise ValueError(f"{where}name is {name!r}; the faults are {', '.join(FAULTS)}")
        check_names({field: value for field, value in fault.items() if field != "name"}, FAULTS[name], where)


def _check_phase_fields(phases: object) -> None:
    """Refuse a field of a phase that does not exist, and say which do."""
    for number, phase in enumerate(phases if isinstance(phases, list) else []):
        if isinstance(phase, dict):
            check_names(phase, Phase, f"phases[{number}].")

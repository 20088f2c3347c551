"""What one trial of a diagnosis has shown: goodput, and what each resource was asked for.

Goodput is what came of the load in time: answers within IN_TIME_S of the moment at which they were wanted, whatever
was sent to get them. Static files are left out, as everywhere.
"""

from pathlib import Path

import msgspec
import polars as pl

from reports.analysis import Analysis, analyse
from reports.language import Text
from reports.latency import IN_TIME_S, IS_PAGE
from reports.run_folder import open_run
from reports.service_demand import service_demand_s


class ResourceFigures(msgspec.Struct, frozen=True):
    """What one resource did in a trial."""

    capacity: float
    completions: float
    held_s: float
    """Summed over all completions."""
    waited_s: float

    @property
    def demand_s(self) -> float:
        """Service demand: held time a completion. Of a trial at light load, where nobody waits, it is the true one."""
        return service_demand_s(self.held_s, self.completions) if self.completions else 0.0


class TrialFigures(msgspec.Struct, frozen=True):
    """The figures of one trial, over the part of its load in which the window is open."""

    name: str
    began_s: float
    """Unix second."""
    seed: int
    load_share: float
    relieved: tuple[str, ...]
    """Resources of which there was more than usual."""
    invalid_because: tuple[Text | str, ...]
    length_s: float
    visits: int
    in_time: int
    """Answers that came in time."""
    wanted: int
    """Answers that were wanted."""
    resources: dict[str, ResourceFigures]
    settings: dict[str, str] = {}
    """The setting that is the capacity of each resource."""
    capacities: dict[str, int] = {}
    """The value of each of those settings in this trial."""
    most: dict[str, int] = {}
    """How high a setting can be turned, where there is a bound."""
    titles: dict[str, str] = {}

    @property
    def goodput_per_s(self) -> float:
        """Answers in time a second."""
        return self.in_time / self.length_s

    @property
    def in_time_share(self) -> float:
        """Share of the wanted answers that came in time, 0 to 1; 1 where nothing was wanted."""
        return self.in_time / self.wanted if self.wanted else 1.0


def read_trial(folder: Path) -> TrialFigures:
    """Read a trial's run folder. Raises RunFolderError."""
    analysis = analyse(open_run(folder))
    facts = analysis.run.facts
    from_s = max((phase.to_s for phase in facts.phases if phase.name == "gate"), default=0.0)
    in_time, wanted = _answers(analysis, from_s)
    samples = analysis.counters.samples.filter(pl.col("at_s") > from_s)
    counted = samples.group_by("resource").agg(
        pl.col("completions", "held_s", "wait_s").sum(), pl.col("capacity").last()
    )
    settings = {name: setting for name, setting in facts.capacity_names.items() if name in facts.resource_titles}
    return TrialFigures(
        name=folder.name,
        began_s=facts.load.started_at.timestamp() if facts.load.started_at else 0.0,
        seed=facts.seed,
        load_share=float(facts.trial["load_share"]),
        relieved=tuple(facts.trial["relieved"]),
        invalid_because=tuple(analysis.invalid_because),
        length_s=facts.load.length_s - from_s,
        visits=analysis.books.started,
        in_time=in_time,
        wanted=wanted,
        resources={
            name: ResourceFigures(capacity, completions, held_s, wait_s)
            for name, completions, held_s, wait_s, capacity in counted.iter_rows()
        },
        settings=settings,
        capacities={setting: _value(facts.portal.capacities, setting) for setting in settings.values()},
        most=facts.capacity_limits,
        titles=facts.resource_titles,
    )


def _answers(analysis: Analysis, from_s: float) -> tuple[int, int]:
    """Give how many answers came in time, and how many were wanted, of pages that were first wanted after `from_s`."""
    load_ends_s = analysis.run.facts.load.length_s
    # What was wanted in the last moment has not had its time.
    pages = analysis.run.requests.filter(
        IS_PAGE, pl.col("intended_s") >= from_s, pl.col("intended_s") < load_ends_s - IN_TIME_S
    )
    answered = pl.col("outcome").is_in(["ok", "refused"]) & (pl.col("done_s") - pl.col("intended_s") <= IN_TIME_S)
    wanted = pl.struct("candidate", "visit", "step", "intended_s").n_unique()
    row = pages.select(answered.sum().alias("in_time"), wanted.alias("wanted")).collect().row(0)
    return int(row[0]), int(row[1])


def _value(capacities: dict[str, object], setting: str) -> int:
    value: object = capacities
    for name in setting.split("."):
        assert isinstance(value, dict)
        value = value[name]
    assert isinstance(value, int)
    return value

"""A portal of arithmetic: capacities in a row, of which the tightest sets the goodput."""

from dataclasses import dataclass, field

from reports.diagnosis import Diagnosis, decide
from reports.hands_off import suspect
from reports.trial_figures import ResourceFigures, TrialFigures

LENGTH_S = 20.0
VISITS = 200
ANSWERS = 30
"""Of each visit."""


@dataclass
class SimulatedPortal:
    """A portal with `capacities` and `demands` (seconds of each that a visit holds), under 10 visits a second.

    `elsewhere` is the share of the load that no capacity can serve; `noise` by seed is added to every goodput share.
    """

    capacities: dict[str, int]
    demands: dict[str, float]
    elsewhere: float = 1.0
    noise: dict[tuple[str, int], float] = field(default_factory=dict)
    void: frozenset[str] = frozenset()
    asked: list[str] = field(default_factory=list)
    trials: list[TrialFigures] = field(default_factory=list)

    def trial(self, step) -> TrialFigures:
        """Give the figures of one trial."""
        self.asked.append(step.name)
        capacities = {**self.capacities, **{name.removeprefix("set."): c for name, c in step.capacities.items()}}
        visits = round(VISITS * step.load_share)
        rate = visits / LENGTH_S
        served = min([self.elsewhere / step.load_share, *(c / (rate * self.demands[r]) for r, c in capacities.items())])
        share = min(1.0, served) + self.noise.get((step.name.partition("-")[0], step.seed), 0.0)
        return TrialFigures(
            name=step.name,
            began_s=float(len(self.asked)),
            seed=step.seed,
            load_share=step.load_share,
            relieved=step.relieved,
            invalid_because=("late",) if step.name in self.void else (),
            length_s=LENGTH_S,
            visits=visits,
            in_time=round(min(share, 1.0) * visits * ANSWERS),
            wanted=visits * ANSWERS,
            resources={
                r: ResourceFigures(c, float(visits), visits * self.demands[r], 0.0) for r, c in capacities.items()
            },
            settings={r: f"set.{r}" for r in capacities},
            capacities={f"set.{r}": c for r, c in capacities.items()},
        )

    def diagnose(self, *, with_ramp: bool = False) -> Diagnosis:
        """Make trials until the diagnosis stands."""
        while not isinstance(step := decide(self.trials, 1, with_ramp=with_ramp), Diagnosis):
            self.trials.append(self.trial(step))
        return step

    def suspect(self) -> Diagnosis:
        """Make trials in which no capacity is turned, until somebody is suspected."""
        while not isinstance(step := suspect(self.trials, 1), Diagnosis):
            assert not step.capacities
            self.trials.append(self.trial(step))
        return step

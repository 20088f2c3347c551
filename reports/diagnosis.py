"""Which resource limits the portal: what to try next, and what the trials so far prove. Pure, trial by trial.

    light load ─► baseline ─► everything relieved ─► one resource relieved, another, … ─► more seeds ─► a cure
       D, U          loss        is it a capacity?      which one alone does it?           is it so?     how much?

A resource is confirmed where the law of utilisation predicts it full at this load, where its relief (three times its
capacity, or more) gains goodput beyond doubt, as much as the relief of everything does, and where no other does so.
Each trial relieved meets the same arrivals, with the same draws, as the baseline of its seed: Coz does the same with
virtual speed-ups (Curtsinger and Berger, SOSP 2015). What waits longest, or is busiest, proves nothing: those who hold
a worker slot while they wait for something further in fill the slots too.
"""

from collections.abc import Iterable, Mapping
from itertools import combinations
from math import ceil

import msgspec

from reports.language import Text, later
from reports.paired_gain import holm, paired_gain
from reports.ramp import LIGHT_SHARE, Ramp, goodput_curve
from reports.service_demand import utilisation
from reports.trial_figures import TrialFigures
from reports.words import resource_later

RELIEF = 3
"""Times the usual capacity. Two might move the limit by too little to be seen; ten might overrun what lies behind.
Where the utilisation law asks for more, a relief is that much: three times a capacity that is asked for three times
over would leave it full, and those who wait there hold what others need."""
RAMP_SHARES = (0.3, 0.6, 0.9)
"""Of the load: for the curve of goodput, and to see demands that grow with the load."""
FULL = 0.97
"""Predicted utilisation of a limiting resource. Below it, a queue of random arrivals still drains."""
NEARLY_FULL = 0.85
"""From here on a resource is tried: the demand at light load is a mean of few uses, so the prediction may be low."""
LEAST_GAIN = 0.02
"""Of the offered load. Two runs of one set-up and one seed differ by under one percent."""
LEAST_LOSS = 0.03
"""Of the offered load: who loses less is not limited."""
LEAST_SLOWDOWN = 0.10
"""Of the answers that light load lets expect. Who waits just under two seconds for each page loses none, but gets on
slowly: then it is worth a trial whether three times every capacity gains anything."""
AS_GOOD = 0.03
"""Of the offered load: how far a relief may stay behind the best one and still count as restoring all."""
IN_DOUBT = 0.10
"""Of the offered load: one that stays behind by more than AS_GOOD and up to this is tried with more seeds. On a machine
that others use too, two runs of one set-up differ by some percent; the mean of three tells."""
BY_CHANCE = 0.05
"""A gain that chance would give more often than this, corrected for all resources that were tried, is none."""
SEEDS = 3
MOST_SEEDS = 5
"""Seeds of a comparison at first, and at most: the interval of three runs is wide (t = 4.3)."""
MOST_TRIED = 5
"""Resources that are relieved one by one."""
COMFORTABLE = 0.75
"""Utilisation at which a cured resource runs: room for the peaks within the load."""


class Step(msgspec.Struct, frozen=True):
    """A trial that is wanted next."""

    name: str
    why: str
    seed: int
    load_share: float = 1.0
    relieved: tuple[str, ...] = ()
    capacities: dict[str, int] = {}


class Repeated(msgspec.Struct, frozen=True):
    """A gain over pairs of runs, as shares of the offered load: its mean, 95 % interval and corrected p-value."""

    pairs: int
    mean: float
    low: float
    high: float
    p: float


class Candidate(msgspec.Struct, frozen=True):
    """What speaks for and against one resource. Gains are shares of the offered load."""

    resource: str
    title: str
    demand_ms: float
    predicted_utilisation: float
    capacity: int
    gain: float | None = None
    """Of goodput, when it alone is relieved, with the first seed; None: not tried."""
    behind_best: float | None = None
    """How far that stays behind the best relief."""
    repeated: Repeated | None = None
    """The gain over all seeds; None: not repeated."""
    cure: int | None = None
    """The capacity that was shown to restore the goodput."""
    demand_growth: float | None = None
    """Its demand at the ramp's highest load over that at light load; None without a ramp."""


class Diagnosis(msgspec.Struct, frozen=True):
    """What the trials prove."""

    standing: str
    """`holds`: the portal bears the load; `confirmed`; `suspected`: predicted, not proven; `not_identified`; `void`."""
    because: Text
    loss: float | None
    """Share of the offered load that does not come in time in the baseline."""
    confirmed: tuple[str, ...] = ()
    """Or suspected."""
    candidates: tuple[Candidate, ...] = ()
    trials: tuple[str, ...] = ()
    ramp: Ramp | None = None


def decide(done: Iterable[TrialFigures], first_seed: int, *, with_ramp: bool = True) -> Step | Diagnosis:
    """Give the next trial that is wanted, or the diagnosis where there is no more to try.

    `with_ramp`: the curve of goodput is wanted too, once the answer is known; it does not change the answer.

    `done` are all trials so far. The same trials always give the same answer, so a series can be taken up again.
    """
    try:
        return Reasoning({trial.name: trial for trial in done}, first_seed, with_ramp).diagnosis()
    except Wanted as wanted:
        return wanted.step


def diagnosis_lines(found: Diagnosis) -> list[str]:
    """Say what the trials prove, in lines for a terminal."""
    titles = {it.resource: it.title for it in found.candidates}
    lines = []
    match found.standing:
        case "holds":
            lines.append("The portal bears this load.")
        case "confirmed":
            lines.append(f"Confirmed: the limit is {' and '.join(titles[r] for r in found.confirmed)}.")
            cures = [f"{it.cure} in place of {it.capacity} {it.title}" for it in found.candidates if it.cure]
            lines += [f"Enough: {', '.join(cures)}."] if cures else []
        case "suspected":
            lines.append(f"Suspected: {', '.join(titles[r] for r in found.confirmed)}.")
        case "void":
            lines.append("Void: no trial can be trusted.")
        case _:
            lines.append("Not identified.")
    return [*lines, str(found.because)]


class Wanted(Exception):  # noqa: N818 - not an error
    """The reasoning stops where a trial is missing."""

    def __init__(self, step: Step) -> None:
        super().__init__(step.name)
        self.step = step


class _Void(Exception):  # noqa: N818 - as above
    def __init__(self, because: Text) -> None:
        super().__init__(because)
        self.because = because


class Reasoning:
    """Goes through the argument from its beginning, and stops at the first trial that it lacks."""

    def __init__(self, done: Mapping[str, TrialFigures], first_seed: int, with_ramp: bool) -> None:
        self._done = done
        self._seed = first_seed
        self._with_ramp = with_ramp
        self._gains: dict[str, float] = {}
        self._repeated: dict[str, Repeated] = {}
        self._cures: dict[str, int] = {}

    def diagnosis(self) -> Diagnosis:
        """Give what the trials prove. Raises Wanted."""
        try:
            return self._argue()
        except _Void as void:
            return Diagnosis("void", void.because, None, trials=tuple(self._done))

    def _argue(self) -> Diagnosis:
        self._light = self._trial(
            Step("light", "what each resource is held for when nobody waits", self._seed, LIGHT_SHARE)
        )
        base = self._baseline(0)
        late = [1 - base.in_time_share]
        if late[0] < LEAST_LOSS:
            late.append(1 - self._baseline(1).in_time_share)
        holds = max(late) < LEAST_LOSS
        bears = later("diagnosis-holds", in_time_percent=100 * (1 - max(late)))
        if holds and base.in_time >= (1 - LEAST_SLOWDOWN) * self._expected(base):
            self._best, self._offered = base.in_time, base.wanted
            return self._end("holds", bears, max(late))
        best = self._relieved(tuple(self._light.settings), 0, "all", "does more of every capacity help at all?")
        self._best = best.in_time
        self._offered = max(base.wanted, best.wanted)
        loss = 1 - base.in_time / self._offered
        gain = self._gain(best, base)
        if holds and gain < LEAST_SLOWDOWN:
            return self._end("holds", bears, max(late))
        if gain < LEAST_GAIN:
            because = later("diagnosis-no-capacity", loss_percent=100 * loss, gain_percent=100 * gain)
            return self._end("not_identified", because, loss)
        tried = [r for r, u in self._by_utilisation() if u >= NEARLY_FULL][:MOST_TRIED]
        for resource in tried:
            why = f"predicted to be {self._utilisation(resource):.0%} busy: does it alone help?"
            relief = self._relieved((resource,), 0, resource, why)
            self._gains[resource] = self._gain(relief, base)
            self._best = max(self._best, relief.in_time)
        restoring = [r for r in tried if self._restores((r,), r, base)]
        sure = [r for r in restoring if self._utilisation(r) >= FULL]
        if len(restoring) == 1 and sure:
            return self._confirm((restoring[0],), restoring[0], loss)
        if restoring:
            because = later("diagnosis-several", resources=tuple(map(self._said, restoring)))
            return self._end("not_identified", because, loss)
        return self._argue_for_two(base, tried, loss)

    def _argue_for_two(self, base: TrialFigures, tried: list[str], loss: float) -> Diagnosis:
        """No single one restores the goodput: two may limit the portal one after the other."""
        full = [r for r in tried if self._utilisation(r) >= FULL]
        for pair in combinations(full[:3], 2):
            label = "+".join(pair)
            relief = self._relieved(pair, 0, label, "none alone restores the goodput: do two together?")
            self._gains[label] = self._gain(relief, base)
            self._best = max(self._best, relief.in_time)
            if self._restores(pair, label, base):
                return self._confirm(pair, label, loss)
        because = later("diagnosis-none-restores", tried=len(tried), resources=tuple(map(self._said, tried)))
        return self._end("not_identified", because, loss)

    def _confirm(self, resources: tuple[str, ...], label: str, loss: float) -> Diagnosis:
        late: list[float] = []
        relieved: list[float] = []
        for number in range(MOST_SEEDS):
            base = self._baseline(number)
            relief = self._relieved(resources, number, label, "is it so with other arrivals?")
            offered = max(relief.wanted, base.wanted)
            late.append(1 - base.in_time / offered)
            relieved.append(1 - relief.in_time / offered)
            if len(late) < SEEDS:
                continue
            gain = paired_gain(late, relieved)
            p = holm({name: gain.p if name == label else 1.0 for name in {label, *self._gains}})[label]
            found = self._repeated[label] = Repeated(gain.pairs, gain.mean, gain.low, gain.high, p)
            if found.low > LEAST_GAIN and p < BY_CHANCE:
                self._find_cure(resources, label)
                because = later(
                    "diagnosis-confirmed",
                    resources=tuple(map(self._said, resources)),
                    gain_percent=100 * found.mean,
                    low_percent=100 * found.low,
                    high_percent=100 * found.high,
                    pairs=found.pairs,
                )
                return self._end("confirmed", because, loss, resources)
        because = later(
            "diagnosis-not-repeated",
            resources=tuple(map(self._said, resources)),
            gain_percent=100 * found.mean,
            low_percent=100 * found.low,
            least_percent=100 * LEAST_GAIN,
            pairs=found.pairs,
            p=found.p,
        )
        return self._end("not_identified", because, loss)

    def _find_cure(self, resources: tuple[str, ...], label: str) -> None:
        """Try the capacity that the law of utilisation asks for: and see whether it is enough."""
        wanted: dict[str, int] = {}
        for resource in resources:
            usual = self._capacity(resource)
            wanted[resource] = min(max(usual + 1, self._comfortable(resource)), self._plenty(resource))
        if all(wanted[r] == self._plenty(r) for r in resources):
            self._cures = wanted  # the relief was no more than the law asks for, and has shown that it is enough
            return
        base = self._baseline(0)
        trial = self._trial(
            Step(
                f"cure-{label}-seed{self._seed}",
                "is what the law of utilisation asks for enough?",
                self._seed,
                relieved=resources,
                capacities={self._light.settings[r]: wanted[r] for r in resources},
            )
        )
        enough_gain = self._is_as_good(base, self._gain(trial, base))
        self._cures = {r: wanted[r] if enough_gain else self._plenty(r) for r in resources}

    def _trial(self, step: Step) -> TrialFigures:
        """Give a trial's figures; one that is void is made once more. Raises Wanted and _Void."""
        for name in (step.name, f"{step.name}-again"):
            if name not in self._done:
                raise Wanted(msgspec.structs.replace(step, name=name))
            if not self._done[name].invalid_because:
                return self._done[name]
        raise _Void(later("diagnosis-void", trial=step.name, reasons=self._done[name].invalid_because))

    def _baseline(self, number: int) -> TrialFigures:
        seed = self._seed + number
        return self._trial(Step(f"baseline-seed{seed}", "the portal as it is, under the whole load", seed))

    def _relieved(self, resources: tuple[str, ...], number: int, label: str, why: str) -> TrialFigures:
        seed = self._seed + number
        capacities = {self._light.settings[r]: self._plenty(r) for r in resources}
        return self._trial(
            Step(f"relief-{label}-seed{seed}", why, seed, relieved=resources, capacities=capacities),
        )

    def _gain(self, relief: TrialFigures, base: TrialFigures) -> float:
        return (relief.in_time - base.in_time) / max(relief.wanted, base.wanted)

    def _restores(self, resources: tuple[str, ...], label: str, base: TrialFigures) -> bool:
        """Say whether a relief does as much as the best one; where one pair of runs cannot tell, over more seeds."""
        behind = (self._best - base.in_time) / self._offered - self._gains[label]
        is_full = all(self._utilisation(r) >= FULL for r in resources)
        if self._gains[label] < LEAST_GAIN or behind <= AS_GOOD or behind > IN_DOUBT or not is_full:
            return self._is_as_good(base, self._gains[label])
        gaps = [behind]
        for number in range(1, SEEDS):
            why = "one pair of runs cannot tell whether it does as much as everything"
            everything = self._relieved(tuple(self._light.settings), number, "all", why)
            alone = self._relieved(resources, number, label, why)
            gaps.append(self._gain(everything, alone))
        return sum(gaps) / len(gaps) <= AS_GOOD

    def _is_as_good(self, base: TrialFigures, gain: float) -> bool:
        best = (self._best - base.in_time) / self._offered
        return gain >= LEAST_GAIN and best - gain <= AS_GOOD

    def _expected(self, base: TrialFigures) -> float:
        """Give the answers that the baseline's visits would get if they got on as at light load."""
        return base.visits * self._light.in_time / max(1, self._light.visits)

    def _capacity(self, resource: str) -> int:
        return self._light.capacities[self._light.settings[resource]]

    def _comfortable(self, resource: str) -> int:
        """Give the capacity that the law of utilisation asks for."""
        return ceil(self._utilisation(resource) * self._capacity(resource) / COMFORTABLE)

    def _plenty(self, resource: str) -> int:
        """Give the capacity of its relief, as far as the setting can be turned."""
        plenty = max(RELIEF * self._capacity(resource), self._comfortable(resource))
        return min(plenty, self._light.most.get(self._light.settings[resource], plenty))

    def _title(self, resource: str) -> str:
        return self._light.titles.get(resource, resource)

    def _said(self, resource: str) -> Text:
        return resource_later(resource, self._title(resource))

    def _utilisation(self, resource: str) -> float:
        """Predict the utilisation under the whole load, from demand and uses a visit at light load."""
        figures = self._light.resources.get(resource)
        if figures is None or not self._light.visits:
            return 0.0
        uses_a_visit = figures.completions / self._light.visits
        rate_per_s = self._baseline(0).visits * uses_a_visit / self._light.length_s
        return utilisation(rate_per_s, figures.demand_s, figures.capacity)

    def _by_utilisation(self) -> list[tuple[str, float]]:
        found = [(r, self._utilisation(r)) for r in self._light.settings]
        return sorted(found, key=lambda pair: -pair[1])

    def _ramp(self) -> list[TrialFigures]:
        """Give the portal as it is at rising loads; none where nobody wants them."""
        if not self._with_ramp:
            return []
        why = "how goodput and demands change with the load"
        between = [self._trial(Step(f"ramp-{share:.0%}", why, self._seed, share)) for share in RAMP_SHARES]
        return [self._light, *between, self._baseline(0)]

    def _end(self, standing: str, because: Text, loss: float, confirmed: tuple[str, ...] = ()) -> Diagnosis:
        ramp = self._ramp() if standing != "holds" else []
        high = ramp[-2].resources if ramp else {}
        base = self._baseline(0)
        behind = {r: (self._best - base.in_time) / self._offered - gain for r, gain in self._gains.items()}
        candidates = tuple(
            Candidate(
                resource=r,
                title=self._title(r),
                demand_ms=1000 * self._light.resources[r].demand_s,
                predicted_utilisation=utilisation,
                capacity=self._capacity(r),
                gain=self._gains.get(r),
                behind_best=behind.get(r),
                repeated=self._repeated.get(r),
                cure=self._cures.get(r),
                demand_growth=_growth(self._light.resources[r].demand_s, high[r].demand_s) if r in high else None,
            )
            for r, utilisation in self._by_utilisation()
            if r in self._light.resources
        )
        curve = goodput_curve(ramp) if ramp else None
        return Diagnosis(standing, because, loss, confirmed, candidates, tuple(self._done), curve)


def _growth(light_s: float, high_s: float) -> float | None:
    return high_s / light_s if light_s > 0 else None

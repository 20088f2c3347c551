"""Which resource is suspected where no capacity may be turned: at a portal that belongs to somebody else.

    light load ─► whole load ─► 30, 60, 90 % of our own load
       D, U          loss         where is the portal still well?

Slowing our own share down is the one thing that can be changed from outside. A resource is suspected where the law of
utilisation predicts it full under the whole load, and no more under the highest load that the portal bears well: what
fills up because others wait further in is not full by its own demand. That is a prediction, not a proof.
"""

from collections.abc import Iterable

from reports.diagnosis import FULL, LEAST_LOSS, RAMP_SHARES, Diagnosis, Reasoning, Step, Wanted
from reports.language import later
from reports.ramp import LIGHT_SHARE
from reports.trial_figures import TrialFigures


def suspect(done: Iterable[TrialFigures], first_seed: int) -> Step | Diagnosis:
    """Give the next trial that is wanted, or who is suspected; like `decide`, but without a single relief."""
    try:
        return _Suspicion({trial.name: trial for trial in done}, first_seed, with_ramp=True).diagnosis()
    except Wanted as wanted:
        return wanted.step


class _Suspicion(Reasoning):
    def _argue(self) -> Diagnosis:
        self._light = self._trial(
            Step("light", "what each resource is held for when nobody waits", self._seed, LIGHT_SHARE)
        )
        base = self._baseline(0)
        self._best, self._offered = base.in_time, base.wanted
        loss = 1 - base.in_time_share
        if loss < LEAST_LOSS:
            return self._end("holds", later("diagnosis-holds", in_time_percent=100 * base.in_time_share), loss)
        shares = (LIGHT_SHARE, *RAMP_SHARES)
        well = [
            share for share, trial in zip(shares, self._ramp(), strict=False) if 1 - trial.in_time_share < LEAST_LOSS
        ]
        if not well:
            return self._end("not_identified", later("diagnosis-light-load-lost", share=LIGHT_SHARE), loss)
        bearable = 1 / (1 - LEAST_LOSS)  # what a portal can be asked for that is called well
        full = [(r, u) for r, u in self._by_utilisation() if u >= FULL and u * max(well) <= bearable]
        if not full:
            return self._end("not_identified", later("diagnosis-nothing-told", well=max(well)), loss)
        suspects = tuple(
            later("predicted-busy", resource=self._said(r), whole_percent=100 * u, well_percent=100 * u * max(well))
            for r, u in full
        )
        first = full[0][0]
        because = later(
            "diagnosis-suspected",
            well=max(well),
            suspects=suspects,
            resource=self._said(first),
            wanted=self._comfortable(first),
            capacity=self._capacity(first),
        )
        return self._end("suspected", because, loss, tuple(r for r, _ in full))

"""How the portal came through its faults: goodput before, during and after, and how long it took to be itself again.

Goodput is the share of the answers wanted in a second that came within IN_TIME_S: on the last day the load itself
rises, so answers a second would rise with it. It is of the second in which an answer was first wanted, so one that
the fault delayed counts where the candidate felt it. Pure: requests, visits and faults in, figures out.
"""

from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from reports.latency import IN_TIME_S, IS_PAGE
from reports.run_folder import Run, RunFolderError

FILE = "faults.json"
BEFORE_S = 30.0
"""How much of the time before a fault says what is usual, and how much of that after its recovery what came of it."""
STEADY_S = 5
"""Seconds in a row over which a portal is itself again."""
FELT_WITHIN_S = 10.0
"""After a fault has ended, this long is looked for what it has done: processes take seconds to come back."""
WITHIN = 0.05
"""Of the goodput before: how far it may stay behind."""


class PlayedFault(msgspec.Struct, frozen=True):
    """A fault as it was played; docs/run-folder.md has its fields."""

    name: str
    words: str
    from_s: float | None = None
    to_s: float | None = None
    failed: str = ""


@dataclass(frozen=True)
class Recovery:
    """What one fault did. Shares are of wanted answers, times in seconds; None: it did not come to that."""

    fault: PlayedFault
    before: float | None
    """Goodput before; None where nothing was wanted then."""
    during: float | None
    after: float | None
    """From its recovery on."""
    felt_after_s: float | None
    """From its begin until goodput fell short."""
    recovered_after_s: float | None
    """From its end until goodput was as before, for STEADY_S seconds; 0 where the fault was not felt."""
    latency_after_s: float | None
    """From its end until the 95th percentile of latency was within the objective."""
    outlasts: bool
    """Whether it was felt, and the next fault or the end of the load came before it was recovered from."""
    requests_lost: int
    """Requests that failed or were given up from its begin until its recovery."""
    candidates_lost: int
    """Candidates who gave up in that time, and did not come for the same again or gave up again."""


def read_faults(folder: Path) -> list[PlayedFault]:
    """Give the faults that were played in a run, in the order of their begin. Raises RunFolderError."""
    path = folder / FILE
    if not path.exists():
        return []
    try:
        faults = msgspec.json.decode(path.read_bytes(), type=list[PlayedFault])
    except msgspec.DecodeError as error:
        raise RunFolderError(f"{path}: {error}") from None
    return sorted(faults, key=lambda it: it.from_s if it.from_s is not None else np.inf)


def read_recoveries(run: Run, objective_ms: float) -> list[Recovery]:
    """Give what each fault of a run did; `objective_ms` is what the 95th percentile of latency is held to."""
    faults = read_faults(run.folder)
    if not faults:
        return []
    felt = _felt(run.requests.filter(IS_PAGE).collect(), run.facts.load.length_s)
    visits = run.visits.collect()
    found = []
    for number, fault in enumerate(faults):
        if fault.from_s is None:
            found.append(Recovery(fault, None, None, None, None, None, None, False, 0, 0))
            continue
        later = [it.from_s for it in faults[number + 1 :] if it.from_s is not None]
        until_s = min([run.facts.load.length_s - IN_TIME_S, *later])
        usual = felt.share(*_usual_times(faults[:number], fault.from_s))
        found.append(_recovery(fault, fault.from_s, usual, until_s, felt, visits, objective_ms))
    return found


def _usual_times(earlier: list[PlayedFault], from_s: float) -> tuple[float, float]:
    """Give from when to when it was as usual before a fault: before those too that still last when it begins."""
    to_s = from_s
    for it in reversed(earlier):
        if it.from_s is not None and (it.to_s is None or it.to_s > to_s):
            to_s = min(to_s, it.from_s)
    ended = [it.to_s for it in earlier if it.to_s is not None and it.to_s <= to_s]
    return max([0.0, to_s - BEFORE_S, *ended]), to_s


@dataclass(frozen=True)
class _Felt:
    """Requests that were wanted, one row each, and what came of them second by second."""

    wanted: pl.DataFrame
    """`intended_s`, `in_time`, `latency_ms`."""
    attempts: pl.DataFrame
    in_time: NDArray[np.float64]
    count: NDArray[np.float64]

    def share(self, from_s: float, to_s: float) -> float | None:
        """Give the goodput of whole seconds, of one at least; None where nothing was wanted."""
        first = int(from_s)
        seconds = slice(first, max(first + 1, int(to_s)))
        wanted = self.count[seconds].sum()
        return float(self.in_time[seconds].sum() / wanted) if wanted else None

    def p95_ms(self, from_s: float, to_s: float) -> float | None:
        """Give the 95th percentile of latency of what was wanted then."""
        inside = self.wanted.filter(pl.col("intended_s").is_between(from_s, to_s, closed="left"))["latency_ms"]
        return float(np.quantile(inside.to_numpy(), 0.95)) if len(inside) else None


def _felt(attempts: pl.DataFrame, length_s: float) -> _Felt:
    """Put the attempts of each wish together: it is answered when the first of them is."""
    answered = pl.col("outcome").is_in(["ok", "refused"])
    latency_ms = 1000 * (pl.col("done_s") - pl.col("intended_s"))
    wanted = (
        attempts.filter(pl.col("intended_s").is_between(0, length_s - IN_TIME_S, closed="left"))
        .group_by("candidate", "visit", "step", "intended_s")
        .agg(
            (answered & (latency_ms <= 1000 * IN_TIME_S)).any().alias("in_time"),
            # Who was never answered has waited until giving up, at least.
            pl.coalesce(latency_ms.filter(answered).min(), latency_ms.max()).alias("latency_ms"),
        )
    )
    second = wanted["intended_s"].floor().cast(pl.Int64).to_numpy()
    seconds = int(np.ceil(length_s)) + 1
    in_time = np.bincount(second, weights=wanted["in_time"].to_numpy().astype(np.float64), minlength=seconds)
    count = np.bincount(second, weights=np.ones(len(second)), minlength=seconds)
    return _Felt(wanted, attempts, in_time.astype(np.float64), count.astype(np.float64))


def _recovery(
    fault: PlayedFault,
    from_s: float,
    before: float | None,
    until_s: float,
    felt: _Felt,
    visits: pl.DataFrame,
    objective_ms: float,
) -> Recovery:
    to_s = min(fault.to_s if fault.to_s is not None else until_s, until_s)
    enough = (1 - WITHIN) * (before or 0.0)
    seconds = np.arange(np.floor(from_s), min(to_s + FELT_WITHIN_S, until_s))
    short = ((second, felt.share(second, second + 1)) for second in seconds)
    felt_s = next((float(second) for second, share in short if share is not None and share < enough), None)
    starts = np.arange(np.ceil(max(to_s, felt_s or 0.0)), until_s - STEADY_S + 1)
    shares = ((start, felt.share(start, start + STEADY_S)) for start in starts)
    recovered_s = next((start for start, share in shares if share is not None and share >= enough), None)
    tails = ((start, felt.p95_ms(start, start + STEADY_S)) for start in starts)
    quick_s = next((start for start, p95_ms in tails if p95_ms is not None and p95_ms <= objective_ms), None)
    over_s = until_s if recovered_s is None else float(recovered_s)
    return Recovery(
        fault=fault,
        before=before,
        during=felt.share(from_s, np.ceil(to_s)),
        after=None if recovered_s is None else felt.share(over_s, min(until_s, over_s + BEFORE_S)),
        felt_after_s=None if felt_s is None else max(0.0, felt_s - from_s),
        recovered_after_s=None if recovered_s is None else max(0.0, over_s - to_s) if felt_s is not None else 0.0,
        latency_after_s=None if quick_s is None else max(0.0, float(quick_s) - to_s),
        outlasts=felt_s is not None and recovered_s is None and len(starts) > 0,
        requests_lost=felt.attempts.filter(
            pl.col("outcome").is_in(["failed", "abandoned"])
            & (pl.col("done_s") >= from_s)
            & (pl.col("sent_s") <= over_s)
        ).height,
        candidates_lost=_lost_for_good(visits, from_s, over_s),
    )


def _lost_for_good(visits: pl.DataFrame, from_s: float, to_s: float) -> int:
    """Count who gave up then and did not come for the same again, or did and gave up again."""
    gone = visits.filter((pl.col("outcome") == "gave_up") & pl.col("ended_s").is_between(from_s, to_s))
    good = visits.filter(pl.col("outcome").is_in(["finished", "inside"]))
    met = gone.join(good, on=["candidate", "purpose"], suffix="_good")
    back = met.filter(pl.col("started_s_good") >= pl.col("ended_s"))
    return gone.join(back, on="candidate", how="anti")["candidate"].n_unique()

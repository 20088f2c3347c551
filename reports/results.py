"""Whether the objectives were held: by step and by resource, over the load or within one of its phases."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from reports import latency
from reports.facts import Phase
from reports.objectives import WAIT_METRICS, Objective, Result, evaluate
from reports.resources import Counters
from reports.run_folder import Run
from reports.server_timing import waits_ms


def read_results(wanted: Sequence[Objective], run: Run, steps: pl.DataFrame, counters: Counters) -> list[Result]:
    """Hold objectives against a run; `steps` is the table of the whole load."""
    phases = {phase.name: phase for phase in run.facts.phases if phase.from_s < run.facts.load.length_s}
    steps_in = {"": steps}
    found = []
    for it in wanted:
        phase = phases.get(it.phase)
        if it.phase and phase is None:  # the load ended before it, or is a trial that has other phases
            found.append(Result(it, None, held=None))
        elif it.is_of_resource:
            found.append(_of_resource(it, run, counters, phase))
        else:
            if it.phase not in steps_in:
                steps_in[it.phase] = latency.by_step(wanted_in(run.requests, phase), run.pace)
            found.append(evaluate(it, steps_in[it.phase]))
    return found


def wanted_in(requests: pl.LazyFrame, phase: Phase | None) -> pl.LazyFrame:
    """Give the requests that were first wanted in a phase, whenever they were answered; all without a phase."""
    if phase is None:
        return requests
    return requests.filter(pl.col("intended_s").is_between(phase.from_s, phase.to_s, closed="left"))


def _of_resource(it: Objective, run: Run, counters: Counters, phase: Phase | None) -> Result:
    if it.metric in WAIT_METRICS:
        waits = waits_ms(run.pace.truly(wanted_in(run.requests, phase), "intended_s"), it.subject)
        share = latency.QUANTILES[it.metric.split("_")[1]]
        value = waits.quantile(share, interpolation="linear")
    else:
        seen = counters if phase is None else _during(counters, phase)
        value = seen.utilisation(it.subject) if it.metric == "utilisation" else seen.queue_max(it.subject)
    return Result(it, value, held=None if value is None else value < it.limit)


def _during(counters: Counters, phase: Phase) -> Counters:
    middle = pl.col("at_s") - pl.col("dt_s") / 2
    rows = counters.samples.filter(middle.is_between(phase.from_s, phase.to_s, closed="left"))
    return replace(counters, samples=rows)

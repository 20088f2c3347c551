"""The figures by which runs are compared, each cut into the same blocks of time in all runs."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl

from reports import objectives
from reports.analysis import Analysis
from reports.effects import BLOCKS, RUN_NOISE, WORK_BY_CPU, Figure, Floats, Ints, Quantile, Share
from reports.facts import Facts
from reports.latency import EVERY, IS_PAGE, QUANTILES, QUEUE
from reports.resources import Use
from reports.sensitivity import Growth, Sensitivity, at_quantile, wait_growth
from reports.server_timing import spent_ms

LEAST_REQUESTS = 100
"""A step with fewer in any run is not compared: too few for a 95th percentile."""
COMPARED = ("intended_p50_ms", "intended_p95_ms")
"""What is compared of each step, besides what the objectives name."""
FAILED = "failed_share"
WAIT, SERVICE = "wait_ms", "service_ms"


Part = Literal["whole", "steps", "resources"]
PARTS: tuple[Part, ...] = ("whole", "steps", "resources")


@dataclass(frozen=True)
class RunFigures:
    """The figures of one run, by names such as `submission.intended_p95_ms` and `sms.wait_ms`."""

    whole: dict[str, Figure]
    """Of every page, and of the objectives."""
    steps: dict[str, Figure]
    resources: dict[str, Figure]
    """Waiting and service a use."""
    generator_ms: float = 0.0
    """CPU of the load generator a request, whose work is the same in all runs: it tells how fast the machine was."""

    def part(self, part: Part) -> dict[str, Figure]:
        """Give a part by its name."""
        found: dict[str, Figure] = getattr(self, part)
        return found


def figure_noise(figure: Figure, machine: float) -> float:
    """Give by how much a figure differs between runs of the same set-up because work is slower in one.

    A standard deviation of logarithms; `machine` is by how much the machine's speed differs, as `machine_noise` has it.
    """
    return math.hypot(RUN_NOISE * figure.sensitivity.to_all, machine * figure.sensitivity.to_ours)


def machine_noise(runs: Sequence[RunFigures]) -> float:
    """Give by how much the machine made the portal's work slower in one run than in another.

    A standard deviation of logarithms, from the CPU that the load generator needed a request; 0 where it is not known.

    >>> slow, quick = (RunFigures({}, {}, {}, generator_ms) for generator_ms in (1.1, 1.0))
    >>> round(machine_noise([slow, quick]), 2), machine_noise([quick, quick])
    (0.17, 0.0)
    """
    cpu_ms = [it.generator_ms for it in runs]
    return WORK_BY_CPU * float(np.log(cpu_ms).std(ddof=1)) if len(cpu_ms) > 1 and min(cpu_ms) > 0 else 0.0


def read_figures(runs: Sequence[Analysis]) -> list[RunFigures]:
    """Give the figures of runs that are comparable; those that one of them does not have are left out in all.

    Requests lie in the block in which they were first wanted, what resources did in that of the answer. Blocks hold
    equal numbers of pages, over all runs.
    """
    tables = [_requests(a) for a in runs]
    wanted = np.concatenate([table.filter("page")["intended_s"].to_numpy() for table in tables])
    edges = np.quantile(wanted, np.linspace(0, 1, BLOCKS + 1)[1:-1]) if len(wanted) else np.zeros(BLOCKS - 1)
    counts = [dict(table.group_by("step").len().iter_rows()) for table in tables]
    steps = [s for s in counts[0] if s != QUEUE and all(c.get(s, 0) >= LEAST_REQUESTS for c in counts)]
    known = runs[0].run.facts.steps
    steps.sort(key=lambda s: (known.index(s) if s in known else len(known), s))
    # An objective on a resource or a phase is a line of its own in each report; compared is the whole load.
    aims = [it.objective for it in runs[0].results if not it.objective.is_of_resource and not it.objective.phase]
    shared = set.intersection(*(set(a.timings.resources) for a in runs))
    return [_figures(a, table, edges, steps, aims, sorted(shared)) for a, table in zip(runs, tables, strict=True)]


def _requests(a: Analysis) -> pl.DataFrame:
    pace, outside = a.timeline.pace, _outside(a.run.facts)
    ours = [it for it in a.timings.resources if it not in outside]
    return (
        pace.truly(a.run.requests, "intended_s")
        .select(
            "step",
            "intended_s",
            IS_PAGE.alias("page"),
            ((pl.col("done_s") - pl.col("intended_s")) * 1000).alias("intended_ms"),
            ((pl.col("done_s") - pl.col("sent_s")) * 1000).alias("service_ms"),
            pl.col("outcome").is_in(["failed", "abandoned"]).alias("unwell"),
            spent_ms(ours, "wait").alias("waited_ms"),
            spent_ms(outside, "wait", "svc").alias("outside_ms"),
            spent_ms(outside, "wait").alias("waited_outside_ms"),
        )
        .collect()
    )


def _outside(facts: Facts) -> list[str]:
    """Give the resources that are lines to outside services: no machine makes those slower."""
    return [it for it, setting in facts.capacity_names.items() if setting.startswith("lines.")]


def _figures(
    a: Analysis,
    table: pl.DataFrame,
    edges: Floats,
    steps: list[str],
    aims: list[objectives.Objective],
    resources: list[str],
) -> RunFigures:
    outside = _outside(a.run.facts)
    growth = Growth(*(_wait_growth([it for it in a.uses if it.resource not in left_out]) for left_out in ((), outside)))
    whole, by_step = felt(table, edges, steps, [aim.name for aim in aims], growth)
    return RunFigures(whole, by_step, _resources(a, edges, resources, outside, growth), _generator_ms(a, len(table)))


def _wait_growth(uses: Sequence[Use]) -> float:
    busiest = max(uses, key=lambda use: use.utilisation or 0.0, default=None)
    return wait_growth(busiest.utilisation or 0.0, busiest.capacity or 1.0) if busiest else 1.0


def _generator_ms(a: Analysis, requests: int) -> float:
    inside = pl.col("at_s").is_between(0, a.timeline.length_s)
    cpu_s = float(a.run.generator.filter(inside).select(pl.col("cpu_share").sum()).collect().item())
    return 1000 * cpu_s / requests if requests else 0.0


def felt(
    table: pl.DataFrame, edges: Floats, steps: Sequence[str], aims: Sequence[str], growth: Growth
) -> tuple[dict[str, Figure], dict[str, Figure]]:
    """Give what candidates felt, cut into blocks at `edges`: of every page and the `aims`, and of the steps.

    `table` has, a row a request, `step`, `intended_s`, `page` (no static file), `intended_ms`, `service_ms`, whether it
    failed or was given up, `unwell`, and what `at_quantile` asks for.
    """
    names = dict.fromkeys([*(f"{EVERY}.{metric}" for metric in (*COMPARED, FAILED)), *aims])
    whole = {name: it for name in names if (it := _figure(table, edges, name, growth)) is not None}
    of_steps = [f"{step}.{metric}" for step in steps for metric in COMPARED]
    by_step = {name: _figure(table, edges, name, growth) for name in of_steps if name not in whole}
    return whole, {name: it for name, it in by_step.items() if it is not None}


def _figure(table: pl.DataFrame, edges: Floats, name: str, growth: Growth) -> Figure | None:
    step, _, metric = name.partition(".")
    rows = table.filter("page") if step == EVERY else table.filter(pl.col("step") == step)
    if rows.is_empty():
        return None
    block = _block(edges, rows["intended_s"].to_numpy())
    if metric == FAILED:
        unwell = np.bincount(block, rows["unwell"].to_numpy(), BLOCKS).astype(np.float64)
        return Share(unwell, np.bincount(block, minlength=BLOCKS).astype(np.float64))
    kind, named, _ = metric.split("_")
    q, latency_ms = QUANTILES[named], rows[f"{kind}_ms"].to_numpy()
    waited_ms, outside_ms, waited_outside_ms = (
        rows[it].to_numpy() for it in ("waited_ms", "outside_ms", "waited_outside_ms")
    )
    sensitivity = at_quantile(latency_ms, waited_ms, outside_ms, waited_outside_ms, q, growth)
    return Quantile.of(latency_ms, block, q, BLOCKS, sensitivity)


def _resources(
    a: Analysis, edges: Floats, resources: list[str], outside: Sequence[str], growth: Growth
) -> dict[str, Figure]:
    seconds = a.timings.seconds
    if seconds.is_empty():
        return {}
    block = _block(edges, seconds["second"].to_numpy() + 0.5)

    def by_block(column: str, factor: float = 1.0) -> Floats:
        return np.bincount(block, seconds[column].to_numpy() * factor, BLOCKS).astype(np.float64)

    found: dict[str, Figure] = {}
    for r in resources:
        if seconds[f"used:{r}"].sum() >= LEAST_REQUESTS:
            is_ours = r not in outside
            of_wait = Sensitivity(growth.of_all, growth.of_ours * is_ours)
            for name, column, sensitivity in (
                (WAIT, "wait", of_wait),
                (SERVICE, "held", Sensitivity(to_ours=1.0 * is_ours)),
            ):
                found[f"{r}.{name}"] = Share(by_block(f"{column}:{r}", 1000.0), by_block(f"used:{r}"), sensitivity)
    return found


def _block(edges: Floats, at_s: Any) -> Ints:
    found: Ints = np.searchsorted(edges, at_s, side="right")
    return found

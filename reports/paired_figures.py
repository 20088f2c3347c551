"""The figures by which runs are compared, each cut into the same blocks of time in all runs."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import polars as pl

from reports import objectives
from reports.analysis import Analysis
from reports.effects import BLOCKS, RUN_NOISE, WORK_BY_CPU, Figure, Floats, Ints, Quantile, Share, amplified
from reports.latency import EVERY, IS_PAGE, QUANTILES, QUEUE
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
    waiting_share: float
    """Of the latency of pages, 0 to 1."""
    utilisation: float
    """Of the busiest resource, 0 to 1."""
    servers: float
    """Its capacity."""
    generator_ms: float = 0.0
    """CPU of the load generator a request, whose work is the same in all runs: it tells how fast the machine was."""
    outside: Mapping[str, float] = field(default_factory=dict)
    """Share of a step's latency that an outside service takes, 0 to 1: no machine makes that slower. By step."""

    def part(self, part: Part) -> dict[str, Figure]:
        """Give a part by its name."""
        found: dict[str, Figure] = getattr(self, part)
        return found

    def noise(self, name: str, machine: float) -> float:
        """Give by how much a figure differs between runs of the same set-up because all work is slower in one.

        `machine`: by how much the machine's speed differs, as `machine_noise` has it.
        Of a slow request more is waiting than of the mean one, as its work is hardly more; but of waits that fall off
        exponentially only one in 20 is three times the mean.
        """
        figure = next(it[name] for it in map(self.part, PARTS) if name in it)
        share = self.waiting_share
        if name.endswith(WAIT):
            share = 1.0
        elif isinstance(figure, Quantile) and figure.value > figure.mean > 0:
            share = min(3 * share, 1 - (1 - share) * figure.mean / figure.value)
        elif not isinstance(figure, Quantile):
            share = 0.0
        ours = 1 - self.outside.get(name.partition(".")[0], 0.0)
        return amplified(math.hypot(RUN_NOISE, machine * ours), share, self.utilisation, self.servers)


def machine_noise(runs: Sequence[RunFigures]) -> float:
    """Give by how much the machine made the portal's work slower in one run than in another.

    A standard deviation of logarithms, from the CPU that the load generator needed a request; 0 where it is not known.

    >>> slow, quick = (RunFigures({}, {}, {}, 0, 0, 1, generator_ms) for generator_ms in (1.1, 1.0))
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
    pace = a.timeline.pace
    return (
        pace.truly(a.run.requests, "intended_s")
        .select(
            "step",
            "intended_s",
            IS_PAGE.alias("page"),
            ((pl.col("done_s") - pl.col("intended_s")) * 1000).alias("intended_ms"),
            ((pl.col("done_s") - pl.col("sent_s")) * 1000).alias("service_ms"),
            pl.col("outcome").is_in(["failed", "abandoned"]).alias("unwell"),
            spent_ms(it for it, setting in a.run.facts.capacity_names.items() if setting.startswith("lines.")).alias(
                "outside_ms"
            ),
        )
        .collect()
    )


def _figures(
    a: Analysis,
    table: pl.DataFrame,
    edges: Floats,
    steps: list[str],
    aims: list[objectives.Objective],
    resources: list[str],
) -> RunFigures:
    whole, by_step = felt(table, edges, steps, [aim.name for aim in aims])
    sums = a.timings
    latency_s = sums.total("latency")
    busiest = max(a.uses, key=lambda use: use.utilisation or 0.0, default=None)
    return RunFigures(
        whole=whole,
        steps=by_step,
        resources=_resources(a, edges, resources),
        waiting_share=min(1.0, sums.total("waited") / latency_s) if latency_s > 0 else 0.0,
        utilisation=(busiest.utilisation or 0.0) if busiest else 0.0,
        servers=(busiest.capacity or 1.0) if busiest else 1.0,
        generator_ms=_generator_ms(a, len(table)),
        outside=_outside(table),
    )


def _generator_ms(a: Analysis, requests: int) -> float:
    inside = pl.col("at_s").is_between(0, a.timeline.length_s)
    cpu_s = float(a.run.generator.filter(inside).select(pl.col("cpu_share").sum()).collect().item())
    return 1000 * cpu_s / requests if requests else 0.0


def _outside(table: pl.DataFrame) -> dict[str, float]:
    shares = table.group_by("step").agg((pl.col("outside_ms").sum() / pl.col("intended_ms").sum()).clip(0, 1))
    return {step: share for step, share in shares.iter_rows() if share > 0}


def felt(
    table: pl.DataFrame, edges: Floats, steps: Sequence[str], aims: Sequence[str] = ()
) -> tuple[dict[str, Figure], dict[str, Figure]]:
    """Give what candidates felt, cut into blocks at `edges`: of every page and the `aims`, and of the steps.

    `table` has, a row a request, `step`, `intended_s`, `page` (no static file), `intended_ms`, `service_ms`, and
    whether it failed or was given up, `unwell`.
    """
    names = dict.fromkeys([*(f"{EVERY}.{metric}" for metric in (*COMPARED, FAILED)), *aims])
    whole = {name: it for name in names if (it := _figure(table, edges, name)) is not None}
    of_steps = [f"{step}.{metric}" for step in steps for metric in COMPARED]
    by_step = {name: _figure(table, edges, name) for name in of_steps if name not in whole}
    return whole, {name: it for name, it in by_step.items() if it is not None}


def _figure(table: pl.DataFrame, edges: Floats, name: str) -> Figure | None:
    step, _, metric = name.partition(".")
    rows = table.filter("page") if step == EVERY else table.filter(pl.col("step") == step)
    if rows.is_empty():
        return None
    block = _block(edges, rows["intended_s"].to_numpy())
    if metric == FAILED:
        unwell = np.bincount(block, rows["unwell"].to_numpy(), BLOCKS).astype(np.float64)
        return Share(unwell, np.bincount(block, minlength=BLOCKS).astype(np.float64))
    kind, q, _ = metric.split("_")
    return Quantile.of(rows[f"{kind}_ms"].to_numpy(), block, QUANTILES[q], BLOCKS)


def _resources(a: Analysis, edges: Floats, resources: list[str]) -> dict[str, Figure]:
    seconds = a.timings.seconds
    if seconds.is_empty():
        return {}
    block = _block(edges, seconds["second"].to_numpy() + 0.5)

    def by_block(column: str, factor: float = 1.0) -> Floats:
        return np.bincount(block, seconds[column].to_numpy() * factor, BLOCKS).astype(np.float64)

    found: dict[str, Figure] = {}
    for r in resources:
        if seconds[f"used:{r}"].sum() >= LEAST_REQUESTS:
            for name, column in ((WAIT, "wait"), (SERVICE, "held")):
                found[f"{r}.{name}"] = Share(by_block(f"{column}:{r}", 1000.0), by_block(f"used:{r}"))
    return found


def _block(edges: Floats, at_s: Any) -> Ints:
    found: Ints = np.searchsorted(edges, at_s, side="right")
    return found

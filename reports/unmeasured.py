"""What a run could not measure, so that nobody reads more out of it than it holds."""

import polars as pl

from reports import true_rate
from reports.analysis import Analysis
from reports.language import say
from reports.machine import is_portal
from reports.promises_tables import unaudited
from reports.resources import missed_samples
from reports.target_words import target_notes

CLOCKS_APART_S = 60.0
"""Portal seconds by which the plan and the portal's clock may disagree before it is said."""


def unmeasured(a: Analysis) -> list[str]:
    """Give what could not be measured, a sentence with its figure each."""
    return [
        *_cut_off(a),
        *_lower_bounds(a),
        *_server_side(a),
        *_generator_side(a),
        *_machine(a),
        *_standing(a),
        *audit_notes(a),
        *_target(a),
    ]


def audit_notes(a: Analysis) -> list[str]:
    """Say what is not known of the portal's promises."""
    if a.audit is not None:
        return unaudited(a.audit)
    if a.run.facts.target is not None:
        return [say("target-not-audited")]
    why = a.run.facts.no_books_because or say("no-books")
    return [say("promises-not-audited", why=why)]


def _cut_off(a: Analysis) -> list[str]:
    load, said = a.run.facts.load, []
    if load.interrupted:
        arrivals = a.books.never_due
        said.append(
            say(
                "interrupted",
                length_s=load.length_s,
                planned_s=load.planned_length_s,
                because=load.interrupted_because,
                never_due=arrivals,
            )
        )
    if not a.is_measured:
        said.append(say("clock-never-true", is_one=len(a.run.pace.speed) == 1, speed=load.speed))
    elif not a.timeline.pace.is_true:
        said.append(say("partly-true", how_much=true_rate.how_much(a.timeline)))
    if (apart_s := _clocks_apart(a)) > CLOCKS_APART_S:
        said.append(say("clocks-apart", apart_s=apart_s))
    if a.run.broken_parts:
        named = ", ".join(a.run.broken_parts[:5]) + (" …" if len(a.run.broken_parts) > 5 else "")
        said.append(say("broken-parts", files=len(a.run.broken_parts), named=named))
    return said


def _clocks_apart(a: Analysis) -> float:
    """Give by how many portal seconds plan and pace disagree at most about when an arrival in the load was due."""
    plan, load = a.run.arrivals, a.run.facts.load
    if plan.collect_schema().get("planned_s") is None:
        return 0.0
    begun = plan.filter(pl.col("due_s").is_between(0, load.length_s), pl.col("planned_s").is_not_null())
    difference = pl.col("planned_s") - a.timeline.pace.portal(pl.col("due_s"))
    spread = begun.select((difference - difference.median()).abs().max()).collect().item()
    return float(spread or 0.0)


def _lower_bounds(a: Analysis) -> list[str]:
    said = []
    if abandoned := a.outcome_count("abandoned"):
        said.append(say("bound-abandoned", requests=abandoned, share=abandoned / a.requests))
    if cut_off := a.outcome_count("cut_off"):
        said.append(say("bound-cut-off", requests=cut_off))
    if a.books.inside:
        said.append(say("bound-inside", visits=a.books.inside))
    return said


def _server_side(a: Analysis) -> list[str]:
    said = []
    answered, with_header = a.timings.total("answered"), a.timings.total("with_header")
    if answered > with_header:
        without = answered - with_header
        said.append(say("without-header", requests=without, share=without / answered))
    if a.measured > answered:
        said.append(say("without-answer", requests=a.measured - answered))
    missed, longest = missed_samples(a.counters, a.timeline)
    if not a.counters.moments:
        said.append(say("counters-not-read"))
    elif missed:
        clock = a.timeline.clock
        gap = say("longest-gap", begin=clock(longest[0]), end=clock(longest[1])) if longest is not None else ""
        said.append(say("samples-missed", missed=missed, length_s=a.timeline.length_s, gap=gap))
    return said


def _generator_side(a: Analysis) -> list[str]:
    if a.generator.mean_inside is None:
        return [say("generator-not-recorded")]
    return [
        say("generator-was-busy", worker=row["worker"], busy=row["busy_seconds"], seconds=row["seconds"])
        for row in a.generator.workers.iter_rows(named=True)
        if row["busy_seconds"]
    ]


def _machine(a: Analysis) -> list[str]:
    names = set(a.processes.samples["process"].unique())
    if not names:
        return [say("cpu-not-recorded")]
    if not any(is_portal(name) for name in names):
        return [say("portal-elsewhere")]
    its = a.run.facts.cores
    niceness = {"generator": its.generator_niceness, "portal": its.portal_niceness}
    return [say("one-machine", cores=its.count, **niceness)]


def _standing(a: Analysis) -> list[str]:
    return [] if a.suspect is None else [say("only-suspected")]


def _target(a: Analysis) -> list[str]:
    facts = a.run.facts
    if facts.target is not None:
        return target_notes(facts.target)
    return [] if facts.audit is not None else [say("no-audit-of-books")]

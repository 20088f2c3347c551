"""What a run could not measure, so that nobody reads more out of it than it holds."""

import polars as pl

from reports import true_rate, words
from reports.analysis import Analysis
from reports.machine import is_portal
from reports.promises_tables import unaudited
from reports.resources import missed_samples

CLOCKS_APART_S = 60.0
"""Portal seconds by which the plan and the portal's clock may disagree before it is said."""

NO_BOOKS = "The portal's books were not held against its rules: the run has no audit of them."


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
        *([] if a.run.facts.audit is not None else [NO_BOOKS]),
    ]


def audit_notes(a: Analysis) -> list[str]:
    """Say what is not known of the portal's promises."""
    if a.audit is not None:
        return unaudited(a.audit)
    why = a.run.facts.no_books_because or "the run has no books of what the portal had in the end"
    return [f"Promises were not audited, so whether all that was acknowledged is still there is not known: {why}."]


def _cut_off(a: Analysis) -> list[str]:
    load, said = a.run.facts.load, []
    if load.interrupted:
        said.append(
            f"The run was interrupted after {load.length_s:,.0f} of {load.planned_length_s:,.0f} s: "
            f"{words.count(a.books.never_due, 'planned arrival')} never came due."
        )
    if not a.is_measured:
        speed = f"{load.speed:g} times as fast as time" if len(a.run.pace.speed) == 1 else "faster than time throughout"
        said.append(f"The portal's clock ran {speed}: {true_rate.NOT_MEASURED}, nor were objectives, lateness and CPU.")
    elif not a.timeline.pace.is_true:
        said.append(
            f"There were {true_rate.how_much(a.timeline)}. Lag, lateness, objectives, the generator's CPU and the "
            "bottleneck are of those alone; of the rest only what happened is known, not how fast it was answered."
        )
    if (apart_s := _clocks_apart(a)) > CLOCKS_APART_S:
        said.append(
            f"Plan and portal clock disagree by up to {words.span(apart_s)} of portal time about when arrivals were "
            "due: the dates in this report are no better than that."
        )
    if a.run.broken_parts:
        said.append(
            f"Cut off while being written, and left out: {words.count(len(a.run.broken_parts), 'file')} of the run, "
            f"{', '.join(a.run.broken_parts[:5])}{' …' if len(a.run.broken_parts) > 5 else ''}."
        )
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
        said.append(
            f"Given up before an answer came: {words.count(abandoned, 'request')} "
            f"({words.percent(abandoned / a.requests)}). They enter all latencies with the time until then, which is "
            "less than the answer would have taken."
        )
    if cut_off := a.outcome_count("cut_off"):
        said.append(
            f"Cut off by the end of the load, or by a device that died: {words.count(cut_off, 'request')}. They too "
            "enter with the time until then."
        )
    if a.books.inside:
        said.append(
            f"Still inside as the load ended: {words.count(a.books.inside, 'visit')}. How they would have gone on is "
            "not known."
        )
    return said


def _server_side(a: Analysis) -> list[str]:
    said = []
    answered, with_header = a.timings.total("answered"), a.timings.total("with_header")
    if answered > with_header:
        said.append(
            f"Answered without Server-Timing: {words.count(answered - with_header, 'request')} "
            f"({words.percent((answered - with_header) / answered)}). Where their time went is not known."
        )
    unanswered = a.measured - answered
    if unanswered > 0:
        said.append(
            f"Without an answer, hence without Server-Timing: {words.count(unanswered, 'request')}. Their waiting is "
            "in the server's counters alone."
        )
    missed, longest = missed_samples(a.counters, a.timeline)
    if not a.counters.moments:
        said.append("The server's own counters were not read: utilisation and queues are not known.")
    elif missed:
        gap = ""
        if longest is not None:
            gap = f", the longest stretch from {a.timeline.clock(longest[0])} to {a.timeline.clock(longest[1])}"
        said.append(
            f"Without a sample of the server's counters: {words.count(missed, 'second')} of "
            f"{a.timeline.length_s:,.0f}{gap}. A server that is frozen or overrun cannot be asked."
        )
    return said


def _generator_side(a: Analysis) -> list[str]:
    if a.generator.mean_inside is None:
        return ["The generator's own health was not recorded: that it had CPU enough is not known."]
    return [
        f"The generator's worker {row['worker']} was over 90 % of its core in {row['busy_seconds']} of "
        f"{row['seconds']} seconds: latencies in them hold some of its own delay."
        for row in a.generator.workers.iter_rows(named=True)
        if row["busy_seconds"]
    ]


def _machine(a: Analysis) -> list[str]:
    names = set(a.processes.samples["process"].unique())
    if not names:
        return ["CPU use by process was not recorded."]
    if not any(is_portal(name) for name in names):
        return ["The portal ran elsewhere: its CPU use is not known."]
    cores = a.run.facts.cores
    return [
        f"Generator and portal shared the {words.count(cores.count, 'core')} of one machine (niceness "
        f"{cores.generator_niceness} and {cores.portal_niceness}): on machines of their own the portal would have more "
        "CPU, and a network between them."
    ]


def _standing(a: Analysis) -> list[str]:
    if a.suspect is None:
        return []
    return ["The bottleneck is suspected, not proven: proof takes a second run with that one capacity changed."]

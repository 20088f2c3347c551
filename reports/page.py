"""`report.html`: one page that holds all it needs, from an analysis and its verdict."""

from datetime import UTC
from pathlib import Path
from typing import Any

import msgspec
from markupsafe import Markup

from reports import (
    advice_pictures,
    advice_tables,
    books_tables,
    how_it_was_run,
    pictures,
    promises_tables,
    provinces_tables,
    recovery_tables,
    rules_tables,
    server_pictures,
    soundness_tables,
    tables,
    true_rate,
    waiting_room_tables,
    words,
)
from reports.analysis import Analysis
from reports.charts import Chart, HeatMap
from reports.funnel import read_funnels
from reports.objectives import Result
from reports.portal_days import HOUR_S
from reports.sentence import evidence, what_settles
from reports.templates import assets, templates
from reports.unmeasured import audit_notes
from reports.verdict import ExitCode, Verdict, exit_code

_STANDINGS = {
    ExitCode.HELD: ("good", "Every objective held"),
    ExitCode.OBJECTIVE_MISSED: ("bad", "Objectives missed"),
    ExitCode.VOID: ("void", "Void"),
    ExitCode.PROMISE_BROKEN: ("bad", "A promise was broken"),
}

_CONTENTS = (
    ("felt", "What candidates felt"),
    ("time", "Where the time goes"),
    ("suspect", "The suspect"),
    ("reach", "How far candidates got"),
    ("faults", "Faults and recovery"),
    ("waiting-room", "The waiting room"),
    ("promises", "Was anything lost?"),
    ("advice", "When should I register?"),
    ("bell", "At the close"),
    ("rules", "The rules"),
    ("soundness", "Is the measurement sound?"),
    ("machine", "Machine and generator"),
    ("unmeasured", "What was not measured"),
    ("how", "How it was run"),
)

_METHOD = (
    "Percentiles are exact: over every request of the load, not over a sample or a histogram.",
    "A request that was given up, or cut off by the end of the load, counts with the time until then, a lower bound; "
    "leaving it out would flatter a portal that drives candidates away.",
    "“Every page”, and “all” in objectives, is every request but static files (step asset): those are many, "
    "parallel and cheap, and would drown the figure.",
    "Over time, a request stands where its answer came or where it was given up.",
    "The run is void when a check of the measurement is, when the books of the visits do not balance, or when nothing "
    "was measured.",
    "The suspect is found from the resource most waited for, inwards: as long as over half of the time for which it "
    "was held went to another resource, held within it and short itself, that one is suspected instead.",
)


def write_page(a: Analysis, verdict: Verdict, path: Path) -> None:
    """Write the page."""
    path.write_text(_render(a, verdict), encoding="utf-8")


def _render(a: Analysis, verdict: Verdict) -> str:
    facts = a.run.facts
    headline, _, lead = verdict.sentence.partition(". ")
    kind, standing = _STANDINGS[exit_code(verdict)]
    missed = sum(o.held is False for o in verdict.objectives)
    if kind == "good" and any(o.held is None for o in verdict.objectives):
        kind, standing = "void", "Objectives not measured"
    if exit_code(verdict) == ExitCode.OBJECTIVE_MISSED:
        standing = f"{missed} of {words.count(len(verdict.objectives), 'objective')} missed"
    charts = _charts(a)
    return (
        templates()
        .get_template("report.html.j2")
        .render(
            facts=facts,
            verdict=verdict,
            timeline=a.timeline,
            title=words.scenario_title(facts),
            where=_where(a),
            standing={"kind": kind, "words": standing if verdict.objectives or kind != "good" else "Valid"},
            headline=headline.rstrip(".") + ".",
            lead=lead,
            objectives=[_objective(result) for result in a.results],
            true_rate=_true_rate(a),
            key_figures=_key_figures(a),
            charts=charts,
            tables={
                name: getattr(tables, name)(a)
                for name in ("steps", "problems", "resources", "visits", "reasons", "processes", "workers")
            },
            contents=_contents(a),
            advice=_advice(a),
            rules=[rules_tables.rule_table(a), rules_tables.state_table(a), rules_tables.move_table(a)],
            bell=books_tables.bell_table(a.bell) if a.bell else None,
            provinces=_provinces(a),
            recovery=_recovery(a),
            waiting_room=_waiting_room(a),
            promises=_promises(a),
            audit=_audit(a),
            soundness=soundness_tables.soundness(a.soundness),
            soundness_sentence=soundness_tables.summary(a.soundness),
            agreement=_agreement(a),
            bottleneck=verdict.bottlenecks[0] if verdict.bottlenecks else None,
            evidence=evidence(a, a.suspect) if a.suspect else [],
            what_settles=what_settles(a, a.suspect) if a.suspect else "",
            no_suspect=_no_suspect(a),
            cores=how_it_was_run.cores(a),
            how=how_it_was_run.facts(a),
            command=how_it_was_run.command(a),
            scenario_text=msgspec.json.format(msgspec.json.encode(a.run.record["scenario"]), indent=2).decode(),
            method=_METHOD,
            **assets(),
            data=_data(a, _listed(charts)),
        )
    )


def _true_rate(a: Analysis) -> dict[str, Any] | None:
    if a.timeline.varying is None or not a.is_measured:
        return None
    return {"how_much": true_rate.how_much(a.timeline), "stretches": true_rate.stretches(a.timeline)}


def _charts(a: Analysis) -> dict[str, Any]:
    funnels = read_funnels(a.run, a.visits)
    return {
        "opening": pictures.opening(a),
        "arrivals": pictures.arrivals(a),
        "requests": pictures.requests(a),
        "latencies": pictures.latencies(a),
        "waiting": server_pictures.waiting(a),
        "utilisation": server_pictures.utilisation(a),
        "funnels": [pictures.funnel(purpose, stages) for purpose, stages in funnels.items()],
        "cpu": server_pictures.cpu(a),
        "generator": server_pictures.generator(a),
        "calendars": _calendars(a),
    }


def _listed(charts: dict[str, Any]) -> list[Chart | HeatMap]:
    """Give all pictures in one list."""
    return [chart for one in charts.values() for chart in (one if isinstance(one, list) else [one])]


def _calendars(a: Analysis) -> list[HeatMap]:
    """Give the calendars, for a run of more than a few hours."""
    hours = a.timeline.pace.since_start_s(a.timeline.length_s) / HOUR_S
    return advice_pictures.calendars(a.advice) if a.advice and hours > advice_pictures.LEAST_HOURS else []


def _advice(a: Analysis) -> dict[str, Any] | None:
    if a.advice is None:
        return None
    shown = ("gains", "promise", "static_files", "uplinks")
    return {
        "findings": advice_tables.findings(a.advice),
        **{name: getattr(advice_tables, name)(a.advice) for name in shown},
    }


def _provinces(a: Analysis) -> dict[str, Any] | None:
    if a.provinces is None:
        return None
    return {
        "sentence": provinces_tables.provinces_sentence(a.provinces),
        "table": provinces_tables.provinces_table(a.provinces),
    }


def _recovery(a: Analysis) -> dict[str, Any] | None:
    if not a.recoveries:
        return None
    return {
        "sentence": recovery_tables.recovery_sentence(a.recoveries),
        "table": recovery_tables.recovery_table(a.recoveries),
    }


def _waiting_room(a: Analysis) -> dict[str, Any] | None:
    if a.waiting_room is None:
        return None
    return {
        "sentence": waiting_room_tables.waiting_room_sentence(a.waiting_room),
        "table": waiting_room_tables.waiting_room_table(a.waiting_room),
    }


def _promises(a: Analysis) -> dict[str, Any]:
    if a.audit is None:
        return {"sentence": audit_notes(a)[0]}
    return {
        "sentence": promises_tables.promises_sentence(a.audit),
        "table": promises_tables.promises_table(a.audit),
        "broken": promises_tables.shown_promises(a.audit),
    }


def _audit(a: Analysis) -> dict[str, Any] | None:
    audit = a.run.facts.audit
    if not audit:
        return None
    return {"sentence": books_tables.audit_sentence(audit), "table": books_tables.audit_table(audit)}


def _contents(a: Analysis) -> list[tuple[str, str]]:
    there = {"advice": a.advice is not None, "bell": a.bell is not None, "faults": bool(a.recoveries)}
    there["waiting-room"] = a.waiting_room is not None
    there["rules"] = bool(a.rule_uses or a.run.facts.census or a.run.facts.audit)
    return [(anchor, title) for anchor, title in _CONTENTS if there.get(anchor, True)]


def _data(a: Analysis, charts: list[Chart | HeatMap]) -> Markup:
    """Give what the script draws as JSON in which no `<` can end the script element."""
    start = a.timeline.portal_start
    plain = {
        "time": {
            "startMs": int(start.replace(tzinfo=UTC).timestamp() * 1000),
            "edgesMs": _edges_ms(a),
            "widthS": a.timeline.width_s,
            "count": a.timeline.count,
            "manyDays": a.timeline.many_days,
        },
        "phases": [{"name": p.name, "from_s": p.from_s, "to_s": p.to_s} for p in a.run.facts.phases],
        "faults": [
            {"name": it.fault.name.replace("_", " "), "from_s": it.fault.from_s, "to_s": it.fault.to_s}
            for it in a.recoveries
            if it.fault.from_s is not None
        ],
        "charts": [chart.plain() for chart in charts if not chart.is_empty],
    }
    return Markup(msgspec.json.encode(plain).decode().replace("<", "\\u003c"))


def _edges_ms(a: Analysis) -> list[int] | None:
    """Give portal time at each bucket's start and at the end, for a clock that did not run at true rate throughout."""
    if a.timeline.varying is None:
        return None
    edges = [*a.timeline.starts_s, a.timeline.length_s]
    return [int(a.timeline.moment(at_s).replace(tzinfo=UTC).timestamp() * 1000) for at_s in edges]


def _where(a: Analysis) -> str:
    facts, load = a.run.facts, a.run.facts.load
    parts = [
        f"Rehearsal “{facts.scenario.name}”",
        f"portal time {_portal_time(a)}",
        f"{words.count(facts.population, 'candidate')}" if facts.population else "",
        f"seed {facts.seed}",
        f"run on {load.started_at.day} {load.started_at:%B %Y at %H:%M}" if load.started_at else "",
        "interrupted" if load.interrupted else "",
    ]
    return " · ".join(part for part in parts if part)


def _portal_time(a: Analysis) -> str:
    if a.timeline.varying is not None:
        return true_rate.dates(a.timeline, (0.0, a.timeline.length_s))
    day = a.run.facts.load.portal_time_at_start
    return f"{day.day} {day:%B %Y}, {a.timeline.clock(0)} to {a.timeline.clock(a.timeline.length_s)}"


def _objective(result: Result) -> dict[str, Any]:
    return {"held": result.held, "words": result.objective.words, "measured": result.measured}


def _key_figures(a: Analysis) -> list[dict[str, str]]:
    beside = a.requests - int(a.pages["count"] or 0)
    b = a.books
    return [
        {
            "name": "Arrivals started",
            "value": words.count(b.started),
            "note": f"of {b.planned:,} planned, {words.duration(b.late_p99_ms)} late at p99",
        },
        {
            "name": "Requests",
            "value": words.count(a.requests),
            "note": f"{words.count(beside)} of them not for pages",
        },
        {
            "name": "Pages failed or given up",
            "value": words.percent(a.pages["failed_share"]),
            "note": f"{a.outcome_count('failed'):,} failed, {a.outcome_count('abandoned'):,} given up",
        },
        {
            "name": "Intended latency, p95",
            "value": words.duration(a.pages["intended_p95_ms"]) if a.is_measured else "not measured",
            "note": f"half under {words.duration(a.pages['intended_p50_ms'])}"
            if a.is_measured
            else "no stretch at true rate",
        },
        {
            "name": "Visits finished",
            "value": words.count(b.finished),
            "note": f"{b.gave_up:,} gave up, {b.inside:,} still inside",
        },
    ]


def _agreement(a: Analysis) -> str:
    found = a.agreement
    if found is None:
        return "The two sources cannot be compared: one of them has no waiting."
    told = ""
    if found.coverage is not None:
        share = words.percent(min(found.coverage, 1.0))
        first = a.run.facts.title(a.uses[0].resource)
        told = f" Of the uses of {first} that the server counted, the answers tell of {share}."
    return (
        f"The two sources of the shares differ by at most {found.largest_points:.1f} percentage points "
        f"({a.run.facts.title(found.resource)}).{told} The rest is requests that candidates gave up, or that were open "
        "at the end: they wait in the server too, but their Server-Timing reaches nobody. The counters in turn lack "
        "what came before their first sample."
    )


def _no_suspect(a: Analysis) -> str:
    if not a.is_measured:
        return (
            "Nobody was looked for: no stretch ran at true rate, so what portal and candidates waited for says nothing."
        )
    if not a.timings.resources and not a.counters.resources:
        return "Nobody can be suspected: the portal sent neither Server-Timing nor counters."
    share = words.percent(a.lag.waited_s / a.lag.stay_s) if a.lag.stay_s else "0 %"
    return (
        f"There is none: waiting for resources made up {share} of the time in the server, which is not notable, and no "
        "resource was over 80 % utilised."
    )

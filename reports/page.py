"""`report.html`: one page that holds all it needs, from an analysis and its verdict."""

from pathlib import Path
from typing import Any

import msgspec

from reports import (
    advice_pictures,
    advice_tables,
    books_tables,
    browser_tables,
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
from reports.charts import HeatMap
from reports.funnel import Funnels, read_funnels
from reports.in_languages import Page, page, write_in_languages
from reports.language import Language, say
from reports.objectives import Result
from reports.page_data import Charts
from reports.portal_days import HOUR_S
from reports.sentence import evidence, title, verdict_sentences, what_settles
from reports.unmeasured import audit_notes, unmeasured
from reports.verdict import ExitCode, Verdict, exit_code

_SECTIONS = (
    "felt",
    "browser",
    "time",
    "suspect",
    "reach",
    "faults",
    "waiting-room",
    "promises",
    "advice",
    "bell",
    "rules",
    "soundness",
    "machine",
    "unmeasured",
    "how",
)


def write_page(a: Analysis, verdict: Verdict, path: Path, first: Language = "en") -> None:
    """Write the page in every language; `first` is shown, the others wait for its switch."""
    funnels = read_funnels(a.run, a.visits)
    faults = [it.fault for it in a.recoveries if it.fault.from_s is not None]
    write_in_languages(path, lambda: _page(a, verdict, funnels), first, a.timeline, a.run.facts.phases, faults)


def _page(a: Analysis, verdict: Verdict, funnels: Funnels) -> Page:
    facts = a.run.facts
    standing = _standing(verdict)
    headline, *lead = verdict_sentences(a)
    charts = _charts(a, funnels)
    return page(
        "report.html.j2",
        say("page-title", scenario=words.scenario_title(facts), standing=standing["words"]),
        _listed(charts),
        facts=facts,
        is_valid=verdict.valid,
        where=_where(a),
        standing=standing,
        headline=headline,
        lead=words.together(lead),
        invalid_because=[str(reason) for reason in a.invalid_because],
        is_at_varying_rate=a.timeline.varying is not None,
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
        rules=_rules(a),
        bell=books_tables.bell_table(a.bell) if a.bell else None,
        provinces=_provinces(a),
        recovery=_recovery(a),
        waiting_room=_waiting_room(a),
        browser=_browser(a),
        promises=_promises(a),
        audit=_audit(a),
        soundness=soundness_tables.soundness(a.soundness),
        soundness_sentence=soundness_tables.summary(a.soundness),
        agreement=_agreement(a),
        suspect=_suspect(a),
        no_suspect=_no_suspect(a),
        cores=how_it_was_run.cores(a),
        not_measured=unmeasured(a),
        how=how_it_was_run.facts(a),
        command=how_it_was_run.command(a),
        scenario_text=msgspec.json.format(msgspec.json.encode(a.run.record["scenario"]), indent=2).decode(),
    )


def _standing(verdict: Verdict) -> dict[str, str]:
    """Say in a word how the run ended; the kind is a class of `assets/report.css`."""
    code, objectives = exit_code(verdict), verdict.objectives
    if code == ExitCode.PROMISE_BROKEN:
        return {"kind": "bad", "words": say("standing-promise-broken")}
    if code == ExitCode.VOID:
        return {"kind": "void", "words": say("standing-void")}
    if code == ExitCode.OBJECTIVE_MISSED:
        missed = sum(o.held is False for o in objectives)
        return {"kind": "bad", "words": say("standing-missed", missed=missed, objectives=len(objectives))}
    if unmeasured := sum(o.held is None for o in objectives):
        words = say("standing-not-measured", unmeasured=unmeasured, objectives=len(objectives))
        return {"kind": "void", "words": words}
    return {"kind": "good", "words": say("standing-held") if objectives else say("standing-valid")}


def _suspect(a: Analysis) -> dict[str, Any] | None:
    if a.suspect is None:
        return None
    return {
        "title": title(a, a.suspect.resource),
        "evidence": evidence(a, a.suspect),
        "what_settles": what_settles(a, a.suspect),
    }


def _rules(a: Analysis) -> list[tuple[str, tables.Table]]:
    shown = (
        (say("every-rule"), rules_tables.rule_table(a)),
        (say("states-come-to"), rules_tables.state_table(a)),
        (say("moves-made"), rules_tables.move_table(a)),
    )
    return [(heading, table) for heading, table in shown if table is not None]


def _true_rate(a: Analysis) -> dict[str, Any] | None:
    if a.timeline.varying is None or not a.is_measured:
        return None
    return {"how_much": true_rate.how_much(a.timeline), "stretches": true_rate.stretches(a.timeline)}


def _charts(a: Analysis, funnels: Funnels) -> dict[str, Any]:
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


def _listed(charts: dict[str, Any]) -> Charts:
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


def _browser(a: Analysis) -> dict[str, Any] | None:
    found = a.browser_people
    if found is None:
        return None
    return {
        "sentence": words.together(browser_tables.browser_sentences(found, a.run.facts.cores.count)),
        "pages": browser_tables.page_table(found),
        "filing": browser_tables.filing_table(found),
        "problems": browser_tables.problem_table(found),
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
    there["browser"] = a.browser_people is not None
    there["waiting-room"] = a.waiting_room is not None
    there["rules"] = bool(a.rule_uses or a.run.facts.census or a.run.facts.audit)
    return [(name, say("section", name=name)) for name in _SECTIONS if there.get(name, True)]


def _where(a: Analysis) -> str:
    facts, load = a.run.facts, a.run.facts.load
    parts = [
        say("where-rehearsal", name=facts.scenario.name),
        say("where-portal-time", time=_portal_time(a)),
        say("where-candidates", candidates=facts.population) if facts.population else "",
        say("where-seed", seed=str(facts.seed)),
        say("where-run-on", at=load.started_at) if load.started_at else "",
        say("where-interrupted") if load.interrupted else "",
    ]
    return " · ".join(part for part in parts if part)


def _portal_time(a: Analysis) -> str:
    if a.timeline.varying is not None:
        return true_rate.dates(a.timeline, (0.0, a.timeline.length_s))
    clock = a.timeline.clock
    return say("portal-time", at=a.run.facts.load.portal_time_at_start, begin=clock(0), end=clock(a.timeline.length_s))


def _objective(result: Result) -> dict[str, Any]:
    standings = {None: "–", True: say("objective-held"), False: say("objective-missed")}
    return {
        "held": result.held,
        "standing": standings[result.held],
        "words": result.objective.words,
        "measured": result.measured,
    }


def _key_figures(a: Analysis) -> list[tuple[str, str, str]]:
    """Give the name of each key figure, its value, and what stands beside it."""
    beside = a.requests - int(a.pages["count"] or 0)
    b = a.books
    failed, abandoned = a.outcome_count("failed"), a.outcome_count("abandoned")
    latency, half = say("not-measured"), say("key-latency-not-measured")
    if a.is_measured:
        latency = words.duration(a.pages["intended_p95_ms"])
        half = say("key-latency-note", p50_ms=a.pages["intended_p50_ms"])
    return [
        (
            say("key-arrivals"),
            words.count(b.started),
            say("key-arrivals-note", planned=b.planned, late_p99_ms=b.late_p99_ms),
        ),
        (say("key-requests"), words.count(a.requests), say("key-requests-note", beside=beside)),
        (
            say("key-failed"),
            words.percent(a.pages["failed_share"]),
            say("key-failed-note", failed=failed, abandoned=abandoned),
        ),
        (say("key-latency"), latency, half),
        (
            say("key-finished"),
            words.count(b.finished),
            say("key-finished-note", gave_up=b.gave_up, inside=b.inside),
        ),
    ]


def _agreement(a: Analysis) -> str:
    found = a.agreement
    if found is None:
        return say("agreement-unknown")
    said = [
        say(
            "agreement",
            points=found.largest_points,
            resource=words.resource(a.run.facts, found.resource),
        )
    ]
    if found.coverage is not None:
        first = words.resource(a.run.facts, a.uses[0].resource)
        said.append(say("agreement-coverage", resource=first, share=min(found.coverage, 1.0)))
    return words.together([*said, say("agreement-rest")])


def _no_suspect(a: Analysis) -> str:
    if not a.is_measured:
        return say("no-suspect-not-measured")
    if not a.timings.resources and not a.counters.resources:
        return say("no-suspect-not-told")
    return say("no-suspect", share=a.lag.waited_s / a.lag.stay_s if a.lag.stay_s else 0.0)

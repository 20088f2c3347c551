"""`diagnosis.html`: what limits the portal, and on which trials that rests."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from reports import words
from reports.charts import Chart, Panel, Series
from reports.comparison import About
from reports.diagnosis import (
    AS_GOOD,
    BY_CHANCE,
    FULL,
    LEAST_GAIN,
    LEAST_LOSS,
    RELIEF,
    SEEDS,
    Candidate,
    Diagnosis,
)
from reports.in_languages import Page, page, write_in_languages
from reports.language import Language, say
from reports.latency import IN_TIME_S
from reports.ramp import Ramp
from reports.tables import Row, Table
from reports.timeline import Timeline
from reports.trial_figures import TrialFigures

_KINDS = {"holds": "good", "confirmed": "bad", "suspected": "bad", "not_identified": "void", "void": "void"}
"""The class of each standing in `assets/report.css`."""
_HEADS = ("resource", "capacity", "demand", "busy", "gain", "behind", "repeated", "enough")


def write_diagnosis_page(
    found: Diagnosis, trials: list[TrialFigures], about: About, path: Path, first: Language = "en"
) -> None:
    """Write the page, which shows the language `first`; `trials` are one at least."""
    start = datetime.fromtimestamp(trials[0].began_s, UTC)
    write_in_languages(path, lambda: _page(found, trials, about, start), first, Timeline(1.0, start))


def _page(found: Diagnosis, trials: list[TrialFigures], about: About, start: datetime) -> Page:
    gains = _gains(found)
    said = headline(found)
    return page(
        "diagnosis.html.j2",
        said,
        [gains],
        where=say("about-diagnosis", begun=start, trials=len(trials), **about._asdict()),
        standing={"kind": _KINDS[found.standing], "words": say("diagnosis-standing", name=found.standing)},
        headline=said,
        lead=str(found.because),
        comparison=_comparison(found, trials),
        gains=gains,
        resources=resources_table(found),
        thumbs=_thumbs(found, trials),
        ramp=_ramp(found.ramp) if found.ramp else None,
        trials=_trials(trials),
        method=_method(),
    )


def _method() -> list[str]:
    return [
        say("method-in-time", in_time_s=IN_TIME_S),
        say("method-full", full=FULL),
        say("method-gain", times=RELIEF, seeds=SEEDS, least=LEAST_GAIN, by_chance=BY_CHANCE),
        say("method-alone", as_good=AS_GOOD),
        say("method-holds", least=LEAST_LOSS),
    ]


def headline(found: Diagnosis) -> str:
    """Say what was found, in one sentence."""
    its = [it for it in found.candidates if it.resource in found.confirmed]
    match found.standing:
        case "confirmed":
            limits = [say("with-capacity", resource=_title(it), capacity=it.capacity) for it in its]
            return say("limit-is", limits=words.all_of(limits), enough=words.all_of([str(it.cure) for it in its]))
        case "suspected":
            return say("limit-suspected", resources=say("between-or").join(map(_title, its)))
        case _:
            return say("diagnosis-headline", name=found.standing)


def _title(it: Candidate) -> str:
    return str(words.resource_later(it.resource, it.title))


def _share(share: float | None) -> str:
    return "" if share is None else say("percent", figure=f"{100 * share:.1f}")


def _gains(found: Diagnosis) -> Chart:
    tried = sorted((it for it in found.candidates if it.gain is not None), key=lambda it: -(it.gain or 0))
    title = say("no-gain")
    if tried:
        title = say("gains-most", resource=_title(tried[0]), gain_percent=100 * (tried[0].gain or 0.0))
    gains = [100 * max(0.0, it.gain or 0.0) for it in tried]
    panel = Panel(say("axis-of-load"), [Series(say("series-gain"), gains, "blue", "area")])
    return Chart("gains", title, say("gains-note"), [panel], categories=[_title(it) for it in tried])


def resources_table(found: Diagnosis) -> Table:
    """List what speaks for and against each resource."""
    grown = any(it.demand_growth is not None for it in found.candidates)
    heads = [say("diagnosis-head", of=of) for of in (*_HEADS, *(["growth"] if grown else []))]
    return Table(
        heads,
        [
            Row([*_cells(it), *([_growth(it)] if grown else [])], "accused" if it.resource in found.confirmed else "")
            for it in found.candidates
        ],
        caption=say("diagnosis-caption", grown=grown),
        text_columns=frozenset({0}),
    )


def _cells(it: Candidate) -> list[str]:
    again = it.repeated
    return [
        _title(it),
        words.count(it.capacity),
        words.duration(it.demand_ms),
        say("percent", figure=f"{100 * it.predicted_utilisation:.0f}"),
        _share(it.gain),
        _share(it.behind_best),
        say("interval", low=_share(again.low), high=_share(again.high)) if again else "",
        words.count(it.cure) if it.cure else "",
    ]


def _growth(it: Candidate) -> str:
    return "" if it.demand_growth is None else f"× {it.demand_growth:.1f}"


def _comparison(found: Diagnosis, trials: list[TrialFigures]) -> Table | None:
    """Hold the first baseline against the relief of what was confirmed and against its cure."""
    if found.standing != "confirmed":
        return None
    mine = [it for it in trials if set(it.relieved) == set(found.confirmed) and not it.invalid_because]
    shown = {"baseline": next(it for it in trials if it.name.startswith("baseline") and not it.invalid_because)}
    for kind in ("cure", "relief"):
        if trial := next((it for it in mine if it.name.startswith(kind)), None):
            shown[kind] = trial
    titles = {it.resource: _title(it) for it in found.candidates}
    rows = []
    for kind, trial in shown.items():
        capacities = words.listed(
            say("so-many", units=trial.capacities[trial.settings[r]], resource=titles[r]) for r in found.confirmed
        )
        figures = [_in_time(trial), _share(trial.in_time_share), f"{trial.goodput_per_s:,.1f}"]
        rows.append(Row([say("portal-with", kind=kind), capacities, *figures]))
    figures = [say("head-in-time"), say("head-share"), say("head-goodput-a-second")]
    return Table([say("head-portal"), say("head-capacity"), *figures], rows, text_columns=frozenset({0, 1}))


def _in_time(it: TrialFigures) -> str:
    return say("so-many-of", some=it.in_time, all=it.wanted)


def _thumbs(found: Diagnosis, trials: list[TrialFigures]) -> str:
    """Say what two rules of thumb would have blamed, from the first baseline alone."""
    base = next((it for it in trials if it.name.startswith("baseline") and it.resources), None)
    if base is None or found.standing in ("holds", "void"):
        return ""
    longest = max(base.resources, key=lambda r: base.resources[r].waited_s)
    busy = {r: it.held_s / (it.capacity * base.length_s) for r, it in base.resources.items()}
    busiest = max(busy, key=lambda r: busy[r])
    title = base.titles.get
    return say(
        "rules-of-thumb",
        longest=words.resource_later(longest, title(longest, longest)),
        busiest=words.resource_later(busiest, title(busiest, busiest)),
        share=min(1.0, busy[busiest]),
    )


def _small(value: float) -> str:
    return f"{value:.2g}" if value >= 1e-6 else "0"


def _ramp(ramp: Ramp) -> dict[str, Any]:
    sentences = [say("no-knee") if ramp.knee_share is None else say("knee", share=ramp.knee_share)]
    if ramp.contention is not None and ramp.coherency is not None:
        errors = [f" ± {it:.2g}" if it is not None else "" for it in (ramp.contention_error, ramp.coherency_error)]
        peak = say("curve-peak", share=ramp.peak_share) if ramp.peak_share else say("curve-without-peak")
        contention, coherency = _small(ramp.contention) + errors[0], _small(ramp.coherency) + errors[1]
        sentences.append(say("scalability-law", contention=contention, coherency=coherency, peak=peak))
    rows = [
        Row([words.percent(share), f"{goodput:,.1f}"])
        for share, goodput in zip(ramp.load_shares, ramp.goodput_per_s, strict=True)
    ]
    return {"sentences": sentences, "table": Table([say("head-of-load"), say("head-goodput-a-second")], rows)}


def _trials(trials: list[TrialFigures]) -> Table:
    rows = [
        Row(
            [
                it.name,
                words.percent(it.load_share),
                str(it.seed),
                words.count(it.visits),
                _in_time(it),
                _share(it.in_time_share),
                say("measurement-of", is_void=bool(it.invalid_because), reasons=words.together(it.invalid_because)),
            ],
            "quiet" if it.invalid_because else "",
        )
        for it in trials
    ]
    of_load = [say("head-load"), say("head-seed"), say("head-visits")]
    heads = [say("head-trial"), *of_load, say("head-in-time"), say("head-share"), say("head-measurement")]
    return Table(heads, rows, text_columns=frozenset({0, 6}))

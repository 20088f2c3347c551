"""`diagnosis.html`: what limits the portal, and on which trials that rests."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from reports import words
from reports.charts import Chart, Panel, Series
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
from reports.latency import IN_TIME_S
from reports.page_data import page_data
from reports.ramp import Ramp
from reports.tables import Row, Table
from reports.templates import assets, templates
from reports.timeline import Timeline
from reports.trial_figures import TrialFigures

_STANDINGS = {
    "holds": ("good", "The portal bears this load"),
    "confirmed": ("bad", "Confirmed"),
    "suspected": ("bad", "Suspected, not proven"),
    "not_identified": ("void", "Not identified"),
    "void": ("void", "Void"),
}

_METHOD = (
    f"An answer is in time when it comes within {IN_TIME_S:g} s of the moment at which it was first wanted; goodput is "
    "answers in time a second, static files left out.",
    f"Predicted utilisation is at least {FULL:.0%}: arrivals of the whole load, times uses and service demand a visit "
    "as measured at a tenth of it, over the capacity (the utilisation law).",
    f"{RELIEF} times its capacity, or what the law asks for where that is more, gains goodput: over at least {SEEDS} "
    f"pairs of runs with the same arrivals the 95 % interval lies above {LEAST_GAIN:.0%} of the offered load, with p "
    f"under {BY_CHANCE:g} after Holm’s correction.",
    f"That gain is as large as the best one, but for {AS_GOOD:.0%} of the offered load, and no other resource alone "
    "does so. Where none alone is enough, pairs are tried.",
    f"A portal holds when less than {LEAST_LOSS:.0%} of the wanted answers come late or never.",
)


def write_diagnosis_page(found: Diagnosis, trials: list[TrialFigures], about: str, path: Path) -> None:
    """Write the page; `about` says in a line what was diagnosed, `trials` are one at least."""
    gains = _gains(found)
    kind, standing = _STANDINGS[found.standing]
    start = datetime.fromtimestamp(trials[0].began_s, UTC)
    when = f"begun on {start.day} {start:%B %Y at %H:%M} UTC"
    path.write_text(
        templates()
        .get_template("diagnosis.html.j2")
        .render(
            where=f"Diagnosis of “{about}” · {when} · {len(trials)} trials",
            standing={"kind": kind, "words": standing},
            headline=headline(found),
            lead=found.because,
            comparison=_comparison(found, trials),
            gains=gains,
            resources=resources_table(found),
            thumbs=_thumbs(found, trials),
            ramp=_ramp(found.ramp) if found.ramp else None,
            trials=_trials(trials),
            method=_METHOD,
            data=page_data(Timeline(1.0, start), {"en": [gains]}),
            **assets(),
        ),
        encoding="utf-8",
    )


def headline(found: Diagnosis) -> str:
    """Say what was found, in one sentence."""
    match found.standing:
        case "holds":
            return "Nothing limits the portal at this load."
        case "confirmed":
            names = [it for it in found.candidates if it.resource in found.confirmed]
            limit = " and ".join(f"{it.title} ({it.capacity})" for it in names)
            enough = " and ".join(str(it.cure) for it in names)
            return f"The limit is {limit}; {enough} would hold."
        case "suspected":
            titles = [it.title for it in found.candidates if it.resource in found.confirmed]
            return f"Suspected: {' or '.join(titles)}."
        case "not_identified":
            return "Something limits the portal, and no capacity was proven to be it."
        case _:
            return "The trials cannot be trusted, so nothing is said of the portal."


def _share(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f} %"


def _gains(found: Diagnosis) -> Chart:
    tried = sorted((it for it in found.candidates if it.gain is not None), key=lambda it: -(it.gain or 0))
    best = tried[0] if tried else None
    title = f"More {best.title} gain most: {_share(best.gain)} of the offered load" if best else "No gain"
    gains = [100 * max(0.0, it.gain or 0.0) for it in tried]
    return Chart(
        "gains",
        title,
        "Gain of goodput when this resource alone is relieved, with the first seed. Resources that "
        "are far from full were not tried.",
        [Panel("% of the offered load", [Series("gain", gains, "blue", "area")])],
        categories=[it.title for it in tried],
    )


def resources_table(found: Diagnosis) -> Table:
    """List what speaks for and against each resource."""
    grown = any(it.demand_growth is not None for it in found.candidates)
    heads = [
        "resource",
        "capacity",
        "service demand",
        "predicted busy",
        "gain",
        "behind the best",
        "over all seeds",
        "enough",
    ]
    return Table(
        [*heads, *(["demand under load"] if grown else [])],
        [
            Row([*_cells(it), *([_growth(it)] if grown else [])], "accused" if it.resource in found.confirmed else "")
            for it in found.candidates
        ],
        caption="Service demand: held time a use at light load. Gains are shares of the offered load."
        + (" Demand under load: at 90 % of the load, against light load." if grown else ""),
        text_columns=frozenset({0}),
    )


def _cells(it: Candidate) -> list[str]:
    again = it.repeated
    return [
        it.title,
        words.count(it.capacity),
        words.duration(it.demand_ms),
        f"{100 * it.predicted_utilisation:.0f} %",
        _share(it.gain),
        _share(it.behind_best),
        f"{_share(again.low)} to {_share(again.high)}" if again else "",
        words.count(it.cure) if it.cure else "",
    ]


def _growth(it: Candidate) -> str:
    return "" if it.demand_growth is None else f"× {it.demand_growth:.1f}"


def _comparison(found: Diagnosis, trials: list[TrialFigures]) -> Table | None:
    """Hold the first baseline against the relief of what was confirmed and against its cure."""
    if found.standing != "confirmed":
        return None
    mine = [it for it in trials if set(it.relieved) == set(found.confirmed) and not it.invalid_because]
    base = next(it for it in trials if it.name.startswith("baseline") and not it.invalid_because)
    shown = [("as it is", base)]
    for words_of, kind in (("what the law asks for", "cure"), ("its relief", "relief")):
        trial = next((it for it in mine if it.name.startswith(kind)), None)
        if trial:
            shown.append((words_of, trial))
    titles = {it.resource: it.title for it in found.candidates}
    rows = []
    for words_of, trial in shown:
        capacities = ", ".join(f"{trial.capacities[trial.settings[r]]} {titles[r]}" for r in found.confirmed)
        in_time = f"{trial.in_time:,} of {trial.wanted:,}"
        rows.append(Row([words_of, capacities, in_time, _share(trial.in_time_share), f"{trial.goodput_per_s:,.1f}"]))
    return Table(
        ["portal", "capacity", "answers in time", "share", "goodput a second"], rows, text_columns=frozenset({0, 1})
    )


def _thumbs(found: Diagnosis, trials: list[TrialFigures]) -> str:
    """Say what two rules of thumb would have blamed, from the first baseline alone."""
    base = next((it for it in trials if it.name.startswith("baseline") and it.resources), None)
    if base is None or found.standing in ("holds", "void"):
        return ""
    longest = max(base.resources, key=lambda r: base.resources[r].waited_s)
    busy = {r: it.held_s / (it.capacity * base.length_s) for r, it in base.resources.items()}
    busiest = max(busy, key=lambda r: busy[r])
    title = base.titles.get
    return (
        f"For comparison: in the first baseline, most waiting was for {title(longest, longest)}, and the busiest was "
        f"{title(busiest, busiest)} ({words.percent(min(1.0, busy[busiest]))}). Neither proves anything."
    )


def _small(value: float) -> str:
    return f"{value:.2g}" if value >= 1e-6 else "0"


def _ramp(ramp: Ramp) -> dict[str, Any]:
    knee = "The curve of goodput has no knee up to the whole load."
    if ramp.knee_share is not None:
        knee = (
            f"The knee is at {words.percent(ramp.knee_share)} of the load: beyond it, more load gains less than before."
        )
    sentences = [knee]
    if ramp.contention is not None and ramp.coherency is not None:
        errors = [f" ± {it:.2g}" if it is not None else "" for it in (ramp.contention_error, ramp.coherency_error)]
        peak = (
            f", with its peak at {words.percent(ramp.peak_share)} of the load"
            if ramp.peak_share
            else ", without a peak"
        )
        sentences.append(
            f"Universal Scalability Law: contention {_small(ramp.contention)}{errors[0]}, coherency "
            f"{_small(ramp.coherency)}{errors[1]} (standard errors){peak}."
        )
    rows = [
        Row([words.percent(share), f"{goodput:,.1f}"])
        for share, goodput in zip(ramp.load_shares, ramp.goodput_per_s, strict=True)
    ]
    return {"sentences": sentences, "table": Table(["share of the load", "goodput a second"], rows)}


def _trials(trials: list[TrialFigures]) -> Table:
    rows = [
        Row(
            [
                it.name,
                words.percent(it.load_share),
                str(it.seed),
                words.count(it.visits),
                f"{it.in_time:,} of {it.wanted:,}",
                _share(it.in_time_share),
                "void: " + " ".join(it.invalid_because) if it.invalid_because else "valid",
            ],
            "quiet" if it.invalid_because else "",
        )
        for it in trials
    ]
    heads = ["trial", "load", "seed", "visits", "answers in time", "share", "measurement"]
    return Table(heads, rows, text_columns=frozenset({0, 6}))

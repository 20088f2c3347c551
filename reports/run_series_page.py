"""`history.html`: the key figures of all runs of a folder over time, and where they changed."""

from pathlib import Path

import msgspec

from reports import words
from reports.charts import Chart, Panel, Value
from reports.charts import Series as Line
from reports.in_languages import Page, page, write_in_languages
from reports.language import Language, later, say
from reports.latency import EVERY
from reports.pace import Pace
from reports.run_series import PastRun, RunHistory, Series, Turn, is_share
from reports.tables import Row, Table
from reports.timeline import Timeline

NAMED = 3
"""Changes of a set-up that are named; more are counted."""


def title_of(figure: str) -> str:
    """Say which figure it is: `submission.intended_p95_ms in opening` as the 95th percentile of that step, there."""
    step, metric, where = _parts(figure)
    return say("figure-title", metric=metric, title=words.spaced(metric), step=words.step(step), where=where)


def _parts(figure: str) -> tuple[str, str, str]:
    """Give step and metric of a figure, and the phase in words, as an objective names them."""
    name, _, phase = figure.partition(" in ")
    step, _, metric = name.partition(".")
    return step, metric, say("in-phase", phase=words.phase(phase)) if phase else ""


def value_of(figure: str, value: float | None) -> str:
    """Say a figure with its unit."""
    return words.percent(value) if is_share(figure) else words.duration(value)


def turn_sentences(series: Series) -> list[str]:
    """Say what changed, a sentence a run, the latest first, with what was changed in the set-up just before."""
    said = []
    for run in reversed(series.runs):
        turns = [turn for turn in series.turns if turn.run == run.name]
        if turns:
            told = say("between-clauses").join(map(_turn, turns))
            said.append(say("since-run", run=run.name, turns=told, is_same=not run.changes, changes=_changes(run)))
    return said


def _turn(turn: Turn) -> str:
    before, after = (value_of(turn.figure, it) for it in (turn.point.before, turn.point.after))
    return say("figure-turned", figure=title_of(turn.figure), before=before, after=after)


def headline(found: RunHistory) -> str:
    """Say how much there is, and when anything changed last."""
    runs = sum(len(it.runs) for it in found.series)
    turned = [run.name for it in found.series for run in it.runs if run.name in {turn.run for turn in it.turns}]
    if not turned:
        return say("history-unchanged", runs=runs)
    first = found.series[0]
    times = len({(it.scenario, turn.run) for it in found.series for turn in it.turns})
    last = next((run.name for run in reversed(first.runs) if run.name in turned), turned[-1])
    return say("history-changed", runs=runs, times=times, run=last)


def runs_table(series: Series) -> Table:
    """List the runs, the newest first."""
    shown = series.figures
    turned = {turn.run for turn in series.turns}
    return Table(
        [say("head-run"), say("head-held-at"), *map(_head, shown), say("head-changed-before")],
        [
            Row(
                [
                    run.name,
                    say("held-at", at=run.started_at, is_void=bool(run.invalid_because)),
                    *(value_of(name, run.figures.get(name)) for name in shown),
                    _changes(run),
                ],
                "quiet" if run.invalid_because else "accused" if run.name in turned else "",
            )
            for run in reversed(series.runs)
        ],
        caption=say("runs-caption"),
        text_columns=frozenset({0, 1, 2 + len(shown)}),
    )


def _head(figure: str) -> str:
    """Give a short name: every page is not named."""
    step, metric, where = _parts(figure)
    named = say("metric", name=metric, title=words.spaced(metric))
    return say("figure-head", of_all=step == EVERY, figure=named, step=words.step(step), where=where)


def _changes(run: PastRun) -> str:
    told = words.listed(f"{it.name} {it.before or '–'} → {it.after or '–'}" for it in run.changes[:NAMED])
    more = len(run.changes) - NAMED
    return say("more-changes", changes=told, more=more) if more > 0 else told


def write_history_page(found: RunHistory, folder: Path, first: Language = "en") -> Path:
    """Write `history.json` and `history.html` into a folder; give the page. It shows the language `first`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "history.json").write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    path = folder / "history.html"
    timeline = _timeline(found.series[0])  # its clock is that of the machine: when each run was held
    write_in_languages(
        path, lambda: _page(found, folder.resolve().name), first, timeline, time_head=later("head-held-at")
    )
    return path


def _page(found: RunHistory, folder: str) -> Page:
    shown = found.series[0]
    charts = [chart for name in shown.figures if not (chart := _chart(shown, name)).is_empty]
    return page(
        "history.html.j2",
        headline(found),
        [*charts],
        headline=headline(found),
        where=say("history-of", folder=folder),
        turns=turn_sentences(shown),
        about=_about(shown),
        charts=charts,
        tables=[(_about(it), runs_table(it)) for it in found.series],
        others=[(_about(it), turn_sentences(it)) for it in found.series[1:]],
        unreadable=found.unreadable,
    )


def _about(series: Series) -> str:
    return say(
        "history-about",
        scenario=series.scenario,
        candidates=series.population,
        length_s=series.length_s,
        runs=len(series.runs),
    )


def _timeline(series: Series) -> Timeline:
    """Give an axis on which a run is as wide as another, and the clock says when it was held."""
    at_s = [(run.started_at - series.runs[0].started_at).total_seconds() for run in series.runs]
    apart = [max(1e-3, b - a) for a, b in zip(at_s, [*at_s[1:], at_s[-1] + 1], strict=True)]
    numbers = tuple(map(float, range(len(at_s))))
    pace = Pace(numbers, tuple(at_s), tuple(apart), float(len(at_s)))
    return Timeline(float(len(at_s)), series.runs[0].started_at, pace)


def _chart(series: Series, figure: str) -> Chart:
    """Draw a figure over the runs, with the level between its changes; void runs are gaps."""
    factor, unit = (100.0, "%") if is_share(figure) else (1.0, "ms")
    turns = {turn.run: turn.point for turn in series.turns if turn.figure == figure}
    values: list[Value] = []
    levels: list[Value] = []
    level = next(iter(turns.values())).before if turns else None
    for run in series.runs:
        level = turns[run.name].after if run.name in turns else level
        value = None if run.invalid_because else run.figures.get(figure)
        values.append(None if value is None else factor * value)
        levels.append(None if level is None else factor * level)
    lines = [Line(title_of(figure), values, "blue")]
    if turns:
        lines.append(Line(say("series-level"), levels, "orange", dashed=True))
        last = [*turns.values()][-1]
        before, after = (value_of(figure, it) for it in (last.before, last.after))
        title = say("chart-turned", figure=title_of(figure), before=before, after=after)
    else:
        title = say("chart-unchanged", figure=title_of(figure))
    name = figure.replace(".", "-").replace("_", "-")
    return Chart(name, title, say("history-chart-note"), [Panel(unit, lines)])

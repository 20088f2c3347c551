"""`history.html`: the key figures of all runs of a folder over time, and where they changed."""

from pathlib import Path

import msgspec

from reports import words
from reports.charts import Chart, Panel, Value
from reports.charts import Series as Line
from reports.pace import Pace
from reports.page_data import page_data
from reports.run_series import PastRun, RunHistory, Series, Turn, is_share
from reports.tables import Row, Table
from reports.templates import assets, templates
from reports.timeline import Timeline

_TITLES = {
    "all.intended_p50_ms": "Median wait, every page",
    "all.intended_p95_ms": "95th percentile, every page",
    "all.intended_p99_ms": "99th percentile, every page",
    "all.failed_share": "Failed or given up, every page",
}


def title_of(figure: str) -> str:
    """Say which figure it is."""
    return _TITLES.get(figure) or figure.replace(".", " ").replace("_", " ")


def value_of(figure: str, value: float | None) -> str:
    """Say a figure with its unit."""
    return words.percent(value) if is_share(figure) else words.duration(value)


def turn_sentences(series: Series) -> list[str]:
    """Say what changed, a sentence a run, the latest first, with what was changed in the set-up just before."""
    said = []
    for run in reversed(series.runs):
        turns = [turn for turn in series.turns if turn.run == run.name]
        if turns:
            what = f"Changed in the set-up: {_changes(run)}." if run.changes else "The set-up was the same as before."
            said.append(f"Since {run.name}: {'; '.join(map(_turn, turns))}. {what}")
    return said


def _turn(turn: Turn) -> str:
    before, after = (value_of(turn.figure, it) for it in (turn.point.before, turn.point.after))
    title = title_of(turn.figure)
    return f"{title[:1].lower()}{title[1:]} from {before} to {after}"


def headline(found: RunHistory) -> str:
    """Say how much there is, and when anything changed last."""
    runs = words.count(sum(len(it.runs) for it in found.series), "run")
    turned = [run.name for it in found.series for run in it.runs if run.name in {turn.run for turn in it.turns}]
    if not turned:
        return f"{runs}, and no change of a figure."
    first = found.series[0]
    places = len({(it.scenario, turn.run) for it in found.series for turn in it.turns})
    last = next((run.name for run in reversed(first.runs) if run.name in turned), turned[-1])
    return f"{runs}: figures changed {'once' if places == 1 else f'{places} times'}, last at {last}."


def runs_table(series: Series) -> Table:
    """List the runs, the newest first."""
    shown = series.figures
    turned = {turn.run for turn in series.turns}
    return Table(
        ["run", "held at", *(_head(name) for name in shown), "changed before it"],
        [
            Row(
                [
                    run.name,
                    f"{run.started_at:%Y-%m-%d %H:%M}" + (" (void)" if run.invalid_because else ""),
                    *(value_of(name, run.figures.get(name)) for name in shown),
                    _changes(run),
                ],
                "quiet" if run.invalid_because else "accused" if run.name in turned else "",
            )
            for run in reversed(series.runs)
        ],
        caption="Waits, from the moment at which an answer was wanted, and failures of every page, and what the "
        "objectives name. Marked: a figure changed with this run. Void runs are listed, and count for no change.",
        text_columns=frozenset({0, 1, 2 + len(shown)}),
    )


def _head(figure: str) -> str:
    """Give a short name: every page is not named."""
    return figure.removeprefix("all.").removeprefix("intended_").removesuffix("_ms").replace("_", " ").replace(".", " ")


def _changes(run: PastRun) -> str:
    told = [f"{it.name} {it.before or '–'} → {it.after or '–'}" for it in run.changes[:3]]
    more = len(run.changes) - len(told)
    return ", ".join(told) + (f" and {more} more" if more else "")


def write_history_page(found: RunHistory, folder: Path) -> Path:
    """Write `history.json` and `history.html` into a folder; give the page."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "history.json").write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    shown = found.series[0]
    timeline = _timeline(shown)
    charts = [chart for name in shown.figures if not (chart := _chart(shown, name)).is_empty]
    content = (
        templates()
        .get_template("history.html.j2")
        .render(
            headline=headline(found),
            where=f"History of {folder.resolve().name}",
            turns=turn_sentences(shown),
            about=_about(shown),
            charts=charts,
            tables=[(_about(it), runs_table(it)) for it in found.series],
            others=[(_about(it), turn_sentences(it)) for it in found.series[1:]],
            unreadable=found.unreadable,
            data=page_data(timeline, {"en": [*charts]}),
            **assets(),
        )
    )
    page = folder / "history.html"
    page.write_text(content, encoding="utf-8")
    return page


def _about(series: Series) -> str:
    people = f", {words.count(series.population, 'candidate')}" if series.population else ""
    return f"{series.scenario}{people}, {words.span(series.length_s)}: {words.count(len(series.runs), 'run')}"


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
        lines.append(Line("level", levels, "orange", dashed=True))
        last = [*turns.values()][-1]
        title = f"{title_of(figure)}: from {value_of(figure, last.before)} to {value_of(figure, last.after)}"
    else:
        title = f"{title_of(figure)}: no change found"
    note = "A point a run; dates are when they were held. Void runs are left out."
    name = figure.replace(".", "-").replace("_", "-")
    return Chart(name, title, note, [Panel(unit, lines)])

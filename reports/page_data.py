"""What the script of a page draws: figures once, and the texts of each language beside them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from markupsafe import Markup

from reports import words
from reports.charts import Chart, HeatMap
from reports.facts import Phase
from reports.language import LANGUAGES, Language, Text, later, say, speaking
from reports.recovery import PlayedFault
from reports.timeline import Timeline

MONTHS = [datetime(2000, number, 1, tzinfo=UTC) for number in range(1, 13)]

PORTAL_TIME = later("portal-time-head")
Charts = list[Chart | HeatMap]


def page_data(
    timeline: Timeline | None,
    charts: Mapping[Language, Charts],
    phases: Sequence[Phase] = (),
    faults: Sequence[PlayedFault] = (),
    time_head: Text = PORTAL_TIME,
) -> Markup:
    """Give the data as JSON in which no `<` can end the script element; `charts` are the same in every language.

    A page without charts has no timeline. `time_head` is the message that says what its clock shows.
    """
    plain = {
        "time": _time(timeline) if timeline else None,
        "phases": [{"from_s": phase.from_s, "to_s": phase.to_s} for phase in phases],
        "faults": [{"from_s": fault.from_s, "to_s": fault.to_s} for fault in faults],
        "charts": [chart.plain() for chart in next(iter(charts.values())) if not chart.is_empty],
        "texts": {
            LANGUAGES[language]: _texts(language, its, phases, faults, time_head) for language, its in charts.items()
        },
    }
    return Markup(msgspec.json.encode(plain).decode().replace("<", "\\u003c"))


def _time(timeline: Timeline) -> dict[str, Any]:
    return {
        "startMs": int(timeline.portal_start.replace(tzinfo=UTC).timestamp() * 1000),
        "edgesMs": _edges_ms(timeline),
        "widthS": timeline.width_s,
        "count": timeline.count,
        "manyDays": timeline.many_days,
    }


def _texts(
    language: Language, charts: Charts, phases: Sequence[Phase], faults: Sequence[PlayedFault], time_head: Text
) -> dict[str, Any]:
    with speaking(language):
        return {
            "name": say("language-name"),
            "time": str(time_head),
            "step": say("step-head"),
            "day": say("day-head"),
            "dates": [say("script-date", day="{day}", month=month) for month in MONTHS],
            "hour": say("script-hour", hour="{hour}"),
            "hours": say("script-hours", day="{day}", begin="{from}", end="{to}"),
            "unmeasured": say("not-measured"),
            "phases": [words.phase(phase.name) for phase in phases],
            "faults": [say("fault-mark", name=it.name, title=words.spaced(it.name)) for it in faults],
            "charts": {chart.name: chart.texts() for chart in charts if not chart.is_empty},
        }


def _edges_ms(timeline: Timeline) -> list[int] | None:
    """Give portal time at each bucket's start and at the end, for a clock that did not run at true rate throughout."""
    if timeline.varying is None:
        return None
    edges = [*timeline.starts_s, timeline.length_s]
    return [int(timeline.moment(at_s).replace(tzinfo=UTC).timestamp() * 1000) for at_s in edges]

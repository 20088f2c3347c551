"""A page in every language: one is shown, the others wait for its switch. Figures behind charts are in it once."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from markupsafe import Markup

from reports.facts import Phase
from reports.language import LANGUAGES, Language, Text, speaking
from reports.page_data import PORTAL_TIME, Charts, page_data
from reports.recovery import PlayedFault
from reports.templates import assets, templates
from reports.timeline import Timeline


class Page(NamedTuple):
    """A page in one language."""

    title: str
    main: Markup
    charts: Charts


def page(template: str, title: str, charts: Charts, /, **filled: Any) -> Page:
    """Fill a template with what is said in the language in force."""
    return Page(title, Markup(templates().get_template(template).render(**filled)), charts)


def write_in_languages(
    path: Path,
    make: Callable[[], Page],
    first: Language,
    timeline: Timeline | None = None,
    phases: Sequence[Phase] = (),
    faults: Sequence[PlayedFault] = (),
    time_head: Text = PORTAL_TIME,
) -> None:
    """Write the page that `make` gives in each language; `first` is shown. Charts need the timeline of their x axis.

    `time_head` is the message that heads the timeline's column in the tables behind the charts.
    """
    pages: dict[Language, Page] = {}
    for language in sorted(LANGUAGES, key=lambda name: name != first):
        with speaking(language):
            pages[language] = make()
    content = (
        templates()
        .get_template("page.html.j2")
        .render(
            pages=[(LANGUAGES[language], it) for language, it in pages.items()],
            has_charts=any(it.charts for it in pages.values()),
            data=page_data(timeline, {name: it.charts for name, it in pages.items()}, phases, faults, time_head),
            **assets(),
        )
    )
    path.write_text(content, encoding="utf-8")

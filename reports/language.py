"""The languages of a report: every text is in `texts/LANGUAGE/*.ftl` (Project Fluent), by its name.

    say("would-lag", scenario=…, worst=…)  ─►  the message of that name in the language in force, with its figures

Figures go in as they are, in the unit that their name tells, several texts as a tuple; how they are written,
`{ DURATION($late_ms) }`, stands in the catalogue. English unless `speaking` says otherwise, so what programs read is
English.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

from babel import Locale
from babel.dates import format_datetime
from fluent.runtime import FluentBundle, FluentResource
from fluent.runtime.types import FluentType

Language = Literal["en", "zh"]
LANGUAGES: Mapping[Language, str] = {"en": "en", "zh": "zh-CN"}
"""Each language with its name for a browser."""

TEXTS = Path(__file__).parent / "texts"

_in_force: ContextVar[Language] = ContextVar("language", default="en")


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Let `say` speak a language within."""
    before = _in_force.set(language)
    try:
        yield
    finally:
        _in_force.reset(before)


class Text:
    """A text that is said later, in the language that is then in force: `str` says it.

    No dataclass, so that msgspec asks how to write it: `msgspec.json.encode(…, enc_hook=str)` writes what it says.
    """

    def __init__(self, name: str, figures: Mapping[str, Any]) -> None:
        self.name = name
        self.figures = figures

    def __str__(self) -> str:
        bundle = _bundle(_in_force.get())
        pattern = bundle.get_message(self.name).value
        if pattern is None:
            raise LookupError(f"message {self.name} has no text")
        said, errors = bundle.format_pattern(pattern, {name: _fluent(it) for name, it in self.figures.items()})
        if errors:
            raise LookupError(f"message {self.name}: {errors[0]}")
        return str(said)


def later(name: str, /, **figures: Any) -> Text:
    """Give a text to be said later: for what is found once and told in every language."""
    return Text(name, figures)


def say(name: str, /, **figures: Any) -> str:
    """Say the text of that name in the language in force; raises LookupError for a name or a figure that is missing.

    >>> say("requests-sent", peak_per_s=812.0, at="09:01:12", failed_share=0.0)
    'Up to 812 requests a second were sent (09:01:12); no page failed or was given up'
    """
    return str(Text(name, figures))


class _Raw(FluentType):
    """A figure that only a function of the catalogues can write: None, or a moment."""

    def __init__(self, value: datetime | None) -> None:
        self.value = value

    def format(self, locale: Locale) -> str:  # noqa: ARG002 - Fluent's interface
        return "–" if self.value is None else str(self.value)


def _fluent(figure: Any) -> Any:
    if figure is None or isinstance(figure, datetime):
        return _Raw(figure)
    if isinstance(figure, bool):
        return "yes" if figure else "no"
    if isinstance(figure, tuple):
        return say("between-items").join(map(str, figure))
    return str(figure) if isinstance(figure, Text) else figure


def _of_figure(write: Callable[..., str]) -> Any:
    """Make a function for the catalogues of one that writes a figure."""

    def written(figure: Any, *others: Any) -> str:
        return write(figure.value if isinstance(figure, _Raw) else figure, *others)

    return written


def _in_percent(share: float) -> str:
    return _shortest(100 * share)


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def _raised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _fixed(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{float(value):,.{int(digits)}f}"


def _shortest(value: float | None, digits: int = 6) -> str:
    return "–" if value is None else f"{float(value):,.{int(digits)}g}"


@cache
def _bundle(language: Language) -> FluentBundle:
    from reports import words  # which says its units here

    def moment(at: datetime, pattern: str) -> str:
        return str(format_datetime(at, pattern, locale=language))

    functions: dict[str, Callable[..., str]] = {
        "PERCENT": words.percent,
        "DURATION": words.duration,
        "SPAN": words.span,
        "COUNT": words.count,
        "FIXED": _fixed,
        "SHORTEST": _shortest,
        "IN_PERCENT": _in_percent,
        "LOWERED": _lowered,
        "RAISED": _raised,
        "MOMENT": moment,
    }
    of_figures = {name: _of_figure(write) for name, write in functions.items()}
    bundle = FluentBundle([LANGUAGES[language]], functions=of_figures, use_isolating=False)
    for path in sorted((TEXTS / language).glob("*.ftl")):
        bundle.add_resource(FluentResource(path.read_text(encoding="utf-8")))
    return bundle

"""How trials held against each other are told: figures for programs, and a page for people."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from reports.in_languages import Page, page, write_in_languages
from reports.language import Language
from reports.tables import Table


class About(NamedTuple):
    """What the trials of a series are of."""

    scenario: str
    profile: str
    length_s: float
    """Of each trial's load."""


class Told(NamedTuple):
    """A comparison in words: what was compared, what came of it, and the table, with its title."""

    about: str
    headline: str
    lead: str
    title: str
    table: Table


def write_comparison(folder: Path, name: str, figures: Any, tell: Callable[[], Told], first: Language = "en") -> Path:
    """Write `name`.json with the figures and `name`.html into the folder of the trials; give the page.

    `tell` says it in the language in force; the page shows the language `first`.
    """
    encoded = msgspec.json.encode(figures, enc_hook=str)
    (folder / f"{name}.json").write_bytes(msgspec.json.format(encoded, indent=2) + b"\n")
    path = folder / f"{name}.html"

    def _page() -> Page:
        told = tell()
        return page("comparison.html.j2", told.headline, [], **told._asdict())

    write_in_languages(path, _page, first)
    return path

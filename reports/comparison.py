"""How trials held against each other are told: figures for programs, and a page for people."""

from pathlib import Path
from typing import Any

import msgspec

from reports.tables import Table
from reports.templates import assets, templates


def write_comparison(
    folder: Path, name: str, figures: Any, *, about: str, headline: str, title: str, table: Table, lead: str = ""
) -> Path:
    """Write `name`.json with the figures and `name`.html with the table into the folder of the trials; give the page.

    `about` says what was compared, `headline` and `lead` what came of it, `title` what the table shows.
    """
    (folder / f"{name}.json").write_bytes(msgspec.json.format(msgspec.json.encode(figures), indent=2) + b"\n")
    page = folder / f"{name}.html"
    template = templates().get_template("comparison.html.j2")
    content = template.render(about=about, headline=headline, lead=lead, title=title, table_of=table, **assets())
    page.write_text(content, encoding="utf-8")
    return page

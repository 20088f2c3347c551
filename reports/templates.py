"""What all pages share: how templates are filled, and what is bundled into each page."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from reports.language import Text, say

HERE = Path(__file__).parent
ASSETS = HERE / "assets"

_UNIT = re.compile(r"(?<=\d) (?=%|(?:ms|s|[kMGT]?B)\b)")


@cache
def templates() -> jinja2.Environment:
    """Give the templates, compiled once: text is escaped, and a figure and its unit stay on one line."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        finalize=_keep_units,
    )
    made.globals["say"] = say
    return made


def assets() -> dict[str, Markup]:
    """Give style, script and chart library, as they stand in the page."""
    files = {"css": "report.css", "script": "report.js", "echarts": "echarts.common.min.js"}
    return {name: Markup((ASSETS / file).read_text(encoding="utf-8")) for name, file in files.items()}


def _keep_units(value: Any) -> Any:
    """Keep a figure and its unit on one line."""
    if isinstance(value, Text):
        value = str(value)
    return _UNIT.sub("\u00a0", value) if isinstance(value, str) and not isinstance(value, Markup) else value

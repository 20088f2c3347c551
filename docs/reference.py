"""Writes the pages that are made from the program itself, so that they cannot be wrong: `make reference`."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main
from typer.cli import get_docs_for_click

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]  # this script is started by its path

from scenario_page import scenario_page  # noqa: E402

import rehearse  # noqa: E402

SCHEMA = json.loads((HERE.parent / "reports" / "verdict.schema.json").read_text())


def pages() -> dict[str, str]:
    """Give the text of each page by its name."""
    return {"cli.md": command_line_page(), "scenario-file.md": scenario_page(), "verdict.md": verdict_page()}


def command_line_page() -> str:
    """Give every command with its arguments and options, as its help has them."""
    command = typer.main.get_command(rehearse.app)
    text = get_docs_for_click(obj=command, ctx=typer.Context(command), name="rehearse", title="The command line")
    text = re.sub(r"\*\*Commands\*\*:\n\n(\* .*\n)+", "", text)  # cut short; what follows has each in full
    text = re.sub(r"```console\n\$ (.*)\n```", r"    \1", text)  # as all other pages have commands
    return re.sub(r"\n{3,}", "\n\n", text).replace("&gt;", ">").strip() + "\n"


def verdict_page() -> str:
    """Give every field of a verdict, from its schema."""
    fields = SCHEMA["properties"]
    plain = [line for name, field in fields.items() if not (below := _inside(field)) for line in _rows(name, field)]
    lines = [
        "# The verdict",
        "",
        "`verdict.json` is what a run comes to, for programs. Its schema is `reports/verdict.schema.json`, from which",
        "`make reference` writes this page. What the figures mean: [how to read a report](report.md).",
        "",
        *_table(plain),
    ]
    for name, field in fields.items():
        if below := _inside(field):
            lines += ["", f"## {name}", "", field.get("description", ""), ""]
            lines += _table([row for key, it in below.items() for row in _rows(key, it)])
    return "\n".join(lines) + "\n"


def _table(rows: list[str]) -> list[str]:
    return ["| Field | Type | Meaning |", "|---|---|---|", *rows]


def _rows(path: str, field: dict[str, Any]) -> Iterator[str]:
    """Give a row for a field, and one for each that is inside of it."""
    yield f"| `{path}` | {_type(field)} | {field.get('description', '').replace('|', '&#124;')} |"
    for name, inner in _inside(field).items():
        yield from _rows(f"{path}{'[]' if 'items' in field else ''}.{name}", inner)


def _inside(field: dict[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = field.get("items", field).get("properties", {})
    return fields


def _type(field: dict[str, Any]) -> str:
    if "const" in field:
        return f"`{json.dumps(field['const'])}`"
    if "enum" in field:
        return " or ".join(f"`{json.dumps(it)}`" for it in field["enum"])
    kinds = [field["type"]] if isinstance(field.get("type"), str) else field.get("type", [])
    return " or ".join(f"list of {_type(field['items'])}" if it == "array" and "items" in field else it for it in kinds)


if __name__ == "__main__":
    for page, content in pages().items():
        (HERE / page).write_text(content)

"""Writes the starting point: portal.py, target.toml and scenario.toml, from templates/."""

import json
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, PackageLoader, StrictUndefined

from scenarios.new_portal.from_har import from_har
from scenarios.new_portal.from_openapi import from_openapi
from scenarios.new_portal.proposal import HOME, DocumentError, Proposal, Step

FILES = ("portal.py", "target.toml", "scenario.toml")
NOWHERE = "http://127.0.0.1:8000"
"""Where a portal is said to be that nothing is known of; load to this machine needs nobody's permission."""


def propose(document: Path | None) -> Proposal:
    """Propose a mapping from an OpenAPI document (JSON or YAML) or a HAR file; from None, the home page alone.

    Raises DocumentError, in one line.
    """
    if document is None:
        return Proposal("nothing", NOWHERE, (Step(HOME, "GET", "/"),), is_pages=True)
    try:
        text = document.read_text(encoding="utf-8-sig")
        content: Any = json.loads(text) if text.lstrip().startswith("{") else yaml.safe_load(text)
    except OSError as error:
        raise DocumentError(f"{document} cannot be read: {error.strerror}; give an OpenAPI document or a HAR") from None
    except (ValueError, yaml.YAMLError) as error:
        raise DocumentError(f"{document} is neither JSON nor YAML: {' '.join(str(error).split())}") from None
    if isinstance(content, dict) and isinstance(content.get("log"), dict):
        return from_har(content, document.name)
    if isinstance(content, dict) and "openapi" in content:
        return from_openapi(content, document.name)
    raise DocumentError(f"{document} is neither an OpenAPI document, with openapi, nor a HAR file, with log")


def write_new_portal(folder: Path, proposal: Proposal) -> list[Path]:
    """Write the files into a folder, which is made where it is not there; give their paths.

    Raises DocumentError where one of them is there already.
    """
    paths = [folder / name for name in FILES]
    if there := [path for path in paths if path.exists()]:
        raise DocumentError(f"{there[0]} is there already: give another folder")
    folder.mkdir(parents=True, exist_ok=True)
    for path in paths:
        path.write_text(rendered(path.name, proposal), encoding="utf-8")
    return paths


def rendered(file: str, proposal: Proposal) -> str:
    """Give the text of one of FILES."""
    environment = Environment(
        loader=PackageLoader("scenarios.new_portal"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.filters |= {"quoted": _quoted, "path": _path, "said": _said, "field": _field, "form_to": _form_to}
    return environment.get_template(f"{file}.j2").render(it=proposal, base_url=proposal.base_url or NOWHERE)


def _quoted(text: str) -> str:
    """Give a text as Python and TOML both read it."""
    return json.dumps(text, ensure_ascii=False)


def _path(step: Step) -> str:
    """Give a step's path as a Python string, into which its parameters go."""
    path = step.path
    if not step.parameters:
        return _quoted(path)
    return f"f{_quoted(path)}"


def _field(name: str) -> str:
    """Give the CSS selector of a form field as a Python string."""
    return repr(f'[name="{name}"]')


def _form_to(path: str) -> str:
    """Give the CSS selector of the form that sends to a path."""
    return repr(f'form[action*="{path}"]')


def _said(text: str) -> str:
    """Give a text of the document as a part of a comment or a docstring."""
    return " ".join(text.replace("\\", "/").replace('"', "'").split())[:80]

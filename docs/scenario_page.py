"""The page of a scenario file's fields, from the structs that read it and what is written beside their fields."""

import ast
import dataclasses
import inspect
import re
import types
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from fakes.candidates import FlawShares
from fakes.providers.settings import CallbackFaults, ProviderSettings
from mock_server.paper_limits import PaperLimits
from mock_server.settings import Limits
from scenarios.behaviour import BehaviourSettings
from scenarios.demand import DemandSettings
from scenarios.faults import FAULTS
from scenarios.phases import Phase
from scenarios.scenario import Scenario, load_scenario
from scenarios.stage_settings import StageSettings
from scenarios.window import Window

UNITS = {
    "bits_per_s": "bits a second",
    "bytes_per_s": "bytes a second",
    "per_s": "a second",
    "s": "seconds",
    "ms": "milliseconds",
    "us": "microseconds",
    "minutes": "minutes",
    "h": "hours",
    "d": "days",
    "days": "days",
    "years": "years",
    "months": "months",
    "bytes": "bytes",
    "fen": "fen",
    "mm": "mm",
    "dpi": "dots an inch",
    "share": "share",
}
"""Units by the last words of a field's name, the longer ones first."""
NAMES = {
    float: "number",
    int: "whole number",
    str: "text",
    bool: "true or false",
    datetime: "date and time, `+08:00`",
    date: "date",
}
ELSEWHERE = {
    "[window]": Window,
    "[demand]": DemandSettings,
    "[behaviour]": BehaviourSettings,
    "[stages]": StageSettings,
    "[[phases]]": Phase,
    "[flaw_shares]": FlawShares,
    "[callback_faults]": CallbackFaults,
    "[limits]": Limits,
    "[limits.papers]": PaperLimits,
}
"""The tables of a scenario file, and what reads each."""
A_FAULT: dict[str, Any] = {
    "from_s": 0.0, "to_s": 1.0, "link": "candidates_portal", "services": ("sms",), "bytes_per_s": 1.0,
    "latency_ms": 1.0, "limit_bytes": 1, "average_bytes": 1, "delay_ms": 1.0, "times": 1.0, "step_s": 1.0,
}  # fmt: skip
"""What any fault can be made of, to ask it what it refuses."""


def scenario_page() -> str:
    """Give every key of a scenario file: its type with unit, default, range and meaning."""
    lines = [
        "# The scenario file",
        "",
        "Every key of a scenario's TOML file; `make reference` writes this page from the structs that read it. What",
        "is left out has its default. How to write one: [scenarios](add-a-scenario.md#add-one).",
        "",
        *_table(Scenario, load_scenario("opening-day"), leave_out=_tables_of(Scenario)),
    ]
    for table, struct in ELSEWHERE.items():
        made = Phase("one", 0, 1) if struct is Phase else struct()
        lines += ["", f"## {table}", "", _first(struct), "", *_table(struct, made, leave_out=_tables_of(struct))]
        if struct is StageSettings:
            for name in sorted(_tables_of(struct)):
                lines += ["", f"### [stages.{name}]", "", *_other_defaults(getattr(made, name))]
    lines += [
        "",
        "## [capacities]",
        "",
        "Keys of [a profile](add-a-scenario.md#profiles), in place of the profile's own.",
    ]
    lines += ["", "## [providers]", "", "A table for each of [the outside services](providers.md).", ""]
    lines += _providers()
    lines += [
        "",
        "## [[faults]]",
        "",
        "A table for each; `name` is one of those below, and [faults](faults.md) says more of them.",
    ]
    lines += ["All have these keys, but `link` only those of the network.", "", *_faults()]
    return "\n".join(lines) + "\n"


def _providers() -> list[str]:
    services = ProviderSettings()
    lines = []
    for name in services.__struct_fields__:
        service = getattr(services, name)
        lines += ["", f"### [providers.{name}]", "", _first(type(service)), "", *_table(type(service), service)]
    return lines[1:]


def _faults() -> list[str]:
    common = {"from_s", "to_s", "link"}
    tables, lines = {}, []
    for name, struct in FAULTS.items():
        wanted = {field.name for field in msgspec.structs.fields(struct)}
        made = struct(**{key: value for key, value in A_FAULT.items() if key in wanted})
        tables[name] = _table(struct, made, leave_out=wanted - common)
        lines += ["", f"### {name}", "", _first(struct)]
        if wanted - common:
            lines += ["", *_table(struct, made, leave_out=common)]
    return [*max(tables.values(), key=len), *lines]


def _table(struct: Any, made: Any, leave_out: Collection[str] = ()) -> list[str]:
    """Give a row for each field of a struct, `made` being one of it."""
    rows = [_row(struct, made, *field) for field in _fields(struct) if field[0] not in leave_out]
    return ["| Key | Type | Default | Range | Meaning |", "|---|---|---|---|---|", *rows]


def _row(struct: Any, made: Any, name: str, kind: Any, default: str) -> str:
    unit = next((unit for end, unit in UNITS.items() if f"_{name}".endswith(f"_{end}")), "")
    words = "share" if unit == "share" or struct is FlawShares else ", ".join(filter(None, (_type(kind), unit)))
    cells = [f"`{name}`", words, default, _range(made, name, kind), _meaning(struct, name)]
    return "| " + " | ".join(cell.replace("|", "&#124;") for cell in cells) + " |"


def _fields(struct: Any) -> Iterator[tuple[str, Any, str]]:
    """Give name, type and default of each field."""
    if dataclasses.is_dataclass(struct):
        for one in dataclasses.fields(struct):
            yield one.name, float, _value(one.default)
        return
    for field in msgspec.structs.fields(struct):
        if field.default is not msgspec.NODEFAULT:
            yield field.name, field.type, _value(field.default)
        elif field.default_factory is not msgspec.NODEFAULT:
            yield field.name, field.type, _value(field.default_factory())
        else:
            yield field.name, field.type, "must be given"


def _tables_of(struct: Any) -> set[str]:
    """Give the fields that are tables of their own."""
    tables = {table.strip("[]").rpartition(".")[2] for table in ELSEWHERE} | {"providers", "faults", "capacities"}
    return {
        name
        for name, kind, _ in _fields(struct)
        if (isinstance(kind, type) and issubclass(kind, msgspec.Struct)) or (struct is Scenario and name in tables)
    }


def _other_defaults(settings: DemandSettings) -> list[str]:
    """Say in what one demand differs from that of the registration."""
    usual = DemandSettings()
    fields = type(settings).__struct_fields__
    other = [f"`{it}` {_value(getattr(settings, it))}" for it in fields if getattr(settings, it) != getattr(usual, it)]
    return [_first(type(settings)), "", f"The keys of `[demand]`, but by default {', '.join(other)}; no `surge_hour`."]


def _value(value: Any) -> str:
    """Give a default as TOML has it."""
    if value is None or value in ((), {}):
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float | int):
        return f"{value:,.10g}".replace(",", "_")
    if isinstance(value, datetime | date):
        return value.isoformat()
    return ", ".join(map(_value, value)) if isinstance(value, tuple) else f"`{value}`"


def _type(kind: Any) -> str:
    """Give a type in words."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _type(inner[0])
    if origin is Literal:
        return " or ".join(f"`{it}`" for it in inner)
    if origin in (types.UnionType, Union):
        return " or ".join(_type(it) for it in inner if it is not type(None))
    if origin is tuple:
        return f"list of: {_type(inner[0])}"
    return NAMES[kind]


def _range(made: Any, name: str, kind: Any) -> str:
    """Give the bounds of the type, else what the struct says when it refuses a value below or above all bounds."""
    if get_origin(kind) is Annotated:
        bounds = get_args(kind)[1]
        if bounds.ge is not None and bounds.le is not None:
            return f"{_value(bounds.ge)} to {_value(bounds.le)}"
        if bounds.gt is not None and bounds.le is not None:
            return f"above {_value(bounds.gt)}, up to {_value(bounds.le)}"
        return f"above {_value(bounds.gt)}" if bounds.ge is None else f"{_value(bounds.ge)} or more"
    number = {float: float, int: int}.get(next((it for it in (kind, *get_args(kind)) if it in (float, int)), str))
    if number is None or get_origin(kind) is tuple:
        return ""
    for outside in (-1, 10**15):
        try:
            if dataclasses.is_dataclass(made):
                dataclasses.replace(made, **{name: number(outside)})  # type: ignore[type-var]
            else:
                msgspec.structs.replace(made, **{name: number(outside)})
        except ValueError as refused:
            if right := re.search(r"(?:it must be|lies|write) (?:from )?(.*)", str(refused)):
                return re.sub(r"^between (\S+) and ", r"\1 to ", right[1])
    return ""


def _meaning(struct: Any, name: str) -> str:
    """Give what is written below a field or beside it, where it or one that it comes from says it."""
    for owner in inspect.getmro(struct):
        if owner.__module__ != "builtins" and (said := _written(owner).get(name)):
            said = said[0].upper() + said[1:] if said[0].isascii() else said  # δ stays δ
            return re.sub(r"docs/([\w-]+)\.md", r"[\1](\1.md)", said)
    return ""


@cache
def _written(owner: type) -> Mapping[str, str]:
    """Read what the source of a class says of its fields: a text below, or a comment at the end of the line."""
    try:
        source = inspect.cleandoc("\n" + inspect.getsource(owner))
    except (OSError, TypeError):  # it is not written in Python
        return {}
    lines, said = source.splitlines(), {}
    body = ast.parse(source).body[0]
    assert isinstance(body, ast.ClassDef)
    for statement, after in zip(body.body, [*body.body[1:], None], strict=True):
        if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
            continue
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            said[statement.target.id] = " ".join(str(after.value.value).split()).rstrip(".")
        else:
            comment = lines[(statement.end_lineno or 1) - 1].encode()[statement.end_col_offset :].decode()
            words = comment.strip().removeprefix("#").strip()
            said[statement.target.id] = "" if words.split(":")[0].split(";")[0] == "assumption" else words
    return said


def _first(struct: Any) -> str:
    """Give the first paragraph of what a struct says of itself, without what it refuses."""
    paragraph = " ".join((inspect.getdoc(struct) or "").split("\n\n")[0].split())
    text = re.sub(r" ?Raises ValueError.*", "", paragraph)
    return re.sub(r"docs/([\w-]+)\.md", r"[\1](\1.md)", text)

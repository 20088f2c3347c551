"""How a run was held: portal, load, machine and versions, and the command that holds it again."""

import shlex
from typing import Any

from reports import words
from reports.analysis import Analysis


def cores(a: Analysis) -> str:
    """Say how the cores were shared."""
    its = a.run.facts.cores
    if not its.count:
        return "How the cores were shared was not recorded."
    return (
        f"{words.count(its.count, 'core')} for everything: the generator at niceness {its.generator_niceness}, the "
        f"portal at niceness {its.portal_niceness}. The lower number goes first when CPU is short."
    )


def facts(a: Analysis) -> list[tuple[str, str]]:
    """List portal, load, machine and versions."""
    known, portal = a.run.facts, a.run.facts.portal
    machine = {**known.machine}
    if isinstance(machine.get("memory_bytes"), int):
        machine["memory"] = words.data(machine.pop("memory_bytes"))
    listed = {
        "Portal": ", ".join(
            part
            for part in (
                portal.kind,
                f"profile {portal.profile}" if portal.profile else "",
                words.count(portal.server_workers, "server process").replace("processs", "processes"),
                f"{portal.database} database" if portal.database else "",
                portal.address,
            )
            if part
        ),
        "Capacities": _pairs(_flat(portal.capacities)),
        "Load": f"{known.load.length_s:,.0f} s at {_speed(a)}, seed {known.seed}",
        "Machine": _pairs(machine),
        "Versions": _pairs({"rehearse": known.rehearse_version, **known.versions}),
        "Run folder": a.run.folder.name,
    }
    return [(name, text) for name, text in listed.items() if text]


def _speed(a: Analysis) -> str:
    speeds = a.run.pace.speed
    return f"speed {speeds[0]:g}" if len(speeds) == 1 else f"speeds from {min(speeds):,.3g} to {max(speeds):,.3g}"


def _flat(settings: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Give nested settings by their full names, such as `lines.sms`; those that are text describe and are left out."""
    found: dict[str, Any] = {}
    for name, value in settings.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{prefix}{name}.")
        elif not isinstance(value, str):
            found[prefix + name] = value
    return found


def _pairs(values: dict[str, Any]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in values.items())


def command(a: Analysis) -> str:
    """Give the command that runs the same again."""
    known = a.run.facts
    minutes = known.load.planned_length_s / 60
    options = {
        "--profile": known.portal.profile,
        "--population": str(known.population or ""),
        "--seed": str(known.seed),
        "--minutes": f"{minutes:g}",
        "--server-workers": str(known.portal.server_workers) if known.portal.server_workers > 1 else "",
    }
    parts = [part for option, value in options.items() if value for part in (option, value)]
    return shlex.join(["rehearse", "run", known.scenario.name, *parts])

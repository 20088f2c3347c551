"""How a run was held: portal, load, machine and versions, and the command that holds it again."""

import shlex
from typing import Any

from reports import words
from reports.analysis import Analysis
from reports.language import say
from reports.target_words import target_facts


def cores(a: Analysis) -> str:
    """Say how the cores were shared."""
    its = a.run.facts.cores
    if not its.count:
        return say("cores-not-recorded")
    niceness = {"generator": its.generator_niceness, "portal": its.portal_niceness}
    return say("cores-shared", count=its.count, **niceness)


def facts(a: Analysis) -> list[tuple[str, str]]:
    """List portal, load, machine and versions."""
    known, portal = a.run.facts, a.run.facts.portal
    machine = {**known.machine}
    if isinstance(machine.get("memory_bytes"), int):
        machine[say("how-memory")] = words.data(machine.pop("memory_bytes"))
    speeds = a.run.pace.speed
    its_portal = (
        portal.kind,
        say("how-profile", profile=portal.profile) if portal.profile else "",
        say("how-server-processes", count=portal.server_workers) if portal.server_workers else "",
        say("how-database", kind=portal.database) if portal.database else "",
        portal.address,
    )
    load = say(
        "how-load-said",
        length_s=known.load.length_s,
        is_one=len(speeds) == 1,
        least=min(speeds),
        most=max(speeds),
        seed=str(known.seed),
    )
    listed = {
        say("how-portal"): say("between-facts").join(part for part in its_portal if part),
        **(target_facts(known.target) if known.target is not None else {}),
        say("how-capacities"): _pairs(_flat(portal.capacities)),
        say("how-load"): load,
        say("how-scale"): say("how-scale-said", share=scale) if (scale := known.scenario.scale) < 1 else "",
        say("how-machine"): _pairs(machine),
        say("how-versions"): _pairs({"rehearse": known.rehearse_version, **known.versions}),
        say("how-folder"): a.run.folder.name,
    }
    return [(name, text) for name, text in listed.items() if text]


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
    options = {
        "--scale": f"{known.scenario.scale:g}" if known.scenario.scale < 1 else "",
        "--server-workers": str(known.portal.server_workers) if known.portal.server_workers > 1 else "",
        "--browser-candidates": str(known.browsers or ""),
    }
    if known.target is not None:
        options |= {"--target": "FILE"}
    if not known.bundle:
        options |= {
            "--profile": known.portal.profile,
            "--population": str(round(known.population / known.scenario.scale) or ""),
            "--seed": str(known.seed),
            "--minutes": f"{known.load.planned_length_s / 60:g}",
        }
    parts = [part for option, value in options.items() if value for part in (option, value)]
    return shlex.join(["rehearse", "run", known.bundle or known.scenario.name, *parts])

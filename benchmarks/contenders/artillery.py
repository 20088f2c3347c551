"""Artillery: a phase with an `arrivalRate`; each of its virtual users has a connection of its own."""

import json
from pathlib import Path
from typing import Any

from benchmarks.contenders import Contender, Work, run_program
from benchmarks.eight_steps import Step


def play(work: Work, folder: Path) -> None:
    """Do the work. Raises ContenderError."""
    script = {
        "config": {
            "target": work.address,
            "phases": [{"duration": work.length_s, "arrivalRate": work.rate_per_s}],
        },
        "scenarios": [{"flow": [_flow(it) for it in work.steps]}],
    }
    (folder / "script.json").write_text(json.dumps(script))
    env = {"ARTILLERY_DISABLE_TELEMETRY": "true"}
    run_program(["artillery", "run", "--quiet", "script.json"], folder, env)


def _flow(step: Step) -> dict[str, Any]:
    if not step.body:
        return {"get": {"url": step.path}}
    return {"post": {"url": step.path, "headers": {"content-type": step.content_type}, "body": step.body}}


ARTILLERY = Contender("Artillery", play, "artillery")

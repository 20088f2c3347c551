"""k6: its executor `constant-arrival-rate`, a connection of its own for each journey."""

import json
from pathlib import Path

from benchmarks.contenders import Contender, Work, run_program

SCRIPT = """\
import http from "k6/http";

const work = JSON.parse(open("./work.json"));

export const options = {
  noVUConnectionReuse: true,
  scenarios: {
    journeys: {
      executor: "constant-arrival-rate",
      rate: work.rate_per_s,
      timeUnit: "1s",
      duration: `${work.length_s}s`,
      preAllocatedVUs: work.rate_per_s,
    },
  },
};

export default function () {
  for (const step of work.steps) {
    const headers = step.body ? { "Content-Type": step.content_type } : {};
    http.request(step.method, work.address + step.path, step.body || null, { headers, tags: { name: step.name } });
  }
}
"""


def play(work: Work, folder: Path) -> None:
    """Do the work. Raises ContenderError."""
    steps = [{**it._asdict(), "method": it.method} for it in work.steps]
    (folder / "work.json").write_text(json.dumps({**work._asdict(), "steps": steps}))
    (folder / "script.js").write_text(SCRIPT)
    run_program(["k6", "run", "--quiet", "--no-usage-report", "script.js"], folder)


K6 = Contender("k6", play, "k6")

"""Holds deploy/ against reality: a real Prometheus scrapes a real run, and every query of the dashboard must give data.

    python deploy/check_dashboard.py [--prometheus PATH]        about 3 minutes; Debian: apt-get install prometheus

Prometheus reads deploy/prometheus.yml with a free port in place of 8601. The run has a fault, so that there is one to
be seen. Exit codes: 0 every query gives data, 1 one does not, 2 it could not be tried.
"""

import argparse
import json
import math
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx

DEPLOY = Path(__file__).parent
ROOT = DEPLOY.parent
sys.path.insert(0, str(ROOT))

from scenarios.stack_start import free_port  # noqa: E402

DOCUMENTED_PORT = 8601
STEP_S = 5
RATE_INTERVAL = "20s"
"""What Grafana puts in for $__rate_interval: four times the distance of two scrapes, at least."""
MINUTES = 1.5
FAULT = '\n[[faults]]\nname = "portal_frozen"\nfrom_s = 50\nto_s = 56\n'
SETTLE_S = 3 * STEP_S
RUN_WITHIN_S = 400.0


class Query(NamedTuple):
    """A query of the dashboard: the title of its panel, and its PromQL as Grafana would send it."""

    panel: str
    text: str


def queries(dashboard: dict[str, Any]) -> list[Query]:
    """Give all queries of a dashboard, in the order of its panels, and those of its annotations."""
    found = [Query(panel["title"], it["expr"]) for panel in dashboard["panels"] for it in panel.get("targets", [])]
    found += [Query(f"annotation {it['name']}", it["expr"]) for it in dashboard["annotations"]["list"] if "expr" in it]
    return [Query(panel, text.replace("$__rate_interval", RATE_INTERVAL)) for panel, text in found]


def points(client: httpx.Client, query: Query, from_s: float, to_s: float) -> tuple[int, int]:
    """Give how many series a query gives over a stretch of time, and how many numbers in them all."""
    asked: dict[str, str | float] = {"query": query.text, "start": from_s, "end": to_s, "step": STEP_S}
    answer = client.get("/api/v1/query_range", params=asked)
    if answer.status_code != httpx.codes.OK:
        raise SystemExit(f"{query.panel}: {answer.json().get('error', answer.text)}\n  {query.text}")
    series = answer.json()["data"]["result"]
    numbers = [value for it in series for _, value in it["values"] if math.isfinite(float(value))]
    return len(series), len(numbers)


@contextmanager
def prometheus(binary: str, scrape: Path, data: Path) -> Iterator[httpx.Client]:
    """Run Prometheus on a free port for as long as the context lasts; give a client for it."""
    address = f"127.0.0.1:{free_port()}"
    command = [binary, f"--config.file={scrape}", f"--storage.tsdb.path={data}", f"--web.listen-address={address}"]
    with (data / "prometheus.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    try:
        with httpx.Client(base_url=f"http://{address}", trust_env=False, timeout=10) as client:
            _wait_until_ready(client, data / "prometheus.log")
            yield client
    finally:
        process.terminate()
        process.wait(30)


def _wait_until_ready(client: httpx.Client, log: Path) -> None:
    for _ in range(100):
        try:
            if client.get("/-/ready").status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise SystemExit(f"Prometheus did not start: {log.read_text()[-500:]}")


def hold_rehearsal(folder: Path, port: int) -> None:
    """Hold a short rehearsal with a fault, shown on a port."""
    scenario = folder / "opening-day-frozen.toml"
    opening_day = (ROOT / "scenarios" / "presets" / "opening-day.toml").read_text(encoding="utf-8")
    scenario.write_text(opening_day + FAULT, encoding="utf-8")
    command = [sys.executable, str(ROOT / "rehearse.py"), "run", str(scenario), "--minutes", str(MINUTES)]
    command += ["--metrics-port", str(port), "--out", str(folder / "run")]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=RUN_WITHIN_S)
    if done.returncode not in (0, 1, 3):  # whether the portal held is not the question
        raise SystemExit(f"the rehearsal failed: {done.stdout[-500:]}{done.stderr[-500:]}")


def main() -> int:
    """Check every query; say what each gives."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--prometheus", default=shutil.which("prometheus"), help="default: that of the search path")
    binary = parser.parse_args().prometheus
    if not binary or not Path(binary).is_file():
        print("there is no Prometheus here: apt-get install prometheus, or --prometheus PATH", file=sys.stderr)
        return 2
    asked = queries(json.loads((DEPLOY / "grafana" / "dashboard.json").read_text(encoding="utf-8")))
    with tempfile.TemporaryDirectory(prefix="rehearse-dashboard-") as name:
        folder, port = Path(name), free_port()
        scrape = folder / "prometheus.yml"
        documented = (DEPLOY / "prometheus.yml").read_text(encoding="utf-8")
        scrape.write_text(documented.replace(f":{DOCUMENTED_PORT}", f":{port}"), encoding="utf-8")
        with prometheus(binary, scrape, folder) as client:
            from_s = time.time()
            hold_rehearsal(folder, port)
            time.sleep(SETTLE_S)
            found = [(query, *points(client, query, from_s, time.time())) for query in asked]
    for query, series, numbers in found:
        print(
            f"{'no data' if not numbers else 'ok':8}{series:4} series {numbers:6} numbers  {query.panel}: {query.text}"
        )
    empty = sum(not numbers for _, _, numbers in found)
    print(f"{len(found) - empty} of {len(found)} queries give data")
    return 1 if empty else 0


if __name__ == "__main__":
    sys.exit(main())

"""A portal that is there already: the real mock, started by the test, as somebody else's."""

import json
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import msgspec
import polars as pl
import pytest
from registrant import set_portal_clock

from reports import write_report
from scenarios.target import load_target
from scenarios.target_rehearsal import for_target, rehearse_target
from scenarios.window import CHINA

pytestmark = pytest.mark.timeout(180)

SECRET = "a-header-that-nobody-may-read"


@pytest.fixture(scope="module")
def portal(stack, scenario):
    """Give the portal at the opening; its clock goes on by itself."""
    set_portal_clock(stack, scenario.window.opening)
    return stack


def target_file(folder, portal, more="", *, base_url=None, most=500, **keys):
    """Write a target file for the portal; give its path."""
    keys = {
        "base_url": base_url or portal.address,
        "most_requests_per_s": most,
        "sms_inbox": portal.provider_address,
        **keys,
    }
    lines = [f"{key} = {value if isinstance(value, datetime) else json.dumps(value)}" for key, value in keys.items()]
    gateways = f'[gateways]\nhosts = ["{urlsplit(portal.provider_address).netloc}"]\n'
    path = folder / "target.toml"
    path.write_text("\n".join(lines) + f"\n{more}\n{gateways}")
    return path


def permission(portal, **changes):
    """Give what allows the portal by its name, which no exemption is for, and its URL."""
    port = urlsplit(portal.address).port
    now = datetime.now(CHINA).replace(microsecond=0)
    return {
        "base_url": f"http://localhost:{port}",
        "allowed_by": "Li Wei, +86 10 5550 0100",
        "allowed_host": f"localhost:{port}",
        "allowed_from": now - timedelta(hours=1),
        "allowed_until": now + timedelta(hours=1),
        **changes,
    }


def short(scenario, seconds=8.0, population=500_000):
    """Give the scenario, so long."""
    return msgspec.structs.replace(scenario, minutes=seconds / 60, population=population)


def table(run, name):
    """Give a table of a run folder."""
    return pl.read_parquet(run / name / "*.parquet")


def test_a_rehearsal_of_a_portal_that_is_there(portal, scenario, tmp_path, notes):
    """By its name, with permission: visits come, promises are noted, records are listed, the report is there.

    No secret is in any file of the run.
    """
    more = f'[headers]\nX-Rehearsal = "{SECRET}"\n[[metrics]]\nurl = "{portal.address}/metrics"\n'
    more += '[metrics.resources.slots]\ntitle = "slots of the portal"\n'
    more += "capacity = 'resource_capacity{resource=\"worker_slots\"}'\n"
    more += "in_use = 'resource_in_use{resource=\"worker_slots\"}'\n"
    file = target_file(tmp_path, portal, more, **permission(portal))
    events = []
    it = for_target(short(scenario, 20), load_target(file))
    run = rehearse_target(it, file, events.append, out=tmp_path / "run", notes=notes)
    verdict = write_report(run)
    assert verdict.arrivals.planned == verdict.arrivals.started > 10
    about = json.loads((run / "run.json").read_text())
    assert {"kind": "target", "address": permission(portal)["base_url"]} == about["portal"]
    assert "127.0.0.1" == about["target"]["ip"]
    assert {"visits": 0, "purposes": []} == about["target"]["left_out"]
    resources = table(run, "resources")
    assert {"slots"} == set(resources["resource"])
    assert resources.height > 10
    assert (resources["capacity"] > 0).all()
    assert {"generator-0"} == set(table(run, "processes")["process"])
    assert {"ok"} == set(table(run, "requests").filter(pl.col("step") == "home")["outcome"])
    generator = table(run, "generator")
    assert generator["held_back"].null_count() == 0
    assert {"plan", "portal", "load"} <= {event["now"] for event in events}
    assert not any(SECRET.encode() in path.read_bytes() for path in run.rglob("*") if path.is_file())

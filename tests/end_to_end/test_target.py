"""A portal that is there already: the real mock, started by the test, as somebody else's."""

import json
import ssl
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from socketserver import BaseRequestHandler, TCPServer
from threading import Thread
from urllib.parse import urlsplit
from zipfile import ZipFile

import httpx
import msgspec
import polars as pl
import pytest
import trustme
from passing_on import passing_on
from registrant import book, set_portal_clock

from reports import write_report
from scenarios.bundle import write_bundle
from scenarios.clean_up import NO_REQUEST, TAKEN_BACK, clean_up
from scenarios.generator_processes import ROOT
from scenarios.loopback_client import loopback_client
from scenarios.rehearsal import RehearsalError
from scenarios.run_clock import clock_of_load
from scenarios.scenario import load_scenario, with_overrides
from scenarios.stack_start import free_port
from scenarios.target import TargetError, load_target
from scenarios.target_rehearsal import for_target, prepare_target_run, rehearse_target
from scenarios.window import CHINA
from tests.command_line import refusal

pytestmark = pytest.mark.timeout(180)

SECRET = "a-header-that-nobody-may-read"
REHEARSE = [sys.executable, str(ROOT / "rehearse.py")]
ENDS_WITHIN_S = 2.0


@pytest.fixture(scope="module")
def portal(stack, scenario):
    """Give the portal at the opening; its clock goes on by itself."""
    set_portal_clock(stack, scenario.window.opening)
    return stack


def quick(scenario, seconds):
    """Give the scenario, so long, with people in haste: within seconds they register and file."""
    haste = {
        "think_mean_s": 0.1,
        "form_median_s": 0.2,
        "account_median_s": 0.4,
        "account_least_s": 0.2,
        "uplink_median_bits_per_s": 1e9,
        "slow_uplink_share": 0.0,
        "face_check_now_share": 0.95,
        "apply_now_share": 1.0,
    }
    behaviour = msgspec.structs.replace(scenario.behaviour, **haste)
    return msgspec.structs.replace(scenario, start_s=0.0, minutes=seconds / 60, population=40_000, behaviour=behaviour)


def target_file(folder, portal, more="", **keys):
    """Write a target file for the portal, with its own outside services as test gateways; give its path."""
    keys = {
        "base_url": portal.address,
        "most_requests_per_s": 500,
        "sms_inbox": portal.provider_address,
        **keys,
    }
    lines = [f"{key} = {value if isinstance(value, datetime) else json.dumps(value)}" for key, value in keys.items()]
    gateways = f'[gateways]\nhosts = ["{urlsplit(portal.provider_address).netloc}"]'
    path = folder / "target.toml"
    path.write_text("\n".join([*lines, more, gateways]))
    return path


def permission(port, **changes):
    """Give what allows a portal on this port by a name, for which there is no exemption, and its URL."""
    now = datetime.now(CHINA)
    return {
        "base_url": f"http://localhost:{port}",
        "allowed_by": "Li Wei, +86 10 5550 0100",
        "allowed_host": f"localhost:{port}",
        "allowed_from": now - timedelta(hours=1),
        "allowed_until": now + timedelta(hours=1),
        **changes,
    }


def table(run, name):
    """Give a table of a run folder."""
    return pl.read_parquet(run / name / "*.parquet")


def last_sent_unix_s(run):
    """Give when the last request of a run was sent, as Unix time."""
    return clock_of_load(run).started_unix_s + table(run, "requests")["sent_s"].max()


def load_of(run):
    """Give what `run.json` says of the load."""
    return json.loads((run / "run.json").read_text())["load"]


SLOTS = """
[[metrics]]
url = "{address}/metrics"
[metrics.resources.slots]
title = "slots of the portal"
capacity = 'resource_capacity{{resource="worker_slots"}}'
in_use = 'resource_in_use{{resource="worker_slots"}}'
queue = 'resource_queue_length{{resource="worker_slots"}}'
"""


@pytest.fixture(scope="module")
def rehearsed(portal, scenario, tmp_path_factory, notes):
    """Rehearse the portal by its name, with permission and a secret header; give the run, the file, the events."""
    folder = tmp_path_factory.mktemp("target")
    more = f'[headers]\nX-Rehearsal = "{SECRET}"\n' + SLOTS.format(address=portal.address)
    file = target_file(folder, portal, more, **permission(urlsplit(portal.address).port))
    events = []
    it = for_target(quick(scenario, 25), load_target(file))
    run = rehearse_target(it, file, events.append, out=folder / "run", notes=notes)
    return run, file, events


def test_a_rehearsal_of_a_portal_that_is_there(rehearsed):
    """Visits come by the plan, requests and metrics are recorded, and the report says what could not be had."""
    run, _, events = rehearsed
    verdict = write_report(run)
    assert verdict.arrivals.planned == verdict.arrivals.started > 5
    about = json.loads((run / "run.json").read_text())
    assert "target" == about["portal"]["kind"]
    assert ("127.0.0.1", {"visits": 0, "purposes": []}) == (about["target"]["ip"], about["target"]["left_out"])
    resources = table(run, "resources")
    assert {"slots"} == set(resources["resource"])
    assert resources.height > 15
    assert (resources["capacity"] > 0).all()
    assert resources["held_s"].is_sorted()
    assert {"generator-0"} == set(table(run, "processes")["process"])
    assert {"ok"} == set(table(run, "requests").filter(pl.col("step") == "home")["outcome"])
    assert 0 == table(run, "generator")["held_back"].null_count()
    assert "books cannot be read, so whether all" in (run / "report.html").read_text()
    ready = {"now": "portal", "resources": {"slots": "slots of the portal"}, "run": str(run)}
    assert [{"now": "plan"}, ready] == events[:2]


def test_no_secret_is_in_a_run(rehearsed):
    """Of the headers there are the names alone, in whatever is written."""
    run, file, _ = rehearsed
    write_report(run)
    assert SECRET in file.read_text()
    assert [] == [path for path in run.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]
    assert "X-Rehearsal" in (run / "run.json").read_text()
    with ZipFile(write_bundle(run, run.parent / "of-a-target.bundle")) as bundle:
        assert [] == [name for name in bundle.namelist() if SECRET.encode() in bundle.read(name)]


def test_what_was_made_is_listed_and_taken_back(rehearsed, portal):
    """Accounts and applications are the portal's; what it can take back it does, the rest is said to be left."""
    run, file, _ = rehearsed
    records = pl.read_csv(run / "records.csv", schema_overrides={"id": pl.String, "id_number": pl.String})
    made = records.filter(pl.col("made") == "yes")
    accounts, applications = (made.filter(pl.col("record") == it) for it in ("account", "application"))
    theirs = {row["id_number"]: row for row in book(portal, "accounts")}
    assert accounts.height > 2
    assert set(accounts["id_number"]) <= set(theirs)
    assert applications.height > 0
    states = {str(row["id"]): row["state"] for row in book(portal, "applications")}
    filed = set(made.filter(pl.col("record") == "filing")["candidate"])
    assert set(applications["id"]) <= set(states)
    assert filed
    cleaned = clean_up(run, file)
    assert records.height == len(cleaned) == pl.read_csv(run / "clean_up.csv").height
    assert {NO_REQUEST} == {it.outcome for it in cleaned if it.record == "account"}
    gone = {it.id for it in cleaned if it.record == "application" and it.outcome == TAKEN_BACK}
    now = {str(row["id"]): row["state"] for row in book(portal, "applications")}
    assert gone
    assert {"withdrawn"} == {now[it] for it in gone}
    refused = {it.outcome for it in cleaned if it.record == "application"} - {TAKEN_BACK, "its id is not known"}
    assert refused <= {"refused: illegal_move"}  # drafts


def test_who_cannot_log_in_leaves_the_rest(rehearsed, tmp_path):
    """Candidates of another seed have other passwords: one try each, and what is left is listed with the reason."""
    run, file, _ = rehearsed
    for name in ("run.json", "records.csv"):
        (tmp_path / name).write_bytes((run / name).read_bytes())
    about = json.loads((run / "run.json").read_text())
    (tmp_path / "run.json").write_text(json.dumps({**about, "seed": about["seed"] + 1}))
    known = [it for it in clean_up(tmp_path, file) if it.record == "application" and it.id]
    assert known
    assert {"gave up at log_in: login_wrong"} == {it.outcome for it in known}


def test_a_run_is_cleaned_up_where_it_was(rehearsed, portal, tmp_path):
    """With the file of another portal nobody is taken back; a run against the mock has no records."""
    with pytest.raises(TargetError, match="give that of the run"):
        clean_up(rehearsed[0], target_file(tmp_path, portal))
    with pytest.raises(TargetError, match="give the folder of a run with --target"):
        clean_up(tmp_path, target_file(tmp_path, portal))


def shown(client):
    """Wait until a run shows that requests have been answered; give what it shows."""
    deadline_s = time.monotonic() + 90
    while True:
        with suppress(httpx.HTTPError):
            if (live := client.get("/live.json").raise_for_status().json())["requests"]:
                return live
        assert time.monotonic() < deadline_s, "the load did not begin, or is not shown"
        time.sleep(0.2)


@pytest.mark.parametrize("workers", ["1", pytest.param("2", marks=pytest.mark.long)])
def test_the_stop_file_ends_the_load(portal, tmp_path, workers):
    """Within 2 s, in good order, by the command, at every worker: the report is there, and says why.

    Until then the run is shown to whoever looks; metrics of its own the portal does not give.
    """
    out, stop = tmp_path / "run", tmp_path / "stop"
    file = target_file(tmp_path, portal, stop_file="stop")
    command = [*REHEARSE, "run", "opening-day", "--target", str(file), "--minutes", "3", "--out", str(out)]
    port = free_port()
    command += ["--workers", workers, "--metrics-port", str(port)]
    running = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    with loopback_client(base_url=f"http://127.0.0.1:{port}") as client:
        live = shown(client)
        metrics, portal_metrics = client.get("/metrics").text, client.get("/portal/metrics")
    stop.touch()
    created_unix_s = time.time()
    printed = running.communicate(timeout=60)[0]
    assert running.returncode in (0, 1, 3), printed
    assert "The stop file is there" in printed
    assert last_sent_unix_s(out) < created_unix_s + ENDS_WITHIN_S
    assert 0 < live["requests"] <= table(out, "requests").height
    assert f"rehearse_plan_arrivals {pl.read_parquet(out / 'arrivals.parquet').height}.0" in metrics
    assert (404, "this portal gives no metrics\n") == (portal_metrics.status_code, portal_metrics.text)
    assert (True, "stop_file") == (load_of(out)["interrupted"], load_of(out)["interrupted_because"])
    assert "by the stop file" in (out / "report.html").read_text()
    with pytest.raises(TargetError, match="is there already: remove it first"):
        prepare_target_run(load_scenario("opening-day"), load_target(file))


@pytest.mark.long
def test_the_load_ends_with_the_permission(portal, scenario, tmp_path, notes):
    """In the middle of a run, to the second."""
    until = datetime.now(CHINA) + timedelta(seconds=20)
    file = target_file(tmp_path, portal, **permission(urlsplit(portal.address).port, allowed_until=until))
    it = for_target(quick(scenario, 90), load_target(file))
    run = rehearse_target(it, file, lambda _: None, out=tmp_path / "run", notes=notes)
    assert "allowed_until" == load_of(run)["interrupted_because"]
    assert last_sent_unix_s(run) < until.timestamp() + ENDS_WITHIN_S
    assert "by the end of the permission" in " ".join(write_report(run).not_measured)


@pytest.mark.long
def test_a_permission_that_ends_before_the_load_begins(portal, scenario, tmp_path):
    """While papers are drawn: nothing was measured, and it is said why."""
    until = datetime.now(CHINA) + timedelta(seconds=4)
    file = target_file(tmp_path, portal, **permission(urlsplit(portal.address).port, allowed_until=until))
    it = for_target(quick(scenario, 10), load_target(file))
    with pytest.raises(RehearsalError, match="nothing was measured: allowed_until of"):
        rehearse_target(it, file, lambda _: None, out=tmp_path / "run")
    assert not list((tmp_path / "run").glob("requests/*"))


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.long
def test_a_run_that_the_ceiling_holds_back_is_void(portal, scenario, tmp_path, notes, workers):
    """No more requests than 4 a second leave, all workers together, and the verdict is that of the ceiling."""
    file = target_file(tmp_path, portal, most_requests_per_s=4)
    it = for_target(quick(scenario, 12), load_target(file))
    run = rehearse_target(it, file, lambda _: None, out=tmp_path / "run", notes=notes, workers=workers)
    verdict = write_report(run)
    answered = table(run, "requests").filter(pl.col("status") > 0)
    assert 12 < answered.height <= 4 * (12 + 2)
    assert any("ceiling of the target file held back" in it for it in verdict.invalid_because)


@pytest.mark.long
def test_https_with_a_certificate_of_ones_own(portal, scenario, tmp_path, notes):
    """A whole rehearsal by TLS, through a proxy in front of the portal; without its authority not one request."""
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    with passing_on(urlsplit(portal.address).port, context=context) as port:
        url = f"https://127.0.0.1:{port}"
        strange = target_file(tmp_path, portal, base_url=url)
        it = for_target(quick(scenario, 8), load_target(strange))
        with pytest.raises(TargetError, match=r"needs \[tls\] ca_file"):
            rehearse_target(it, strange, lambda _: None, out=tmp_path / "none")
        file = target_file(tmp_path, portal, '[tls]\nca_file = "ca.pem"', base_url=url)
        run = rehearse_target(it, file, lambda _: None, out=tmp_path / "run", notes=notes)
    outcomes = table(run, "requests")["outcome"].value_counts()
    assert dict(outcomes.iter_rows())["ok"] > 50
    assert "failed" not in set(outcomes["outcome"])
    assert not (tmp_path / "none").exists()


@contextmanager
def counting():
    """Give the port of a server, and the list of the connections that it has had."""
    connections = []

    class Count(BaseRequestHandler):
        def handle(self):
            connections.append(self.client_address)

    with TCPServer(("127.0.0.1", 0), Count) as server:
        Thread(target=server.serve_forever, args=(0.01,)).start()
        try:
            yield server.server_address[1], connections
        finally:
            server.shutdown()


def test_who_is_not_allowed_sends_nothing(portal, tmp_path):
    """An edited URL, an old permission, a wish that the mock alone can grant: one line, exit code 2, no connection."""
    with counting() as (port, connections):
        now = datetime.now(CHINA)
        wrong = {
            "is for 'localhost:1'": {"allowed_host": "localhost:1"},
            "was allowed until": {"allowed_until": now},
            "it is allowed from": {"allowed_from": now + timedelta(hours=1)},
            "nobody has allowed it": {"allowed_by": ""},
        }
        for word, changes in wrong.items():
            file = target_file(tmp_path, portal, **permission(port, **changes))
            assert word in refusal(tmp_path, "run", "--target", file)
        file = target_file(tmp_path, portal, **permission(port))
        run = ("run", "--target", file)
        assert "--bug is of the mock portal" in refusal(tmp_path, *run, "--bug", "x")
        assert "has faults" in refusal(tmp_path, *run, "closing-day-with-faults")
        assert "keeps its own" in refusal(tmp_path, *run, "whole-window")
    assert [] == connections
    assert not (tmp_path / "runs").exists()


def test_visits_that_need_what_is_missing_are_left_out(portal, tmp_path):
    """Counted in run.json; the others come. Where nobody is left, it is said which steps are missing."""
    closing = with_overrides(load_scenario("closing-day"), population=20_000)
    steps = ["home", "window", "log_in", "status", "withdrawal"]
    target = load_target(target_file(tmp_path, portal, steps=steps))
    run = prepare_target_run(for_target(closing, target), target, tmp_path / "run")
    about = json.loads((run / "run.json").read_text())["target"]
    came = set(pl.read_parquet(run / "arrivals.parquet")["purpose"])
    assert came == {"status"}
    assert {"apply", "register", "pay"} <= set(about["left_out"]["purposes"])
    assert about["left_out"]["visits"] > 0
    assert "sms_code" in about["missing_steps"]
    nothing = load_target(target_file(tmp_path, portal, steps=["window"]))
    with pytest.raises(RehearsalError, match="it lacks the steps account, addresses, "):
        prepare_target_run(for_target(closing, nothing), nothing, tmp_path / "none")


@pytest.mark.long
def test_plain_locust_plays_on_a_target(portal, tmp_path):
    """`locust --target FILE` too: run folder, records, report."""
    file = target_file(tmp_path, portal)
    command = [sys.executable, "-m", "locust", "-f", str(ROOT / "locustfile.py"), "--headless", "--only-summary"]
    command += ["--target", str(file), "--minutes", "0.15"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stderr
    (report,) = (tmp_path / "runs").glob("*/report.html")
    assert "target" == json.loads(report.with_name("run.json").read_text())["portal"]["kind"]
    assert report.with_name("records.csv").exists()

"""What operators and the harness see of a real server with two processes."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import msgspec
import pytest
from registrant import Registrant
from single_requests import loopback

from scenarios import mock_portal as portal
from scenarios.json_portal import problem_code
from scenarios.portal import ASSET, Request
from scenarios.sampler import read_resources
from scenarios.stack import StackError
from scenarios.stack_start import running_stack

PROCESSES = 2


@pytest.fixture(scope="module")
def stack(scenario, tmp_path_factory):
    """Give a portal of two server processes, an hour after the opening."""
    later = msgspec.structs.replace(scenario, start_s=3600.0, server_workers=PROCESSES)
    with running_stack(later, Path(tmp_path_factory.mktemp("logs"))) as running:
        yield running


def get(stack, path, **headers):
    """Get a path on a connection of its own: connections spread over the processes."""
    return loopback.get(stack.address + path, headers=headers)


def with_token(stack):
    """Give the headers of the harness."""
    return {"Authorization": f"Bearer {stack.control_token}"}


@pytest.mark.parametrize("path", ["clock", "profile", "resources", "export/accounts"])
def test_control_is_closed_without_the_token(stack, path):
    """No token, or a wrong one: 401."""
    for headers in ({}, {"Authorization": "Bearer nearly"}):
        answer = get(stack, f"/control/{path}", **headers)
        assert (401, "control_token_wrong") == (answer.status_code, problem_code(answer.json()))
    assert 200 == get(stack, f"/control/{path}", **with_token(stack)).status_code


def test_health_and_readiness(stack):
    """Alive, and ready: the database answers."""
    assert {"status": "ok"} == get(stack, "/healthz").json() == get(stack, "/readyz").json()


def test_the_documents_of_the_api_need_no_other_server(stack):
    """An OpenAPI document, and a page for it whose every part comes from the portal itself."""
    document = get(stack, "/schema/openapi.json").json()
    assert "/api/accounts" in document["paths"]
    page = get(stack, "/schema")
    assert page.status_code == 200
    links = re.findall(r'(?:src|href)="?([^" >]+)', page.text)
    assert links
    for link in links:
        assert link.startswith("/"), link
        assert get(stack, link).status_code == 200, link


def test_every_answer_tells_its_timing(stack, bank):
    """Server-Timing with waiting and holding of each resource used, on pages, files, refusals and acceptances."""
    one = Registrant(stack, bank, 1).register()
    for request, resources in (
        (portal.home(), {"worker_slots"}),
        (Request(ASSET, "GET", "/static/base.css"), set()),
        (portal.identity(), {"worker_slots", "session", "database_connections", "database"}),
        (portal.log_in(one.person), {"worker_slots", "password_hash", "database_connections", "database"}),
        (Request("", "GET", "/api/nothing"), {"worker_slots"}),
    ):
        header = one.send(request).headers["server-timing"]
        names = {entry.partition(";")[0] for entry in header.split(", ")}
        assert {f"{name}-{part}" for name in resources for part in ("wait", "svc")} | {"total"} == names
    one.http.close()


def test_metrics_are_right_across_processes(stack, bank):
    """What Server-Timing tells of every answer adds up to what the metrics of all processes count."""

    def hashes():
        time.sleep(0.2)  # the metrics take over what happened every 50 ms
        return read_resources(get(stack, "/metrics").text)["password_hash"]

    one = Registrant(stack, bank, 2).register()
    before = hashes()
    held_ms = 0.0
    for _ in range(20):
        answer = loopback.post(stack.address + "/api/sessions", json=portal.log_in(one.person).json)
        held_ms += float(re.search(r"password_hash-svc;dur=([\d.]+)", answer.headers["server-timing"])[1])
    after = hashes()
    assert 20 == after["completions"] - before["completions"]
    assert pytest.approx(held_ms / 1000, rel=0.02) == after["held_s"] - before["held_s"]
    assert PROCESSES * 4 == after["capacity"]  # the profile gives 4 threads to each process
    one.http.close()


def test_wrong_passwords_are_counted_across_processes(stack, bank):
    """Whichever process is asked: after ten, and not a multiple of it, the ID number has to wait."""
    one = Registrant(stack, bank, 3).register()
    request = portal.log_in(one.person)
    address, wrong = stack.address + request.path, request.json | {"password": "not the password"}
    found = [loopback.post(address, json=wrong).status_code for _ in range(12)]
    assert [401] * 10 + [429] * 2 == found
    for _ in range(8):
        assert 429 == loopback.post(address, json=request.json).status_code
    one.http.close()


def test_guesses_at_the_same_moment_are_counted(stack, bank):
    """Thirty at once are not thirty tries: once they are answered, nothing opens the account for a while."""
    one = Registrant(stack, bank, 4).register()
    request = portal.log_in(one.person)
    wrong = request._replace(json=request.json | {"password": "not the password"})
    with ThreadPoolExecutor(30) as crowd:
        answers = list(crowd.map(lambda _: one.send(wrong).status_code, range(30)))
    assert {401, 429} >= set(answers)
    assert 429 == one.send(request).status_code
    one.http.close()


def test_knobs_turn_in_all_processes(stack):
    """A profile that is set takes effect everywhere at once."""
    control = stack.control()
    profile = control.profile()
    answer = loopback.put(
        f"{stack.address}/control/profile",
        json={**profile, "lines": {**profile["lines"], "sms": 7}},
        headers=with_token(stack),
    )
    assert answer.status_code == 200
    deadline_s = time.monotonic() + 5
    while read_resources(get(stack, "/metrics").text)["sms"]["capacity"] != 7 * PROCESSES:
        assert time.monotonic() < deadline_s
        time.sleep(0.05)
    control.close()


def test_the_clock_runs_as_it_is_set(stack, scenario):
    """Portal time jumps and speeds up, in every process."""
    control = stack.control()
    before_s = time.monotonic()
    control.set_clock(scenario.window.opening.replace(hour=12), 3600.0)
    set_s = time.monotonic()
    time.sleep(1.0)
    for _ in range(8):
        asked_s = time.monotonic()
        hour = datetime.fromisoformat(get(stack, "/api/window").json()["portal_time"]).hour
        assert 12 + int(asked_s - set_s) <= hour <= 12 + int(time.monotonic() - before_s)  # an hour a second
    control.set_clock(scenario.window.opening.replace(hour=10), 1.0)
    control.close()


def test_a_malformed_request_is_a_problem_document(stack):
    """400 with what was wrong, and never a traceback."""
    answer = loopback.post(stack.address + "/api/sms-codes", json={"phone": 1})
    assert "application/problem+json" == answer.headers["content-type"]
    assert 400 == answer.status_code
    answer = loopback.post(stack.address + "/api/sms-codes", content=b"{")
    assert (400, "application/problem+json") == (answer.status_code, answer.headers["content-type"])


@pytest.mark.parametrize(
    ("passes", "field"),
    [
        ([{"id_number": "1", "subject": "law", "passed_on": 0}], "0.passed_on"),
        ([{"id_number": "1", "subject": "law"}], "0.passed_on"),
        ({}, "data"),
    ],
)
def test_a_body_of_the_wrong_type_is_refused_by_field(stack, passes, field):
    """A number is no date, though seconds could be meant: the API's document says text."""
    headers = {"Authorization": f"Bearer {stack.control_token}"}
    answer = loopback.put(stack.address + "/control/past-passes", json=passes, headers=headers)
    assert (400, [field]) == (answer.status_code, [it["field"] for it in answer.json()["errors"]])


def test_static_files_are_not_sent_twice(stack):
    """A warm browser gets 304; nobody gets files from outside the folder."""
    first = get(stack, "/static/base.css")
    again = get(stack, "/static/base.css", **{"If-None-Match": first.headers["etag"]})
    assert (200, 304, b"") == (first.status_code, again.status_code, again.content)
    assert 404 == get(stack, "/static/../settings.py").status_code


def test_a_port_in_use_is_named(stack, scenario, tmp_path):
    """Who starts a second portal on the same port reads what is in the way."""
    port = int(stack.address.rpartition(":")[2])
    with pytest.raises(StackError, match=str(port)), running_stack(scenario, tmp_path, port=port):
        pass

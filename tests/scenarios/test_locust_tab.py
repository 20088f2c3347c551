"""The tab in Locust's web UI: the real Flask application, without a browser and without load."""

import json
import re
import sys
from threading import Thread
from wsgiref.simple_server import make_server

import pytest
from locust.env import Environment
from locust.web import WebUI

from reports import LIVE_ASSETS
from scenarios.locust_tab import add_tab
from scenarios.plan import PURPOSES
from scenarios.scenario import ScenarioError
from scenarios.tags import chosen_purposes
from scenarios.visitor import CandidateUser


@pytest.fixture
def seen():
    """Give the paths that were asked of the process that shows the run."""
    return []


@pytest.fixture
def live(seen):
    """Give the address of somebody who answers in its place."""

    def answer(environ, start):
        seen.append(f"{environ['PATH_INFO']}?{environ['QUERY_STRING']} {environ.get('HTTP_ACCEPT')}")
        start("200 OK", [("Content-Type", "text/x-given; a=b")])
        return [b"given"]

    with make_server("127.0.0.1", 0, answer) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def web(live, monkeypatch):
    """Give a client of the web UI, and where the run is shown: a list of one, or of none where there is no run."""
    monkeypatch.setattr(sys, "argv", ["locust"])  # whose arguments the web UI reads
    environment = Environment(user_classes=[CandidateUser])
    environment.create_local_runner()
    web_ui = WebUI(environment, "127.0.0.1", 0, delayed_start=True)
    shown_at = [live]
    add_tab(environment, LIVE_ASSETS, lambda: shown_at[0] if shown_at else None)
    return web_ui.app.test_client(), shown_at


def test_the_page_has_tab_and_panel(web):
    """Once, on Locust's page and on no other answer; and no host is asked for."""
    client, _ = web
    page = client.get("/").text
    arguments = json.loads(re.search(r"window\.templateArgs = (.*)", page)[1])
    assert [{"key": "rehearsal", "title": "Rehearsal"}] == arguments["extended_tabs"]
    assert not arguments["missing_host_warning"]
    assert 1 == page.count('id="rehearse-live"')
    for name in re.findall(r'(?:src|href)="\./(rehearsal/[^"]+)"', page):
        with client.get(f"/{name}") as answer:
            assert 200 == answer.status_code, name
    assert "rehearse-live" not in client.get("/stats/requests").text


def test_files_of_the_folder_are_not_all_served(web):
    """Those of the tab alone, and nothing above them."""
    client, _ = web
    for path in ("/rehearsal/report.js", "/rehearsal/..%2f__init__.py", "/rehearsal/live.html"):
        assert 404 == client.get(path).status_code, path


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("/metrics", "/metrics?"),
        ("/portal/metrics", "/portal/metrics?"),
        ("/rehearsal/live.json?since=3.5", "/live.json?since=3.5"),
    ],
)
def test_what_is_asked_is_passed_on(web, seen, here, there):
    """With the query, and with what is accepted: Prometheus wants OpenMetrics."""
    client, _ = web
    answer = client.get(here, headers={"Accept": "application/openmetrics-text"})
    assert ("given", "text/x-given; a=b") == (answer.text, answer.headers["Content-Type"])
    assert [f"{there} application/openmetrics-text"] == seen


@pytest.mark.parametrize("gone", [[], ["http://127.0.0.1:9"]])
def test_without_a_run_nothing_is_shown(web, gone):
    """The tab is told that there is nothing, Prometheus that it cannot be had."""
    client, shown_at = web
    shown_at[:] = gone
    assert (204, 503, 503) == tuple(
        client.get(path).status_code for path in ("/rehearsal/live.json", "/metrics", "/portal/metrics")
    )


def test_tags_leave_the_task():
    """Visits are chosen by purpose, so the one task that makes them all has every purpose for a tag."""
    (task,) = CandidateUser.tasks
    assert set(PURPOSES.categories) == task.locust_tag_set


def test_a_tag_that_is_no_purpose_is_refused():
    """In one line that says what there is."""
    with pytest.raises(ScenarioError, match=r"there is no tag smoke: .* register, face_check"):
        chosen_purposes(["register"], ["smoke"])

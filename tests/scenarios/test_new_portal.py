"""What a document proposes, and that what is written is Python that others would have written."""

import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
import yaml
from single_requests import loopback

from scenarios.generator_processes import ROOT
from scenarios.new_portal.proposal import DocumentError
from scenarios.new_portal.write import FILES, propose, write_new_portal
from scenarios.portal import load_portal
from scenarios.scenario import load_scenario, with_overrides
from scenarios.target import load_target
from scenarios.target_rehearsal import for_target, rehearse_target

RECORDING = Path(__file__).parent / "recordings" / "mock-pages.har"
"""Made by record_har.py beside this file."""


@pytest.fixture(scope="module")
def documents(stack, tmp_path_factory):
    """Give a file of each kind: nothing, the mock's OpenAPI document as JSON and as YAML, the recording."""
    folder = tmp_path_factory.mktemp("documents")
    answer = loopback.get(f"{stack.address}/schema/openapi.json")
    (folder / "openapi.json").write_text(answer.text)
    (folder / "openapi.yaml").write_text(yaml.safe_dump(answer.json(), sort_keys=False))
    return {
        "nothing": None,
        "json": folder / "openapi.json",
        "yaml": folder / "openapi.yaml",
        "har": RECORDING,
    }


@pytest.fixture(scope="module")
def written(documents, tmp_path_factory):
    """Write the starting point of each, and give its folder."""
    folder = tmp_path_factory.mktemp("written")
    for kind, document in documents.items():
        write_new_portal(folder / kind, propose(document))
    return folder


def test_an_openapi_document_proposes_its_operations(documents):
    """With fields, their types, what a candidate gives, and which answer tells an id; YAML says the same as JSON."""
    proposal = propose(documents["json"])
    assert proposal.steps == propose(documents["yaml"]).steps
    steps = {it.name: it for it in proposal.steps}
    account = steps["create_account"]
    assert ("POST", "/api/accounts", "json") == (account.method, account.path, account.body)
    assert {
        "name": ("str", "person.name"), "id_number": ("str", "person.id_number"), "phone": ("str", "person.mobile"),
        "sms_code": ("str", ""), "password": ("str", "person.password"),
    } == {it.name: (it.type, it.value) for it in account.fields}  # fmt: skip
    assert ["sms_code"] == [it.name for it in account.fields if it.is_one_time]
    check = steps["check_degree"]
    assert [("application_id", "int", "create_application")] == [
        (*it[:1], it.type, it.comes_from) for it in check.parameters
    ]
    upload = steps["upload_material"]
    assert ("raw", "PUT") == (upload.body, upload.method)
    assert upload.path.endswith("/materials/{paper}?filename={filename}")
    assert not proposal.is_whole


def test_a_recording_proposes_its_steps_in_order():
    """Styles and pictures are none; a redirect leads to its step; nobody's name, number or password is kept."""
    proposal = propose(RECORDING)
    names = (
        "home",
        "register_page",
        "register_sms_code",
        "register",
        "applications_page",
        "identity_page",
        "scans_front",
    )
    assert names == proposal.names
    assert "http://127.0.0.1:8600" == proposal.base_url
    steps = {it.name: it for it in proposal.steps}
    assert ("applications_page", "identity_page") == (steps["register"].leads_to, steps["applications_page"].leads_to)
    assert (False, True) == (steps["register_sms_code"].has_action, steps["register"].has_action)
    assert [("file", True)] == [(it.name, it.is_file) for it in steps["scans_front"].fields]
    assert "person.id_number" == {it.name: it.value for it in steps["register"].fields}["id_number"]
    assert "150624197608056917" in RECORDING.read_text()
    assert "150624197608056917" not in repr(proposal)


@pytest.mark.parametrize("kind", ["nothing", "json", "yaml", "har"])
def test_what_is_written_can_be_loaded(written, kind):
    """By the harness itself: the portal, the target and the scenario."""
    assert set(FILES) == {it.name for it in (written / kind).iterdir()}
    portal = load_portal(written / kind / "portal.py")
    assert {"register"} == portal.purposes
    assert str(written / kind / "portal.py") == load_target(written / kind / "target.toml").portal
    assert "first-rehearsal" == load_scenario(written / kind / "scenario.toml").name


def test_what_is_written_is_clean(written):
    """By the linter, the formatter and the types that hold for the harness."""
    files = [str(it) for it in sorted(written.glob("*/portal.py"))]
    rules = ["--config", str(ROOT / "pyproject.toml")]
    for command in (["ruff", "check", *rules], ["ruff", "format", "--check", *rules]):
        done = subprocess.run([sys.executable, "-m", *command, *files], capture_output=True, text=True, check=False)
        assert 0 == done.returncode, done.stdout + done.stderr
    for file in files:
        done = subprocess.run(
            [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml"), file],
            cwd=ROOT, env={**os.environ, "MYPYPATH": str(ROOT)}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert 0 == done.returncode, done.stdout + done.stderr


@pytest.mark.long
@pytest.mark.parametrize("kind", ["json", "har"])
def test_what_is_written_plays_on_the_mock(written, stack, tmp_path, kind):
    """As far as it claims: people open the home page, the recorded one with all that it loads."""
    target = written / kind / "target.toml"
    text = target.read_text()
    base_url = load_target(target).base_url
    target.write_text(text.replace(base_url, stack.address))
    scenario = with_overrides(load_scenario(written / kind / "scenario.toml"), minutes=0.1, population=100_000)
    run = rehearse_target(for_target(scenario, load_target(target)), target, lambda _: None, out=tmp_path / "run")
    requests = pl.read_parquet(run / "requests" / "*.parquet")
    assert {"ok"} <= set(requests["outcome"]) <= {"ok", "cut_off"}
    assert {"home"} | ({"asset"} if kind == "har" else set()) == set(requests["step"])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "is neither JSON nor YAML"),
        ("a: [", "is neither JSON nor YAML"),
        ("[1]", "is neither an OpenAPI document, with openapi, nor a HAR file, with log"),
        ('{"openapi": "3.1.0", "paths": {}}', "its paths have no operations"),
        ('{"log": {"entries": []}}', "it has no page and no data"),
    ],
)
def test_a_document_of_no_use_is_said(tmp_path, text, complaint):
    """In one line, with its name."""
    document = tmp_path / "given"
    document.write_text(text)
    with pytest.raises(DocumentError) as caught:
        propose(document)
    assert complaint in str(caught.value)
    assert "given" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_json_that_a_page_asks_for_is_a_step_too(tmp_path):
    """What it tells is known to come from there, be it in a field or in a path."""

    def entry(method, path, answer, sent=None):
        posted = {"postData": {"mimeType": "application/json", "text": json.dumps(sent)}} if sent else {}
        content = {"mimeType": "application/json", "text": json.dumps(answer)}
        return {
            "request": {"method": method, "url": f"https://a.example{path}", **posted},
            "response": {"status": 200, "headers": [], "redirectURL": "", "content": content},
        }

    har = tmp_path / "api.har"
    har.write_text(json.dumps({"log": {"entries": [
        entry("GET", "/api/window", {"open": True}),
        entry("POST", "/api/accounts", {"account": {"token": "tok-5571"}}, {"name": "Li", "level": 2}),
        entry("POST", "/api/orders", {"order": 120045}, {"token": "tok-5571"}),
        entry("GET", "/api/orders/120045", {"state": "paid"}),
        entry("GET", "/api/orders/120045", {"state": "paid"}),
    ]}}))  # fmt: skip
    proposal = propose(har)
    assert not proposal.is_pages
    assert ("home", "api_accounts", "api_orders", "api_orders_page") == proposal.names
    steps = {it.name: it for it in proposal.steps}
    assert [("token", "api_accounts")] == [(it.name, it.comes_from) for it in steps["api_orders"].fields]
    page = steps["api_orders_page"]
    assert ("/api/orders/{id_1}", "api_orders") == (page.path, page.parameters[0].comes_from)

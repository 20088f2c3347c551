"""What nobody gets into: other people's things, control without the token, files. docs/security.md has the promises."""

import http.client
from datetime import timedelta
from itertools import count
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from registrant import DAY, pay_at_gateway, settings_of, wait_until
from single_requests import loopback

from fakes.papers import PaperKind
from mock_server.life import Event
from scenarios import mock_portal as portal
from scenarios.json_portal import problem_code
from scenarios.portal import Request

OF_OTHERS = {"application_not_found", "order_not_found", "invoice_not_found"}
NAMES = [
    "../../front.jpg",
    "/etc/cron.d/front.jpg",
    "..\\..\\front.jpg",
    "%2e%2e%2ffront.jpg",
    "a\0b.jpg",
    "\u202egpj.exe.jpg",
]
CONTROL_IN_DISGUISE = [
    "//control/census",
    "/control//census",
    "/control/census/",
    "/CONTROL/census",
    "/%63ontrol/census",
    "/control%2fcensus",
    "/api/../control/census",
    "/static/../control/census",
]
NUMBERS = count(4200)
SCRIPT = b"<script>alert(document.cookie)</script>"


@pytest.fixture(scope="module")
def document(stack):
    """Give the portal's OpenAPI document."""
    return loopback.get(f"{stack.address}/schema/openapi.json").json()


def raw(stack, method, path, **headers):
    """Send a path as it stands, which no well-behaved client does; give the status."""
    address = urlsplit(stack.address)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
    try:
        connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in {"Content-Length": "0", **headers}.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def files_of(stack):
    """Give every file of the portal's data folder, but for its database's."""
    folder = Path(settings_of(stack)["data_folder"])
    return {path for path in folder.rglob("*") if path.is_file() and "database" not in path.relative_to(folder).parts}


def test_what_others_have_is_not_there(approved, reviewed, registrant, turn, document, scenario):
    """404 and not 403, for every path that names something of a candidate, and nothing of it moves; 401 for nobody."""
    one, other = approved(4000), registrant(4030).identified()
    order = one.accepted(one.payment("key"))
    pay_at_gateway(order)
    one.wait_for_state("paid")
    invoice = one.accepted(one.step("invoices")._replace(json={"email": one.person.email}))
    turn(timedelta(hours=1))
    draft = reviewed(Event.REQUEST_SUPPLEMENT, 4040)
    bodies = {
        "PUT /api/applications/{application_id}": {"json": one.application().json},
        "POST /api/applications/{application_id}/payments": {
            "json": {"channel": "alipay"}, "headers": {"Idempotency-Key": "other"},
        },
        "POST /api/applications/{application_id}/invoices": {"json": {"email": other.person.email}},
        "PUT /api/applications/{application_id}/materials/{paper}": {
            "body": one.paper(PaperKind.WORK_PROOF), "headers": {"Content-Type": "application/pdf"},
        },
    }  # fmt: skip
    requests = []
    for theirs in (one, draft):
        names = {
            "application_id": theirs.application_id,
            "order_no": order["order_no"],
            "invoice_id": invoice["id"],
            "paper": "work_proof?filename=proof.pdf",
        }
        for path, operations in document["paths"].items():
            if not any(f"{{{name}}}" in path for name in ("application_id", "order_no", "invoice_id")):
                continue
            for method in operations:
                asked = bodies.get(f"{method.upper()} {path}", {})
                requests.append(Request("", method.upper(), path.format_map(names), **asked))
    assert len(requests) >= 2 * 16
    before = one.status, draft.status, one.get(f"/api/payments/{order['order_no']}")
    later = {"admission-ticket", "results", "certificate"}
    for request in requests:
        answer = loopback.request(request.method, one.stack.address + request.path)
        assert (401, "not_logged_in") == (answer.status_code, problem_code(answer.json())), request
        if request.path.rpartition("/")[2] not in later:
            status, code = other.refused(request)
            assert (404, True) == (status, code in OF_OTHERS), request
    assert before == (one.status, draft.status, one.get(f"/api/payments/{order['order_no']}"))
    turn(timedelta(seconds=scenario.window.tickets_s + 60))
    assert (404, "application_not_found") == other.refused(portal.admission_ticket(one.application_id))
    turn(timedelta(seconds=scenario.window.certificates_s + 60))
    other.log_in()
    for document_of in (portal.results, portal.certificate):
        assert (404, "application_not_found") == other.refused(document_of(one.application_id))


def test_control_is_closed_to_everybody_else(registrant, stack, document):
    """Every control endpoint: 401 without the token, with a wrong one and with a candidate's; nothing has happened."""
    one = registrant(4060).register()
    control = stack.control()
    before = control.census(), control.profile()
    tokens = [{}, {"Authorization": "Bearer"}, {"Authorization": stack.control_token}, one.headers]
    tokens += [{"Authorization": f"Basic {stack.control_token}"}, {"Authorization": f"Bearer {stack.control_token}x"}]
    tried = 0
    for path, operations in document["paths"].items():
        if not path.startswith("/control/"):
            continue
        address = stack.address + path.format(book="accounts", name="shared-x")
        for method in operations:
            for headers in tokens:
                answer = loopback.request(method.upper(), address, headers=headers)
                found = answer.status_code, problem_code(answer.json())
                assert (401, "control_token_wrong") == found, (method, path, headers)
            tried += 1
    assert tried >= 15
    for path in CONTROL_IN_DISGUISE:
        assert raw(stack, "GET", path) in (401, 404), path
    assert 401 == raw(stack, "GET", f"/control/census?token={stack.control_token}")
    assert before == (control.census(), control.profile())
    control.close()
    one.accepted(portal.identity())  # still there


@pytest.mark.parametrize("name", NAMES)
def test_an_upload_stays_in_its_folder(registrant, stack, name):
    """Whatever its name: one file more, under a name of the server's own, which nobody can execute."""
    one = registrant(4070 + NAMES.index(name)).register()
    before = files_of(stack)
    request = portal.scan(PaperKind.ID_FRONT, one.paper(PaperKind.ID_FRONT), quote(name, safe=""))
    one.accepted(request)
    (new,) = files_of(stack) - before
    assert Path(settings_of(stack)["data_folder"]) / "uploads" == new.parent
    assert (32, True) == (len(new.name), new.name.isalnum())
    assert 0 == new.stat().st_mode & 0o111


def test_files_of_the_harness_stay_in_their_folder_too(stack):
    """A shared paper's name has letters, digits and hyphens alone."""
    control = stack.control()
    before = files_of(stack)
    for name in ("shared-..%2f..%2fx", "..%2fshared-x", "shared-x%00", "shared-x.sh", "x"):
        answer = control.request("PUT", f"/import-files/{name}", content=b"#!/bin/sh")
        assert answer.status_code in (400, 404, 422), name
    assert before == files_of(stack)
    control.close()


def test_what_is_uploaded_has_no_address(registrant, stack):
    """No path gives a scan back, to its own candidate neither; so no browser ever executes one."""
    one = registrant(4080).register()
    before = files_of(stack)
    one.accepted(one.scan(PaperKind.ID_FRONT))
    (new,) = files_of(stack) - before
    folders = ("uploads", "static", "static/../uploads", "static/%2e%2e/%2e%2e/uploads", "static/..%2f..%2fuploads")
    folders += ("api/uploads", "api/files", "files", "api/identity/scans/front", "api/identity/scans", "control/files")
    for folder in folders:
        assert raw(stack, "GET", f"/{folder}/{new.name}", **one.headers) in (404, 405), folder
    for path in (f"/static/{new}", f"/static/{quote(str(new), safe='')}", "/static/../../../etc/passwd", "/static/%00"):
        assert raw(stack, "GET", path, **one.headers) == 404, path
    assert 405 == raw(stack, "GET", "/api/identity/scans/front?filename=front.jpg", **one.headers)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"<html>" + SCRIPT, "scan_wrong_type"),
        (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'>" + SCRIPT + b"</svg>", "scan_wrong_type"),
        (b"GIF89a" + SCRIPT, "scan_wrong_type"),
        (b"#!/bin/sh\nid\n", "scan_wrong_type"),
        (b"%PDF-1.7\n" + SCRIPT, "scan_wrong_type"),
        (b"\xff\xd8\xff\xe0" + SCRIPT, "scan_truncated"),
        (b"\xff\xd8\xff/*" + SCRIPT + b"*/\xff\xd9", "scan_truncated"),
    ],
)
def test_what_only_looks_like_a_photo_is_refused(registrant, stack, body, code):
    """HTML, SVG and scripts in a file that calls itself JPG: its name and its Content-Type are believed by nobody."""
    one = registrant(next(NUMBERS)).register()
    before = files_of(stack)
    request = portal.scan(PaperKind.ID_FRONT, body, "front.jpg")
    for kind in ("image/jpeg", "text/html", "image/svg+xml"):
        assert (422, code) == one.refused(request._replace(headers={"Content-Type": kind}))
    assert before == files_of(stack)


def test_no_browser_guesses_what_an_answer_is(approved, stack, turn):
    """Every answer says `nosniff`, and documents come as PDFs to be saved, markup in them included."""
    one = approved(4100)
    for path in (
        "",
        "static/base.css",
        "static/no",
        "no",
        "api/window",
        "api/identity",
        "schema",
        "metrics",
        "control/census",
    ):
        answer = loopback.get(f"{stack.address}/{path}")
        assert "nosniff" == answer.headers["x-content-type-options"], path
    pay_at_gateway(one.accepted(one.payment("key")))
    one.wait_for_state("paid")
    title = f"甲公司{SCRIPT.decode()}<img src='file:///etc/passwd'/>"
    invoice = one.accepted(one.step("invoices")._replace(json={"email": one.person.email, "title": title}))
    turn(20 * DAY)
    wait_until(lambda: one.get(f"/api/invoices/{invoice['id']}")["issued_at"], "the invoice")
    answer = one.send(Request("", "GET", f"/api/invoices/{invoice['id']}/file"))
    assert ("application/pdf", "nosniff") == (answer.headers["content-type"], answer.headers["x-content-type-options"])
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert b"%PDF-" == answer.content[:5]
    assert b"root:" not in answer.content


def test_tokens_are_nobodys_guess(registrant, stack):
    """What is not exactly a token that was given, and is still good, opens nothing: 401 for each."""
    one = registrant(4110).register()
    token = one.headers["Authorization"].removeprefix("Bearer ")
    wrong = ["", "x", token[:-1], token + "x", token.swapcase(), f" {token}", "' or '1'='1", "%00", "é" * 43]
    for given in wrong:
        headers = {"Authorization": f"Bearer {given}".rstrip(" ").encode()}
        answer = loopback.get(f"{stack.address}/api/identity", headers=headers)
        assert (401, "not_logged_in") == (answer.status_code, problem_code(answer.json())), given
    assert 43 == len(token)  # 256 bits
    assert 200 == loopback.get(f"{stack.address}/api/identity", headers=one.headers).status_code

"""Portals of another shape than the mock's: their file takes its place, and all the rest stays as it is."""

import json

import msgspec
import polars as pl
import pytest
from tiny_portal import tiny_portal

from reports import write_report
from scenarios.clean_up import TAKEN_BACK, clean_up
from scenarios.generator_processes import ROOT
from scenarios.new_portal.proposal import DocumentError
from scenarios.new_portal.write import propose, rendered, write_new_portal
from scenarios.portal import PortalError, load_portal
from scenarios.scenario import load_scenario
from scenarios.target import TargetError, load_target
from scenarios.target_rehearsal import for_target, rehearse_target

HASTE = {
    "think_mean_s": 0.1, "form_median_s": 0.2, "account_median_s": 0.4, "account_least_s": 0.2, "stall_share": 0.0,
    "uplink_median_bits_per_s": 1e9, "slow_uplink_share": 0.0, "cold_browser_share": 1.0,
}  # fmt: skip
OURS = """
from scenarios.html_page import Page
from scenarios.html_portal import HtmlPortal, open_page, send_form
from fakes.papers import PaperKind
from scenarios.portal import Promise


class Ours(HtmlPortal):
    steps = ("home", "sign_up", "photo_page", "photo", "order")
    purposes = frozenset({"register"})

    def complaint(self, page):
        return page.text(".error")

    def promise(self, request, answer):
        if request.step != "photo":
            return None
        return Promise("order", "", answer.location.rpartition("/")[2] if answer else "")

    def make_visit(self, visit, purpose):
        page = open_page(visit, "home", "/")
        visit.browser.load_assets(page.assets)
        person = visit.person
        form = page.form("[name=email]").filled("sign_up", {"email": person.email, "full_name": person.name})
        page = send_form(visit, form, then="photo_page")
        photo = ("a.jpg", visit.paper(PaperKind.ID_FRONT, 9), "image/jpeg")
        form = page.form("[name=photo]").filled("photo", {}, {"photo": photo}, shows_progress=True)
        send_form(visit, form, then="order")

    def take_back(self, visit, record, portal_id):
        page = open_page(visit, "order", f"/orders/{portal_id}")
        return visit.browser.want(page.form("[name=sure]").filled("order", {}))


PORTAL = Ours()
"""


def played(folder, portal_text, seconds=6):
    """Play some seconds on a tiny portal, and clean up; give its books, the run folder and its requests."""
    (folder / "portal.py").write_text(portal_text)
    with tiny_portal() as portal:
        target = folder / "target.toml"
        target.write_text(f'base_url = "{portal.address}"\nportal = "portal.py"\nmost_requests_per_s = 200\n')
        opening = load_scenario("opening-day")
        scenario = msgspec.structs.replace(
            opening, start_s=0.0, minutes=seconds / 60, population=60_000,
            behaviour=msgspec.structs.replace(opening.behaviour, **HASTE),
            objectives=("all.failed_share < 0.01",),
        )  # fmt: skip
        run = rehearse_target(for_target(scenario, load_target(target)), target, lambda _: None, out=folder / "run")
        clean_up(run, target)
        return portal, run, pl.read_parquet(run / "requests" / "*.parquet")


def test_a_portal_of_pages_is_rehearsed(tmp_path):
    """Cookies and tokens go back, redirects are followed, papers are uploaded, promises and the report are there."""
    portal, run, requests = played(tmp_path, OURS)
    assert {"home", "asset", "sign_up", "photo_page", "photo", "order"} == set(requests["step"])
    assert {"ok"} <= set(requests["outcome"]) <= {"ok", "cut_off"}
    assert 0 == portal.forged
    assert len(portal.orders) > 3
    assert min(portal.orders.values()) > 10_000
    promises = pl.read_parquet(run / "promises" / "*.parquet").filter(pl.col("outcome") == "ok")
    assert set(promises["value"]) <= set(portal.orders)
    assert set(promises["value"]) == portal.cancelled
    assert {TAKEN_BACK} == set(pl.read_csv(run / "clean_up.csv").filter(pl.col("id").is_not_null())["outcome"])
    about = json.loads((run / "run.json").read_text())
    assert ["home", "sign_up", "photo_page", "photo", "order"] == about["steps"]
    assert write_report(run).requests.count == len(requests)
    assert "photo" in (run / "report.html").read_text()


def recorded(portal):
    """Give a HAR file of one who has gone through the tiny portal, as a browser would record it."""

    def entry(method, path, status, text="", location="", sent=None, kind="text/html"):
        posted = {"postData": {"mimeType": sent[0], "text": sent[1]}} if sent else {}
        return {
            "request": {"method": method, "url": portal + path, **posted},
            "response": {"status": status, "headers": [], "redirectURL": location and portal + location,
                         "content": {"mimeType": kind, "text": text}},
        }  # fmt: skip

    form = '<form method="post" action="{}"><input type="hidden" name="token" value="t0k3n">{}</form>'.format
    sent = "token=t0k3n&email=a%40example.cn&full_name=Li"
    return {"log": {"entries": [
        entry("GET", "/", 200, form("/sign-up", '<input name="email"><input name="full_name">')),
        entry("GET", "/a.css", 200, kind="text/css"),
        entry("POST", "/sign-up", 302, location="/photo", sent=("application/x-www-form-urlencoded", sent)),
        entry("GET", "/photo", 200, form("/photo", '<input type="file" name="photo">')),
        entry("POST", "/photo", 302, location="/orders/9f3a77210"),
        entry("GET", "/orders/9f3a77210", 200, "ordered"),
    ]}}  # fmt: skip


@pytest.mark.long
def test_what_a_recording_proposes_goes_all_the_way(tmp_path):
    """Nothing of it is a code that is new each time: the written file registers as it is."""
    har = tmp_path / "shop.har"
    har.write_text(json.dumps(recorded("http://127.0.0.1:1")))
    proposal = propose(har)
    assert proposal.is_whole
    assert ("home", "sign_up", "photo_page", "photo", "orders_page") == proposal.names
    sign_up = next(it for it in proposal.steps if it.name == "sign_up")
    assert [("token", "home"), ("email", ""), ("full_name", "")] == [(it.name, it.comes_from) for it in sign_up.fields]
    assert "photo_page" == sign_up.leads_to
    portal, _, requests = played(tmp_path, rendered("portal.py", proposal))
    assert 0 == portal.forged
    assert len(portal.orders) > 3
    assert {"home", "asset", "sign_up", "photo_page", "photo", "orders_page"} == set(requests["step"])
    assert set() == portal.cancelled  # nobody has said how


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("x = 1", "sets no PORTAL; write PORTAL = Yours()"),
        ("import nowhere", "cannot be loaded: ModuleNotFoundError: No module named 'nowhere'"),
        (OURS.replace('"home", "sign_up"', '"sign_up"'), "steps must be names of its steps, 'home' the first"),
        (None, "is no Python file; give the path of one"),
    ],
)
def test_a_portal_file_that_cannot_be_used_is_said(tmp_path, text, complaint):
    """In one line."""
    file = tmp_path / "portal.py"
    if text is not None:
        file.write_text(text)
    with pytest.raises(PortalError) as caught:
        load_portal(file)
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)


def test_steps_of_the_mock_do_not_go_with_a_portal_file(tmp_path):
    """They would be neither's."""
    target = tmp_path / "target.toml"
    target.write_text(
        'base_url = "http://127.0.0.1:1"\nportal = "portal.py"\nmost_requests_per_s = 1\nsteps = ["home"]\n'
    )
    with pytest.raises(TargetError, match="leave one of them out"):
        load_target(target)


def test_nothing_is_overwritten(tmp_path):
    """Somebody's work may be in it."""
    write_new_portal(tmp_path, propose(None))
    with pytest.raises(DocumentError, match=r"portal\.py is there already: give another folder"):
        write_new_portal(tmp_path, propose(None))
    assert ROOT not in tmp_path.parents

"""What befalls candidates: a phone that dies, taps on "pay", two tabs. At the portal it is as they would do it."""

from collections import Counter

import pytest

from fakes.candidates import Candidate, FlawShares
from fakes.papers import PaperKind
from scenarios import mock_portal as portal
from scenarios.behaviour import Behaviour, BehaviourSettings
from scenarios.following_up import settle
from scenarios.portal import Answer
from scenarios.visit import Surroundings, Visit


class GoodPortal:
    """Says yes to everything, and notes what was wanted; a second order of an application is the first one."""

    def __init__(self, orders):
        self.wanted = []
        self.headers = {}
        self.reached = ""
        self._orders = orders

    def want(self, request):
        """Note it, and answer."""
        self.wanted.append(request.step)
        documents = {
            "log_in": {"token": "t"},
            "status": {"id": 11, "state": "approved"},
            "payment": {"order_no": self._orders(request), "state": "open", "pay_url": self._orders(request)},
            "payment_status": {"state": "paid"},
        }
        document = documents.get(request.step)
        return Answer("ok", 200, "", [document] if request.path == "/api/applications" else document)

    def break_off(self, request, after):
        """Note it, and forget who was logged in."""
        assert 0 < after < 1
        self.wanted.append(f"break off {request.step}")
        self.headers = {}

    def load_assets(self, _):
        """Note it."""
        self.wanted.append("assets")

    def number(self, *_):
        """Give a number."""
        return 0


class StandingClock:
    """Nobody waits in these tests."""

    def pause(self, _):
        """Wait for nothing."""


class Bank:
    """Papers of a few bytes."""

    def body(self, *_):
        """Give one."""
        return b"paper"


def visit_of(person, settings, orders=None, paid=None):
    """Give a visit to a good portal; what is paid is noted."""
    pay = (lambda url: paid.append(url) or True) if paid is not None else None
    return Visit(
        Candidate(1, person, FlawShares()),
        Behaviour(settings, 1, person),
        GoodPortal(orders or (lambda _: "A1")),
        StandingClock(),
        Surroundings(Bank(), None, pay),
        has_account=True,
    )


def test_whose_phone_dies_goes_on_elsewhere():
    """The upload breaks off; a device with nothing cached, a log-in, and the same upload again: once in a visit."""
    visit = visit_of(7, BehaviourSettings(phone_dies_share=1.0))
    for _ in range(4):
        visit.hand_in(11, PaperKind.WORK_PROOF)
    wanted = visit.browser.wanted
    at = wanted.index("break off material")
    assert ["home", "assets", "window", "log_in", "material"] == wanted[at + 1 : at + 6]
    assert Counter(material=4) + Counter(wanted[at : at + 5]) == Counter(wanted)
    assert portal.authorization("t") == visit.browser.headers


@pytest.mark.parametrize(("taps", "tabs", "asked"), [(0.0, 0.0, 1), (1.0, 0.0, 5), (0.0, 1.0, 2), (1.0, 1.0, 10)])
def test_pay_is_tapped_five_times_and_in_two_tabs(taps, tabs, asked):
    """Each tap is a request; a portal that keeps to one order is paid once."""
    paid = []
    settings = BehaviourSettings(taps_pay_share=taps, pays_in_two_tabs_share=tabs, pays_share=1.0)
    visit = visit_of(7, settings, paid=paid)
    settle(visit)
    assert (asked, ["A1"]) == (visit.browser.wanted.count("payment"), paid)


def test_whoever_is_given_two_orders_pays_both():
    """A tap has the key of its tab; two tabs have two keys, and a portal may take them for two orders."""
    paid = []
    settings = BehaviourSettings(taps_pay_share=1.0, pays_in_two_tabs_share=1.0, pays_share=1.0)
    visit = visit_of(7, settings, lambda request: request.headers.get("Idempotency-Key", ""), paid)
    settle(visit)
    assert ["1-7-0", "1-7-0-tab-2"] == paid

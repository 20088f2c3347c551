"""A real portal that was filled: it stands where the plan does, and its candidates go on from there."""

import signal
import subprocess
import sys
from contextlib import ExitStack, closing
from datetime import timedelta

import numpy as np
import pytest
from registrant import MANY, SEED, Registrant, book, pay_at_gateway, set_portal_clock, wait_until
from single_requests import loopback

from fakes.identity_numbers import id_numbers
from fakes.papers import Flaw, PaperKind
from mock_server.life import Event
from scenarios import mock_portal as portal
from scenarios.ledgers import wait_until_quiet
from scenarios.scenario import with_overrides
from scenarios.seeding import SeedingError, audit_portal, seed_portal
from scenarios.stack_start import free_port, stop_process
from tests.command_line import refusal

POPULATION = 2500
BEFORE_CLOSE = timedelta(minutes=15)


@pytest.fixture(scope="module")
def small(scenario):
    """Give the scenario for fewer candidates."""
    return with_overrides(scenario, population=POPULATION)


@pytest.fixture(scope="module")
def heard():
    """Give what the progress has told."""
    return []


@pytest.fixture(scope="module")
def filled(stack, small, heard, bank):
    """Give a portal that is filled to a quarter of an hour before the close, and what was filled in."""
    to_s = small.window.length_s - BEFORE_CLOSE.total_seconds()
    with closing(stack.control()) as control:
        return stack, seed_portal(control, small, to_s, heard.append, bank=bank)


@pytest.fixture
def control_of_nobody(stack):
    """Give the control endpoints of a portal that has forgotten everybody."""
    wait_until_quiet(stack.address)
    with closing(stack.control()) as control:
        control.reset()
        yield control


@pytest.fixture
def registrants(bank):
    """Make candidates of a portal, of the numbers that a test asks for; their connections are closed in the end."""
    with ExitStack() as exits:

        def at(stack):
            def make(number):
                one = Registrant(stack, bank, number)
                exits.callback(one.http.close)
                return one

            return make

        yield at


def first_in(stack, registrant, state, **where):
    """Log in as the first candidate whose application is in a state."""
    row = book(stack, "applications", state=state, **where)[0]
    (account,) = book(stack, "accounts", id=row["account_id"])
    number = id_numbers(SEED, np.arange(POPULATION)).tolist().index(account["id_number"])
    one = registrant(number - MANY).log_in()
    one.application_id = row["id"]
    return one


def test_the_portal_has_what_was_filled_in(filled, small):
    """The census counts what was sent; the clock stands at the moment."""
    stack, counts = filled
    control = stack.control()
    census = control.census()
    control.close()
    assert counts.applications == census["applications"]
    assert (counts.rows["account"], counts.rows["filing"]) == (census["accounts"], census["filings"])
    assert {"paid": counts.rows["payment_order"]} == census["orders"]
    assert 0 < census["invoices_issued"] < counts.rows["invoice"]
    assert 0 < census["lapsed"]
    # By a quarter of an hour before the close, nearly everybody has registered and filed.
    assert 0.97 * POPULATION < counts.rows["account"] < 1.03 * POPULATION
    assert 0.93 * POPULATION < counts.rows["filing"] < POPULATION
    shown = loopback.get(f"{stack.address}/api/window").json()
    assert (small.window.closing - BEFORE_CLOSE).isoformat() == shown["portal_time"]


def test_progress_ends_when_everybody_is_in(filled, heard):  # noqa: ARG001 - heard while it was filled
    """Candidates with an account, of all of them."""
    assert [(it["now"], it["total"]) for it in heard] == [("seed", heard[0]["total"])] * len(heard)
    assert heard[-1]["done"] == heard[-1]["total"] > 0.97 * POPULATION


def test_seeded_candidates_go_on(filled, registrants, small):
    """They log in with their passwords and see their state: one pays, one changes, a newcomer files; all rules hold."""
    stack, counts = filled
    registrant = registrants(stack)
    set_portal_clock(stack, small.window.closing - BEFORE_CLOSE)

    approved = first_in(stack, registrant, "approved")
    assert {"degree_certificate", "work_proof"} <= {it["paper"] for it in approved.status["materials"]}
    pay_at_gateway(approved.accepted(approved.payment("key")))
    approved.wait_for_state("paid")

    changes = first_in(stack, registrant, "under_review")
    number = changes.status["filing_number"]
    changes.accepted(changes.step("withdrawal"))
    changes.accepted(changes.change(subjects=[it.code for it in changes.person.subjects]))
    changes.accepted(portal.degree_check(changes.application_id))
    changes.accepted(changes.material(PaperKind.WORK_PROOF))
    assert number == changes.file()

    new = registrant(1).identified().apply()
    province = new.status["province"]
    before = sum(row["province"] == province for row in book(stack, "filings"))
    assert f"{province}-2025-{before + 1:06d}" == new.file()
    assert counts.rows["application"] + 1 == new.application_id

    supplements = first_in(stack, registrant, "supplement_requested")
    supplements.accepted(supplements.material(PaperKind.DEGREE_CERTIFICATE))
    assert "under_review" == supplements.accepted(supplements.step("supplement"))["state"]

    control = stack.control()
    assert [] == [it for it in audit_portal(control) if it.violations]
    control.close()


def test_a_seeded_invoice_can_be_fetched(filled, registrants):
    """Who asked for it long ago finds a PDF."""
    stack, _ = filled
    issued = next(row for row in book(stack, "invoices") if row["issued_at"])
    one = first_in(stack, registrants(stack), "paid", id=issued["application_id"])
    assert one.send(portal.invoice_file(issued["id"])).content.startswith(b"%PDF")


def test_a_real_life_holds_before_the_audit(control_of_nobody, stack, small, registrants):
    """No row of this portal was filled in: mistakes, a supplement, the payment, a withdrawal, and the rules hold."""
    window, registrant = small.window, registrants(stack)
    set_portal_clock(stack, window.opening + timedelta(hours=1))
    people = [registrant(number).identified() for number in range(3)]
    people[0].apply(work_proof_flaw=Flaw.MISSING_STAMP).file()
    people[1].apply().file()
    registrant(3).register()
    registrant(4).register().submit_identity()
    set_portal_clock(stack, window.opening + timedelta(days=4))
    wait_until(lambda: people[0].state == "supplement_requested")
    people[1].log_in().accepted(people[1].step("withdrawal"))
    people[0].accepted(people[0].material(PaperKind.WORK_PROOF))
    people[0].accepted(people[0].step("supplement"))
    people[2].apply()
    set_portal_clock(stack, window.opening + timedelta(days=8))
    people[0].wait_for_state("approved")
    pay_at_gateway(people[0].accepted(people[0].payment("key")))
    people[0].wait_for_state("paid")
    people[0].accepted(portal.invoice(people[0].application_id, people[0].person.email))
    set_portal_clock(stack, window.closing + timedelta(days=60))
    wait_until(lambda: [it["scores"] for it in book(stack, "applications", state="paid") if it["scores"]])
    people[2].wait_for_state("expired")
    wanted = {Event.SUPPLEMENT, Event.PAY, Event.WITHDRAW, Event.WINDOW_CLOSES}
    wait_until(lambda: wanted <= {row["event"] for row in book(stack, "application_events")})
    assert [] == [it for it in audit_portal(control_of_nobody) if it.violations]


def test_after_the_exam_the_results_are_there(control_of_nobody, stack, small, bank):
    """Filled to the day after the exam, everybody who paid has scores, and some a certificate."""
    few = with_overrides(small, population=400)
    counts = seed_portal(control_of_nobody, few, few.window.exam_end_s + 86_400, lambda _: None, bank=bank)
    paid = book(stack, "applications", state="paid")
    assert counts.applications["paid"] == len(paid) == len([it for it in paid if it["scores"]])
    assert 0 < len([it for it in paid if it["certificate_number"]]) < len(paid)
    assert [] == [it for it in audit_portal(control_of_nobody) if it.violations]


def test_at_the_opening_nothing_is_there_but_the_last_exam(control_of_nobody, small, bank):
    """Nobody has an account yet; who passed what is known."""
    few = with_overrides(small, population=400)
    counts = seed_portal(control_of_nobody, few, 0.0, lambda _: None, bank=bank)
    assert ({}, ["past_pass"]) == (counts.applications, list(counts.rows))
    with pytest.raises(SeedingError, match=r"refused POST /import-done: .* is duplicated"):
        seed_portal(control_of_nobody, few, 0.0, lambda _: None, bank=bank)


def test_the_command_fills_checks_and_serves():
    """`rehearse seed` says what it filled in, that all rules hold, and where the portal is; Ctrl-C ends it."""
    port = str(free_port())
    command = [sys.executable, "rehearse.py", "seed", "closing+1d", "--population", "300", "--port", port]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            assert process.stdout is not None
            said = ""
            while "Ctrl-C ends it" not in said:
                line = process.stdout.readline()
                assert line, said
                said += line
            shown = loopback.get(f"http://127.0.0.1:{port}/api/window").json()
            process.send_signal(signal.SIGINT)
            assert 0 == process.wait(30)
        finally:
            stop_process(process)
    assert "Audit: all 32 rules hold" in said
    assert "The portal stands at 2025-04-09 17:00:00" in said
    assert shown["portal_time"].startswith("2025-04-09T17:0")


def test_the_command_refuses_what_is_no_moment(tmp_path):
    """One line, exit code 2, and nothing is started."""
    said = refusal(tmp_path, "seed", "tomorrow")
    assert said.startswith("rehearse: 'tomorrow' is no moment: give a time in UTC+8 such as 2025-04-08T16:45")

"""The audit of promises: what is in order has no violation, and each broken promise is found with its history."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.drawn_books import copies, promises_of
from reports.audit import LISTED, audit
from reports.audit_rules import RULES
from reports.ledgers import Ledgers
from tests.reports.made_ledgers import BOOKS, PROMISES, made_ledgers, made_promises, one_changed

ORDERS = BOOKS["payment_orders"]
EVENTS = BOOKS["application_events"]
PAID = {
    "order_no": "A0",
    "amount_fen": 13000,
    "status": "paid",
    "paid_at": "then",
    "notified": True,
    "believed_lie": False,
}


def _move_of(event):
    return next(it for it in EVENTS if it["event"] == event)


BROKEN = {
    "account_lost": {"accounts": [], "identity_scans": [], "applications": [], "materials": []},
    "account_twice": {"accounts": [*BOOKS["accounts"], BOOKS["accounts"][0] | {"id": 2}]},
    "phone_lost": {"accounts": one_changed("accounts", phone="139")},
    "paper_lost": {"materials": []},
    "paper_differs": {"identity_scans": one_changed("identity_scans", sha256="f1"), "files": None},
    "file_lost": {"files": BOOKS["files"][:1]},
    "file_differs": {"files": one_changed("files", 1, sha256="torn")},
    "identity_lost": {"accounts": one_changed("accounts", submitted_at=None)},
    "face_check_lost": {"accounts": one_changed("accounts", face_checked_at=None)},
    "application_lost": {"applications": one_changed("applications", id=12), "materials": None},
    "application_twice": {"applications": [*BOOKS["applications"], BOOKS["applications"][0] | {"id": 12}]},
    "filing_lost": {"filings": BOOKS["filings"][:1]},
    "filing_twice": {"filings": [*BOOKS["filings"], {"number": "110003", "application_id": 11}]},
    "withdrawal_lost": {"application_events": [it for it in EVENTS if it["event"] != "withdraw"]},
    "withdrawal_twice": {"application_events": [*EVENTS, *(2 * [_move_of("withdraw")])]},
    "supplement_lost": {"application_events": [it for it in EVENTS if it["event"] != "supplement"]},
    "supplement_twice": {"application_events": [*EVENTS, _move_of("supplement")]},
    "order_lost": {"payment_orders": ORDERS[:1]},
    "order_twice": {"payment_orders": one_changed("payment_orders", 1, state="open")},
    "payment_lost": {"payment_orders": one_changed("payment_orders", state="open"), "charges": []},
    "charged_not_recorded": {"charges": [BOOKS["charges"][0], PAID]},
    "recorded_not_charged": {"charges": BOOKS["charges"][1:]},
    "amount_differs": {"charges": one_changed("charges", amount_fen=1)},
    "lie_believed": {"charges": one_changed("charges", believed_lie=True)},
    "charged_twice": {
        "payment_orders": one_changed("payment_orders", 1, state="paid"),
        "charges": [BOOKS["charges"][0], PAID],
    },
    "invoice_lost": {"invoices": []},
    "invoice_twice": {"invoices": [*BOOKS["invoices"], BOOKS["invoices"][0] | {"id": 6}]},
    "unbinding_lost": {"support_tickets": []},
    "unbinding_twice": {"support_tickets": 2 * BOOKS["support_tickets"]},
}
"""What breaks each rule of the audit."""
ALSO = {
    "account_lost": {"paper_lost", "identity_lost", "face_check_lost", "application_lost"},
    "application_lost": {"paper_lost"},
    "charged_not_recorded": {"charged_twice"},
    "withdrawal_lost": {"filing_twice"},
    "charged_twice": {"order_twice"},
}
"""Who has no account has nothing else either; money that is not in the books beside money that is was charged twice;
whoever has not withdrawn cannot have filed again; and two charges are two orders."""


def broken_rules(found):
    """Give the rules that are broken."""
    return {name for name, count in found.counts.items() if count}


def test_what_is_in_order_has_no_violation():
    """All promises of a registration are kept; refused ones are none."""
    found = audit(made_promises(), made_ledgers())
    assert set() == broken_rules(found)
    assert set(RULES) == set(found.counts)
    assert (len(PROMISES), 0, 2) == (found.promises, found.unknown, found.files_checked)
    assert {"paper": 3, "filing": 2, "order": 2}.items() <= found.kept.items()


def test_every_rule_is_broken_below():
    """No rule of the audit is left without a violation that it finds."""
    assert set(RULES) == set(BROKEN)


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_promise_is_found(rule):
    """It alone, with what the candidate did and heard."""
    changed = {name: BOOKS[name] if rows is None and name != "files" else rows for name, rows in BROKEN[rule].items()}
    found = audit(made_promises(), made_ledgers(**changed))
    assert {rule} | ALSO.get(rule, set()) == broken_rules(found)
    first = next(it for it in found.violations if it.rule == rule)
    assert 7 == first.candidate
    assert any(str(line).startswith("candidate, ") for line in first.history), first


@pytest.mark.parametrize("place", range(len(PROMISES)))
def test_an_unknown_outcome_breaks_nothing(place):
    """No answer came: what was asked for may be there, or not."""
    rows = [(*it[:3], "info") if number == place else it for number, it in enumerate(PROMISES)]
    assert set() == broken_rules(audit(made_promises(rows), made_ledgers()))
    assert 1 == audit(made_promises(rows), made_ledgers()).unknown


@pytest.mark.parametrize("rule", [name for name, it in RULES.items() if it.sort == "duplicated"])
def test_what_is_unknown_is_not_there_twice(rule):
    """No answer came to any request: all of it may be there once, and nothing twice."""
    unheard = made_promises([(*it[:3], "info") for it in PROMISES])
    assert set() == broken_rules(audit(unheard, made_ledgers()))
    assert rule in broken_rules(audit(unheard, made_ledgers(**BROKEN[rule])))


def test_an_unbinding_that_is_tried_again_is_one_wish():
    """Nobody answered the first try: two tickets are one too many, and in two visits they are not."""
    rows = made_promises([("unbinding", "138", "", "info"), ("unbinding", "138", "", "ok")])
    books = made_ledgers(support_tickets=2 * BOOKS["support_tickets"])
    assert {"unbinding_twice"} == broken_rules(audit(rows, books))
    assert set() == broken_rules(audit(rows.with_columns(visit=pl.Series([0, 1], dtype=pl.UInt16)), books))


def test_an_unknown_upload_may_have_replaced_the_accepted_one():
    """Its bytes may be there; those of one that was accepted before the last one may not."""
    rows = [*PROMISES, ("paper", "id_front", "f4", "info")]
    late = made_ledgers(identity_scans=one_changed("identity_scans", sha256="f4"), files=None)
    assert set() == broken_rules(audit(made_promises(rows), late))
    old = made_ledgers(identity_scans=one_changed("identity_scans", sha256="f1"), files=None)
    assert {"paper_differs"} == broken_rules(audit(made_promises(rows), old))


def test_two_uploads_at_the_same_time_may_come_in_either_order():
    """In two tabs: neither is the last one."""
    both = made_promises([("paper", "id_front", "f1", "ok"), ("paper", "id_front", "f2", "ok")])
    together = both.with_columns(invoked_s=pl.lit(1.0), ended_s=pl.lit(2.0))
    for sha256 in ("f1", "f2"):
        books = made_ledgers(identity_scans=one_changed("identity_scans", sha256=sha256), files=None)
        assert set() == broken_rules(audit(together, books))


def test_a_payment_that_the_portal_was_not_told_of_is_open():
    """The gateway's notification is under way: that is no violation, and it is said."""
    books = made_ledgers(
        payment_orders=one_changed("payment_orders", state="open"),
        charges=one_changed("charges", notified=False),
    )
    rows = [it for it in PROMISES if it[0] not in ("payment", "invoice")]
    found = audit(made_promises(rows), books)
    assert set() == broken_rules(found)
    assert 1 == found.open_charges


def test_money_that_is_owed_back_is_recorded():
    """It came too late, or twice: the books say that it is owed."""
    books = made_ledgers(
        payment_orders=one_changed("payment_orders", 1, state="refund_owed"), charges=[BOOKS["charges"][0], PAID]
    )
    found = audit(made_promises(), books)
    assert set() == broken_rules(found)
    assert 1 == found.refunds_owed


def test_a_portal_that_keeps_no_files_is_not_asked_for_them():
    """What cannot be known is left out, and not counted as kept."""
    found = audit(made_promises(), made_ledgers(files=None))
    assert not {"file_lost", "file_differs"} & set(found.counts)
    assert found.files_checked is None


@given(st.sets(st.sampled_from(["filing", "invoice", "order", "unbinding"]), min_size=1))
def test_whatever_is_gone_is_missed(gone):
    """Any of several books can be empty: each acknowledged promise of it is lost, and no other."""
    book = {"filing": "filings", "invoice": "invoices", "order": "payment_orders", "unbinding": "support_tickets"}
    found = audit(made_promises(), made_ledgers(**{book[it]: [] for it in gone}))
    promised = {kind: sum(it[0] == kind for it in PROMISES) for kind in book}
    assert {kind: promised[kind] if kind in gone else 0 for kind in book} == {
        kind: found.counts[f"{kind}_lost"] for kind in book
    }


def books_of(candidate, rule):
    """Give the books of one of several candidates, in which a rule is broken, or none."""
    changed = {name: rows for name, rows in BROKEN.get(rule, {}).items() if rows is not None}
    return {
        name: copies(table, range(candidate, candidate + 1)) for name, table in vars(made_ledgers(**changed)).items()
    }


def findings(found):
    """Give all violations, in words."""
    return [(it.rule, it.candidate, it.item, str(it.said), *map(str, it.history)) for it in found.violations]


@settings(max_examples=10)
@given(st.lists(st.sampled_from([None, *BROKEN]), min_size=2, max_size=4))
def test_many_are_audited_as_each_alone(broken):
    """What is found of somebody does not depend on who else is in the books, nor does its history."""
    whose = range(len(broken))
    books = [books_of(candidate, rule) for candidate, rule in enumerate(broken)]
    alone = [audit(promises_of(range(n, n + 1)), Ledgers(**books[n])) for n in whose]
    shared = Ledgers(**{name: pl.concat(it[name] for it in books) for name in BOOKS})
    together = audit(promises_of(whose), shared)
    assert {rule: sum(it.counts[rule] for it in alone) for rule in RULES} == together.counts
    assert sorted(line for it in alone for line in findings(it)) == sorted(findings(together))
    assert sum(it.promises for it in alone) == together.promises
    assert {kind: len(broken) * count for kind, count in alone[0].kept.items()} == together.kept


@pytest.mark.parametrize(
    ("rule", "gone"), [("filing_lost", "filings"), ("file_lost", "files"), ("face_check_lost", "accounts")]
)
def test_the_first_violations_are_listed(rule, gone):
    """In the order of promises and books, however many there are and whatever order is quickest."""
    whose = range(20_000)
    books = {name: copies(table, whose).collect().lazy() for name, table in vars(made_ledgers()).items()}
    found = audit(promises_of(whose).collect().lazy(), Ledgers(**{**books, gone: books[gone].clear()}))
    listed = [it.candidate for it in found.violations if it.rule == rule]
    assert LISTED == len(listed)
    assert found.counts[rule] % len(whose) == 0
    assert sorted(listed) == listed
    assert 0 == listed[0]
    assert LISTED > listed[-1]


def test_a_phone_of_two_is_asked_for_by_both():
    """Two candidates asked for the same phone: so many tickets may be there, and no more."""
    asked = made_promises([("unbinding", "138", "", "ok")])
    both = pl.concat([asked, asked.with_columns(candidate=pl.lit(8, pl.UInt32))])
    for tickets, rules in ((2, set()), (3, {"unbinding_twice"})):
        books = made_ledgers(support_tickets=tickets * BOOKS["support_tickets"])
        assert rules == broken_rules(audit(both, books))


def test_what_another_applied_for_was_promised_all_the_same():
    """A number that was given to somebody else than whose application has it is there."""
    told = [("filing", "11", "110001", "ok"), ("withdrawal", "11", "", "ok"), ("order", "11", "A1", "ok")]
    other = made_promises(told).with_columns(candidate=pl.lit(8, pl.UInt32))
    assert set() == broken_rules(audit(pl.concat([made_promises(), other]), made_ledgers())) - {"withdrawal_lost"}
    assert 0 == audit(other, made_ledgers()).counts["withdrawal_lost"]


def test_orders_of_nobody_are_counted():
    """Two open ones of an application that no candidate has."""
    stray = [BOOKS["payment_orders"][0] | {"order_no": number, "application_id": 99} for number in ("B1", "B2")]
    found = audit(made_promises(), made_ledgers(payment_orders=[*BOOKS["payment_orders"], *stray]))
    assert {"order_twice"} == broken_rules(found)
    assert (None, "99") == (found.violations[0].candidate, found.violations[0].item)

"""What must not be, rule by rule, in the order of a registration: each check gives what violates it.

A rule is a function of that name; its decorator says which sort of broken promise it is. What is broken, in words, is
the case of that name in the text `promise`.
"""

from collections.abc import Callable

import msgspec
import polars as pl

from reports.audit_books import Books, joined, read_once

LOST = "lost"
DOUBLED = "duplicated"
WRONG = "wrong"
SORTS = (LOST, DOUBLED, WRONG)
"""Of broken promises."""


class Rule(msgspec.Struct, frozen=True):
    """One thing that must not be, and which sort of broken promise it is."""

    name: str
    sort: str


Found = pl.LazyFrame
"""A violation a row: `candidate` (null where nobody knows), `item`, `said`, and what that tells: `one`, `two`."""
Check = Callable[[Books], Found | None]
"""Gives what violates a rule; None where that cannot be known."""

CHECKS: dict[str, Check] = {}
"""How each rule is checked."""
RULES: dict[str, Rule] = {}
"""All rules of the audit, in the order of a registration."""


def _rule(sort: str) -> Callable[[Check], Check]:
    def register(check: Check) -> Check:
        name = check.__name__.removeprefix("_")
        RULES[name] = Rule(name, sort)
        CHECKS[name] = check
        return check

    return register


_NOTHING = (pl.lit(""), pl.lit(""))


def _found(rows: pl.LazyFrame, item: str, said: str, *columns: str) -> Found:
    """Give rows as violations; `said` is a case of the text `found`, to which the columns, two at most, are told."""
    figures = [pl.col(c).cast(pl.String).fill_null("–") for c in columns]
    return rows.select(
        pl.col("candidate").cast(pl.UInt32),
        pl.col(item).cast(pl.String).alias("item"),
        pl.lit(said).alias("said"),
        *(figure.alias(name) for name, figure in zip(("one", "two"), [*figures, *_NOTHING], strict=False)),
    )


def _missing(promised: pl.LazyFrame, there: pl.LazyFrame, *about: str) -> pl.LazyFrame:
    """Give what was promised and is not there, once each however often it was promised."""
    return joined(promised, there, *about, how="anti").unique(maintain_order=True)


def _begins(digest: str) -> pl.Expr:
    """Give as much of a digest as a person compares."""
    return pl.col(digest).str.head(12).alias(f"{digest}_begins")


@_rule(LOST)
def _account_lost(b: Books) -> Found:
    return _fewer_accounts(b, "account", b.accounts, "phone")


@_rule(DOUBLED)
def _account_twice(b: Books) -> Found:
    return _twice(b.accounts.filter(~pl.col("lapsed")), "candidate", "account_id")


@_rule(LOST)
def _phone_lost(b: Books) -> Found:
    """Give phones of accounts that have another; one whose phone was unbound since has none (rule 2)."""
    held = b.accounts.select("candidate", bound="phone")
    met = joined(held, b.promised("account", "phone"), "candidate")
    fits = (pl.col("bound") == pl.col("phone")) | pl.col("bound").is_null()
    lost = met.group_by("candidate", "phone", maintain_order=True).agg(
        fits.any().alias("fits"), pl.col("bound").first()
    )
    return _found(lost.filter(~pl.col("fits")), "phone", "other-phone", "bound")


@_rule(LOST)
def _paper_lost(b: Books) -> Found:
    return _found(_missing(b.promised("paper", "paper"), b.papers, "candidate", "paper"), "paper", "no-paper")


@_rule(WRONG)
def _paper_differs(b: Books) -> Found:
    """Give papers that are not the last accepted, nor one under way with that, nor one of unknown outcome.

    Digests are compared by a hash of 64 bits, an eighth of their memory: of 10^19 papers that differ one is missed.
    """
    tries = b.promises.filter((pl.col("promise") == "paper") & (pl.col("outcome") != "fail")).select(
        "candidate", "outcome", "invoked_s", "ended_s", paper="item", sent=pl.col("value").hash()
    )
    kept = b.papers.select("candidate", "paper", kept=pl.col("sha256").hash())
    met = tries.join(kept, on=["candidate", "paper"])
    is_it, is_ok = pl.col("sent") == pl.col("kept"), pl.col("outcome") == "ok"
    judged = met.group_by("candidate", "paper").agg(
        last_ok_s=pl.when(is_ok).then("invoked_s").max(),
        there_s=pl.when(is_it).then("ended_s").max(),
        may_be=(is_it & (pl.col("outcome") == "info")).any(),
    )
    is_right = pl.col("may_be") | (pl.col("there_s") >= pl.col("last_ok_s")).fill_null(value=False)
    wrong = read_once(judged.filter(pl.col("last_ok_s").is_not_null() & ~is_right).select("candidate", "paper"))
    there = joined(b.papers, wrong, "candidate", "paper", how="semi").with_columns(_begins("sha256"))
    return _found(there, "paper", "other-paper", "sha256_begins")


@_rule(LOST)
def _file_lost(b: Books) -> Found | None:
    if b.ledgers.files is None:
        return None
    return _found(joined(b.papers, b.ledgers.files, "file", how="anti"), "paper", "no-file", "file")


@_rule(WRONG)
def _file_differs(b: Books) -> Found | None:
    if b.ledgers.files is None:
        return None
    met = joined(b.papers, b.ledgers.files.rename({"sha256": "on_disk"}), "file")
    differs = met.filter(pl.col("sha256") != pl.col("on_disk")).with_columns(
        _begins("sha256"), _begins("on_disk").alias("disk_begins")
    )
    return _found(differs, "paper", "other-bytes", "sha256_begins", "disk_begins")


@_rule(LOST)
def _identity_lost(b: Books) -> Found:
    return _fewer_accounts(b, "identity", b.accounts.filter("submitted"), "identity")


@_rule(LOST)
def _face_check_lost(b: Books) -> Found:
    return _fewer_accounts(b, "face_check", b.accounts.filter("face_checked"), "face check")


def _fewer_accounts(b: Books, kind: str, there: pl.LazyFrame, item: str) -> Found:
    """Give people who have fewer such accounts than were acknowledged: one that lapsed stays in the books (rule 5)."""
    asked = b.acknowledged.filter(pl.col("promise") == kind).group_by("candidate", maintain_order=True)
    often = asked.agg(pl.len().alias("acknowledged"), pl.col("item").last().alias("about"))
    met = joined(often, there.group_by("candidate").len("there"), "candidate", how="left")
    lost = met.with_columns(pl.col("there").fill_null(0)).filter(pl.col("there") < pl.col("acknowledged"))
    about = pl.col("about") if item == "phone" else pl.lit(item).alias("about")
    return _found(lost.with_columns(about), "about", "fewer-there", "acknowledged", "there")


@_rule(LOST)
def _application_lost(b: Books) -> Found:
    promised = b.promised("application", "item", "application_id")
    return _found(_missing(promised, b.applications, "candidate", "application_id"), "application_id", "no-application")


@_rule(DOUBLED)
def _application_twice(b: Books) -> Found:
    return _twice(b.applications, "candidate", "application_id")


@_rule(LOST)
def _filing_lost(b: Books) -> Found:
    promised = b.promised("filing", "application_id", "number")
    lost = read_once(_missing(promised, b.ledgers.filings, "application_id", "number"))
    others = joined(b.ledgers.filings, lost, "application_id", how="semi")
    numbers = others.group_by("application_id").agg(pl.col("number").str.join(", ").alias("there"))
    met = joined(lost, numbers, "application_id", how="left")
    return _found(met, "application_id", "other-number", "number", "there")


@_rule(DOUBLED)
def _filing_twice(b: Books) -> Found:
    return _more_often(b, b.ledgers.filings, _moves(b, "withdraw"), free=1)


def _moves(b: Books, event: str) -> pl.LazyFrame:
    return b.ledgers.application_events.filter(pl.col("event") == event)


def _more_often(b: Books, made: pl.LazyFrame, asked: pl.LazyFrame, free: int = 0) -> Found:
    """Give applications with more rows in `made` than in `asked`, and so many that are free of that."""
    counted = joined(b.applications, made.group_by("application_id").len("made"), "application_id")
    met = joined(counted, asked.group_by("application_id").len("asked"), "application_id", how="left")
    most = met.with_columns(most=pl.col("asked").fill_null(0).cast(pl.Int64) + free)
    return _found(most.filter(pl.col("made") > pl.col("most")), "application_id", "too-often", "made", "most")


def _moves_lost(b: Books, kind: str, event: str) -> Found:
    """Give applications that have made a move less often than it was acknowledged."""
    asked = b.acknowledged.filter(pl.col("promise") == kind).group_by("candidate", "item", maintain_order=True)
    often = asked.len("acknowledged").with_columns(application_id=pl.col("item").cast(pl.Int64))
    made = _moves(b, event).group_by("application_id").len("made")
    met = joined(often, made, "application_id", how="left").with_columns(pl.col("made").fill_null(0))
    lost = met.filter(pl.col("made") < pl.col("acknowledged"))
    return _found(lost, "application_id", "fewer-made", "acknowledged", "made")


@_rule(LOST)
def _withdrawal_lost(b: Books) -> Found:
    return _moves_lost(b, "withdrawal", "withdraw")


@_rule(DOUBLED)
def _withdrawal_twice(b: Books) -> Found:
    return _more_often(b, _moves(b, "withdraw"), _moves(b, "submit"))


@_rule(LOST)
def _supplement_lost(b: Books) -> Found:
    return _moves_lost(b, "supplement", "supplement")


@_rule(DOUBLED)
def _supplement_twice(b: Books) -> Found:
    return _more_often(b, _moves(b, "supplement"), _moves(b, "request_supplement"))


@_rule(LOST)
def _order_lost(b: Books) -> Found:
    promised = b.promised("order", "application_id", "order_no")
    return _found(_missing(promised, b.orders, "order_no", "application_id"), "order_no", "no-order")


@_rule(DOUBLED)
def _order_twice(b: Books) -> Found:
    return _twice(b.orders.filter(pl.col("state").is_in(["open", "paid"])), "application_id", "order_no")


def _twice(rows: pl.LazyFrame, owner: str, thing: str) -> Found:
    """Give owners of more than one thing."""
    return _found(_several(rows.with_columns(owner=owner), "owner", thing), "owner", "several", "often", "things")


def _several(rows: pl.LazyFrame, owner: str, thing: str) -> pl.LazyFrame:
    """Give candidates and owners of more than one thing, how often, and the things in words."""
    several = rows.filter(pl.len().over("candidate", owner) > 1)
    things = pl.col(thing).cast(pl.String).str.join(", ").alias("things")
    return several.group_by("candidate", owner, maintain_order=True).agg(pl.len().alias("often"), things)


@_rule(LOST)
def _payment_lost(b: Books) -> Found:
    promised = b.promised("payment", "order_no").unique(maintain_order=True)
    states = b.orders.select("order_no", "state")
    met = joined(promised, states, "order_no", how="left")
    lost = met.filter(~pl.col("state").is_in(["paid", "refund_owed"]).fill_null(value=False))
    return _found(lost, "order_no", "order-state", "state")


@_rule(LOST)
def _charged_not_recorded(b: Books) -> Found:
    return _found(b.unrecorded, "order_no", "charged", "amount_fen", "state")


@_rule(WRONG)
def _recorded_not_charged(b: Books) -> Found:
    """Give orders without a charge, of those that were opened in this run: of earlier ones no gateway knows."""
    opened = b.promises.filter((pl.col("promise") == "order") & (pl.col("outcome") == "ok")).select(order_no="value")
    recorded = b.orders.filter(pl.col("state").is_in(["paid", "refund_owed"]))
    uncharged = joined(recorded, b.paid, "order_no", how="anti")
    return _found(joined(uncharged, opened, "order_no", how="semi"), "order_no", "order-state", "state")


@_rule(WRONG)
def _amount_differs(b: Books) -> Found:
    differs = b.paid.filter(pl.col("order_fen") != pl.col("amount_fen"))
    return _found(differs, "order_no", "other-amount", "amount_fen", "order_fen")


@_rule(WRONG)
def _lie_believed(b: Books) -> Found:
    believed = b.paid.filter(pl.col("believed_lie"))
    return _found(believed, "order_no", "notified", "amount_fen", "state")


@_rule(DOUBLED)
def _charged_twice(b: Books) -> Found:
    held = b.paid.filter(pl.col("application_id").is_not_null() & (pl.col("state") != "refund_owed"))
    return _found(_several(held, "application_id", "order_no"), "application_id", "charges", "often", "things")


@_rule(LOST)
def _invoice_lost(b: Books) -> Found:
    promised = b.promised("invoice", "application_id", "invoice_id")
    there = b.ledgers.invoices.rename({"id": "invoice_id"})
    lost = _missing(promised, there, "application_id", "invoice_id")
    return _found(lost, "application_id", "no-invoice", "invoice_id")


@_rule(DOUBLED)
def _invoice_twice(b: Books) -> Found:
    return _twice(joined(b.ledgers.invoices, b.applications, "application_id"), "order_no", "id")


@_rule(LOST)
def _unbinding_lost(b: Books) -> Found:
    return _found(_missing(b.promised("unbinding", "phone"), b.ledgers.support_tickets, "phone"), "phone", "no-ticket")


@_rule(DOUBLED)
def _unbinding_twice(b: Books) -> Found:
    """Whoever hears nothing asks again, in the same visit: that is one wish."""
    tries = b.promises.filter((pl.col("promise") == "unbinding") & (pl.col("outcome") != "fail"))
    wishes = tries.unique(["candidate", "visit", "item"], maintain_order=True)
    asked = wishes.group_by(phone="item", maintain_order=True).agg(pl.len().alias("asked"), pl.col("candidate").first())
    met = joined(asked, b.ledgers.support_tickets.group_by("phone").len("there"), "phone")
    return _found(met.filter(pl.col("there") > pl.col("asked")), "phone", "tickets", "asked", "there")

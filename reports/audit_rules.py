"""What must not be, rule by rule, in the order of a registration: each check gives what violates it.

A rule is a function of that name; its decorator says which sort of broken promise it is. What is broken, in words, is
the case of that name in the text `promise`.
"""

from collections.abc import Callable

import msgspec
import polars as pl

from reports.ledgers import Ledgers

LOST = "lost"
DOUBLED = "duplicated"
WRONG = "wrong"
SORTS = (LOST, DOUBLED, WRONG)
"""Of broken promises."""


class Rule(msgspec.Struct, frozen=True):
    """One thing that must not be, and which sort of broken promise it is."""

    name: str
    sort: str


Found = pl.DataFrame
"""A violation a row: `candidate` (null where nobody knows), `item`, `said`, and what that tells: `one`, `two`."""
Check = Callable[["Books"], Found | None]
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


class Books:
    """The tables in the shapes that the checks need."""

    def __init__(self, promises: pl.DataFrame, ledgers: Ledgers) -> None:
        self.promises = promises
        self.acknowledged = promises.filter(pl.col("outcome") == "ok")
        self.ledgers = ledgers
        self.accounts = ledgers.people.join(ledgers.accounts, on="id_number").rename({"id": "account_id"})
        owners = self.accounts.select("candidate", "account_id")
        self.applications = ledgers.applications.join(owners, on="account_id").rename({"id": "application_id"})
        applicants = self.applications.select("candidate", "application_id")
        scans = ledgers.identity_scans.join(owners, on="account_id").with_columns(paper="id_" + pl.col("side"))
        materials = ledgers.materials.join(applicants, on="application_id")
        columns = ("candidate", "paper", "sha256", "file")
        self.papers = pl.concat([scans.select(columns), materials.select(columns)])
        self.orders = ledgers.payment_orders.join(applicants, on="application_id", how="left")
        paid = ledgers.charges.filter(pl.col("status") == "paid")
        orders = self.orders.select("order_no", "application_id", "candidate", "state", order_fen="amount_fen")
        self.paid = paid.join(orders, on="order_no", how="left")
        recorded = pl.col("state").is_in(["paid", "refund_owed"])
        unrecorded = self.paid.filter(~recorded.fill_null(value=False))
        self.open_charges = unrecorded.filter(~pl.col("notified") & pl.col("state").is_in(["open", "cancelled"]))
        self.unrecorded = unrecorded.join(self.open_charges, on="order_no", how="anti")

    def promised(self, kind: str, item: str, value: str = "") -> pl.DataFrame:
        """Give acknowledged promises of one kind, with columns named for what they are about; numbers as numbers."""
        found = self.acknowledged.filter(pl.col("promise") == kind)
        numbers = {"application_id", "invoice_id", "amount_fen"}
        names = {"item": item, **({"value": value} if value else {})}
        chosen = [pl.col(old).cast(pl.Int64) if new in numbers else pl.col(old) for old, new in names.items()]
        return found.select(
            "candidate", *(column.alias(new) for column, new in zip(chosen, names.values(), strict=True))
        ).unique(maintain_order=True)


_NOTHING = (pl.lit(""), pl.lit(""))


def _found(rows: pl.DataFrame, item: str, said: str, *columns: str) -> Found:
    """Give rows as violations; `said` is a case of the text `found`, to which the columns, two at most, are told."""
    figures = [pl.col(c).cast(pl.String).fill_null("–") for c in columns]
    return rows.select(
        pl.col("candidate").cast(pl.UInt32),
        pl.col(item).cast(pl.String).alias("item"),
        pl.lit(said).alias("said"),
        *(figure.alias(name) for name, figure in zip(("one", "two"), [*figures, *_NOTHING], strict=False)),
    )


def _begins(digest: str) -> pl.Expr:
    """Give as much of a digest as a person compares."""
    return pl.col(digest).str.head(12).alias(f"{digest}_begins")


@_rule(LOST)
def _account_lost(b: Books) -> Found:
    return _fewer_accounts(b, "account", b.accounts, "phone")


@_rule(DOUBLED)
def _account_twice(b: Books) -> Found:
    return _twice(b.accounts.filter(pl.col("lapsed_at").is_null()), "candidate", "account_id")


@_rule(LOST)
def _phone_lost(b: Books) -> Found:
    """Give phones of accounts that have another; one whose phone was unbound since has none (rule 2)."""
    held = b.accounts.select("candidate", bound="phone")
    met = b.promised("account", "phone").join(held, on="candidate")
    fits = (pl.col("bound") == pl.col("phone")) | pl.col("bound").is_null()
    lost = met.group_by("candidate", "phone", maintain_order=True).agg(
        fits.any().alias("fits"), pl.col("bound").first()
    )
    return _found(lost.filter(~pl.col("fits")), "phone", "other-phone", "bound")


@_rule(LOST)
def _paper_lost(b: Books) -> Found:
    promised = b.promised("paper", "paper")
    return _found(promised.join(b.papers, on=["candidate", "paper"], how="anti"), "paper", "no-paper")


@_rule(WRONG)
def _paper_differs(b: Books) -> Found:
    """Give papers that are not the last accepted, nor one under way with that, nor one of unknown outcome."""
    tries = b.promises.filter((pl.col("promise") == "paper") & (pl.col("outcome") != "fail"))
    of_ok = pl.when(pl.col("outcome") == "ok").then(pl.col("invoked_s"))
    last_ok = of_ok.max().over("candidate", "item")
    may_be = tries.filter((pl.col("outcome") == "info") | (pl.col("ended_s") >= last_ok))
    kept = b.papers.rename({"paper": "item"})
    known = kept.join(b.promised("paper", "item"), on=["candidate", "item"], how="semi")
    right = known.join(
        may_be, left_on=["candidate", "item", "sha256"], right_on=["candidate", "item", "value"], how="semi"
    )
    wrong = known.join(right, on=["candidate", "item"], how="anti").with_columns(_begins("sha256"))
    return _found(wrong, "item", "other-paper", "sha256_begins")


@_rule(LOST)
def _file_lost(b: Books) -> Found | None:
    if b.ledgers.files is None:
        return None
    return _found(b.papers.join(b.ledgers.files, on="file", how="anti"), "paper", "no-file", "file")


@_rule(WRONG)
def _file_differs(b: Books) -> Found | None:
    if b.ledgers.files is None:
        return None
    met = b.papers.join(b.ledgers.files.rename({"sha256": "on_disk"}), on="file")
    differs = met.filter(pl.col("sha256") != pl.col("on_disk")).with_columns(
        _begins("sha256"), _begins("on_disk").alias("disk_begins")
    )
    return _found(differs, "paper", "other-bytes", "sha256_begins", "disk_begins")


@_rule(LOST)
def _identity_lost(b: Books) -> Found:
    return _fewer_accounts(b, "identity", b.accounts.filter(pl.col("submitted_at").is_not_null()), "identity")


@_rule(LOST)
def _face_check_lost(b: Books) -> Found:
    return _fewer_accounts(b, "face_check", b.accounts.filter(pl.col("face_checked_at").is_not_null()), "face check")


def _fewer_accounts(b: Books, kind: str, there: pl.DataFrame, item: str) -> Found:
    """Give people who have fewer such accounts than were acknowledged: one that lapsed stays in the books (rule 5)."""
    asked = b.acknowledged.filter(pl.col("promise") == kind).group_by("candidate", maintain_order=True)
    often = asked.agg(pl.len().alias("acknowledged"), pl.col("item").last().alias("about"))
    met = often.join(there.group_by("candidate").len("there"), on="candidate", how="left")
    lost = met.with_columns(pl.col("there").fill_null(0)).filter(pl.col("there") < pl.col("acknowledged"))
    about = pl.col("about") if item == "phone" else pl.lit(item).alias("about")
    return _found(lost.with_columns(about), "about", "fewer-there", "acknowledged", "there")


@_rule(LOST)
def _application_lost(b: Books) -> Found:
    promised = b.promised("application", "item", "application_id")
    lost = promised.join(b.applications, on=["candidate", "application_id"], how="anti")
    return _found(lost, "application_id", "no-application")


@_rule(DOUBLED)
def _application_twice(b: Books) -> Found:
    return _twice(b.applications, "candidate", "application_id")


@_rule(LOST)
def _filing_lost(b: Books) -> Found:
    promised = b.promised("filing", "application_id", "number")
    numbers = b.ledgers.filings.group_by("application_id").agg(pl.col("number").str.join(", ").alias("there"))
    lost = promised.join(b.ledgers.filings, on=["application_id", "number"], how="anti")
    met = lost.join(numbers, on="application_id", how="left")
    return _found(met, "application_id", "other-number", "number", "there")


@_rule(DOUBLED)
def _filing_twice(b: Books) -> Found:
    return _more_often(b, b.ledgers.filings, _moves(b, "withdraw"), free=1)


def _moves(b: Books, event: str) -> pl.DataFrame:
    return b.ledgers.application_events.filter(pl.col("event") == event)


def _more_often(b: Books, made: pl.DataFrame, asked: pl.DataFrame, free: int = 0) -> Found:
    """Give applications with more rows in `made` than in `asked`, and so many that are free of that."""
    counted = b.applications.select("candidate", "application_id").join(
        made.group_by("application_id").len("made"), on="application_id"
    )
    met = counted.join(asked.group_by("application_id").len("asked"), on="application_id", how="left")
    most = met.with_columns(most=pl.col("asked").fill_null(0).cast(pl.Int64) + free)
    return _found(most.filter(pl.col("made") > pl.col("most")), "application_id", "too-often", "made", "most")


def _moves_lost(b: Books, kind: str, event: str) -> Found:
    """Give applications that have made a move less often than it was acknowledged."""
    asked = b.acknowledged.filter(pl.col("promise") == kind).group_by("candidate", "item", maintain_order=True)
    often = asked.len("acknowledged").with_columns(application_id=pl.col("item").cast(pl.Int64))
    made = _moves(b, event).group_by("application_id").len("made")
    met = often.join(made, on="application_id", how="left").with_columns(pl.col("made").fill_null(0))
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
    return _found(promised.join(b.orders, on=["order_no", "application_id"], how="anti"), "order_no", "no-order")


@_rule(DOUBLED)
def _order_twice(b: Books) -> Found:
    return _twice(b.orders.filter(pl.col("state").is_in(["open", "paid"])), "application_id", "order_no")


def _twice(rows: pl.DataFrame, owner: str, thing: str) -> Found:
    """Give owners of more than one thing."""
    things = pl.col(thing).cast(pl.String).str.join(", ").alias("things")
    many = rows.group_by("candidate", pl.col(owner).alias("owner"), maintain_order=True).agg(
        pl.len().alias("often"), things
    )
    return _found(many.filter(pl.col("often") > 1), "owner", "several", "often", "things")


@_rule(LOST)
def _payment_lost(b: Books) -> Found:
    met = b.promised("payment", "order_no").join(b.orders.select("order_no", "state"), on="order_no", how="left")
    lost = met.filter(~pl.col("state").is_in(["paid", "refund_owed"]).fill_null(value=False))
    return _found(lost, "order_no", "order-state", "state")


@_rule(LOST)
def _charged_not_recorded(b: Books) -> Found:
    return _found(b.unrecorded, "order_no", "charged", "amount_fen", "state")


@_rule(WRONG)
def _recorded_not_charged(b: Books) -> Found:
    """Give orders without a charge, of those that were opened in this run: of earlier ones no gateway knows."""
    opened = b.promises.filter((pl.col("promise") == "order") & (pl.col("outcome") == "ok")).select(order_no="value")
    recorded = b.orders.filter(pl.col("state").is_in(["paid", "refund_owed"])).join(opened, on="order_no", how="semi")
    return _found(recorded.join(b.paid, on="order_no", how="anti"), "order_no", "order-state", "state")


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
    many = held.group_by("candidate", "application_id", maintain_order=True).agg(
        pl.len().alias("often"), pl.col("order_no").str.join(", ").alias("orders")
    )
    return _found(many.filter(pl.col("often") > 1), "application_id", "charges", "often", "orders")


@_rule(LOST)
def _invoice_lost(b: Books) -> Found:
    promised = b.promised("invoice", "application_id", "invoice_id")
    there = b.ledgers.invoices.rename({"id": "invoice_id"})
    lost = promised.join(there, on=["application_id", "invoice_id"], how="anti")
    return _found(lost, "application_id", "no-invoice", "invoice_id")


@_rule(DOUBLED)
def _invoice_twice(b: Books) -> Found:
    owners = b.applications.select("candidate", "application_id")
    return _twice(b.ledgers.invoices.join(owners, on="application_id"), "order_no", "id")


@_rule(LOST)
def _unbinding_lost(b: Books) -> Found:
    promised = b.promised("unbinding", "phone")
    return _found(promised.join(b.ledgers.support_tickets, on="phone", how="anti"), "phone", "no-ticket")


@_rule(DOUBLED)
def _unbinding_twice(b: Books) -> Found:
    """Whoever hears nothing asks again, in the same visit: that is one wish."""
    tries = b.promises.filter((pl.col("promise") == "unbinding") & (pl.col("outcome") != "fail"))
    wishes = tries.unique(["candidate", "visit", "item"], maintain_order=True)
    asked = wishes.group_by(phone="item", maintain_order=True).agg(pl.len().alias("asked"), pl.col("candidate").first())
    met = asked.join(b.ledgers.support_tickets.group_by("phone").len("there"), on="phone")
    return _found(met.filter(pl.col("there") > pl.col("asked")), "phone", "tickets", "asked", "there")

"""Was anything that the portal acknowledged lost, doubled or changed? Three books are held against each other.

    candidates: what was promised to them ─┐
    portal: its books and files            ├─► violations, each with the history that shows it
    gateways: what they have charged       ─┘

As in Jepsen's histories a request was invoked and came to `ok` (acknowledged), `fail` (refused: it has not happened) or
`info` (no answer came: it may have happened or not). Only what was acknowledged can be lost; what is unknown may be
there once or not at all. Tables in, violations out; they are read a rule at a time, so that millions of candidates fit.
"""

from collections.abc import Iterable

import msgspec
import polars as pl

from reports.audit_books import Books, collect
from reports.audit_rules import CHECKS, RULES
from reports.history import history_of, read_told
from reports.language import Text, later
from reports.ledgers import Ledgers, read_ledgers
from reports.run_folder import Run, RunFolderError

LISTED = 20
"""Violations of a rule that are listed with their history; all are counted."""
COLUMNS = ("candidate", "item", "said", "one", "two")
Row = tuple[str, int | None, str, str, str, str]
"""A rule, and these columns of what violates it."""


class Violation(msgspec.Struct, frozen=True):
    """One broken promise: whose, of what, what is there instead, and what happened, in order."""

    rule: str
    candidate: int | None
    item: str
    said: Text
    history: tuple[Text, ...] = ()


class Audit(msgspec.Struct, frozen=True):
    """What an audit has found."""

    promises: int
    """Requests that ask for a promise."""
    kept: dict[str, int]
    """Acknowledged promises by kind."""
    unknown: int
    """Requests to which no answer came."""
    counts: dict[str, int]
    """Violations by rule, for every rule that was checked."""
    violations: tuple[Violation, ...]
    open_charges: int
    """Payments of which the gateways have not been able to tell the portal yet."""
    refunds_owed: int
    files_checked: int | None
    """Papers whose bytes were hashed on the portal's disk; None: it keeps none."""

    def sum_of(self, sort: str) -> int:
        """Give the violations of one sort of rule."""
        return sum(count for name, count in self.counts.items() if RULES[name].sort == sort)


def audit_run(run: Run) -> Audit | None:
    """Hold the books of a run against each other; None where it has none.

    Raises RunFolderError for half of them, and for tables that cannot be read.
    """
    ledgers = read_ledgers(run.folder)
    try:
        return None if ledgers is None else audit(run.promises, ledgers)
    except pl.exceptions.ComputeError as error:
        raise RunFolderError(f"{run.folder}: promises or books cannot be read: {str(error).splitlines()[0]}") from None


def audit(promises: pl.LazyFrame, ledgers: Ledgers) -> Audit:
    """Hold the books against each other.

    `promises` has the columns of `promises/` in docs/run-folder.md; `ledgers` are of all whom it names.
    """
    books = Books(promises, ledgers)
    counts: dict[str, int] = {}
    listed: list[Row] = []
    for name, check in CHECKS.items():
        rows = check(books)
        if rows is not None:
            found = collect(rows)
            counts[name] = len(found)
            listed += [(name, *row) for row in found.head(LISTED).select(COLUMNS).iter_rows()]
    kept = collect(books.acknowledged.group_by("promise").len("kept"))
    return Audit(
        promises=_count(promises),
        kept=dict(kept.sort("promise").iter_rows()),
        unknown=_count(promises.filter(pl.col("outcome") == "info")),
        counts=counts,
        violations=tuple(_with_histories(listed, promises, ledgers)),
        open_charges=_count(books.open_charges),
        refunds_owed=_count(ledgers.payment_orders.filter(pl.col("state") == "refund_owed")),
        files_checked=None if ledgers.files is None else _count(books.papers),
    )


def _count(rows: pl.LazyFrame) -> int:
    return int(collect(rows.select(pl.len())).item())


def _with_histories(listed: list[Row], promises: pl.LazyFrame, ledgers: Ledgers) -> Iterable[Violation]:
    """Give violations with their histories; promises and books are looked through once for all of them."""
    candidates, items = {who for _, who, *_ in listed if who is not None}, {item for _, _, item, *_ in listed}
    told = read_told(candidates, items, promises, ledgers)
    for rule, candidate, item, name, one, two in listed:
        said = later("found", name=name, one=one, two=two)
        yield Violation(rule, candidate, item, said, history_of(rule, candidate, item, told))

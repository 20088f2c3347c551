"""Was anything that the portal acknowledged lost, doubled or changed? Three books are held against each other.

    candidates: what was promised to them ─┐
    portal: its books and files            ├─► violations, each with the history that shows it
    gateways: what they have charged       ─┘

As in Jepsen's histories a request was invoked and came to `ok` (acknowledged), `fail` (refused: it has not happened) or
`info` (no answer came: it may have happened or not). Only what was acknowledged can be lost; what is unknown may be
there once or not at all. Pure: tables in, violations out, linear in the number of promises.
"""

from collections.abc import Iterable

import msgspec
import polars as pl

from reports.audit_rules import CHECKS, RULES, Books, Found
from reports.history import history_of
from reports.language import Text, later
from reports.ledgers import Ledgers, read_ledgers
from reports.run_folder import Run

LISTED = 20
"""Violations of a rule that are listed with their history; all are counted."""


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
    """Hold the books of a run against each other; None where it has none. Raises RunFolderError for half of them."""
    ledgers = read_ledgers(run)
    return None if ledgers is None else audit(run.promises.collect(), ledgers)


def audit(promises: pl.DataFrame, ledgers: Ledgers) -> Audit:
    """Hold the books against each other.

    `promises` has the columns of `promises/` in docs/run-folder.md; `ledgers` are of all whom it names.
    """
    books = Books(promises, ledgers)
    counts: dict[str, int] = {}
    violations: list[Violation] = []
    for name, check in CHECKS.items():
        found = check(books)
        if found is not None:
            counts[name] = len(found)
            violations += _with_history(name, found.head(LISTED), promises, ledgers)
    kept = promises.filter(pl.col("outcome") == "ok")["promise"].value_counts()
    return Audit(
        promises=len(promises),
        kept=dict(kept.sort("promise").iter_rows()),
        unknown=int((promises["outcome"] == "info").sum()),
        counts=counts,
        violations=tuple(violations),
        open_charges=len(books.open_charges),
        refunds_owed=int((ledgers.payment_orders["state"] == "refund_owed").sum()),
        files_checked=None if ledgers.files is None else len(books.papers),
    )


def _with_history(rule: str, found: Found, promises: pl.DataFrame, ledgers: Ledgers) -> Iterable[Violation]:
    for candidate, item, name, one, two in found.select("candidate", "item", "said", "one", "two").iter_rows():
        said = later("found", name=name, one=one, two=two)
        yield Violation(rule, candidate, item, said, history_of(rule, candidate, item, promises, ledgers))

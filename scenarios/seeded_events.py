"""The moves of applications on the portal's books, in the order in which they happened.

Names of states and events are those of the portal's own books (docs/seeding.md).
"""

import polars as pl

from scenarios.seeded_history import Rules
from scenarios.stages import APPROVED, REJECTED, SUPPLEMENT

_COLUMNS = ("application_id", "event", "from_state", "to_state", "at_s")


def events_of(applied: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Give all moves of the applications of `histories`: application_id, event, from_state, to_state, at_s.

    Those of one application stand in the order in which they were made.
    """
    state, outcome = pl.col("state"), pl.col("outcome")
    filed, changed = pl.col("filed_s").is_not_null(), pl.col("changed_s").is_not_null()
    supplemented = pl.col("supplemented_s").is_not_null()
    # In the order of an application's life; withdrawing, changing and filing again are one visit, told at its end.
    moves = (
        ("submit", "draft", "under_review", "filed_s", filed),
        ("withdraw", "under_review", "withdrawn", "changed_s", changed),
        ("change", "withdrawn", "draft", "changed_s", changed),
        ("submit", "draft", "under_review", "changed_s", changed),
        ("approve", "under_review", "approved", "decided_s", outcome == APPROVED),
        ("request_supplement", "under_review", "supplement_requested", "decided_s", outcome == SUPPLEMENT),
        ("reject", "under_review", "rejected", "decided_s", outcome == REJECTED),
        ("supplement", "supplement_requested", "under_review", "supplemented_s", supplemented),
        ("supplement_lapses", "supplement_requested", "closed", "supplement_due_s", state == "closed"),
        ("approve", "under_review", "approved", "decided_again_s", pl.col("decided_again_s").is_not_null()),
        ("pay", "approved", "paid", "paid_s", state == "paid"),
        ("payment_lapses", "approved", "given_up", "payment_due_s", state == "given_up"),
        ("window_closes", "draft", "expired", pl.lit(rules.close_s), state == "expired"),
    )  # fmt: skip
    parts = [
        applied.filter(made).select(
            "application_id",
            pl.lit(event).alias("event"),
            pl.lit(from_state).alias("from_state"),
            pl.lit(to_state).alias("to_state"),
            (pl.col(at_s) if isinstance(at_s, str) else at_s).alias("at_s"),
        )
        for event, from_state, to_state, at_s, made in moves
    ]
    return pl.concat(parts).sort("at_s", maintain_order=True)


def last_moves(events: pl.DataFrame) -> pl.DataFrame:
    """Give when each application was moved last: application_id, moved_s."""
    return events.group_by("application_id").agg(pl.col("at_s").max().alias("moved_s"))

"""What has happened to each candidate by a moment of the window, as the portal would have it on its books.

Stages and moment say how far everybody is (scenarios/seeded_progress.py); here follow the numbers that the portal
gives away, what the deadlines of the rules have done by then, and the state that every application stands in.
"""

from typing import Any, NamedTuple

import numpy as np
import polars as pl

from scenarios.seeded_progress import reached
from scenarios.stages import APPROVED, REJECTED, SUPPLEMENT, Stages

CREATED_AFTER = 0.25  # assumption: part of the account's forms after which it is opened
_HOUR_S, _DAY_S = 3_600.0, 86_400.0


class Rules(NamedTuple):
    """The portal's rules that decide what happens by itself; durations in portal seconds."""

    close_s: float
    face_check_within_s: float
    supplement_within_s: float
    payment_within_s: float
    insurance_provinces: list[str]
    insurance_months: int

    @classmethod
    def of(cls, close_s: float, limits: dict[str, Any]) -> "Rules":
        """Take them from the portal's limits."""
        return cls(
            close_s,
            limits["face_check_within_h"] * _HOUR_S,
            limits["supplement_within_d"] * _DAY_S,
            limits["payment_within_d"] * _DAY_S,
            limits["insurance_provinces"],
            limits["insurance_months"],
        )


def histories(stages: Stages, at_s: float, people: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Give what has happened by `at_s` to everybody who has an account by then, in the order of their accounts.

    `people` has, by candidate, `province` and `insured_months`. A stage not reached is null, and so is what follows
    from it; columns that end in _s are portal seconds. `account_id` is the first account, `second_account_id` the one
    that was opened after it had lapsed (rule 5).
    """
    told = _told(stages, at_s, people, rules)
    told = _accounts(told, at_s, rules)
    told = _applications(told, at_s, rules)
    return told.select(pl.exclude("^has_.*$")).filter(pl.col("account_id").is_not_null()).sort("account_id")


def _told(stages: Stages, at_s: float, people: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Give the stages as columns, and as `has_…` which of them lie behind."""
    has = reached(stages, at_s, rules.close_s)
    return pl.DataFrame(
        {
            "candidate": np.arange(len(stages.arrival_s), dtype=np.uint32),
            **{name: pl.Series(value).fill_nan(None) for name, value in stages._asdict().items()},
            **{f"has_{name}": value for name, value in has._asdict().items()},
            "province": people["province"],
            "insured_months": people["insured_months"],
        }
    )


def _accounts(told: pl.DataFrame, at_s: float, rules: Rules) -> pl.DataFrame:
    overdue_s = pl.col("registered_s") + rules.face_check_within_s
    missed = (pl.col("face_visit_s") > overdue_s).fill_null(False)
    begin_s = pl.max_horizontal("arrival_s", pl.lit(0.0))
    # In the visit in which they come too late, the second account is opened and submitted, and the face checked.
    forms_end_s = pl.min_horizontal("face_checked_s", pl.lit(rules.close_s))
    checked = pl.col("has_face_checked")
    return (
        told.with_columns(
            pl.when("has_registered").then("registered_s").alias("registered_s"),
            _part(begin_s, pl.min_horizontal("registered_s", pl.lit(rules.close_s))).alias("created_s"),
            pl.when(pl.col("has_registered") & (overdue_s <= at_s) & (missed | ~checked))
            .then(overdue_s)
            .alias("lapsed_s"),
            pl.when(missed & checked).then(_part(pl.col("face_visit_s"), forms_end_s)).alias("second_created_s"),
            pl.when(missed & checked)
            .then(_part(pl.col("face_visit_s"), pl.col("face_checked_s"), 0.5))
            .alias("second_registered_s"),
            pl.when(checked).then("face_checked_s").alias("face_checked_s"),
        )
        .with_columns(pl.col("registered_s").rank("ordinal").alias("account_id"))
        .with_columns(
            (pl.col("second_created_s").rank("ordinal") + pl.col("account_id").max()).alias("second_account_id")
        )
    )


def _part(begin_s: pl.Expr, end_s: pl.Expr, part: float = CREATED_AFTER) -> pl.Expr:
    return begin_s + part * (end_s - begin_s)


def _applications(told: pl.DataFrame, at_s: float, rules: Rules) -> pl.DataFrame:
    began_s = (
        pl.when(pl.col("apply_visit_s") == pl.col("face_visit_s")).then("face_checked_s").otherwise("apply_visit_s")
    )
    # Whom the province's office would refuse for too few months of insurance (rule 13), has all papers and a draft.
    refused = pl.col("province").is_in(rules.insurance_provinces) & (pl.col("insured_months") < rules.insurance_months)
    told = told.with_columns(
        pl.when("has_applied").then((began_s + pl.col("filed_s").fill_null(rules.close_s)) / 2).alias("applied_s"),
        pl.when("has_filed").then("filed_s").alias("complete_s"),
        pl.when(pl.col("has_filed") & ~refused).then("filed_s").alias("filed_s"),
    )
    filed = pl.col("filed_s").is_not_null()
    decision_s = pl.when("has_supplemented").then("decided_again_s").otherwise("decided_s")
    told = told.with_columns(
        pl.col("applied_s").rank("ordinal").alias("application_id"),
        pl.col("filed_s").rank("ordinal").over("province").alias("sequence"),
        pl.when(filed).then(decision_s).alias("decision_s"),
        pl.when(filed & pl.col("has_decided")).then("outcome").fill_null(0).alias("outcome"),
        *(
            pl.when(filed & pl.col(f"has_{stage}")).then(f"{stage}_s").alias(f"{stage}_s")
            for stage in ("changed", "decided", "supplemented", "decided_again", "paid", "invoice_asked")
        ),
    )
    told = told.with_columns(
        pl.when(pl.col("outcome") == APPROVED).then("decided_s").otherwise("decided_again_s").alias("approved_s"),
        pl.when((pl.col("outcome") == SUPPLEMENT) & pl.col("supplemented_s").is_null())
        .then(pl.col("decided_s") + rules.supplement_within_s)
        .alias("supplement_due_s"),
    ).with_columns(
        pl.when(pl.col("paid_s").is_null()).then(pl.col("approved_s") + rules.payment_within_s).alias("payment_due_s"),
        pl.col("invoice_asked_s").rank("ordinal").alias("invoice_id"),
    )
    state = (
        pl.when(pl.col("paid_s").is_not_null()).then(pl.lit("paid"))
        .when(pl.col("payment_due_s") <= at_s).then(pl.lit("given_up"))
        .when(pl.col("approved_s").is_not_null()).then(pl.lit("approved"))
        .when(pl.col("supplemented_s").is_not_null()).then(pl.lit("under_review"))
        .when(pl.col("supplement_due_s") <= at_s).then(pl.lit("closed"))
        .when(pl.col("supplement_due_s").is_not_null()).then(pl.lit("supplement_requested"))
        .when(pl.col("outcome") == REJECTED).then(pl.lit("rejected"))
        .when(filed).then(pl.lit("under_review"))
        .when(pl.lit(at_s >= rules.close_s)).then(pl.lit("expired"))
        .otherwise(pl.lit("draft"))
    )  # fmt: skip
    return told.with_columns(pl.when(pl.col("application_id").is_not_null()).then(state).alias("state"))

"""The rows of the portal's books for candidates of whom it is told what has happened (scenarios/seeded_history.py).

Books and columns are those of the mock portal's database, see docs/seeding.md. Everything here is pure.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

import polars as pl

from fakes.papers import SCAN_KINDS, PaperKind
from scenarios.seeded_events import events_of, last_moves
from scenarios.seeded_history import Rules
from scenarios.seeded_papers import INVOICE_FILE, SharedPapers

Books = dict[str, pl.DataFrame]

SUPPLEMENT_NOTE = "学历证书不清晰，请补交"
REJECTION_NOTE = "所报级别与材料不符"

_CHINA = timedelta(hours=8)
_CLAIM = (
    "level", "province", "basis", "degree", "field", "degree_certificate", "work_years", "management_years",
    "earlier_certificate", "employer", "job_description", "insured_months",
)  # fmt: skip


class Setting(NamedTuple):
    """What the rows need to know beside the candidates."""

    seed: int
    opening: datetime
    exam_year: int
    at_s: float
    rules: Rules
    fees_fen: dict[str, int]
    """For one subject, by level."""
    password_hashes: dict[str, str]
    papers: SharedPapers

    def moment(self, portal_s: pl.Expr | str) -> pl.Expr:
        """Give portal seconds as UTC times to the microsecond."""
        given = pl.col(portal_s) if isinstance(portal_s, str) else portal_s
        opening_us = round(self.opening.timestamp() * 1e6)
        return ((given * 1e6).round().cast(pl.Int64) + opening_us).cast(pl.Datetime("us"))


def past_passes(people: pl.DataFrame, passed_on: datetime) -> pl.DataFrame:
    """Give who passed what in the last exam (rule 22)."""
    retains = people.filter(pl.col("retained_subject").is_not_null())
    return retains.select(
        "id_number", pl.col("retained_subject").alias("subject"), pl.lit(passed_on.isoformat()).alias("passed_on")
    )


def rows_of(told: pl.DataFrame, setting: Setting) -> Books:
    """Give the rows of candidates by book. `told` has the columns of `histories` and of `fakes.crowd.crowd`."""
    accounts = _accounts(told, setting)
    applied = told.filter(pl.col("application_id").is_not_null())
    events = events_of(applied, setting.rules)
    filed = applied.filter(pl.col("filed_s").is_not_null())
    return {
        "account": accounts.drop("candidate"),
        "identity_scan": _scans(accounts, setting),
        "address": _addresses(told),
        "application": _applications(applied, events, setting),
        "application_event": events.with_columns(setting.moment("at_s").alias("at")).drop("at_s"),
        "material": _materials(applied, setting),
        "filing": filed.select(
            "province", "sequence", _filing_number(setting).alias("number"), "application_id",
            setting.moment("filed_s").alias("filed_at"),
        ),
        **_payments(applied, setting),
    }  # fmt: skip


def _accounts(told: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """Give all accounts, the lapsed ones included, with whose they are."""
    person = ("candidate", "name", "id_number", pl.col("mobile").alias("phone"))
    password = pl.col("password").replace_strict(setting.password_hashes, return_dtype=pl.String).alias("password_hash")
    due_s = pl.col("registered_s") + setting.rules.face_check_within_s
    checked_at = setting.moment("face_checked_s").alias("face_checked_at")
    has_second = pl.col("second_account_id").is_not_null()
    never = pl.lit(None, pl.Datetime("us"))
    first = told.select(
        pl.col("account_id").alias("id"),
        *person,
        password,
        setting.moment("created_s").alias("created_at"),
        setting.moment("registered_s").alias("submitted_at"),
        pl.when(pl.col("face_checked_s").is_null() | has_second).then(setting.moment(due_s)).alias("face_due_at"),
        pl.when(~has_second).then(checked_at).alias("face_checked_at"),
        setting.moment("lapsed_s").alias("lapsed_at"),
    )
    second = told.filter(has_second).select(
        pl.col("second_account_id").alias("id"),
        *person,
        password,
        setting.moment("second_created_s").alias("created_at"),
        setting.moment("second_registered_s").alias("submitted_at"),
        never.alias("face_due_at"),
        checked_at,
        never.alias("lapsed_at"),
    )
    return pl.concat([first, second])


def _scans(accounts: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    numbers = accounts["candidate"].to_numpy()
    own = accounts.select(pl.col("id").alias("account_id"), pl.col("submitted_at").alias("uploaded_at"))
    return pl.concat(
        own.with_columns(pl.lit(kind.removeprefix("id_")).alias("side")).hstack(setting.papers.rows(kind, numbers))
        for kind in SCAN_KINDS
    )


def _addresses(told: pl.DataFrame) -> pl.DataFrame:
    return pl.concat(
        told.filter(pl.col(account).is_not_null()).select(
            pl.col(account).alias("account_id"),
            pl.lit(kind).alias("kind"),
            *(pl.col(f"{kind}_{part}").alias(part) for part in ("province", "city", "detail")),
        )
        for account in ("account_id", "second_account_id")
        for kind in ("household", "residence")
    )


def _filing_number(setting: Setting) -> pl.Expr:
    return pl.col("province") + f"-{setting.exam_year}-" + pl.col("sequence").cast(pl.String).str.zfill(6)


def _applications(applied: pl.DataFrame, events: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    state = pl.col("state")
    asked = state.is_in(["supplement_requested", "closed"])
    filed = pl.col("filed_s").is_not_null()
    supplemented = pl.col("supplemented_s").is_not_null()
    due_s = (
        pl.when(state == "draft").then(setting.rules.close_s)
        .when(state == "supplement_requested").then("supplement_due_s")
        .when(state == "approved").then("payment_due_s")
    )  # fmt: skip
    return applied.join(last_moves(events), on="application_id", how="left").select(
        pl.col("application_id").alias("id"),
        pl.coalesce("second_account_id", "account_id").alias("account_id"),
        "state",
        *_CLAIM,
        (pl.lit("{") + pl.col("subjects").list.join(",") + "}").alias("subjects"),
        pl.col("employed_from").alias("employed_since"),
        pl.col("residence_province").alias("workplace_province"),
        setting.moment(due_s).alias("due_at"),
        setting.moment(pl.when(state == "under_review").then("decision_s")).alias("decision_at"),
        setting.moment("complete_s").alias("degree_known_at"),
        pl.when(filed).then(_filing_number(setting)).alias("filing_number"),
        (filed.cast(pl.Int8) + pl.col("changed_s").is_not_null() + supplemented).alias("review_round"),
        supplemented.alias("after_supplement"),
        pl.when(asked)
        .then(pl.lit(SUPPLEMENT_NOTE))
        .when(state == "rejected")
        .then(pl.lit(REJECTION_NOTE))
        .alias("reviewer_note"),
        pl.when(asked).then(pl.lit(PaperKind.DEGREE_CERTIFICATE.value)).alias("asked_paper"),
        setting.moment("applied_s").alias("created_at"),
        setting.moment("filed_s").alias("submitted_at"),
        setting.moment(pl.coalesce("moved_s", "applied_s")).alias("changed_at"),
    )


def _materials(applied: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    """Give the papers of those who have all of them; others were still filling in the form."""
    complete = applied.filter(pl.col("complete_s").is_not_null())
    insured = pl.col("has_social_insurance") | pl.col("province").is_in(setting.rules.insurance_provinces)
    brings: dict[PaperKind, pl.Expr] = {
        PaperKind.DEGREE_CERTIFICATE: pl.lit(True),
        PaperKind.WORK_PROOF: pl.lit(True),
        PaperKind.SOCIAL_INSURANCE: insured,
        PaperKind.RESIDENCE_PROOF: pl.col("from_elsewhere"),
    }
    parts = []
    for kind, whose in brings.items():
        own = complete.filter(whose)
        is_better = kind is PaperKind.DEGREE_CERTIFICATE  # what reviewers ask for again
        uploaded_s = pl.coalesce("supplemented_s", "complete_s") if is_better else pl.col("complete_s")
        rows = own.select(
            "application_id",
            pl.lit(kind.value).alias("paper"),
            setting.moment(uploaded_s).alias("uploaded_at"),
            pl.lit(True if kind is PaperKind.WORK_PROOF else None, pl.Boolean).alias("has_stamp"),
        )
        parts.append(rows.hstack(setting.papers.rows(kind, own["candidate"].to_numpy())))
    return pl.concat(parts)


def _payments(applied: pl.DataFrame, setting: Setting) -> Books:
    """Give orders and invoices; the gateways' notifications have all come."""
    fee_fen = pl.col("level").replace_strict(setting.fees_fen, return_dtype=pl.Int64) * pl.col("subjects").list.len()
    paid_at = setting.moment("paid_s")
    order_no = (paid_at + _CHINA).dt.strftime("%Y%m%d") + pl.col("application_id").cast(pl.String).str.zfill(20)
    key = pl.format(f"{setting.seed}-{{}}-seeded", "candidate")
    paid = applied.filter(pl.col("paid_s").is_not_null())
    orders = paid.select(
        order_no.alias("order_no"),
        "application_id",
        pl.col("pay_channel").alias("channel"),
        fee_fen.alias("amount_fen"),
        key.alias("idempotency_key"),
        pl.lit("paid").alias("state"),
        paid_at.alias("created_at"),
        paid_at.alias("queried_at"),
        paid_at.alias("paid_at"),
    )
    is_issued = pl.col("invoice_due_s") <= setting.at_s
    invoices = paid.filter(pl.col("invoice_id").is_not_null()).select(
        pl.col("invoice_id").alias("id"),
        "application_id",
        order_no.alias("order_no"),
        "email",
        pl.lit("个人").alias("title"),
        fee_fen.alias("amount_fen"),
        setting.moment("invoice_asked_s").alias("requested_at"),
        setting.moment("invoice_due_s").alias("due_at"),
        pl.when(is_issued).then(setting.moment("invoice_due_s")).alias("issued_at"),
        pl.when(is_issued).then(pl.lit(INVOICE_FILE)).alias("file"),
    )
    return {"payment_order": orders, "invoice": invoices}

"""The reviewers of the exam offices, played by the harness: their diary says what they decide of whom, and when.

The plan has candidates come back after a decision; the mock portal asks the diary, so that they find what was planned.
Reviewers of a real portal keep no such diary, and candidates act on what they find.
"""

import numpy as np
import polars as pl

from scenarios.stages import REJECTED, SUPPLEMENT, Stages
from scenarios.window import Window

VERDICTS = {SUPPLEMENT: "request_supplement", REJECTED: "reject"}
"""Outcomes of the first decision, as the portal names them; every other one approves."""


def diary(stages: Stages, id_numbers: pl.Series, window: Window) -> pl.DataFrame:
    """Give what reviewers will decide: `id_number`, `round` of the review, `decides_at` (UTC), `verdict`.

    `id_numbers` has one entry a candidate of `stages`. Whoever changes what was filed is decided on in round 2.
    """
    first_round = 1 + (~np.isnan(stages.changed_s)).astype(np.int64)
    verdicts = pl.Series(stages.outcome).replace_strict(VERDICTS, default="approve", return_dtype=pl.String)
    rounds = [
        pl.DataFrame({"id_number": id_numbers, "round": round_, "decides_s": decides_s, "verdict": verdict})
        for round_, decides_s, verdict in (
            (first_round, stages.decided_s, verdicts),
            (first_round + 1, stages.decided_again_s, pl.repeat("approve", len(id_numbers), eager=True)),
        )
    ]
    opening_us = round(window.opening.timestamp() * 1e6)
    decides_us = (pl.col("decides_s") * 1e6).round().cast(pl.Int64) + opening_us
    return (
        pl.concat(rounds)
        .filter(pl.col("decides_s").is_not_nan())
        .select("id_number", "round", decides_us.cast(pl.Datetime("us")).alias("decides_at"), "verdict")
    )

"""What candidates of each province felt: the same portal serves all, but not all come at the same time."""

import polars as pl

from reports.latency import IS_PAGE, quantile
from reports.run_folder import Run


def read_provinces(run: Run) -> pl.DataFrame | None:
    """Give one row a province, the most visits first, or None where the run does not know of provinces.

    Columns: `province`, `candidates`, `visits`, `gave_up` (visits), `pages`, `failed` (failed or given up), and
    `p50_ms`, `p95_ms`: intended latency of the pages that were first wanted at true rate, null without any.
    """
    homes = run.arrivals.filter(pl.col("province").is_not_null()).select("candidate", "province").unique("candidate")
    visits = run.visits.join(homes, on="candidate").group_by("province")
    pages = run.pace.truly(run.requests.filter(IS_PAGE), "intended_s").join(homes, on="candidate")
    latency_ms = 1000 * (pl.col("done_s") - pl.col("intended_s"))
    came, felt = pl.collect_all(
        [
            visits.agg(
                pl.col("candidate").n_unique().alias("candidates"),
                pl.len().alias("visits"),
                (pl.col("outcome") == "gave_up").sum().alias("gave_up"),
            ),
            pages.group_by("province").agg(
                pl.len().alias("pages"),
                pl.col("outcome").is_in(["failed", "abandoned"]).sum().alias("failed"),
                quantile(latency_ms, 0.50).alias("p50_ms"),
                quantile(latency_ms, 0.95).alias("p95_ms"),
            ),
        ]
    )
    found = came.join(felt, on="province", how="left").with_columns(pl.col("pages", "failed").fill_null(0))
    return None if found.is_empty() else found.sort("visits", "province", descending=[True, False])

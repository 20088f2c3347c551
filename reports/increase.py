"""Counters that only grow, turned into what was added between two samples."""

import polars as pl


def increase(counter: pl.Expr) -> pl.Expr:
    """Give what was added since the row before; null for the first row.

    A counter that fell was begun anew, as its process was: then all that it shows has been added since.
    """
    step = counter.diff()
    return pl.when(step < 0).then(counter).otherwise(step)

"""A table of a run folder that is still being written."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl


class GrowingTable:
    """Gives each part of a table once, whenever it has come; parts are there whole or not at all."""

    def __init__(self, folder: Path, columns: Sequence[str]) -> None:
        self._folder = folder
        self._columns = list(columns)
        self._known: set[str] = set()

    def news(self) -> Iterator[pl.DataFrame]:
        """Give the parts that have come since the last look, in the order of their names."""
        if not self._folder.is_dir():
            return
        names = {path.name for path in self._folder.glob("part-*.parquet")} - self._known
        self._known |= names
        for name in sorted(names):
            yield pl.read_parquet(self._folder / name, columns=self._columns)

"""The portal's clock over the run: which portal time a run second stands for, and where the clock ran true.

    portal │            ▄▀▀▀ quiet hours fly by
           │      ▄▄▄▀▀▀
           │ ▄▀▀▀▀  a stretch at true rate: speed 1, the only place where lag is measured
           └──────────────────► run

Where the clock runs faster than time, candidates come faster too, but the portal answers no faster: such stretches have
all the work of their hours and say nothing about lag.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Stretch = tuple[float, float]
"""From and to, in run seconds; the end belongs to what follows."""

TRUE_SPEED = 1.0
SHORTEST_S = 0.001
"""What is shorter is no stretch to measure in: a clock's first moment, before its first plan holds."""


@dataclass(frozen=True)
class Pace:
    """Portal seconds as a function of run seconds, in pieces of constant speed.

    Each piece begins at `from_s`, when it is `portal_s`, and holds until the next; the first holds backwards too, the
    last to the end of the load, `length_s`. Portal seconds count from any moment: only differences are used.
    """

    from_s: tuple[float, ...]
    portal_s: tuple[float, ...]
    speed: tuple[float, ...]
    length_s: float

    @classmethod
    def steady(cls, speed: float, length_s: float) -> "Pace":
        """Give the pace of a clock that keeps one speed.

        >>> Pace.steady(10.0, 60.0).since_start_s(6.0)
        60.0
        """
        return cls((0.0,), (0.0,), (speed,), length_s)

    @classmethod
    def of_table(cls, pieces: pl.DataFrame, length_s: float) -> "Pace":
        """Read the pieces from a table with the columns `from_s`, `portal_s`, `speed`, in any order.

        Raises ValueError, with one line, for a table without rows, or with a speed that is not above 0.
        """
        rows = pieces.sort("from_s")
        if rows.is_empty():
            raise ValueError("no row; there should be one for run second 0 at least")
        if not (rows["speed"] > 0).all():
            raise ValueError(f"speed {rows['speed'].to_numpy().min():g}; a speed must be above 0")
        from_s, portal_s, speed = (tuple(rows[c].to_list()) for c in ("from_s", "portal_s", "speed"))
        return cls(from_s, portal_s, speed, length_s)

    @property
    def is_true(self) -> bool:
        """Whether the clock ran at true rate from start to end."""
        return all(speed == TRUE_SPEED for speed in self.speed)

    @cached_property
    def stretches(self) -> tuple[Stretch, ...]:
        """All stretches of the load at true rate, in order; pieces that touch are one stretch, too short ones are none.

        >>> Pace((0.0, 9.0, 12.0, 30.0), (0.0, 900.0, 903.0, 921.0), (100.0, 1.0, 1.0, 50.0), 60.0).stretches
        ((9.0, 30.0),)
        """
        found: list[Stretch] = []
        ends = (*self.from_s[1:], float("inf"))
        for number, (begin, end, speed) in enumerate(zip(self.from_s, ends, self.speed, strict=True)):
            begin_s, end_s = max(0.0, begin) if number else 0.0, min(end, self.length_s)
            if speed != TRUE_SPEED or end_s <= begin_s:
                continue
            if found and found[-1][1] == begin_s:
                begin_s = found.pop()[0]
            found.append((begin_s, end_s))
        return tuple(it for it in found if it[1] - it[0] >= SHORTEST_S)

    @property
    def true_s(self) -> float:
        """Seconds of the load at true rate."""
        return float(sum(end - begin for begin, end in self.stretches))

    def since_start(self, at_s: Floats) -> Floats:
        """Give portal seconds since run second 0 at run seconds."""
        return self._portal(at_s) - self._portal(np.zeros(1))

    def since_start_s(self, at_s: float) -> float:
        """Give portal seconds since run second 0 at one run second."""
        return float(self.since_start(np.array([at_s]))[0])

    def run_s(self, since_start_s: float) -> float:
        """Give the run second at which so many portal seconds have passed since run second 0."""
        portal_s = since_start_s + float(self._portal(np.zeros(1))[0])
        piece = max(0, int(np.searchsorted(self._pieces[1], portal_s, side="right")) - 1)
        return self.from_s[piece] + (portal_s - self.portal_s[piece]) / self.speed[piece]

    def _portal(self, at_s: Floats) -> Floats:
        from_s, portal_s, speed = self._pieces
        piece = np.maximum(np.searchsorted(from_s, at_s, side="right") - 1, 0)
        found: Floats = portal_s[piece] + (at_s - from_s[piece]) * speed[piece]
        return found

    @cached_property
    def _pieces(self) -> tuple[Floats, Floats, Floats]:
        return np.array(self.from_s), np.array(self.portal_s), np.array(self.speed)

    def stretch_of(self, at_s: Floats) -> NDArray[np.int32]:
        """Give the number of the stretch at true rate in which each run second lies, from 0 on; -1 for none.

        Where the clock ran true from start to end, what lies before or after the load counts to it too.
        """
        if self.is_true:
            return np.zeros(len(at_s), np.int32)
        if not self.stretches:
            return np.full(len(at_s), -1, np.int32)
        begins, ends = (np.array(edge) for edge in zip(*self.stretches, strict=True))
        number = np.searchsorted(begins, at_s, side="right") - 1
        inside = (number >= 0) & (at_s < ends[np.maximum(number, 0)])
        return np.where(inside, number, -1).astype(np.int32)

    # The same for columns of run seconds; null stays null.

    def portal(self, at_s: pl.Expr) -> pl.Expr:
        """Give portal seconds since run second 0."""
        return _mapped(at_s, self.since_start, pl.Float64)

    def stretch(self, at_s: pl.Expr) -> pl.Expr:
        """Give the number of the stretch at true rate, -1 for none."""
        return pl.lit(0, pl.Int32) if self.is_true else _mapped(at_s, self.stretch_of, pl.Int32)

    def last_s(self, at_s: pl.Expr) -> pl.Expr:
        """Give the last moment of the stretch at true rate in which a moment lies; no number where it lies in none."""

        def last(moments: Floats) -> Floats:
            ends = np.array([*(np.nextafter(end, begin) for begin, end in self.stretches), np.nan])
            found: Floats = ends[self.stretch_of(moments)]
            return found

        return _mapped(at_s, last, pl.Float64)

    def at_true_rate(self, at_s: pl.Expr) -> pl.Expr:
        """Say whether a moment lies in a stretch at true rate."""
        return pl.lit(True) if self.is_true else self.stretch(at_s) >= 0

    def truly(self, frame: pl.LazyFrame, column: str) -> pl.LazyFrame:
        """Give the rows of which the run second in `column` lies in a stretch at true rate: all, if all was."""
        return frame if self.is_true else frame.filter(self.at_true_rate(pl.col(column)))


def _mapped(at_s: pl.Expr, function: Callable[[Floats], NDArray[np.generic]], dtype: type[pl.DataType]) -> pl.Expr:
    def mapped(values: pl.Series) -> pl.Series:
        found = pl.Series(values.name, function(values.to_numpy()), dtype=dtype)
        return found.set(values.is_null(), None) if values.null_count() else found

    return at_s.map_batches(mapped, return_dtype=dtype, is_elementwise=True)


def longest(stretches: Sequence[Stretch], most: int) -> list[Stretch]:
    """Give the longest stretches, at most so many, in order of time."""
    return sorted(sorted(stretches, key=lambda s: s[0] - s[1])[:most])

"""How fast the portal's clock runs: true where lag is measured, as fast as the portal bears everywhere else.

Portal time is a function of run time, made of pieces of constant speed:

    portal │            ▄▀▀▀ quiet hours fly
           │      ▄▄▄▀▀▀
           │ ▄▀▀▀▀  busy ones take their time, the busiest run true: speed 1
           └──────────────────► run

    speed(t) = clamp(ceiling / true request rate(t), 1, most)

Everything that candidates do by themselves (thinking, typing, coming back, their uplinks) goes by portal time; what the
portal takes for an answer is real. So a fast stretch has all the work of its hours, but says nothing about lag.
"""

from bisect import bisect_right
from math import inf
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scenarios.demand import Floats

SLOT_S = 60.0
"""Portal time is looked at by the minute: the opening's rush is over in a few."""
VISIT_S = 900.0
"""How long after its beginning a visit may still be under way, in portal time."""
CLOSE_S = 12 * 3600.0
"""How long before the close people hurry to file, in portal time: a visit that is stretched misses it."""
CLOSE_SHARE = 0.1
"""The part of the highest speed that is gone at then."""
LEAST_PIECE_S = 1.0
"""No speed holds for less, in run time: the portal has to be told of each."""

REQUESTS_OF_A_VISIT = {
    "register": 35.0, "face_check": 14.0, "apply": 20.0, "change": 12.0, "supplement": 9.0, "status": 7.0, "pay": 12.0,
    "invoice": 8.0, "ticket": 7.0, "results": 7.0, "certificate": 7.0, "look": 1.0,
}  # fmt: skip
"""Requests of one visit on average, static files included, as counted in a run of the whole window."""


class Piece(NamedTuple):
    """From run second `from_s` on, when it is `portal_s`, portal time runs at `speed`; until the next piece."""

    from_s: float
    portal_s: float
    speed: float


class Pace:
    """Portal time over run time. The last piece never ends."""

    def __init__(self, pieces: list[Piece]) -> None:
        self.pieces = pieces
        self._from_s = [piece.from_s for piece in pieces]
        self._portal_s = [piece.portal_s for piece in pieces]

    @classmethod
    def steady(cls, start_s: float, speed: float) -> "Pace":
        """Give the pace of one speed from portal second `start_s` on.

        >>> pace = Pace.steady(-60.0, 2.0)
        >>> pace.portal_s(30.0), pace.run_s(0.0)
        (0.0, 30.0)
        """
        return cls([Piece(0.0, start_s, speed)])

    def piece_at(self, run_s: float) -> Piece:
        """Give the piece that holds at a run second."""
        return self.pieces[max(0, bisect_right(self._from_s, run_s) - 1)]

    def pieces_between(self, from_s: float, to_s: float) -> list[Piece]:
        """Give the pieces that hold at some run second from `from_s` to `to_s`."""
        first = max(0, bisect_right(self._from_s, from_s) - 1)
        return self.pieces[first : max(first + 1, bisect_right(self._from_s, to_s))]

    def portal_s(self, run_s: float) -> float:
        """Give portal time at a run second."""
        piece = self.piece_at(run_s)
        return piece.portal_s + (run_s - piece.from_s) * piece.speed

    def run_s(self, portal_s: float) -> float:
        """Give the run second at which it is `portal_s`."""
        piece = self.pieces[max(0, bisect_right(self._portal_s, portal_s) - 1)]
        return piece.from_s + (portal_s - piece.portal_s) / piece.speed

    def run_s_of(self, portal_s: Floats) -> Floats:
        """Give `run_s` of many portal times at once."""
        from_s, begins_s, speed = (np.array(column) for column in zip(*self.pieces, strict=True))
        at = np.maximum(0, np.searchsorted(begins_s, portal_s, side="right") - 1)
        run_s: Floats = from_s[at] + (portal_s - begins_s[at]) / speed[at]
        return run_s

    def continued(self, run_s: float, future: list[Piece]) -> "Pace":
        """Give this pace up to `run_s`, and `future` from there on."""
        return Pace([*(piece for piece in self.pieces if piece.from_s < run_s), *future])

    def table(self) -> pl.DataFrame:
        """Give the pieces with the columns `from_s`, `portal_s`, `speed`, each f64."""
        return pl.DataFrame(self.pieces, schema=dict.fromkeys(Piece._fields, pl.Float64), orient="row")


class Speeds(NamedTuple):
    """Speeds that portal time does not exceed."""

    nobody: float
    """Where nobody is inside."""
    somebody: float
    """Where somebody is: answers take real time, and a visit must not last into the next day by that."""


class Load(NamedTuple):
    """What the plan asks of the portal: requests in each slot of portal time; the first slot begins at `start_s`."""

    start_s: float
    requests: Floats
    close_s: float = inf
    """When the window closes, in portal seconds."""

    @property
    def end_s(self) -> float:
        """Where the last slot ends, in portal seconds."""
        return self.start_s + SLOT_S * len(self.requests)

    def somebody(self) -> NDArray[np.bool_]:
        """Mark the slots in which a visit begins, or may still be under way."""
        begins = np.append(0, np.cumsum(self.requests > 0))
        slots = np.arange(len(self.requests))
        return begins[slots + 1] > begins[np.maximum(0, slots - round(VISIT_S / SLOT_S))]

    def highest(self, most: Speeds) -> Floats:
        """Give the highest speed of each slot."""
        before_close_s = self.close_s - (self.start_s + SLOT_S * np.arange(len(self.requests)))
        careful = (before_close_s > 0) & (before_close_s <= CLOSE_S)
        highest = np.where(self.somebody(), most.somebody, most.nobody)
        return np.where(careful, np.maximum(1.0, CLOSE_SHARE * most.somebody), highest)


def load_of(arrivals: pl.DataFrame, start_s: float, end_s: float, close_s: float = inf) -> Load:
    """Estimate the requests that visits make, each counted where its visit begins.

    `arrivals` has the columns `purpose` and `planned_s`, all of it between `start_s` and `end_s`.
    """
    slots = int(np.ceil((end_s - start_s) / SLOT_S))
    weights = arrivals["purpose"].cast(pl.String).replace_strict(REQUESTS_OF_A_VISIT, return_dtype=pl.Float64)
    slot = ((arrivals["planned_s"].to_numpy() - start_s) / SLOT_S).astype(np.int64).clip(0, slots - 1)
    requests = np.bincount(slot, weights=weights.to_numpy(), minlength=slots).astype(np.float64)
    return Load(start_s, requests, close_s)


def busiest(load: Load, ceiling_per_s: float, share: float) -> NDArray[np.bool_]:
    """Mark the busiest slots: as many as fit into `share` of the time that the whole load takes at the ceiling."""
    most = int(share * load.requests.sum() / ceiling_per_s / SLOT_S)
    marked = np.zeros(len(load.requests), np.bool_)
    marked[np.argsort(-load.requests, kind="stable")[:most]] = True
    return marked


def plan_pieces(
    load: Load, true: NDArray[np.bool_], ceiling_per_s: float, most: Speeds, *, run_s: float, portal_s: float
) -> list[Piece]:
    """Give the pieces from now on: `run_s` is the run second, `portal_s` the portal time of now.

    A slot takes its requests divided by the ceiling, but not less than the highest speed allows, nor more than it
    truly lasts. Slots are put together until a piece lasts LEAST_PIECE_S of run time; true ones only with true ones.
    """
    first = min(max(0, int((portal_s - load.start_s) / SLOT_S)), len(load.requests) - 1)
    true = true[first:]
    least_s = SLOT_S / load.highest(most)[first:]
    takes_s = np.clip(load.requests[first:] / ceiling_per_s, least_s, SLOT_S)
    takes_s[true] = SLOT_S
    begin_s = max(portal_s, load.start_s)
    takes_s[0] *= 1 - min(1.0, (begin_s - load.start_s) / SLOT_S - first)  # what is left of the present slot
    edges_run_s = run_s + np.append(0.0, np.cumsum(takes_s))
    edges_portal_s = load.start_s + SLOT_S * (first + np.arange(len(edges_run_s)))
    edges_portal_s[0] = begin_s
    group = np.floor((edges_run_s[:-1] - run_s) / LEAST_PIECE_S)
    opens = np.append(True, (np.diff(group) > 0) | np.diff(true))
    at = np.append(np.flatnonzero(opens), len(takes_s))
    lasts_s = np.diff(edges_run_s[at])
    speeds = np.diff(edges_portal_s[at]) / np.where(lasts_s > 0, lasts_s, 1.0)
    speeds[true[at[:-1]]] = 1.0  # exactly, not but for a rounding error
    kept = [
        Piece(from_s, from_portal_s, speed)
        for from_s, from_portal_s, speed, long in zip(
            edges_run_s[at[:-1]].tolist(),
            edges_portal_s[at[:-1]].tolist(),
            speeds.tolist(),
            (lasts_s > 0).tolist(),
            strict=True,
        )
        if long
    ]
    # Beyond the load nothing is planned, but somebody may come back.
    return [*kept, Piece(float(edges_run_s[-1]), float(edges_portal_s[-1]), most.somebody)]

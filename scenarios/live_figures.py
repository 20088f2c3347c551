"""What the load generator says of the last seconds to who watches: a list append an answer."""

from collections import deque
from itertools import chain
from math import ceil
from typing import Any

from scenarios.lateness import Lateness
from scenarios.portal import ASSET, QUEUE
from scenarios.run_folder import RequestRow

LAST_S = 5.0
"""How much of the past is "now"."""
NO_PAGES = frozenset([ASSET, QUEUE])
"""Steps that nobody waits for by themselves; the report leaves them out of its latencies too."""


class LiveFigures:
    """Counts what is asked for while the load lasts; all of it can be had from the run folder afterwards."""

    def __init__(self, lateness: Lateness) -> None:
        self._lateness = lateness
        self._waits_s: list[float] = []
        """Intended latencies of the pages answered since it was asked last."""
        self._before: deque[tuple[float, int, list[float]]] = deque()
        """When it was asked, how many requests there were by then, and the latencies since the time before."""

    def answered(self, row: RequestRow) -> None:
        """Hear of a request that has ended."""
        if row.step not in NO_PAGES:
            self._waits_s.append(row.done_s - row.intended_s)

    def take(self) -> list[float]:
        """Give the latencies heard since the last call, for figures that are made elsewhere."""
        waits_s, self._waits_s = self._waits_s, []
        return waits_s

    def add(self, waits_s: list[float]) -> None:
        """Hear of latencies that another process has taken."""
        self._waits_s += waits_s

    def now(self, at_s: float, requests: int) -> dict[str, Any]:
        """Give the figures of the last LAST_S; `requests` is how many there were by now.

        `requests_per_s`; `pages`, how many were answered, and `lag_p95_ms`, their intended latency; `late_p99_ms`, of
        all arrivals at true rate so far. None where nothing was measured.
        """
        self._before.append((at_s, requests, self._waits_s))
        self._waits_s = []
        while self._before[0][0] <= at_s - LAST_S:
            self._before.popleft()
        # The first one's latencies are of before its moment, and so a little older than the count.
        from_s, before, _ = self._before[0]
        waits_s = sorted(chain.from_iterable(each for _, _, each in self._before))
        late_p99_ms = self._lateness.quantile_ms(0.99)
        return {
            "requests_per_s": round((requests - before) / (at_s - from_s), 1) if at_s > from_s else None,
            "pages": len(waits_s),
            "lag_p95_ms": round(1000 * waits_s[ceil(0.95 * len(waits_s)) - 1], 1) if waits_s else None,
            "late_p99_ms": late_p99_ms,
        }

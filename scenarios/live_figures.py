"""What the load generator says of the last seconds to who watches: a list append an answer, a count an arrival."""

from bisect import bisect_right
from collections import deque
from itertools import accumulate, chain
from math import ceil
from typing import Any

from scenarios.portal import ASSET, QUEUE
from scenarios.run_folder import RequestRow

LAST_S = 5.0
"""How much of the past is "now"."""
NO_PAGES = frozenset([ASSET, QUEUE])
"""Steps that nobody waits for by themselves; the report leaves them out of its latencies too."""
MOST_LATE_MS = 1000


class LiveFigures:
    """Counts what is asked for while the load lasts; all of it can be had from the run folder afterwards."""

    def __init__(self) -> None:
        self._waits_s: list[float] = []
        """Intended latencies of the pages answered since it was asked last."""
        self._before: deque[tuple[float, int, list[float]]] = deque()
        """When it was asked, how many requests there were by then, and the latencies since the time before."""
        self._late: list[int] = [0] * (MOST_LATE_MS + 1)
        """Arrivals by how many whole ms they were late."""

    def answered(self, row: RequestRow) -> None:
        """Hear of a request that has ended."""
        if row.step not in NO_PAGES:
            self._waits_s.append(row.done_s - row.intended_s)

    def came(self, late_s: float) -> None:
        """Hear of a planned arrival at true rate, and how late it was."""
        self._late[min(MOST_LATE_MS, max(0, int(1000 * late_s)))] += 1

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
        late_p99_ms = quantile_ms(self._late, 0.99)
        return {
            "requests_per_s": round((requests - before) / (at_s - from_s), 1) if at_s > from_s else None,
            "pages": len(waits_s),
            "lag_p95_ms": round(1000 * waits_s[ceil(0.95 * len(waits_s)) - 1], 1) if waits_s else None,
            "late_p99_ms": late_p99_ms,
        }


def quantile_ms(counts: list[int], share: float) -> float | None:
    """Give the quantile of a histogram by whole ms, of the upper edges of its bins; None where it is empty.

    Linear between neighbours, as the report's.

    >>> quantile_ms([97, 2, 0, 1], 0.99), quantile_ms([0, 0], 0.99)
    (2.02, None)
    """
    until = list(accumulate(counts))
    if not until[-1]:
        return None
    at = share * (until[-1] - 1)
    lower, upper = (bisect_right(until, min(rank, until[-1] - 1)) + 1 for rank in (int(at), int(at) + 1))
    return round(lower + (at - int(at)) * (upper - lower), 2)

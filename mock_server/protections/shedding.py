"""Load shedding by queue wait: while requests wait too long, the least urgent are turned away at the door.

           rank = urgency · SENDERS + a number of the sender          0 ─────── cursor ───────► RANKS
           once a period: waited too long? cursor down : cursor up        admitted   turned away

After DAGOR (Zhou et al., "Overload Control for Scaling WeChat Microservices", SoCC 2018): queue wait tells
overload better than CPU or latency, and whoever is let in once is let in again, so that whole visits get through.
"""

from itertools import accumulate

SENDERS = 128
"""Levels of one urgency; the paper's number of user priorities."""
URGENCIES = 4
RANKS = URGENCIES * SENDERS
PERIOD_S, PERIOD_REQUESTS = 1.0, 2_000
"""A period ends with whichever comes first (section 4.2)."""
LESS, MORE = 0.05, 0.01
"""By how much fewer are let in after a period of overload, and by how much more after another (section 4.2.3)."""


class Shedding:
    """Decides whom to turn away. `most_wait_s` is the mean wait of a period that means overload; 0: never.

    >>> calm = Shedding(0.02)
    >>> calm.admits(RANKS - 1, now_s=0.0)
    True
    """

    def __init__(self, most_wait_s: float) -> None:
        self.most_wait_s = most_wait_s
        self._cursor = RANKS
        self._begin(0.0)

    def _begin(self, now_s: float) -> None:
        self._since_s = now_s
        self._came = [0] * RANKS
        self._count = self._let_in = self._waits = 0
        self._waited_s = 0.0

    def admits(self, rank: int, now_s: float) -> bool:
        """Say whether a request of this rank is let in at a moment of a clock that never goes back."""
        if not self.most_wait_s:
            return True
        if now_s - self._since_s >= PERIOD_S or self._count >= PERIOD_REQUESTS:
            self._move_cursor()
            self._begin(now_s)
        self._came[rank] += 1
        self._count += 1
        is_in = rank < self._cursor
        self._let_in += is_in
        return is_in

    def waited(self, wait_s: float) -> None:
        """Note how long a request that was let in has waited, for its turn or in vain."""
        self._waits += 1
        self._waited_s += wait_s

    def _move_cursor(self) -> None:
        """Place the cursor where, of as many as came in this period, the wanted number would be let in."""
        if not self._count:
            self._cursor = RANKS
            return
        nobodys_turn_came = self._let_in > 0 and not self._waits
        overloaded = nobodys_turn_came or self._waited_s > self.most_wait_s * self._waits
        wanted = (1 - LESS) * self._let_in if overloaded else self._let_in + MORE * self._count
        let_in_below = accumulate(self._came)
        cursor = next((rank + 1 for rank, so_many in enumerate(let_in_below) if so_many >= wanted), RANKS)
        # Where all of a rank are one sender's, the next rank is the smallest step that there is.
        self._cursor = min(cursor, max(1, self._cursor - 1)) if overloaded else max(cursor, self._cursor)
        if not overloaded and wanted >= self._count:
            self._cursor = RANKS

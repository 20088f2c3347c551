"""The door: what a request meets before it waits for a worker slot, and who is turned away there.

came ─► retry budget ─► shedding ─► queue (bounded) ─► deadline, still there? ─► worker slot
"""

from time import perf_counter
from zlib import crc32

from litestar.types import HTTPScope

from mock_server.draws import drawn
from mock_server.protections.retry_budget import RetryBudget
from mock_server.protections.shedding import SENDERS, Shedding
from mock_server.settings import Protections

RETRY = b"x-retry"
"""Header of a request that a page's script sends again: the number of the try, from 2 on."""
NOTIFICATIONS = "/api/payment-callbacks/"
RETRY_AFTER_S = (4, 12)
"""Whoever is turned away is asked to come again within these seconds, each at another time: no herd comes back."""


class TurnedAway(Exception):  # noqa: N818 - it is a refusal, not an error of the program
    """The request is not served: the portal has too much to do."""


class Door:
    """One server process's door."""

    def __init__(self, settings: Protections, seed: int) -> None:
        self._has_a_say = bool(settings.shed_wait_ms or settings.retry_share)
        self._seed = seed
        self._turned_away = 0
        self._shedding = Shedding(settings.shed_wait_ms / 1000)
        self._budget = RetryBudget(settings.retry_share)

    def look_at(self, request: HTTPScope) -> None:
        """Let a request in, or raise TurnedAway."""
        if not self._has_a_say or request["path"].startswith(NOTIFICATIONS):
            return  # money is never turned away
        now_s = perf_counter()
        headers = dict(request["headers"])
        if not self._budget.allows(is_retry=RETRY in headers, now_s=now_s):
            raise TurnedAway
        session = headers.get(b"authorization")
        sender = session or repr(request["client"]).encode()  # who is not known is known by the connection
        urgent = urgency(request["method"], logged_in=session is not None)
        if not self._shedding.admits(urgent * SENDERS + crc32(sender) % SENDERS, now_s):
            raise TurnedAway

    def has_waited(self, wait_s: float) -> None:
        """Note how long a request has waited until its turn, or until it was dropped."""
        self._shedding.waited(wait_s)

    def retry_after_s(self) -> int:
        """Give in how many seconds one who is turned away may come again."""
        self._turned_away += 1
        least, most = RETRY_AFTER_S
        return least + int((most + 1 - least) * drawn(self._seed, "retry-after", self._turned_away))


def urgency(method: str, *, logged_in: bool) -> int:
    """Say how urgent a request is, 0 being the most: what has been begun is brought to its end before more begins.

    >>> urgency("POST", logged_in=True), urgency("GET", logged_in=False)
    (0, 3)
    """
    changes = method not in ("GET", "HEAD")
    if logged_in:
        return 0 if changes else 1
    return 2 if changes else 3

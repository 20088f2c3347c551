"""Who may send how much of a target's ceiling: in no second do all workers together send more, whatever goes wrong.

    worker   asks each second: "at 17.0 of my clock; I go by what you told me when I asked at 16.0"
    master   tells it: "so many requests, until 10 s after you asked"

A worker that hears nothing new sends nothing any more once that is over, by its own clock. So of a worker that is lost,
cut off or stopped the master knows when it certainly sends no more, without hearing of it; and whoever asks has let go
of what it was told before. Only what nobody can still go by is told to others.
"""

from dataclasses import dataclass

from scenarios.generator_processes import WorkersError
from scenarios.rate_ceiling import whole_requests

ASK_S = 1.0
LEASE_S = 10.0
"""How long a worker may go by what it was told, from when it asked: it does not stop for a master busy for seconds."""
_SLACK_S = 0.5
"""By how much the clocks of two machines may differ in how long a lease is; they go wrong by 1 ms in that time."""


def check_shares(workers: int, most_per_s: float) -> None:
    """Refuse a ceiling of which not every worker would get a request. Raises WorkersError."""
    most, _ = whole_requests(most_per_s)
    if workers > most:
        raise WorkersError(f"{workers} workers: {most_per_s:g} requests a second are for {most} at most")


@dataclass
class _Told:
    """Something that a worker may go by: the requests within a window, until a moment of the master's clock."""

    asked_s: float
    most: int
    until_s: float


class Shares:
    """Deals the requests of a ceiling to workers that come, ask, and leave or get lost. Moments do not fall.

    `now_s` is always a moment of one clock of the master, `asked_s` and `by_asked_s` are of the worker's own.

    >>> shares = Shares(100.0)
    >>> shares.join(0)
    >>> shares.tell(0, asked_s=7.0, by_asked_s=0.0, now_s=50.0)
    100
    >>> shares.join(1)
    >>> shares.tell(1, asked_s=3.0, by_asked_s=0.0, now_s=51.0)
    0
    >>> shares.tell(0, asked_s=8.0, by_asked_s=7.0, now_s=51.0)
    50
    >>> shares.tell(0, asked_s=9.0, by_asked_s=8.0, now_s=52.0), shares.tell(1, asked_s=5.0, by_asked_s=0.0, now_s=53.1)
    (50, 50)
    """

    def __init__(self, most_per_s: float) -> None:
        self.most, self._window_s = whole_requests(most_per_s)
        self._crew: list[int] = []
        self._told: dict[int, list[_Told]] = {}

    def join(self, worker: int) -> None:
        """Take a worker in: it is to get its share, and the others give some of theirs."""
        self._crew.append(worker)

    def leave(self, worker: int) -> None:
        """Take a worker out of the crew, if it is there: the others are to get its share, once it cannot send."""
        if worker in self._crew:
            self._crew.remove(worker)

    def tell(self, worker: int, asked_s: float, by_asked_s: float, now_s: float) -> int:
        """Answer a worker: give the requests that it may send within a window, until LEASE_S after it asked.

        It goes by the answer that it got when it asked at `by_asked_s`, and takes no older one.
        """
        for it in self._told.setdefault(worker, []):
            if it.asked_s < by_asked_s:  # it may have gone by that until it asked
                it.until_s = min(it.until_s, now_s + self._window_s)
        held = {it: self._held(it, now_s) for it in self._told}
        most = min(self._fair(worker), self.most - sum(held.values()) + held[worker])
        self._told[worker].append(_Told(asked_s, most, now_s + LEASE_S + _SLACK_S + self._window_s))
        return most

    def all_let_go(self, now_s: float) -> bool:
        """Say whether certainly nobody sends who is not of the crew."""
        return not any(self._held(worker, now_s) for worker in self._told if worker not in self._crew)

    def _held(self, worker: int, now_s: float) -> int:
        """Give what a worker may have sent within the last window, at most."""
        told = self._told[worker] = [it for it in self._told[worker] if now_s <= it.until_s]
        return max((it.most for it in told), default=0)

    def _fair(self, worker: int) -> int:
        if worker not in self._crew:
            return 0
        each, left = divmod(self.most, len(self._crew))
        return each + (self._crew.index(worker) < left)

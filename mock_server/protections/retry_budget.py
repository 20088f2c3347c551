"""A retry budget: retries may be a share of the requests, so that a storm of them cannot feed itself.

Each first try pays a share of a retry in; each retry takes a whole one out. What is not used is forgotten after some
seconds. As in Finagle's `RetryBudget`; Google's "Site Reliability Engineering", chapter 21, has the same for clients.
Here the portal keeps it, as browsers that reload keep none.
"""

from math import exp

KEPT_S = 10.0
"""How long what was paid in is worth something; it fades, so that no list of moments is kept."""
LEAST = 10.0
"""Retries that are always in the budget within this time: a quiet portal must not turn a single one away."""


class RetryBudget:
    """`share` of the first tries may come as retries too; 0: as many as come."""

    def __init__(self, share: float) -> None:
        self.share = share
        self._left = LEAST
        self._at_s = 0.0

    def allows(self, *, is_retry: bool, now_s: float) -> bool:
        """Say whether a request is in the budget, at a moment of a clock that never goes back.

        >>> budget = RetryBudget(0.1)
        >>> [budget.allows(is_retry=True, now_s=0.0) for _ in range(11)].count(True)
        10
        """
        if not self.share:
            return True
        kept = exp(-(now_s - self._at_s) / KEPT_S)
        self._left = self._left * kept + LEAST * (1 - kept)
        self._at_s = now_s
        if not is_retry:
            self._left += self.share
            return True
        if self._left < 1:
            return False
        self._left -= 1
        return True

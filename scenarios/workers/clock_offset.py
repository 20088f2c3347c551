"""How far the clock of another machine is from one's own, from questions and answers."""

from collections.abc import Iterable
from typing import NamedTuple


class Probe(NamedTuple):
    """A question and its answer: when it was asked and heard here, and what the clock there showed, as Unix times."""

    asked_s: float
    there_s: float
    heard_s: float


class Offset(NamedTuple):
    """Seconds to add to the clock here to get the one there, and by how much that can be wrong."""

    offset_s: float
    uncertain_s: float

    @property
    def known_s(self) -> float:
        """The offset; 0 where it could as well be none, so that clocks of one machine stay the same."""
        return self.offset_s if abs(self.offset_s) > self.uncertain_s else 0.0


def clock_offset(probes: Iterable[Probe]) -> Offset:
    """Give the offset by the probe that was quickest: it can be wrong by half of its time at most (F. Cristian, 1989).

    >>> clock_offset([Probe(10.0, 110.5, 10.2), Probe(20.0, 120.01, 20.02)])
    Offset(offset_s=100.0, uncertain_s=0.01)
    """
    best = min(probes, key=lambda probe: probe.heard_s - probe.asked_s)
    offset_s = best.there_s - (best.asked_s + best.heard_s) / 2
    return Offset(round(offset_s, 6), round((best.heard_s - best.asked_s) / 2, 6))

"""What passes over a line, and what a toxic is to the line: a function from pieces to pieces, with moments."""

from collections.abc import Callable, Iterator
from enum import Enum
from itertools import count
from typing import ClassVar, Literal, NamedTuple, Protocol

from fakes.draws import uniform

LinkName = Literal[
    "candidates_portal", "candidates_providers", "portal_database", "portal_providers", "providers_portal"
]
"""Who opens connections to whom; `providers_portal` is the gateways' callbacks."""
Direction = Literal["upstream", "downstream"]
"""From who opened the connection to whom it was opened to, and back."""


class Ending(Enum):
    """What a stream ends with."""

    END = "end"
    """One direction has nothing more to say: it is half-closed."""
    CLOSE = "close"
    """The whole connection is closed."""
    RESET = "reset"
    """The whole connection is torn down: TCP's RST."""


class Piece(NamedTuple):
    """Some bytes of a stream, or its ending, and when they may leave, in seconds of the monotonic clock."""

    what: bytes | Ending
    due_s: float

    def until(self, due_s: float) -> "Piece":
        """Give the same, which may leave then."""
        return self._replace(due_s=due_s)


Shape = Callable[[Piece], Iterator[Piece]]
"""What a toxic makes of a piece: the same bytes in their order, later or in parts, or an ending.

It is asked for the next piece once the last one has left; where a toxic comes or goes meanwhile it is not asked again,
and what has not left is shaped anew.
"""
Draw = Callable[[], float]
"""Gives the next number of the open interval (0, 1)."""


def draws(seed: int, purpose: str, connection: int) -> Draw:
    """Give draws that are bound to seed, purpose and the number of the connection."""
    return (uniform(seed, purpose, connection, step) for step in count()).__next__


class Shaping(Protocol):
    """A toxic as the line sees it."""

    closes_at_end: ClassVar[bool]
    """Whether what it held back is lost in the end, and with it the connection."""

    @property
    def key(self) -> str:
        """What its draws are bound to, beside the seed and the number of the connection."""

    @property
    def directions(self) -> tuple[Direction, ...]:
        """The directions that it shapes."""

    @property
    def share(self) -> float:
        """Share of the connections that it touches."""

    def shape(self, draw: Draw) -> Shape:
        """Give what it does to one direction of one connection."""

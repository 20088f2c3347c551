"""What a toxic is: a fault of the network, on the line between two parts. The words are those of Toxiproxy."""

from typing import ClassVar, Literal, get_args

from scenarios.bounds import check_positive, check_share
from scenarios.faults.fault import Fault
from scenarios.network.link import Link
from scenarios.network.pieces import Direction, Draw, LinkName, Shape
from scenarios.stack import Stack


class Toxic(Fault, frozen=True, kw_only=True):
    """A disturbance of one link. Toxics of one link can last at the same time, as on a line that is slow and far."""

    link: LinkName
    """Between whom: who opens the connections, and to whom."""

    takes_whole_link: ClassVar[bool] = False
    """Whether no other toxic of its link can last at the same time."""

    @property
    def things(self) -> frozenset[str]:
        """The link, in so far as it is this toxic that is on it."""
        return frozenset([f"{self.link} ({self.name})"])

    @property
    def name(self) -> str:
        """Its name in a scenario file."""
        return str(self.__struct_config__.tag)

    def overlaps(self, other: Fault) -> frozenset[str]:
        """Give what both touch at the same time: the link too, where one of them takes all of it."""
        if isinstance(other, Toxic) and other.link == self.link and (self.takes_whole_link or other.takes_whole_link):
            return frozenset([self.link]) if self.is_beside(other) else frozenset()
        return super().overlaps(other)

    def begin(self, stack: Stack) -> None:
        """Put it on the line."""
        stack.network.tell(self, begins=True)

    def end(self, stack: Stack) -> None:
        """Take it off the line: what it has held back goes on, or its connection is closed."""
        stack.network.tell(self, begins=False)

    def begin_on(self, link: Link) -> None:
        """Do it, in the process that passes everything on. Raises OSError."""
        raise NotImplementedError

    def end_on(self, link: Link) -> None:
        """Undo it there. Raises OSError, and ValueError where it is not on the link."""
        raise NotImplementedError


class StreamToxic(Toxic, frozen=True, kw_only=True):
    """A toxic that shapes what passes."""

    stream: Literal["upstream", "downstream", "both"] = "downstream"
    """From who opens the connections, back to them, or both."""
    share: float = 1.0
    """Share of the connections that it touches; Toxiproxy calls it toxicity."""

    closes_at_end: ClassVar[bool] = False
    """Whether what it held back is lost in the end, and with it the connection."""

    def __post_init__(self) -> None:
        super().__post_init__()
        check_share(self, "share")
        check_positive(self, "share")

    @property
    def words(self) -> str:
        """What happens, with its figures, and where."""
        opener, listener = self.link.split("_")
        ways = {"upstream": f"from {opener} to {listener}", "downstream": f"from {listener} to {opener}"}
        way = ways.get(self.stream, f"between {opener} and {listener}")
        return f"{self.figures} {way}" + (f", on {100 * self.share:g} % of connections" if self.share < 1 else "")

    @property
    def figures(self) -> str:
        """What happens, with its figures."""
        return self.title

    @property
    def key(self) -> str:
        """What its draws are bound to, beside the seed and the number of the connection."""
        return f"{self.link} {self.name} {self.from_s:g}"

    @property
    def directions(self) -> tuple[Direction, ...]:
        """The directions that it shapes."""
        return get_args(Direction) if self.stream == "both" else (self.stream,)

    def begin_on(self, link: Link) -> None:
        """Shape what passes."""
        link.begin(self)

    def end_on(self, link: Link) -> None:
        """Let everything pass again."""
        link.end(self)

    def shape(self, draw: Draw) -> Shape:
        """Give what it does to one direction of one connection (`Shape`); `draw` gives its draws."""
        raise NotImplementedError

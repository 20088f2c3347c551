"""A line is cut, as where a server or a switch is switched off."""

from typing import ClassVar

from scenarios.faults.toxic import Toxic
from scenarios.network.link import Link


class Down(Toxic, frozen=True, tag="down"):
    """Open connections are closed, and new ones refused, until it is over."""

    title: ClassVar[str] = "no connection"
    takes_whole_link: ClassVar[bool] = True

    @property
    def words(self) -> str:
        """What happens, and where."""
        opener, listener = self.link.split("_")
        return f"{self.title} from {opener} to {listener}"

    def begin_on(self, link: Link) -> None:
        """Cut it."""
        link.down()

    def end_on(self, link: Link) -> None:
        """Mend it."""
        link.up()

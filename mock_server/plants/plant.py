"""What a plant is: one cause of lag that a developer can put into the portal on purpose."""

from typing import ClassVar

import asyncpg

from mock_server.portal import Portal
from mock_server.settings import Profile


class Plant:
    """A cause of lag. A severity says how bad it is; what it means, and which way it goes, each plant says.

    All methods have something to do only where the plant needs them.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    """What is wrong with the portal, in words."""
    resource: ClassVar[str]
    """The resource that it makes short."""
    severities: ClassVar[tuple[float, float]]
    """From the mildest to the worst; in between anything goes."""

    def profile(self, profile: Profile, severity: float) -> Profile:  # noqa: ARG002 - most plants need less
        """Give the capacities of a portal that has the plant."""
        return profile

    async def prepare(self, connection: asyncpg.Connection, severity: float) -> None:
        """Change the database when its tables are there and empty: at the start, and again at each reset."""

    def install(self, portal: Portal, severity: float) -> None:
        """Change the parts of one server process."""

    def accept_queue(self, severity: float) -> int | None:  # noqa: ARG002 - as above
        """Give how many connections may wait to be accepted, or None for as many as usual."""
        return None

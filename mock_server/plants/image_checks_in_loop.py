"""Pictures that are decoded in the event loop."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from mock_server.plants.plant import Plant
from mock_server.portal import Portal
from mock_server.threads import BoundedThreads

P = ParamSpec("P")
T = TypeVar("T")


class InLoop(BoundedThreads):
    """Threads that are none: whoever asks does the work, and nobody else is served meanwhile."""

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do the work here and now."""
        async with self.resource():
            return work(*args, **kwargs)


class ImageChecksInLoop(Plant):
    """Every decoding stops all other requests. Severity: how often each picture is looked at."""

    name = "image_checks_in_loop"
    title = "image checks in the event loop"
    resource = "event_loop"
    severities = (1, 8)

    def install(self, portal: Portal, severity: float) -> None:
        """Take the threads away."""

        class Thorough(InLoop):
            async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
                for _ in range(round(severity) - 1):
                    await super().run(work, *args, **kwargs)
                return await super().run(work, *args, **kwargs)

        portal.images = Thorough(portal.resources["image_check"])

"""Too few lines to an outside service."""

from msgspec.structs import replace

from mock_server.plants.plant import Plant
from mock_server.settings import Profile


class FewLines(Plant):
    """Requests wait for a line to one service, while the service idles. Severity: lines."""

    severities = (2, 1)

    def __init__(self, service: str) -> None:
        self.name = f"few_{service}_lines"  # type: ignore[misc]  # one class stands for a plant of each service
        self.title = f"too few lines to the outside service {service}"  # type: ignore[misc]
        self.resource = service  # type: ignore[misc]

    def profile(self, profile: Profile, severity: float) -> Profile:
        """Leave few lines."""
        return replace(profile, lines=replace(profile.lines, **{self.resource: round(severity)}))

"""A pool of too few database connections."""

from msgspec.structs import replace

from mock_server.plants.plant import Plant
from mock_server.settings import Profile


class SmallPool(Plant):
    """Requests wait for a connection, while the database idles. Severity: connections."""

    name = "small_pool"
    title = "too small a pool of database connections"
    resource = "database_connections"
    severities = (2, 1)

    def profile(self, profile: Profile, severity: float) -> Profile:
        """Leave few connections."""
        return replace(profile, database_connections=round(severity))

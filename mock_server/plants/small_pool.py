"""A pool of too few database connections."""

from msgspec.structs import replace

from mock_server.plants.plant import Plant
from mock_server.settings import Profile


class SmallPool(Plant):
    """Requests wait for the one connection, while the database idles. Severity: its speed against this machine's."""

    name = "small_pool"
    title = "too small a pool of database connections"
    resource = "database_connections"
    severities = (0.12, 0.06)

    def profile(self, profile: Profile, severity: float) -> Profile:
        """Leave one connection to a database of that speed."""
        return replace(profile, database_connections=1, speeds=replace(profile.speeds, database=severity))

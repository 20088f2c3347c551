"""A database connection that is held while an outside service is asked."""

from msgspec.structs import replace

from mock_server.plants.plant import Plant
from mock_server.portal import Portal
from mock_server.settings import Profile


class CallUnderConnection(Plant):
    """Each call to an outside service keeps a connection of the pool. Severity: connections in the pool."""

    name = "call_under_connection"
    title = "calls to outside services that hold a database connection meanwhile"
    resource = "database_connections"
    severities = (6, 3)

    def profile(self, profile: Profile, severity: float) -> Profile:
        """Have a pool that would do without the calls."""
        return replace(profile, database_connections=round(severity))

    def install(self, portal: Portal, severity: float) -> None:  # noqa: ARG002 - it is in the profile
        """Hold a connection during calls."""
        portal.providers.while_calling = portal.database.connection

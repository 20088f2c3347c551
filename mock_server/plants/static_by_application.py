"""Static files that the application reads from disk for every browser."""

from mock_server.plants.plant import Plant
from mock_server.portal import Portal


class StaticByApplication(Plant):
    """Each static file takes a worker slot and is read anew. Severity: how often it is read."""

    name = "static_by_application"
    title = "static files served by the application"
    resource = "storage"
    severities = (1, 20)

    def install(self, portal: Portal, severity: float) -> None:
        """Send static files the way of pages."""
        portal.hooks.reads_static_files = round(severity)

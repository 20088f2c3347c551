"""Room for too few connections that are not accepted yet."""

from mock_server.plants.plant import Plant


class ShortAcceptQueue(Plant):
    """Connections of a burst are dropped by the system, and come again a second later. Severity: how many may wait."""

    name = "short_accept_queue"
    title = "a short accept queue"
    resource = "accept_queue"
    severities = (8, 1)

    def accept_queue(self, severity: float) -> int | None:
        """Leave little room."""
        return round(severity)

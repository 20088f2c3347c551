"""One lock around everything."""

from msgspec.structs import replace

from mock_server.plants.plant import Plant
from mock_server.settings import Profile


class GlobalLock(Plant):
    """Requests are served one after another, or nearly so. Severity: how many at a time."""

    name = "global_lock"
    title = "a lock around whole requests"
    resource = "worker_slots"
    severities = (3, 1)

    def profile(self, profile: Profile, severity: float) -> Profile:
        """Let few requests in at a time."""
        return replace(profile, worker_slots=round(severity))

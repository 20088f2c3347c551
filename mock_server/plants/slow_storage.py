"""Uploads that are forced to a slow disk, one after another."""

from msgspec.structs import replace

from mock_server.plants.plant import Plant
from mock_server.settings import Profile, Storage


class SlowStorage(Plant):
    """Each file is synced before it is answered, by one thread. Severity: the disk's speed against this machine's."""

    name = "slow_storage"
    title = "an fsync for each upload on slow storage"
    resource = "storage"
    severities = (0.06, 0.02)

    def profile(self, profile: Profile, severity: float) -> Profile:
        """Have slow storage, synced."""
        return replace(
            profile, storage=Storage(threads=1, fsync=True), speeds=replace(profile.speeds, storage=severity)
        )

"""Too little of the machine for the checks of pictures."""

from msgspec.structs import replace

from mock_server.plants.plant import Plant
from mock_server.settings import Profile


class FewImageThreads(Plant):
    """One slow thread decodes all pictures. Severity: its speed against this machine's."""

    name = "few_image_threads"
    title = "one slow thread for all image checks"
    resource = "image_check"
    severities = (0.10, 0.04)

    def profile(self, profile: Profile, severity: float) -> Profile:
        """Leave one slow thread."""
        return replace(profile, image_threads=1, speeds=replace(profile.speeds, image_check=severity))

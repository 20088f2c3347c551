"""Calls to outside services that are given up early and made again at once."""

from msgspec.structs import replace

from mock_server.plants.plant import Plant
from mock_server.portal import Portal
from mock_server.settings import Profile

TRIES = 6
LINES = 8


class RetryStorm(Plant):
    """The slower a service, the more calls it gets. Severity: seconds after which a call is given up."""

    name = "retry_storm"
    title = "impatient retries of calls to outside services"
    resource = "face_check"
    severities = (0.9, 0.6)

    def profile(self, profile: Profile, severity: float) -> Profile:
        """Have little patience, and lines that would do for calls that are made once."""
        return replace(profile, lines=replace(profile.lines, face_check=LINES, timeout_s=severity))

    def install(self, portal: Portal, severity: float) -> None:  # noqa: ARG002 - it is in the profile
        """Try again at once."""
        portal.providers.tries = TRIES

"""A password hash that costs more than the portal can pay on its first day."""

from msgspec.structs import replace

from mock_server.plants.plant import Plant
from mock_server.settings import PasswordHash, Profile


class StrongHash(Plant):
    """Each new account and each log-in takes one thread for long. Severity: passes over 19 MiB (OWASP's advice: 2)."""

    name = "strong_hash"
    title = "too strong a password hash"
    resource = "password_hash"
    severities = (1, 3)

    def profile(self, profile: Profile, severity: float) -> Profile:
        """Have a costly hash."""
        return replace(
            profile,
            password_hash=PasswordHash(threads=1, memory_kib=19_456, passes=round(severity)),
            speeds=replace(profile.speeds, password_hash=0.25),
        )

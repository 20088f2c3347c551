"""One row that every filing locks, for as long as an outside service takes."""

from msgspec.structs import replace

from mock_server.plants.plant import Plant
from mock_server.portal import Portal
from mock_server.settings import Profile


class HotRow(Plant):
    """All provinces draw their numbers under one lock, and the receipt goes out by SMS before it is given back.

    Severity: how many messages the receipt takes.
    """

    name = "hot_row"
    title = "one locked row for the filing numbers of all provinces"
    resource = "filing_row"
    severities = (1, 3)

    def profile(self, profile: Profile, severity: float) -> Profile:  # noqa: ARG002 - one lock is one lock
        """Let all provinces share one lock."""
        return replace(profile, filing_rows=1)

    def install(self, portal: Portal, severity: float) -> None:
        """Send the receipt while the row is locked."""

        async def send_receipt(phone: str) -> None:
            for part in range(round(severity)):
                await portal.providers.send_sms(phone, f"【报名系统】报名回执 {part + 1}")

        portal.hooks.under_filing_row = send_receipt

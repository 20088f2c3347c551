"""A catalogue that is counted together anew for everybody."""

import asyncpg
from msgspec.structs import replace

from mock_server.plants.plant import Plant
from mock_server.portal import Portal
from mock_server.settings import Profile

COUNTS = 2
"""Figures on the page, each a query of its own."""


class CatalogueUncached(Plant):
    """The catalogue shows live figures, and each view reads the log of all views. Severity: rows in that log."""

    name = "catalogue_uncached"
    title = "no cache on the catalogue"
    resource = "database"
    severities = (60_000, 120_000)

    def profile(self, profile: Profile, severity: float) -> Profile:  # noqa: ARG002 - it is in the database
        """Have a database of one core, slower than this machine's."""
        return replace(profile, database_statements=1, speeds=replace(profile.speeds, database=0.2))

    async def prepare(self, connection: asyncpg.Connection, severity: float) -> None:
        """Have a log that has grown."""
        await connection.execute(
            "create table if not exists page_view (province text not null, at timestamptz not null)"
        )
        await connection.execute(
            "insert into page_view select (11 + n % 55)::text, now() - n * interval '1 second' "
            "from generate_series(1, $1::integer) n",
            round(severity),
        )
        await connection.execute("analyze page_view")

    def install(self, portal: Portal, severity: float) -> None:  # noqa: ARG002 - it is in the database
        """Count before the catalogue is shown."""

        async def count() -> None:
            async with portal.database.connection() as connection:
                for number in range(COUNTS):
                    await connection.fetchval("select count(*) from page_view where province > $1", str(11 + number))

        portal.hooks.before_catalogue = count

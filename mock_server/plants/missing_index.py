"""A table that has grown, and no index for what every request looks up in it."""

import asyncpg
from msgspec.structs import replace

from mock_server.plants.plant import Plant
from mock_server.settings import Profile


class MissingIndex(Plant):
    """Each look-up of a log-in reads the whole table of log-ins. Severity: rows of old log-ins in it."""

    name = "missing_index"
    title = "no index on the log-ins"
    resource = "database"
    severities = (20_000, 60_000)

    def profile(self, profile: Profile, severity: float) -> Profile:  # noqa: ARG002 - it is in the database
        """Have a database of one core, slower than this machine's."""
        return replace(profile, database_statements=1, speeds=replace(profile.speeds, database=0.25))

    async def prepare(self, connection: asyncpg.Connection, severity: float) -> None:
        """Take the index away, and leave log-ins of people who have gone."""
        await connection.execute(
            "alter table session drop constraint if exists session_pkey, "
            "drop constraint if exists session_account_id_fkey"
        )
        # With it the planner would go from the few accounts to their log-ins, and read no table as a whole.
        await connection.execute("drop index if exists session_account")
        await connection.execute(
            "insert into session (token_hash, account_id, expires_at) "
            "select sha256(int4send(n)), -n, now() - interval '1 day' from generate_series(1, $1::integer) n",
            round(severity),
        )
        await connection.execute("analyze session")

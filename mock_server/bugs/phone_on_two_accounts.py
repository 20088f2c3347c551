"""One phone on two accounts."""

from typing import Any

from mock_server.bugs.bug import Bug, Query, replace_query
from mock_server.database import Connection
from mock_server.portal import Portal


class PhoneOnTwoAccounts(Bug):
    """Nothing holds a new account's phone against those of others (rule 2)."""

    name = "phone_on_two_accounts"
    title = "one phone opens two accounts"
    breaks = "phones_with_two_accounts"

    async def install(self, portal: Portal) -> None:
        """Drop the index, and find every phone free."""
        async with portal.machine_room.connection() as connection:
            await connection.execute("drop index if exists account_phone")

        async def always_free(right: Query, connection: Connection, **values: Any) -> Any:
            return {**await right(connection, **values), "phone_bound": False}

        replace_query("who_holds", always_free)

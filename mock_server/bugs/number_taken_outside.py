"""A filing number taken outside of the transaction that uses it."""

from collections.abc import AsyncIterator
from typing import Any

from mock_server.bugs.bug import Bug, Query, replace_query
from mock_server.database import Connection, queries
from mock_server.portal import Portal


class NumberTakenOutside(Bug):
    """The filing number is taken outside of the transaction that files, and is gone where that has to be made again."""

    name = "number_taken_outside"
    title = "a filing number is taken outside of the transaction that uses it"
    breaks = "filing_numbers_with_gaps"

    async def install(self, portal: Portal) -> None:
        """Take numbers on a connection of their own, without the lock, and again where a first try is given up."""

        async def outside(right: Query, _: Connection, **values: Any) -> Any:
            async with portal.database.connection() as connection:
                if self.strikes():
                    await right(connection, **values)
                return await right(connection, **values)

        async def no_lock(_: Connection, **values: Any) -> AsyncIterator[Any]:  # noqa: ARG001 - as the query has it
            nothing: tuple[Any, ...] = ()
            for row in nothing:
                yield row

        replace_query("take_filing_sequence", outside)
        queries.lock_filing_rows = no_lock

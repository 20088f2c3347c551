"""A lost update between review and withdrawal."""

import asyncio
from typing import Any

from mock_server.bugs.bug import Bug, Query, replace_query
from mock_server.database import Connection
from mock_server.portal import Portal


class WithdrawalOverwritten(Bug):
    """The office has read an application without a lock, and writes it back after the candidate has withdrawn it."""

    name = "withdrawal_overwritten"
    title = "the exam office writes back what it read before the candidate withdrew"
    breaks = "moves_that_do_not_follow"
    every = 1  # few withdraw, and some of their withdrawals may be lost already

    async def install(self, portal: Portal) -> None:
        """Let the office write its old copy after a withdrawal."""

        async def write_back(application_id: int) -> None:
            # The row is locked until the withdrawal is kept.
            async with portal.database.connection() as connection:
                await connection.execute(
                    "update application set state = 'under_review', decision_at = $2, due_at = null where id = $1",
                    application_id,
                    portal.clock.now(),
                )

        async def then_overwritten(right: Query, connection: Connection, **values: Any) -> Any:
            answer = await right(connection, **values)
            if self.strikes():
                portal.background.append(asyncio.create_task(write_back(values["application_id"])))
            return answer

        replace_query("owe_refund", then_overwritten)

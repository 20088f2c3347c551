"""A job that locks a table every few seconds."""

import asyncio

import asyncpg

from mock_server.plants.plant import Plant
from mock_server.portal import Portal

EVERY_S = 6.0


class PeriodicPause(Plant):
    """While the job has the table of log-ins, nobody who is logged in gets on. Severity: seconds of each pause."""

    name = "periodic_pause"
    title = "a job that locks the log-ins now and then"
    resource = "session"
    severities = (1.0, 3.0)

    def install(self, portal: Portal, severity: float) -> None:
        """Start the job."""
        portal.background.append(asyncio.create_task(_job(portal.database_url, severity), name="the locking job"))


async def _job(url: str, pause_s: float) -> None:
    connection = await asyncpg.connect(url)
    try:
        while True:
            await asyncio.sleep(EVERY_S)
            async with connection.transaction():
                await connection.execute("lock table session in access exclusive mode")
                await asyncio.sleep(pause_s)
    finally:
        connection.terminate()

"""What operators ask a server: is it alive, is it ready, what does it measure."""

from litestar import Response, Router, get
from msgspec import Struct

from mock_server import metrics
from mock_server.portal import Portal


class Health(Struct):
    """The answer of a health check."""

    status: str


@get("/healthz")
async def healthz() -> Health:
    """Say that the process is alive."""
    return Health("ok")


@get("/readyz")
async def readyz(portal: Portal) -> Health:
    """Say that the process can serve: it reaches its database."""
    async with portal.database.connection() as connection:
        await connection.fetchval("select 1")
    return Health("ok")


@get("/metrics", media_type=metrics.CONTENT_TYPE, sync_to_thread=True)
def prometheus() -> Response[bytes]:
    """Give the metrics of all server processes in Prometheus' text format."""
    return Response(metrics.exposition(), media_type=metrics.CONTENT_TYPE)


router = Router("/", route_handlers=[healthz, readyz, prometheus], tags=["operations"])

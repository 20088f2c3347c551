"""The census of the portal's books for the harness: how many of everything. Closed without the token."""

from litestar import Router, get
from msgspec import Struct

from mock_server.database import every, queries
from mock_server.portal import Portal
from mock_server.routes.control import token_guard


class MoveCount(Struct):
    """How often applications have made one kind of move."""

    event: str
    from_state: str
    to_state: str
    count: int


class Census(Struct):
    """Counts of the books. `accounts` are all, the lapsed included; of orders and applications, by their state.

    `results` are applications whose scores candidates may see by now, `certificates` those issued by now.
    """

    accounts: int
    lapsed: int
    applications: dict[str, int]
    moves: list[MoveCount]
    filings: int
    orders: dict[str, int]
    invoices_issued: int
    tickets_unbound: int
    results: int
    certificates: int


@get("/census")
async def census(portal: Portal) -> Census:
    """Count the books, each read once, as they stand at one moment."""
    now = portal.clock.now()
    async with portal.database.snapshot() as connection:
        accounts = await queries.count_accounts(connection)
        applications = await every(queries.count_applications(connection))
        moves = await every(queries.count_moves(connection))
        orders = await every(queries.count_orders(connection))
        others = await queries.count_others(connection)
    return Census(
        **accounts,
        **others,
        applications={row["state"]: row["count"] for row in applications},
        moves=[MoveCount(**row) for row in moves],
        orders={row["state"]: row["count"] for row in orders},
        results=sum(row["results"] for row in applications) if now >= portal.window.results else 0,
        certificates=sum(row["certificates"] for row in applications) if now >= portal.window.certificates else 0,
    )


router = Router("/control", route_handlers=[census], guards=[token_guard], tags=["control"])

"""The waiting room: a number, how far it is, and the pass that opens the portal (docs/protections.md)."""

from typing import Annotated

from litestar import Router, delete, get, post
from litestar.params import PathParameter

from mock_server.portal import Portal
from mock_server.protections.waiting_room import Place

Ticket = Annotated[str, PathParameter(pattern="^[A-Za-z0-9_-]{22}$", description="as it was given")]


@post("/tickets")
async def take_ticket(portal: Portal) -> Place:
    """Take a number."""
    return await portal.waiting_room.take_ticket()


@get("/tickets/{ticket:str}", refusals=("queue_ticket_unknown",))
async def look(ticket: Ticket, portal: Portal) -> Place:
    """Say how far a number is; once its turn has come, with the pass for the header Queue-Pass."""
    return await portal.waiting_room.look(ticket)


@delete("/tickets/{ticket:str}")
async def leave(ticket: Ticket, portal: Portal) -> None:
    """Give a number back: the page does so when it is closed."""
    await portal.waiting_room.leave(ticket)


router = Router("/api/queue", route_handlers=[take_ticket, look, leave], tags=["waiting room"])

"""The page of the waiting room: it asks again by itself until its number has come."""

from math import ceil
from typing import Any

from litestar import Response, Router, get, post

from mock_server.pages.cookies import QUEUE, cookie, no_cookie
from mock_server.pages.show import go, page
from mock_server.portal import Portal
from mock_server.problems import Refusal
from mock_server.request_type import AnyRequest


@get("/queue")
async def queue(request: AnyRequest, portal: Portal) -> Response[Any]:
    """Take a number, or say how far the one is that was taken."""
    room = portal.waiting_room
    if not room.is_open:
        return page(request, "queue", place=None, again_s=None)
    try:
        place = await room.look(request.cookies.get(QUEUE, ""))
    except Refusal:
        place = await room.take_ticket()
    again_s = None if place.queue_pass else ceil(place.poll_after_s)
    return page(request, "queue", place=place, again_s=again_s, cookies=[cookie(QUEUE, place.ticket)])


@post("/queue/departure")
async def leave(request: AnyRequest, portal: Portal) -> Response[Any]:
    """Give the number back."""
    await portal.waiting_room.leave(request.cookies.get(QUEUE, ""))
    return go("/", [no_cookie(QUEUE)])


router = Router("/", route_handlers=[queue, leave])

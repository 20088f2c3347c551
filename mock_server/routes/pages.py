"""The portal's pages: the home page, which candidates reload at the gate, and those of mock_server/pages/."""

from pathlib import Path

from litestar import Response, Router, get
from litestar.enums import MediaType

from mock_server.pages import accounts, applications, exam, identity, payments, queue, staff
from mock_server.pages.cookies import origin_guard
from mock_server.pages.errors import HANDLERS
from mock_server.pages.show import SECURITY

PAGE = (Path(__file__).parent.parent / "static" / "home.html").read_text()


@get("/", media_type=MediaType.HTML, cache_control=None)
async def home() -> Response[str]:
    """Give the home page; its script asks for the window and counts down."""
    return Response(PAGE, headers=SECURITY)


router = Router(
    "/",
    route_handlers=[
        home,
        Router(
            "/",
            route_handlers=[it.router for it in (accounts, applications, exam, identity, payments, queue, staff)],
            guards=[origin_guard],
            exception_handlers=HANDLERS,
        ),
    ],
    include_in_schema=False,
)

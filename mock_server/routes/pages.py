"""The portal's home page: what candidates reload at the gate."""

from pathlib import Path

from litestar import Router, get
from litestar.enums import MediaType

PAGE = (Path(__file__).parent.parent / "static" / "home.html").read_text()


@get("/", media_type=MediaType.HTML, include_in_schema=False, cache_control=None)
async def home() -> str:
    """Give the home page; its script asks for the window and counts down."""
    return PAGE


router = Router("/", route_handlers=[home])

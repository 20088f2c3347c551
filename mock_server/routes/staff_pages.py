"""The pages of the exam office and of developers: closed without the control token, open while all is full."""

from litestar import Router

from mock_server.pages import control_page, exam_office
from mock_server.pages.cookies import origin_guard
from mock_server.pages.errors import HANDLERS

router = Router(
    "/",
    route_handlers=[control_page.router, exam_office.router],
    guards=[origin_guard],
    exception_handlers=HANDLERS,
    include_in_schema=False,
)

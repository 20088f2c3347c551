"""Who is at the browser: cookies that only pages read, and no script.

They are SameSite=Strict, and a form is taken from the portal's own pages alone: a browser takes every port of this
machine for one site, and sends cookies to all of them. Without HTTPS, as on a laptop, they are not Secure.
"""

import hmac

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.handlers import BaseRouteHandler

from mock_server.portal import Portal
from mock_server.problems import Refusal
from mock_server.request_type import AnyRequest
from mock_server.sessions import Account, account_of

CANDIDATE, STAFF, QUEUE = "candidate", "staff", "queue"


def cookie(name: str, value: str) -> Cookie:
    """Give a cookie that lasts as long as the browser is open."""
    return Cookie(name, value=value, httponly=True, samesite="strict")


def no_cookie(name: str) -> Cookie:
    """Give the cookie that takes one away."""
    return Cookie(name, value="", max_age=0, httponly=True, samesite="strict")


async def provide_candidate(request: AnyRequest, portal: Portal) -> Account:
    """Give the account of who is at the browser. Raises Refusal as `account_of` does."""
    return await account_of(request.cookies.get(CANDIDATE, ""), portal)


def staff_pass(control_token: str) -> str:
    """Give what stands in the cookie of who has typed in the control token: it opens pages, and not the interface."""
    return hmac.new(control_token.encode(), b"pages of the staff", "sha256").hexdigest()


async def staff_guard(connection: ASGIConnection, _: BaseRouteHandler) -> None:  # type: ignore[type-arg]
    """Let nobody in who has not typed in the control token."""
    expected = staff_pass(connection.app.state.portal.settings.control_token)
    if not hmac.compare_digest(connection.cookies.get(STAFF, "").encode(), expected.encode()):
        raise Refusal("control_token_wrong")


async def origin_guard(connection: ASGIConnection, _: BaseRouteHandler) -> None:  # type: ignore[type-arg]
    """Take forms from the portal's own pages alone; who sends no Origin is no browser."""
    if connection.scope.get("method") in ("GET", "HEAD", "OPTIONS"):
        return
    origin = connection.headers.get("origin")
    if origin is not None and origin != f"{connection.url.scheme}://{connection.headers.get('host', '')}":
        raise Refusal("other_origin")

"""The type of every request: Litestar's generic one, of which the server uses none of the parameters."""

from typing import Any

from litestar import Request

AnyRequest = Request[Any, Any, Any]

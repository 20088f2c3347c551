"""The type of every request: Litestar's generic one, of which the server uses none of the parameters."""

import re
from typing import Any

import msgspec
from litestar import Request
from litestar.exceptions import ClientException, ValidationException

AnyRequest = Request[Any, Any, Any]


class StrictRequest(AnyRequest):
    """Reads a JSON body as what the handler's `data` is, and as no other type: Litestar itself takes 0 for a date."""

    async def json(self) -> Any:
        """Give the body, already of its type. A refusal is of the shape of Litestar's own: message and field."""
        wanted = self.route_handler.parsed_data_field
        try:
            return msgspec.json.decode(await self.body(), type=wanted.annotation if wanted else Any)
        except msgspec.ValidationError as error:
            message, _, place = str(error).partition(" - at ")
            missing = re.findall(r"required field `(\w+)`", message)
            field = ".".join(re.findall(r"\w+", place) + missing) or "data"
            raise ValidationException(extra=[{"message": message, "key": field, "source": "body"}]) from error
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ClientException(str(error)) from error

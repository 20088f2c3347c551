"""Errors as problem documents (RFC 9457)."""

import logging
from http import HTTPStatus
from typing import Any

from litestar.exceptions import HTTPException
from litestar.plugins.problem_details import (
    ProblemDetailsConfig,
    ProblemDetailsException,
    ProblemDetailsPlugin,
)

from fakes.providers.service import ServiceStoppedError

_log = logging.getLogger(__name__)


def problem(status: int, kind: str, detail: str) -> ProblemDetailsException:
    """Give the error to raise: an HTTP status, a kind (a few words joined by `-`) and one line of detail."""
    title = kind.replace("-", " ").capitalize()
    return ProblemDetailsException(status_code=status, type_=f"/problems/{kind}", title=title, detail=detail)


def _from_http_exception(error: HTTPException) -> ProblemDetailsException:
    if isinstance(error, ProblemDetailsException):
        return error
    if error.status_code == HTTPStatus.BAD_REQUEST:
        return problem(400, "bad-request", "; ".join(_field_messages(error.extra)) or error.detail)
    kind = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
    return problem(error.status_code, kind, error.detail)


def _field_messages(extra: dict[str, Any] | list[Any] | None) -> list[str]:
    """Say of each field what is wrong with it; Litestar calls the body as a whole `data`."""
    items = extra if isinstance(extra, list) else []
    keys = [item["key"] if item.get("key", "data") != "data" else "body" for item in items]
    return [f"{key}: {item['message']}" for key, item in zip(keys, items, strict=True)]


def _from_stop(_error: ServiceStoppedError) -> ProblemDetailsException:
    return problem(503, "unavailable", "the service fails, or is being stopped")


def _from_bug(error: Exception) -> ProblemDetailsException:
    _log.error("unexpected error", exc_info=error)
    return problem(500, "internal-error", "an error inside the outside services; its traceback is in their log")


def problem_details() -> ProblemDetailsPlugin:
    """Give the plug-in that turns every error of a handler into a problem document."""
    return ProblemDetailsPlugin(
        ProblemDetailsConfig(
            exception_to_problem_detail_map={
                HTTPException: _from_http_exception,
                ServiceStoppedError: _from_stop,
                Exception: _from_bug,
            }
        )
    )

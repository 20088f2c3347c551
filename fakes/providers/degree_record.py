"""The national record of degrees (学信网), which says whether a certificate is known."""

from typing import Annotated

from litestar import Router, post
from msgspec import Meta, Struct

from fakes.degree_numbers import known_to_the_record
from fakes.providers.service import Service

RequiredText = Annotated[str, Meta(min_length=1, max_length=64)]


class DegreeQuery(Struct, forbid_unknown_fields=True):
    """Whose certificate is asked for."""

    name: RequiredText
    id_number: RequiredText
    certificate_number: RequiredText


class DegreeAnswer(Struct):
    """Whether the record knows the certificate."""

    known: bool


def degree_record_router(service: Service) -> Router:
    """Give the routes under /degree-records."""

    @post("/queries", status_code=200)
    async def query_degree(data: DegreeQuery) -> DegreeAnswer:
        await service.serve(data.id_number)
        return DegreeAnswer(known_to_the_record(data.certificate_number))

    return Router("/degree-records", route_handlers=[query_degree], tags=["degree record"])

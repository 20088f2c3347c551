"""The face comparison, which says whether a picture shows the person of an ID number."""

from typing import Annotated, Any

from litestar import Request, Router, post
from litestar.params import Parameter
from msgspec import Struct

from fakes.draws import Draws
from fakes.providers.problems import problem
from fakes.providers.service import Service

RequiredText = Annotated[str, Parameter(min_length=1, max_length=64)]


class Comparison(Struct):
    """The answer: whether the faces match, and how alike they are, from 0 to 1."""

    match: bool
    score: float


class ReceivedBytes:
    """A counter of the bytes of pictures that came in."""

    def __init__(self) -> None:
        self.total = 0


def compare(draws: Draws, attempt: int, match_probability: float) -> Comparison:
    """Draw the outcome of a person's comparison number `attempt`.

    The threshold of 0.8 between the scores is an assumption.
    """
    match = draws.chance(match_probability, "face_check/match", attempt)
    lowest = 0.8 if match else 0.4
    score = lowest + 0.19 * draws.uniform("face_check/score", attempt)
    return Comparison(match, round(score, 2))


def face_check_router(service: Service, match_probability: float, received: ReceivedBytes) -> Router:
    """Give the routes under /face-check."""

    @post("/comparisons", status_code=200)
    async def compare_faces(
        request: Request[Any, Any, Any],
        id_number: RequiredText,
        name: RequiredText,  # noqa: ARG001 the contract asks for it, the draw does not depend on it
    ) -> Comparison:
        size_bytes = 0
        async for chunk in request.stream():
            size_bytes += len(chunk)
        received.total += size_bytes
        if not size_bytes:
            raise problem(422, "no-picture", "the body is empty; it must be the JPEG of a face")
        draws, attempt = await service.serve(id_number)
        return compare(draws, attempt, match_probability)

    return Router("/face-check", route_handlers=[compare_faces], tags=["face check"])

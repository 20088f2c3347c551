"""What can be registered for (rules 6, 13, 14, 18), and when (rule 15)."""

from datetime import datetime
from typing import Annotated

from litestar import Router, get
from litestar.params import QueryParameter
from msgspec import Struct

from mock_server.portal import Portal
from mock_server.rules import LEVEL_NAMES, PROVINCES, SUBJECTS, fee_fen


class Subject(Struct):
    """A subject of a level."""

    code: str
    name: str


class LevelOffer(Struct):
    """A level with its subjects and the fee for one of them."""

    code: str
    name: str
    subjects: list[Subject]
    fee_a_subject_fen: int


class Province(Struct):
    """A province, and whether its exam office asks for social insurance."""

    code: str
    name: str
    asks_for_insurance: bool


class Catalogue(Struct):
    """All that can be chosen."""

    levels: list[LevelOffer]
    provinces: list[Province]


class WindowView(Struct):
    """The registration window as it stands now, and what comes after it: tickets, exam, results, certificates."""

    opening: datetime
    closing: datetime
    tickets: datetime
    exam: datetime
    exam_end: datetime
    results: datetime
    certificates: datetime
    portal_time: datetime
    open: bool


@get("/catalogue")
async def catalogue(portal: Portal) -> Catalogue:
    """Give levels, subjects, fees and provinces."""
    await portal.hooks.before_catalogue()
    levels = [
        LevelOffer(
            level.value,
            LEVEL_NAMES[level],
            [Subject(code, name) for code, name in SUBJECTS[level].items()],
            fee_fen(level, 1, portal.limits),
        )
        for level in SUBJECTS
    ]
    asks = portal.limits.insurance_provinces
    return Catalogue(levels, [Province(code, name, code in asks) for code, name in PROVINCES.items()])


ProvinceCode = Annotated[str, QueryParameter(pattern="^([1-6][0-9])?$", description="first two digits of an ID number")]


@get("/window")
async def window(portal: Portal, province: ProvinceCode = "") -> WindowView:
    """Give the registration window, as it is for a province, and the portal's clock."""
    now, it = portal.clock.now(), portal.window
    opening = it.opening_of(province)
    return WindowView(
        opening,
        it.closing,
        it.tickets,
        it.exam,
        it.exam_end,
        it.results,
        it.certificates,
        portal_time=now,
        open=opening <= now < it.closing,
    )


router = Router("/api", route_handlers=[catalogue, window], tags=["catalogue"])

"""The control page: a developer turns the clock, the capacities and faults, and looks into the books."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Any, NamedTuple
from uuid import uuid4

import msgspec
from litestar import Response, Router, get, post
from msgspec import Meta, Struct

from mock_server.clock import CHINA
from mock_server.pages.cookies import staff_guard
from mock_server.pages.forms import filled
from mock_server.pages.show import go, page, refused_page
from mock_server.portal import Portal
from mock_server.problems import FieldErrors, Refusal
from mock_server.request_type import AnyRequest
from mock_server.routes import census, control, filling
from mock_server.rules import id_number_error
from mock_server.settings import Profile, Window

PATH = "/control-page"


class ClockForm(Struct):
    """Where the clock is to stand, as a field of date and time writes it, and how fast it is to run."""

    portal_time: datetime
    speed: float


class FaultForm(Struct):
    """Which fault is wished for, and for how long."""

    fault: str
    length_s: Annotated[float, Meta(ge=1, le=60)]


class Knob(NamedTuple):
    """One setting of the profile: its name as in a profile's TOML file, its value, and what it may be."""

    name: str
    value: Any
    kind: str
    least: float | None
    most: float | None


def knobs(profile: Profile) -> list[Knob]:
    """Give every setting of a profile, those inside of others as `outer.inner`.

    >>> [it.name for it in knobs(Profile("a test")) if it.name.startswith("storage")]
    ['storage.threads', 'storage.fsync']
    """
    return list(_knobs(profile, ""))


def _knobs(settings: Struct, prefix: str) -> list[Knob]:
    found: list[Knob] = []
    for field in msgspec.structs.fields(settings):
        value = getattr(settings, field.name)
        if isinstance(value, Struct):
            found += _knobs(value, f"{prefix}{field.name}.")
            continue
        meta = next((it for it in getattr(field.type, "__metadata__", ()) if isinstance(it, Meta)), Meta())
        kind = {bool: "switch", int: "whole", float: "number"}.get(type(value), "text")
        found.append(Knob(prefix + field.name, value, kind, meta.ge, meta.le))
    return found


def moments(window: Window) -> list[tuple[str, datetime]]:
    """Give the moments of the window that a developer turns the clock to."""
    return [
        ("开放前 1 分钟", window.opening - timedelta(minutes=1)),
        ("报名开放", window.opening),
        ("截止前 1 小时", window.closing - timedelta(hours=1)),
        ("报名截止", window.closing),
        ("准考证开放", window.tickets),
        ("考试结束", window.exam_end),
        ("成绩公布", window.results),
        ("证书发放", window.certificates),
    ]


STEPS = {"1 小时": timedelta(hours=1), "1 天": timedelta(days=1), "3 天": timedelta(days=3), "7 天": timedelta(days=7)}


HEARD_WITHIN_S, LOOK_S = 2.0, 0.02


async def _until(heard: Callable[[], bool]) -> None:
    """Wait until this process has heard of what was set, so that the page shows it; not for long."""
    try:
        async with asyncio.timeout(HEARD_WITHIN_S):
            while not heard():
                await asyncio.sleep(LOOK_S)
    except TimeoutError:
        pass  # a reload shows it


async def _known(portal: Portal) -> dict[str, Any]:
    return {
        "clock": await control.clock.fn(portal),
        "moments": moments(portal.window),
        "steps": STEPS,
        "knobs": knobs(portal.profile),
        "resources": [(it, portal.resources[it.name]) for it in await control.resources.fn(portal)],
        "census": await census.census.fn(portal),
        "providers": portal.settings.provider_address,
        "findings": None,
        "workers": portal.settings.server_workers,
        "faults": portal.settings.fault_desk.faults if portal.settings.fault_desk else {},
        "wished": "",
    }


@get(PATH)
async def control_page(request: AnyRequest, portal: Portal) -> Response[Any]:
    """Show clock, capacities and books."""
    return page(request, "control", **await _known(portal))


@post(f"{PATH}/clock")
async def set_clock(request: AnyRequest, portal: Portal) -> Response[Any]:
    """Turn the clock, in all processes."""
    form = await request.form()
    try:
        given = filled(form, ClockForm)
        moment = given.portal_time if given.portal_time.tzinfo else given.portal_time.replace(tzinfo=CHINA)
        reading = await control.set_clock.fn(control.ClockSetting(moment, given.speed), portal)
        await _until(lambda: portal.clock.reading == reading)
    except Refusal as refusal:
        beside = {"control_value_wrong": "portal_time"}
        return refused_page(request, "control", refusal, beside, **await _known(portal), given=dict(form))
    return go(PATH)


@post(f"{PATH}/profile")
async def set_profile(request: AnyRequest, portal: Portal) -> Response[Any]:
    """Turn the capacities, in all processes."""
    form = await request.form()
    try:
        profile = await control.set_profile.fn(filled(form, Profile), portal)
        running: Portal = request.app.state.portal  # `portal` is the machine room's, as it was when the request came
        await _until(lambda: running.profile == profile)
    except Refusal as refusal:
        return refused_page(request, "control", refusal, **await _known(portal), given=dict(form))
    return go(f"{PATH}#knobs")


@post(f"{PATH}/faults")
async def wish_for_fault(request: AnyRequest, portal: Portal) -> Response[Any]:
    """Lay down a fault for the desk that does it to this portal; it begins once this answer is out."""
    form = await request.form()
    desk = portal.settings.fault_desk
    try:
        given = filled(form, FaultForm)
        if desk is None or given.fault not in desk.faults:
            raise FieldErrors({"fault": "请选择"})
        if any(desk.folder.glob("*.json")):
            raise FieldErrors({"fault": "上一个故障还没有结束"})
        wish = desk.folder / f"{uuid4().hex}.partial"
        wish.write_bytes(msgspec.json.encode(given))
        wish.rename(wish.with_suffix(".json"))
    except Refusal as refusal:
        return refused_page(request, "control", refusal, **await _known(portal), given=dict(form))
    return page(request, "control", **await _known(portal) | {"wished": desk.faults[given.fault]}, given=dict(form))


@post(f"{PATH}/past-passes")
async def add_past_pass(request: AnyRequest, portal: Portal) -> Response[Any]:
    """Tell the portal of a subject that somebody has passed in an earlier exam (rule 22)."""
    form = await request.form()
    try:
        id_number, subject = str(form.get("id_number", "")).strip().upper(), str(form.get("subject", ""))
        if error := id_number_error(id_number):
            raise FieldErrors({"id_number": error})
        passed_on = portal.clock.now() - timedelta(days=180)
        await control.set_past_passes.fn([control.PastPass(id_number, subject, passed_on)], portal)
    except Refusal as refusal:
        return refused_page(request, "control", refusal, **await _known(portal), given=dict(form))
    return go(f"{PATH}#books")


@post(f"{PATH}/reset")
async def reset(portal: Portal) -> Response[Any]:
    """Forget everybody."""
    await control.reset.fn(portal)
    return go(f"{PATH}#books")


@post(f"{PATH}/audit")
async def audit_books(request: AnyRequest, portal: Portal) -> Response[Any]:
    """Hold the books against the rules, and show what was found."""
    findings = await filling.audit_books.fn(portal)
    return page(request, "control", **await _known(portal) | {"findings": findings})


router = Router(
    "/",
    route_handlers=[control_page, set_clock, set_profile, wish_for_fault, add_past_pass, reset, audit_books],
    guards=[staff_guard],
)

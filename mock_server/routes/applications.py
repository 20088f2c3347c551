"""Applications: eligibility (6 to 9, 22), degree check (10), filing (15), status (20), withdrawal and change (21)."""

from contextlib import ExitStack
from datetime import date, datetime

from litestar import Router, get, post, put
from litestar.di import Provide
from msgspec import Struct

from mock_server.applications import ENDED, STATE_NAMES, Row, check_alive, china_time, find, make_move, state_of
from mock_server.database import Connection, every, queries
from mock_server.life import Event, State
from mock_server.portal import NOT_OPEN, Portal
from mock_server.problems import FieldErrors, Refusal
from mock_server.review import decision_time
from mock_server.rules import (
    PAPER_NAMES,
    PROVINCES,
    Basis,
    Degree,
    Field,
    Level,
    Paper,
    Qualification,
    eligibility_error,
    fee_fen,
    filing_number,
    filing_rows,
    is_retained,
    papers_missing,
    subjects_error,
)
from mock_server.sessions import Account, provide_account, require_identity

FORM_REFUSALS = ("field_errors", "not_eligible")


class ApplicationForm(Struct, forbid_unknown_fields=True):
    """What a candidate fills in."""

    level: Level
    subjects: list[str]
    province: str
    basis: Basis
    degree: Degree
    field: Field
    degree_certificate: str
    work_years: float
    management_years: float
    employer: str
    job_description: str
    employed_since: date
    workplace_province: str
    insured_months: int = 0
    earlier_certificate: str | None = None


class ApplicationMade(Struct):
    """The new draft."""

    id: int
    state: str


class Material(Struct):
    """A paper that is kept."""

    paper: str
    size_bytes: int
    sha256: str


class ApplicationView(Struct):
    """An application as its candidate sees it (rule 20); `supplement_paper` is what the reviewer asks for (rule 17)."""

    id: int
    state: str
    state_name: str
    due_at: datetime | None
    filing_number: str | None
    level: str
    subjects: list[str]
    province: str
    fee_fen: int
    degree_checked: bool
    reviewer_note: str | None
    supplement_paper: Paper | None
    submitted_at: datetime | None
    materials: list[Material]


class ApplicationLine(Struct):
    """An application in a list."""

    id: int
    state: str
    state_name: str
    filing_number: str | None


class Filed(Struct):
    """A filing (预约备案) with its number."""

    filing_number: str
    state: str
    submitted_at: datetime


class Moved(Struct):
    """The state after a move."""

    state: str
    state_name: str


async def _check_form(connection: Connection, form: ApplicationForm, account: Account, portal: Portal) -> None:
    errors = {
        "province": None if form.province in PROVINCES else "请选择报考省份",
        "employer": None if form.employer.strip() else "请填写工作单位",
        "job_description": None if form.job_description.strip() else "工作证明缺少岗位说明",
        "employed_since": None if form.employed_since <= portal.clock.now().date() else "任职起始日期不能晚于今天",
        "workplace_province": None if form.workplace_province in PROVINCES else "请选择工作单位所在省份",
        "degree_certificate": None if 1 <= len(form.degree_certificate.strip()) <= 40 else "请填写学历证书编号",
    }
    if found := {name: message for name, message in errors.items() if message}:
        raise FieldErrors(found)
    household = await queries.household_province(connection, account_id=account.id)
    if form.basis is Basis.HOUSEHOLD and form.province != household:
        raise FieldErrors({"province": f"按户籍报考应选择{PROVINCES.get(household, '户籍所在省份')}"})
    if form.basis is Basis.WORKPLACE and form.province != form.workplace_province:
        raise FieldErrors({"province": "按工作地报考应选择工作单位所在省份"})
    reason = eligibility_error(
        Qualification(
            form.level,
            form.degree,
            form.field,
            form.work_years,
            form.management_years,
            form.earlier_certificate,
        ),
        portal.limits,
    )
    if reason:
        raise Refusal("not_eligible", reason=reason)
    passes = await every(queries.past_passes(connection, id_number=account.id_number))
    now = portal.clock.now()
    retained = {row["subject"] for row in passes if is_retained(row["passed_on"], now, portal.limits)}
    if error := subjects_error(form.level, form.subjects, retained):
        raise FieldErrors({"subjects": error})


def _columns(form: ApplicationForm) -> dict[str, object]:
    return {
        "level": form.level.value,
        "subjects": form.subjects,
        "province": form.province,
        "basis": form.basis.value,
        "degree": form.degree.value,
        "field": form.field.value,
        "degree_certificate": form.degree_certificate,
        "work_years": form.work_years,
        "management_years": form.management_years,
        "earlier_certificate": form.earlier_certificate,
        "employer": form.employer,
        "job_description": form.job_description,
        "employed_since": form.employed_since,
        "workplace_province": form.workplace_province,
        "insured_months": form.insured_months,
    }


@post("/applications", refusals=(*NOT_OPEN, "identity_not_verified", *FORM_REFUSALS, "application_exists"))
async def create_application(data: ApplicationForm, account: Account, portal: Portal) -> ApplicationMade:
    """Begin an application; eligibility is checked at once."""
    portal.check_open()
    require_identity(account)
    async with portal.database.connection() as connection:
        await _check_form(connection, data, account, portal)
        application_id = await queries.create_application(
            connection,
            account_id=account.id,
            state=State.DRAFT.value,
            due_at=portal.window.closing,
            now=portal.clock.now(),
            **_columns(data),
        )
    if application_id is None:
        raise Refusal("application_exists")
    return ApplicationMade(application_id, State.DRAFT.value)


def check_changeable(portal: Portal) -> None:
    """Raise Refusal once the window has closed (rule 21)."""
    if portal.clock.now() >= portal.window.closing:
        raise Refusal("change_after_close", closing=f"{portal.window.closing:%Y-%m-%d %H:%M}")


@put(
    "/applications/{application_id:int}",
    refusals=("change_after_close", *ENDED, "application_not_editable", *FORM_REFUSALS),
)
async def change_application(application_id: int, data: ApplicationForm, account: Account, portal: Portal) -> Moved:
    """Change a draft, or an application that was withdrawn to be changed: it is a draft again."""
    check_changeable(portal)
    now = portal.clock.now()
    async with portal.database.transaction() as connection:
        row = await find(connection, application_id, account.id, lock=True)
        state = state_of(row, now)
        check_alive(portal, state)
        if state not in (State.DRAFT, State.WITHDRAWN):
            raise Refusal("application_not_editable", state=STATE_NAMES[state])
        await _check_form(connection, data, account, portal)
        await queries.change_application(connection, id=application_id, now=now, **_columns(data))
        if state is State.WITHDRAWN:
            await make_move(connection, row, Event.CHANGE, now, due_at=portal.window.closing)
    return Moved(State.DRAFT.value, STATE_NAMES[State.DRAFT])


@post(
    "/applications/{application_id:int}/degree-check",
    status_code=200,
    refusals=("application_not_editable", "degree_unknown", "provider_unavailable"),
)
async def check_degree(application_id: int, account: Account, portal: Portal) -> Moved:
    """Ask the national record for the degree (rule 10)."""
    async with portal.database.connection() as connection:
        row = await find(connection, application_id, account.id)
    state = state_of(row, portal.clock.now())
    if state is not State.DRAFT:
        raise Refusal("application_not_editable", state=STATE_NAMES[state])
    certificate = row["degree_certificate"]
    if not await portal.providers.degree_known(account.name, account.id_number, certificate):
        raise Refusal("degree_unknown")
    async with portal.database.connection() as connection:
        await queries.note_degree_known(
            connection, id=application_id, degree_certificate=certificate, now=portal.clock.now()
        )
    return Moved(state.value, STATE_NAMES[state])


@post(
    "/applications/{application_id:int}/submission",
    status_code=200,
    refusals=(*NOT_OPEN, "degree_not_checked", "insurance_too_short", "materials_missing", "illegal_move"),
)
async def submit_application(application_id: int, account: Account, portal: Portal) -> Filed:
    """File the application (预约备案): complete, in time, with a number that is unique and gapless by province."""
    with ExitStack() as held:  # the row of the province is held until the transaction has ended
        async with portal.database.transaction() as connection:
            row = await find(connection, application_id, account.id, lock=True)
            portal.check_open()
            now = portal.clock.now()
            await _check_complete(connection, row, account, portal)
            decision_at = await _decision_at(connection, row, account, portal, now)
            state = await make_move(connection, row, Event.SUBMIT, now, decision_at=decision_at)
            await queries.start_review(connection, id=application_id, after_supplement=False, now=now)
            province = row["province"]
            number = await queries.filed_in(connection, id=application_id, province=province)
            if number is None:
                turn = held.enter_context(portal.resources["filing_row"].observed())
                rows = filing_rows(province, portal.profile.filing_rows)
                await every(queries.lock_filing_rows(connection, provinces=rows))
                turn.granted()
                await portal.hooks.under_filing_row(account.phone or "")
                sequence = await queries.take_filing_sequence(connection, province=province)
                number = filing_number(province, portal.window.exam.year, sequence)
                await queries.file_application(
                    connection,
                    province=province,
                    sequence=sequence,
                    number=number,
                    id=application_id,
                    now=now,
                )
            await queries.note_filing_number(connection, id=application_id, number=number)
    return Filed(number, state.value, now)


async def _decision_at(connection: Connection, row: Row, account: Account, portal: Portal, now: datetime) -> datetime:
    """Give when the round of review that begins now will be decided."""
    round_ = row["review_round"] + 1
    noted: datetime | None = await queries.diary_entry(connection, id_number=account.id_number, round=round_)
    if noted is not None and noted > now:
        return noted
    return decision_time(portal.settings.seed, account.id_number, round_, now, portal.limits)


async def _check_complete(connection: Connection, row: Row, account: Account, portal: Portal) -> None:
    if row["degree_known_at"] is None and portal.limits.degree_check_required:
        raise Refusal("degree_not_checked")
    limits = portal.limits
    if row["province"] in limits.insurance_provinces and row["insured_months"] < limits.insurance_months:
        raise Refusal("insurance_too_short", months=limits.insurance_months)
    uploaded = {Paper(it["paper"]) for it in await every(queries.materials_of(connection, application_id=row["id"]))}
    household = await queries.household_province(connection, account_id=account.id)
    if missing := papers_missing(row["province"], household, uploaded, limits):
        papers = sorted(missing)
        raise Refusal("materials_missing", missing="、".join(PAPER_NAMES[paper] for paper in papers), papers=papers)


@post(
    "/applications/{application_id:int}/supplement",
    status_code=200,
    refusals=(*ENDED, "supplement_empty", "illegal_move"),
)
async def supplement(application_id: int, account: Account, portal: Portal) -> Moved:
    """Hand in the better paper that the reviewer asked for, within 5 days (rule 17)."""
    now = portal.clock.now()
    async with portal.database.transaction() as connection:
        row = await find(connection, application_id, account.id, lock=True)
        check_alive(portal, state_of(row, now))
        since = row["changed_at"]  # when the reviewer asked
        if state_of(row, now) is State.SUPPLEMENT_REQUESTED and not await queries.uploaded_since(
            connection, application_id=application_id, paper=row["asked_paper"], since=since
        ):
            raise Refusal("supplement_empty", paper=PAPER_NAMES[Paper(row["asked_paper"])])
        decision_at = await _decision_at(connection, row, account, portal, now)
        state = await make_move(connection, row, Event.SUPPLEMENT, now, decision_at=decision_at)
        await queries.start_review(connection, id=application_id, after_supplement=True, now=now)
    return Moved(state.value, STATE_NAMES[state])


@post(
    "/applications/{application_id:int}/withdrawal",
    status_code=200,
    refusals=("change_after_close", *ENDED, "illegal_move"),
)
async def withdraw(application_id: int, account: Account, portal: Portal) -> Moved:
    """Withdraw until the window closes; a fee that was paid is owed back (rule 21)."""
    check_changeable(portal)
    now = portal.clock.now()
    async with portal.database.transaction() as connection:
        row = await find(connection, application_id, account.id, lock=True)
        check_alive(portal, state_of(row, now))
        state = await make_move(connection, row, Event.WITHDRAW, now)
        await queries.cancel_open_orders(
            connection, application_id=application_id
        )  # money that still comes is owed back
        await queries.owe_refund(connection, application_id=application_id)
    return Moved(state.value, STATE_NAMES[state])


@get("/applications/{application_id:int}")
async def application_status(application_id: int, account: Account, portal: Portal) -> ApplicationView:
    """Say how an application stands: the page that people reload most (rule 20)."""
    async with portal.database.connection() as connection:
        row = await find(connection, application_id, account.id)
        materials = await every(queries.materials_of(connection, application_id=application_id))
    state = state_of(row, portal.clock.now())
    return ApplicationView(
        id=row["id"],
        state=state.value,
        state_name=STATE_NAMES[state],
        due_at=china_time(row["due_at"]),
        filing_number=row["filing_number"],
        level=row["level"],
        subjects=row["subjects"],
        province=row["province"],
        fee_fen=fee_fen(Level(row["level"]), len(row["subjects"]), portal.limits),
        degree_checked=row["degree_known_at"] is not None,
        reviewer_note=row["reviewer_note"],
        supplement_paper=Paper(row["asked_paper"]) if state is State.SUPPLEMENT_REQUESTED else None,
        submitted_at=china_time(row["submitted_at"]),
        materials=[Material(it["paper"], it["size_bytes"], it["sha256"]) for it in materials],
    )


@get("/applications")
async def my_applications(account: Account, portal: Portal) -> list[ApplicationLine]:
    """Give the candidate's applications."""
    now = portal.clock.now()
    async with portal.database.connection() as connection:
        rows = await every(queries.my_applications(connection, account_id=account.id))
    states = [(row, state_of(row, now)) for row in rows]
    return [ApplicationLine(row["id"], state.value, STATE_NAMES[state], row["filing_number"]) for row, state in states]


router = Router(
    "/api",
    route_handlers=[
        create_application,
        change_application,
        check_degree,
        submit_application,
        supplement,
        withdraw,
        application_status,
        my_applications,
    ],
    dependencies={"account": Provide(provide_account)},
    tags=["application"],
)

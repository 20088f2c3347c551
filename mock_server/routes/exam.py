"""Admission ticket (准考证, rule 23), results (成绩) and certificate (证书, rule 24)."""

from datetime import datetime, timedelta

from litestar import Response, Router, get
from litestar.di import Provide
from msgspec import Struct

from mock_server.applications import STATE_NAMES, Row, china_time, find, state_of
from mock_server.clock import CHINA
from mock_server.exam import drawn_seat, passed_subjects, ticket_number
from mock_server.exam_pdfs import certificate_pdf, ticket_pdf
from mock_server.life import State
from mock_server.portal import Portal
from mock_server.problems import Refusal
from mock_server.results import enter_results
from mock_server.rules import SUBJECTS, Level
from mock_server.sessions import Account, provide_account

PDF = "application/pdf"


class SubjectResult(Struct):
    """The result in one subject; no score for who was absent. A pass counts in later exams until `retained_until`."""

    subject: str
    name: str
    score: int | None
    absent: bool
    passed: bool
    retained_until: datetime | None


class Results(Struct):
    """The results of one exam; with a pass in all that was left to pass there is a certificate, from when on."""

    application_id: int
    level: str
    pass_score: int
    subjects: list[SubjectResult]
    passed: bool
    certificate_from: datetime | None


def _clock_text(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"


async def _application(application_id: int, account: Account, portal: Portal) -> Row:
    async with portal.database.connection() as connection:
        return await find(connection, application_id, account.id)


async def _marked(application_id: int, account: Account, portal: Portal) -> Row:
    """Give an application with its results. Raises Refusal before they are published, and for who did not pay."""
    now = portal.clock.now()
    if now < portal.window.results:
        raise Refusal("results_not_published", results=_clock_text(portal.window.results))
    row = await _application(application_id, account, portal)
    state = state_of(row, now)
    if state is not State.PAID:
        raise Refusal("results_none", state=STATE_NAMES[state])
    if row["scores"] is not None:
        return row
    async with portal.database.transaction() as connection:  # this candidate was faster than those who mark
        row = await find(connection, application_id, account.id, lock=True)
        if row["scores"] is None:
            await enter_results(connection, portal, [{**row, "id_number": account.id_number}])
            row = await find(connection, application_id, account.id)
    return row


@get(
    "/applications/{application_id:int}/admission-ticket",
    media_type=PDF,
    refusals=("admission_ticket_not_open", "admission_ticket_over", "admission_ticket_not_paid"),
)
async def admission_ticket(application_id: int, account: Account, portal: Portal) -> Response[bytes]:
    """Give the admission ticket as a PDF, to who has paid, until the last exam day has ended."""
    now = portal.clock.now()
    window = portal.window
    if now < window.tickets:
        raise Refusal("admission_ticket_not_open", tickets=_clock_text(window.tickets))
    if now >= window.exam_end:
        raise Refusal("admission_ticket_over", exam_end=_clock_text(window.exam_end))
    row = await _application(application_id, account, portal)
    state = state_of(row, now)
    if state is not State.PAID:
        raise Refusal("admission_ticket_not_paid", state=STATE_NAMES[state])
    level = Level(row["level"])
    pdf = await portal.storage.run(
        ticket_pdf,
        number=ticket_number(row["filing_number"], level),
        name=account.name,
        id_number=account.id_number,
        filing_number=row["filing_number"],
        level=level,
        subjects=row["subjects"],
        province=row["province"],
        seat=drawn_seat(portal.settings.seed, row["filing_number"], portal.limits),
        begins=window.exam.astimezone(CHINA),
        ends=window.exam_end.astimezone(CHINA),
    )
    return Response(pdf, media_type=PDF, headers=_as_file(f"admission-ticket-{application_id}.pdf"))


@get("/applications/{application_id:int}/results", refusals=("results_not_published", "results_none"))
async def results(application_id: int, account: Account, portal: Portal) -> Results:
    """Give the score in each subject, and what was passed: the page of the sharpest spike."""
    row = await _marked(application_id, account, portal)
    level = Level(row["level"])
    passed = passed_subjects(row["subjects"], row["scores"], portal.limits)
    complete = row["certificate_number"] is not None
    retained_until = portal.window.exam_end + timedelta(days=365.25 * portal.limits.retained_years)
    return Results(
        application_id=application_id,
        level=level.value,
        pass_score=portal.limits.pass_score,
        subjects=[
            SubjectResult(
                subject=code,
                name=SUBJECTS[level][code],
                score=score,
                absent=score is None,
                passed=code in passed,
                retained_until=china_time(retained_until) if code in passed and not complete else None,
            )
            for code, score in zip(row["subjects"], row["scores"], strict=True)
        ],
        passed=complete,
        certificate_from=china_time(portal.window.certificates) if complete else None,
    )


@get(
    "/applications/{application_id:int}/certificate",
    media_type=PDF,
    refusals=("results_not_published", "results_none", "certificate_not_earned", "certificate_not_issued"),
)
async def certificate(application_id: int, account: Account, portal: Portal) -> Response[bytes]:
    """Give the certificate as a PDF, to who has passed all subjects of the level."""
    window = portal.window
    row = await _marked(application_id, account, portal)
    if row["certificate_number"] is None:
        raise Refusal("certificate_not_earned")
    if portal.clock.now() < window.certificates:
        raise Refusal("certificate_not_issued", certificates=_clock_text(window.certificates))
    pdf = await portal.storage.run(
        certificate_pdf,
        number=row["certificate_number"],
        name=account.name,
        id_number=account.id_number,
        level=Level(row["level"]),
        passed_on=window.exam_end.astimezone(CHINA).date(),
        issued_on=window.certificates.astimezone(CHINA).date(),
    )
    return Response(pdf, media_type=PDF, headers=_as_file(f"certificate-{application_id}.pdf"))


def _as_file(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


router = Router(
    "/api",
    route_handlers=[admission_ticket, results, certificate],
    dependencies={"account": Provide(provide_account)},
    tags=["exam"],
)

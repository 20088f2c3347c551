"""Identity: ID scans (rule 3), addresses (rule 4), submission and face check within 48 hours (rule 5)."""

from datetime import datetime, timedelta
from enum import StrEnum

from litestar import Router, get, post, put
from litestar.di import Provide
from msgspec import Struct

from mock_server.database import Connection, queries
from mock_server.paper_checks import PaperRefused, check_id_scan
from mock_server.portal import Portal
from mock_server.problems import FieldErrors, PaperProblem, Refusal
from mock_server.request_type import AnyRequest
from mock_server.rules import address_error
from mock_server.sessions import Account, provide_account

JPEG = "image/jpeg"
SCAN_REFUSALS = ("paper_too_large", "paper_empty", "paper_refused", "disk_full")
FACE_REFUSALS = (
    "identity_not_submitted",
    "face_check_already_passed",
    "paper_too_large",
    "paper_empty",
    "disk_full",
    "face_not_matching",
    "provider_unavailable",
)


class Side(StrEnum):
    """Side of the ID card."""

    FRONT = "front"
    BACK = "back"


class Address(Struct, forbid_unknown_fields=True):
    """One address; the province by its two-digit code."""

    province: str
    city: str
    detail: str


class Addresses(Struct, forbid_unknown_fields=True):
    """Household registration (户籍) and current residence."""

    household: Address
    residence: Address


class FileKept(Struct):
    """A file that passed its check and is kept."""

    sha256: str
    size_bytes: int


class Identity(Struct):
    """How far the identity has come."""

    name: str
    scans: list[str]
    addresses_given: bool
    submitted_at: datetime | None
    face_due_at: datetime | None
    face_checked_at: datetime | None


class FaceChecked(Struct):
    """The face check is passed."""

    face_checked_at: datetime


def _check_not_submitted(account: Account) -> None:
    if account.submitted_at is not None:
        raise Refusal("identity_already_submitted")


async def _lock_unsubmitted(connection: Connection, account: Account) -> None:
    if (await queries.lock_account(connection, account_id=account.id))["submitted_at"] is not None:
        raise Refusal("identity_already_submitted")


@get("/identity")
async def identity(account: Account, portal: Portal) -> Identity:
    """Say how far the identity has come."""
    async with portal.database.connection() as connection:
        progress = await queries.identity_progress(connection, account_id=account.id)
    return Identity(
        account.name,
        progress["sides"] or [],
        progress["addresses"] == len(Side),
        account.submitted_at,
        account.face_due_at,
        account.face_checked_at,
    )


@put("/identity/scans/{side:str}", takes=(JPEG,), refusals=("identity_already_submitted", *SCAN_REFUSALS))
async def upload_scan(request: AnyRequest, side: Side, filename: str, account: Account, portal: Portal) -> FileKept:
    """Upload one side of the ID card: the body is the JPEG."""
    _check_not_submitted(account)
    async with portal.uploads.receive(request, portal.limits.papers.scan_max_bytes) as upload:
        try:
            await portal.images.run(
                check_id_scan,
                upload.path,
                filename=filename,
                front=side is Side.FRONT,
                limits=portal.limits.papers,
            )
        except PaperRefused as refused:
            raise PaperProblem(refused.code, refused.message) from None
        async with portal.database.transaction() as connection:
            await _lock_unsubmitted(connection, account)  # it may have been submitted while the file was on its way
            replaced = await queries.keep_scan(
                connection,
                account_id=account.id,
                side=side.value,
                file=upload.file,
                sha256=upload.sha256,
                size_bytes=upload.size_bytes,
                now=portal.clock.now(),
            )
            upload.keep = True
        portal.uploads.discard(replaced)
    return FileKept(upload.sha256.hex(), upload.size_bytes)


@put("/identity/addresses", status_code=204, refusals=("field_errors", "identity_already_submitted"))
async def give_addresses(data: Addresses, account: Account, portal: Portal) -> None:
    """Give household registration and current residence."""
    _check_not_submitted(account)
    given = {"household": data.household, "residence": data.residence}
    found = {kind: address_error(it.province, it.city, it.detail) for kind, it in given.items()}
    if errors := {kind: message for kind, message in found.items() if message}:
        raise FieldErrors(errors)
    async with portal.database.transaction() as connection:
        await _lock_unsubmitted(connection, account)
        await queries.keep_addresses(
            connection,
            account_id=account.id,
            household_province=data.household.province,
            household_city=data.household.city,
            household_detail=data.household.detail,
            residence_province=data.residence.province,
            residence_city=data.residence.city,
            residence_detail=data.residence.detail,
        )


@post("/identity/submission", status_code=200, refusals=("identity_already_submitted", "identity_incomplete"))
async def submit_identity(account: Account, portal: Portal) -> Identity:
    """Submit the identity: the face check is due from now on."""
    _check_not_submitted(account)
    now = portal.clock.now()
    face_due_at = now + timedelta(hours=portal.limits.face_check_within_h)
    async with portal.database.transaction() as connection:
        progress = await queries.identity_progress(connection, account_id=account.id)
        sides = progress["sides"] or []
        missing = [f"身份证{name}" for side, name in ((Side.FRONT, "正面"), (Side.BACK, "反面")) if side not in sides]
        if progress["addresses"] < len(Side):
            missing.append("户籍与现住址")
        if missing:
            raise Refusal("identity_incomplete", missing="、".join(missing))
        if await queries.submit_identity(connection, account_id=account.id, now=now, face_due_at=face_due_at) is None:
            raise Refusal("identity_already_submitted")
    return Identity(account.name, sides, True, now, face_due_at, None)


@post("/identity/face-check", status_code=200, takes=(JPEG,), refusals=FACE_REFUSALS)
async def face_check(request: AnyRequest, account: Account, portal: Portal) -> FaceChecked:
    """Check the face: the body is a selfie (JPEG) that the outside service compares."""
    if account.submitted_at is None:
        raise Refusal("identity_not_submitted")
    if account.face_checked_at is not None:
        raise Refusal("face_check_already_passed")
    async with portal.uploads.receive(request, portal.limits.selfie_max_bytes) as upload:
        selfie = await portal.storage.run(upload.path.read_bytes)  # not kept: a portal has no right to faces
    if not await portal.providers.face_matches(account.id_number, account.name, selfie):
        raise Refusal("face_not_matching")
    now = portal.clock.now()
    async with portal.database.connection() as connection:
        if await queries.pass_face_check(connection, account_id=account.id, now=now) is None:
            if (await queries.lock_account(connection, account_id=account.id))["face_checked_at"] is not None:
                raise Refusal("face_check_already_passed")  # by another try, meanwhile
            raise Refusal("account_lapsed", hours=f"{portal.limits.face_check_within_h:g}")
    return FaceChecked(now)


router = Router(
    "/api",
    route_handlers=[identity, upload_scan, give_addresses, submit_identity, face_check],
    dependencies={"account": Provide(provide_account)},
    tags=["identity"],
)

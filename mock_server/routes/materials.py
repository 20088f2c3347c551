"""Papers of an application (rules 11 to 14): uploaded, checked, kept."""

from litestar import Router, put
from litestar.di import Provide
from msgspec import Struct

from mock_server.applications import ENDED, STATE_NAMES, Row, check_alive, find, state_of
from mock_server.database import queries
from mock_server.life import State
from mock_server.paper_checks import PaperRefused, check_paper
from mock_server.portal import Portal
from mock_server.problems import PaperProblem, Refusal
from mock_server.request_type import AnyRequest
from mock_server.rules import Paper
from mock_server.sessions import Account, provide_account

PAPER_REFUSALS = ("paper_too_large", "paper_empty", "paper_refused", "disk_full")


class PaperKept(Struct):
    """A paper that passed its check; `has_stamp` is what the check saw on a work proof."""

    sha256: str
    size_bytes: int
    has_stamp: bool | None


def _check_editable(portal: Portal, row: Row) -> None:
    state = state_of(row, portal.clock.now())
    check_alive(portal, state)
    if state not in (State.DRAFT, State.SUPPLEMENT_REQUESTED):
        raise Refusal("application_not_editable", state=STATE_NAMES[state])


@put(
    "/applications/{application_id:int}/materials/{paper:str}",
    takes=("application/pdf", "image/jpeg"),
    refusals=(*ENDED, "application_not_editable", *PAPER_REFUSALS),
)
async def upload_material(
    request: AnyRequest, application_id: int, paper: Paper, filename: str, account: Account, portal: Portal
) -> PaperKept:
    """Upload a paper: the body is the PDF or JPG."""
    async with portal.database.connection() as connection:
        _check_editable(portal, await find(connection, application_id, account.id))
    async with portal.uploads.receive(request, portal.limits.papers.paper_max_bytes) as upload:
        try:
            findings = await portal.images.run(
                check_paper,
                upload.path,
                filename=filename,
                look_for_stamp=paper is Paper.WORK_PROOF,
                limits=portal.limits.papers,
            )
        except PaperRefused as refused:
            raise PaperProblem(refused.code, refused.message) from None
        async with portal.database.transaction() as connection:
            # The application may have been filed while the file was on its way.
            _check_editable(portal, await find(connection, application_id, account.id, lock=True))
            replaced = await queries.keep_material(
                connection,
                application_id=application_id,
                paper=paper.value,
                file=upload.file,
                sha256=upload.sha256,
                size_bytes=upload.size_bytes,
                has_stamp=findings.has_stamp,
                now=portal.clock.now(),
            )
            upload.keep = True
        portal.uploads.discard(replaced)
    return PaperKept(upload.sha256.hex(), upload.size_bytes, findings.has_stamp)


router = Router(
    "/api",
    route_handlers=[upload_material],
    dependencies={"account": Provide(provide_account)},
    tags=["materials"],
)

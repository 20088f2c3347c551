"""The exam office: a reviewer looks at papers, approves, asks for better ones, or rejects (rules 16, 17)."""

from enum import StrEnum
from typing import Any

from litestar import Response, Router, get, post
from msgspec import Struct

from mock_server.applications import STATE_NAMES, state_of
from mock_server.database import every, queries
from mock_server.life import Event, State
from mock_server.office import decide_by_hand
from mock_server.pages.cookies import staff_guard
from mock_server.pages.forms import filled
from mock_server.pages.show import go, page, refused_page
from mock_server.portal import Portal
from mock_server.problems import FieldErrors, Refusal
from mock_server.request_type import AnyRequest
from mock_server.review import Decision
from mock_server.rules import PAPER_NAMES, Paper

CASES_SHOWN = 50
SCAN_NAMES = {"id_front": "身份证正面", "id_back": "身份证反面"}
MEDIA_TYPES = {b"%PDF": "application/pdf", b"\xff\xd8\xff": "image/jpeg"}


class Verdict(StrEnum):
    """What a reviewer can decide."""

    APPROVE = Event.APPROVE.value
    REQUEST_SUPPLEMENT = Event.REQUEST_SUPPLEMENT.value
    REJECT = Event.REJECT.value


class DecisionForm(Struct):
    """What a reviewer fills in: a note for the candidate with all but an approval, and the paper that is asked for."""

    verdict: Verdict
    note: str = ""
    paper: Paper | None = None

    def decision(self) -> Decision:
        """Give the decision. Raises FieldErrors where something is missing."""
        errors = {}
        if self.verdict is not Verdict.APPROVE and not 1 <= len(self.note) <= 200:
            errors["note"] = "请填写给考生的说明（至多 200 字）"
        if self.verdict is Verdict.REQUEST_SUPPLEMENT and self.paper is None:
            errors["paper"] = "请选择需要补交的材料"
        if errors:
            raise FieldErrors(errors)
        if self.verdict is Verdict.APPROVE:
            return Decision(Event.APPROVE)
        paper = self.paper if self.verdict is Verdict.REQUEST_SUPPLEMENT else None
        return Decision(Event(self.verdict), self.note, paper)


@get("/exam-office")
async def cases(request: AnyRequest, portal: Portal, filing_number: str = "") -> Response[Any]:
    """Show what is under review."""
    filing_number = filing_number.strip()[:20]
    async with portal.database.connection() as connection:
        rows = await every(queries.cases_under_review(connection, filing_number=filing_number, most=CASES_SHOWN))
        count = await queries.count_under_review(connection)
    return page(request, "exam-office", cases=rows, count=count, most=CASES_SHOWN, filing_number=filing_number)


async def _known(application_id: int, portal: Portal) -> dict[str, Any]:
    async with portal.database.connection() as connection:
        case = await queries.find_case(connection, id=application_id)
        if case is None:
            raise Refusal("application_not_found")
        papers = await every(queries.papers_of_case(connection, id=application_id))
        moves = await every(queries.moves_of_case(connection, id=application_id))
    state = state_of(case, portal.clock.now())
    names = SCAN_NAMES | {str(paper): name for paper, name in PAPER_NAMES.items()}
    return {
        "case": case,
        "papers": [(names[it["paper"]], it) for it in papers],
        "moves": moves,
        "state_name": STATE_NAMES[state],
        "state_names": {str(it): name for it, name in STATE_NAMES.items()},
        "is_open": state is State.UNDER_REVIEW,
    }


@get("/exam-office/{application_id:int}")
async def case(request: AnyRequest, application_id: int, portal: Portal) -> Response[Any]:
    """Show one application with its papers."""
    return page(request, "exam-office-case", **await _known(application_id, portal))


@post("/exam-office/{application_id:int}")
async def decide(request: AnyRequest, application_id: int, portal: Portal) -> Response[Any]:
    """Decide."""
    form = await request.form()
    try:
        await decide_by_hand(portal, application_id, filled(form, DecisionForm).decision())
    except Refusal as refusal:
        known = await _known(application_id, portal)
        beside = {"stamp_missing": "verdict"}
        return refused_page(request, "exam-office-case", refusal, beside, **known, given=dict(form))
    return go(f"/exam-office/{application_id}")


@get("/exam-office/{application_id:int}/papers/{paper:str}")
async def paper_file(application_id: int, paper: str, portal: Portal) -> Response[bytes]:
    """Give a paper: a photo to be looked at, a PDF to be saved. Strangers have made it: nothing in it may run."""
    async with portal.database.connection() as connection:
        papers = await every(queries.papers_of_case(connection, id=application_id))
    file = next((it["file"] for it in papers if it["paper"] == paper), None)
    path = portal.uploads.path_of(file) if file else None
    if path is None or not path.is_file():
        raise Refusal("not_found")
    content = await portal.storage.run(path.read_bytes)
    kinds = (kind for start, kind in MEDIA_TYPES.items() if content.startswith(start))
    media_type = next(kinds, "application/octet-stream")
    disposition = "inline" if media_type == "image/jpeg" else f'attachment; filename="{paper}-{application_id}.pdf"'
    headers = {"Content-Disposition": disposition, "Content-Security-Policy": "sandbox", "Cache-Control": "no-store"}
    return Response(content, media_type=media_type, headers=headers)


router = Router("/", route_handlers=[cases, case, decide, paper_file], guards=[staff_guard])

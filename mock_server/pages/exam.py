"""Admission ticket, results and certificate (rules 23, 24)."""

from typing import Any

from litestar import Response, Router, get
from litestar.di import Provide

from mock_server.pages.cookies import provide_candidate
from mock_server.pages.show import page
from mock_server.portal import Portal
from mock_server.request_type import AnyRequest
from mock_server.routes import exam
from mock_server.sessions import Account


@get("/applications/{application_id:int}/admission-ticket")
async def admission_ticket(application_id: int, account: Account, portal: Portal) -> Response[bytes]:
    """Give the admission ticket as a PDF."""
    pdf: Response[bytes] = await exam.admission_ticket.fn(application_id, account, portal)
    return pdf


@get("/applications/{application_id:int}/results")
async def results(request: AnyRequest, application_id: int, account: Account, portal: Portal) -> Response[Any]:
    """Show the score in each subject."""
    return page(request, "results", results=await exam.results.fn(application_id, account, portal))


@get("/applications/{application_id:int}/certificate")
async def certificate(application_id: int, account: Account, portal: Portal) -> Response[bytes]:
    """Give the certificate as a PDF."""
    pdf: Response[bytes] = await exam.certificate.fn(application_id, account, portal)
    return pdf


router = Router(
    "/",
    route_handlers=[admission_ticket, results, certificate],
    dependencies={"account": Provide(provide_candidate)},
)

"""Pages of the outside services, for a person at a browser: a phone, a gateway's cashier, and how services behave.

They do what the calls of docs/providers.md do, and are reached by nothing else than links.
"""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request, Response, Router, get, post
from litestar.connection import ASGIConnection
from litestar.enums import MediaType
from litestar.handlers import BaseRouteHandler
from litestar.response import Redirect

from fakes.providers.problems import problem
from fakes.providers.service import Mood, Service
from fakes.providers.sms import Phones

HERE = Path(__file__).parent / "templates"
TEMPLATES = Environment(
    loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
STYLE = (HERE / "pages.css").read_text()
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
SERVICE_NAMES = {
    "sms": "短信服务",
    "face_check": "人脸识别服务",
    "degree_record": "学历核验服务（学信网）",
    "alipay": "支付宝",
    "unionpay": "银联",
}
MOOD_NAMES = {Mood.USUAL: "正常", Mood.SILENT: "静默（收下请求，不回答）", Mood.FAILING: "失败（立刻拒绝）"}
AnyRequest = Request[Any, Any, Any]


def show(template: str, **context: Any) -> Response[str]:
    """Fill a template."""
    html = TEMPLATES.get_template(f"{template}.html.j2").render(context)
    return Response(html, media_type=MediaType.HTML, headers=HEADERS)


def own_forms_alone(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Take forms from these pages alone: any other page in the same browser could send one here too."""
    origin = connection.headers.get("origin")
    if origin is not None and origin != f"http://{connection.headers.get('host', '')}":
        raise problem(403, "other-origin", "forms are taken from the pages of the outside services alone")


def pages_router(services: list[Service], phones: Phones) -> Router:
    """Give the routes of the phone and of the services."""

    @get("/pages.css", media_type="text/css", sync_to_thread=False)
    def style() -> str:
        return STYLE

    @get("/", sync_to_thread=False)
    def overview() -> Response[str]:
        return show("services", services=services, names=SERVICE_NAMES, moods=MOOD_NAMES)

    @post("/treatments-by-hand/{name:str}", guards=[own_forms_alone])
    async def treat(request: AnyRequest, name: str) -> Redirect:
        form = await request.form()
        service = next((it for it in services if it.name == name), None)
        try:
            mood, slower = Mood(form.get("mood", "")), float(form.get("slower", "1"))
        except ValueError:
            raise problem(400, "bad-request", "mood or slower is not what it may be") from None
        if service is None or not 1 <= slower <= 10_000:
            raise problem(400, "bad-request", "no such service, or slower is not from 1 to 10000")
        service.be(mood, slower)
        return Redirect("/", status_code=303)

    @get("/sms/phone", sync_to_thread=False)
    def phone(phone: str) -> Response[str]:
        return show("phone", phone=phone, messages=phones.inbox(phone).messages)

    return Router("/", route_handlers=[style, overview, treat, phone])

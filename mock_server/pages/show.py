"""How a page becomes an answer: templates, and the headers that keep a browser from doing what no page asks for."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Response
from litestar.datastructures import Cookie
from litestar.enums import MediaType
from litestar.response import Redirect

from mock_server.clock import CHINA
from mock_server.pages.cookies import CANDIDATE
from mock_server.portal import Portal
from mock_server.problems import Refusal
from mock_server.request_type import AnyRequest
from mock_server.rules import LEVEL_NAMES, PAPER_NAMES, PROVINCES, SUBJECTS, Basis, Degree, Field, Level

SECURITY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""Own scripts and styles alone, in nobody's frame; a preview of a file is a blob. Forms go to this portal alone."""
PRIVATE = {**SECURITY, "Cache-Control": "no-store"}
SUBJECT_NAMES = {code: name for subjects in SUBJECTS.values() for code, name in subjects.items()}
DEGREE_NAMES = {
    Degree.SECONDARY: "中专（高中）",
    Degree.COLLEGE: "大专",
    Degree.BACHELOR: "本科",
    Degree.MASTER: "硕士及以上",
}
FIELD_NAMES = {Field.SOCIAL_WORK: "社会工作", Field.OTHER: "其他专业"}
BASIS_NAMES = {Basis.WORKPLACE: "按工作地报考", Basis.HOUSEHOLD: "按户籍报考"}
CHANNEL_NAMES = {"alipay": "支付宝", "unionpay": "银联"}


def moment(it: datetime | None) -> str:
    """Write a moment as candidates read it, in China Standard Time.

    >>> moment(datetime.fromisoformat("2025-03-10T01:00:00+00:00")), moment(None)
    ('2025-03-10 09:00', '')
    """
    return f"{it.astimezone(CHINA):%Y-%m-%d %H:%M}" if it else ""


def yuan(fen: int) -> str:
    """Write an amount.

    >>> yuan(12050)
    '120.50'
    """
    return f"{fen // 100}.{fen % 100:02d}"


def time_left(due: datetime, now: datetime) -> str:
    """Say how long a deadline is away.

    >>> at = datetime.fromisoformat("2025-03-10T09:00:00+08:00")
    >>> [time_left(at + timedelta(minutes=it), at) for it in (7200, 1800, 90, 0.5, 0)]
    ['还剩 5 天 0 小时', '还剩 1 天 6 小时', '还剩 1 小时 30 分钟', '不到 1 分钟', '已到期']
    """
    if due <= now:
        return "已到期"
    minutes = (due - now) // timedelta(minutes=1)
    if minutes >= 24 * 60:
        return f"还剩 {minutes // 1440} 天 {minutes % 1440 // 60} 小时"
    if minutes >= 60:
        return f"还剩 {minutes // 60} 小时 {minutes % 60} 分钟"
    return f"还剩 {minutes} 分钟" if minutes else "不到 1 分钟"


TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.filters |= {"moment": moment, "yuan": yuan, "time_left": time_left}
TEMPLATES.globals |= {
    "LEVELS": LEVEL_NAMES,
    "PROVINCES": PROVINCES,
    "PAPERS": PAPER_NAMES,
    "SUBJECTS": SUBJECT_NAMES,
    "SUBJECTS_OF": {level: list(SUBJECTS[level].items()) for level in Level},
    "DEGREES": DEGREE_NAMES,
    "FIELDS": FIELD_NAMES,
    "BASES": BASIS_NAMES,
    "CHANNELS": CHANNEL_NAMES,
}


def page(
    request: AnyRequest, template: str, *, status_code: int = 200, cookies: Sequence[Cookie] = (), **context: Any
) -> Response[str]:
    """Fill a template: `now` is portal time, `given` and `errors` what a form had in it and what is wrong with it.

    A page that waits for something is looked at again after `again_s`.
    """
    portal: Portal = request.app.state.portal
    known = {
        "now": portal.clock.now(),
        "logged_in": CANDIDATE in request.cookies,
        "given": {},
        "problem": None,
        "again_s": None,
    }
    errors = defaultdict(str, context.pop("errors", {}))
    html = TEMPLATES.get_template(f"{template}.html.j2").render(known | context, errors=errors)
    return Response(
        html, media_type=MediaType.HTML, status_code=status_code, headers=dict(PRIVATE), cookies=list(cookies)
    )


def refused_page(
    request: AnyRequest, template: str, refusal: Refusal, beside: Mapping[str, str] | None = None, **context: Any
) -> Response[str]:
    """Show a form again with what was refused: beside its field, where `beside` or the refusal itself names one."""
    errors = messages(refusal)
    if not errors and (field := (beside or {}).get(refusal.code)):
        errors[field] = refusal.detail
    return page(request, template, status_code=refusal.status_code, errors=errors, problem=refusal.detail, **context)


def messages(refusal: Refusal) -> dict[str, str]:
    """Give what a refusal says of each field."""
    named = refusal.extra.get("errors", []) if isinstance(refusal.extra, dict) else []
    return {it["field"]: it["message"] for it in named}


def go(path: str, cookies: Sequence[Cookie] = ()) -> Redirect:
    """Lead on to another page of the portal, by GET: so that a reload sends no form again."""
    return Redirect(path, status_code=303, headers={"Cache-Control": "no-store"}, cookies=list(cookies))

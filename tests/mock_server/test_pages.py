"""The pure parts of the pages: the next step, forms, and the page of a portal that is full."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.datastructures import FormMultiDict
from msgspec.structs import asdict, replace

from mock_server.front import _turn_away
from mock_server.life import DEADLINES, State
from mock_server.pages.forms import filled
from mock_server.pages.next_step import next_of_application, next_of_identity
from mock_server.problems import FieldErrors
from mock_server.routes.applications import ApplicationForm, ApplicationView
from mock_server.routes.identity import Addresses, Identity
from mock_server.rules import Basis, Degree, Field, Level, Paper
from mock_server.settings import Limits, Profile, Window

OPENING = datetime(2025, 3, 10, 9, tzinfo=UTC)
DAY = timedelta(days=1)
WINDOW = Window(
    opening=OPENING, closing=OPENING + 30 * DAY, tickets=OPENING + 68 * DAY, exam=OPENING + 75 * DAY,
    exam_end=OPENING + 76 * DAY, results=OPENING + 137 * DAY, certificates=OPENING + 150 * DAY,
)  # fmt: skip
DUE = OPENING + 9 * DAY
VIEW = ApplicationView(
    id=1, state="draft", state_name="", due_at=DUE, filing_number=None, level="junior", subjects=[], province="11",
    fee_fen=12_000, degree_checked=True, reviewer_note=None, supplement_paper=None, submitted_at=None, materials=[],
)  # fmt: skip
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1)


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_next_step(state):
    """Where the state ends by itself, its deadline is shown; nothing is due where nothing more can be done."""
    paper = Paper.WORK_PROOF if state is State.SUPPLEMENT_REQUESTED else None
    view = replace(VIEW, state=state.value, supplement_paper=paper, due_at=DUE if state in DEADLINES else None)
    step = next_of_application(view, WINDOW, Limits(), OPENING + DAY)
    if state in DEADLINES:
        assert (DUE, True) == (step.at, step.is_deadline)
    elif state in (State.REJECTED, State.CLOSED, State.GIVEN_UP, State.EXPIRED):
        assert step.at is None
    assert step.title
    assert step.words


@pytest.mark.parametrize(
    ("days", "title"),
    [(40, "等待准考证开放"), (70, "打印准考证"), (80, "等待成绩公布"), (140, "查询成绩"), (151, "查询成绩、下载证书")],
)
def test_who_has_paid_is_told_what_comes_next(days, title):
    """Rules 23 and 24, from the payment to the certificate."""
    assert title == next_of_application(replace(VIEW, state="paid"), WINDOW, Limits(), OPENING + days * DAY).title


def test_withdrawing_can_be_changed_until_the_window_closes():
    """Rule 21."""
    titles = [
        next_of_application(replace(VIEW, state="withdrawn"), WINDOW, Limits(), WINDOW.closing + it).title
        for it in (-timedelta(seconds=1), timedelta())
    ]
    assert ["修改后重新备案", "已撤回"] == titles


def test_the_face_check_is_due_when_the_identity_is_submitted():
    """Rule 5."""
    it = Identity("name", [], True, OPENING, DUE, None)
    assert (DUE, "完成人脸识别") == (
        next_of_identity(it, WINDOW, Limits()).at,
        next_of_identity(it, WINDOW, Limits()).title,
    )


@given(
    st.builds(
        ApplicationForm,
        level=st.sampled_from(Level), subjects=st.lists(TEXT), province=TEXT, basis=st.sampled_from(Basis),
        degree=st.sampled_from(Degree), field=st.sampled_from(Field), degree_certificate=TEXT,
        work_years=st.floats(0, 60), management_years=st.floats(0, 60), employer=TEXT, job_description=TEXT,
        employed_since=st.dates(date(1950, 1, 1)), workplace_province=TEXT, insured_months=st.integers(0, 700),
        earlier_certificate=st.none() | TEXT,
    )
)  # fmt: skip
def test_a_form_gives_what_the_interface_takes(application):
    """Whatever is written into the fields is read out of them."""
    fields = [(name, value) for name, value in asdict(application).items() if name != "subjects" and value is not None]
    form = FormMultiDict([*fields, *(("subjects", it) for it in application.subjects)])
    texts = FormMultiDict([(name, str(value)) for name, value in form.multi_items()])
    assert application == filled(texts, ApplicationForm)


def test_every_field_of_a_form_that_is_wrong_is_named():
    """All at once, those of a struct inside with its name before them."""
    with pytest.raises(FieldErrors) as refused:
        filled(FormMultiDict([("lines.sms", "0"), ("image_threads", "x"), ("storage.fsync", "maybe")]), Profile)
    named = {it["field"]: it["message"] for it in refused.value.extra["errors"]}
    assert {"lines.sms", "image_threads", "storage.fsync"} == named.keys()
    assert "请填写 1 至 64 的数字" == named["image_threads"]
    address = {f"{kind}.{name}": "x" for kind in ("household", "residence") for name in ("province", "city", "detail")}
    assert "x" == filled(FormMultiDict(list(address.items())), Addresses).residence.city


@pytest.mark.parametrize(("accept", "kind"), [(b"text/html,*/*", b"text/html"), (b"*/*", b"application/problem+json")])
def test_who_is_turned_away_from_a_full_portal_can_read_it(accept, kind):
    """A page for a browser that opens one, a problem document for all others."""
    sent = []

    async def send(message):
        sent.append(message)

    asyncio.run(_turn_away({"headers": [(b"accept", accept)]}, send, 7))
    headers = dict(sent[0]["headers"])
    assert (503, b"7") == (sent[0]["status"], headers[b"retry-after"])
    assert headers[b"content-type"].startswith(kind)
    assert "系统繁忙" in sent[1]["body"].decode()


def test_templates_mark_nothing_as_safe():
    """What candidates write is escaped everywhere."""
    folder = Path(__file__).parents[2] / "mock_server" / "pages" / "templates"
    texts = {path.name: path.read_text() for path in folder.glob("*.j2")}
    assert len(texts) > 15
    assert [] == [name for name, text in texts.items() if "safe" in text or "autoescape" in text]

"""What a candidate has to do next, and until when: one pure function of how everything stands."""

from datetime import datetime
from typing import NamedTuple

from mock_server.life import State
from mock_server.routes.applications import ApplicationView
from mock_server.routes.identity import Identity
from mock_server.rules import PAPER_NAMES
from mock_server.settings import Limits, Window


class NextStep(NamedTuple):
    """What to do, in words; the deadline, or the moment from which it can be done, and which of the two it is."""

    title: str
    words: str
    at: datetime | None = None
    is_deadline: bool = True


def next_of_identity(it: Identity, window: Window, limits: Limits) -> NextStep:
    """Give the next step up to the face check (rules 3 to 5)."""
    hours = f"{limits.face_check_within_h:g}"
    if it.submitted_at is None:
        return NextStep(
            "提交身份信息",
            f"上传身份证正反面、填写户籍与现住址后提交。提交后须在 {hours} 小时内完成人脸识别。",
            window.closing,
        )
    if it.face_checked_at is None:
        return NextStep("完成人脸识别", f"超过 {hours} 小时未完成，须重新注册。", it.face_due_at)
    return NextStep("填报信息", "身份核验已通过，请选择级别、科目和报考省份。", window.closing)


def next_of_application(it: ApplicationView, window: Window, limits: Limits, now: datetime) -> NextStep:
    """Give the next step of an application (rules 15 to 24)."""
    closes = f"报名截止后不予受理（{window.closing:%Y-%m-%d %H:%M}）。"
    match State(it.state):
        case State.DRAFT if limits.degree_check_required and not it.degree_checked:
            return NextStep("核验学历", "向学信网核验学历证书编号，核验后才能预约备案。", it.due_at)
        case State.DRAFT:
            return NextStep("上传材料并预约备案", f"材料齐全后提交，取得备案编号。{closes}", it.due_at)
        case State.UNDER_REVIEW:
            working_days = limits.review_working_days
            return NextStep("等待审核", f"考试机构在 {working_days} 个工作日内审核，结果以短信通知，也显示在本页。")
        case State.SUPPLEMENT_REQUESTED if it.supplement_paper:
            days = f"{limits.supplement_within_d:g}"
            paper = PAPER_NAMES[it.supplement_paper]
            return NextStep(f"补交{paper}", f"请在 {days} 天内重新上传并提交，逾期关闭。", it.due_at)
        case State.APPROVED:
            days = f"{limits.payment_within_d:g}"
            return NextStep("缴费", f"审核通过后 {days} 天内缴费，逾期视为自动放弃。", it.due_at)
        case State.PAID:
            return _after_payment(window, now)
        case State.WITHDRAWN if now < window.closing:
            return NextStep("修改后重新备案", f"申请已撤回，可修改后再次提交。{closes}", window.closing)
        case State.WITHDRAWN:
            return NextStep("已撤回", "报名已截止，不能再修改。")
        case State.REJECTED:
            return NextStep("审核不通过", "本次报名已结束。")
        case State.CLOSED:
            return NextStep("逾期关闭", f"未在 {limits.supplement_within_d:g} 天内补交材料，本次报名已结束。")
        case State.GIVEN_UP:
            return NextStep("视为自动放弃", f"未在 {limits.payment_within_d:g} 天内缴费，本次报名已结束。")
    return NextStep("逾期不予受理", "未在报名截止前提交，本次报名已结束。")


def _after_payment(window: Window, now: datetime) -> NextStep:
    if now < window.tickets:
        return NextStep("等待准考证开放", "报名已完成。准考证开放后在本页打印。", window.tickets, is_deadline=False)
    if now < window.exam_end:
        return NextStep("打印准考证", "凭准考证和身份证参加考试，考试结束后不能再打印。", window.exam_end)
    if now < window.results:
        return NextStep("等待成绩公布", "成绩公布后在本页查询。", window.results, is_deadline=False)
    if now < window.certificates:
        return NextStep("查询成绩", "证书发放后在成绩页下载。", window.certificates, is_deadline=False)
    return NextStep("查询成绩、下载证书", "全部科目合格的考生可在成绩页下载证书。")

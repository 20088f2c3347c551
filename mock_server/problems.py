"""Every refusal of the portal: its code, its HTTP status, and what the candidate reads.

A refusal is sent as a problem document (RFC 9457) whose `type` is `/problems/CODE`.
"""

from typing import Any

from litestar.plugins.problem_details import ProblemDetailsException

MESSAGES: dict[str, tuple[int, str]] = {
    # the window (rules 15, 21)
    "window_not_open": (403, "报名尚未开始，开始时间：{opening}"),
    "window_closed": (403, "逾期不予受理：报名已于 {closing} 截止"),
    "change_after_close": (403, "截止后无法变更：报名已于 {closing} 截止"),
    # account and log-in (rules 1, 2)
    "field_errors": (422, "请检查填写的内容"),
    "malformed_request": (400, "请求格式不正确"),
    "sms_too_soon": (429, "验证码发送过于频繁，请 {seconds} 秒后再试"),
    "sms_too_many": (429, "该手机号 24 小时内获取验证码已达 {codes} 次，请稍后再试"),
    "sms_code_wrong": (422, "短信验证码错误"),
    "sms_code_expired": (422, "短信验证码已过期，请重新获取"),
    "sms_code_attempts": (422, "短信验证码错误次数过多，请重新获取"),
    "phone_already_bound": (409, "手机号重复绑定：该手机号已绑定其他账号，可联系客服解绑"),
    "id_number_registered": (409, "该身份证号已注册，请直接登录"),
    "login_wrong": (401, "身份证号或密码错误"),
    "login_attempts": (429, "密码错误次数过多，请 {minutes} 分钟后再试"),
    "not_logged_in": (401, "请先登录"),
    "account_lapsed": (403, "超时需重新注册：未在 {hours} 小时内完成人脸识别"),
    # identity (rules 3 to 5)
    "identity_incomplete": (409, "请先补全：{missing}"),
    "identity_already_submitted": (409, "身份信息已提交，不能修改"),
    "identity_not_submitted": (409, "请先提交身份信息"),
    "identity_not_verified": (409, "请先完成人脸识别"),
    "face_check_already_passed": (409, "人脸识别已通过，无需重复"),
    "face_not_matching": (422, "人脸识别未通过，请重试"),
    # application (rules 6 to 15)
    "not_eligible": (422, "不符合报考条件：{reason}"),
    "application_exists": (409, "您已有报名申请，请在原申请上修改"),
    "application_not_found": (404, "没有找到该报名申请"),
    "application_not_editable": (409, "当前状态（{state}）不能修改"),
    "degree_unknown": (422, "学历无法核验：学信网没有该证书编号的记录"),
    "degree_not_checked": (409, "请先完成学历核验"),
    "materials_missing": (409, "材料不全：{missing}"),
    "illegal_move": (409, "当前状态（{state}）不能进行此操作"),
    "insurance_too_short": (409, "该省要求社保缴纳满 {months} 个月"),
    "supplement_empty": (409, "请先重新上传需要补交的材料：{paper}"),
    "supplement_lapsed": (409, "逾期关闭：未在 {days} 天内补交材料"),
    # the exam office (rules 12, 16, 17)
    "stamp_missing": (409, "工作证明缺少单位公章，不能通过"),
    # papers (rules 3, 11 to 14): the checks bring their own message
    "paper_refused": (422, "{message}"),
    "paper_too_large": (413, "文件超过上限 {limit_kib} KiB"),
    "paper_empty": (422, "文件为空"),
    # payment (rule 18)
    "payment_lapsed": (409, "视为自动放弃：未在 {days} 天内缴费"),
    "payment_other_channel_open": (409, "已有未完成的支付订单 {order_no}，请先取消"),
    "payment_key_missing": (400, "请求缺少 Idempotency-Key"),
    "payment_key_reused": (422, "该 Idempotency-Key 已用于另一笔支付"),
    "order_not_found": (404, "没有找到该订单"),
    "order_not_open": (409, "该订单已结束，不能取消"),
    "callback_signature_wrong": (403, "签名错误"),
    "callback_amount_wrong": (422, "金额与订单不符"),
    # invoice (rule 19)
    "invoice_not_payable": (409, "缴费完成后才能申请电子发票"),
    "invoice_not_found": (404, "没有找到该发票"),
    "invoice_not_ready": (409, "电子发票将于 {days} 个工作日内开具"),
    # admission ticket (rule 23)
    "admission_ticket_not_open": (403, "准考证尚未开放，开放时间：{tickets}"),
    "admission_ticket_over": (403, "准考证打印已结束：考试已于 {exam_end} 结束"),
    "admission_ticket_not_paid": (409, "缴费完成后才能打印准考证（当前状态：{state}）"),
    # results and certificate (rule 24)
    "results_not_published": (403, "成绩尚未公布，公布时间：{results}"),
    "results_none": (409, "没有本次考试的成绩：未完成缴费（当前状态：{state}）"),
    "certificate_not_issued": (403, "证书尚未发放，发放时间：{certificates}"),
    "certificate_not_earned": (409, "科目未全部合格，没有证书"),
    # support (rule 2)
    "phone_not_bound": (404, "该手机号没有绑定账号"),
    "ticket_not_found": (404, "没有找到该工单"),
    # what is of no endpoint
    "not_found": (404, "没有这个页面"),
    "method_not_allowed": (405, "该页面不支持此操作"),
    "body_too_large": (413, "请求内容过大"),
    "other_origin": (403, "请从本系统的页面提交"),
    # the machine room
    "busy": (503, "系统繁忙，请稍后再试"),
    "queue_first": (429, "当前访问人数较多，请先排队"),
    "queue_ticket_unknown": (404, "排队号无效，请重新排队"),
    "disk_full": (507, "服务器存储空间不足，文件未能保存，请稍后再试"),
    "provider_unavailable": (502, "{service}暂时不可用，请稍后再试"),
    "control_token_wrong": (401, "control endpoints need the header 'Authorization: Bearer TOKEN'"),
    "control_value_wrong": (422, "{message}"),
}


class Refusal(ProblemDetailsException):
    """A refusal by its code; `figures` fill the message and travel along in the problem document."""

    def __init__(self, code: str, **figures: Any) -> None:
        status, message = MESSAGES[code]
        super().__init__(
            status_code=status,
            type_=f"/problems/{code}",
            title=code.replace("_", " "),
            detail=message.format(**figures),
            extra=figures,
        )
        self.code = code


class PaperProblem(Refusal):
    """A refusal that comes from the check of a paper, with the check's own code and message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__("paper_refused", message=message)
        self.code = code
        self.type_ = f"/problems/{code}"
        self.title = code.replace("_", " ")


class FieldErrors(Refusal):
    """A refusal with one message for each field that is wrong."""

    def __init__(self, errors: dict[str, str], code: str = "field_errors") -> None:
        super().__init__(code)
        self.extra = {"errors": [{"field": name, "message": message} for name, message in errors.items()]}

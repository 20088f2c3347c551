"""The rules of a registration and the life of an application, in words; Chinese where candidates read it so."""

RULES: dict[int, tuple[str, str]] = {
    1: ("Account", "账号注册"),
    2: ("One phone, one account", "手机号绑定"),
    3: ("ID scans", "身份证正反面"),
    4: ("Addresses", "户籍与居住地"),
    5: ("Face check within 48 hours", "人脸识别"),
    6: ("Level", "级别"),
    7: ("Eligibility, junior", "初级报考条件"),
    8: ("Eligibility, intermediate", "中级报考条件"),
    9: ("Eligibility, senior", "高级报考条件"),
    10: ("Degrees", "学历核验"),
    11: ("Degree certificate", "学历证书"),
    12: ("Work proof", "工作证明"),
    13: ("Social insurance", "社保证明"),
    14: ("Where to register", "报考地"),
    15: ("Filing, before the close", "预约备案"),
    16: ("Review by the office", "审核"),
    17: ("Supplement within 5 days", "材料补交"),
    18: ("Payment within 7 days", "缴费"),
    19: ("E-invoice", "电子发票"),
    20: ("Status", "报名状态"),
    21: ("Withdraw and change", "撤回修改"),
    22: ("Retained subjects", "保留科目"),
    23: ("Admission ticket", "准考证"),
    24: ("Results and certificate", "成绩与证书"),
}
"""Number of each rule, its name, and what candidates call it."""

STATES: dict[str, tuple[str, str]] = {
    "draft": ("draft", "填报中"),
    "under_review": ("under review", "审核中"),
    "supplement_requested": ("supplement asked for", "待补交"),
    "approved": ("approved, to be paid", "审核通过"),
    "rejected": ("rejected", "审核不通过"),
    "paid": ("paid", "已缴费"),
    "withdrawn": ("withdrawn", "已撤回"),
    "closed": ("closed: no supplement in time", "逾期关闭"),
    "given_up": ("given up: not paid in time", "自动放弃"),
    "expired": ("expired: not filed before the close", "逾期不予受理"),
}
"""States of an application in the order of its life."""

MOVES: dict[tuple[str, str], tuple[str, int, str]] = {
    ("draft", "submit"): ("under_review", 15, "filed"),
    ("draft", "window_closes"): ("expired", 15, "drafts expired at the close"),
    ("under_review", "approve"): ("approved", 16, "approved by the office"),
    ("under_review", "reject"): ("rejected", 16, "rejected by the office"),
    ("under_review", "request_supplement"): ("supplement_requested", 17, "asked for better papers"),
    ("supplement_requested", "supplement"): ("under_review", 17, "better papers handed in"),
    ("supplement_requested", "supplement_lapses"): ("closed", 17, "closed: 5 days passed"),
    ("approved", "pay"): ("paid", 18, "paid"),
    ("approved", "payment_lapses"): ("given_up", 18, "given up: 7 days passed"),
    ("under_review", "withdraw"): ("withdrawn", 21, "withdrawn from review"),
    ("supplement_requested", "withdraw"): ("withdrawn", 21, "withdrawn instead of a supplement"),
    ("approved", "withdraw"): ("withdrawn", 21, "withdrawn after approval"),
    ("paid", "withdraw"): ("withdrawn", 21, "withdrawn after payment"),
    ("withdrawn", "change"): ("draft", 21, "changed"),
}
"""State and event: the state after it, the rule that it belongs to, and what happened."""

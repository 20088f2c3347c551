"""The rules of registration as pure functions; the numbers are those of docs/rules.md."""

import re
from datetime import date, datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from mock_server.settings import Limits

PROVINCES: dict[str, str] = {
    "11": "北京", "12": "天津", "13": "河北", "14": "山西", "15": "内蒙古", "21": "辽宁", "22": "吉林", "23": "黑龙江",
    "31": "上海", "32": "江苏", "33": "浙江", "34": "安徽", "35": "福建", "36": "江西", "37": "山东", "41": "河南",
    "42": "湖北", "43": "湖南", "44": "广东", "45": "广西", "46": "海南", "50": "重庆", "51": "四川", "52": "贵州",
    "53": "云南", "54": "西藏", "61": "陕西", "62": "甘肃", "63": "青海", "64": "宁夏", "65": "新疆",
}  # fmt: skip
"""Provinces by the first two digits of GB/T 2260."""


class Level(StrEnum):
    """Levels of the qualification (rule 6)."""

    JUNIOR = "junior"
    INTERMEDIATE = "intermediate"
    SENIOR = "senior"


LEVEL_NAMES = {Level.JUNIOR: "初级", Level.INTERMEDIATE: "中级", Level.SENIOR: "高级"}

SUBJECTS: dict[Level, dict[str, str]] = {
    Level.JUNIOR: {
        "junior_comprehensive": "社会工作综合能力（初级）",
        "junior_practice": "社会工作实务（初级）",
    },
    Level.INTERMEDIATE: {
        "intermediate_comprehensive": "社会工作综合能力（中级）",
        "intermediate_practice": "社会工作实务（中级）",
        "intermediate_law": "社会工作法规与政策",
    },
    Level.SENIOR: {"senior_practice": "社会工作实务（高级）"},
}
"""Subjects of each level, by code."""


class Degree(StrEnum):
    """Highest degree."""

    SECONDARY = "secondary"
    COLLEGE = "college"
    BACHELOR = "bachelor"
    MASTER = "master"


class Field(StrEnum):
    """What the degree is in."""

    SOCIAL_WORK = "social_work"
    OTHER = "other"


class Basis(StrEnum):
    """Why a candidate registers in a province (rule 14)."""

    WORKPLACE = "workplace"
    HOUSEHOLD = "household"


class Paper(StrEnum):
    """Papers of an application (rules 11 to 14)."""

    DEGREE_CERTIFICATE = "degree_certificate"
    WORK_PROOF = "work_proof"
    SOCIAL_INSURANCE = "social_insurance"
    RESIDENCE_PROOF = "residence_proof"


PAPER_NAMES = {
    Paper.DEGREE_CERTIFICATE: "学历证书",
    Paper.WORK_PROOF: "工作证明",
    Paper.SOCIAL_INSURANCE: "社保证明",
    Paper.RESIDENCE_PROOF: "居住证或社保证明（异地材料缺失）",
}


class Qualification(Struct, frozen=True):
    """What eligibility depends on (rules 7 to 10)."""

    level: Level
    degree: Degree
    field: Field
    work_years: float
    management_years: float
    earlier_certificate: str | None


_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"
_ID_NUMBER = re.compile(r"[1-9][0-9]{16}[0-9X]")  # \d would take the digits of every script
_PHONE = re.compile(r"1[3-9][0-9]{9}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def id_number_error(number: str) -> str | None:
    """Say what is wrong with an ID number, or None (rule 1; GB 11643).

    >>> id_number_error("11010519491231002X") is None, id_number_error("110105194912310021")
    (True, '身份证号码校验位不正确')
    """
    if not _ID_NUMBER.fullmatch(number):
        return "身份证号码应为 18 位数字，末位可为 X"
    if number[:2] not in PROVINCES:
        return "身份证号码的地区代码不存在"
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return "身份证号码的出生日期不存在"
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False))
    if _CHECK_CHARACTERS[total % 11] != number[17]:
        return "身份证号码校验位不正确"
    return None


def phone_error(phone: str) -> str | None:
    """Say what is wrong with a mobile number, or None (rule 1)."""
    return None if _PHONE.fullmatch(phone) else "手机号应为 11 位数字，以 13 至 19 开头"


def name_error(name: str) -> str | None:
    """Say what is wrong with a person's name, or None (rule 1)."""
    return None if 2 <= len(name.strip()) <= 30 else "姓名应为 2 至 30 个字"


def password_error(password: str) -> str | None:
    """Say what is wrong with a new password, or None (rule 1; the length is an assumption)."""
    return None if 8 <= len(password) <= 64 else "密码应为 8 至 64 位"


def email_error(email: str) -> str | None:
    """Say what is wrong with an e-mail address, or None (rule 19)."""
    return None if len(email) <= 120 and _EMAIL.fullmatch(email) else "电子邮箱格式不正确"


def address_error(province: str, city: str, detail: str) -> str | None:
    """Say what is wrong with an address, or None (rule 4)."""
    if province not in PROVINCES:
        return "请选择省份"
    if not city.strip():
        return "请填写城市"
    return None if len(detail.strip()) >= 4 else "请填写详细地址（至少 4 个字）"


def eligibility_error(person: Qualification, limits: Limits) -> str | None:
    """Say which condition for the level fails, or None (rules 7 to 9)."""
    social_work = person.field is Field.SOCIAL_WORK
    if person.level is Level.JUNIOR:
        if social_work and person.degree is not Degree.SECONDARY:
            return None
        if person.degree in (Degree.BACHELOR, Degree.MASTER):
            return None if person.work_years >= limits.junior_work_years else (
                f"非社会工作专业本科须有 {limits.junior_work_years:g} 年工作经历"
            )  # fmt: skip
        return "初级须有社会工作专业大专以上学历，或其他专业本科以上学历"
    if person.level is Level.INTERMEDIATE:
        if social_work and person.degree is Degree.MASTER:
            return None if person.work_years >= limits.intermediate_master_work_years else (
                f"社会工作硕士须有 {limits.intermediate_master_work_years:g} 年工作经历"
            )  # fmt: skip
        if not person.earlier_certificate:
            return "中级须有初级证书，或社会工作硕士学位"
        return None if person.work_years >= limits.intermediate_work_years else (
            f"持初级证书须有 {limits.intermediate_work_years:g} 年工作经历"
        )  # fmt: skip
    if not person.earlier_certificate:
        return "高级须有中级证书"
    return None if person.management_years >= limits.senior_management_years else (
        f"高级须有 {limits.senior_management_years:g} 年管理工作经历"
    )  # fmt: skip


def subjects_error(level: Level, subjects: list[str], retained: set[str]) -> str | None:
    """Say what is wrong with the subjects chosen, or None (rules 6 and 22).

    A candidate takes all subjects of the level but those passed within the last year.
    """
    offered = SUBJECTS[level]
    if unknown := [code for code in subjects if code not in offered]:
        return f"{LEVEL_NAMES[level]}没有科目 {'、'.join(unknown)}"
    if len(set(subjects)) != len(subjects):
        return "科目重复"
    if again := [offered[code] for code in subjects if code in retained]:
        return f"已合格并保留的科目不用再报：{'、'.join(again)}"
    if missing := [name for code, name in offered.items() if code not in retained and code not in subjects]:
        return f"须报考全部未保留的科目，缺少：{'、'.join(missing)}"
    return None if subjects else "没有可报考的科目"


def fee_fen(level: Level, subjects: int, limits: Limits) -> int:
    """Give the fee for so many subjects of a level, in fen (rule 18)."""
    each = {
        Level.JUNIOR: limits.fee_junior_fen,
        Level.INTERMEDIATE: limits.fee_intermediate_fen,
        Level.SENIOR: limits.fee_senior_fen,
    }
    return each[level] * subjects


def papers_missing(province: str, household_province: str, uploaded: set[Paper], limits: Limits) -> set[Paper]:
    """Give the papers that an application still lacks (rules 11 to 14).

    Who registers away from the province of their household brings a residence permit or a social-insurance proof.
    """
    needed = {Paper.DEGREE_CERTIFICATE, Paper.WORK_PROOF}
    if province in limits.insurance_provinces:
        needed.add(Paper.SOCIAL_INSURANCE)
    if province != household_province and Paper.SOCIAL_INSURANCE not in uploaded | needed:
        needed.add(Paper.RESIDENCE_PROOF)
    return needed - uploaded


def is_retained(passed_on: datetime, now: datetime, limits: Limits) -> bool:
    """Say whether a pass of an earlier exam still counts (rule 22)."""
    return now - passed_on <= timedelta(days=365.25 * limits.retained_years)


def filing_rows(province: str, rows: int) -> list[str]:
    """Give the provinces whose counters a filing in `province` locks, where provinces share `rows` locks.

    Its own counter, and before it the one that stands for the lock: the numbers stay gapless by province.

    >>> filing_rows("12", 31), filing_rows("12", 1)
    (['12'], ['11', '12'])
    """
    codes = list(PROVINCES)
    return sorted({codes[codes.index(province) % rows], province})


def filing_number(province: str, year: int, sequence: int) -> str:
    """Write a filing number (rule 15).

    >>> filing_number("11", 2025, 42)
    '11-2025-000042'
    """
    return f"{province}-{year}-{sequence:06d}"

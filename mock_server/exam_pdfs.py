"""Admission ticket (准考证, rule 23) and certificate (证书, rule 24) as PDFs, made anew at each request."""

from datetime import date, datetime

from mock_server.exam import Seat
from mock_server.pdf_sheet import pdf_sheet
from mock_server.rules import LEVEL_NAMES, PROVINCES, SUBJECTS, Level


def ticket_pdf(
    *,
    number: str,
    name: str,
    id_number: str,
    filing_number: str,
    level: Level,
    subjects: list[str],
    province: str,
    seat: Seat,
    begins: datetime,
    ends: datetime,
) -> bytes:
    """Give the PDF of an admission ticket; `begins` and `ends` of the exam, in the time to be printed."""
    lines = [
        ("准考证号", number),
        ("姓名", name),
        ("身份证号", id_number),
        ("备案编号", filing_number),
        ("级别", LEVEL_NAMES[level]),
        ("报考科目", "、".join(SUBJECTS[level][code] for code in subjects)),
        ("考点", f"{PROVINCES[province]}第 {seat.site} 考点"),
        ("考场与座位", f"第 {seat.room} 考场 {seat.seat:02d} 号"),
        ("考试日期", f"{begins:%Y年%m月%d日} 至 {ends:%m月%d日}"),
    ]
    return pdf_sheet(f"准考证 {number}", f"{begins.year} 年度全国社会工作者职业资格考试准考证", lines)


def certificate_pdf(*, number: str, name: str, id_number: str, level: Level, passed_on: date, issued_on: date) -> bytes:
    """Give the PDF of a certificate."""
    lines = [
        ("证书编号", number),
        ("姓名", name),
        ("身份证号", id_number),
        ("级别", f"{LEVEL_NAMES[level]}社会工作者"),
        ("考试日期", f"{passed_on:%Y年%m月%d日}"),
        ("发证日期", f"{issued_on:%Y年%m月%d日}"),
    ]
    return pdf_sheet(f"证书 {number}", "社会工作者职业资格证书", lines)

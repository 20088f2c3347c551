"""The e-invoice (电子发票) as a PDF (rule 19)."""

from datetime import date

from mock_server.pdf_sheet import pdf_sheet
from mock_server.rules import LEVEL_NAMES, Level


def invoice_pdf(
    *, number: int, payer: str, level: str, subjects: int, amount_fen: int, order_no: str, issued_on: date
) -> bytes:
    """Give the PDF of an e-invoice; `amount_fen` in fen, for so many `subjects` of a level."""
    lines = [
        ("发票号码", f"{number:08d}"),
        ("开票日期", f"{issued_on:%Y年%m月%d日}"),
        ("购买方", payer),
        ("项目", f"社会工作者职业资格考试报名费（{LEVEL_NAMES[Level(level)]}，{subjects} 科）"),
        ("订单号", order_no),
        ("价税合计", f"¥ {amount_fen // 100}.{amount_fen % 100:02d}"),
    ]
    return pdf_sheet(f"电子发票 {number:08d}", "电子发票（普通发票）", lines)

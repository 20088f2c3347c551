"""The e-invoice (电子发票) as a PDF (rule 19)."""

from datetime import date
from io import BytesIO

from reportlab.lib.pagesizes import A5, landscape
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from mock_server.rules import LEVEL_NAMES, Level

FONT = "STSong-Light"  # an Adobe CJK font that every PDF reader brings or replaces: nothing to embed


def invoice_pdf(
    *, number: int, payer: str, level: str, subjects: int, amount_fen: int, order_no: str, issued_on: date
) -> bytes:
    """Give the PDF of an e-invoice; `amount_fen` in fen, for so many `subjects` of a level."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=landscape(A5), invariant=1)
    canvas.setTitle(f"电子发票 {number:08d}")
    width, height = landscape(A5)
    canvas.setFont(FONT, 18)
    canvas.drawCentredString(width / 2, height - 20 * mm, "电子发票（普通发票）")
    lines = [
        ("发票号码", f"{number:08d}"),
        ("开票日期", f"{issued_on:%Y年%m月%d日}"),
        ("购买方", payer),
        ("项目", f"社会工作者职业资格考试报名费（{LEVEL_NAMES[Level(level)]}，{subjects} 科）"),
        ("订单号", order_no),
        ("价税合计", f"¥ {amount_fen // 100}.{amount_fen % 100:02d}"),
    ]
    canvas.setFont(FONT, 11)
    for row, (label, text) in enumerate(lines):
        y = height - (38 + 11 * row) * mm
        canvas.drawString(20 * mm, y, label)
        canvas.drawString(50 * mm, y, text)
        canvas.line(20 * mm, y - 3 * mm, width - 20 * mm, y - 3 * mm)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()

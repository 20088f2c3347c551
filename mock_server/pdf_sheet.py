"""A PDF of one page: a heading, and lines of a label and a text. The portal's documents are such sheets."""

from io import BytesIO

from reportlab.lib.pagesizes import A5, landscape
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

FONT = "STSong-Light"  # an Adobe CJK font that every PDF reader brings or replaces: nothing to embed
pdfmetrics.registerFont(UnicodeCIDFont(FONT))


def pdf_sheet(title: str, heading: str, lines: list[tuple[str, str]]) -> bytes:
    """Give a landscape A5 page as PDF; `title` is what a reader shows in its bar."""
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=landscape(A5), invariant=1)
    canvas.setTitle(title)
    width, height = landscape(A5)
    canvas.setFont(FONT, 18)
    canvas.drawCentredString(width / 2, height - 20 * mm, heading)
    step = min(11, 100 / len(lines))  # mm
    canvas.setFont(FONT, 11)
    for row, (label, text) in enumerate(lines):
        y = height - (36 + step * row) * mm
        canvas.drawString(20 * mm, y, label)
        canvas.drawString(50 * mm, y, text)
        canvas.line(20 * mm, y - 3 * mm, width - 20 * mm, y - 3 * mm)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()

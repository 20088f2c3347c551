"""Certificates and proofs as PDF files: a heading in Chinese and a scanned page below it."""

import io

from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from fakes.papers import PaperKind

TITLES = {
    PaperKind.DEGREE_CERTIFICATE: "学历证书",
    PaperKind.WORK_PROOF: "工作证明",
    PaperKind.SOCIAL_INSURANCE: "社会保险参保证明",
    PaperKind.RESIDENCE_PROOF: "居住证明",
}

# A font that every reader of Chinese PDFs has, so it need not be inside of the file.
_FONT = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
rl_config.useA85 = 0  # scanners write pictures as they are; ASCII85 would make them a quarter larger


def pdf_of_page(kind: PaperKind, page_jpeg: bytes) -> bytes:
    """Give a one-page A4 PDF: the kind's Chinese title over the scanned page. Same page, same bytes."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4, invariant=True)
    canvas.setTitle(TITLES[kind])
    width, height = A4
    reader = ImageReader(io.BytesIO(page_jpeg))
    # The canvas decodes the picture only to tell it from others and to find its transparent part (_dataA).
    # The file tells it apart too and a JPEG has none: this saves two thirds of the time.
    reader.getRGBData, reader._dataA = (lambda: page_jpeg), None
    canvas.drawImage(reader, 0, 0, width, height)
    canvas.setFont(_FONT, 20)
    canvas.drawCentredString(width / 2, height - 44, TITLES[kind])
    canvas.showPage()
    canvas.save()
    return file.getvalue()

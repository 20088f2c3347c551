"""Files made longer: of the size that was asked for, unlike each other, and the same to look at."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from fakes.papers import PaperKind
from fakes.proofs import pdf_of_page
from fakes.scans import image_bomb, jpegs, png
from fakes.sized_files import marked_png, sized_jpeg, sized_pdf

PICTURE = Image.linear_gradient("L").convert("RGB")
(JPEG,) = jpegs(PICTURE, 300, (80,))
PDF = pdf_of_page(PaperKind.WORK_PROOF, JPEG)
PNG = png(PICTURE, 300)


@given(st.integers(0, 300_000), st.integers(0, 10**9))
def test_a_jpeg_grows_to_the_size(more, number):
    """Exactly the size, the mark inside, the same pixels and resolution."""
    mark = f"1/{number}/id_front".encode()
    size_bytes = len(JPEG) + 4 + len(mark) + more
    file = sized_jpeg(JPEG, mark, size_bytes)
    assert (size_bytes, True) == (len(file), mark in file)
    with Image.open(BytesIO(file)) as grown, Image.open(BytesIO(JPEG)) as plain:
        assert ((300, 300), plain.tobytes()) == (grown.info["dpi"], grown.tobytes())


@given(st.integers(0, 300_000), st.integers(0, 10**9))
def test_a_pdf_grows_to_the_size(more, number):
    """Exactly the size, the mark inside, and a strict reader finds the same page."""
    mark = f"1/{number}/work_proof".encode()
    size_bytes = len(PDF) + 40 + more
    file = sized_pdf(PDF, mark, size_bytes)
    assert (size_bytes, True) == (len(file), mark in file)
    grown, plain = PdfReader(BytesIO(file), strict=True), PdfReader(BytesIO(PDF), strict=True)
    assert 1 == len(grown.pages)
    assert "工作证明" == grown.metadata.title
    assert plain.pages[0].get_contents().get_data() == grown.pages[0].get_contents().get_data()


@pytest.mark.parametrize(("sized", "base"), [(sized_jpeg, JPEG), (sized_pdf, PDF)])
def test_a_file_is_never_cut(sized, base):
    """Asked for less than the picture takes, the file is as short as picture and mark allow, and marked."""
    file = sized(base, b"mark", 10)
    assert b"mark" in file
    assert len(base) < len(file) < len(base) + 60


def test_a_marked_png_is_still_a_png():
    """The same pixels, another file; Pillow verifies the check sums."""
    file = marked_png(PNG, b"1/7/id_front")
    with Image.open(BytesIO(file)) as picture:
        picture.verify()
    with Image.open(BytesIO(file)) as marked, Image.open(BytesIO(PNG)) as plain:
        assert plain.tobytes() == marked.tobytes()
        assert "1/7/id_front" == marked.text["Comment"]


def test_the_same_page_gives_the_same_pdf():
    """No date, no random name: a PDF is made from its page alone."""
    assert PDF == pdf_of_page(PaperKind.WORK_PROOF, JPEG)


def test_the_image_bomb_is_small_and_claims_much():
    """Under 1 KB that claims more than 100 megapixels."""
    bomb = image_bomb()
    assert len(bomb) < 1024
    with pytest.raises(Image.DecompressionBombError, match="400000000"):
        Image.open(BytesIO(bomb))

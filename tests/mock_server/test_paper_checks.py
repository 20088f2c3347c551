"""The portal's checks of papers, on the papers that candidates bring and on worse ones."""

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from PIL import Image
from pypdf import PdfReader, PdfWriter

from fakes.artwork import WHITE, card_back, card_front, page
from fakes.draws import Draws
from fakes.papers import DOCUMENT_KINDS, FLAWS_OF_KIND, SCAN_KINDS, Flaw, PaperKind, file_name
from fakes.proofs import pdf_of_page
from fakes.scans import image_bomb, jpegs, out_of_focus, scanned
from fakes.sized_files import sized_jpeg, sized_pdf
from mock_server.image_checks import decode_grey, open_jpeg, sharpness, white_share_behind_portrait
from mock_server.paper_checks import PaperFindings, PaperLimits, PaperRefused, check_id_scan, check_paper

LIMITS = PaperLimits()
MEGABYTE = 1024 * 1024
DRAWS = Draws(1, 0)
(FRONT,) = jpegs(card_front(DRAWS, 300), 300, (80,))
(BACK,) = jpegs(card_back(DRAWS, 300), 300, (80,))
(PAGE,) = jpegs(page(DRAWS, stamped=True), 150, (60,))
PROOF = pdf_of_page(PaperKind.WORK_PROOF, PAGE)

SCAN_CODES = {
    Flaw.BLURRED: "scan_blurred",
    Flaw.TOO_LARGE: "scan_too_large",
    Flaw.LOW_DPI: "scan_resolution_too_low",
    Flaw.PNG_NAMED_JPG: "scan_wrong_type",
    Flaw.TRUNCATED: "scan_truncated",
    Flaw.COLOURED_BACKGROUND: "portrait_not_on_white",
}


def scan_code(file, filename="front.jpg", front=True, limits=LIMITS):
    """Give the code with which a scan is refused, or None."""
    try:
        check_id_scan(file, filename=filename, front=front, limits=limits)
    except PaperRefused as refused:
        return refused.code
    return None


def paper_code(file, filename="proof.pdf", limits=LIMITS):
    """Give the code with which a document is refused, or None."""
    try:
        check_paper(file, filename=filename, look_for_stamp=True, limits=limits)
    except PaperRefused as refused:
        return refused.code
    return None


def pdf_file(writer):
    """Give the bytes of a PDF that pypdf writes."""
    file = BytesIO()
    writer.write(file)
    return file.getvalue()


@pytest.mark.parametrize("kind", SCAN_KINDS)
@pytest.mark.parametrize("flaw", [None, *SCAN_CODES])
def test_scans_of_candidates(bank, kind, flaw):
    """Good scans pass, and each flaw is refused with its own code."""
    if flaw is not None and flaw not in FLAWS_OF_KIND[kind]:
        return
    for candidate in range(25):
        file, name = bank.body(kind, flaw, 1, candidate), file_name(kind, 1, candidate)
        assert SCAN_CODES.get(flaw) == scan_code(file, name, kind is PaperKind.ID_FRONT)


@pytest.mark.parametrize("kind", DOCUMENT_KINDS)
def test_documents_of_candidates(bank, kind):
    """Good documents pass, too large ones and truncated ones are refused with their own codes."""
    for candidate in range(12):
        name = file_name(kind, 1, candidate)
        broken = "paper_truncated" if name.endswith(".jpg") else "pdf_unreadable"
        for flaw, code in ((None, None), (Flaw.TOO_LARGE, "paper_too_large"), (Flaw.TRUNCATED, broken)):
            assert code == paper_code(bank.body(kind, flaw, 1, candidate), name)


@pytest.mark.parametrize(("flaw", "has_stamp"), [(None, True), (Flaw.MISSING_STAMP, False)])
def test_a_stamp_is_found_where_there_is_one(bank, flaw, has_stamp):
    """On the work proof, at every quality of the scan."""
    for candidate in range(12):
        file = bank.body(PaperKind.WORK_PROOF, flaw, 1, candidate)
        findings = check_paper(file, filename="work_proof.pdf", look_for_stamp=True, limits=LIMITS)
        assert PaperFindings(pages=1, has_stamp=has_stamp) == findings


def test_thresholds_stand_between_good_and_bad(bank):
    """Every picture of the bank keeps a factor of 3 to the threshold of sharpness, and 2 to that of white."""

    def greys(kind, flaw):
        return [
            decode_grey(open_jpeg(file, LIMITS.max_megapixels))
            for shelf in bank.shelves[kind, flaw, ".jpg"]
            for file in shelf
        ]

    for kind in SCAN_KINDS:
        assert min(map(sharpness, greys(kind, None))) > 3 * LIMITS.scan_min_sharpness
        assert max(map(sharpness, greys(kind, Flaw.BLURRED))) < LIMITS.scan_min_sharpness / 3
    white = [white_share_behind_portrait(grey, LIMITS.portrait_min_grey) for grey in greys(PaperKind.ID_FRONT, None)]
    assert min(white) > 2 * LIMITS.portrait_min_white_share


@pytest.mark.parametrize(("size_bytes", "code"), [(MEGABYTE, None), (MEGABYTE + 1, "scan_too_large")])
def test_a_scan_may_have_one_megabyte_and_no_byte_more(size_bytes, code):
    """The limit itself is allowed."""
    assert code == scan_code(sized_jpeg(FRONT, b"", size_bytes))


@pytest.mark.parametrize(("size_bytes", "code"), [(2 * MEGABYTE, None), (2 * MEGABYTE + 1, "paper_too_large")])
def test_a_document_may_have_two_megabytes_and_no_byte_more(size_bytes, code):
    """The limit itself is allowed, in both formats."""
    assert code == paper_code(sized_jpeg(PAGE, b"", size_bytes), "proof.jpg")
    assert code == paper_code(sized_pdf(PROOF, b"", size_bytes))


def test_the_message_names_the_limit_and_what_was_found():
    """Candidates read what would be right."""
    limits = replace(LIMITS, scan_max_bytes=MEGABYTE // 2)
    with pytest.raises(PaperRefused) as refused:
        check_id_scan(sized_jpeg(FRONT, b"", MEGABYTE), filename="a.jpg", front=True, limits=limits)
    assert "证件照文件超过 0.5 MB 上限（当前 1.00 MB）" == refused.value.message
    assert "scan_too_large: 证件照文件超过 0.5 MB 上限（当前 1.00 MB）" == str(refused.value)
    with pytest.raises(PaperRefused, match=r"不得低于 300 dpi（当前 299 dpi）"):
        check_id_scan(*jpegs(card_front(DRAWS, 299), 299, (80,)), filename="a.jpg", front=True, limits=LIMITS)


def test_the_front_is_not_the_back():
    """Only the front needs a portrait, so a back in its place is refused."""
    assert (None, None) == (scan_code(FRONT), scan_code(BACK, front=False))
    assert "portrait_not_on_white" == scan_code(BACK)


@pytest.mark.parametrize(
    ("filename", "code"),
    [
        ("a.jpg", None),
        ("a.JPEG", None),
        ("a.png", "scan_wrong_type"),
        ("a", "scan_wrong_type"),
        ("", "scan_wrong_type"),
    ],
)
def test_the_name_must_say_what_the_file_is(filename, code):
    """A JPEG is called .jpg or .jpeg, in any case of letters."""
    assert code == scan_code(FRONT, filename)


@pytest.mark.parametrize("content", [b"", b"GIF89a", PROOF, b"\xff\xd8", b"hello" * 100])
def test_other_contents_are_not_scans(content):
    """Whatever the name says."""
    assert "scan_wrong_type" == scan_code(content)


@pytest.mark.parametrize(
    ("file", "filename"), [(PROOF, "a.jpg"), (PAGE, "a.pdf"), (b"", "a.pdf"), (b"PK\3\4", "a.docx"), (PROOF, "a.exe")]
)
def test_other_contents_are_not_documents(file, filename):
    """PDF called .pdf or JPEG called .jpg."""
    assert "paper_wrong_type" == paper_code(file, filename)


@settings(deadline=None)  # a busy machine is no mistake of the check
@given(st.integers(1, 100_000))
def test_every_cut_is_found(cut):
    """A scan, a page and a PDF are refused wherever they break off, their bare end marks (2 and 8 bytes) aside."""
    assert "scan_truncated" == scan_code(FRONT[: max(3, len(FRONT) - 2 - cut)])
    assert "paper_truncated" == paper_code(PAGE[: max(3, len(PAGE) - 2 - cut)], "proof.jpg")
    assert "pdf_unreadable" == paper_code(PROOF[: max(5, len(PROOF) - 8 - cut)])


def test_a_bomb_is_refused_before_it_goes_off():
    """400 megapixels in under 1 KB, as a scan, as a document and inside of a PDF, at any limit."""
    bomb = image_bomb()
    tagged = PAGE.index(b"\xff\xc0") + 5
    page_bomb = PAGE[:tagged] + b"\x4e\x20\x4e\x20" + PAGE[tagged + 4 :]
    pdf_bomb = PROOF.replace(PAGE, page_bomb)
    assert pdf_bomb != PROOF
    for limits in (LIMITS, replace(LIMITS, max_megapixels=1000.0)):
        assert "scan_too_many_pixels" == scan_code(bomb, limits=limits)
        assert "paper_too_many_pixels" == paper_code(bomb, "proof.jpg", limits)
        assert "paper_too_many_pixels" == paper_code(pdf_bomb, limits=limits)


def test_the_limit_of_pixels_is_a_setting():
    """A card of 0.65 megapixels is refused where only 0.6 are allowed."""
    assert "scan_too_many_pixels" == scan_code(FRONT, limits=replace(LIMITS, max_megapixels=0.6))


def test_resolution_is_asked_for_on_both_axes():
    """A scan of 300 by 299 dots per inch, one without a tag, and one in dots per centimetre."""
    picture = card_front(DRAWS, 300)
    for dpi, code in (((300, 299), "scan_resolution_too_low"), ((299, 300), "scan_resolution_too_low"), (None, None)):
        file = BytesIO()
        if dpi is None:
            picture.save(file, "JPEG", dpi=(300, 300))
            tagged = bytearray(file.getvalue())
            tagged[13:18] = b"\x02" + (118).to_bytes(2, "big") * 2  # JFIF unit 2: dots per centimetre
            assert code == scan_code(bytes(tagged))
            tagged[13:18] = b"\x00" + (1).to_bytes(2, "big") * 2  # JFIF unit 0: an aspect ratio only
            assert "scan_resolution_too_low" == scan_code(bytes(tagged))
        else:
            picture.save(file, "JPEG", dpi=dpi)
            assert code == scan_code(file.getvalue())


@pytest.mark.parametrize("size", [(500, 315), (638, 1011), (2480, 3508)])
def test_a_scan_must_be_as_large_as_a_card(size):
    """A thumbnail, a card on its side and a whole page claim 300 dpi; they are not a card."""
    (file,) = jpegs(card_front(DRAWS, 300).resize(size), 300, (80,))
    assert "scan_not_a_card" == scan_code(file)


def test_sharpness_falls_with_the_blur():
    """The measure orders pictures as the eye does, and the grain of a scanner does not hide the blur."""
    measured = []
    picture = card_front(DRAWS, 300)
    for _ in range(3):
        measured.append(sharpness(decode_grey(open_jpeg(*jpegs(scanned(picture, DRAWS), 300, (90,)), 40.0))))
        picture = out_of_focus(picture, 300)
    assert measured == sorted(measured, reverse=True)
    assert measured[0] > 10 * measured[1]


def test_grey_and_colour_scans_are_alike():
    """A scan in shades of grey passes like one in colour, and its page has no red stamp."""
    (grey_front,) = jpegs(card_front(DRAWS, 300, WHITE).convert("L"), 300, (80,))
    (grey_page,) = jpegs(page(DRAWS, stamped=True).convert("L"), 150, (80,))
    assert scan_code(grey_front) is None
    findings = check_paper(grey_page, filename="a.jpg", look_for_stamp=True, limits=LIMITS)
    assert PaperFindings(1, False) == findings
    assert check_paper(PAGE, filename="a.jpg", look_for_stamp=True, limits=LIMITS).has_stamp


def test_pdfs_that_cannot_be_read():
    """Encrypted, without pages, and broken in the middle."""
    locked, empty = PdfWriter(clone_from=PdfReader(BytesIO(PROOF))), PdfWriter()
    locked.encrypt("secret", algorithm="RC4-128")
    assert "pdf_encrypted" == paper_code(pdf_file(locked))
    assert "pdf_empty" == paper_code(pdf_file(empty))
    assert "pdf_unreadable" == paper_code(b"%PDF-1.7\nstartxref\n9\n%%EOF")


def test_a_pdf_without_a_picture_has_no_stamp():
    """Nothing to look at is no stamp; and without being asked, nobody looks."""
    blank = PdfWriter()
    for _ in range(3):
        blank.add_blank_page(595, 842)
    file = pdf_file(blank)
    assert PaperFindings(3, False) == check_paper(file, filename="a.pdf", look_for_stamp=True, limits=LIMITS)
    assert PaperFindings(3, None) == check_paper(file, filename="a.pdf", look_for_stamp=False, limits=LIMITS)


def test_a_stamp_on_a_later_page_is_found():
    """A proof of two pages with the stamp on the second."""
    (plain,) = jpegs(page(DRAWS, stamped=False), 150, (60,))
    both = PdfWriter()
    for picture in (plain, PAGE):
        both.append(BytesIO(pdf_of_page(PaperKind.WORK_PROOF, picture)))
    findings = check_paper(pdf_file(both), filename="a.pdf", look_for_stamp=True, limits=LIMITS)
    assert PaperFindings(2, True) == findings


def test_a_path_is_as_good_as_bytes(tmp_path):
    """Uploads lie on the disk."""
    for content, name, check in (
        (FRONT, "a.jpg", scan_code),
        (PROOF, "a.pdf", paper_code),
        (PAGE, "b.jpg", paper_code),
    ):
        path = tmp_path / "upload"
        path.write_bytes(content)
        assert check(path, name) is None
        path.write_bytes(content + b"\0" * 2 * MEGABYTE)
        assert check(path, name).endswith("too_large")


def test_checks_run_side_by_side(bank):
    """Many threads at a time give the verdicts that one gives."""
    files = [(flaw, bank.body(PaperKind.ID_FRONT, flaw, 1, 3)) for flaw in (None, *SCAN_CODES)] * 6
    with ThreadPoolExecutor(8) as threads:
        codes = list(threads.map(scan_code, [file for _, file in files]))
    assert [SCAN_CODES.get(flaw) for flaw, _ in files] == codes


@settings(deadline=None)
@given(st.data())
def test_damaged_files_are_refused_or_pass_but_never_crash(data):
    """Whatever bytes are changed, the answer is one of the portal's own."""
    base, check = data.draw(
        st.sampled_from([(FRONT, scan_code), (PROOF, paper_code), (PAGE, lambda file: paper_code(file, "a.jpg"))])
    )
    damaged = bytearray(base)
    last = len(base) - 1
    near_an_end = st.integers(0, 900) | st.integers(last - 900, last) | st.integers(0, last)
    for place, value in data.draw(st.lists(st.tuples(near_an_end, st.integers(0, 255)), min_size=1, max_size=20)):
        damaged[place] = value
    check(bytes(damaged))


def test_a_damaged_header_is_refused():
    """Pillow warns of EXIF data that break off, and warnings are errors here."""
    exif = Image.Exif()
    exif.update({282: 300.0, 283: 300.0, 296: 2})
    file = BytesIO()
    card_front(DRAWS, 300).save(file, "JPEG", exif=exif.tobytes())
    assert scan_code(file.getvalue()) is None
    file = BytesIO()
    card_front(DRAWS, 300).save(file, "JPEG", exif=exif.tobytes()[:-30])
    assert "scan_truncated" == scan_code(file.getvalue())


def test_a_bomb_of_pillows_own_limit_is_only_a_warning():
    """Between Pillow's limit and twice that it warns, which is an error here: the portal refuses all the same."""
    (small,) = jpegs(Image.new("RGB", (16, 16)), 300, (50,))
    frame = small.index(b"\xff\xc0") + 5
    side = (10_000).to_bytes(2, "big")
    assert "scan_too_many_pixels" == scan_code(small[:frame] + side * 2 + small[frame + 4 :])

"""The bank of papers: every candidate has files of their own, always the same."""

import hashlib
from io import BytesIO

import pytest
from PIL import Image

from fakes.paper_bank import PaperBank
from fakes.papers import FLAWS_OF_KIND, Flaw, PaperKind, drawn_size_bytes

ALL_PAPERS = [(kind, flaw) for kind in PaperKind for flaw in (None, *FLAWS_OF_KIND[kind])]


@pytest.mark.parametrize(("kind", "flaw"), ALL_PAPERS)
def test_every_candidate_has_files_of_their_own(bank, kind, flaw):
    """The same candidate gives the same bytes, another candidate or seed gives others."""
    files = [bank.body(kind, flaw, seed, candidate) for seed in (1, 2) for candidate in range(20)]
    assert files[3] == bank.body(kind, flaw, 1, 3)
    assert len(files) == len({hashlib.sha256(file).digest() for file in files})


@pytest.mark.parametrize(("kind", "flaw"), [paper for paper in ALL_PAPERS if paper[1] is not Flaw.TRUNCATED])
def test_files_have_their_drawn_size(bank, kind, flaw):
    """Exactly, unless the smallest picture of the shelf is larger already; a PNG is as large as it is."""
    if flaw is Flaw.PNG_NAMED_JPG:
        return
    for candidate in range(40):
        drawn = drawn_size_bytes(kind, flaw, 1, candidate)
        size_bytes = len(bank.body(kind, flaw, 1, candidate))
        assert size_bytes == drawn or drawn < size_bytes < 200_000 or drawn < size_bytes < 1.2 * drawn


def test_a_truncated_file_is_the_beginning_of_the_good_one(bank):
    """Six tenths arrive; only the mark says that it is another upload."""
    good = bank.body(PaperKind.ID_BACK, None, 1, 5)
    cut = bank.body(PaperKind.ID_BACK, Flaw.TRUNCATED, 1, 5)
    assert pytest.approx(0.6, abs=0.001) == len(cut) / len(good)
    assert cut[-1000:] in good


def test_scans_state_their_true_resolution(bank):
    """Dots per inch by the tag make a good scan as large as the card: 85.6 by 54 mm."""
    for candidate in range(30):
        with Image.open(BytesIO(bank.body(PaperKind.ID_FRONT, None, 1, candidate))) as scan:
            dpi = scan.info["dpi"][0]
            assert 300 <= dpi <= 400
            assert (1011, 638) <= scan.size
            assert pytest.approx(85.6, abs=0.1) == scan.width / dpi * 25.4
            assert pytest.approx(54.0, abs=0.1) == scan.height / dpi * 25.4


def test_a_selfie_is_a_photograph_of_about_100_kb(bank):
    """The face check gets a complete JPEG."""
    file = bank.body(PaperKind.SELFIE, None, 1, 5)
    assert 50_000 < len(file) < 200_000
    with Image.open(BytesIO(file)) as selfie:
        selfie.load()
        assert ("JPEG", (600, 800)) == (selfie.format, selfie.size)


def test_a_flaw_must_fit_the_paper(bank):
    """The message says which flaws the paper can have."""
    with pytest.raises(ValueError, match="a paper of kind selfie cannot be blurred"):
        bank.body(PaperKind.SELFIE, Flaw.BLURRED, 1, 5)


def test_building_tells_how_far_it_is(monkeypatch):
    """Progress counts every picture up to the last; the drawing itself is left out here."""
    monkeypatch.setattr("fakes.paper_bank._shelf", lambda *_: (b"",))
    told = []
    PaperBank.build(1, lambda done, total: told.append((done, total)))
    assert [(done, len(told)) for done in range(1, len(told) + 1)] == told
    assert len(told) > 50

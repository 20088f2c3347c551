"""Sizes and names of papers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.papers import (
    DOCUMENT_KINDS,
    RAW_PHOTO,
    SCAN_KINDS,
    Flaw,
    PaperKind,
    SizeLaw,
    drawn_size_bytes,
    file_name,
    size_law,
)

MEGABYTE = 2**20


@given(st.floats(0, 1, exclude_min=True, exclude_max=True), st.sampled_from(PaperKind))
def test_good_papers_are_drawn_within_their_limit(u, kind):
    """However extreme the draw, a good scan is under 1 MB and a good document under 2."""
    most = MEGABYTE if kind in SCAN_KINDS else 2 * MEGABYTE
    assert 30_000 <= size_law(kind, None).at(u) < most


@given(st.floats(0, 1, exclude_min=True, exclude_max=True))
def test_papers_that_are_too_large_are_drawn_above_their_limit(u):
    """However extreme the draw, the rule's limit is passed, and 10 MB is not."""
    for kind, least in ((SCAN_KINDS[0], MEGABYTE), (DOCUMENT_KINDS[0], 2 * MEGABYTE)):
        assert least < size_law(kind, Flaw.TOO_LARGE).at(u) <= 10_000_000


@pytest.mark.parametrize(
    ("kind", "flaw", "median_bytes"),
    [
        (PaperKind.ID_BACK, Flaw.TOO_LARGE, 2_500_000),
        (PaperKind.ID_BACK, None, 450_000),
        (PaperKind.WORK_PROOF, None, 800_000),
        (PaperKind.SELFIE, None, 100_000),
    ],
)
def test_the_medians_are_those_of_the_demand_model(kind, flaw, median_bytes):
    """Half of the files that the law is cut from are below the median."""
    assert median_bytes == size_law(kind, flaw).median_bytes


def test_a_law_is_lognormal_between_its_ends():
    """Quantiles against a million plain lognormal draws from which what is outside was thrown away."""
    law = SizeLaw(800_000, 0.9, 100_000, 2_000_000)
    draws = 800_000 * np.exp(0.9 * np.random.default_rng(1).standard_normal(1_000_000))
    kept = draws[(draws > 100_000) & (draws < 2_000_000)]
    for u in (0.1, 0.5, 0.9):
        assert pytest.approx(float(np.quantile(kept, u)), rel=0.01) == law.at(u)


def test_sizes_belong_to_the_candidate():
    """The same each time, and different from one candidate to the next."""
    sizes = [drawn_size_bytes(PaperKind.ID_FRONT, None, 1, candidate) for candidate in range(200)]
    assert sizes == [drawn_size_bytes(PaperKind.ID_FRONT, None, 1, candidate) for candidate in range(200)]
    assert len(set(sizes)) > 190
    assert RAW_PHOTO.least_bytes > max(sizes)


def test_half_of_the_degree_certificates_are_photographs():
    """Of 2,000 candidates, within four standard errors."""
    names = [file_name(PaperKind.DEGREE_CERTIFICATE, 1, candidate) for candidate in range(2000)]
    assert {"degree_certificate.jpg", "degree_certificate.pdf"} == set(names)
    assert pytest.approx(1000, abs=90) == names.count("degree_certificate.jpg")

"""Degree certificate numbers: known to the record, unlike each other, unknown once mistyped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.degree_numbers import KINDS_OF_STUDY, degree_number, known_to_the_record, mistyped

numbers = st.builds(
    degree_number,
    st.integers(0, 2**63),
    st.integers(0, 2_300_000),
    st.sampled_from(KINDS_OF_STUDY),
    st.integers(1980, 2025),
    st.sampled_from(["college", "bachelor", "master"]),
)


@given(numbers)
def test_the_record_knows_every_number(number):
    """18 digits with the right check."""
    assert 18 == len(number)
    assert known_to_the_record(number)


@given(numbers, st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_makes_a_number_unknown(number, place, off):
    """Whatever digit is changed, the record does not know the number any more."""
    wrong = number[:place] + str((int(number[place]) + off) % 10) + number[place + 1 :]
    assert not known_to_the_record(wrong)
    assert not known_to_the_record(mistyped(number))


@pytest.mark.parametrize("text", ["", "1", "1" * 17, "1" * 19, "x" * 18, "１" * 18, "-0000000000000001"])
def test_other_texts_are_unknown(text):
    """Neither too short nor too long nor without digits."""
    assert not known_to_the_record(text)


def test_no_two_candidates_share_a_number():
    """Also where year, grade and kind of study are the same."""
    everyone = range(20_000)
    assert len(everyone) == len({degree_number(1, candidate, "1", 2012, "college") for candidate in everyone})

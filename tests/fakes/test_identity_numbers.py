"""ID and mobile numbers: valid, of the stated ages, and no two alike among half a million or 2.3 million."""

import re
from datetime import date

import numpy as np
import pytest
from faker.providers.phone_number.zh_CN import Provider as FakerPhones
from faker.providers.ssn.zh_CN import Provider as FakerIds
from hypothesis import given
from hypothesis import strategies as st

from fakes.identity_numbers import (
    COUNTIES,
    ID_NUMBERS,
    age_on_reference_date,
    birth_date,
    check_digit,
    id_number,
    id_numbers,
    mobile_number,
    mobile_numbers,
)
from fakes.provinces import PROVINCES

seeds = st.integers(0, 2**63)
candidates = st.integers(0, 2_300_000)


@given(seeds, candidates)
def test_every_id_number_is_valid(seed, candidate):
    """County of Faker's list, a real date, an age of 18 to 60, the check of GB 11643 (by its own definition)."""
    number = id_number(seed, candidate)
    assert re.fullmatch(r"\d{17}[\dX]", number)
    assert number[:6] in FakerIds.area_codes
    assert not number[:6].endswith("00")
    assert number[:2] in PROVINCES
    assert 18 <= age_on_reference_date(birth_date(number)) <= 60
    # ISO 7064 MOD 11-2: the weights are powers of two, and the whole number leaves 1.
    values = [10 if digit == "X" else int(digit) for digit in number]
    assert 1 == sum(value * 2 ** (17 - place) for place, value in enumerate(values)) % 11


@given(seeds, candidates)
def test_every_mobile_number_is_chinese(seed, candidate):
    """Eleven digits behind one of Faker's prefixes."""
    number = mobile_number(seed, candidate)
    assert re.fullmatch(r"\d{11}", number)
    assert int(number[:3]) in FakerPhones.phonenumber_prefixes


@pytest.mark.parametrize("population", [500_000, pytest.param(2_300_000, marks=pytest.mark.long)])
def test_no_two_candidates_share_a_number(population):
    """All ID numbers and all mobile numbers of one seed differ."""
    everyone = np.arange(population)
    assert population == len(set(id_numbers(1, everyone).tolist()))
    assert population == len(set(mobile_numbers(1, everyone).tolist()))


def test_one_by_one_is_as_all_at_once():
    """The arrays hold what the functions of one candidate give."""
    some = np.arange(0, 2_300_000, 7919)
    assert [id_number(3, int(candidate)) for candidate in some] == id_numbers(3, some).tolist()
    assert [mobile_number(3, int(candidate)) for candidate in some] == mobile_numbers(3, some).tolist()


def test_the_known_number_has_its_check_digit():
    """The test vector of GB 11643."""
    assert "X" == check_digit("11010519491231002")


def test_sexes_ages_and_counties_are_spread_evenly():
    """Half are men, every age has its fortieth or so, and nearly all counties occur."""
    numbers = id_numbers(1, np.arange(20_000)).tolist()
    assert 0.48 < np.mean([int(number[16]) % 2 for number in numbers]) < 0.52
    ages = np.bincount([age_on_reference_date(birth_date(number)) for number in numbers])
    assert not ages[:18].any()
    assert 61 == len(ages)
    assert ages[18:].min() > 20_000 / 43 * 0.7
    assert len({number[:6] for number in numbers}) > 0.99 * len(COUNTIES)


def test_all_provinces_have_counties():
    """All 31 provincial divisions of the mainland are there."""
    assert 31 == len(PROVINCES)
    assert set(PROVINCES) == {county[:2] for county in COUNTIES}


def test_ages_change_on_the_birthday():
    """Who was born on the reference day is a year older than who was born on the day after."""
    assert (60, 60) == (age_on_reference_date(date(1964, 3, 11)), age_on_reference_date(date(1965, 3, 10)))
    assert (61, 59) == (age_on_reference_date(date(1964, 3, 10)), age_on_reference_date(date(1965, 3, 11)))


def test_there_are_no_more_numbers_than_there_are():
    """A candidate past the last number is refused."""
    with pytest.raises(ValueError, match="id number: number"):
        id_number(1, ID_NUMBERS)

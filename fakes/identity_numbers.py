"""ID numbers (GB 11643) and mobile numbers: no two candidates of one seed share either.

Both are the place of the candidate's number in a shuffle of the whole space of such numbers, so a number is
made from (seed, candidate) alone and different candidates differ by construction. Counties and mobile
prefixes are Faker's.
"""

from datetime import date

import numpy as np
from faker.providers.phone_number.zh_CN import Provider as FakerPhones
from faker.providers.ssn.zh_CN import Provider as FakerIds
from numpy.typing import NDArray

from fakes.provinces import PROVINCES
from fakes.shuffles import shuffled, shuffled_all

REFERENCE_DATE = date(2025, 3, 10)
"""The day on which candidates have their ages and years of work: the first day of the 2025 window."""

YOUNGEST, OLDEST = 18, 60  # completed years on the reference date

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_MUNICIPALITIES = {"11", "12", "31", "50"}


def is_county(code: str) -> bool:
    """Say whether a GB/T 2260 code of Faker's list names a county of mainland China.

    Codes that end in 00 name a province or a prefecture. The 01 of a prefecture-level city (third and fourth
    digit 01 to 20 or 51 to 70) is the heading 市辖区 of its districts, except in the four municipalities.

    >>> [is_county(code) for code in ("110101", "110100", "130101", "130102", "659001", "810000")]
    [True, False, False, True, True, False]
    """
    prefecture = int(code[2:4])
    is_city = prefecture <= 20 or 51 <= prefecture <= 70
    is_heading = code.endswith("01") and is_city and code[:2] not in _MUNICIPALITIES
    return code[:2] in PROVINCES and not code.endswith("00") and not is_heading


COUNTIES: tuple[str, ...] = tuple(code for code in FakerIds.area_codes if is_county(code))
MOBILE_PREFIXES: tuple[str, ...] = tuple(str(prefix) for prefix in FakerPhones.phonenumber_prefixes)

_FIRST_BIRTHDAY = REFERENCE_DATE.replace(year=REFERENCE_DATE.year - OLDEST - 1).toordinal() + 1
_LAST_BIRTHDAY = REFERENCE_DATE.replace(year=REFERENCE_DATE.year - YOUNGEST).toordinal()
_BIRTHDAYS = tuple(f"{date.fromordinal(day):%Y%m%d}" for day in range(_FIRST_BIRTHDAY, _LAST_BIRTHDAY + 1))
_SEQUENCES = 999  # 001 … 999 in one county on one day
ID_NUMBERS = len(COUNTIES) * len(_BIRTHDAYS) * _SEQUENCES
_LINES_OF_A_PREFIX = 10**8
MOBILE_NUMBERS = len(MOBILE_PREFIXES) * _LINES_OF_A_PREFIX


def check_digit(first_17: str) -> str:
    """Give the 18th character of an ID number (GB 11643, sum of digit times weight, mod 11).

    >>> check_digit("11010519491231002")
    'X'
    """
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first_17, strict=True))
    return _CHECK_DIGITS[total % 11]


def id_number(seed: int, candidate: int) -> str:
    """Give the candidate's 18-character ID number. Raises ValueError past `ID_NUMBERS` candidates."""
    place, sequence = divmod(shuffled(seed, "id number", candidate, ID_NUMBERS), _SEQUENCES)
    county, birthday = divmod(place, len(_BIRTHDAYS))
    first_17 = f"{COUNTIES[county]}{_BIRTHDAYS[birthday]}{sequence + 1:03d}"
    return first_17 + check_digit(first_17)


def id_numbers(seed: int, candidates: NDArray[np.integer]) -> NDArray[np.str_]:
    """Give `id_number(seed, c)` for every c of the one-dimensional `candidates`, many at once.

    >>> str(id_numbers(1, np.array([7]))[0]) == id_number(1, 7)
    True
    """
    places, sequences = np.divmod(shuffled_all(seed, "id number", candidates, ID_NUMBERS), _SEQUENCES)
    counties, birthdays = np.divmod(places, len(_BIRTHDAYS))
    rest = np.array(COUNTIES, dtype=np.int64)[counties]
    rest = (rest * 10**8 + np.array(_BIRTHDAYS, dtype=np.int64)[birthdays]) * 1000 + sequences + 1
    characters = np.empty((candidates.size, 18), dtype=np.uint8)
    total = np.zeros(candidates.size, dtype=np.int64)
    for position in reversed(range(17)):
        rest, digit = np.divmod(rest, 10)
        characters[:, position] = digit + ord("0")
        total += _WEIGHTS[position] * digit
    characters[:, 17] = np.frombuffer(_CHECK_DIGITS.encode(), dtype=np.uint8)[total % 11]
    return characters.view("S18")[:, 0].astype(np.str_)


def birth_date(number: str) -> date:
    """Give the date of birth that an ID number carries.

    >>> birth_date("11010519491231002X")
    datetime.date(1949, 12, 31)
    """
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def age_on_reference_date(born: date) -> int:
    """Give the completed years on `REFERENCE_DATE`.

    >>> age_on_reference_date(date(2007, 3, 10)), age_on_reference_date(date(2007, 3, 11))
    (18, 17)
    """
    had_birthday = (born.month, born.day) <= (REFERENCE_DATE.month, REFERENCE_DATE.day)
    return REFERENCE_DATE.year - born.year - (not had_birthday)


def mobile_number(seed: int, candidate: int) -> str:
    """Give the candidate's own 11-digit mobile number. Raises ValueError past `MOBILE_NUMBERS` candidates."""
    prefix, line = divmod(shuffled(seed, "mobile number", candidate, MOBILE_NUMBERS), _LINES_OF_A_PREFIX)
    return f"{MOBILE_PREFIXES[prefix]}{line:08d}"


def mobile_numbers(seed: int, candidates: NDArray[np.integer]) -> NDArray[np.str_]:
    """Give `mobile_number(seed, c)` for every c of the one-dimensional `candidates`, many at once.

    >>> str(mobile_numbers(1, np.array([7]))[0]) == mobile_number(1, 7)
    True
    """
    places = shuffled_all(seed, "mobile number", candidates, MOBILE_NUMBERS)
    prefixes, lines = np.divmod(places, _LINES_OF_A_PREFIX)
    whole = np.array(MOBILE_PREFIXES, dtype=np.int64)[prefixes] * _LINES_OF_A_PREFIX + lines
    return whole.astype("U11")

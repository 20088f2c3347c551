"""Many candidates at once: the attributes of `Candidate` as columns, some hundred times faster than one by one.

It is the vectorised twin of fakes/candidates.py and fakes/careers.py: same draws, same people. A test holds the
two against each other; whoever changes one changes the other.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from fakes import candidates as one
from fakes.careers import (
    _GRADUATION_AGE,
    _JOBS,
    _LEVEL_DIGIT,
    _LONGEST_CAREER_YEARS,
    _MANAGER_JOB,
    BY_MASTERS_SHARE,
    INTERMEDIATE_SHARE,
    SENIOR_SHARE,
    SOCIAL_WORK_SHARE,
)
from fakes.degree_numbers import _FIRST_SCHOOL, _GRADE_DIGITS, _SCHOOLS, _SERIALS, KINDS_OF_STUDY
from fakes.draws import uniforms
from fakes.identity_numbers import COUNTIES, REFERENCE_DATE, id_numbers, mobile_numbers
from fakes.levels import SUBJECTS, Level
from fakes.provinces import PROVINCES
from fakes.shuffles import shuffled_all
from fakes.word_lists import (
    DISTRICTS,
    EMPLOYER_KINDS,
    EMPLOYER_NAMES,
    GIVEN_NAMES_OF_MEN,
    GIVEN_NAMES_OF_WOMEN,
    STREETS,
    SURNAME_WEIGHTS_SUMMED,
    SURNAMES,
)

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_CODES = tuple(PROVINCES)
_PLACE_OF_CODE = np.zeros(100, np.int64)
_PLACE_OF_CODE[[int(code) for code in _CODES]] = np.arange(len(_CODES))
_COUNTY_PROVINCES = _PLACE_OF_CODE[[int(county[:2]) for county in COUNTIES]]
_CITIES = tuple(city for province in PROVINCES.values() for city in province.cities)
_CITY_COUNTS = np.array([len(province.cities) for province in PROVINCES.values()])
_FIRST_CITIES = np.cumsum(_CITY_COUNTS) - _CITY_COUNTS
_LEVELS = tuple(Level)
_JUNIOR, _INTERMEDIATE, _SENIOR = range(3)
_GRADES = ("college", "bachelor", "master")
_COLLEGE, _BACHELOR, _MASTER = range(3)
_ALL_JOBS = (*_JOBS, _MANAGER_JOB)
_LONGEST_LEVEL = max(map(len, SUBJECTS.values()))
_EPOCH = np.datetime64("1970-01-01").astype("datetime64[D]")
_EPOCH_ORDINAL = 719_163  # date(1970, 1, 1).toordinal()


class Crowd:
    """Draws of many candidates of one seed: `numbers` are theirs."""

    def __init__(self, seed: int, numbers: NDArray[np.integer]) -> None:
        self.seed = seed
        self.numbers = numbers

    def uniform(self, purpose: str) -> NDArray[np.float64]:
        """Give one number of (0, 1) each."""
        return uniforms(self.seed, purpose, self.numbers)

    def chance(self, probability: float, purpose: str) -> Bools:
        """Say of each whether something of this probability happens."""
        return self.uniform(purpose) < probability

    def below(self, n: int | Ints, purpose: str) -> Ints:
        """Give an integer of 0 … n-1 each; `n` may differ from one to the next."""
        return (self.uniform(purpose) * n).astype(np.int64)


def crowd(seed: int, numbers: NDArray[np.integer]) -> pl.DataFrame:
    """Give the candidates with these numbers, one a row, in the order given.

    Columns are named as the attributes of `Candidate` and its parts: name, id_number, mobile, household_province,
    household_city, household_detail, residence_… alike, province, basis, from_elsewhere, level, subjects (codes),
    retained_subject (code or null), degree, field, degree_certificate, work_years, management_years,
    earlier_certificate, employer, job_description, employed_from, employed_until, pay_channel, email, password,
    has_social_insurance.
    """
    draws = Crowd(seed, numbers)
    ids = id_numbers(seed, numbers)
    characters = np.ascontiguousarray(ids).view(np.uint32).reshape(-1, 18)
    is_man = characters[:, 16] % 2 == 1  # as "0" is 48, an even number
    birthday = _number(characters[:, 10:14])
    today = REFERENCE_DATE.month * 100 + REFERENCE_DATE.day
    age = REFERENCE_DATE.year - _number(characters[:, 6:10]) - (birthday > today)

    born_in = _PLACE_OF_CODE[_number(characters[:, :2])]
    moved = draws.chance(one.MOVED_HOUSEHOLD_SHARE, "household has moved")
    household = np.where(moved, _COUNTY_PROVINCES[draws.below(len(COUNTIES), "household province")], born_in)
    others = draws.below(len(_CODES) - 1, "residence province")
    elsewhere = draws.chance(one.LIVES_ELSEWHERE_SHARE, "lives elsewhere")
    residence = np.where(elsewhere, others + (others >= household), household)
    by_workplace = draws.chance(one.BY_WORKPLACE_SHARE, "registers by workplace")

    level, columns = _careers(draws, age)
    counts = np.array([len(SUBJECTS[it]) for it in _LEVELS])[level]
    retains = draws.chance(one.RETAINED_SHARE, "retained subject") & (counts > 1)
    which = np.where(retains, draws.below(counts, "which subject is retained"), _LONGEST_LEVEL)
    chosen, retained = _subject_choices()
    choice = level * (_LONGEST_LEVEL + 1) + which
    return pl.DataFrame(
        {
            "name": _names(draws, is_man),
            "id_number": ids,
            "mobile": mobile_numbers(seed, numbers),
            **_address(draws, household, "household"),
            **_address(draws, residence, "residence"),
            "province": _pick(_CODES, np.where(by_workplace, residence, household)),
            "basis": _pick(("household", "workplace"), by_workplace.astype(np.int64)),
            "from_elsewhere": by_workplace & (household != residence),
            "subjects": chosen.gather(choice),
            "retained_subject": retained.gather(choice),
            **columns,
            "pay_channel": _pick(
                ("unionpay", "alipay"), draws.chance(one.ALIPAY_SHARE, "pay channel").astype(np.int64)
            ),
            "email": pl.select("kaosheng" + pl.lit(pl.Series(numbers)).cast(pl.String) + "@example.com").to_series(),
            "password": _pick(one.passwords(seed), draws.below(one.PASSWORDS, "password")),
            "has_social_insurance": draws.chance(one.SOCIAL_INSURANCE_SHARE, "social-insurance proof"),
        }
    )


def _careers(draws: Crowd, age: Ints) -> tuple[Ints, dict[str, pl.Series | Ints]]:
    """Give everybody's level, and the columns of their careers."""
    u = draws.uniform("level")
    senior = (u < SENIOR_SHARE) & (age >= 36)
    intermediate = (u < SENIOR_SHARE + INTERMEDIATE_SHARE) & (age >= 28) & ~senior
    level = np.select([senior, intermediate], [_SENIOR, _INTERMEDIATE], _JUNIOR)
    grade, social_work, years_needed = _education(draws, age, senior, intermediate)

    studied_until = np.minimum(np.array([_GRADUATION_AGE[it] for it in _GRADES])[grade], age)
    years_possible = np.minimum(age - studied_until, _LONGEST_CAREER_YEARS)
    years = years_needed + draws.below(years_possible - years_needed + 1, "years of work")
    managed = np.where(senior, 5 + draws.below(np.maximum(years - 7, 0), "years in management"), 0)
    graduated = REFERENCE_DATE.year - (age - studied_until)
    by_certificate = senior | (intermediate & (years_needed == 5))
    year = REFERENCE_DATE.year - 5 - draws.below(5, "year of the earlier certificate")
    digit = np.where(senior, int(_LEVEL_DIGIT[Level.INTERMEDIATE]), int(_LEVEL_DIGIT[Level.JUNIOR]))
    certificate = pl.Series(year * 10**10 + digit * 10**9 + draws.numbers.astype(np.int64)).cast(pl.String)

    until = REFERENCE_DATE.toordinal() - 1 - draws.below(28, "day of the work proof")
    unfinished = draws.below(300, "days of the unfinished year of work")
    since = until - (365.25 * years).astype(np.int64) - 5 - unfinished
    job = np.where(senior, len(_JOBS), draws.below(len(_JOBS), "job"))
    employer = _pick(EMPLOYER_NAMES, draws.below(len(EMPLOYER_NAMES), "employer"))
    kind = _pick(EMPLOYER_KINDS, draws.below(len(EMPLOYER_KINDS), "kind of employer"))
    return level, {
        "level": _pick(_LEVELS, level),
        "degree": _pick(_GRADES, grade),
        "field": _pick(("other", "social_work"), social_work.astype(np.int64)),
        "degree_certificate": _degree_numbers(draws, graduated, grade),
        "work_years": years,
        "management_years": managed,
        "earlier_certificate": pl.select(pl.when(pl.lit(pl.Series(by_certificate))).then(certificate)).to_series(),
        "employer": employer + kind,
        "job_description": _pick(tuple(description for _, description in _ALL_JOBS), job),
        "employed_from": _dates(since),
        "employed_until": _dates(until),
    }


def _education(draws: Crowd, age: Ints, senior: Bools, intermediate: Bools) -> tuple[Ints, Bools, Ints]:
    """Give grade, whether it is in social work, and the least years of work, as `careers._education` does."""
    studied = draws.chance(SOCIAL_WORK_SHARE, "studied social work")
    u = draws.uniform("grade")
    by_master = intermediate & draws.chance(BY_MASTERS_SHARE, "by master's degree")
    junior = ~senior & ~intermediate
    junior_social = junior & ((age < 24) | studied)
    grade = np.select(
        [
            junior_social,
            junior,
            by_master | (intermediate & (age >= 32) & (u < 0.1)),
            senior,
        ],
        [
            np.where((u < 0.4) & (age >= 24), _BACHELOR, _COLLEGE),
            _BACHELOR,
            _MASTER,
            np.where(u < 0.4, _MASTER, _BACHELOR),
        ],
        np.where(u < 0.4, _COLLEGE, _BACHELOR),
    )
    social_work = np.select([junior, by_master], [junior_social, True], studied)
    years_needed = np.select([junior_social, junior, by_master, senior], [0, 1, 2, 8], 5)
    return grade, social_work, years_needed


def _degree_numbers(draws: Crowd, graduated: Ints, grade: Ints) -> pl.Series:
    place = shuffled_all(draws.seed, "degree number", draws.numbers, _SCHOOLS * _SERIALS)
    school, serial = np.divmod(place, _SERIALS)
    study = np.array([int(it) for it in KINDS_OF_STUDY])[draws.below(len(KINDS_OF_STUDY), "kind of study")]
    digits = np.array([int(_GRADE_DIGITS[it]) for it in _GRADES])[grade]
    first_16 = ((_FIRST_SCHOOL + school) * 10 + study) * 10_000 + graduated
    first_16 = (first_16 * 100 + digits) * 10_000 + serial
    return pl.Series(first_16 * 100 + 98 - first_16 * 100 % 97).cast(pl.String)


def _names(draws: Crowd, is_man: Bools) -> pl.Series:
    at = draws.uniform("surname") * SURNAME_WEIGHTS_SUMMED[-1]
    surname = _pick(SURNAMES, np.searchsorted(SURNAME_WEIGHTS_SUMMED, at, side="right"))
    women = draws.below(len(GIVEN_NAMES_OF_WOMEN), "given name")
    men = draws.below(len(GIVEN_NAMES_OF_MEN), "given name")
    given_names = GIVEN_NAMES_OF_WOMEN + GIVEN_NAMES_OF_MEN
    return surname + _pick(given_names, np.where(is_man, len(GIVEN_NAMES_OF_WOMEN) + men, women))


def _address(draws: Crowd, province: Ints, which: str) -> dict[str, pl.Series]:
    city = _FIRST_CITIES[province] + draws.below(_CITY_COUNTS[province], f"{which} city")
    district = _pick(DISTRICTS, draws.below(len(DISTRICTS), f"{which} district"))
    street = _pick(STREETS, draws.below(len(STREETS), f"{which} street"))
    house = pl.Series(1 + draws.below(300, f"{which} house number")).cast(pl.String)
    return {
        f"{which}_province": _pick(_CODES, province),
        f"{which}_city": _pick(_CITIES, city),
        f"{which}_detail": district + street + house + "号",
    }


def _subject_choices() -> tuple[pl.Series, pl.Series]:
    """Give, by level and retained subject (after the last one: none), the codes to take and the code retained."""
    taken, retained = [], []
    for level in _LEVELS:
        codes = [subject.code for subject in SUBJECTS[level]]
        for which in range(_LONGEST_LEVEL + 1):
            taken.append([code for place, code in enumerate(codes) if place != which])
            retained.append(codes[which] if which < len(codes) else None)
    return pl.Series(taken), pl.Series(retained)


def _pick(items: Sequence[str], places: Ints) -> pl.Series:
    return pl.Series([str(item) for item in items]).gather(places)


def _number(characters: NDArray[np.uint32]) -> Ints:
    """Read each row of digits, as code points, as a number."""
    powers = 10 ** np.arange(characters.shape[1] - 1, -1, -1)
    number: Ints = (characters.astype(np.int64) - ord("0")) @ powers
    return number


def _dates(ordinals: Ints) -> pl.Series:
    return pl.Series(_EPOCH + (ordinals - _EPOCH_ORDINAL).astype("timedelta64[D]"))

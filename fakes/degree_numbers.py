"""Numbers of degree certificates, and how the national degree record knows them.

A number has 18 digits: school (5), kind of study (1), year (4), grade (2), serial (4) and two check digits
that make the whole number leave 1 when divided by 97 (ISO/IEC 7064, MOD 97-10). The first five fields are
those of real numbers; the check is ours, so that a stand-in for the record needs no table of everyone.
"""

from fakes.shuffles import shuffled

_FIRST_SCHOOL, _SCHOOLS = 10001, 4999
_SERIALS = 10_000
_GRADE_DIGITS = {"college": "06", "bachelor": "05", "master": "02"}
KINDS_OF_STUDY = "1567"  # full-time, adult, self-taught, online: all of them count (rule 10)


def degree_number(seed: int, candidate: int, kind_of_study: str, year: int, grade: str) -> str:
    """Give a certificate number that the record knows; no two candidates of one seed share one.

    `kind_of_study` is a digit of `KINDS_OF_STUDY`, `grade` is college, bachelor or master. Raises ValueError
    past 49,990,000 candidates.
    """
    school, serial = divmod(shuffled(seed, "degree number", candidate, _SCHOOLS * _SERIALS), _SERIALS)
    first_16 = f"{_FIRST_SCHOOL + school}{kind_of_study}{year:04d}{_GRADE_DIGITS[grade]}{serial:04d}"
    return f"{first_16}{98 - int(first_16) * 100 % 97:02d}"


def mistyped(number: str) -> str:
    """Give the number with its last digit wrong: the record does not know it."""
    return number[:-1] + str((int(number[-1]) + 1) % 10)


def known_to_the_record(number: str) -> bool:
    """Say whether the national degree record knows this certificate number.

    >>> number = degree_number(1, 7, "1", 2012, "college")
    >>> known_to_the_record(number), known_to_the_record(mistyped(number)), known_to_the_record("")
    (True, False, False)
    """
    return len(number) == 18 and number.isascii() and number.isdigit() and int(number) % 97 == 1

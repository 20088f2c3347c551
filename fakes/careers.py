"""What candidates have studied and worked, so that by default rules 7 to 9 let them register.

All shares and the ages of graduation are assumptions; the years that the rules ask for are those of
REGISTRATION_RULES.md.
"""

from dataclasses import dataclass
from datetime import date

from fakes.degree_numbers import KINDS_OF_STUDY, degree_number
from fakes.draws import Draws
from fakes.identity_numbers import REFERENCE_DATE
from fakes.levels import Level
from fakes.word_lists import EMPLOYER_KINDS, EMPLOYER_NAMES

SENIOR_SHARE = 0.02  # assumption, of those old enough
INTERMEDIATE_SHARE = 0.28  # assumption, of those old enough
SOCIAL_WORK_SHARE = 0.45  # assumption
BY_MASTERS_SHARE = 0.15  # assumption: intermediate candidates without the junior certificate

_GRADUATION_AGE = {"college": 21, "bachelor": 22, "master": 25}
_LONGEST_CAREER_YEARS = 30
_LEVEL_DIGIT = {Level.JUNIOR: "1", Level.INTERMEDIATE: "2"}
_LEVEL_BELOW = {Level.INTERMEDIATE: Level.JUNIOR, Level.SENIOR: Level.INTERMEDIATE}

_JOBS = (
    ("社区社会工作者", "负责社区居民服务、个案跟进和志愿者组织"),
    ("老年服务社会工作者", "负责长者探访、健康档案和小组活动"),
    ("青少年社会工作者", "负责青少年成长小组、家庭支持和学校联络"),
    ("医务社会工作者", "负责患者支持、资源链接和病房探访"),
    ("救助管理员", "负责救助对象的接待、评估和转介"),
)
_MANAGER_JOB = ("项目主任", "主持服务项目的策划、督导和团队管理")


@dataclass(frozen=True, slots=True)
class Degree:
    """A degree: `grade` is college, bachelor or master; `field` is social_work or other."""

    grade: str
    field: str
    certificate_number: str


@dataclass(frozen=True, slots=True)
class Work:
    """Where somebody works, from when until the day on which the employer stamped the proof."""

    employer: str
    job: str
    job_description: str
    employed_from: date
    employed_until: date


@dataclass(frozen=True, slots=True)
class Claim:
    """What a candidate states to be let in at a level; years are completed ones."""

    level: Level
    years_of_work: int
    years_in_management: int
    earlier_certificate_number: str | None


@dataclass(frozen=True, slots=True)
class Career:
    """The claim that holds, and the degree and the work that it rests on."""

    claim: Claim
    degree: Degree
    work: Work


def career(draws: Draws, age: int) -> Career:
    """Give the career of a candidate who is `age` years old on the reference date."""
    level = _level(draws, age)
    grade, field, years_needed = _education(draws, level, age)
    studied_until = min(_GRADUATION_AGE[grade], age)
    years_possible = min(age - studied_until, _LONGEST_CAREER_YEARS)
    years = years_needed + draws.below(years_possible - years_needed + 1, "years of work")
    managed = 5 + draws.below(years - 7, "years in management") if level is Level.SENIOR else 0
    graduated = REFERENCE_DATE.year - (age - studied_until)
    study = draws.pick(KINDS_OF_STUDY, "kind of study")
    number = degree_number(draws.seed, draws.candidate, study, graduated, grade)
    by_certificate = level is Level.SENIOR or (level is Level.INTERMEDIATE and years_needed == 5)
    certificate = _earlier_certificate(draws, _LEVEL_BELOW[level]) if by_certificate else None
    return Career(Claim(level, years, managed, certificate), Degree(grade, field, number), _work(draws, level, years))


def claim_too_much(claim: Claim) -> Claim:
    """Give what somebody states first who reads the rules wrongly: it fails them.

    Who has a claim to a level below the highest tries the next one without its certificate; who has one to
    the highest counts too few years in management.
    """
    if claim.level is Level.SENIOR:
        return Claim(Level.SENIOR, claim.years_of_work, 3, claim.earlier_certificate_number)
    above = Level.INTERMEDIATE if claim.level is Level.JUNIOR else Level.SENIOR
    return Claim(above, claim.years_of_work, claim.years_in_management, None)


def _level(draws: Draws, age: int) -> Level:
    u = draws.uniform("level")
    if u < SENIOR_SHARE and age >= 36:
        return Level.SENIOR
    if u < SENIOR_SHARE + INTERMEDIATE_SHARE and age >= 28:
        return Level.INTERMEDIATE
    return Level.JUNIOR


def _education(draws: Draws, level: Level, age: int) -> tuple[str, str, int]:
    """Give grade, field and the least years of work that fit together, by level and age."""
    studied_social_work = draws.chance(SOCIAL_WORK_SHARE, "studied social work")
    u = draws.uniform("grade")
    if level is Level.JUNIOR:
        if age < 24 or studied_social_work:  # others cannot have a bachelor's degree and a year of work yet
            return ("bachelor" if u < 0.4 and age >= 24 else "college"), "social_work", 0
        return "bachelor", "other", 1
    if level is Level.INTERMEDIATE and draws.chance(BY_MASTERS_SHARE, "by master's degree"):
        return "master", "social_work", 2
    field = "social_work" if studied_social_work else "other"
    if level is Level.SENIOR:
        return ("master" if u < 0.4 else "bachelor"), field, 8  # 5 years in management come after the first 3
    if age >= 32 and u < 0.1:
        return "master", field, 5
    return ("college" if u < 0.4 else "bachelor"), field, 5


def _earlier_certificate(draws: Draws, level: Level) -> str:
    year = REFERENCE_DATE.year - 5 - draws.below(5, "year of the earlier certificate")
    return f"{year}{_LEVEL_DIGIT[level]}{draws.candidate:09d}"


def _work(draws: Draws, level: Level, years: int) -> Work:
    until = REFERENCE_DATE.toordinal() - 1 - draws.below(28, "day of the work proof")
    # 5 to 304 days more than the whole years, so that they are complete however one counts leap days.
    since = until - int(365.25 * years) - 5 - draws.below(300, "days of the unfinished year of work")
    job, description = _MANAGER_JOB if level is Level.SENIOR else draws.pick(_JOBS, "job")
    employer = draws.pick(EMPLOYER_NAMES, "employer") + draws.pick(EMPLOYER_KINDS, "kind of employer")
    return Work(employer, job, description, date.fromordinal(since), date.fromordinal(until))

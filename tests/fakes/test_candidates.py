"""Candidates: always the same person, eligible, and wrong only in the ways and at the shares that are set."""

import re
from collections import Counter
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.candidates import PROOFS_OF_RESIDENCE, Candidate, FlawShares
from fakes.careers import Claim, Degree
from fakes.degree_numbers import known_to_the_record
from fakes.identity_numbers import REFERENCE_DATE, birth_date, mobile_number
from fakes.levels import SUBJECTS, Level
from fakes.papers import SCAN_KINDS, Flaw, PaperKind
from fakes.provinces import PROVINCES

FLAWLESS = FlawShares(**{field.name: 0.0 for field in fields(FlawShares)})
EVERY_FLAW = FlawShares(**{field.name: 1.0 for field in fields(FlawShares)})
FLAWS = [field.name for field in fields(FlawShares)]
PEOPLE = [Candidate(1, number) for number in range(4000)]

seeds = st.integers(0, 2**63)
numbers = st.integers(0, 2_300_000)


def everything(person):
    """Give all public attributes of a candidate, the shares aside."""
    names = [name for name in dir(Candidate) if not name.startswith("_") and name not in ("draws", "paper_flaws")]
    told = {name: getattr(person, name) for name in names if name != "shares"}
    return told | {f"flaws of {kind}": person.paper_flaws(kind) for kind in PaperKind}


def is_eligible(claim: Claim, degree: Degree) -> bool:
    """Say whether rules 7 to 9 let somebody in, in their strictest reading."""
    if claim.level is Level.JUNIOR:
        studied = degree.field == "social_work"
        return studied or (degree.grade == "bachelor" and claim.years_of_work >= 1)
    if claim.level is Level.INTERMEDIATE:
        by_master = degree == replace(degree, grade="master", field="social_work") and claim.years_of_work >= 2
        return by_master or (claim.earlier_certificate_number is not None and claim.years_of_work >= 5)
    return claim.earlier_certificate_number is not None and claim.years_in_management >= 5


@given(seeds, numbers)
def test_the_same_number_is_the_same_person(seed, number):
    """Whatever is asked for first, all attributes are made from seed and number alone."""
    first, again = Candidate(seed, number), Candidate(seed, number)
    told = everything(first)
    for name in reversed(told):
        assert name.startswith("flaws of") or told[name] == getattr(again, name)
    assert told == everything(again)


@given(seeds, numbers)
def test_everyone_may_register_at_their_level(seed, number):
    """The true claim passes rules 7 to 9, and age, studies and work fit together."""
    person = Candidate(seed, number)
    claim, degree, work = person.claim, person.degree, person.work
    assert is_eligible(claim, degree)
    assert known_to_the_record(degree.certificate_number)
    assert claim.years_in_management <= claim.years_of_work
    employed_years = (work.employed_until - work.employed_from).days / 365.25
    assert claim.years_of_work <= employed_years < claim.years_of_work + 1
    assert work.employed_until < REFERENCE_DATE
    born = birth_date(person.id_number)
    # 18 at the first day of work; the unfinished year is the one that rounding down can take away.
    assert (work.employed_from - born).days / 365.25 >= 17
    assert (claim.level is Level.JUNIOR) <= (claim.earlier_certificate_number is None)


def test_nobody_works_before_the_degree_is_theirs():
    """Years of work begin in the year that the degree's number carries, or later."""
    for person in PEOPLE:
        graduated = int(person.degree.certificate_number[6:10])
        assert birth_date(person.id_number).year + 17 <= graduated
        assert person.claim.years_of_work <= REFERENCE_DATE.year - graduated


@given(seeds, numbers)
def test_what_they_read_and_sign_is_plausible(seed, number):
    """Name, addresses, place, password and e-mail have their forms."""
    person = Candidate(seed, number)
    assert re.fullmatch(r"[\u4e00-\u9fff]{2,4}", person.name)
    assert person.sex == ("male" if int(person.id_number[16]) % 2 else "female")
    for address in (person.household, person.residence):
        assert address.city in PROVINCES[address.province].cities
        assert str(address).startswith(PROVINCES[address.province].name)
    place = person.place
    where = {"workplace": person.residence, "household": person.household}[place.basis]
    assert where.province == place.province
    assert place.from_elsewhere == (place.province != person.household.province)
    assert place.from_elsewhere == (PaperKind.RESIDENCE_PROOF in person.papers)
    assert re.fullmatch(r"Ks-[0-9a-f]{12}", person.password)
    assert person.email.endswith("@example.com")
    assert person.pay_channel in ("alipay", "unionpay")


@given(seeds, numbers)
def test_subjects_are_those_of_the_level(seed, number):
    """Retained and remaining subjects together are the subjects of the level, and something remains."""
    person = Candidate(seed, number)
    assert set(SUBJECTS[person.level]) == {*person.subjects, *person.retained_subjects}
    assert not {*person.subjects} & {*person.retained_subjects}
    assert person.subjects


def test_subjects_are_those_of_the_rules():
    """Junior 2, intermediate 3, senior 1 (rule 6), all with codes of their own."""
    assert {"junior": 2, "intermediate": 3, "senior": 1} == {level: len(SUBJECTS[level]) for level in SUBJECTS}
    assert 6 == len({subject.code for subjects in SUBJECTS.values() for subject in subjects})


@given(seeds, numbers)
def test_without_flaws_the_first_try_is_the_good_one(seed, number):
    """Shares of zero leave nothing to refuse."""
    person = Candidate(seed, number, FLAWLESS)
    assert (person.mobile, person.degree, person.claim) == (
        person.first_mobile,
        person.first_degree,
        person.first_claim,
    )
    assert (person.papers, person.subjects) == (person.first_papers, person.first_subjects)
    assert not any(person.paper_flaws(kind) for kind in PaperKind)


@given(seeds, numbers)
def test_with_every_flaw_the_first_try_breaks_every_rule(seed, number):
    """Shares of one: each first try is refused by its rule, and the good one is still there."""
    person = Candidate(seed, number, EVERY_FLAW)
    assert person.first_mobile != person.mobile
    assert not known_to_the_record(person.first_degree.certificate_number)
    assert not is_eligible(person.first_claim, person.degree)
    assert set(person.first_subjects) <= set(SUBJECTS[person.first_claim.level])
    if person.place.from_elsewhere:
        assert not {*person.first_papers} & {*PROOFS_OF_RESIDENCE}
    flaws = [person.paper_flaws(kind) for kind in SCAN_KINDS]
    assert all(kind_flaws[:3] == (Flaw.TOO_LARGE, Flaw.PNG_NAMED_JPG, Flaw.LOW_DPI) for kind_flaws in flaws)
    assert 1 == sum(Flaw.BLURRED in kind_flaws for kind_flaws in flaws)
    assert (Flaw.MISSING_STAMP,) == person.paper_flaws(PaperKind.WORK_PROOF)
    assert everything(replace(person, shares=FLAWLESS))["claim"] == person.claim


@given(seeds, st.integers(0, 100))
def test_somebody_elses_phone_is_another_candidates(seed, number):
    """It is the own phone of a candidate of a lower number, so of the same population."""
    borrowed = Candidate(seed, number, EVERY_FLAW).first_mobile
    assert borrowed in {mobile_number(seed, other) for other in (range(number) if number else (1,))}


@pytest.mark.parametrize("flaw", FLAWS)
def test_one_share_changes_one_flaw_only(flaw):
    """With another share of one flaw, all other attributes and flaws stay as they were."""
    touched = {
        "blurred_scan": {"flaws of id_front", "flaws of id_back"},
        "too_large_photo": {"flaws of id_front", "flaws of id_back"},
        "low_dpi": {"flaws of id_front", "flaws of id_back"},
        "wrong_format": {"flaws of id_front", "flaws of id_back"},
        "missing_stamp": {"flaws of work_proof"},
        "someone_elses_phone": {"first_mobile"},
        "not_eligible": {"first_claim", "first_subjects"},
        "unknown_degree": {"first_degree"},
        "missing_residence_proof": {"first_papers"},
    }[flaw]
    changed = Counter()
    for person in PEOPLE[:300]:
        before, after = everything(person), everything(replace(person, shares=replace(person.shares, **{flaw: 0.9})))
        changed.update(name for name in before if before[name] != after[name])
    assert touched == set(changed)


def test_a_larger_share_keeps_those_who_had_the_flaw():
    """Common random numbers: whoever has a flaw at a share has it at every larger one."""
    small, large = FlawShares(someone_elses_phone=0.2), FlawShares(someone_elses_phone=0.4)
    for number in range(300):
        few, many = Candidate(1, number, small), Candidate(1, number, large)
        assert few.first_mobile in (few.mobile, many.first_mobile)


def test_the_shares_are_held():
    """Over 4,000 people each share is what was set, within four standard errors (0.032 at most)."""
    people = [Candidate(1, number, FlawShares(blurred_scan=0.3, missing_stamp=0.6)) for number in range(4000)]
    blurred = sum(any(Flaw.BLURRED in person.paper_flaws(kind) for kind in SCAN_KINDS) for person in people)
    unstamped = sum(bool(person.paper_flaws(PaperKind.WORK_PROOF)) for person in people)
    both = sum(
        bool(person.paper_flaws(PaperKind.WORK_PROOF))
        and any(Flaw.BLURRED in person.paper_flaws(kind) for kind in SCAN_KINDS)
        for person in people
    )
    assert pytest.approx(0.3, abs=0.032) == blurred / 4000
    assert pytest.approx(0.6, abs=0.032) == unstamped / 4000
    assert pytest.approx(0.18, abs=0.032) == both / 4000


def test_the_population_is_mixed():
    """All levels, both sexes, retained subjects for about a tenth, earlier certificates of their own."""
    levels = Counter(person.level for person in PEOPLE)
    assert levels[Level.JUNIOR] > levels[Level.INTERMEDIATE] > levels[Level.SENIOR] > 0
    assert 0.08 < sum(bool(person.retained_subjects) for person in PEOPLE) / len(PEOPLE) < 0.12
    certificates = [person.claim.earlier_certificate_number for person in PEOPLE]
    held = [certificate for certificate in certificates if certificate]
    assert len(held) == len(set(held)) > 0
    assert len({person.name for person in PEOPLE}) > 2000


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_must_be_a_share(share):
    """The message names the flaw and the range."""
    with pytest.raises(ValueError, match=r"flaw share low_dpi is .*; it must be from 0 to 1"):
        FlawShares(low_dpi=share)

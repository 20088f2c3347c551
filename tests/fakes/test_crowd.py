"""Many candidates at once: the same people as one by one."""

import hashlib

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.candidates import PASSWORDS, Candidate, passwords
from fakes.crowd import crowd
from fakes.papers import PaperKind

UNCHANGED = "f91780d0d65e99bfb7acca84ea492e323dadc596058568a14b20c26edb4ac504"
"""Of 1,000 candidates as they were before there was a crowd; their passwords aside."""


def as_row(person: Candidate) -> dict[str, object]:
    """Give one candidate as the crowd has them."""
    household, residence, place = person.household, person.residence, person.place
    return {
        "name": person.name,
        "id_number": person.id_number,
        "mobile": person.mobile,
        "household_province": household.province,
        "household_city": household.city,
        "household_detail": household.detail,
        "residence_province": residence.province,
        "residence_city": residence.city,
        "residence_detail": residence.detail,
        "province": place.province,
        "basis": place.basis,
        "from_elsewhere": place.from_elsewhere,
        "subjects": [subject.code for subject in person.subjects],
        "retained_subject": next((subject.code for subject in person.retained_subjects), None),
        "level": person.level.value,
        "degree": person.degree.grade,
        "field": person.degree.field,
        "degree_certificate": person.degree.certificate_number,
        "work_years": person.claim.years_of_work,
        "management_years": person.claim.years_in_management,
        "earlier_certificate": person.claim.earlier_certificate_number,
        "employer": person.work.employer,
        "job_description": person.work.job_description,
        "employed_from": person.work.employed_from,
        "employed_until": person.work.employed_until,
        "pay_channel": person.pay_channel,
        "email": person.email,
        "password": person.password,
        "has_social_insurance": PaperKind.SOCIAL_INSURANCE in person.papers,
    }


@given(st.integers(0, 2**63), st.lists(st.integers(0, 2_300_000), min_size=1, max_size=30))
@settings(max_examples=60, deadline=None)
def test_a_crowd_is_its_candidates(seed, numbers):
    """Every column is the attribute of the candidate with that number, in any order."""
    assert [as_row(Candidate(seed, number)) for number in numbers] == crowd(seed, np.array(numbers)).to_dicts()


def test_every_kind_of_career_is_among_them():
    """3,000 candidates, so that the rare ones are compared too."""
    rows = crowd(7, np.arange(3000, dtype=np.uint32)).to_dicts()
    assert [as_row(Candidate(7, number)) for number in range(3000)] == rows
    assert {"junior", "intermediate", "senior"} == {row["level"] for row in rows}


def test_candidates_are_who_they_were():
    """Nothing but the password has changed when passwords came to be shared."""
    digest = hashlib.sha256("\n".join(_told(seed, number) for seed in (1, 2025) for number in range(500)).encode())
    assert UNCHANGED == digest.hexdigest()


def _told(seed: int, number: int) -> str:
    it = Candidate(seed, number)
    flaws = [it.paper_flaws(kind) for kind in PaperKind]
    return repr(
        (
            *(it.id_number, it.name, it.mobile, it.first_mobile, it.household, it.residence, it.place),
            *(it.degree, it.first_degree, it.work, it.claim, it.first_claim, it.retained_subjects),
            *(it.email, it.pay_channel, it.papers, it.first_papers, flaws),
        )
    )


def test_candidates_share_few_passwords():
    """Each of the seed's passwords is somebody's, and no other one is."""
    assert set(passwords(1)) == {Candidate(1, number).password for number in range(1000)}
    assert PASSWORDS == len(set(passwords(1))) == len(set(passwords(2)) - set(passwords(1)))
    assert {15} == set(map(len, passwords(1)))

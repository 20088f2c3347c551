"""Candidates: number i of seed s is always the same person, made from (seed, number) alone.

Each attribute is computed when it is first asked for, and no attribute depends on the shares of the flaws.
"""

from bisect import bisect
from dataclasses import dataclass
from functools import cached_property, lru_cache

from fakes.careers import Career, Claim, Degree, Work, career, claim_too_much
from fakes.degree_numbers import mistyped
from fakes.draws import Draws, uniform
from fakes.identity_numbers import COUNTIES, age_on_reference_date, birth_date, id_number, mobile_number
from fakes.levels import SUBJECTS, Level, Subject
from fakes.papers import SCAN_KINDS, Flaw, PaperKind
from fakes.provinces import PROVINCES
from fakes.word_lists import (
    DISTRICTS,
    GIVEN_NAMES_OF_MEN,
    GIVEN_NAMES_OF_WOMEN,
    STREETS,
    SURNAME_WEIGHTS_SUMMED,
    SURNAMES,
)

RETAINED_SHARE = 0.10  # assumption: those of several subjects who passed one last year (rule 22)
MOVED_HOUSEHOLD_SHARE = 0.15  # assumption: household no longer in the province of birth
LIVES_ELSEWHERE_SHARE = 0.20  # assumption: lives and works outside of the household's province
BY_WORKPLACE_SHARE = 0.75  # assumption: registers in the province of the workplace
SOCIAL_INSURANCE_SHARE = 0.30  # assumption: uploads the optional proof
ALIPAY_SHARE = 0.65  # assumption

PASSWORDS = 64
"""So many passwords share all candidates: a portal can be filled with half a million accounts at 64 hashes' cost."""

PROOFS_OF_RESIDENCE = (PaperKind.RESIDENCE_PROOF, PaperKind.SOCIAL_INSURANCE)
"""Either is enough for a candidate from elsewhere (rule 14)."""


@dataclass(frozen=True, slots=True)
class FlawShares:
    """Shares (0 to 1) of the candidates who first do something wrong. Every default is an assumption.

    A candidate can have several flaws; after each refusal one of them is mended. `missing_residence_proof`
    is a share of those who need the proof, the others are shares of all. Raises ValueError for a share
    outside of 0 … 1.
    """

    blurred_scan: float = 0.04  # a scan that is blurred
    too_large_photo: float = 0.10  # a photo over the limit
    low_dpi: float = 0.05  # a scan of too few dots
    wrong_format: float = 0.02  # a PNG that is named .jpg
    missing_stamp: float = 0.03  # a work proof without the employer's stamp
    someone_elses_phone: float = 0.01  # a phone that is bound to somebody else
    not_eligible: float = 0.02  # claims less than the level takes
    unknown_degree: float = 0.01  # a degree that the record does not know
    missing_residence_proof: float = 0.10  # no proof of residence where it is needed

    def __post_init__(self) -> None:
        for name in self.__slots__:
            share = getattr(self, name)
            if not 0.0 <= share <= 1.0:
                raise ValueError(f"flaw share {name} is {share}; it must be from 0 to 1")


@dataclass(frozen=True, slots=True)
class Address:
    """An address; `province` is the two-digit code."""

    province: str
    city: str
    detail: str

    def __str__(self) -> str:
        name = PROVINCES[self.province].name
        return f"{name}{self.detail}" if name == self.city else f"{name}{self.city}{self.detail}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody registers: two-digit province, `basis` workplace or household (rule 14)."""

    province: str
    basis: str
    from_elsewhere: bool


@lru_cache
def passwords(seed: int) -> tuple[str, ...]:
    """Give all passwords that candidates of a seed have, of 15 characters each."""
    return tuple(f"Ks-{int(uniform(seed, 'password text', number) * 16**12):012x}" for number in range(PASSWORDS))


@dataclass(frozen=True)
class Candidate:
    """A person who registers, and what they first do wrong, by `shares`."""

    seed: int
    number: int
    shares: FlawShares = FlawShares()

    @cached_property
    def draws(self) -> Draws:
        """The draws of this candidate."""
        return Draws(self.seed, self.number)

    @cached_property
    def id_number(self) -> str:
        """The 18-character ID number, unlike that of any other candidate of the seed."""
        return id_number(self.seed, self.number)

    @property
    def sex(self) -> str:
        """`male` or `female`, as the ID number says: odd sequence numbers are men's."""
        return "male" if int(self.id_number[16]) % 2 else "female"

    @property
    def age(self) -> int:
        """Completed years on `REFERENCE_DATE`."""
        return age_on_reference_date(birth_date(self.id_number))

    @cached_property
    def name(self) -> str:
        """Surname and given name, in Chinese."""
        at = self.draws.uniform("surname") * SURNAME_WEIGHTS_SUMMED[-1]
        given_names = GIVEN_NAMES_OF_MEN if self.sex == "male" else GIVEN_NAMES_OF_WOMEN
        return SURNAMES[bisect(SURNAME_WEIGHTS_SUMMED, at)] + self.draws.pick(given_names, "given name")

    @cached_property
    def mobile(self) -> str:
        """The candidate's own 11-digit mobile number, unlike that of any other candidate of the seed."""
        return mobile_number(self.seed, self.number)

    @cached_property
    def first_mobile(self) -> str:
        """The mobile number that they come with first: their own, or that of a lower candidate number."""
        if not self._has_flaw("someone_elses_phone"):
            return self.mobile
        other = self.draws.below(self.number, "whose phone") if self.number else 1
        return mobile_number(self.seed, other)

    @cached_property
    def household(self) -> Address:
        """The address of household registration (户籍)."""
        province = self.id_number[:2]
        if self.draws.chance(MOVED_HOUSEHOLD_SHARE, "household has moved"):
            province = self.draws.pick(COUNTIES, "household province")[:2]
        return self._address(province, "household")

    @cached_property
    def residence(self) -> Address:
        """The address where they live; they work in the same province."""
        province = self.household.province
        if self.draws.chance(LIVES_ELSEWHERE_SHARE, "lives elsewhere"):
            province = self.draws.pick([code for code in PROVINCES if code != province], "residence province")
        return self._address(province, "residence")

    @cached_property
    def place(self) -> Place:
        """The province where they register, and why there."""
        home, workplace = self.household.province, self.residence.province
        if self.draws.chance(BY_WORKPLACE_SHARE, "registers by workplace"):
            return Place(workplace, "workplace", home != workplace)
        return Place(home, "household", False)

    @cached_property
    def _career(self) -> Career:
        return career(self.draws, self.age)

    @property
    def degree(self) -> Degree:
        """The degree that they hold."""
        return self._career.degree

    @property
    def first_degree(self) -> Degree:
        """The degree that they state first: its number can be one that the record does not know."""
        degree = self._career.degree
        if not self._has_flaw("unknown_degree"):
            return degree
        return Degree(degree.grade, degree.field, mistyped(degree.certificate_number))

    @property
    def work(self) -> Work:
        """Where they work and since when."""
        return self._career.work

    @property
    def claim(self) -> Claim:
        """The level that they may register for by rules 7 to 9, with their years and earlier certificate."""
        return self._career.claim

    @property
    def first_claim(self) -> Claim:
        """The claim that they make first: it can be one that the rules refuse."""
        claim = self._career.claim
        return claim_too_much(claim) if self._has_flaw("not_eligible") else claim

    @property
    def level(self) -> Level:
        """The level that they may register for."""
        return self._career.claim.level

    @cached_property
    def retained_subjects(self) -> tuple[Subject, ...]:
        """The subjects that they passed last year (rule 22): none or one."""
        subjects = SUBJECTS[self.level]
        if len(subjects) == 1 or not self.draws.chance(RETAINED_SHARE, "retained subject"):
            return ()
        return (self.draws.pick(subjects, "which subject is retained"),)

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """The subjects that they register for."""
        return tuple(subject for subject in SUBJECTS[self.level] if subject not in self.retained_subjects)

    @property
    def first_subjects(self) -> tuple[Subject, ...]:
        """The subjects that go with their first claim."""
        level = self.first_claim.level
        return self.subjects if level is self.level else SUBJECTS[level]

    @property
    def email(self) -> str:
        """The address for the electronic invoice; example.com never delivers (RFC 2606)."""
        return f"kaosheng{self.number}@example.com"

    @property
    def password(self) -> str:
        """A password with an upper and a lower case letter, a digit and a mark; one of the seed's `passwords`."""
        return self.draws.pick(passwords(self.seed), "password")

    @property
    def pay_channel(self) -> str:
        """`alipay` or `unionpay`."""
        return "alipay" if self.draws.chance(ALIPAY_SHARE, "pay channel") else "unionpay"

    @cached_property
    def papers(self) -> tuple[PaperKind, ...]:
        """The papers that their application comes with, the selfie aside."""
        papers = [*SCAN_KINDS, PaperKind.DEGREE_CERTIFICATE, PaperKind.WORK_PROOF]
        if self.draws.chance(SOCIAL_INSURANCE_SHARE, "social-insurance proof"):
            papers.append(PaperKind.SOCIAL_INSURANCE)
        if self.place.from_elsewhere:
            papers.append(PaperKind.RESIDENCE_PROOF)
        return tuple(papers)

    @property
    def first_papers(self) -> tuple[PaperKind, ...]:
        """The papers that they come with first: whoever is from elsewhere can lack both proofs of rule 14."""
        if not (self.place.from_elsewhere and self._has_flaw("missing_residence_proof")):
            return self.papers
        return tuple(kind for kind in self.papers if kind not in PROOFS_OF_RESIDENCE)

    def paper_flaws(self, kind: PaperKind) -> tuple[Flaw, ...]:
        """Give what is wrong with their first, second … upload of a paper; the one after the last is good.

        A photograph that is too large, of too few dots per inch or of the wrong format is so on both sides of
        the card; only one side is blurred.
        """
        if kind is PaperKind.WORK_PROOF:
            return (Flaw.MISSING_STAMP,) if self._has_flaw("missing_stamp") else ()
        if kind not in SCAN_KINDS:
            return ()
        flaws = []
        if self._has_flaw("too_large_photo"):
            flaws.append(Flaw.TOO_LARGE)
        if self._has_flaw("wrong_format"):
            flaws.append(Flaw.PNG_NAMED_JPG)
        if self._has_flaw("low_dpi"):
            flaws.append(Flaw.LOW_DPI)
        if self._has_flaw("blurred_scan") and kind is self.draws.pick(SCAN_KINDS, "blurred side"):
            flaws.append(Flaw.BLURRED)
        return tuple(flaws)

    def _has_flaw(self, flaw: str) -> bool:
        return self.draws.chance(getattr(self.shares, flaw), f"flaw {flaw}")

    def _address(self, province: str, which: str) -> Address:
        city = self.draws.pick(PROVINCES[province].cities, f"{which} city")
        district = self.draws.pick(DISTRICTS, f"{which} district")
        street = self.draws.pick(STREETS, f"{which} street")
        house = 1 + self.draws.below(300, f"{which} house number")
        return Address(province, city, f"{district}{street}{house}号")

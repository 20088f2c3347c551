"""The exam itself as pure functions: ticket number and seat (rule 23), scores and certificate number (rule 24)."""

from math import gcd
from statistics import NormalDist

from msgspec import Struct

from mock_server.draws import drawn
from mock_server.rules import Level
from mock_server.settings import Limits

_LEVEL_DIGITS = {Level.JUNIOR: 1, Level.INTERMEDIATE: 2, Level.SENIOR: 3}


class Seat(Struct, frozen=True):
    """Where a candidate sits: site of the province, room of the site, seat of the room; each counted from 1."""

    site: int
    room: int
    seat: int


def ticket_number(filing_number: str, level: Level) -> str:
    """Give the number of an admission ticket: unique, as the filing number is.

    >>> ticket_number("11-2025-000042", Level.SENIOR)
    '1120253000042'
    """
    province, year, sequence = filing_number.split("-")
    return f"{province}{year}{_LEVEL_DIGITS[level]}{sequence}"


def certificate_number(filing_number: str, level: Level) -> str:
    """Give the number of a certificate: year first, then province, level and the filing's own number.

    >>> certificate_number("11-2025-000042", Level.SENIOR)
    '2025113000042'
    """
    province, year, sequence = filing_number.split("-")
    return f"{year}{province}{_LEVEL_DIGITS[level]}{sequence}"


def drawn_seat(seed: int, filing_number: str, limits: Limits) -> Seat:
    """Draw the seat of an application, never one that another application of the province has.

    The filings of a province fill one site after the other; within a site (all its seats: n) filing i sits at
    (a·i + b) mod n, with a and b drawn for the site, and a prime to n: that meets each seat once.
    """
    province, _, sequence = filing_number.split("-")
    seats = limits.seats_a_room * limits.rooms_a_site
    site, place = divmod(int(sequence) - 1, seats)
    step = int(drawn(seed, "seat step", province, site) * seats)
    while gcd(step, seats) != 1:
        step += 1
    first = int(drawn(seed, "first seat", province, site) * seats)
    room, seat = divmod((step * place + first) % seats, limits.seats_a_room)
    return Seat(site + 1, room + 1, seat + 1)


def drawn_scores(seed: int, year: int, id_number: str, subjects: list[str], limits: Limits) -> list[int | None]:
    """Draw the scores of one candidate in the exam of a year, points of 100; None for all where they do not come.

    Points are normally distributed, subject by subject, and cut at 0 and 100.
    """
    if drawn(seed, "absent", year, id_number) < limits.absent_share:
        return [None] * len(subjects)
    points = NormalDist(limits.score_mean, limits.score_deviation)
    scores: list[int | None] = []
    for subject in subjects:
        u = drawn(seed, "score", year, id_number, subject)
        scores.append(min(100, max(0, round(points.inv_cdf(u)))) if u else 0)
    return scores


def passed_subjects(subjects: list[str], scores: list[int | None], limits: Limits) -> list[str]:
    """Give the subjects that were passed."""
    marked = zip(subjects, scores, strict=True)
    return [subject for subject, score in marked if score is not None and score >= limits.pass_score]

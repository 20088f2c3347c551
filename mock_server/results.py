"""Results in the database (rule 24): scores, the certificate's number, and passes that are retained (rule 22).

They are entered once, from the end of the exam on; candidates see them when they are published.
"""

from typing import Any

from mock_server.database import Connection, every, queries
from mock_server.exam import certificate_number, drawn_scores, passed_subjects
from mock_server.portal import Portal
from mock_server.rules import Level

MARKED_AT_ONCE = 500
"""Applications a transaction: some ms of drawing, so that requests of the same process need not wait long."""


async def mark_exams(portal: Portal) -> None:
    """Enter the results of everybody who paid, once the exam is over."""
    while portal.clock.now() >= portal.window.exam_end:
        async with portal.database.transaction() as connection:
            rows = await every(queries.lock_unmarked(connection, most=MARKED_AT_ONCE))
            if not rows:
                return
            await enter_results(connection, portal, rows)


async def enter_results(connection: Connection, portal: Portal, rows: list[Any]) -> None:
    """Draw and enter the results of locked applications that have none.

    Filing has proven that what a candidate does not take is retained: so who passes all that they take has passed the
    level, and gets a certificate.
    """
    year = portal.window.exam.year
    ids, literals, certificates = [], [], []
    passers, passes = [], []
    for row in rows:
        subjects = row["subjects"]
        scores = drawn_scores(portal.settings.seed, year, row["id_number"], subjects, portal.limits)
        passed = passed_subjects(subjects, scores, portal.limits)
        ids.append(row["id"])
        literals.append("{" + ",".join("NULL" if score is None else str(score) for score in scores) + "}")
        complete = len(passed) == len(subjects)
        certificates.append(certificate_number(row["filing_number"], Level(row["level"])) if complete else None)
        passers += [row["id_number"]] * len(passed)
        passes += passed
    await queries.enter_scores(connection, ids=ids, scores=literals, certificate_numbers=certificates)
    await queries.enter_passes(connection, id_numbers=passers, subjects=passes, passed_on=portal.window.exam_end)

"""`junit.xml`: the verdict as test cases, in the form that Jenkins, GitLab and the test reporters for GitHub read.

A missed objective or a broken promise is a failure, what makes the run void an error, what was not measured skipped.
Names of cases are the same in every language, as servers know a case by its name; messages are in the one in force.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from reports import words
from reports.analysis import Analysis
from reports.audit import Audit
from reports.audit_rules import DOUBLED, LOST, WRONG
from reports.books_tables import violations
from reports.language import say
from reports.promises_tables import violation_lines
from reports.unmeasured import audit_notes
from reports.verdict import Verdict

FAILURE, ERROR, SKIPPED = "failure", "error", "skipped"
_GROUPS = {
    LOST: "nothing that was acknowledged is lost",
    DOUBLED: "nothing is there twice",
    WRONG: "nothing that was acknowledged is there otherwise",
}
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 allows in no document, not even escaped."""


class Case(NamedTuple):
    """A test case: what must hold, how it ended (empty: it passed), and what is said of it."""

    name: str
    outcome: str
    said: str


def write_junit(a: Analysis, verdict: Verdict, path: Path) -> None:
    """Write the file."""
    suites = {
        "objectives": objective_cases(verdict),
        "measurement": measurement_cases(verdict),
        "audit": audit_cases(a),
    }
    root = ElementTree.Element(
        "testsuites", {"name": _text(f"rehearse {verdict.scenario}"), **_counts(suites.values())}
    )
    started_at = a.run.facts.load.started_at
    for name, cases in suites.items():
        suite = ElementTree.SubElement(root, "testsuite", {"name": name, **_counts([cases]), "time": "0"})
        suite.set("skipped", str(sum(case.outcome == SKIPPED for case in cases)))
        if started_at is not None:
            suite.set("timestamp", f"{started_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}")
        for case in cases:
            _add(suite, f"{verdict.scenario}.{name}", case)
    ElementTree.indent(root)
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def objective_cases(verdict: Verdict) -> list[Case]:
    """Give a case for each objective; in a void run none is judged, as its figures say nothing of the portal."""
    cases: list[Case] = []
    for it in verdict.objectives:
        said = say("objective-measured", objective=it.words, measured=it.measured)
        outcome = {True: "", False: FAILURE, None: SKIPPED}[it.held]
        if not verdict.valid:
            outcome, said = SKIPPED, say("run-void-so", said=said)
        cases.append(Case(_numbered(it.name, cases), outcome, said))
    return cases


def measurement_cases(verdict: Verdict) -> list[Case]:
    """Give a case for the run's validity, and one for each check of the measurement."""
    valid = Case("the run is valid", "" if verdict.valid else ERROR, words.together(verdict.invalid_because))
    outcomes = {"void": ERROR, "not measured": SKIPPED, "not claimed": SKIPPED}
    checks: list[Case] = []
    for it in verdict.soundness:
        said = say("check-warning", sentence=it.sentence) if it.standing == "warn" else it.sentence
        checks.append(Case(_numbered(it.name, checks), outcomes.get(it.standing, ""), said))
    return [valid, *checks]


def audit_cases(a: Analysis) -> list[Case]:
    """Give a case for each sort of broken promise, and one for the rules of the portal's books."""
    note = words.together(audit_notes(a)) or say("no-books")
    of_books = a.run.facts.audit
    broken = violations(of_books)
    books = Case("the portal's books keep to its rules", FAILURE if broken else "", "\n".join(broken))
    if of_books is None:
        books = Case(books.name, SKIPPED, note)
    return [*(_group(a.audit, sort, note) for sort in _GROUPS), books]


def _group(audit: Audit | None, sort: str, note: str) -> Case:
    if audit is None:
        return Case(_GROUPS[sort], SKIPPED, note)
    lines = violation_lines(audit, sort)
    return Case(_GROUPS[sort], FAILURE if lines else "", "\n".join(lines))


def _numbered(name: str, before: Sequence[Case]) -> str:
    """Give a name with a number where there are several of it: readers tell cases apart by their names.

    >>> _numbered("percentile", [Case("gaps", "", ""), Case("percentile", "", "")])
    'percentile 2'
    """
    same = sum(re.fullmatch(rf"{re.escape(name)}( \d+)?", case.name) is not None for case in before)
    return f"{name} {same + 1}" if same else name


def _counts(suites: Iterable[Sequence[Case]]) -> dict[str, str]:
    outcomes = [case.outcome for cases in suites for case in cases]
    counts = {"tests": len(outcomes), "failures": outcomes.count(FAILURE), "errors": outcomes.count(ERROR)}
    return {name: str(count) for name, count in counts.items()}


def _add(suite: ElementTree.Element, class_name: str, case: Case) -> None:
    names = {"name": _text(case.name), "classname": _text(class_name), "time": "0"}
    element = ElementTree.SubElement(suite, "testcase", names)
    if case.outcome:
        message, _, more = _text(case.said).partition("\n")
        ElementTree.SubElement(element, case.outcome, {"message": message}).text = more or message
    elif case.said:
        ElementTree.SubElement(element, "system-out").text = _text(case.said)


def _text(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)

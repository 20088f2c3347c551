"""The checks of the measurement as a reader sees them."""

from collections.abc import Sequence

from reports import words
from reports.language import say
from reports.soundness_check import Check
from reports.soundness_limits import Standing
from reports.tables import Row, Table

_MARKS: dict[Standing, str] = {"warn": "warned", "void": "accused", "not measured": "quiet", "not claimed": "quiet"}


def summary(checks: Sequence[Check]) -> str:
    """Say how many checks passed, and which did not.

    >>> summary([])
    'All 0 checks passed.'
    """
    made = [check for check in checks if check.standing not in ("not measured", "not claimed")]
    worse = [check for check in made if check.standing != "pass"]
    left_out = len(checks) - len(made)
    rest = [say("checks-left-out", checks=left_out)] if left_out else []
    if not worse:
        return words.together([say("checks-all-passed", checks=len(made)), *rest])
    void = sum(check.standing == "void" for check in worse)
    warned = len(worse) - void
    parts = [say("checks-void", count=void)] if void else []
    parts += [say("checks-warn", count=warned)] if warned else []
    found = say("checks-worse", checks=len(made), found=say("between-suspects").join(parts))
    return words.together([found, *rest])


def soundness(checks: Sequence[Check]) -> Table:
    """List every check: how it stands, and what it found."""
    rows = [
        Row(
            [check.title, say("check-standing", standing=check.standing.replace(" ", "-")), check.sentence],
            _MARKS.get(check.standing, ""),
        )
        for check in checks
    ]
    heads = [say("head-must-hold"), say("head-standing"), say("head-was-found")]
    return Table(heads, rows, text_columns=frozenset({0, 1, 2}))

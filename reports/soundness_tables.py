"""The checks of the measurement as a reader sees them."""

from collections.abc import Sequence

from reports.soundness import Check
from reports.soundness_limits import Standing
from reports.tables import Row, Table
from reports.words import count

_MARKS: dict[Standing, str] = {"warn": "warned", "void": "accused", "not measured": "quiet", "not claimed": "quiet"}


def summary(checks: Sequence[Check]) -> str:
    """Say how many checks passed, and which did not.

    >>> summary([Check("gaps", "Gaps follow", "pass", 0.0, 0.0, "They do.")])
    'All 1 check passed.'
    """
    made = [check for check in checks if check.standing not in ("not measured", "not claimed")]
    worse = [check for check in made if check.standing != "pass"]
    left_out = len(checks) - len(made)
    rest = f" {count(left_out, 'check')} had nothing to look at." if left_out else ""
    if not worse:
        return f"All {count(len(made), 'check')} passed.{rest}"
    void = sum(check.standing == "void" for check in worse)
    parts = [f"{void} void the run" if void != 1 else "1 voids the run"] if void else []
    warned = len(worse) - void
    parts += [f"{warned} warn" if warned != 1 else "1 warns"] if warned else []
    return f"Of {count(len(made), 'check')} {' and '.join(parts)}.{rest}"


def soundness(checks: Sequence[Check]) -> Table:
    """List every check: how it stands, and what it found."""
    rows = [Row([check.title, check.standing, check.sentence], _MARKS.get(check.standing, "")) for check in checks]
    return Table(["what must hold", "standing", "what was found"], rows, text_columns=frozenset({0, 1, 2}))

"""The planted bugs: each is named by a rule that there is, and listed for people. test_planted_bugs.py plays them."""

from pathlib import Path

import pytest

from mock_server.audit import RULES as RULES_OF_BOOKS
from mock_server.bugs import BUGS, chosen_bugs
from mock_server.settings import SettingsError
from reports.audit_rules import RULES

PAGE = Path(__file__).parents[2] / "docs" / "audit.md"


@pytest.mark.parametrize("bug", BUGS.values(), ids=BUGS)
def test_each_is_named_by_a_rule_and_listed(bug):
    """What it breaks is something that an audit looks for; docs/audit.md has it in its table."""
    assert bug.breaks in {*RULES, *RULES_OF_BOOKS}
    assert f"| `{bug.name}` | {bug.title} | `{bug.breaks}` |" in PAGE.read_text()


def test_one_that_is_not_known_is_refused():
    """In one line that says which there are."""
    with pytest.raises(SettingsError, match="no bug 'typo': one of account_forgotten, "):
        chosen_bugs(["typo"])

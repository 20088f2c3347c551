"""Bugs are put into the portal, people register under load, and the audit names each of them."""

import msgspec
import pytest

from mock_server.bugs import BUGS
from reports import ExitCode, exit_code, write_report
from scenarios.rehearsal import rehearse
from tests.end_to_end.short_window import short_whole_window

pytestmark = pytest.mark.timeout(240)


def test_the_audit_names_every_bug(tmp_path, notes):
    """All at once, each of which strikes now and then: the verdict has a line for what each of them breaks.

    That the same people find nothing broken on a portal without bugs is said in test_whole_window.py.
    """
    window = short_whole_window(120)
    lies = {**window.callback_faults, "bad_signature": 0.4}  # of 40 payments: with fewer, a run may hear none in time
    window = msgspec.structs.replace(window, callback_faults=lies)
    run = rehearse(window, lambda _: None, out=tmp_path / "run", notes=notes, bugs=tuple(BUGS))
    verdict = write_report(run)
    named = {line.partition(":")[0] for line in verdict.integrity.violations}
    assert {} == {bug.name: bug.breaks for bug in BUGS.values() if bug.breaks not in named}
    assert len(BUGS) >= 10
    assert verdict.integrity.lost > 0
    assert verdict.sentence.startswith("The portal broke its word: ")
    assert ExitCode.PROMISE_BROKEN == exit_code(verdict)

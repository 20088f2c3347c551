"""Whether a failure is metastable, by what the arms have shown."""

import msgspec
import pytest

from reports.metastable import NAMES, Arm, arms_table, judge


def arms(**at_the_end):
    """Give all arms, all well but for those that are named."""
    return tuple(
        Arm(
            name,
            name.replace("_", " "),
            (),
            None if name == "baseline" else 0.1,
            at_the_end.get(name, 0.99),
            3.0 if at_the_end.get(name, 0.99) > 0.9 else None,
            1.0,
        )
        for name in NAMES
    )


@pytest.mark.parametrize(
    ("made", "standing", "says"),
    [
        (arms(trigger=0.02), "metastable", "not so with “smaller”, “lower load”. The way out: “way out”."),
        (arms(trigger=0.02, smaller=0.02), "metastable", "not so with “lower load”. The way out"),
        (arms(trigger=0.02, way_out=0.1), "metastable", "no way out"),
        (arms(), "recovers", "so does the lag"),
        (arms(baseline=0.5, trigger=0.02), "overloaded", "Without any trigger 50 % is in time"),
        (arms(trigger=0.02, smaller=0.02, lower_load=0.02), "overloaded", "no vulnerable state"),
        (arms(trigger=0.02)[:-1], "void", "missing: way_out"),
    ],
)
def test_what_is_said_of_the_arms(made, standing, says):
    """Only a failure that stays after its trigger, at a load that is borne without it, is metastable."""
    finding = judge(made)
    assert standing == finding.standing
    assert says in str(finding.because)


def test_a_trial_that_is_void_proves_nothing():
    """Neither does the rest of the series."""
    made = arms(trigger=0.02)
    made = (msgspec.structs.replace(made[0], invalid_because=("Arrivals were late.",)), *made[1:])
    assert ("void", "These trials cannot be trusted: baseline.") == (judge(made).standing, str(judge(made).because))


def test_the_table_marks_who_is_not_well():
    """A row an arm."""
    table = arms_table(judge(arms(trigger=0.02)))
    assert ["", "accused", "", "", ""] == [row.mark for row in table.rows]
    assert ["trigger", "10 %", "2 %", "–", "1.0"] == table.rows[1].cells

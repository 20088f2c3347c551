"""The whole window in three days: everything that happens in thirty happens to a hundred people within a minute."""

from datetime import date, datetime

import msgspec

from scenarios.scenario import load_scenario
from scenarios.window import CHINA, Window

SHORT = Window(
    opening=datetime(2025, 3, 10, 9, 0, tzinfo=CHINA),
    closing=datetime(2025, 3, 12, 17, 0, tzinfo=CHINA),
    exam_dates=(date(2025, 4, 12),),
    results_after_days=2,
    certificates_after_days=4,
)
"""Three days instead of thirty, and the exam a month later: what takes its time by the rules still has it."""


def short_whole_window(population):
    """Give the whole window with fewer days, and more of those who fail in each of the ways that there are."""
    scenario = load_scenario("whole-window")
    return msgspec.structs.replace(
        scenario,
        population=population,
        window=SHORT,
        most_speed=2_000_000.0,
        most_speed_inside=60_000.0,
        answer_most_s=7_200.0,  # or people of a machine that is busy wait for days, and give up
        true_share=0.0,
        ceiling_per_s=500.0,
        flaw_shares={"someone_elses_phone": 0.2},
        callback_faults={"duplicated": 0.2, "late": 0.05, "never": 0.05, "wrong_amount": 0.15, "bad_signature": 0.15},
        behaviour=msgspec.structs.replace(
            scenario.behaviour,
            misses_face_check_share=0.05,
            changes_share=0.15,
            lets_supplement_lapse_share=0.4,
            pays_share=0.7,
            phone_dies_share=0.3,
            taps_pay_share=0.5,
            pays_in_two_tabs_share=0.5,
        ),
        stages=msgspec.structs.replace(scenario.stages, supplement_share=0.3, rejected_share=0.1),
    )

"""The grammar of objectives, and how they are judged."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.latency import METRICS, by_step
from reports.objectives import RESOURCE_METRICS, SHARES, Objective, ObjectiveError, check_objectives, evaluate, parse
from reports.pace import Pace
from reports.run_folder import TABLES
from tests.reports.made_run import request

steps = st.from_regex(r"[a-z][a-z0-9_]{0,15}", fullmatch=True)
limits = st.floats(1e-6, 1.0, exclude_min=True)


@given(
    steps, st.sampled_from([*METRICS, *RESOURCE_METRICS]), limits, st.one_of(st.just(""), steps), st.sampled_from(" \t")
)
def test_what_is_written_is_read(subject: str, metric: str, limit: float, phase: str, gap: str) -> None:
    """Any step or resource, any metric, any number, any phase or none, with any spaces."""
    within = f"{gap}in{gap}{gap}{phase}" if phase else ""
    text = f"{gap}{subject}.{metric}{gap}<{gap}{limit!r}{within}{gap}"
    assert parse(text) == Objective(subject, metric, limit, phase)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "write STEP.METRIC < NUMBER"),
        ("all.intended_p95_ms", "write STEP.METRIC < NUMBER"),
        ("all.intended_p95_ms > 5", "write STEP.METRIC < NUMBER"),
        ("all.intended_p95_ms <= 5", "'=' is no number|write STEP.METRIC < NUMBER"),
        ("all.intended_p95_ms < 2000 ms", "write STEP.METRIC < NUMBER"),
        ("intended_p95_ms < 5", "write STEP.METRIC < NUMBER"),
        ("all.p95 < 5", r"no metric 'p95' \(did you mean intended_p95_ms\?\); there are intended_p50_ms"),
        ("all.xyzzy < 5", "no metric 'xyzzy'; there are intended_p50_ms"),
        ("all.intended_p95_ms < 5 in", "write STEP.METRIC < NUMBER"),
        ("all.intended_p95_ms < 5 during opening", "write STEP.METRIC < NUMBER"),
        ("sms.utilisation < 80", "utilisation goes from 0 to 1"),
        ("all.intended_p95_ms < soon", "'soon' is no number"),
        ("all.intended_p95_ms < nan", "a number above 0"),
        ("all.intended_p95_ms < inf", "a number above 0"),
        ("all.intended_p95_ms < 0", "a number above 0"),
        ("all.failed_share < 5", "5 % is written 0.05"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(text: str, said: str) -> None:
    """The message quotes the text and says what would be right."""
    with pytest.raises(ObjectiveError, match=said) as caught:
        parse(text)
    assert repr(text) in str(caught.value)
    assert "\n" not in str(caught.value)


PACE = Pace.steady(1.0, 180.0)


def judged(text: str) -> tuple[float | None, bool]:
    """Judge an objective over four requests: 1, 2, 3 and 4 s, the last one given up, and a quick static file."""
    rows = [request(1.0, 1000.0 * n, outcome="abandoned" if n == 4 else "ok") for n in range(1, 5)]
    rows.append(request(1.0, 1.0, step="asset"))
    result = evaluate(parse(text), by_step(pl.LazyFrame(rows, schema=dict(TABLES["requests"]), orient="row"), PACE))
    return result.value, result.held


def test_limit_is_to_be_undercut() -> None:
    """Below is held, at the limit is missed."""
    assert judged("all.intended_p50_ms < 2500.1") == (pytest.approx(2500.0), True)
    assert judged("all.failed_share < 0.26") == (0.25, True)
    assert judged("all.failed_share < 0.25") == (0.25, False)


def test_a_step_has_its_own_figures() -> None:
    """A step's name picks its requests, static files too."""
    assert judged("home.service_p50_ms < 3000") == (pytest.approx(2500.0), True)
    assert judged("asset.service_p99_ms < 10") == (pytest.approx(1.0), True)


def test_a_step_that_nobody_reached_is_missed() -> None:
    """What was not measured was not held."""
    assert judged("submit.intended_p95_ms < 2000") == (None, False)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("all.intended_p95_ms < 2000", "of all pages, 95 of 100 wait under 2,000 ms from the moment they wanted it"),
        ("submit.failed_share < 0.005", "of the requests of step submit, under 0.5 % fail or are given up"),
    ],
)
def test_objective_in_words(text: str, words: str) -> None:
    """The page says an objective as a sentence."""
    assert parse(text).words == words


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "submit.intended_p95_ms < 2000",
            "no step 'submit' (did you mean submission?); there are all, home, submission",
        ),
        ("home.wait_p95_ms < 5", "no resource 'home'; there are database_connections, sms"),
        (
            "database_pool.utilisation < 0.8",
            "no resource 'database_pool' (did you mean database_connections?); there are database_connections, sms",
        ),
        ("sms.failed_share < 0.1", "no step 'sms'; there are all, home, submission"),
        ("home.failed_share < 0.1 in openning", "no phase 'openning' (did you mean opening?); there are gate, opening"),
    ],
)
def test_names_that_are_not_there_are_said_with_the_nearest(text: str, said: str) -> None:
    """A step, a resource, a phase with a typing error: one line with what there is."""
    with pytest.raises(ObjectiveError) as caught:
        check_objectives([text], "mine", ["home", "submission"], ["database_connections", "sms"], ["gate", "opening"])
    assert str(caught.value) == f"mine: objective {text!r}: {said}"


def test_names_that_are_there_pass() -> None:
    """Each kind of objective, over the load and in a phase; and a load without phases says so."""
    good = ["all.failed_share < 0.1", "home.service_p50_ms < 9 in gate", "sms.queue_max < 9", "sms.utilisation < 1"]
    check_objectives(good, "mine", ["home"], ["sms"], ["gate"])
    with pytest.raises(ObjectiveError, match="this load has no phases; leave out `in gate`"):
        check_objectives(good, "mine", ["home"], ["sms"], [])


def test_shares_are_said_in_per_cent() -> None:
    """A share's limit is said as per cent, and no other."""
    said = {metric for metric in (*METRICS, *RESOURCE_METRICS) if "20 %" in Objective("sms", metric, 0.2).words}
    assert said == set(SHARES)

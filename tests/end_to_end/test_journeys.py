"""Candidates on a real portal: they mend what is refused, reload what is slow, and come back."""

import msgspec
import polars as pl
import pytest

from benchmarks.constant_rate import ENDLESS_PATIENCE, constant_rate, scenario_after_opening
from fakes.candidates import FlawShares
from scenarios.arrival import COMING_BACK
from scenarios.behaviour import BehaviourSettings
from scenarios.rehearsal import rehearse

pytestmark = pytest.mark.timeout(180)

AT_ONCE = {
    "think_mean_s": 0.001,
    "form_median_s": 0.001,
    "account_median_s": 0.001,
    "account_least_s": 0.001,
    "face_check_now_share": 1.0,
    "misses_face_check_share": 0.0,
    "apply_now_share": 1.0,
    "slow_uplink_share": 0.0,
    "stall_share": 0.0,
    "uplink_median_bits_per_s": 1e12,
}
QUICK = {"median_ms": 2.0, "sigma": 0.1, "capacity": 64}


def play(tmp_path, notes, scenario, rate_per_s, length_s):
    """Play registrations at one rate; give requests and visits."""
    arrivals = constant_rate(rate_per_s, length_s, "register")
    run = rehearse(scenario, lambda _: None, out=tmp_path / "run", arrivals=arrivals, notes=notes)
    return pl.read_parquet(run / "requests" / "*.parquet"), pl.read_parquet(run / "visits" / "*.parquet")


def test_candidates_mend_what_is_refused(tmp_path, notes):
    """With every flaw that people have, each is refused with its own code, mended, and everybody files in the end.

    Who comes second to a phone of their own, because a quicker one has taken it for theirs, goes to support (rule 2).
    """
    behaviour = msgspec.structs.replace(ENDLESS_PATIENCE, **AT_ONCE)
    flaws = dict.fromkeys(FlawShares.__slots__, 0.5)
    scenario = msgspec.structs.replace(
        scenario_after_opening(20, behaviour=behaviour),
        flaw_shares=flaws,
        providers=dict.fromkeys(("sms", "face_check", "degree_record"), QUICK),
    )
    requests, visits = play(tmp_path, notes, scenario, rate_per_s=3, length_s=8)
    robbed = visits.filter(reason="account: phone_already_bound")
    assert robbed.height < 5
    able = visits.join(robbed, on="candidate", how="anti")
    assert {"finished"} == set(able["outcome"]), able.filter(pl.col("outcome") != "finished")
    assert {"status"} == set(able["reached"])
    refused = set(requests.filter(pl.col("outcome") == "refused")["problem"])
    assert {
        "paper_too_large",
        "scan_resolution_too_low",
        "scan_blurred",
        "scan_wrong_type",
        "not_eligible",
        "degree_unknown",
        "materials_missing",
    } <= refused
    assert 0 == len(requests.filter(pl.col("outcome").is_in(["failed", "abandoned"])))


@pytest.mark.long
def test_who_loses_patience_reloads_and_gives_up_and_comes_back(tmp_path, notes):
    """Against an SMS gateway of one slow line: reloads with the first intended time, giving up, coming back."""
    behaviour = BehaviourSettings(
        **AT_ONCE, patience_median_s=0.3, patience_sigma=0.2, retry_share=0.5, come_back_mean_s=1.0
    )
    scenario = msgspec.structs.replace(
        scenario_after_opening(12, profile="as-reported", behaviour=behaviour),
        providers={"sms": {"median_ms": 600.0, "sigma": 0.1, "capacity": 1}},
    )
    requests, visits = play(tmp_path, notes, scenario, rate_per_s=3, length_s=8)
    sms = requests.filter(pl.col("step") == "sms_code")
    assert "abandoned" in set(sms["outcome"])
    again = sms.filter(pl.col("attempt") > 1)
    assert len(again) > 0
    firsts = sms.filter(pl.col("attempt") == 1).select("candidate", "visit", "intended_s")
    joined = again.join(firsts, on=["candidate", "visit", "intended_s"])
    assert len(again) == len(joined)  # the wait counts from when the page was first wanted
    assert (again["sent_s"] > again["intended_s"]).all()
    gave_up = visits.filter(pl.col("outcome") == "gave_up")
    assert any(reason.startswith("sms_code") for reason in gave_up["reason"])
    back = visits.filter(~pl.col("planned"))
    assert len(back) > 0
    assert set(back["candidate"]) <= set(gave_up["candidate"])
    assert (back["visit"] >= COMING_BACK).all()

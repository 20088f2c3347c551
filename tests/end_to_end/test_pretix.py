"""The example examples/pretix against a pretix, where one is running."""

import httpx
import msgspec
import polars as pl
import pytest

from scenarios.clean_up import TAKEN_BACK, clean_up
from scenarios.generator_processes import ROOT
from scenarios.scenario import load_scenario
from scenarios.target import load_target
from scenarios.target_rehearsal import for_target, rehearse_target

EXAMPLE = ROOT / "examples" / "pretix"
TARGET = EXAMPLE / "target.toml"
HASTE = {
    "think_mean_s": 0.3, "form_median_s": 0.5, "account_median_s": 1.0, "account_least_s": 0.5, "stall_share": 0.0,
    "uplink_median_bits_per_s": 1e9, "slow_uplink_share": 0.0, "patience_median_s": 60.0,
}  # fmt: skip


@pytest.fixture
def shop():
    """Give the address of a pretix that is set up and running."""
    address = load_target(TARGET).base_url
    try:
        found = httpx.get(f"{address}/exam/autumn/", trust_env=False, timeout=60).status_code == 200
    except httpx.HTTPError:
        found = False
    if not found:
        pytest.skip(f"no pretix with the examination at {address}; examples/pretix/README.md says how to start one")
    return address


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("shop")
def test_candidates_order_at_pretix(tmp_path):
    """From the home page to the order, with an account and a photo; orders are listed, and cancelled afterwards."""
    scenario = load_scenario(EXAMPLE / "scenario.toml")
    seed = int.from_bytes(tmp_path.name.encode()) % 1_000_000 + int(tmp_path.stat().st_ctime_ns) % 1_000_000
    hasty = msgspec.structs.replace(
        scenario, seed=seed, minutes=1.0, population=20_000,
        behaviour=msgspec.structs.replace(scenario.behaviour, **HASTE),
    )  # fmt: skip
    run = rehearse_target(for_target(hasty, load_target(TARGET)), TARGET, lambda _: None, out=tmp_path / "run")
    answered = pl.read_parquet(run / "requests" / "*.parquet").filter(pl.col("outcome") == "ok")
    assert {"home", "cart", "account", "papers", "payment", "order", "order_page"} <= set(answered["step"])
    records = pl.read_csv(run / "records.csv")
    assert {"account", "order"} == set(records["record"])
    orders = records.filter(pl.col("record") == "order", pl.col("made") == "yes")
    assert all(orders["id"].str.contains(r"^\w{5}/\w+$"))
    cleaned = {it.id: it.outcome for it in clean_up(run, TARGET) if it.record == "order" and it.id}
    assert set(orders["id"]) <= set(cleaned)
    assert {TAKEN_BACK} == set(cleaned.values())
    again = {it.outcome for it in clean_up(run, TARGET) if it.record == "order" and it.id}
    assert not again & {TAKEN_BACK}  # they are gone
    visits = pl.read_parquet(run / "visits" / "*.parquet")
    assert visits.filter(pl.col("outcome") == "broke_off").is_empty()

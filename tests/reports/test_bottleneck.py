"""Finding the suspect: inner cause behind an outer symptom, CPU, and nobody at all."""

from pathlib import Path
from typing import Any

import pytest

from reports.analysis import Analysis, analyse
from reports.bottleneck import follow
from reports.run_folder import open_run
from reports.sentence import evidence, what_settles
from tests.reports.made_opening import write_opening
from tests.reports.made_run import Row, calm_run, facts, header, process_samples, request, resource_samples

SECONDS = range(180)


def analysed(tmp_path: Path, **tables: Any) -> Analysis:
    """Analyse a calm run in which some tables are replaced."""
    return analyse(open_run(calm_run(tmp_path / "run", **tables)))


def each_second(latency_ms: float, timing: str, **changes: Any) -> list[Row]:
    """Give four requests a second, all alike."""
    return [request(s + k / 4, latency_ms, server_timing=timing, **changes) for s in range(170) for k in range(4)]


def counters(**resources: tuple[float, float, float]) -> list[Row]:
    """Give counters that grow evenly; `resources` give capacity, waiting and holding, in seconds a second."""
    return [
        row
        for name, (capacity, wait, held) in resources.items()
        for row in resource_samples(name, capacity, [{"wait_s": wait, "held_s": held, "completions": 4.0}] * 180)
    ]


def test_a_calm_run_has_no_suspect(tmp_path: Path) -> None:
    """Hardly any waiting and nothing close to its limit."""
    assert analysed(tmp_path).suspect is None


def test_the_only_resource_waited_for(tmp_path: Path) -> None:
    """A resource that is waited for and full is suspected, with its figures."""
    found = analysed(
        tmp_path,
        requests=each_second(2100.0, header(2050.0, slots=(1000.0, 1000.0))),
        resources=counters(slots=(4, 4.0, 4.0)),
    ).suspect
    assert found is not None
    assert (found.resource, found.path) == ("slots", ("slots",))
    assert (found.waiting_share, found.capacity, found.utilisation) == (1.0, 4.0, pytest.approx(1.0))


def test_an_outer_symptom_leads_to_the_inner_cause(tmp_path: Path) -> None:
    """All wait for slots, but slots are held by those who wait for the gateway."""
    timing = header(3000.0, slots=(2000.0, 990.0), sms=(700.0, 250.0))
    found = analysed(
        tmp_path,
        requests=each_second(3010.0, timing),
        resources=counters(slots=(4, 8.0, 3.96), sms=(1, 2.8, 0.99)),
    ).suspect
    assert found is not None
    assert (found.resource, found.path) == ("sms", ("slots", "sms"))
    assert found.blamed == (pytest.approx(950 / 990),)
    assert found.waiting_share == pytest.approx(0.7 / 2.7)
    assert found.symptom_share == pytest.approx(2.0 / 2.7)


def test_the_wait_is_followed_through_three_layers(tmp_path: Path) -> None:
    """Slots hold connections hold the row: the row is the cause."""
    timing = header(5000.0, slots=(3000.0, 1990.0), connections=(900.0, 1050.0), row=(800.0, 200.0))
    found = analysed(
        tmp_path,
        requests=each_second(5010.0, timing),
        resources=counters(slots=(8, 12.0, 7.96), connections=(5, 3.6, 4.2), row=(1, 3.2, 0.8)),
    ).suspect
    assert found is not None
    assert found.path == ("slots", "connections", "row")


def test_a_slow_but_ample_inner_resource_is_not_blamed(tmp_path: Path) -> None:
    """Slots filled by a slow gateway with lines to spare: the slots themselves are short."""
    timing = header(3000.0, slots=(2000.0, 990.0), sms=(0.0, 950.0))
    found = analysed(
        tmp_path,
        requests=each_second(3010.0, timing),
        resources=counters(slots=(4, 8.0, 3.96), sms=(100, 0.0, 3.8)),
    ).suspect
    assert found is not None
    assert found.resource == "slots"


def test_what_nobody_waits_for_is_not_blamed_however_busy(tmp_path: Path) -> None:
    """A stopwatch around the connection's queries is always as busy as the connections; it has no queue."""
    timing = header(3000.0, connections=(2000.0, 990.0), queries=(0.0, 985.0))
    found = analysed(
        tmp_path,
        requests=each_second(3010.0, timing),
        resources=counters(connections=(4, 8.0, 3.96), queries=(4, 0.0, 3.94)),
    ).suspect
    assert found is not None
    assert found.resource == "connections"


def test_one_hot_row_among_many_is_blamed(tmp_path: Path) -> None:
    """34 rows of which all want one: utilised to 3 %, but waited for far longer than held."""
    timing = header(3000.0, connections=(2000.0, 990.0), row=(900.0, 80.0))
    found = analysed(
        tmp_path,
        requests=each_second(3010.0, timing),
        resources=counters(connections=(4, 8.0, 3.96), row=(34, 3.6, 0.32)),
    ).suspect
    assert found is not None
    assert found.path == ("connections", "row")


def test_a_resource_used_afterwards_is_not_blamed(tmp_path: Path) -> None:
    """A gateway that is called after the image was checked does not keep the image threads busy."""
    timing = header(3000.0, image=(1500.0, 600.0), sms=(150.0, 400.0))
    found = analysed(
        tmp_path,
        requests=each_second(3010.0, timing),
        resources=counters(image=(3, 6.0, 2.4), sms=(2, 0.6, 1.6)),
    ).suspect
    assert found is not None
    assert found.resource == "image"


def test_little_waiting_close_to_the_limit(tmp_path: Path) -> None:
    """A resource that is 85 % utilised is named before it is waited for."""
    found = analysed(
        tmp_path,
        requests=each_second(220.0, header(215.0, slots=(1.0, 210.0))),
        resources=counters(slots=(1, 0.004, 0.85)),
    )
    assert found.suspect is not None
    assert found.suspect.resource == "slots"
    assert "close to its limit" in " ".join(evidence(found, found.suspect))


def test_long_waits_that_hardly_anybody_has(tmp_path: Path) -> None:
    """One request of a thousand that waits 5 ms is no bottleneck."""
    rows = each_second(100.0, header(95.0, slots=(0.005, 90.0)))
    rows[17]["server_timing"] = header(95.0, slots=(5.0, 85.0))
    assert analysed(tmp_path, requests=rows, resources=counters(slots=(24, 0.0, 0.4))).suspect is None


def test_waiting_that_nobody_feels(tmp_path: Path) -> None:
    """A third of a stay of 12 ms is a large share, and no bottleneck."""
    rows = each_second(15.0, header(12.0, slots=(4.0, 7.0)))
    assert analysed(tmp_path, requests=rows, resources=counters(slots=(24, 0.016, 0.028))).suspect is None


def test_all_cores_busy_and_the_time_lost_outside_of_the_handlers(tmp_path: Path) -> None:
    """Requests stand in the accept queue while every core is in use: CPU is suspected."""
    found = analysed(
        tmp_path,
        requests=each_second(2000.0, header(100.0, slots=(0.0, 95.0))),
        processes=[*process_samples("server-1", [1.4] * 180), *process_samples("generator-0", [0.55] * 180)],
    )
    assert found.suspect is not None
    assert found.suspect.resource == "server_cpu"
    assert "95 % of the time passed outside" in evidence(found, found.suspect)[0]
    assert "server-1 1.40" in evidence(found, found.suspect)[1]


def test_one_server_process_at_its_core(tmp_path: Path) -> None:
    """A machine with a core to spare, and a server process that cannot use it: its event loop is suspected."""
    found = analysed(
        tmp_path,
        requests=each_second(2000.0, header(100.0, slots=(0.0, 95.0))),
        processes=[*process_samples("server-1", [0.98] * 180), *process_samples("generator-0", [0.3] * 180)],
    ).suspect
    assert found is not None
    assert found.resource == "event_loop"


def test_two_workers_in_one_process_row_have_two_cores(tmp_path: Path) -> None:
    """A core used by two workers together fills neither event loop."""
    busy = [*process_samples("server", [0.98] * 180), *process_samples("generator-0", [0.3] * 180)]
    timing = header(100.0, slots=(0.0, 95.0))
    record = facts(portal={"kind": "mock", "server_workers": 2})
    rows = each_second(2000.0, timing)
    assert analysed(tmp_path, run_json=record, requests=rows, processes=busy).suspect is None


def test_time_lost_outside_with_cpu_to_spare_accuses_nobody(tmp_path: Path) -> None:
    """Slow uploads are not the portal's doing."""
    found = analysed(tmp_path, requests=each_second(2000.0, header(100.0, slots=(0.0, 95.0))))
    assert found.suspect is None


def test_without_counters_the_wait_is_followed_all_the_same(tmp_path: Path) -> None:
    """A portal that sends only Server-Timing has a suspect too, without utilisation."""
    timing = header(3000.0, slots=(2000.0, 990.0), sms=(700.0, 250.0))
    found = analysed(tmp_path, requests=each_second(3010.0, timing), resources=[]).suspect
    assert found is not None
    assert (found.path, found.utilisation) == (("slots", "sms"), None)


def test_a_path_never_turns_back() -> None:
    """Two resources that seem to hold each other do not lead in a circle."""
    assert follow("a", ("a", "b"), lambda _outer, _inner: 0.9) == (("a", "b"), (0.9,))


@pytest.fixture(scope="module")
def opening(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """Give the made opening day: a queueing model whose gateway is short and whose slots fill up."""
    return analyse(open_run(write_opening(tmp_path_factory.mktemp("opening"), assets=1)))


def test_made_opening_day_suspects_the_gateway(opening: Analysis) -> None:
    """The model's known cause is found behind its symptom."""
    suspect = opening.suspect
    assert opening.invalid_because == []
    assert suspect is not None
    assert suspect.path == ("worker_slots", "sms")
    assert suspect.utilisation is not None
    assert suspect.utilisation > 0.95
    assert suspect.since_s is not None
    assert 60 <= suspect.since_s <= 90


def test_made_opening_day_has_shares_that_agree(opening: Analysis) -> None:
    """Headers and counters tell the same story within 5 points, though candidates gave up and some were still open."""
    found = opening.agreement
    assert opening.outcome_count("abandoned") > 0
    assert found is not None
    assert found.largest_points < 5
    assert found.coverage is not None
    assert 0.5 < found.coverage < 1


def test_with_lines_enough_the_same_day_keeps_up(tmp_path: Path) -> None:
    """The same arrivals at a tenth of their number: nobody waits, nobody is suspected."""
    quiet = write_opening(tmp_path / "quiet", burst_per_s=4.0, steady_per_s=2.0, assets=1, objectives=[])
    assert analyse(open_run(quiet)).suspect is None


def test_facts_name_the_capacity(tmp_path: Path) -> None:
    """The evidence says the capacity by its setting."""
    timing = header(3000.0, sms=(2000.0, 990.0))
    found = analysed(
        tmp_path,
        run_json=facts(capacity_names={"sms": "lines.sms"}),
        requests=each_second(3010.0, timing),
        resources=counters(sms=(4, 8.0, 3.96)),
    )
    assert found.suspect is not None
    assert "4 lines, 99 % busy" in " ".join(evidence(found, found.suspect))


@pytest.mark.parametrize(
    ("about", "settled_by"),
    [
        ({"capacity_names": {"slots": "worker_slots"}}, "rehearse diagnose opening-day"),
        ({}, "once the operators of this portal have given it three times the "),
    ],
)
def test_a_suspect_comes_with_what_would_settle_it(about: Row, settled_by: str, tmp_path: Path) -> None:
    """Where the harness can turn the knob it says how; else it says whom to ask."""
    a = analysed(
        tmp_path,
        requests=each_second(2100.0, header(2050.0, slots=(1000.0, 1000.0))),
        resources=counters(slots=(4, 4.0, 4.0)),
        run_json=facts(**about),
    )
    assert a.suspect
    assert settled_by in what_settles(a, a.suspect)

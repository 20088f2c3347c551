"""The comparison with other load generators: its arithmetic, its server, and that all of them do the same work."""

import subprocess
import sys
import time
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from benchmarks.arrival_accuracy import dispersion, late_of_grid_ms, late_of_plan_ms, rate_per_s
from benchmarks.contenders import Contender, ContenderError, Work, run_program
from benchmarks.contenders.artillery import ARTILLERY
from benchmarks.contenders.bare_locust import FAST_HTTP_USER, HTTP_USER
from benchmarks.contenders.k6 import K6
from benchmarks.contenders.ours import OURS, late_ms
from benchmarks.contenders.tsung import TSUNG
from benchmarks.eight_steps import HOME, STEPS
from benchmarks.fixed_server import fixed_server
from benchmarks.full_journey import journeys
from benchmarks.generator_cost import Spent, children_cpu_s, cost
from scenarios.loopback_client import loopback_client

EVEN_S = 1_000.0 + np.arange(6_000) / 300


@pytest.fixture(scope="module")
def server():
    """Start the server that answers at once."""
    with fixed_server() as running:
        yield running


def test_lateness_is_found_without_a_plan():
    """Of arrivals that are made late by known times, the fitted grid tells those times; the rest is on time."""
    late_s = np.zeros(6_000)
    late_s[1_000:1_120] = 0.008
    found_ms = late_of_grid_ms(EVEN_S + late_s)
    assert 8.0 == pytest.approx(np.quantile(found_ms, 0.99), abs=0.3)
    assert 0.3 > np.quantile(found_ms, 0.97)


def test_a_stall_is_lateness_though_the_rate_is_right():
    """Who waits for a tenth of a second and then catches up was late."""
    came_s = EVEN_S.copy()
    came_s[3_000:3_030] = came_s[3_030]
    assert 100.0 == pytest.approx(late_of_grid_ms(came_s).max(), abs=2)
    assert 100.0 == pytest.approx(late_of_plan_ms(came_s, EVEN_S).max(), abs=0.1)


def test_a_wrong_rate_shows_as_a_rate():
    """One arrival in ten that never comes, evenly, is no lateness, and nine tenths of the rate."""
    slow_s = 1_000.0 + np.arange(5_400) / 270
    assert 270.0 == pytest.approx(rate_per_s(slow_s))
    assert 1e-3 > late_of_grid_ms(slow_s).max()


def test_dispersion_tells_even_from_chance_and_from_bursts():
    """Nothing, one, and far more."""
    chance_s = np.sort(np.random.default_rng(1).uniform(0, 60, 18_000))
    bursts_s = np.repeat(np.arange(60.0), 300)
    assert 0.05 > dispersion(EVEN_S)
    assert 1.0 == pytest.approx(dispersion(chance_s), abs=0.2)
    assert 100 < dispersion(bursts_s)


def test_start_and_marginal_cost_come_apart():
    """Two seconds to start, and 0.4 s for each 1,000 requests."""
    found = cost(Spent(800, 2.32), Spent(4_800, 3.92))
    assert (0.4, 2.0) == (pytest.approx(found.marginal_s), pytest.approx(found.start_s))
    assert 3.92 / 4.8 == pytest.approx(found.whole_s)


def test_cpu_of_grandchildren_counts():
    """A load generator may start others; what this process does itself does not count."""
    before_s = children_cpu_s()
    burn = "import time\nwhile time.process_time() < 0.4: pass"
    subprocess.run(["sh", "-c", f"{sys.executable} -c '{burn}'; true"], check=True)
    spent_s = children_cpu_s() - before_s
    while time.process_time() % 0.3 < 0.29:
        pass
    assert 0.4 <= spent_s < 0.6
    assert spent_s == children_cpu_s() - before_s


def test_the_server_notes_when_requests_came(server):
    """Each once, with its path, between the moments before and after it."""
    server.came()
    moments_s = []
    with loopback_client(base_url=server.address) as client:
        for step in STEPS:
            moments_s.append(time.time())
            assert 200 == client.request(step.method, step.path, content=step.body).status_code
        moments_s.append(time.time())
    came = server.came()
    assert [it.path for it in STEPS] == [path for path, _ in came]
    assert all(before <= at <= after for (before, after), (_, at) in zip(pairwise(moments_s), came, strict=True))
    assert [] == server.came()


def test_who_is_not_installed_is_not_played():
    """The table says so instead."""
    assert not Contender("nobody", lambda *_: None, "no-such-program").is_here


def test_a_program_that_fails_is_named_with_its_last_words(tmp_path):
    """In one line."""
    with pytest.raises(ContenderError, match=r"^sh ended with exit code 3: no such host$"):
        run_program(["sh", "-c", "echo starting; echo no such host; exit 3"], tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("contender", [OURS, FAST_HTTP_USER, HTTP_USER, TSUNG, ARTILLERY, K6], ids=lambda it: it.name)
def test_all_do_the_same_work(server, contender, tmp_path):
    """Each step as often as any other, about as often as was asked for."""
    if not contender.is_here:
        pytest.skip(f"{contender.program} is not installed")
    folder = tmp_path / "run"
    folder.mkdir()
    server.came()
    contender.play(Work(server.address, STEPS, 10, 4), folder)
    sent = Counter(path for path, _ in server.came())
    assert {it.path for it in STEPS} == sent.keys()
    assert 1 == len(set(sent.values()))
    assert 20 <= sent["/"] <= 60  # Tsung's are drawn


@pytest.mark.long
def test_the_server_sees_what_the_plan_had_due(server, tmp_path):
    """Arrivals come after they are due, and no sooner than by the run's own books."""
    folder = tmp_path / "run"
    folder.mkdir()
    server.came()
    OURS.play(Work(server.address, HOME, 50, 3), folder)
    late_at_server_ms = late_of_plan_ms(np.array([at_s for _, at_s in server.came()]), OURS.planned(folder))
    assert 150 == len(late_at_server_ms)
    assert -1.0 < late_at_server_ms.min()
    assert np.median(late_ms(folder)) < np.median(late_at_server_ms) < 100


@pytest.mark.long
@pytest.mark.timeout(400)
def test_a_plain_locust_file_makes_the_same_journey(tmp_path):
    """Step by step as many requests a journey as rehearse; papers apart, of which people need different ones."""
    found = {}
    for name, _, played in journeys(tmp_path, (1, 3), 1):
        filed = sum(count for what, count in played.sent.items() if what.startswith("submission "))
        found[name] = {what: count / filed for what, count in played.sent.items() if "material" not in what}
    ours, bare = found[OURS.name], found[FAST_HTTP_USER.name]
    assert ours == bare
    assert 12.0 == ours["asset 200"]

"""What Prometheus exporters tell of a portal's resources, as the run folder has it."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.metric_sums import figure, parse, read_samples
from scenarios.target_metrics import FIGURES, Exporter, Gathering, Mapped, titles

URL = "http://10.0.0.5:9187/metrics"
POSTGRES = """
# HELP pg_settings_max_connections Sets the maximum number of concurrent connections.
# TYPE pg_settings_max_connections gauge
pg_settings_max_connections{server="localhost:5432"} 100
# HELP pg_stat_activity_count number of connections in this state
# TYPE pg_stat_activity_count gauge
pg_stat_activity_count{datname="exam",server="localhost:5432",state="active"} 60
pg_stat_activity_count{datname="exam",server="localhost:5432",state="idle"} 25
pg_stat_activity_count{datname="postgres",server="localhost:5432",state="idle"} 5
"""
NGINX = """
# TYPE nginx_connections_active gauge
nginx_connections_active 291
# TYPE nginx_connections_waiting gauge
nginx_connections_waiting 106
# TYPE nginx_http_requests_total counter
nginx_http_requests_total 31070465
"""
NODE = """
# TYPE node_cpu_seconds_total counter
node_cpu_seconds_total{cpu="0",mode="idle"} 1000
node_cpu_seconds_total{cpu="0",mode="iowait"} 20
node_cpu_seconds_total{cpu="0",mode="user"} 300.5
node_cpu_seconds_total{cpu="1",mode="idle"} 1000
node_cpu_seconds_total{cpu="1",mode="iowait"} 10
node_cpu_seconds_total{cpu="1",mode="system"} 200
"""


def gathered(exporter, *samples):
    """Give the figures of the only resource of an exporter at each second."""
    gathering = Gathering(exporter)
    return [next(iter(gathering.resources(float(at_s), text).values())) for at_s, text in enumerate(samples)]


def test_postgres_connections_against_their_limit():
    """All of them are held, the idle ones too; what is held is added up second by second."""
    first, second = gathered(Exporter(url=URL, kind="postgres"), POSTGRES, POSTGRES.replace("} 60", "} 70"))
    assert (100.0, 90.0, 0.0) == (first["capacity"], first["in_use"], first["held_s"])
    assert (100.0, 100.0) == (second["in_use"], second["held_s"])


def test_connections_of_nginx_that_have_a_request():
    """Those that wait for one are kept alive, and no load. Its capacity is in no metric, so the file gives it."""
    first, second = gathered(Exporter(url=URL, kind="nginx", capacity="4096"), NGINX, NGINX)
    assert (4096.0, 185.0, 31070465.0) == (first["capacity"], first["in_use"], first["completions"])
    assert 185.0 == second["held_s"]


def test_cores_that_are_busy():
    """By the counters of their seconds, without those that wait for a disk; how many there are is counted."""
    first, second = gathered(Exporter(url=URL, kind="node"), NODE, NODE.replace("} 300.5", "} 302"))
    assert (2.0, 500.5) == (first["capacity"], first["held_s"])
    assert (1.5, 502.0) == (second["in_use"], second["held_s"])


def test_what_queues_is_waiting():
    """By Little's law: three that wait for two seconds have waited six."""
    mapped = Mapped(title="threads", capacity="8", in_use='threads{state="busy"}', queue="queued")
    text = 'threads{state="busy"} 8\nthreads{state="free"} 0\nqueued 3\n'
    *_, last = gathered(Exporter(url=URL, resources={"threads": mapped}), text, text, text)
    assert {"capacity": 8, "in_use": 8, "queue": 3, "completions": 0, "wait_s": 6, "held_s": 16} == last
    assert {*FIGURES} == {*last}


def test_a_resource_whose_metrics_are_not_there_is_left_out():
    """Half a resource would be taken for one that idles."""
    assert {} == Gathering(Exporter(url=URL, kind="postgres")).resources(0.0, POSTGRES.replace("max_conn", "conn"))


def test_a_page_that_is_no_metrics_is_refused():
    """Such as an error page; the sampler leaves a gap."""
    with pytest.raises(ValueError, match=r".+"):
        read_samples("<html>not found</html> {")


def test_several_of_a_kind_have_names():
    """And titles, for the report."""
    exporters = [Exporter(url=URL, kind="node", name=name) for name in ("app1", "app2")]
    assert {"app1": "CPU", "app2": "CPU"} == titles(exporters)


UNREADABLE = ["a b", "a{", "a - - b", "- a", "count(a", "a{b=c}", 'a{b="c" d}', "a +", 'a{b=~"c"}']


@pytest.mark.parametrize("text", UNREADABLE)
def test_a_sum_that_nobody_can_read_is_refused(text):
    """In one line, when the file is read."""
    with pytest.raises(msgspec.ValidationError, match=r"metric .*: write a name"):
        msgspec.convert({"title": "x", "in_use": text}, Mapped)


@given(st.lists(st.tuples(st.sampled_from("+-"), st.integers(0, 99)), min_size=1, max_size=8))
def test_a_sum_is_what_it_says(parts):
    """As Python would reckon it."""
    text = str(parts[0][1]) + "".join(f" {sign} {number}" for sign, number in parts[1:])
    assert pytest.approx(eval(text)) == figure(parse(text), {})

"""A target file: what it may say, who is let through, and how what is wrong is said."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

import msgspec
import pytest
from redirecting import redirecting_server

from reports.objectives import ObjectiveError, check_objectives
from scenarios.http_client import Connections, Endpoint
from scenarios.loopback import TargetRefusedError
from scenarios.phases import objective_names
from scenarios.scenario import load_scenario
from scenarios.target import Gateways, Target, TargetError, load_target
from scenarios.target_metrics import Exporter
from scenarios.target_reach import find_addresses, target_reach
from scenarios.target_watch import why_to_end
from scenarios.window import CHINA
from tests.scenarios.test_loopback import LOOK_ALIKES

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=CHINA)
ALLOWED = Target(
    base_url="https://staging.example.cn",
    most_requests_per_s=50,
    allowed_by="Li Wei, +86 10 5550 0100",
    allowed_host="staging.example.cn:443",
    allowed_from=NOW - timedelta(hours=1),
    allowed_until=NOW + timedelta(hours=1),
)


def test_what_is_allowed_is_let_through():
    """By the very person, host, port and time."""
    ALLOWED.check_permission(NOW)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"allowed_by": " "}, "nobody has allowed it"),
        ({"allowed_host": ""}, "names no host; one for it says allowed_host = 'staging.example.cn:443'"),
        ({"allowed_host": "staging.example.cn"}, "is for 'staging.example.cn'; one for it says"),
        (
            {"base_url": "https://www.example.cn"},
            "is for 'staging.example.cn:443'; one for it says allowed_host = 'www",
        ),
        ({"base_url": "http://staging.example.cn"}, "allowed_host = 'staging.example.cn:80'"),
        ({"base_url": "https://staging.example.cn:8443"}, "allowed_host = 'staging.example.cn:8443'"),
        ({"base_url": "http://localhost:80"}, "allowed_host = 'localhost:80'"),
        ({"base_url": "http://192.0.2.7:80"}, "allowed_host = '192.0.2.7:80'"),
        ({"allowed_from": None}, "has no time"),
        ({"allowed_until": None}, "has no time"),
        ({"allowed_from": NOW + timedelta(seconds=1)}, "from 2026-03-01T09:00:01+08:00 on, and now it is"),
        ({"allowed_until": NOW}, "was allowed until 2026-03-01T09:00:00+08:00"),
    ],
)
def test_without_a_permission_that_fits_nothing_is_sent(changes, why):
    """Neither are addresses looked up, nor is anything made that could send; the load ends where it had begun."""
    target = msgspec.structs.replace(ALLOWED, **changes)
    with pytest.raises(TargetRefusedError, match="no load is sent to http") as refused:
        target.check_permission(NOW)
    assert why in str(refused.value)
    assert "\n" not in str(refused.value)
    assert "allowed_until" == why_to_end(target, NOW)


@pytest.mark.parametrize("door", [find_addresses, lambda it: target_reach(it, {"staging.example.cn:443": "192.0.2.7"})])
def test_every_door_asks_for_the_permission(door):
    """What was allowed until yesterday is not looked up, and no process makes its way to it."""
    yesterday = msgspec.structs.replace(ALLOWED, allowed_until=datetime.now(CHINA) - timedelta(days=1))
    with pytest.raises(TargetRefusedError, match="was allowed until"):
        door(yesterday)


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:8600", "https://127.0.0.1", "http://127.1.2.3:80/"])
def test_this_machine_needs_nobodys_permission(base_url):
    """By its addresses in their usual spelling, in whatever scheme; by a name it does, which may lead anywhere."""
    Target(base_url=base_url, most_requests_per_s=1).check_permission(NOW)


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"sms_inbox": "http://sms.example.cn"},
        {"gateways": Gateways(("pay.example.cn:443",))},
        {"metrics": (Exporter(url="http://10.0.0.5:9187/metrics", kind="postgres"),)},
        {"metrics": (Exporter(url="http://localhost:9187/metrics", kind="postgres"),)},
    ],
)
def test_a_portal_of_this_machine_lends_its_exemption_to_nobody(elsewhere):
    """Who sends candidates' requests, payments or the sampler to another host needs permission, with their own too."""
    here = Target(base_url="http://127.0.0.1:8600", most_requests_per_s=1, sms_inbox="http://127.0.0.1:8601")
    here.check_permission(NOW)
    with pytest.raises(TargetRefusedError, match="nobody has allowed it"):
        msgspec.structs.replace(here, **elsewhere).check_permission(NOW)


STRANGE = [
    *(it for it in LOOK_ALIKES if "127.0.0.1" in it and "example" not in it and "nip" not in it),
    "http://[::1]:80",
]


@pytest.mark.parametrize("base_url", [it for it in STRANGE if it not in ("https://127.0.0.1:80", "http://127.0.0.1")])
def test_what_two_libraries_could_read_as_two_hosts_is_refused(base_url):
    """Other spellings of addresses, user-info, paths, line ends."""
    with pytest.raises(ValueError, match="base_url is"):
        Target(base_url=base_url, most_requests_per_s=1)


GOOD = 'base_url = "http://127.0.0.1:8600"\nmost_requests_per_s = 5\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "missing required field `base_url`"),
        ('base_url = "http://127.0.0.1:8600"', "missing required field `most_requests_per_s`"),
        (GOOD.replace("= 5", "= 0"), "most_requests_per_s is 0.0; it must be above 0"),
        (GOOD + "most = 1", "most is not a field; the fields are base_url, most_requests_per_s"),
        (GOOD + "[tls]\nverified = false", "tls.verified is not a field; the fields are verify, ca_file"),
        (GOOD + "allowed_from = 2026-03-01T09:00:00", "write its offset: 2026-03-01T09:00:00+08:00"),
        (GOOD + 'steps = ["home", "coffee"]', "steps: coffee is not a step; the steps are home, window"),
        (GOOD + 'sms_inbox = "http://127.0.0.1:80/inbox"', "sms_inbox is"),
        (GOOD + '[headers]\nHost = "x"', "headers: Host is what the harness says itself"),
        (GOOD + '[headers]\nX = "a\\nSecret: b"', "headers: 'X' is no header of one line"),
        (GOOD + '[gateways]\nhosts = ["pay.example.cn"]', "'pay.example.cn' is no host with its port"),
        (GOOD + '[[metrics]]\nurl = "http://u:p@10.0.0.5/"\nkind = "node"', "metrics: url is"),
        (GOOD + '[[metrics]]\nurl = "http://10.0.0.5/"', "give a kind (nginx, postgres, node) or resources"),
        (GOOD + '[resources]\n"db pool" = "x"', "resources: 'db pool' is no name of a resource"),
        ("x", "Expected '='"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path, text, said):
    """Where it is, what is wrong, and what would be right; the value of a header may be a secret, and is not said."""
    path = tmp_path / "target.toml"
    path.write_text(text)
    with pytest.raises(TargetError) as wrong:
        load_target(path)
    assert str(wrong.value).startswith(f"{path}: ")
    assert said in str(wrong.value)
    assert "\n" not in str(wrong.value)
    assert "Secret" not in str(wrong.value)


def test_a_file_that_is_not_there(tmp_path):
    """One line too."""
    with pytest.raises(TargetError, match="cannot be read: No such file"):
        load_target(tmp_path / "target.toml")


def test_paths_are_taken_from_the_folder_of_the_file(tmp_path, monkeypatch):
    """Wherever the command is given."""
    (tmp_path / "target.toml").write_text(GOOD + 'stop_file = "stop"\n[tls]\nca_file = "ca.pem"\n')
    monkeypatch.chdir(tmp_path.parent)
    target = load_target(tmp_path / "target.toml")
    assert (str(tmp_path / "stop"), str(tmp_path / "ca.pem")) == (target.stop_file, target.tls.ca_file)


def test_steps_that_need_what_is_not_there_are_missing():
    """Without an inbox nobody reads a code, without a gateway nobody pays."""
    target = Target(base_url="http://127.0.0.1:80", most_requests_per_s=1, steps=("home", "sms_code", "payment"))
    assert {"sms_code", "payment", "account"} < target.missing_steps
    assert "home" not in target.missing_steps


def test_objectives_name_what_the_portal_alone_has(tmp_path):
    """Resources of its exporters, and those that its file names: no others."""
    path = tmp_path / "target.toml"
    node = '[[metrics]]\nurl = "http://127.0.0.1:9100/metrics"\nkind = "node"\n'
    path.write_text(GOOD + node + '[resources]\ndb-pool = "database connections"\n')
    names = objective_names(load_scenario("opening-day"), load_target(path))
    check_objectives(["db-pool.wait_p95_ms < 500", "node_cpu.utilisation < 0.8"], **names)
    with pytest.raises(ObjectiveError, match=r"no resource 'db_pool' \(did you mean db-pool\?\)"):
        check_objectives(["db_pool.wait_p95_ms < 500"], **names)


def test_a_run_folder_hears_no_secret():
    """Names of headers, not what they say."""
    target = msgspec.structs.replace(ALLOWED, headers={"X-Key": "secret"})
    assert ["X-Key"] == target.facts()["headers"]
    assert b"secret" not in msgspec.json.encode(target.facts())


def test_the_stop_file_ends_the_load(tmp_path):
    """As soon as it is there."""
    target = msgspec.structs.replace(ALLOWED, stop_file=str(tmp_path / "stop"))
    assert "" == why_to_end(target, NOW)
    (tmp_path / "stop").touch()
    assert "stop_file" == why_to_end(target, NOW)


def test_endpoints_are_made_in_two_places_alone():
    """No other way leads from a program to an address that is not asked about."""
    from pathlib import Path

    root = Path(__file__).parents[2]
    makers = {
        path.name
        for folder in ("scenarios", "commands")
        for path in (root / folder).rglob("*.py")
        if "Endpoint(" in path.read_text()
    }
    assert {"http_client.py", "target_reach.py"} == makers
    with pytest.raises(TargetRefusedError):
        Connections("http://staging.example.cn:80")
    assert 7 == len(Endpoint._fields)


def test_candidates_pay_where_the_file_says_alone():
    """A portal that leads elsewhere, or a gateway that points elsewhere, gets no payment there."""
    with redirecting_server() as (pointing, other, reached):
        hosts = [urlsplit(it).netloc for it in (pointing, other)]
        target = Target(base_url="http://127.0.0.1:9", most_requests_per_s=100, gateways=Gateways((hosts[0],)))
        addresses = dict.fromkeys(("127.0.0.1:9", *hosts), "127.0.0.1")
        pay = target_reach(target, addresses).pay
        elsewhere = (
            f"{other}/pay",
            f"http://u@{hosts[0]}/pay",
            f"ftp://{hosts[0]}/",
            "http://127.0.0.1:x/",
            "/pay",
            "",
        )
        for url in (*elsewhere, f"{pointing}/pay"):
            assert not pay(url)
        assert [] == reached
        named = msgspec.structs.replace(target, gateways=Gateways((hosts[1],)))
        assert target_reach(named, addresses).pay(f"{other}/pay")
        assert ["/pay"] == reached

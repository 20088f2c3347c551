"""Starting and stopping the real process of the outside services."""

import json
import signal
import subprocess
import sys
import threading

import pytest
from registrant import wait_until
from single_requests import loopback

from scenarios.loopback_client import loopback_client


def start(settings: dict, path) -> subprocess.Popen:
    """Start the process with these settings; its output is to be read from pipes."""
    path.write_text(json.dumps(settings))
    command = [sys.executable, "-m", "fakes.providers", "--port", "0", "--settings", str(path)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("stopping", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_within_two_seconds_though_a_call_waits(tmp_path, stopping):
    """The call that waits is answered 503, nothing is written to stderr, and the exit code is 0."""
    settings = {
        "seed": 1,
        "gateway_keys": {"alipay": "a", "unionpay": "u"},
        "providers": {"sms": {"median_ms": 600_000, "sigma": 0}},
    }
    with start(settings, tmp_path / "settings.json") as process, loopback_client() as client:
        url = process.stdout.readline().split()[-1]
        answers = []
        message = {"phone": "13800138000", "text": "too late"}
        call = threading.Thread(target=lambda: answers.append(loopback.post(f"{url}/sms/messages", json=message)))
        call.start()
        in_use = 'provider_in_use{provider="sms"} 1.0'
        wait_until(lambda: in_use in client.get(f"{url}/metrics").text, "a call under way", look_s=0.01)
        process.send_signal(stopping)
        assert 0 == process.wait(timeout=2)
        call.join()
        assert ("", 503) == (process.stderr.read(), answers[0].status_code)
        assert "/problems/unavailable" == answers[0].json()["type"]


def test_bad_settings_end_it_with_exit_code_2_and_one_line(tmp_path):
    """The unknown field is named, and nothing is said to be ready."""
    settings = {"seed": 1, "gateway_keys": {"alipay": "a", "unionpay": "u"}, "colour": "red"}
    with start(settings, tmp_path / "settings.json") as process:
        out, err = process.communicate(timeout=20)
    assert (2, "") == (process.returncode, out)
    assert 1 == len(err.splitlines())
    assert "`colour`" in err

"""The files of deploy/ hold together, and name what is there: options, ports, files, versions, the image's user."""

import importlib.util
import re
import tomllib
from datetime import UTC, datetime

import pytest
import yaml

from scenarios.scenario import scenario_names
from scenarios.target import load_target
from tests.words.pages import ROOT, Command
from tests.words.test_commands import wrong_locust

DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((DEPLOY / "compose.yml").read_text())
SERVICES = COMPOSE["services"]
KUSTOMIZATION = yaml.safe_load((DEPLOY / "kustomization.yaml").read_text())
POD = yaml.safe_load((DEPLOY / "kubernetes" / "rehearsal.yaml").read_text())["spec"]["template"]["spec"]
CONTAINERS = {it["name"]: it for it in (*POD["initContainers"], *POD["containers"])}
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
OPERATOR = DEPLOY / "locust-operator"
LOCUST_TEST = yaml.safe_load((OPERATOR / "locusttest.yaml").read_text())["spec"]
ADDRESS = re.compile(r"(?:127\.0\.0\.1|0\.0\.0\.0):(\d+)")


def defaults(words):
    """Give the words of a command as compose makes them where no variable is set."""
    return [re.sub(r"\$\{\w+:-(.*?)\}", r"\1", it) for it in words]


COMMANDS = {
    "image": ["--headless", "--scenario", "opening-day", "--metrics-port", "8601"],
    "compose master": defaults(SERVICES["master"]["command"]),
    "compose worker": defaults(SERVICES["worker"]["command"]),
    "locust-operator": LOCUST_TEST["args"].split(),
    **{f"pod {name}": CONTAINERS[name]["args"] for name in ("master", "worker-0", "worker-1")},
}


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_locust_knows_every_option(words):
    """And the scenario is one."""
    assert [] == wrong_locust(Command("deploy", "locust", words, in_block=True))
    assert {it.split("=")[1] for it in words if it.startswith("--scenario=")} <= set(scenario_names())


def test_an_option_that_is_not_there_is_found():
    """Else the test above says nothing."""
    words = [*COMMANDS["pod master"], "--target=staging.toml2", "--databse=x"]
    assert "no option --databse=x" in wrong_locust(Command("deploy", "locust", words, in_block=True))


def test_the_image_runs_what_is_held_here():
    """By Locust, with our file, and not as root."""
    assert f"CMD {COMMANDS['image']}".replace("'", '"') in DOCKERFILE
    assert 'ENTRYPOINT ["python", "-m", "locust", "-f", "locustfile.py"]' in DOCKERFILE
    assert (ROOT / "locustfile.py").exists()
    uid = re.search(r"--uid (\d+)", DOCKERFILE)[1]
    assert f"USER {uid}:{uid}" in DOCKERFILE
    ours = [it["securityContext"]["runAsUser"] for it in CONTAINERS.values() if it["image"].startswith("rehearse:")]
    assert {int(uid)} == {*ours, POD["securityContext"]["fsGroup"]}


def test_versions_are_pinned():
    """Every image by its full version, ours by that of the project; both set-ups have the same."""
    used = [{it["image"] for it in found} for found in (SERVICES.values(), CONTAINERS.values())]
    assert used[0] == used[1]
    assert f"rehearse:{VERSION}" in used[0]
    base = re.search(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)[1]
    for image in (*used[0], base):
        assert re.fullmatch(r"[\w/]+:v?\d+(\.\d+)+(-[\w-]+)?", image)
    assert "--require-hashes" in DOCKERFILE


def test_as_many_workers_as_the_master_expects():
    """In a Pod by counting them; in compose by one variable."""
    (expected,) = [it for it in CONTAINERS["master"]["args"] if it.startswith("--expect-workers=")]
    assert f"--expect-workers={sum(name.startswith('worker-') for name in CONTAINERS)}" == expected
    assert f"--expect-workers={SERVICES['worker']['deploy']['replicas']}" in SERVICES["master"]["command"]


def test_ports_agree():
    """Prometheus asks where the master shows the run, Grafana asks Prometheus, and compose publishes both."""
    scraped = set(ADDRESS.findall((DEPLOY / "prometheus.yml").read_text()))
    shown = {
        re.search(r"--metrics-port[ =](\d+)", " ".join(words))[1]
        for words in COMMANDS.values()
        if "metrics-port" in " ".join(words)
    }
    checked = set(ADDRESS.findall(DOCKERFILE))
    assert {"8601"} == scraped == shown == checked
    asked = ADDRESS.findall((DEPLOY / "grafana/provisioning/datasources/rehearse.yml").read_text())
    listens = [ADDRESS.findall(it) for it in CONTAINERS["prometheus"]["args"] if "listen" in it]
    assert [asked] == listens
    assert [f"127.0.0.1:{port}:{port}" for port in ("3000", *asked)] == SERVICES["grafana"]["ports"]


def test_all_share_one_network():
    """Load goes to the loopback address alone, and the run is shown there."""
    assert {"service:grafana"} == {it["network_mode"] for name, it in SERVICES.items() if name != "grafana"}
    assert POD["shareProcessNamespace"]
    for words in (SERVICES["postgres"]["command"], CONTAINERS["postgres"]["args"]):
        assert "listen_addresses=127.0.0.1" in words  # it trusts whoever reaches it


def test_every_file_is_there():
    """Those that compose mounts and kustomize reads, and those of the image."""
    mounted = [it.split(":")[0] for service in SERVICES.values() for it in service.get("volumes", ())]
    generated = [it.split("=")[-1] for made in KUSTOMIZATION["configMapGenerator"] for it in made["files"]]
    named = [*KUSTOMIZATION["resources"], *generated, *(it for it in mounted if it.startswith("."))]
    assert [] == [it for it in named if not (DEPLOY / it).exists()]
    assert {it for it in mounted if not it.startswith(".")} == set(COMPOSE["volumes"])
    build = SERVICES["master"]["build"]
    assert (DEPLOY / build["context"] / build["dockerfile"]).exists()
    generated_by = {
        made["name"]: {it.split("=")[0] for it in made["files"]} for made in KUSTOMIZATION["configMapGenerator"]
    }
    for volume in POD["volumes"]:
        if named_map := volume.get("configMap"):
            assert {it["key"] for it in named_map.get("items", ())} <= generated_by[named_map["name"]]
    for container in CONTAINERS.values():
        assert {it["name"] for it in container.get("volumeMounts", ())} <= {it["name"] for it in POD["volumes"]}


def test_what_the_image_imports_is_copied():
    """Nothing that the program needs is left out of the context."""
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text().split()
    for package in ("scenarios", "reports", "mock_server", "fakes", "commands"):
        assert package not in ignored
        assert importlib.util.find_spec(package)


def test_the_operator_gives_master_and_workers_the_target():
    """From the one folder that it mounts; as many workers as the master expects; and nothing may be sent yet."""
    made = yaml.safe_load((OPERATOR / "kustomization.yaml").read_text())["configMapGenerator"]
    assert [{"name": LOCUST_TEST["locustfile"]["configMap"]["name"], "files": ["target.toml"]}] == made
    args = LOCUST_TEST["args"].split()
    assert {"--target=/home/locust/target.toml", f"--expect-workers={LOCUST_TEST['workers']}"} <= set(args)
    assert f"rehearse:{VERSION}" == LOCUST_TEST["image"]
    target = load_target(OPERATOR / "target.toml")
    assert target.allowed_until < datetime.now(UTC)

"""Prometheus reads the running house, its rules are right, and every panel's question has an answer."""

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from arus_stack import ports
from arus_stack.strangers import Stranger
from arus_stack.testing import RunningStack, need, running

pytestmark = pytest.mark.integration

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
DEADLINE_S = 60
BUSY = (
    "arus_request_seconds_count",
    "arus_events_total",
    "arus_events_published_total",
    "arus_partitions_stopped",
)


@pytest.fixture(scope="module")
def promtool() -> str:
    return str(Path(need("prometheus")).with_name("promtool"))


def run(*command: str | Path) -> None:
    done = subprocess.run([*map(str, command)], capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_configuration_and_rules_are_valid(promtool: str) -> None:
    run(promtool, "check", "config", DEPLOY / "prometheus/prometheus.yml")


def test_alerts_speak_when_they_should(promtool: str) -> None:
    run(promtool, "test", "rules", DEPLOY / "prometheus/tests/house.yaml")


@pytest.fixture(scope="module")
def prometheus(stack: RunningStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Run Prometheus with the deployed configuration, its targets where this stack's services are."""
    folder = tmp_path_factory.mktemp("prometheus")
    found: dict[str, int] = json.loads((stack.home / "ports.json").read_text("utf-8"))
    settings = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text("utf-8"))
    settings["global"]["scrape_interval"] = "1s"
    settings["rule_files"] = [str(DEPLOY / "prometheus/rules/*.yaml")]
    for target in settings["scrape_configs"][0]["static_configs"]:
        service = target["labels"]["service"]
        port = found["gateway"] if service == "gateway" else found[f"{service}.http"]
        target["targets"] = [f"127.0.0.1:{port}"]
    (folder / "prometheus.yml").write_text(yaml.safe_dump(settings), "utf-8")
    address = f"127.0.0.1:{ports.free_port()}"
    command = [
        need("prometheus"),
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={address}",
    ]
    with (
        httpx.Client(base_url=f"http://{address}/api/v1") as client,
        running(command, folder / "log.txt", lambda: answers(client)),
    ):
        yield client


def answers(client: httpx.Client) -> bool:
    try:
        return client.get("/status/runtimeinfo").is_success
    except httpx.TransportError:
        return False


def ask(prometheus: httpx.Client, expression: str) -> list[dict[str, Any]]:
    answer = prometheus.get("/query", params={"query": expression})
    assert answer.is_success, f"{expression}: {answer.text}"
    return answer.json()["data"]["result"]


def wait_for(prometheus: httpx.Client, expression: str, count: int) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while len(found := ask(prometheus, expression)) < count:
        assert time.monotonic() < deadline, f"{expression}: {found}"
        time.sleep(0.2)


def test_every_service_is_scraped_and_shows_what_it_does(
    stack: RunningStack, prometheus: httpx.Client
) -> None:
    with Stranger(stack.gateway) as someone:
        fact = {"date": "2025-01-10", "location_id": someone.location(), "product_id": someone.product()}
        someone.make("/fuel/transactions", **fact, volume_l="300")
    wait_for(prometheus, 'up{job="arus"} == 1', 4)
    for metric in BUSY:
        wait_for(prometheus, f"count by (__name__) ({metric} >= 0)", 1)


def test_every_panel_and_rule_asks_something_prometheus_understands(prometheus: httpx.Client) -> None:
    board = json.loads((DEPLOY / "grafana/dashboards/house.json").read_text("utf-8"))
    for panel in board["panels"]:
        for target in panel["targets"]:
            ask(prometheus, target["expr"])
    rules = prometheus.get("/rules").raise_for_status().json()["data"]["groups"]
    assert {rule["health"] for group in rules for rule in group["rules"]} <= {"ok", "unknown"}

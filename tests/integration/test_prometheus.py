"""Prometheus reads the running house, its rules are right, and every panel's question has an answer."""

import re
import runpy
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from arus_stack import house, ports
from arus_stack.prometheus import FILE
from arus_stack.strangers import Stranger
from arus_stack.testing import RunningStack, need, running, until

pytestmark = pytest.mark.integration

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
BOARDS = runpy.run_path(str(DEPLOY / "grafana/dashboards.py"))["BOARDS"]
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
    run(promtool, "test", "rules", DEPLOY / "prometheus/tests/alerts.yaml")


@pytest.fixture(scope="module")
def prometheus(stack: RunningStack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Run Prometheus with the configuration that `arus up` wrote, only more often."""
    folder = tmp_path_factory.mktemp("prometheus")
    settings = yaml.safe_load((stack.home / FILE).read_text("utf-8"))
    settings["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
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
    wait_for(prometheus, 'up{job="arus"} == 1', len(house.sources()))
    for metric in BUSY:
        wait_for(prometheus, f"count by (__name__) ({metric} >= 0)", 1)


def test_no_panel_is_empty_and_values_move_under_load(stack: RunningStack, prometheus: httpx.Client) -> None:
    """What stays the same while nothing fails must have an answer; everything else must move."""
    panels = [panel for board in BOARDS for panel in board.panels]
    wait_for(prometheus, 'up{job="arus"} == 1', len(house.sources()))
    stop = threading.Event()
    busy = threading.Thread(target=demonstrate, args=(stack, stop))
    busy.start()
    try:
        deadline = time.monotonic() + DEADLINE_S
        while still := [panel for panel in panels if not alive(prometheus, panel)]:
            assert time.monotonic() < deadline, [(panel.title, panel.expression) for panel in still]
            time.sleep(1)
    finally:
        stop.set()
        busy.join()
    rules = prometheus.get("/rules").raise_for_status().json()["data"]["groups"]
    assert {rule["health"] for group in rules for rule in group["rules"]} == {"ok"}


def demonstrate(stack: RunningStack, stop: threading.Event) -> None:
    """Do what people do, and what they do wrong, until told to stop."""
    with Stranger(stack.gateway) as someone:
        someone.verify(stack.home)  # so that mails are sent
        fact = {"location_id": someone.location(), "product_id": someone.product()}
        send_and_ask_for_files(someone, fact)
        for number in range(100_000):
            if number % 12 == 11:  # nobody has heard of it yet, so its owner is asked over gRPC
                fact["location_id"] = someone.location(f"Gudang {number}")
            day = f"2025-{number // 28 % 12 + 1:02}-{number % 28 + 1:02}"
            someone.make("/fuel/transactions", **fact, date=day, volume_l="900" if number % 9 == 8 else "300")
            for verdict in someone.http.get("/anomalies", params={"limit": 5}).json()["items"]:
                if verdict["status"] == "ANOMALI":  # the second case about one record is refused
                    someone.http.post(
                        "/cases", json={"fact_id": verdict["fact_id"], "description": "Periksa."}
                    )
            if stop.is_set():
                return


def send_and_ask_for_files(someone: Stranger, fact: dict[str, Any]) -> None:
    """Import a file, export a list, ask for a report, and record today what people are told of by mail."""
    file = ("BBM.csv", b"Tanggal;Lokasi;Produk;Volume (L)\n2025-01-10;Gudang;Solar;1\n")
    sent = someone.http.post("/imports", files=[("files", file)]).raise_for_status().json()
    path = f"/imports/{sent['items'][0]['id']}"
    until(lambda: made(someone, path)["state"] == "preview", "the import's preview")
    someone.http.post(f"{path}/commit", json={"preview": made(someone, path)["preview"]}).raise_for_status()
    someone.http.get("/fuel/transactions/export", params={"format": "csv"}).raise_for_status()
    someone.make("/reports", period="month", start="2025-01-01")
    today = datetime.now(UTC).date()
    for back, litres in zip((3, 2, 1, 0), ("100", "100", "100", "900"), strict=True):
        day = str(today - timedelta(days=back))
        someone.make("/fuel/transactions", **fact, date=day, volume_l=litres)


def made(someone: Stranger, path: str) -> dict[str, Any]:
    return someone.http.get(path).raise_for_status().json()


def alive(prometheus: httpx.Client, panel: Any) -> bool:
    """Tell whether a panel has a line of the kind it names, and whether one has moved if it is to."""
    now = time.time()
    span = {"query": panel.expression, "start": now - 60, "end": now, "step": 1}
    answer = prometheus.get("/query_range", params=span)
    assert answer.is_success, f"{panel.expression}: {answer.text}"
    nothing = panel.calm and panel.expression.endswith("or vector(0)")
    named: set[str] = set() if nothing else set(re.findall(r"{{(\w+)}}", panel.legend))
    lines = [
        {value for _, value in line["values"] if value != "NaN"}
        for line in answer.json()["data"]["result"]
        if named <= line["metric"].keys()
    ]
    return any(len(line) >= (1 if panel.calm else 2) for line in lines)

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportAttributeAccessIssue=false
# (confluent-kafka and grpc carry no types)
"""Served on an address others reach: TLS for all of them, and nothing else of ours can be reached there."""

import json
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import httpx
import psutil
import pytest
from arus_stack import publishing
from arus_stack.mqtt import Mqtt
from arus_stack.testing import arus, running_stack, until
from confluent_kafka.admin import AdminClient
from grpc_health.v1 import health_pb2, health_pb2_grpc

pytestmark = [pytest.mark.integration, pytest.mark.timeout(1200)]

PUBLIC = {"gateway", "kafka", "mqtt"}


def address() -> str:
    """Return an address of this machine that others could reach; a machine without one serves on all."""
    found = (
        entry.address
        for entries in psutil.net_if_addrs().values()
        for entry in entries
        if entry.family == socket.AF_INET and not entry.address.startswith("127.")
    )
    return next(found, "0.0.0.0")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("arus")


@pytest.fixture(scope="module")
def facts(home: Path) -> Iterator[dict[str, Any]]:
    env = {"ARUS_CONSOLE": "false"}
    started = arus(home, "up", "--detach", "--wait", "--tls", "--host", address(), "--json", env=env)
    try:
        assert started.returncode == 0, started.stderr
        yield json.loads(started.stdout)
    finally:
        arus(home, "down")


@pytest.fixture
def trusted(facts: dict[str, Any]) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=facts["tls_ca"])


def place(url: str) -> tuple[str, int]:
    host, _, port = url.rpartition("//")[2].rpartition(":")
    return host, int(port)


def test_an_address_others_reach_without_tls_is_refused(tmp_path: Path) -> None:
    said = arus(tmp_path, "up", "--detach", "--wait", "--host", address(), "--json")
    assert said.returncode == 1
    assert "plain text" in json.loads(said.stdout)["error"]


def test_the_gateway_is_trusted_by_who_trusts_the_ca_and_by_nobody_else(
    facts: dict[str, Any], trusted: ssl.SSLContext
) -> None:
    assert facts["gateway"].startswith("https://")
    assert httpx.get(f"{facts['gateway']}/readyz", verify=trusted, trust_env=False).status_code == 200
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(f"{facts['gateway']}/readyz", verify=ssl.create_default_context(), trust_env=False)


def test_grpc_is_spoken_over_tls(facts: dict[str, Any]) -> None:
    credentials = grpc.ssl_channel_credentials(Path(facts["tls_ca"]).read_bytes())
    with grpc.secure_channel(facts["grpc"], credentials) as channel:
        answer = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=20)
    assert answer.status == health_pb2.HealthCheckResponse.SERVING


def test_mqtt_is_spoken_over_tls(facts: dict[str, Any], trusted: ssl.SSLContext) -> None:
    assert facts["mqtt"].startswith("mqtts://")
    host, port = place(facts["mqtt"])
    with (
        socket.create_connection((host, port), 10) as plain,
        trusted.wrap_socket(plain, server_hostname=host) as secure,
    ):
        assert secure.version() in {"TLSv1.2", "TLSv1.3"}


def test_a_data_team_reads_kafka_over_tls_knowing_no_more_than_grant_says(
    home: Path, facts: dict[str, Any]
) -> None:
    granted = json.loads(arus(home, "topics", "grant", "riset", "--json").stdout)
    assert granted["ca"] == facts["tls_ca"]
    assert granted["bootstrap"] == facts["kafka"]
    settings: dict[str, str | int] = {
        "bootstrap.servers": granted["bootstrap"],
        "security.protocol": "SASL_SSL",
        "ssl.ca.location": granted["ca"],
        "sasl.mechanism": granted["mechanism"],
        "sasl.username": granted["user"],
        "sasl.password": granted["password"],
        "log_level": 0,
    }
    assert "fuel.transaction.v1" in AdminClient(settings).list_topics(timeout=10).topics


def test_people_register_and_facts_flow_between_services(
    home: Path, facts: dict[str, Any], trusted: ssl.SSLContext
) -> None:
    """Signing in needs the gateway's keys, which the others fetch from it; making things needs its peers."""
    with httpx.Client(base_url=f"{facts['gateway']}/api/v1", verify=trusted, trust_env=False) as people:
        who = {"email": "siti@example.org", "password": "Rahasia-panjang-7", "name": "Siti"}
        assert people.post("/auth/register", json=who).status_code == 201
        token = (
            people.post("/auth/login", json={k: who[k] for k in ("email", "password")})
            .raise_for_status()
            .json()["access_token"]
        )
        people.headers["authorization"] = f"Bearer {token}"
        depot = {"name": "Gudang A", "type": "depot", "timezone": "Asia/Jakarta"}
        location = people.post("/locations", json=depot).raise_for_status().json()["id"]
        fuel = {"code": "SOLAR", "name": "Solar", "kind": "fuel", "unit": "L"}
        product = people.post("/products", json=fuel).raise_for_status().json()["id"]
        fact = {
            "date": "2025-01-10", "location_id": location, "product_id": product, "volume_l": "300",
        }  # fmt: skip
        assert people.post("/fuel/transactions", json=fact).status_code == 201
        # notify asks the gateway over gRPC whom to tell.
        tenant_id = people.get("/auth/me").raise_for_status().json()["organisation"]["id"]
        said = {"tenant_id": tenant_id, "location_id": location, "product_id": product}
        publishing.incident(running_stack(home).kafka, **said)
        until(lambda: people.get("/notifications").json()["unread"] == 1, "what is told of the incident")


def test_what_is_not_for_others_listens_on_loopback_only(home: Path, facts: dict[str, Any]) -> None:
    services = json.loads(arus(home, "status", "--json").stdout)["services"]
    seen: set[str] = set()
    for service in services:
        if service["name"] in PUBLIC:
            continue
        process = psutil.Process(service["pid"])
        for one in (process, *process.children(recursive=True)):
            for connection in one.net_connections("tcp"):
                if connection.status == psutil.CONN_LISTEN:
                    seen.add(service["name"])
                    assert connection.laddr.ip.removeprefix("::ffff:") == "127.0.0.1", (
                        service["name"],
                        connection.laddr,
                    )
    assert {"postgres", "ingest", "inventory", "anomaly"} <= seen
    assert facts["postgres"].startswith("postgresql://127.0.0.1:")


def test_mqtt_is_named_as_clients_reach_it(tmp_path: Path) -> None:
    assert Mqtt(tmp_path, 1883, "x", "amqtt", host="0.0.0.0", advertised="depot").url == "mqtt://depot:1883"

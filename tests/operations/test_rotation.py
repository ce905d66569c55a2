"""Secrets are changed under load: no request fails, nobody is signed out, and the old ones open nothing."""

import json
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import psycopg
import pytest
from arus_stack import schemas
from arus_stack.home import Home
from arus_stack.strangers import Stranger
from arus_stack.testing import RunningStack, until

pytestmark = [pytest.mark.integration, pytest.mark.timeout(1200)]


class Load(threading.Thread):
    """Someone who works without pause, and keeps what went wrong."""

    def __init__(self, gateway: str) -> None:
        super().__init__()
        self.person = Stranger(gateway)
        self.fact = {"location_id": self.person.location(), "product_id": self.person.product()}
        self.stopping = threading.Event()
        self.at_work = threading.Lock()
        """Who holds it may break what a request under way would need."""
        self.recorded: list[str] = []
        self.failed: list[str] = []

    def run(self) -> None:
        number = 0
        while not self.stopping.is_set():
            number += 1
            body = {
                **self.fact,
                "date": f"2025-{number // 28 % 12 + 1:02}-{number % 28 + 1:02}",
                "volume_l": "300",
            }
            with self.at_work:
                self.round(body)

    def round(self, body: dict[str, str]) -> None:
        """Record a fact, look at verdicts, and sign in."""
        try:
            answer = self.person.http.post("/fuel/transactions", json=body)
            self.recorded += [answer.json()["id"]] if answer.is_success else []
            asked = self.person.http.get("/anomalies", params={"limit": 1})
            again = self.person.http.post(
                "/auth/login", json={"email": self.person.email, "password": "Rahasia-panjang-7"}
            )
        except httpx.HTTPError as error:
            self.failed.append(repr(error))
            return
        self.failed += [
            f"{a.request.method} {a.request.url}: {a.status_code} {a.text}"
            for a in (answer, asked, again)
            if not a.is_success
        ]


@pytest.fixture
def load(own: RunningStack) -> Iterator[Load]:
    load = Load(own.gateway)
    load.start()
    try:
        yield load
    finally:
        load.stopping.set()
        load.join()
        load.person.http.close()


def rotate(own: RunningStack, name: str) -> dict[str, Any]:
    said = own.arus("secrets", "rotate", name, "--json")
    assert said.returncode == 0, said.stderr
    return json.loads(said.stdout)


def goes_on(load: Load) -> None:
    """Return when facts recorded from now on are judged."""
    before = len(load.recorded)
    until(lambda: len(load.recorded) > before, "a fact after the change")
    fact = load.recorded[before]
    until(lambda: load.person.http.get(f"/anomalies/{fact}").is_success, "its verdict")


def test_every_secret_changes_while_people_work(own: RunningStack, load: Load) -> None:
    secrets = Home(own.home).secrets
    before, pids = secrets.all(), {name: one["pid"] for name, one in own.services().items()}
    key_ids = [key["kid"] for key in jwks(own)]
    token = load.person.http.headers["authorization"]

    assert rotate(own, "signing-key")["of"] == ["gateway"]
    assert jwks(own)[1]["kid"] == key_ids[0] != jwks(own)[0]["kid"]
    assert load.person.http.get("/auth/me", headers={"authorization": token}).is_success

    assert "ingest_api" in rotate(own, "database")["of"]
    old = schemas.with_login(own.postgres, "ingest_api", before["postgres.ingest_api"])
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(old)
    with load.at_work, psycopg.connect(own.postgres, autocommit=True) as connection:
        connection.execute(  # so that new ones are opened, with the new password
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename like '%\\_api'"
        )
    goes_on(load)

    assert "ingest" in rotate(own, "kafka")["of"]
    assert not own.kafka.as_user("ingest", before["kafka.ingest"]).answers()
    assert own.arus("restart", "kafka").returncode == 0
    goes_on(load)

    assert "notify" in rotate(own, "field-keys")["of"]
    newest, *earlier = str(secrets.all()["field-keys"]).split(",")
    assert earlier == [before["field-keys"]]
    assert newest.startswith("k2:")

    load.stopping.set()
    load.join()
    assert load.failed == [], complaints(own)
    now = {name: one["pid"] for name, one in own.services().items()}
    assert {name for name in pids if pids[name] != now[name]} == {"kafka"}


def complaints(own: RunningStack) -> str:
    """What services said about servers that were away, for who must find out why a request failed."""
    lines = [
        f"{log.stem}: {line}"
        for log in sorted((own.home / "logs").glob("*.log"))
        for line in log.read_text().splitlines()
        if "unavailable" in line or "upstream" in line
    ]
    return "\n".join(lines[-20:])


def jwks(own: RunningStack) -> list[dict[str, str]]:
    return httpx.get(f"{own.gateway}/.well-known/jwks.json").raise_for_status().json()["keys"]

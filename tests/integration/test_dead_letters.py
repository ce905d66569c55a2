"""Records that cannot be taken are parked with their reason, never stop others, and go back when asked."""
# pyright: reportUnknownMemberType=false
# (aiokafka carries no types)

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from arus.fuel.v1.events_pb2 import FuelTransactionCorrected, FuelTransactionRecorded
from arus.identity.v1.events_pb2 import AuditEventRecorded
from arus_runtime.ids import new_ulid
from arus_runtime.log.port import Message
from arus_runtime.testing import message
from arus_stack.strangers import Stranger
from arus_stack.testing import RunningStack

pytestmark = pytest.mark.integration

TOPIC = "fuel.transaction.v1"
DEADLINE_S = 60


@dataclass
class Depot:
    """Someone's location and product, and the facts published under their key as if ingest had done it."""

    owner: Stranger
    location_id: str
    product_id: str
    sequence: int = 0

    @property
    def key(self) -> str:
        """Return the record key."""
        return f"{self.owner.tenant_id}:{self.location_id}:{self.product_id}"

    def fields(self, transaction_id: str, volume_l: int) -> dict[str, Any]:
        """Return a fact's fields."""
        return {
            "tenant_id": self.owner.tenant_id,
            "transaction_id": transaction_id,
            "location_id": self.location_id,
            "product_id": self.product_id,
            "business_date": "2025-01-10",
            "volume_ul": volume_l * 1_000_000,
            "timezone": "Asia/Jakarta",
        }

    def record(self, event: FuelTransactionRecorded | FuelTransactionCorrected) -> Message:
        """Return an event as ingest would publish it."""
        self.sequence += 1
        return message(
            event,
            key=self.key,
            tenant=self.owner.tenant_id,
            source=f"/arus/{self.key}",
            sequence=self.sequence,
        )

    def volumes(self) -> list[str]:
        """Return what was judged here."""
        found = self.owner.http.get("/anomalies", params={"location_id": self.location_id}).raise_for_status()
        return [item["volume"] for item in found.json()["items"]]


@pytest.fixture
def depot(stack: RunningStack) -> Iterator[Depot]:
    with Stranger(stack.gateway) as owner:
        yield Depot(owner, owner.location(), owner.product())


async def publish(stack: RunningStack, *messages: Message) -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=stack.kafka.bootstrap,
        security_protocol="SASL_PLAINTEXT",
        sasl_mechanism="SCRAM-SHA-512",
        sasl_plain_username=stack.kafka.user,
        sasl_plain_password=stack.kafka.password,
        max_request_size=2_000_000,
    )
    async with producer:
        for sent in messages:
            await producer.send_and_wait(TOPIC, sent.value, sent.key, headers=list(sent.headers))


async def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not await asyncio.to_thread(holds):
        assert time.monotonic() < deadline, f"not within {DEADLINE_S} s"
        await asyncio.sleep(0.1)


def parked(stack: RunningStack, key: str) -> list[str]:
    """Return why records of a key were parked, oldest first."""
    shown = stack.arus("dlq", "show", TOPIC, "--lines", "1000", "--json")
    records = [json.loads(line) for line in shown.stdout.splitlines()]
    return [record["headers"]["dlq_reason"] for record in records if record["key"] == key]


async def test_bad_records_are_parked_and_a_mended_one_is_taken_when_it_goes_back(
    stack: RunningStack, depot: Depot
) -> None:
    good, corrected = new_ulid(), new_ulid()
    undecodable = depot.record(FuelTransactionRecorded(**depot.fields(new_ulid(), 300)))
    oversized = depot.record(
        FuelTransactionRecorded(**depot.fields(new_ulid(), 300), recorded_by="x" * 1_010_000)
    )
    unknown = depot.record(FuelTransactionRecorded(**depot.fields(new_ulid(), 300)))
    strange = [
        (name, AuditEventRecorded.DESCRIPTOR.full_name.encode() if name == "ce_type" else value)
        for name, value in unknown.headers
    ]
    await publish(
        stack,
        undecodable._replace(value=b"\xff\xff\xff" + token_hex(8).encode()),
        unknown._replace(headers=strange),
        oversized,
        depot.record(FuelTransactionCorrected(**depot.fields(corrected, 400))),
        depot.record(FuelTransactionRecorded(**depot.fields(good, 300))),
    )
    await wait_until(lambda: depot.volumes() == ["300"])
    await wait_until(lambda: len(parked(stack, depot.key)) == 4)
    assert parked(stack, depot.key) == ["undecodable", "unknown_type", "oversized", "rejected"]

    # What the correction spoke of arrives; now it can succeed.
    await publish(stack, depot.record(FuelTransactionRecorded(**depot.fields(corrected, 350))))
    await wait_until(lambda: sorted(depot.volumes()) == ["300", "350"])
    redriven = stack.arus("dlq", "redrive", TOPIC, "--json")
    went = json.loads(redriven.stdout)
    assert redriven.returncode == 1, "who reads no words hears that something stays"
    assert went["sent"] >= 3
    [cut, *_] = [skipped for skipped in went["skipped"] if "cut" in skipped["why"]]
    place = f"{cut['partition']}:{cut['offset']}"
    [shown] = stack.arus(
        "topics", "tail", f"{TOPIC}.dlq", "--from", place, "-n", "1", "--json"
    ).stdout.splitlines()
    assert json.loads(shown)["offset"] == cut["offset"]
    await wait_until(lambda: sorted(depot.volumes()) == ["300", "400"])
    await wait_until(lambda: len(parked(stack, depot.key)) == 6)
    assert parked(stack, depot.key)[4:] == ["undecodable", "unknown_type"]

    again = json.loads(stack.arus("dlq", "redrive", TOPIC, "--dry-run", "--json").stdout)
    assert again["would_send"] >= 2


async def test_waiting_records_are_counted(stack: RunningStack, depot: Depot) -> None:
    await publish(stack, depot.record(FuelTransactionRecorded())._replace(value=b"\xff"))
    await wait_until(lambda: parked(stack, depot.key) == ["undecodable"])
    listed = json.loads(stack.arus("dlq", "list", "--json").stdout)["topics"]
    [counted] = [topic for topic in listed if topic["topic"] == f"{TOPIC}.dlq"]
    assert counted["waiting"] >= 1
    settled = json.loads(stack.arus("dlq", "settle", TOPIC, "--json").stdout)
    assert settled == {"topic": f"{TOPIC}.dlq", "settled": counted["waiting"]}
    assert json.loads(stack.arus("dlq", "settle", TOPIC, "--json").stdout)["settled"] == 0
    assert parked(stack, depot.key) == ["undecodable"]


@pytest.mark.parametrize("place", ["0:99999999", "99:0", "0", "0:-1", "x:y"])
def test_a_place_where_nothing_stands_is_refused_with_those_that_do(stack: RunningStack, place: str) -> None:
    said = stack.arus("topics", "tail", TOPIC, "--from", place, "--json")
    assert said.returncode == 1
    assert json.loads(said.stdout)["error"] == f"nothing stands at {place}"
    assert json.loads(said.stdout)["first_aid"].startswith("There is")

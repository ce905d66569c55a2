"""The contract's cases through every door: REST, batch, gRPC and a record on the topic give one verdict."""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import grpc
import pytest
from arus.fuel.v1.events_pb2 import FuelTransactionCorrected, FuelTransactionRecorded, FuelTransactionVoided
from arus.ingest.v1.api_pb2 import RecordFuelTransactionsRequest
from arus.ingest.v1.api_pb2_grpc import IngestServiceStub
from arus_runtime.ids import new_ulid
from arus_runtime.testing import message
from arus_stack.publishing import publish
from arus_stack.strangers import Stranger
from arus_stack.testing import RunningStack
from google.protobuf.json_format import ParseDict
from google.protobuf.message import Message

pytestmark = [pytest.mark.integration, pytest.mark.timeout(1200)]

EXAMPLES = Path(__file__).parents[2] / "protos" / "examples"
TOPIC = "fuel.transaction.v1"
DEADLINE_S = 60


@dataclass
class Depot:
    """Gudang A and Solar of somebody's own organisation."""

    stack: RunningStack
    owner: Stranger
    location_id: str
    product_id: str

    @property
    def key(self) -> str:
        return f"{self.owner.tenant_id}:{self.location_id}:{self.product_id}"

    def current(self) -> Sequence[dict[str, Any]]:
        """Return the current verdicts, newest first."""
        answer = self.owner.http.get("/anomalies", params={"location_id": self.location_id, "limit": 500})
        return answer.raise_for_status().json()["items"]

    def until(self, said: Callable[[Sequence[dict[str, Any]]], bool]) -> Sequence[dict[str, Any]]:
        """Return the current verdicts as soon as they are as asked."""
        deadline = time.monotonic() + DEADLINE_S
        while not said(items := self.current()):
            assert time.monotonic() < deadline, items
            time.sleep(0.02)
        return items


class Fact(NamedTuple):
    date: str
    volume_l: str


class Door(Protocol):
    def __call__(self, depot: Depot, facts: Sequence[Fact]) -> Sequence[str]:
        """Record facts in this order and return their ids."""
        ...


def by_rest(depot: Depot, facts: Sequence[Fact]) -> Sequence[str]:
    return [depot.owner.make("/fuel/transactions", **_said(depot, fact))["id"] for fact in facts]


def by_batch(depot: Depot, facts: Sequence[Fact]) -> Sequence[str]:
    report = depot.owner.make("/fuel/transactions/batch", items=[_said(depot, fact) for fact in facts])
    assert report["refused"] == 0, report
    return [result["id"] for result in report["results"]]


def by_grpc(depot: Depot, facts: Sequence[Fact]) -> Sequence[str]:
    requests = [RecordFuelTransactionsRequest(**_said(depot, fact)) for fact in facts]
    with grpc.insecure_channel(depot.stack.grpc) as channel:
        answer = IngestServiceStub(channel).RecordFuelTransactions(
            iter(requests), metadata=tuple(depot.owner.headers.items()), timeout=30
        )
    assert not [error for result in answer.results for error in result.errors]
    return [result.transaction_id for result in answer.results]


def by_topic(depot: Depot, facts: Sequence[Fact]) -> Sequence[str]:
    """Publish the golden record of the contract, with these facts in it."""
    ids = [new_ulid() for _ in facts]
    _publish(depot, *(golden(depot, RECORD, *each) for each in zip(ids, facts, strict=True)))
    return ids


RECORD = ("2025-01-10-520-l", FuelTransactionRecorded)
CORRECTION = ("corrected-to-320-l", FuelTransactionCorrected)
VOIDING = ("voided", FuelTransactionVoided)


def golden(depot: Depot, example: tuple[str, type[Message]], fact_id: str, fact: Fact | None) -> Message:
    """Return a golden record's event as it would be of a fact of this depot."""
    name, kind = example
    place = {
        "tenant_id": depot.owner.tenant_id,
        "location_id": depot.location_id,
        "product_id": depot.product_id,
        "transaction_id": fact_id,
    }
    said = (
        {"business_date": fact.date, "volume_ul": str(int(Decimal(fact.volume_l) * 1_000_000))}
        if fact
        else {}
    )
    value = json.loads((EXAMPLES / TOPIC / f"{name}.json").read_text("utf-8"))["value"]
    assert value.keys() >= {*place, *said}
    return ParseDict(value | place | said, kind())


def _publish(depot: Depot, *events: Message) -> None:
    source = f"/arus/test/{new_ulid()}"
    messages = [
        message(event, key=depot.key, tenant=depot.owner.tenant_id, source=source, sequence=number)
        for number, event in enumerate(events)
    ]
    publish(depot.stack.kafka, messages)


def _said(depot: Depot, fact: Fact) -> dict[str, str]:
    return {"location_id": depot.location_id, "product_id": depot.product_id, **fact._asdict()}


class Change(NamedTuple):
    """What becomes of a recorded fact: which, and what it says then; None: it never happened."""

    place: int
    fact: Fact | None


@dataclass(frozen=True)
class Case:
    """What is recorded, and the verdict on the last of it. then: what becomes of one of them afterwards."""

    facts: Sequence[Fact]
    expected: Mapping[str, Any]
    then: Change | None = None


def history(*volumes_l: str) -> list[Fact]:
    return [Fact(f"2025-01-{day:02}", volume_l) for day, volume_l in enumerate(volumes_l, 4)]


def verdict(status: str, score: str | None, baseline: str | None, code: str) -> dict[str, Any]:
    return {"status": status, "risk_score": score, "baseline": baseline, "code": code}


GOLDEN = verdict("ANOMALI", "173.3333", "300", "FUEL_ANOMALI")
THREE_OF_300 = history("300", "300", "300")
THREE_OF_100 = history("100", "100", "100")
LAST = "2025-01-10"


def changed_by_rest(depot: Depot, fact_id: str, fact: Fact | None) -> None:
    path = f"/fuel/transactions/{fact_id}"
    if fact is None:
        assert depot.owner.http.delete(path).status_code == 204
    else:
        answer = depot.owner.http.patch(path, json=fact._asdict())
        assert answer.status_code == 200, answer.text


def changed_by_topic(depot: Depot, fact_id: str, fact: Fact | None) -> None:
    _publish(depot, golden(depot, CORRECTION if fact else VOIDING, fact_id, fact))


RECORDED = {
    "golden": Case([*THREE_OF_300, Fact(LAST, "520")], GOLDEN),
    "119.9999": Case(
        [*THREE_OF_100, Fact(LAST, "119.9999")], verdict("NORMAL", "119.9999", "100", "FUEL_NORMAL")
    ),
    "120.0000": Case(
        [*THREE_OF_100, Fact(LAST, "120.0000")], verdict("WASPADA", "120.0000", "100", "FUEL_WASPADA")
    ),
    "150": Case([*THREE_OF_100, Fact(LAST, "150")], verdict("WASPADA", "150.0000", "100", "FUEL_WASPADA")),
    "150.0001": Case(
        [*THREE_OF_100, Fact(LAST, "150.0001")], verdict("ANOMALI", "150.0001", "100", "FUEL_ANOMALI")
    ),
    "least over 150": Case(
        [*THREE_OF_100, Fact(LAST, "150.000001")], verdict("ANOMALI", "150.0000", "100", "FUEL_ANOMALI")
    ),
    "no history": Case([Fact(LAST, "520")], verdict("NORMAL", None, None, "BASELINE_KURANG")),
    "too little history": Case(
        [*history("300", "300"), Fact(LAST, "520")], verdict("NORMAL", None, "300", "BASELINE_KURANG")
    ),
    "history too old": Case(
        [Fact("2024-07-13", "300"), *history("300", "300"), Fact(LAST, "520")],
        verdict("NORMAL", None, "300", "BASELINE_KURANG"),
    ),
    "history just recent enough": Case(
        [Fact("2024-07-14", "300"), *history("300", "300"), Fact(LAST, "520")], GOLDEN
    ),
    "history backdated": Case([Fact(LAST, "520"), *reversed(THREE_OF_300)], GOLDEN),
}
CHANGED = {
    "corrected": Case([*THREE_OF_300, Fact(LAST, "300")], GOLDEN, Change(-1, Fact(LAST, "520"))),
    "corrected date": Case([*THREE_OF_300, Fact("2025-01-01", "520")], GOLDEN, Change(-1, Fact(LAST, "520"))),
    "history voided": Case(
        [Fact("2025-01-03", "3000"), *THREE_OF_300, Fact(LAST, "520")], GOLDEN, Change(0, None)
    ),
}
DOORS: Mapping[str, Door] = {"REST": by_rest, "batch": by_batch, "gRPC": by_grpc, "topic": by_topic}


@pytest.fixture(scope="module")
def owner(stack: RunningStack) -> Iterator[Stranger]:
    with Stranger(stack.gateway) as somebody:
        yield somebody


@pytest.fixture
def depot(stack: RunningStack, owner: Stranger) -> Depot:
    return Depot(stack, owner, owner.location(), owner.product())


@pytest.mark.parametrize("case", RECORDED.values(), ids=RECORDED)
@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
def test_a_case_has_one_verdict_whichever_door_it_comes_through(depot: Depot, door: Door, case: Case) -> None:
    _check(depot, case, door(depot, case.facts))


@pytest.mark.parametrize("case", CHANGED.values(), ids=CHANGED)
@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
def test_a_corrected_or_voided_fact_gives_the_verdict_of_what_stands(
    depot: Depot, door: Door, case: Case
) -> None:
    ids = door(depot, case.facts)
    depot.until(lambda items: len(items) == len(ids))
    assert case.then
    changed = changed_by_topic if door is by_topic else changed_by_rest
    changed(depot, ids[case.then.place], case.then.fact)
    _check(depot, case, ids)


@pytest.mark.parametrize("door", [by_rest, by_batch, by_grpc], ids=["REST", "batch", "gRPC"])
def test_a_baseline_of_zero_cannot_come_about_since_no_door_takes_zero(depot: Depot, door: Door) -> None:
    with pytest.raises(Exception, match=r"422|refused|volume_l"):
        door(depot, [Fact(LAST, "0")])
    assert depot.current() == []


def test_the_golden_case_is_told_in_both_languages(depot: Depot) -> None:
    ids = by_rest(depot, RECORDED["golden"].facts)
    depot.until(lambda items: len(items) == len(ids))
    path = f"/anomalies/{ids[-1]}"
    texts = {
        language: depot.owner.http.get(path, headers={"accept-language": language}).json()["reason"]["text"]
        for language in ("id", "en")
    }
    assert texts == {
        "id": "Pemakaian 520 L, 173% dari biasanya (300 L): ANOMALI.",
        "en": "Use of 520 L is 173% of the usual 300 L: ANOMALI (anomaly).",
    }


def _check(depot: Depot, case: Case, ids: Sequence[str]) -> None:
    """Wait for the expected verdict of the fact of the newest date, which may have been recorded first."""
    judged = next((place for place, fact in enumerate(case.facts) if fact.date == LAST), -1)
    expected = {"id": ids[judged], **case.expected}

    def as_expected(items: Sequence[dict[str, Any]]) -> bool:
        return expected in [
            {name: item[name] for name in ("id", "status", "risk_score", "baseline")}
            | {"code": item["reason"]["code"]}
            for item in items
        ]

    depot.until(as_expected)


def test_a_delivery_never_enters_a_baseline(depot: Depot) -> None:
    delivered = [_said(depot, Fact(fact.date, "8000")) for fact in THREE_OF_300]
    report = depot.owner.make("/fuel/deliveries/batch", items=delivered)
    changed = f"/fuel/deliveries/{report['results'][0]['id']}"
    assert depot.owner.http.patch(changed, json={"date": LAST}).status_code == 200
    ids = by_rest(depot, RECORDED["golden"].facts)
    verdicts = depot.until(lambda items: len(items) == len(ids))
    assert sorted(item["fact_id"] for item in verdicts) == sorted(ids)
    assert (verdicts[0]["baseline"], verdicts[0]["risk_score"]) == ("300", "173.3333")

"""What a report of a period is told over gRPC: counts, and the worst of all that happened in it."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import grpc
import pytest
from arus.anomaly.v1.api_pb2 import ReportRequest, ReportResponse
from arus.anomaly.v1.api_pb2_grpc import AnomalyServiceStub
from arus.anomaly.v1.events_pb2 import (
    ANSWER_CONFIRMED,
    ANSWER_UNSPECIFIED,
    CAUSE_BOCOR,
    SEVERITY_CRITICAL,
    SEVERITY_WARNING,
)
from arus_anomaly.__main__ import SERVICE
from arus_runtime import rpc
from arus_runtime.context import Context
from arus_runtime.ids import new_ulid

from .conftest import LITRE, Caller, Door, Place, Worker, token, told
from .test_incidents import FIRST, alarmed, items, until, usual

pytestmark = pytest.mark.integration


@pytest.fixture
async def stub(context: Context) -> AsyncIterator[Any]:
    server, port = await rpc.serve(SERVICE.rpc, context, SERVICE.words)
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield AnomalyServiceStub(channel)
    await server.stop(None)


async def report(
    stub: Any, tenant: str, first: date, last: date, *roles: str, **claims: Any
) -> ReportResponse:
    request = ReportRequest(from_date=str(first), to_date=str(last))
    metadata = (("authorization", f"Bearer {token(tenant, *roles, **claims)}"),)
    return await stub.Report(request, metadata=metadata)


async def test_a_report_counts_incidents_and_names_the_worst_with_what_was_expected(
    worker: Worker, door: Door, caller: Caller, stub: Any
) -> None:
    tenant = new_ulid()
    known, new = Place(tenant=tenant), Place(tenant=tenant)
    await told(door, worker, known, new)
    owner = caller(tenant)
    incident = await alarmed(door, known, owner)
    day = FIRST + timedelta(days=40)
    early = [new.recorded(day + timedelta(days=at), 300) for at in range(3)]
    await door.tell(new.key, *early, new.recorded(day + timedelta(days=3), 600))
    await until(lambda: items(owner), lambda found: len(found) == 2)
    said = {"answer": "confirmed", "cause": "BOCOR", "note": "Pipa genset bocor."}
    assert (await owner.post(f"/incidents/{incident['id']}/answers", json=said)).status_code == 201

    answer = await report(stub, tenant, day, day + timedelta(days=30))
    assert {(one.severity, one.is_closed, one.answer, one.incidents) for one in answer.incidents} == {
        (SEVERITY_CRITICAL, False, ANSWER_CONFIRMED, 1),
        (SEVERITY_WARNING, False, ANSWER_UNSPECIFIED, 1),
    }
    worst, milder = answer.worst_incidents
    assert (worst.incident_id, worst.location_id, worst.records) == (incident["id"], known.location, 1)
    assert (worst.answer, worst.cause, worst.note) == (ANSWER_CONFIRMED, CAUSE_BOCOR, "Pipa genset bocor.")
    assert worst.volume_ul == 900 * LITRE
    assert 250 * LITRE < worst.expected_ul < 350 * LITRE
    # The detector does not know the key yet, so the rule's usual is what was expected.
    assert (milder.volume_ul, milder.expected_ul) == (600 * LITRE, 300 * LITRE)

    before = await report(stub, tenant, FIRST, day - timedelta(days=1))
    assert (list(before.incidents), list(before.worst_incidents)) == ([], [])
    elsewhere = await report(stub, tenant, day, day, "viewer", locations=[new.location])
    assert list(elsewhere.incidents) == []
    assert list((await report(stub, new_ulid(), FIRST, day)).incidents) == []


async def test_only_the_days_of_the_period_count_of_an_incident_that_goes_on(
    worker: Worker, door: Door, caller: Caller, place: Place, stub: Any
) -> None:
    await told(door, worker, place)
    day = FIRST + timedelta(days=40)
    strange = [place.recorded(day + timedelta(days=at), 900) for at in range(2)]
    await door.tell(place.key, *usual(place), *strange)
    await until(lambda: items(caller(place.tenant)), lambda found: [one["facts"] for one in found] == [2])
    for first, last, records in ((day, day, 1), (day, day + timedelta(days=1), 2)):
        [worst] = (await report(stub, place.tenant, first, last)).worst_incidents
        assert (worst.records, worst.volume_ul) == (records, 900 * LITRE * records)
        assert (worst.first_date, worst.last_date) == (str(day), str(day + timedelta(days=1)))


async def test_the_worst_verdict_is_the_worst_of_all_however_many_are_newer(
    worker: Worker, door: Door, place: Place, stub: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("arus_anomaly.reports.WORST", 1)
    monkeypatch.setattr("arus_anomaly.store.verdicts.CHUNK", 2)
    litres = (300, 300, 300, 3_000, *(300, 2_000) * 4)
    facts = [place.recorded(FIRST + timedelta(days=day), volume) for day, volume in enumerate(litres)]
    await door.tell(place.key, *facts)
    await worker.until(place.tenant, lambda rows: sum(current for *_, current in rows) == len(facts))
    answer = await report(stub, place.tenant, FIRST, FIRST + timedelta(days=60))
    assert answer.anomali == 5
    assert [one.volume_ul for one in answer.worst] == [3_000 * LITRE]


async def test_who_may_not_read_incidents_gets_no_report(place: Place, stub: Any) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await report(stub, place.tenant, FIRST, FIRST, "nutritionist")
    assert refused.value.code() is grpc.StatusCode.PERMISSION_DENIED

"""Reports are made by jobs, shown to those who may see them, and mailed at the times people chose."""

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import grpc
import httpx
import jwt
import pytest
from arus.anomaly.v1.api_pb2 import (
    IncidentCount,
    LocationCounts,
    ReportedIncident,
    ReportRequest,
    ReportResponse,
)
from arus.anomaly.v1.api_pb2_grpc import AnomalyServiceServicer, add_AnomalyServiceServicer_to_server
from arus.anomaly.v1.events_pb2 import ANSWER_CONFIRMED, CAUSE_BOCOR, SEVERITY_CRITICAL
from arus.fuel.v1.api_pb2 import TrendPoint, TrendRequest, TrendResponse, TrendSeries
from arus.fuel.v1.api_pb2_grpc import FuelServiceServicer, add_FuelServiceServicer_to_server
from arus_gateway.service import SERVICE
from arus_runtime.jobs import Jobs
from arus_runtime.schedules import fire
from pypdf import PdfReader
from typing_extensions import override

from .world import Gateway, Mailbox, Opening, Person

pytestmark = pytest.mark.integration

JANUARY = {"period": "month", "start": "2025-01-01"}
PLACE, ELSEWHERE = "01JGJ4M3Z8Q0T7C1V5X2B9N6KD", "01JGJ4M3Z8Q0T7C1V5X2B9N6KE"
LITRE = 1_000_000


@dataclass
class Fuels(FuelServiceServicer):
    """Who owns use, over real gRPC: a depot that used 100 L a day. asked_by: claims of who asked."""

    asked_by: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    @override
    async def Summarise(self, request: Any, context: Any) -> Any:
        raise NotImplementedError

    @override
    async def Trend(self, request: TrendRequest, context: Any) -> TrendResponse:
        metadata = dict(context.invocation_metadata())
        token = metadata["authorization"].removeprefix("Bearer ")
        self.asked_by.append(jwt.decode(token, options={"verify_signature": False}))
        first, last = date.fromisoformat(request.from_date), date.fromisoformat(request.to_date)
        days = (last - first).days + 1
        number = days if request.period == "day" else 1
        point = TrendPoint(
            volume_ul=100 * LITRE * days // number, transactions=days // number,
            before_volume_ul=80 * LITRE * days, before_transactions=days,
        )  # fmt: skip
        one = TrendSeries(points=[point] * number)
        if request.by != "none":
            one.id, one.name = PLACE, "Depot Besar" if request.by == "location" else "Solar"
        return TrendResponse(series=[one])


class Verdicts(AnomalyServiceServicer):
    """Who owns verdicts: one alarm."""

    @override
    async def Summarise(self, request: Any, context: Any) -> Any:
        raise NotImplementedError

    @override
    async def ListRefusedReads(self, request: Any, context: Any) -> Any:
        raise NotImplementedError

    @override
    async def Report(self, request: ReportRequest, context: Any) -> ReportResponse:
        place = LocationCounts(location_id=PLACE, normal=30, anomali=1)
        told = IncidentCount(severity=SEVERITY_CRITICAL, answer=ANSWER_CONFIRMED, incidents=1)
        worst = ReportedIncident(
            incident_id=PLACE, location_id=PLACE, product_id=PLACE, severity=SEVERITY_CRITICAL,
            first_date="2025-01-10", last_date="2025-01-10", records=1, volume_ul=520 * LITRE,
            expected_ul=300 * LITRE, answer=ANSWER_CONFIRMED, cause=CAUSE_BOCOR, note="Sudah diganti",
        )  # fmt: skip
        return ReportResponse(
            normal=30, anomali=1, locations=[place], incidents=[told], worst_incidents=[worst]
        )


@pytest.fixture
def owners() -> Fuels:
    return Fuels()


@pytest.fixture
async def gateway(opening: Opening, owners: Fuels) -> AsyncIterator[Gateway]:
    server = grpc.aio.server()
    add_FuelServiceServicer_to_server(owners, server)
    add_AnomalyServiceServicer_to_server(Verdicts(), server)
    address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    await server.start()
    peers = {"ingest": {"grpc": address}, "anomaly": {"grpc": address}}
    async with opening(peers=peers, roles=frozenset({"api"})) as made:
        yield made
    await server.stop(None)


async def work(gateway: Gateway) -> None:
    """Do all that waits, as the service does."""
    jobs = Jobs({job.kind: job for job in SERVICE.jobs}, gateway.context)
    while taken := await jobs.claim():
        await jobs.attempt(taken, asyncio.Event())


async def asked(person: Person, **more: Any) -> dict[str, Any]:
    answer = await person.http.post("/reports", json=JANUARY | more)
    assert answer.status_code == 202, answer.text
    return answer.json()


async def scheduled(person: Person, *recipients: str, **more: Any) -> dict[str, Any]:
    body = {"recipients": list(recipients or (person.id,)), **more}
    answer = await person.http.post("/reports/schedules", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def sent_to(mailbox: Mailbox, address: str) -> list[Any]:
    return [mail for mail in mailbox.mails if mail["To"] == address and mail.is_multipart()]


def code_of(answer: httpx.Response) -> tuple[int, str]:
    body = answer.json()
    return answer.status_code, body["errors"][0]["code"] if body["errors"] else body["code"]


async def test_a_report_is_made_in_the_background_and_then_there(gateway: Gateway, owners: Fuels) -> None:
    siti = await gateway.register()
    made = await asked(siti)
    assert (made["state"], made["end"]) == ("waiting", "2025-01-31")
    address = f"/reports/{made['id']}"
    assert code_of(await siti.http.get(f"{address}/file")) == (404, "report_not_ready")
    await work(gateway)
    shown = (await siti.http.get(address)).json()
    assert (shown["state"], shown["progress"]) == ("done", 1.0)
    file = await siti.http.get(f"{address}/file")
    assert file.headers["content-type"] == "application/pdf"
    assert "laporan-bbm-2025-01.pdf" in file.headers["content-disposition"]
    pages = PdfReader(io.BytesIO(file.content)).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert "1 insiden, 1 di antaranya kritis; 0 belum ditanggapi." in text
    assert "Dipastikan: Bocor. Sudah diganti" in text
    assert "Pemakaian 3.100 L dari 31 catatan." in text
    assert "Naik 25% dari bulan sebelumnya (2.480 L)." in text
    assert {claims["org"] for claims in owners.asked_by} == {siti.organisation}
    assert {claims["sub"] for claims in owners.asked_by} == {siti.id}


async def test_a_report_shows_no_more_than_its_maker_and_to_no_one_who_sees_less(
    gateway: Gateway, owners: Fuels
) -> None:
    owner = await gateway.register()
    local = await gateway.colleague(owner, "analyst", location_ids=[PLACE])
    other = await gateway.colleague(owner, "analyst", location_ids=[ELSEWHERE])
    everywhere = await asked(owner)
    mine = await asked(local)
    await work(gateway)
    assert [claims.get("locations") for claims in owners.asked_by[-1:]] == [[PLACE]]
    assert [one["id"] for one in (await local.http.get("/reports")).json()["items"]] == [mine["id"]]
    assert (await local.http.get(f"/reports/{everywhere['id']}")).status_code == 404
    assert (await local.http.get(f"/reports/{everywhere['id']}/file")).status_code == 404
    assert (await other.http.get("/reports")).json()["items"] == []
    assert len((await owner.http.get("/reports")).json()["items"]) == 2
    refused = await local.http.post("/reports", json=JANUARY | {"location_id": ELSEWHERE})
    assert code_of(refused) == (403, "outside_scope")
    stranger = await gateway.register("Budi")
    assert (await stranger.http.get(f"/reports/{mine['id']}/file")).status_code == 404
    assert (await stranger.http.get("/reports")).json()["items"] == []


async def test_who_left_meanwhile_gets_no_report_made(gateway: Gateway) -> None:
    owner = await gateway.register()
    leaver = await gateway.colleague(owner, "analyst")
    made = await asked(leaver)
    assert (await owner.http.patch(f"/users/{leaver.id}", json={"is_active": False})).status_code == 200
    await work(gateway)
    assert (await owner.http.get(f"/reports/{made['id']}")).json()["state"] == "failed"


async def test_a_schedule_mails_its_report_once_at_its_own_hour(gateway: Gateway, mailbox: Mailbox) -> None:
    owner = await gateway.register()
    boss = await gateway.colleague(owner, "viewer")
    await gateway.prove(owner, boss)
    schedule = await scheduled(owner, boss.id, owner.id, day=1, time="07:00", timezone="Asia/Makassar")
    await backdate(gateway, timedelta(days=400))
    seven = datetime(2025, 2, 1, 7, 0, tzinfo=UTC) - timedelta(hours=8)
    for moment in (
        seven - timedelta(minutes=1),
        seven,
        seven + timedelta(seconds=20),
        seven + timedelta(days=2),
    ):
        for _replica in range(2):
            await tick(gateway, moment)
    await work(gateway)
    history = (await owner.http.get("/reports", params={"schedule_id": schedule["id"]})).json()["items"]
    [report] = history
    assert (report["start"], report["state"]) == ("2025-01-01", "done")
    assert {mail["state"] for mail in report["mails"]} == {"sent"}
    [mail] = sent_to(mailbox, boss.email)
    assert mail["Subject"].startswith("Laporan BBM bulanan Januari 2025")
    [file] = [part for part in mail.walk() if part.get_content_type() == "application/pdf"]
    assert file.get_filename() == "laporan-bbm-2025-01.pdf"
    assert len(PdfReader(io.BytesIO(file.get_payload(decode=True))).pages) >= 1


async def backdate(gateway: Gateway, by: timedelta) -> None:
    async with gateway.context.worker_db.system() as tx:
        await tx.execute(
            "update report_schedules set changed_at = changed_at - %s - interval '2000 days'", (by,)
        )


async def tick(gateway: Gateway, moment: datetime) -> None:
    async with gateway.context.worker_db.system() as tx:
        for schedule in SERVICE.schedules:
            await fire(tx, schedule, moment)


async def test_sending_now_sends_the_newest_whole_period_and_only_to_who_may_see_it(
    gateway: Gateway, mailbox: Mailbox
) -> None:
    owner = await gateway.register()
    boss, gone, unproved = [await gateway.colleague(owner, "viewer") for _ in range(3)]
    await gateway.prove(boss, gone)
    schedule = await scheduled(
        owner, boss.id, gone.id, unproved.id, period="week", day=1, format="xlsx", language="en"
    )
    await owner.http.patch(f"/users/{gone.id}", json={"is_active": False})
    answer = await owner.http.post(f"/reports/schedules/{schedule['id']}/send")
    assert answer.status_code == 202, answer.text
    await work(gateway)
    shown = (await owner.http.get(f"/reports/{answer.json()['id']}")).json()
    assert {mail["person_id"]: mail["state"] for mail in shown["mails"]} == {
        boss.id: "sent",
        gone.id: "skipped",
        unproved.id: "skipped",
    }
    assert date.fromisoformat(shown["start"]).weekday() == 0
    assert date.fromisoformat(shown["end"]) < datetime.now(UTC).date() + timedelta(days=1)
    assert sent_to(mailbox, gone.email) == sent_to(mailbox, unproved.email) == []
    assert len(sent_to(mailbox, boss.email)) == 1


async def test_recipients_are_members_who_may_see_the_report(gateway: Gateway) -> None:
    owner = await gateway.register()
    operator = await gateway.colleague(owner, "operator")
    local = await gateway.colleague(owner, "viewer", location_ids=[PLACE])
    stranger = await gateway.register("Budi")
    for person, code in (
        (operator, "recipient_unknown"),
        (stranger, "recipient_unknown"),
        (local, "recipient_outside_scope"),
    ):
        answer = await owner.http.post("/reports/schedules", json={"recipients": [owner.id, person.id]})
        assert code_of(answer) == (422, code)
        assert answer.json()["errors"][0]["field"] == "recipients.1"
    await scheduled(owner, local.id, location_id=PLACE)


async def test_a_schedule_is_changed_by_who_has_seen_it_and_kept_in_the_audit_log(gateway: Gateway) -> None:
    owner = await gateway.register()
    key = {"Idempotency-Key": "satu"}
    body = {"recipients": [owner.id]}
    first = await owner.http.post("/reports/schedules", json=body, headers=key)
    again = await owner.http.post("/reports/schedules", json=body, headers=key)
    assert first.json() == again.json()
    address = f"/reports/schedules/{first.json()['id']}"
    stale = {"If-Match": '"7"'}
    assert (await owner.http.patch(address, json={"day": 5}, headers=stale)).status_code == 412
    changed = await owner.http.patch(
        address, json={"day": 5, "time": "06:30"}, headers={"If-Match": first.headers["etag"]}
    )
    assert (changed.json()["day"], changed.json()["time"], changed.json()["version"]) == (5, "06:30", 2)
    assert (await owner.http.delete(address, headers=stale)).status_code == 412
    assert (await owner.http.delete(address)).status_code == 204
    assert (await owner.http.get(address)).status_code == 404
    deeds = (await owner.http.get("/audit")).json()["items"]
    assert [deed["action"] for deed in deeds if deed["action"].startswith("report_schedule")] == [
        "report_schedule.deleted", "report_schedule.changed", "report_schedule.created",
    ]  # fmt: skip


async def test_a_schedule_of_another_organisation_or_scope_is_not_there(gateway: Gateway) -> None:
    owner, stranger = await gateway.register(), await gateway.register("Budi")
    address = f"/reports/schedules/{(await scheduled(owner))['id']}"
    admin = await gateway.colleague(owner, "admin", location_ids=[PLACE])
    for person in (stranger, admin):
        assert (await person.http.get(address)).status_code == 404
        assert (await person.http.patch(address, json={"day": 2})).status_code == 404
        assert (await person.http.delete(address)).status_code == 404
        assert (await person.http.post(f"{address}/send")).status_code == 404
        assert (await person.http.get("/reports/schedules")).json()["items"] == []


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"start": "2025-01-02"}, "start", "not_a_period_start"),
        ({"period": "week", "start": "2025-01-01"}, "start", "not_a_period_start"),
        ({"start": "2150-01-01"}, "start", "too_large"),
        ({"start": "2025-01-01", "timezone": "Asia/Atlantis"}, "timezone", "not_timezone"),
        ({"start": "2025-01-01", "format": "docx"}, "format", "not_one_of"),
        ({"start": "2025-01-01", "kind": "water"}, "kind", "not_one_of"),
        ({"start": "2025-01-01", "location_id": "'; drop table reports"}, "location_id", "wrong_pattern"),
    ],
)
async def test_a_report_that_cannot_be_is_refused_by_field(
    gateway: Gateway, body: dict[str, str], field: str, code: str
) -> None:
    siti = await gateway.register()
    answer = await siti.http.post("/reports", json=body)
    assert code_of(answer) == (422, code)
    assert answer.json()["errors"][0]["field"] == field


async def test_so_many_reports_wait_and_no_more(gateway: Gateway) -> None:
    siti = await gateway.register()
    answers = [await siti.http.post("/reports", json=JANUARY) for _ in range(21)]
    assert [answer.status_code for answer in answers] == [202] * 20 + [429]
    reader = await gateway.colleague(siti, "procurement")
    assert (await reader.http.post("/reports", json=JANUARY)).status_code == 403

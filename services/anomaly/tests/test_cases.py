"""Cases over REST: opened about what was judged or a customer, given to somebody, looked into, done."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import grpc
import httpx
import psycopg
import pytest
from arus.anomaly.v1.events_pb2 import CaseChange, CaseChanged, MeterKind, MeterVerdictReached
from arus.identity.v1.api_pb2 import Changer, ListChangersRequest, ListChangersResponse
from arus.identity.v1.api_pb2_grpc import MemberServiceServicer, add_MemberServiceServicer_to_server
from arus_anomaly.commands import cases as commands
from arus_anomaly.rules import cases as rules
from arus_metering.__main__ import SERVICE as METERING
from arus_runtime import rpc
from arus_runtime.context import Context, RpcPart
from arus_runtime.ids import new_ulid
from arus_runtime.service import opened
from arus_runtime.settings import Peer, Settings
from arus_runtime.web import create_app
from arus_stack.testing import DatabaseFor, KafkaServer, ServiceDatabase

from .conftest import VERIFIER, Caller, Door, Place, Worker, calling, events, told
from .test_incidents import alarmed

pytestmark = pytest.mark.integration

SITI, BUDI, HERE_ONLY = new_ulid(), new_ulid(), new_ulid()
PNG = b"\x89PNG\r\n\x1a\n" + b"a photo of a meter"
TODAY = rules.day_of(datetime.now(UTC))


@dataclass
class Gateway(MemberServiceServicer):
    """Stands in for the gateway: says who may be given cases."""

    here: str = ""

    async def ListChangers(self, request: ListChangersRequest, context: Any) -> ListChangersResponse:  # noqa: N802, ARG002 — the contract's names
        assert request.resource == "cases"
        rpc.require("cases", "r")
        people = [
            Changer(user_id=SITI, name="Siti", everywhere=True),
            Changer(user_id=BUDI, name="Budi", everywhere=True),
            Changer(user_id=HERE_ONLY, name="Wati", location_ids=[self.here]),
        ]
        return ListChangersResponse(changers=people)


@dataclass
class Office:
    """An organisation with a customer, at the service with the gateway and the customers' books beside it."""

    caller: Caller
    database: ServiceDatabase
    gateway: Gateway
    tenant: str = field(default_factory=new_ulid)

    def member(self, person: str = SITI, *roles: str, **claims: Any) -> httpx.AsyncClient:
        return self.caller(self.tenant, *(roles or ("analyst",)), language="en", sub=person, **claims)

    async def open(self, **said: Any) -> dict[str, Any]:
        answer = await self.member().post("/cases", json={"nomen": "123456", "type": "extreme"} | said)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def judge(self, nomen: str, period: str, kind: MeterKind) -> None:
        """Let a register read of the organisation be judged so, as the worker writes it."""
        said = MeterVerdictReached(
            tenant_id=self.tenant, nomen=nomen, period=period, rayon="35", kinds=[kind], rule="meter/3"
        )
        with psycopg.connect(self.database.superuser_url) as connection:
            connection.execute(
                """insert into anomaly.meter_verdicts
                (src_part, src_off, src_idx, tenant_id, nomen, period, rayon, kinds, judged_at, value)
                values (0, (select count(*) from anomaly.meter_verdicts), 999, %s, %s, %s, '35', 0,
                now(), %s)""",
                (self.tenant, nomen, period, said.SerializeToString()),
            )

    def told(self) -> Sequence[CaseChanged]:
        """Return what was told of the organisation's cases and has not left yet, in order."""
        with psycopg.connect(self.database.superuser_url) as connection:
            rows = connection.execute(
                "select value from anomaly.outbox where tenant_id = %s order by id",
                (self.tenant,),
            ).fetchall()
        return [CaseChanged.FromString(value) for (value,) in rows]


@pytest.fixture
async def office(
    caller: Caller, context: Context, database: ServiceDatabase, database_for: DatabaseFor
) -> AsyncIterator[Office]:
    own = database_for("metering")
    access = {"service": "metering", "db_api_url": own.api_url, "db_worker_url": own.worker_url}
    made = Office(caller, database, Gateway())

    def people(_: Context) -> Gateway:
        return made.gateway

    of_gateway: Sequence[RpcPart] = ((add_MemberServiceServicer_to_server, people),)
    async with opened(METERING, Settings.model_validate(access), VERIFIER) as books:
        servers: list[grpc.aio.Server] = []
        for name, parts, shared in (("metering", METERING.rpc, books), ("gateway", of_gateway, context)):
            server, port = await rpc.serve(parts, shared)
            context.settings.peers[name] = Peer(grpc=f"127.0.0.1:{port}")
            servers.append(server)
        async with calling(create_app(METERING, books)) as customers:
            new = {"nomen": "123456", "name": "PT Example", "address": "Jl. Sunter No.1", "rayon": "34"}
            (await customers(made.tenant).post("/customers", json=new)).raise_for_status()
            yield made
        for server in servers:
            await server.stop(None)


async def items(client: httpx.AsyncClient, **asked: Any) -> list[dict[str, Any]]:
    answer = await client.get("/cases", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def codes(answer: httpx.Response) -> tuple[int, list[str]]:
    body = answer.json()
    return answer.status_code, [error["code"] for error in body["errors"]] or [body["code"]]


async def test_a_case_by_number_goes_from_open_to_closed_and_its_history_keeps_every_step(
    office: Office,
) -> None:
    due = TODAY + timedelta(days=3)
    siti = office.member()
    case = await office.open(
        period="2025-12", description="Naik lima kali", priority="high", assignee_id=BUDI, due_date=str(due)
    )
    assert (case["number"], case["domain"], case["status"], case["version"]) == (1, "meter", "open", 1)
    assert (case["customer"], case["address"], case["rayon"]) == ("PT Example", "Jl. Sunter No.1", "34")
    path = f"/cases/{case['id']}"

    waiting = await siti.patch(path, json={"status": "waiting_field"}, headers={"If-Match": '"1"'})
    assert (waiting.json()["status"], waiting.headers["ETag"]) == ("waiting_field", '"2"')
    stale = await siti.patch(path, json={"priority": "low"}, headers={"If-Match": '"1"'})
    assert codes(stale) == (412, ["stale_tag"])

    budi = office.member(BUDI)
    comment = await budi.post(f"{path}/comments", json={"text": "Saya ke sana."})
    assert (comment.status_code, comment.json()["written_by"]) == (201, BUDI)
    photo = await budi.post(f"{path}/attachments", files={"file": ("meter.png", PNG)})
    assert (photo.status_code, photo.json()["media_type"]) == (201, "image/png")
    found = {
        "visited_at": datetime.now(UTC).isoformat(),
        "outcome": "leak",
        "stand_m3": "1522.5",
        "attachment_ids": [photo.json()["id"]],
    }
    visit = await budi.post(f"{path}/visits", json=found)
    assert (visit.status_code, visit.json()["stand_m3"]) == (201, "1522.5")
    detail = (await siti.get(path)).json()
    assert (detail["status"], detail["comments"], detail["attachments"]) == ("in_progress", 1, 1)
    assert ([one["id"] for one in detail["files"]], len(detail["visits"])) == ([photo.json()["id"]], 1)

    unsaid = await budi.patch(path, json={"status": "resolved"})
    assert codes(unsaid) == (422, ["resolution_needed"])
    assert unsaid.json()["errors"][0]["message"] == "Say what was found before the status becomes Resolved."
    done = await budi.patch(path, json={"status": "resolved", "resolution": "Pipa bocor, diganti."})
    assert (done.json()["next_statuses"], done.json()["ended_at"] is None) == (
        ["in_progress", "closed"],
        False,
    )
    opened = await budi.patch(path, json={"status": "open"})
    assert codes(opened) == (409, ["status_cannot_follow"])
    assert "Status Open cannot follow; possible: In progress, " in opened.json()["detail"]
    assert (await budi.patch(path, json={"status": "closed"})).status_code == 200
    assert codes(await budi.patch(path, json={"priority": "low"})) == (409, ["case_closed"])
    again = (await budi.patch(path, json={"status": "in_progress"})).json()
    assert (again["resolution"], again["ended_at"]) == ("", None)

    history = (await siti.get(f"{path}/history")).json()["items"]
    assert [one["kind"] for one in reversed(history)] == [
        "opened", "changed", "commented", "attached", "visited", "changed", "changed", "changed",
    ]  # fmt: skip
    assert history[0]["changes"]["resolution"] == {"before": "Pipa bocor, diganti.", "after": ""}
    assert history[3]["changes"] == {"status": {"before": "waiting_field", "after": "in_progress"}}
    assert history[-1]["changes"]["due_date"] == {"before": None, "after": str(due)}
    assert history[4]["about_id"] == photo.json()["id"]

    events = office.told()
    assert len(events) == len(history)
    assert (events[0].assignee_id, events[0].changed_by, events[0].opened_by) == (BUDI, SITI, SITI)
    assert list(events[1].changed_fields) == ["status"]


async def test_a_list_is_narrowed_sorted_counted_and_read_page_by_page(office: Office) -> None:
    soon, later = str(TODAY + timedelta(days=1)), str(TODAY + timedelta(days=9))
    await office.open(type="zero", due_date=later, assignee_id=SITI, priority="low")
    await office.open(type="negative", priority="critical", description="Meter lama 100% mundur_")
    await office.open(type="turun", due_date=soon, assignee_id=BUDI)
    siti = office.member()

    async def numbers(**asked: Any) -> list[int]:
        return [one["number"] for one in await items(siti, **asked)]

    assert await numbers() == [3, 2, 1]
    assert await numbers(sort="due") == [3, 1, 2]
    assert await numbers(mine=True) == await numbers(assignee_id=SITI) == [1]
    assert await numbers(assignee_id="none") == [2]
    assert await numbers(type=["zero", "turun"], status=["open"]) == [3, 1]
    assert await numbers(priority=["critical"]) == [2]
    assert await numbers(q="sunter") == [3, 2, 1]
    assert await numbers(q="100% MUNDUR_") == await numbers(q="#2") == [2]
    assert await numbers(q="%") == [2], "what is searched for is no pattern"
    assert await numbers(rayon="35") == await numbers(domain="fuel") == await numbers(nomen="9") == []
    for sort, whole in (("newest", [3, 2, 1]), ("due", [3, 1, 2])):
        read, cursor = list[int](), None
        while True:
            asked = {"sort": sort, "limit": 1} | ({"cursor": cursor} if cursor else {})
            page = (await siti.get("/cases", params=asked)).json()
            read += [one["number"] for one in page["items"]]
            if not (cursor := page["next_cursor"]):
                break
        assert read == whole
    summary = (await siti.get("/cases/summary")).json()
    assert summary["by_status"] == {
        "open": 3, "in_progress": 0, "waiting_field": 0, "resolved": 0, "closed": 0,
    }  # fmt: skip
    assert (summary["overdue"], summary["unassigned"], summary["mine"]) == (0, 1, 1)
    assert (await siti.get("/cases/export/size")).json()["rows"] == 3
    sheet = await siti.get("/cases/export", params={"format": "csv", "type": "turun"})
    assert sheet.status_code == 200
    assert all(said in sheet.text for said in ("Budi", "PT Example", "Drop"))
    assert (await siti.get("/cases/export", params={"format": "xlsx"})).content[:2] == b"PK"


async def test_many_cases_are_given_to_one_member_and_none_stops_another(office: Office) -> None:
    siti = office.member()
    first, second, third = [(await office.open(type=kind))["id"] for kind in ("zero", "turun", "rebill")]
    await siti.patch(f"/cases/{third}", json={"status": "closed", "resolution": "Salah buka."})
    unknown = new_ulid()
    answer = await siti.post(
        "/cases/assign", json={"ids": [third, first, unknown, second], "assignee_id": BUDI}
    )
    said = answer.json()
    assert (answer.status_code, said["assigned"]) == (200, 2)
    assert [(one["id"], one["outcome"], one["code"]) for one in said["items"]] == [
        (third, "refused", "case_closed"),
        (first, "assigned", None),
        (unknown, "refused", "not_found"),
        (second, "assigned", None),
    ]
    assert said["items"][0]["text"] == "Case #3 is closed; take it up again first."
    again = await siti.post("/cases/assign", json={"ids": [first], "assignee_id": BUDI})
    assert again.json()["items"][0]["outcome"] == "unchanged"
    assert [one["id"] for one in await items(office.member(BUDI), mine=True)] == [second, first]
    freed = await siti.post("/cases/assign", json={"ids": [first], "assignee_id": None})
    assert freed.json()["assigned"] == 1
    stranger = await siti.post("/cases/assign", json={"ids": [first], "assignee_id": new_ulid()})
    assert codes(stranger) == (422, ["not_assignable"])
    names = (await siti.get("/cases/assignees")).json()["items"]
    assert [one["name"] for one in names] == ["Siti", "Budi", "Wati"]


async def test_what_a_colleague_took_meanwhile_stays_theirs(office: Office) -> None:
    siti = office.member()
    first, second = [(await office.open(type=kind))["id"] for kind in ("zero", "turun")]
    await office.member(BUDI).post("/cases/assign", json={"ids": [first], "assignee_id": BUDI})
    body = {"ids": [first, second], "assignee_id": SITI, "seen": {first: None, second: None}}
    said = (await siti.post("/cases/assign", json=body)).json()
    assert [(one["outcome"], one["code"]) for one in said["items"]] == [
        ("refused", "case_taken"),
        ("assigned", None),
    ]
    assert said["items"][0]["text"] == "Case #1 went to somebody else meanwhile; look at it first."
    said = (await siti.post("/cases/assign", json=body | {"assignee_id": BUDI})).json()
    assert [one["outcome"] for one in said["items"]] == ["unchanged", "refused"], "it is whose it was to be"
    said = (await siti.post("/cases/assign", json=body | {"seen": {first: BUDI}})).json()
    assert [one["outcome"] for one in said["items"]] == ["assigned", "unchanged"]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"nomen": "999", "type": "zero"}, (422, ["unknown_reference"])),
        ({"nomen": "123456"}, (422, ["missing"])),
        ({"nomen": "123456", "type": "ANOMALI"}, (422, ["not_one_of"])),
        ({"nomen": "123456", "type": "aneh"}, (422, ["not_one_of"])),
        ({"type": "zero"}, (422, ["one_subject"])),
        ({"nomen": "123456", "type": "zero", "fact_id": new_ulid()}, (422, ["one_subject"])),
        ({"fact_id": new_ulid()}, (422, ["unknown_reference"])),
        ({"incident_id": new_ulid()}, (422, ["unknown_reference"])),
        ({"incident_id": "x"}, (422, ["wrong_pattern"])),
        ({"nomen": "123456", "type": "zero", "period": "2025-13"}, (422, ["wrong_pattern"])),
        ({"fact_id": new_ulid(), "period": "2025-12"}, (422, ["period_without_nomen"])),
        ({"nomen": "123456", "type": "zero", "assignee_id": "nobody"}, (422, ["not_assignable"])),
        ({"nomen": "123456", "type": "zero", "due_date": "2020-01-01"}, (422, ["too_small"])),
        ({"nomen": "123456", "type": "zero", "description": "x" * 4001}, (422, ["too_long"])),
        ({"nomen": "123456", "type": "zero", "status": "closed"}, (422, ["unknown_field"])),
    ],
    ids=lambda value: None if isinstance(value, tuple) else "-".join(sorted(value)) + str(len(value)),
)
async def test_a_case_that_cannot_be_is_refused_by_field(office: Office, said: Any, code: Any) -> None:
    answer = await office.member().post("/cases", json=said)
    assert codes(answer) == code
    assert answer.headers["content-type"] == "application/problem+json"
    assert await items(office.member()) == []


async def test_who_is_known_from_register_reads_alone_has_cases_too(office: Office) -> None:
    office.judge("700", "2025-12", MeterKind.METER_KIND_ZERO)
    opened_ = await office.member().post("/cases", json={"nomen": "700", "period": "2025-12"})
    assert opened_.status_code == 201, opened_.text
    case = opened_.json()
    assert (case["type"], case["rayon"], case["customer"], case["address"]) == ("zero", "35", "", "")
    foreign = Office(office.caller, office.database, office.gateway)
    answer = await foreign.member().post("/cases", json={"nomen": "700", "type": "zero"})
    assert codes(answer) == (422, ["unknown_reference"]), "another organisation's reads make nobody known"


async def test_a_command_that_is_sent_twice_opens_one_case_and_a_second_about_the_same_is_refused(
    office: Office,
) -> None:
    siti, new = office.member(), {"nomen": "123456", "type": "zero", "period": "2025-12"}
    once, twice = [await siti.post("/cases", json=new, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert (once.status_code, twice.headers["Idempotency-Replayed"]) == (201, "true")
    assert once.json() == twice.json()
    second = await siti.post("/cases", json=new)
    assert (second.status_code, second.json()["detail"]) == (409, "Case #1 is open about the same already.")
    assert (await siti.post("/cases", json=new | {"type": "turun"})).status_code == 201
    await siti.patch(f"/cases/{once.json()['id']}", json={"status": "closed", "resolution": "Rumah kosong."})
    assert (await siti.post("/cases", json=new)).status_code == 201, "the other is done"


async def test_files_are_told_by_what_they_hold_kept_once_and_removed_with_a_trace(office: Office) -> None:
    siti, owner = office.member(), office.member(BUDI, "owner")
    path = f"/cases/{(await office.open())['id']}"

    async def send(name: str, body: bytes) -> httpx.Response:
        return await siti.post(f"{path}/attachments", files={"file": (name, body, "image/png")})

    assert codes(await send("meter.png", b"<script>")) == (422, ["file_kind_not_taken"])
    assert codes(await send("meter.png", b"")) == (422, ["file_empty"])
    assert codes(await send("meter.png", PNG + b"x" * 8_000_000)) == (422, ["file_too_large"])
    kept = (await send("meter baru.png", PNG)).json()
    assert (await send("lagi.png", PNG)).json() == kept, "the same file is there already"
    file = f"{path}/attachments/{kept['id']}"
    taken = await siti.get(file)
    assert (taken.content, taken.headers["content-type"]) == (PNG, "image/png")
    assert taken.headers["content-disposition"].startswith("attachment;")
    assert taken.headers["x-content-type-options"] == "nosniff"

    assert (await siti.delete(file)).status_code == 403, "an analyst removes nothing"
    assert (await owner.delete(file)).status_code == 204
    assert (await owner.delete(file)).status_code == 204
    assert codes(await siti.get(file)) == (410, ["attachment_removed"])
    detail = (await siti.get(path)).json()
    assert (detail["attachments"], detail["files"][0]["removed_by"]) == (0, BUDI)
    kinds = [one["kind"] for one in (await siti.get(f"{path}/history")).json()["items"]]
    assert kinds == ["attachment_removed", "attached", "opened"]
    for number in range(20):
        assert (await send(f"{number}.png", PNG + bytes([number]))).status_code == 201
    assert codes(await send("21.png", PNG + b"!")) == (409, ["too_many_attachments"])


async def test_a_visit_lies_in_the_past_and_shows_files_of_its_own_case(office: Office) -> None:
    siti = office.member()
    mine, other = [f"/cases/{(await office.open(type=kind))['id']}" for kind in ("zero", "turun")]
    photo = (await siti.post(f"{other}/attachments", files={"file": ("a.png", PNG)})).json()["id"]
    now = datetime.now(UTC)
    visit = {"visited_at": now.isoformat(), "outcome": "no_access"}
    for wrong, code in (
        ({"visited_at": (now + timedelta(hours=1)).isoformat()}, "not_past"),
        ({"visited_at": "2026-01-06T09:00:00"}, "not_time"),
        ({"visited_at": "0001-01-01T00:00:00+14:00"}, "too_small"),
        ({"outcome": "lupa"}, "not_one_of"),
        ({"stand_m3": "-1"}, "too_small"),
        ({"stand_m3": "1.2345"}, "too_many_places"),
        ({"attachment_ids": [photo]}, "unknown_reference"),
    ):
        assert codes(await siti.post(f"{mine}/visits", json=visit | wrong)) == (422, [code])
    assert (await siti.post(f"{mine}/visits", json=visit)).status_code == 201


async def test_the_walls_hold_between_organisations_and_roles(office: Office) -> None:
    case = await office.open()
    path = f"/cases/{case['id']}"
    stranger = office.caller(new_ulid(), "owner")
    assert await items(stranger) == []
    for method, below, body in (
        ("GET", "", None),
        ("PATCH", "", {"priority": "low"}),
        ("GET", "/comments", None),
        ("POST", "/comments", {"text": "x"}),
        ("GET", "/history", None),
        ("POST", "/visits", {"visited_at": "2026-01-01T00:00:00Z", "outcome": "leak"}),
        ("GET", f"/attachments/{new_ulid()}", None),
        ("DELETE", f"/attachments/{new_ulid()}", None),
    ):
        answer = await stranger.request(method, path + below, json=body)
        assert answer.status_code == 404, (method, below)
    refused = await stranger.post(f"{path}/attachments", files={"file": ("a.png", PNG)})
    assert refused.status_code == 404
    viewer = office.member(BUDI, "viewer")
    assert len(await items(viewer)) == 1
    assert (await viewer.post("/cases", json={"nomen": "123456", "type": "zero"})).status_code == 403
    assert (await viewer.patch(path, json={"priority": "low"})).status_code == 403
    with psycopg.connect(office.database.api_url) as connection:
        connection.execute("select set_config('search_path', 'anomaly', true)")
        connection.execute("select set_config('arus.tenant', %s, true)", (office.tenant,))
        changed = connection.execute("update case_changes set kind = 'never'")
        assert changed.rowcount == 0, "nobody rewrites history"
        assert connection.execute("delete from case_comments").rowcount == 0


async def test_a_case_of_an_incident_is_seen_and_given_only_where_its_location_is_seen(
    office: Office, worker: Worker, door: Door
) -> None:
    place = Place(tenant=office.tenant)
    office.gateway.here = place.location
    await told(door, worker, place)
    incident = await alarmed(door, place, office.caller(office.tenant))
    case = await office.member().post(
        "/cases", json={"incident_id": incident["id"], "assignee_id": HERE_ONLY}
    )
    said = case.json()
    assert case.status_code == 201, case.text
    assert (said["domain"], said["type"], said["location"]["name"]) == ("fuel", "ANOMALI", "Gudang A")
    assert (said["incident_id"], said["fact_id"]) == (incident["id"], incident["newest"]["fact_id"])
    again = await office.member().post("/cases", json={"fact_id": said["fact_id"]})
    assert codes(again) == (409, ["case_stands"])
    by_number = await office.open()
    here = office.member(HERE_ONLY, locations=[place.location])
    elsewhere = office.member(BUDI, locations=[new_ulid()])
    assert [one["id"] for one in await items(here)] == [said["id"]], "a customer lies at no location"
    assert await items(elsewhere) == []
    for case_id in (said["id"], by_number["id"]):
        assert (await elsewhere.get(f"/cases/{case_id}")).status_code == 404
    assert (await elsewhere.get("/cases/summary")).json()["by_status"]["open"] == 0
    limited = await here.post("/cases", json={"nomen": "123456", "type": "zero"})
    assert codes(limited) == (403, ["limited_to_locations"]), "neither the name nor the address is told"
    given = await office.member().patch(f"/cases/{by_number['id']}", json={"assignee_id": HERE_ONLY})
    assert codes(given) == (422, ["assignee_outside_scope"])
    again = await office.member().post("/cases", json={"fact_id": incident["newest"]["fact_id"]})
    assert codes(again) == (409, ["case_stands"])
    office.gateway.here = new_ulid()
    await office.member().patch(f"/cases/{said['id']}", json={"assignee_id": None})
    refused = await office.member().patch(f"/cases/{said['id']}", json={"assignee_id": HERE_ONLY})
    assert codes(refused) == (422, ["assignee_outside_scope"])


async def test_who_has_a_case_is_reminded_once_when_it_falls_due_and_once_when_it_is_overdue(
    office: Office, context: Context
) -> None:
    due = TODAY + timedelta(days=2)
    case = await office.open(due_date=str(due), assignee_id=BUDI)

    async def remind(day: date) -> int:
        at = datetime(day.year, day.month, day.day, 7, tzinfo=rules.ZONE)
        async with context.worker_db.system() as tx:
            return await commands.remind(tx, office.tenant, at)

    days = [TODAY, due - timedelta(days=1), due, due + timedelta(days=1), due + timedelta(days=2)]
    assert [await remind(day) for day in days] == [0, 1, 0, 1, 0]
    moved = await office.member().patch(
        f"/cases/{case['id']}", json={"due_date": str(due + timedelta(days=7))}
    )
    assert moved.status_code == 200
    assert [await remind(day) for day in (due, due + timedelta(days=6))] == [0, 1]
    kinds = [one.change for one in office.told()]
    assert [CaseChange.Name(kind).removeprefix("CASE_CHANGE_") for kind in kinds] == [
        "OPENED", "FELL_DUE", "BECAME_OVERDUE", "CHANGED", "FELL_DUE",
    ]  # fmt: skip
    history = (await office.member().get(f"/cases/{case['id']}/history")).json()["items"]
    assert history[0]["changed_by"] is None, "the clock did it"


async def test_a_case_is_told_on_its_topic_under_its_own_key(
    office: Office, worker: Worker, kafka: KafkaServer
) -> None:
    case = await office.open(period="2025-12")
    [told_of] = await events(kafka, "anomaly.case.v1", office.tenant, 1)
    assert isinstance(told_of, CaseChanged)
    assert (told_of.case_id, told_of.nomen, told_of.period) == (case["id"], "123456", "2025-12")

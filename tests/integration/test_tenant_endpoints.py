"""Every endpoint, tried with the ids of another organisation: nothing is shown, nothing changes."""

import json
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any

import grpc
import httpx
import pytest
from arus.ingest.v1.api_pb2 import ImportFile, RecordFuelTransactionsRequest, UploadImportRequest
from arus.ingest.v1.api_pb2_grpc import IngestServiceStub
from arus.views.v1.api_pb2 import GetOverviewRequest
from arus.views.v1.api_pb2_grpc import ViewServiceStub
from arus_runtime.ids import new_ulid
from arus_stack.strangers import Stranger
from arus_stack.testing import RunningStack

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT: dict[str, Any] = json.loads((ROOT / "web/openapi.json").read_text("utf-8"))
PREFIX = "/api/v1"
DEADLINE_S = 60
METHODS = ("get", "post", "put", "patch", "delete")
OPERATIONS = [
    (method, path.removeprefix(PREFIX))
    for path, operations in DOCUMENT["paths"].items()
    for method in METHODS
    if method in operations
]
OF_ONE = [(method, path) for method, path in OPERATIONS if "{" in path]
LISTS = [path for method, path in OPERATIONS if method == "get" and "{" not in path and path != "/live"]
FILES = [path for path in LISTS if path.endswith("/export")]
# Register reads and bills come by files alone; whose rows these exports have, the services' own tests say.
FILES_OF_FACTS = [
    path for path in FILES if path != "/anomalies/meter/export" and not path.startswith("/kpi/")
]
# A type of file is nobody's; asked for by the name of their import, there is none.
IMPORT_PATHS = [path for _, path in OF_ONE if path.startswith("/imports/")]
CASE_PATHS = [path for _, path in OF_ONE if path.startswith("/cases/")]
PHOTO = {"file": ("meter.png", b"\x89PNG\r\n\x1a\n")}
FACT = {"date": "2025-01-10", "volume_l": "1"}


@dataclass(frozen=True, slots=True)
class Walls:
    """Two organisations; what the one owns is tried by the other."""

    theirs: Stranger
    ours: Stranger
    ids: dict[str, str]
    """What they own: the path that shows it → its id."""
    outer: dict[str, str]
    """Their incident, whose answers are found below it, and their case, whose files are."""

    def body(self, method: str, path: str) -> dict[str, Any] | None:
        """Return a body that its owner could send."""
        ours = {"location_id": self.ours.location(), "product_id": self.ours.product()}
        place = {"name": "Direbut", "type": "depot", "timezone": "Asia/Jakarta"}
        goods = {"code": token_hex(4), "name": "Direbut", "kind": "fuel", "unit": "L"}
        bodies: dict[tuple[str, str], dict[str, Any]] = {
            ("patch", "/fuel/transactions/{transaction_id}"): {"volume_l": "1"},
            ("put", "/fuel/transactions/{transaction_id}"): FACT | ours,
            ("patch", "/fuel/deliveries/{delivery_id}"): {"volume_l": "1"},
            ("put", "/fuel/deliveries/{delivery_id}"): FACT | ours,
            ("patch", "/locations/{location_id}"): {"name": "Direbut"},
            ("put", "/locations/{location_id}"): place,
            ("patch", "/products/{product_id}"): {"name": "Direbut"},
            ("put", "/products/{product_id}"): goods,
            ("patch", "/customers/{nomen}"): {"name": "Direbut"},
            ("patch", "/collections/{payment_id}"): {"amount": "1"},
            ("patch", "/cases/{case_id}"): {"priority": "low"},
            ("post", "/cases/{case_id}/comments"): {"text": "Direbut"},
            ("post", "/cases/{case_id}/visits"): {"visited_at": "2025-01-10T00:00:00Z", "outcome": "leak"},
            ("patch", "/meters/{nomen}/reads/{period}"): {"stand_m3": "1", "reason": "Direbut"},
            ("post", "/meters/{nomen}/reads"): {"period": "2025-12", "reason": "Direbut"},
            ("post", "/meters/{nomen}/reads/{period}/estimate"): {"reason": "Direbut"},
            ("post", "/meters/{nomen}/reads/{period}/from-visit"): dict.fromkeys(
                ("case_id", "visit_id"), new_ulid()
            ),
            ("patch", "/organisations/{id}"): {"name": "Direbut"},
            ("patch", "/users/{id}"): {"role": "viewer"},
            ("patch", "/reports/schedules/{id}"): {"day": 2},
            ("patch", "/notifications/webhooks/{webhook_id}"): {"url": "https://example.org/direbut"},
            ("post", "/incidents/{incident_id}/answers"): {"answer": "acknowledged"},
            ("patch", "/imports/{import_id}"): {"anyway": True},
            ("post", "/imports/{import_id}/commit"): {"preview": "0" * 64},
        }
        return bodies.get((method, path))


@pytest.fixture(scope="module")
def walls(stack: RunningStack) -> Iterator[Walls]:
    with Stranger(stack.gateway) as theirs, Stranger(stack.gateway) as ours:
        theirs.verify(stack.home)
        location_id, product_id = theirs.location(), theirs.product()
        fact = FACT | {"location_id": location_id, "product_id": product_id}
        member = {"email": f"{token_hex(6)}@example.org", "name": "Anggota", "password": "Rahasia-panjang-8"}
        guest = f"{token_hex(6)}@example.org"
        report = theirs.make("/reports", period="month", start="2025-01-01")["id"]
        me = theirs.http.get("/auth/me").raise_for_status().json()["user"]["id"]
        schedule = theirs.make("/reports/schedules", recipients=[me])["id"]
        done(theirs, report)
        imported = previewed(theirs)
        nomen = token_hex(6)
        theirs.make("/customers", nomen=nomen, name="PT Example", address="Jl. Sunter No.1")
        changed = {"replaced_on": "2025-01-10", "new_serial": "B"}
        paid = theirs.make("/collections", nomen=nomen, payment_date="2025-01-10", amount="5")["id"]
        case: str = theirs.make("/cases", nomen=nomen, type="zero")["id"]
        sent = theirs.http.post(f"/cases/{case}/attachments", files=PHOTO).raise_for_status()
        ids = {
            **dict.fromkeys(IMPORT_PATHS, imported),
            **dict.fromkeys(CASE_PATHS, case),
            "/cases/{case_id}/attachments/{attachment_id}": sent.json()["id"],
            "/customers/{nomen}": nomen,
            "/customers/{nomen}/timeline": nomen,
            "/collections/{payment_id}": paid,
            "/meters/replacements/{replacement_id}": theirs.make(
                "/meters/replacements", nomen=nomen, **changed
            )["id"],
            "/anomalies/meter/{nomen}": nomen,
            **{
                f"/meters/{{nomen}}/reads{path}": nomen
                for path in (
                    "",
                    *(f"/{{period}}{act}" for act in ("", "/estimate", "/from-visit", "/revert")),
                )
            },
            "/locations/{location_id}": location_id,
            "/products/{product_id}": product_id,
            "/fuel/transactions/{transaction_id}": theirs.make("/fuel/transactions", **fact)["id"],
            "/fuel/deliveries/{delivery_id}": theirs.make("/fuel/deliveries", **fact)["id"],
            "/keys/{id}": theirs.make("/keys", name="Mesin", role="operator")["id"],
            "/users/{id}": theirs.make("/users", **member, role="operator")["id"],
            "/organisations/{id}": theirs.tenant_id,
            "/organisations/{id}/leave": theirs.tenant_id,
            "/organisations/invitations/{id}": theirs.make(
                "/organisations/invitations", email=guest, role="viewer"
            )["id"],
            "/anomalies/{anomaly_id}": first(theirs, "/anomalies"),
            "/reports/{id}": report,
            "/reports/{id}/file": report,
            "/reports/schedules/{id}": schedule,
            "/reports/schedules/{id}/send": schedule,
        }
        today = datetime.now(UTC).date()
        for back, litres in zip((3, 2, 1, 0), ("100", "100", "100", "900"), strict=True):
            theirs.make(
                "/fuel/transactions", **fact | {"date": str(today - timedelta(days=back)), "volume_l": litres}
            )
        incident_id = first(theirs, "/incidents")
        ids["/incidents/{incident_id}"] = ids["/incidents/{incident_id}/answers"] = incident_id
        ids["/incidents/{incident_id}/answers/{answer_id}/revert"] = theirs.make(
            f"/incidents/{incident_id}/answers", answer="acknowledged"
        )["id"]
        ids["/notifications/{notification_id}/read"] = first_notification(theirs)
        # Made last: there is nothing to tell it any more, so no list counts the attempts.
        hook = theirs.make("/notifications/webhooks", name="Kendali", url="https://example.com/arus")["id"]
        for act in ("", "/rotate", "/test"):
            ids[f"/notifications/webhooks/{{webhook_id}}{act}"] = hook
        yield Walls(theirs, ours, ids, {"incident_id": incident_id, "case_id": case, "period": "2025-12"})


def done(someone: Stranger, report_id: str) -> None:
    """Wait until a report is made."""
    deadline = time.monotonic() + DEADLINE_S
    while (report := someone.http.get(f"/reports/{report_id}").raise_for_status().json())["state"] != "done":
        assert time.monotonic() < deadline, report
        time.sleep(0.1)


def previewed(someone: Stranger) -> str:
    """Return the id of an import that waits to be committed."""
    file = ("BBM.csv", b"Tanggal;Lokasi;Produk;Volume (L)\n2025-01-10;Gudang;Solar;1\n")
    sent = someone.http.post("/imports", files=[("files", file)]).raise_for_status().json()
    path = f"/imports/{sent['items'][0]['id']}"
    deadline = time.monotonic() + DEADLINE_S
    while (made := someone.http.get(path).raise_for_status().json())["state"] != "preview":
        assert time.monotonic() < deadline, made
        time.sleep(0.1)
    return made["id"]


def first(someone: Stranger, path: str) -> str:
    """Return the id of the first item of a list, once there is one."""
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        if items := someone.http.get(path).raise_for_status().json()["items"]:
            return items[0]["id"]
        time.sleep(0.1)
    raise AssertionError(f"nothing at {path} within {DEADLINE_S} s")


def first_notification(someone: Stranger) -> str:
    """Return what the owner is told of the incident, once that is delivered."""
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        log = someone.http.get("/notifications/deliveries").raise_for_status().json()["items"]
        if {(entry["channel"], entry["state"]) for entry in log} >= {("in_app", "sent"), ("email", "sent")}:
            return first(someone, "/notifications")
        time.sleep(0.1)
    raise AssertionError(f"nobody was told within {DEADLINE_S} s")


def everything(someone: Stranger) -> dict[str, Any]:
    """Return what all lists of an organisation show its owner, the trail of what was looked at left out."""
    return {path: shown(someone, path) for path in LISTS if path != "/audit"}


def shown(someone: Stranger, path: str) -> str:
    """Return all that a list shows somebody; an export is a list, too."""
    params = {"format": "csv"} if path in FILES else {}
    return someone.http.get(path, params=params).raise_for_status().text


@pytest.mark.parametrize(("method", "path"), OF_ONE, ids=str)
def test_what_is_theirs_is_not_there_for_others(walls: Walls, method: str, path: str) -> None:
    assert path in walls.ids, "say in this test how to make one"
    before = everything(walls.theirs)
    inside = path.format_map(defaultdict(lambda: walls.ids[path], walls.outer))
    headers = {"Upload-Offset": "0"} if path.startswith("/imports/uploads/") else {}
    files = PHOTO if (method, path) == ("post", "/cases/{case_id}/attachments") else None
    body = walls.body(method, path)
    answer = walls.ours.http.request(method, inside, json=body, headers=headers, files=files)
    assert answer.status_code in (403, 404), answer.text
    assert everything(walls.theirs) == before


@pytest.mark.parametrize("path", FILES_OF_FACTS)
def test_an_export_shows_its_owner_what_is_theirs(walls: Walls, path: str) -> None:
    known = {
        "/audit/export": "/keys/{id}",
        "/customers/export": "/customers/{nomen}",
        "/collections/export": "/collections/{payment_id}",
        "/cases/export": "/cases/{case_id}",
    }
    one = walls.ids[known.get(path, "/fuel/transactions/{transaction_id}")]
    assert one in shown(walls.theirs, path)


@pytest.mark.parametrize("path", LISTS)
def test_no_list_shows_what_is_theirs(walls: Walls, path: str) -> None:
    text = shown(walls.ours, path)
    assert [known for known in walls.ids.values() if known in text] == []


@pytest.mark.parametrize("path", ["/anomalies", "/incidents", "/fuel/transactions", "/fuel/deliveries"])
@pytest.mark.parametrize("word", ["location_id", "product_id"])
def test_asking_by_their_ids_finds_nothing(walls: Walls, path: str, word: str) -> None:
    theirs = walls.ids[f"/{word.removesuffix('_id')}s/{{{word}}}"]
    assert walls.ours.http.get(path, params={word: theirs}).json()["items"] == []
    assert walls.theirs.http.get(path, params={word: theirs}).json()["items"] != []


@pytest.mark.parametrize("path", ["/fuel/transactions", "/fuel/deliveries"])
@pytest.mark.parametrize("word", ["location_id", "product_id"])
def test_facts_cannot_be_recorded_on_what_is_theirs(walls: Walls, path: str, word: str) -> None:
    ours = {"location_id": walls.ours.location(), "product_id": walls.ours.product()}
    theirs = walls.ids[f"/{word.removesuffix('_id')}s/{{{word}}}"]
    answer = walls.ours.http.post(path, json=FACT | ours | {word: theirs})
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [word]


def test_many_at_once_refuses_those_on_what_is_theirs(walls: Walls) -> None:
    ours = {"location_id": walls.ours.location(), "product_id": walls.ours.product()}
    items = [FACT | ours, FACT | ours | {"location_id": walls.ids["/locations/{location_id}"]}]
    answer = walls.ours.http.post("/fuel/transactions/batch", json={"items": items}).raise_for_status().json()
    assert [result["status"] for result in answer["results"]] == ["recorded", "refused"]


def test_nobody_walks_into_an_organisation_they_do_not_belong_to(walls: Walls) -> None:
    answer = walls.ours.http.post("/auth/switch", json={"organisation_id": walls.theirs.tenant_id})
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["code"] == "unknown_reference"


def test_a_machine_key_opens_its_own_organisation_only(walls: Walls, stack: RunningStack) -> None:
    key: str = walls.theirs.make("/keys", name="Mesin", role="service")["secret"]
    with httpx.Client(base_url=f"{stack.gateway}{PREFIX}", headers={"x-api-key": key}) as machine:
        shown = [place["id"] for place in machine.get("/locations").raise_for_status().json()["items"]]
        assert shown == [walls.ids["/locations/{location_id}"]]
        ours = walls.ours.location()
        assert machine.get(f"/locations/{ours}").status_code == 404


def test_over_grpc_what_is_theirs_is_refused_and_not_counted(walls: Walls, stack: RunningStack) -> None:
    metadata, other = (tuple(who.headers.items()) for who in (walls.ours, walls.theirs))
    item = RecordFuelTransactionsRequest(
        date="2025-01-10",
        location_id=walls.ids["/locations/{location_id}"],
        product_id=walls.ids["/products/{product_id}"],
        volume_l="1",
    )
    file = [
        UploadImportRequest(file=ImportFile(name="bbm.csv")),
        UploadImportRequest(data=b"Tanggal;Lokasi;Produk;Volume (L)\n2024-03-01;Gudang A;Solar;310\n"),
    ]
    with grpc.insecure_channel(stack.grpc) as channel:
        made = IngestServiceStub(channel).UploadImport(iter(file), metadata=other)
        [result] = IngestServiceStub(channel).RecordFuelTransactions(iter([item]), metadata=metadata).results
        asked = GetOverviewRequest(from_date="2025-01-10", to_date="2025-01-10")
        seen = ViewServiceStub(channel).GetOverview(asked, metadata=metadata)
        theirs = ViewServiceStub(channel).GetOverview(asked, metadata=other)
    assert walls.theirs.http.get(f"/imports/{made.import_id}").json()["file_name"] == "bbm.csv"
    assert walls.ours.http.get(f"/imports/{made.import_id}").status_code == 404
    assert {error.field for error in result.errors} == {"location_id", "product_id"}
    assert result.transaction_id == ""
    assert theirs.fuel.transactions == 1
    assert walls.ids["/locations/{location_id}"] not in str(seen)


def test_a_token_whose_organisation_was_changed_is_no_token(walls: Walls) -> None:
    head, claims, seal = walls.ours.headers["authorization"].removeprefix("Bearer ").split(".")
    forged = claims.replace(claims[10:12], claims[11] + claims[10])
    answer = walls.ours.http.get("/locations", headers={"authorization": f"Bearer {head}.{forged}.{seal}"})
    assert answer.status_code == 401

"""Meters that were changed for another: entered, seen, taken back by who may, and told so."""

from typing import Any

import httpx
import psycopg
import pytest
from arus.metering.v1.events_pb2 import MeterReplaced, MeterReplacementWithdrawn
from arus_stack.testing import ServiceDatabase

from .conftest import Caller, Imports

pytestmark = pytest.mark.integration
WHERE = "/meters/replacements"
ANI = {"nomen": "1", "name": "Ani", "address": "Jl. Sunter No.1", "rayon": "34"}
CHANGED = {
    "nomen": "1",
    "replaced_on": "2025-12-10",
    "old_serial": "A",
    "old_final_m3": "1072",
    "new_serial": "B",
    "new_start_m3": "0",
}


def told(database: ServiceDatabase) -> list[MeterReplaced | MeterReplacementWithdrawn]:
    """Return what was told of changed meters, oldest first."""
    kinds = {kind.DESCRIPTOR.full_name.encode(): kind for kind in (MeterReplaced, MeterReplacementWithdrawn)}
    with psycopg.connect(database.worker_url, options="-c search_path=metering") as connection:
        rows = connection.execute("select headers, value from outbox order by id").fetchall()
    return [
        kind.FromString(value) for headers, value in rows for name, kind in kinds.items() if name in headers
    ]


@pytest.fixture
async def client(owner: httpx.AsyncClient) -> httpx.AsyncClient:
    assert (await owner.post("/customers", json=ANI)).status_code == 201
    return owner


async def entered(client: httpx.AsyncClient, **said: str) -> str:
    answer = await client.post(WHERE, json=CHANGED | said)
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    return answer.json()["id"]


async def shown(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    items = (await client.get("/customers/1/timeline")).json()["items"]
    return [one for one in items if one["kind"] == "replacement"]


async def test_a_change_names_a_customer_of_the_books(client: httpx.AsyncClient) -> None:
    answer = await client.post(WHERE, json=CHANGED | {"nomen": "9"})
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["field"], error["code"]) == (422, "nomen", "unknown_reference")


async def test_a_wrong_change_is_taken_back_and_kept_as_withdrawn(
    client: httpx.AsyncClient, database: ServiceDatabase
) -> None:
    path = f"{WHERE}/{await entered(client)}"
    seen = await client.get(path)
    assert (seen.json()["new_serial"], seen.json()["import_id"]) == ("B", "")
    stale = await client.delete(path, headers={"If-Match": '"2"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    once = {"If-Match": seen.headers["etag"], "Idempotency-Key": "once"}
    assert [(await client.delete(path, headers=once)).status_code for _ in range(2)] == [204, 204]
    assert [(await client.request(method, path)).status_code for method in ("GET", "DELETE")] == [410, 410]
    assert (await client.get(path)).json()["code"] == "replacement_removed"
    assert (await client.get(f"{WHERE}/0")).status_code == 404
    assert (await client.get(f"{WHERE}?nomen=1")).json() == []
    [line] = await shown(client)
    facts = line["facts"]
    assert (facts["new_serial"], facts["recorded_by"], facts["withdrawn_by"]) == ("B", "user-1", "user-1")
    assert facts["withdrawn_at"]
    made, gone = told(database)
    assert isinstance(gone, MeterReplacementWithdrawn)
    assert MeterReplaced.FromString(gone.SerializeToString()) == made, "it says what is no more"


async def test_of_two_changes_that_say_the_same_the_last_one_taken_back_is_told(
    client: httpx.AsyncClient, database: ServiceDatabase
) -> None:
    twins = [await entered(client), await entered(client)]
    other = await entered(client, new_serial="C")
    counts: list[int] = []
    for one in (*twins, other):
        assert (await client.delete(f"{WHERE}/{one}")).status_code == 204
        counts.append(sum(isinstance(event, MeterReplacementWithdrawn) for event in told(database)))
    assert counts == [0, 1, 2]


@pytest.mark.parametrize("said", [{"replacement_date": "2025-12-10"}, {}], ids=["dated", "undated"])
async def test_a_change_that_a_file_tells_goes_with_its_import(
    client: httpx.AsyncClient, files: Imports, said: dict[str, str]
) -> None:
    stands = {"serial": "B", "stand_akhir": "10", "stand_cabut": "1080", "stand_pasang": "0"}
    file = files.file("SBRS", "2025-12", {"nomen": "1", "read_date": "2025-12-14", **stands, **said})
    files.take(file)
    [line] = await shown(client)
    assert (line["import_id"], line["period"]) == (file.import_id, "2025-12")
    path = f"{WHERE}/{line['facts']['id']}"
    assert (await client.get(path)).json()["import_id"] == file.import_id
    refused = await client.delete(path)
    assert refused.headers["content-type"] == "application/problem+json"
    problem = refused.json()
    assert (problem["status"], problem["code"]) == (409, "replacement_of_import")
    assert file.import_id in problem["detail"]
    assert [error["field"] for error in problem["errors"]] == ["import_id"]
    edit = {"stand_m3": "12", "reason": "Dibaca ulang"}
    assert (await client.patch("/meters/1/reads/2025-12", json=edit)).status_code == 200
    assert (await client.get(path)).json()["import_id"] == file.import_id, "the file still tells it"
    assert (await client.post("/meters/1/reads/2025-12/revert")).status_code == 200
    files.undo(file)
    assert (await client.delete(path)).status_code == 404
    assert await shown(client) == []


async def test_a_date_of_fitting_on_every_row_is_no_change_on_the_time_line(
    client: httpx.AsyncClient, files: Imports
) -> None:
    for month in ("11", "12"):
        row = {"nomen": "1", "stand_akhir": "10", "read_date": f"2025-{month}-14"}
        files.take(files.file("SBRS", f"2025-{month}", row | {"replacement_date": "2019-01-03"}))
    assert await shown(client) == []


async def test_columns_that_a_file_repeats_next_month_are_one_change_on_the_time_line(
    client: httpx.AsyncClient, files: Imports
) -> None:
    for month in ("11", "12"):
        row = {"nomen": "1", "stand_akhir": "10", "read_date": f"2025-{month}-14"}
        files.take(files.file("SBRS", f"2025-{month}", row | {"replacement_date": "2025-11-03"}))
    assert [(one["day"], one["period"]) for one in await shown(client)] == [("2025-11-03", "2025-11")]


async def test_only_who_may_takes_a_change_back(client: httpx.AsyncClient, caller: Caller) -> None:
    path = f"{WHERE}/{await entered(client)}"
    answers = [
        await caller(tenant, role).delete(path)
        for tenant, role in (("tenant-b", "owner"), ("tenant-a", "viewer"), ("tenant-a", "analyst"))
    ]
    assert [answer.status_code for answer in answers] == [404, 403, 403]
    assert (await client.get(path)).status_code == 200
    assert (await caller("tenant-a", "admin").delete(path)).status_code == 204


@pytest.mark.usefixtures("cases")
async def test_an_estimate_no_longer_goes_on_from_a_meter_that_was_not_put_in(
    client: httpx.AsyncClient, files: Imports
) -> None:
    for month, stand in (("08", "100"), ("09", "120"), ("10", "140"), ("11", "160")):
        row = {"nomen": "1", "stand_akhir": stand, "read_date": f"2025-{month}-14", "read_method": "ACTUAL"}
        files.take(files.file("SBRS", f"2025-{month}", row | {"serial": "A"}))
    asked = "/meters/1/reads/2025-12/estimate"
    before = (await client.get(asked)).json()
    taken_back = await entered(client, replaced_on="2025-11-20")
    assert (await client.get(asked)).json()["serial"] == "B"
    await client.delete(f"{WHERE}/{taken_back}")
    assert (await client.get(asked)).json() == before


@pytest.mark.parametrize("day", ["2062-12-10", "0001-01-01"])
async def test_a_day_that_cannot_be_is_refused(client: httpx.AsyncClient, day: str) -> None:
    refused = await client.post(WHERE, json=CHANGED | {"replaced_on": day})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "replaced_on")
    paid = {"nomen": "1", "payment_date": day, "amount": "5"}
    refused = await client.post("/collections", json=paid)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "payment_date")

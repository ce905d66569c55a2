"""Who customers are, as of each month: what leaner files leave out, and what people said, stays."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psycopg
import pytest
from arus.metering.v1.events_pb2 import CustomerChanged, RegisterReadRecorded
from arus_metering.commands import customers
from arus_runtime.auth import Principal
from arus_runtime.context import Context
from arus_runtime.web import IfMatchHeader
from arus_stack.testing import ServiceDatabase

from .conftest import Caller, Imports
from .test_books import customer, of_type, standing

pytestmark = pytest.mark.integration
FULL = customer("1", tariff="2A", serial="S1", customer_status="AKTIF")
PERSON = Principal("user-1", "tenant-a", frozenset({"owner"}), None, "id", "")


def told(events: list[Any]) -> list[tuple[str, str, str, bool]]:
    found = of_type(events, RegisterReadRecorded)
    return [(read.period, read.rayon, read.usage_class, read.is_active) for read in found]


def read(period: str, **said: str) -> dict[str, str]:
    return {"nomen": "1", "stand_akhir": period[5:], "read_method": "ACTUAL", **said}


async def test_what_a_master_has_no_column_for_stays_known(
    files: Imports, owner: httpx.AsyncClient, database: ServiceDatabase
) -> None:
    async def known() -> dict[str, Any]:
        return (await owner.get("/customers/1")).json()

    files.take(files.file("MC", "2025-11", FULL))
    before, books = await known(), standing(database)
    lean = files.file("MC", "2025-12", {"nomen": "1", "target_mc": "100"})
    assert of_type(files.take(lean), CustomerChanged) == []
    assert await known() == before
    found = (await owner.get("/customers/search", params={"q": "pelanggan", "rayon": "34"})).json()
    assert [one["nomen"] for one in found["results"]] == ["1"]
    (rayon,) = (await owner.get("/kpi/rayons")).json()["items"]
    assert (rayon["rayon"], rayon["target"]["amount"]) == ("34", "100.00")
    moved = files.file("MC", "2025-12", {"nomen": "1", "target_mc": "100", "rayon": "35"})
    (changed,) = of_type(files.take(moved), CustomerChanged)
    assert (changed.rayon, changed.name, changed.serial, changed.is_active) == (
        "35",
        FULL["name"],
        "S1",
        True,
    )
    files.undo(moved)
    files.undo(lean)
    assert standing(database) == books


async def test_reads_are_told_with_each_field_as_it_was_last_said(files: Imports) -> None:
    for month in ("2025-11", "2025-12"):
        files.take(files.file("SBRS", month, read(month)))
    lean = files.file("MC", "2025-12", {"nomen": "1", "target_mc": "100"})
    assert told(files.take(lean)) == [], "it says nothing that a read is told with"
    november = files.file("MC", "2025-11", FULL)
    both = [("2025-11", "34", "2A", True), ("2025-12", "34", "2A", True)]
    assert told(files.take(november)) == both, "the leaner one of December keeps nothing from it"
    closed = files.file("MC", "2025-12", {"nomen": "1", "customer_status": "TUTUP"})
    assert told(files.take(closed)) == [("2025-12", "34", "2A", False)]
    assert told(files.undo(november)) == [("2025-11", "", "", True), ("2025-12", "", "", False)]
    assert told(files.undo(closed)) == [("2025-12", "", "", True)]


async def test_reads_are_told_with_the_size_of_the_meter_that_a_master_says(
    files: Imports, owner: httpx.AsyncClient
) -> None:
    def sizes(events: list[Any]) -> list[tuple[str, str]]:
        return [(read.period, read.meter_size) for read in of_type(events, RegisterReadRecorded)]

    files.take(files.file("MC", "2025-10", {**FULL, "meter_size": '1/2"'}))
    files.take(files.file("MC", "2025-11", FULL))
    assert sizes(files.take(files.file("SBRS", "2025-11", read("2025-11")))) == [("2025-11", '1/2"')]
    assert (await owner.patch("/customers/1", json={"serial": "S2"})).status_code == 200
    assert sizes(files.take(files.file("SBRS", "2099-10", read("2099-10")))) == [("2099-10", '1/2"')]
    larger = files.file("MC", "2099-11", {"nomen": "1", "meter_size": "DN 40"})
    assert sizes(files.take(files.file("SBRS", "2099-11", read("2099-11")))) == [("2099-11", '1/2"')]
    assert sizes(files.take(larger)) == [("2099-11", "DN 40")], "it says nothing of what was read before"
    assert sizes(files.undo(larger)) == [("2099-11", '1/2"')]


async def test_a_customer_is_shown_with_the_size_that_was_said_last_of_their_meter(
    files: Imports, owner: httpx.AsyncClient, database: ServiceDatabase
) -> None:
    async def size() -> str:
        return (await owner.get("/customers/1")).json()["meter_size"]

    files.take(files.file("MC", "2025-11", FULL))
    assert await size() == ""
    inches = files.file("MC", "2025-12", {**FULL, "meter_size": '1/2"'})
    files.take(inches)
    files.take(files.file("SBRS", "2099-12", read("2099-12")))
    assert await size() == '1/2"'
    entered = await owner.patch("/customers/1", json={"meter_size": " DN 40 "})
    assert entered.json()["meter_size"] == await size() == "DN 40"
    with psycopg.connect(database.worker_url, options="-c search_path=metering") as connection:
        told = connection.execute("select value from outbox order by id desc limit 1").fetchall()
    assert [RegisterReadRecorded.FromString(value).meter_size for (value,) in told] == ["DN 40"]
    for said in ({"serial": "S2"}, {"meter_size": ""}):
        assert (await owner.patch("/customers/1", json=said)).json()["meter_size"] == "DN 40"
    new = {"nomen": "2", "name": "Ani", "address": "Jl. Sunter No.2", "meter_size": "2"}
    assert (await owner.post("/customers", json=new)).json()["meter_size"] == "2"


async def test_a_number_that_files_tell_of_without_a_customer_has_a_page(
    files: Imports, owner: httpx.AsyncClient
) -> None:
    paid = {"nomen": "1", "payment_date": "2025-11-05", "amount": "1000", "rayon": "35", "key": "K1"}
    files.take(files.file("COLLECTION", "2025-11", paid))
    assert (await owner.get("/customers/1")).json()["rayon"] == "35"
    files.take(files.file("SBRS", "2025-12", {**read("2025-12"), "serial": "S1", "rayon": "34"}))
    page = await owner.get("/customers/1")
    shown = page.json()
    assert (shown["name"], shown["address"], shown["rayon"], shown["serial"]) == ("", "", "34", "S1")
    assert (shown["is_active"], shown["version"], page.headers["etag"]) == (True, 0, '"0"')
    assert (await owner.patch("/customers/1", json={"name": "Ani"})).status_code == 404
    files.take(files.file("MC", "2025-12", FULL))
    assert (await owner.get("/customers/1")).json()["version"] == 1
    assert (await owner.get("/customers/2")).status_code == 404


async def test_a_service_that_a_person_closed_is_open_again_once_a_master_says_so(
    files: Imports, owner: httpx.AsyncClient
) -> None:
    async def is_active() -> bool:
        return (await owner.get("/customers/1")).json()["is_active"]

    files.take(files.file("MC", "2025-11", FULL))
    assert (await owner.delete("/customers/1")).status_code == 204
    files.take(files.file("MC", "2099-11", customer("1", target_mc="100")))
    assert await is_active() is False
    files.take(files.file("MC", "2099-12", FULL))
    assert await is_active() is True


async def test_what_a_person_empties_is_empty(files: Imports, owner: httpx.AsyncClient) -> None:
    files.take(files.file("MC", "2025-11", FULL))
    assert (await owner.patch("/customers/1", json={"serial": ""})).json()["serial"] == ""
    files.take(files.file("MC", "2099-11", customer("1")))
    assert (await owner.get("/customers/1")).json()["serial"] == ""


async def test_what_a_person_does_not_change_follows_the_masters(
    files: Imports, owner: httpx.AsyncClient
) -> None:
    async def known() -> tuple[str, ...]:
        found = (await owner.get("/customers/1")).json()
        return tuple(found[name] for name in ("name", "rayon", "usage_class", "serial"))

    files.take(files.file("MC", "2025-11", {**FULL, "rayon": "", "customer_status": ""}))
    for change in ({"serial": "S2"}, {"usage_class": "3A"}, {"serial": "S3"}):  # all of one month
        assert (await owner.patch("/customers/1", json=change)).status_code == 200
    assert await known() == (FULL["name"], "", "3A", "S3")
    late = files.file("MC", "2025-12", {**FULL, "name": "Baru", "customer_status": "TUTUP"})
    (changed,) = of_type(files.take(late), CustomerChanged)
    assert await known() == ("Baru", "34", "3A", "S3")
    assert changed.is_active is False
    files.take(files.file("MC", "2099-12", {**FULL, "serial": "S4"}))
    assert await known() == (FULL["name"], "34", "2A", "S4")


async def test_what_is_left_empty_of_a_new_customer_is_what_files_say(
    files: Imports, owner: httpx.AsyncClient
) -> None:
    made = {"nomen": "1", "name": "Siti", "address": "Jl. Sunter No.1"}
    assert (await owner.post("/customers", json=made)).status_code == 201
    files.take(files.file("MC", "2025-11", FULL))
    found = (await owner.get("/customers/1")).json()
    assert [found[name] for name in ("name", "rayon", "usage_class")] == ["Siti", "34", "2A"]


async def test_a_master_without_a_status_holds_one_for_the_version_before(
    files: Imports, owner: httpx.AsyncClient, database: ServiceDatabase
) -> None:
    """Whose services take what stands in `is_active` for said."""
    files.take(files.file("MC", "2025-11", {**FULL, "customer_status": "TUTUP"}))
    files.take(files.file("MC", "2025-12", customer("1", target_mc="100")))
    with psycopg.connect(database.worker_url, options="-c search_path=metering") as connection:
        held = connection.execute("select period, is_active, unsaid from customer_periods order by period")
        assert held.fetchall() == [("2025-11", False, []), ("2025-12", True, ["is_active"])]
        # As services wrote it between two migrations.
        connection.execute("update customer_periods set is_active = null, unsaid = '{}' where is_active")
    files.take(files.file("MC", "2026-01", customer("1", target_mc="100")))
    assert (await owner.get("/customers/1")).json()["is_active"] is False


async def test_a_blank_rayon_of_the_master_leaves_the_one_that_others_say(
    files: Imports, owner: httpx.AsyncClient
) -> None:
    files.take(files.file("MC", "2025-12", customer("1", rayon="", target_mc="100")))
    assert told(files.take(files.file("SBRS", "2025-12", read("2025-12", rayon="34", tariff="3A")))) == [
        ("2025-12", "34", "3A", True)
    ]
    paid = {"nomen": "1", "payment_date": "2025-12-02", "amount": "40", "rayon": "34"}
    files.take(files.file("COLLECTION", "2025-12", paid))
    listed = (await owner.get("/collections", params={"rayon": "34"})).json()["items"]
    assert [one["rayon"] for one in listed] == ["34"]


@pytest.mark.parametrize("first_key", ["MANUAL/2025-11/1", "MANUAL//1"], ids=["by_month", "as_it_once_was"])
async def test_each_change_by_a_person_holds_from_its_month_on(
    files: Imports, context: Context, database: ServiceDatabase, first_key: str
) -> None:
    async def say(at: datetime, **said: Any) -> None:
        async with context.db.tenant("tenant-a") as tx:
            await customers.change(tx, PERSON, "1", said, if_match=IfMatchHeader(None), at=at)

    def as_of(month: str) -> tuple[str, bool]:
        again = read(month, stand_akhir=f"{files.number}")
        ((_, _, usage_class, is_active),) = told(files.take(files.file("SBRS", month, again)))
        return usage_class, is_active

    files.take(files.file("MC", "2025-10", customer("1", tariff="A")))
    await say(datetime(2025, 11, 5, tzinfo=UTC), usage_class="B", is_active=False)
    with psycopg.connect(database.worker_url, options="-c search_path=metering") as connection:
        named = connection.execute(
            "update customer_periods set key = %s where import_id = '' returning period", (first_key,)
        )
        assert named.fetchall() == [("2025-11",)]
    new_year = datetime(2025, 12, 31, 23, tzinfo=UTC)  # 1 January, 6 o'clock, where the utility is
    await say(new_year, usage_class="C", is_active=True)
    assert [as_of(month) for month in ("2025-10", "2025-11", "2025-12", "2026-01")] == [
        ("A", True), ("B", False), ("B", False), ("C", True),
    ]  # fmt: skip
    await say(new_year + timedelta(days=1), usage_class="D")
    await say(datetime(2025, 11, 30, tzinfo=UTC), is_active=False)
    assert [as_of(month) for month in ("2025-11", "2025-12", "2026-01")] == [
        ("B", False), ("B", False), ("D", True),
    ]  # fmt: skip


async def test_what_a_person_left_as_it_was_stays_when_the_file_that_said_it_is_taken_back(
    files: Imports, owner: httpx.AsyncClient, context: Context
) -> None:
    first = files.file("MC", "2025-11", {**FULL, "customer_status": "TUTUP"})
    files.take(first)
    at = datetime(2025, 12, 5, tzinfo=UTC)
    async with context.db.tenant("tenant-a") as tx:
        await customers.change(tx, PERSON, "1", {"serial": "S2"}, if_match=IfMatchHeader(None), at=at)
    before = (await owner.get("/customers/1")).json()
    files.undo(first)
    after = (await owner.get("/customers/1")).json()
    kept = ("name", "address", "rayon", "usage_class", "serial", "is_active")
    assert {one: after[one] for one in kept} == {one: before[one] for one in kept}
    assert (after["serial"], after["is_active"]) == ("S2", False)
    files.take(files.file("MC", "2025-12", customer("1", rayon="35", target_mc="100")))
    assert (await owner.get("/customers/1")).json()["rayon"] == "35"


async def test_a_change_is_told_on_the_day_where_the_utility_is(
    files: Imports, owner: httpx.AsyncClient, context: Context
) -> None:
    files.take(files.file("MC", "2025-11", FULL))
    for hour, said in ((16, {"serial": "S2"}), (23, {"meter_size": '1/2"', "serial": ""})):
        async with context.db.tenant("tenant-a") as tx:
            at = datetime(2025, 11, 30, hour, tzinfo=UTC)
            await customers.change(tx, PERSON, "1", said, if_match=IfMatchHeader(None), at=at)

    async def line(**asked: str) -> list[tuple[str, str, dict[str, Any]]]:
        items = (await owner.get("/customers/1/timeline", params=asked)).json()["items"]
        fields = ("serial", "meter_size")
        return [
            (one["day"], one["period"], {name: one["facts"][name] for name in fields if name in one["facts"]})
            for one in items
            if one["kind"] == "customer"
        ]

    november = ("2025-11-30", "2025-11", {"serial": "S2"})
    december = ("2025-12-01", "2025-12", {"serial": "", "meter_size": '1/2"'})
    assert await line() == [december, november]
    assert await line(before="2025-12-01") == [november]


async def test_a_number_that_only_reads_tell_of_is_found_without_a_name(
    files: Imports, owner: httpx.AsyncClient, caller: Caller
) -> None:
    async def found(q: str, http: httpx.AsyncClient = owner, **more: str) -> list[dict[str, str]]:
        return (await http.get("/customers/search", params={"q": q, **more})).json()["results"]

    nameless = {"nomen": "34/001", "name": "", "address": "", "rayon": "34"}
    reads = files.file("SBRS", "2025-12", {"nomen": "34/001", "stand_akhir": "5", "rayon": "34"})
    files.take(reads)
    assert await found(" 34/001 ") == [nameless]
    assert await found("34/001", rayon="34") == [nameless]
    assert await found("34/001", rayon="35") == await found("34/002") == []
    assert await found("34/001", caller("tenant-b")) == []
    line = (await owner.get("/customers/34%2F001/timeline")).json()
    assert (line["nomen"], [one["kind"] for one in line["items"]]) == ("34/001", ["read"])
    assert (await owner.get("/customers/34%2F001")).json()["is_active"] is True, "as nobody says otherwise"
    closed = files.file(
        "SBRS", "2025-12", {"nomen": "34/001", "stand_akhir": "5", "customer_status": "TUTUP"}
    )
    files.take(closed)
    assert (await owner.get("/customers/34%2F001")).json()["is_active"] is False
    files.undo(closed)
    master = files.file("MC", "2025-12", customer("34/001"))
    files.take(master)
    (one,) = await found("34/001")
    assert one["name"] != ""
    assert (await owner.get("/customers/34%2F001")).json()["nomen"] == "34/001"
    files.undo(master)
    files.undo(reads)
    assert await found("34/001") == []

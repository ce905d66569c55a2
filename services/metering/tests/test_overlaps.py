"""Files that overlap: what stands in two of them stands in the books once."""

from typing import Any

import httpx
import psycopg
import pytest
from arus.metering.v1.events_pb2 import PaymentRecorded
from arus_stack.testing import ServiceDatabase

from .conftest import Imports
from .test_books import of_type, outcomes

pytestmark = pytest.mark.integration
MASTER = {"nomen": "1", "name": "Ani", "rayon": "34", "target_mc": "1000"}


def payments(*days: str) -> list[dict[str, str]]:
    return [
        {
            "nomen": "1",
            "payment_date": day,
            "amount": "100",
            "key": f"1|{day}||100|R{day}",
            "receipt_number": f"R{day}",
        }
        for day in days
    ]


async def paid(owner: httpx.AsyncClient) -> dict[str, Any]:
    answers = {
        month: (await owner.get("/kpi/data", params={"period": month})).json()["target"]
        for month in ("2025-12", "2026-01")
    }
    return {month: figures["sudah_bayar_nominal"] for month, figures in answers.items()}


@pytest.mark.parametrize("type_", ["COLLECTION", "MB"])
async def test_a_payment_in_the_files_of_two_months_counts_once(
    files: Imports, owner: httpx.AsyncClient, type_: str
) -> None:
    for month in ("2025-12", "2026-01"):
        files.take(files.file("MC", month, MASTER))
    week = payments("2025-12-29", "2025-12-31", "2026-01-02")
    december = payments("2025-12-05", "2025-12-29", "2025-12-31")
    first = files.file(type_, "2026-01", *week)
    assert outcomes(files.take(first)) == ["CREATED"] * 3
    assert await paid(owner) == {"2025-12": 200, "2026-01": 100}, (
        "a payment is of its own month, not its file's"
    )
    second = files.file(type_, "2025-12", *december)
    told = files.take(second)
    assert outcomes(told) == ["CREATED", "UNCHANGED", "UNCHANGED"]
    assert [one.payment_date for one in of_type(told, PaymentRecorded)] == ["2025-12-05"]
    assert await paid(owner) == {"2025-12": 300, "2026-01": 100}
    files.undo(first)
    assert await paid(owner) == {"2025-12": 300, "2026-01": 0}
    files.undo(second)
    assert await paid(owner) == {"2025-12": 0, "2026-01": 0}


async def test_a_payment_that_stands_under_the_month_of_its_file_keeps_its_name(
    files: Imports, owner: httpx.AsyncClient, database: ServiceDatabase
) -> None:
    for month in ("2025-12", "2026-01"):
        files.take(files.file("MC", month, MASTER))
    before = files.file("COLLECTION", "2025-12", *payments("2025-12-05", "2025-12-29"))
    files.take(before)
    with psycopg.connect(database.worker_url, options="-c search_path=metering") as connection:
        connection.execute("update collections set key = replace(key, 'COLLECTION//', 'COLLECTION/2025-12/')")
    week = files.file("COLLECTION", "2026-01", *payments("2025-12-29", "2026-01-02"))
    assert outcomes(files.take(week)) == ["UNCHANGED", "CREATED"]
    assert outcomes(files.take(files.file("COLLECTION", "2025-12", *payments("2025-12-05")))) == ["UNCHANGED"]
    assert await paid(owner) == {"2025-12": 200, "2026-01": 100}
    items = (await owner.get("/collections", params={"nomen": "1"})).json()["items"]
    names = sorted(one["id"].split("/")[1] for one in items)
    assert names == ["", "2025-12", "2025-12"], "what people and links know it by"
    files.undo(before)
    assert await paid(owner) == {"2025-12": 200, "2026-01": 100}, "the later files say so, too"


@pytest.mark.parametrize("of_month", [False, True], ids=["plain", "month in its name"])
async def test_a_payment_whose_billed_month_was_not_read_before_is_the_same_payment(
    files: Imports, owner: httpx.AsyncClient, database: ServiceDatabase, *, of_month: bool
) -> None:
    def with_bill(payment: dict[str, str], bill: str) -> dict[str, str]:
        return payment | {"bill_period": bill, "key": payment["key"].replace("||", f"|{bill}|")}

    files.take(files.file("MC", "2025-12", MASTER))
    first, second, third = payments("2025-12-05", "2025-12-06", "2025-12-07")
    before = files.file("COLLECTION", "2025-12", first, second)
    files.take(before)
    if of_month:
        with psycopg.connect(database.worker_url, options="-c search_path=metering") as connection:
            replaced = "update collections set key = replace(key, 'COLLECTION//', 'COLLECTION/2025-12/')"
            connection.execute(replaced)
    grown = files.file(
        "COLLECTION", "2025-12", *(with_bill(one, "2025-12") for one in (first, second, third))
    )
    assert outcomes(files.take(grown)) == ["UPDATED", "UPDATED", "CREATED"]
    assert files.take(grown) == [], "the same chunk again"
    assert (await paid(owner))["2025-12"] == 300
    again = files.file("COLLECTION", "2025-12", with_bill(first, "2025-12"))
    assert outcomes(files.take(again)) == ["UNCHANGED"]
    elsewhere = with_bill(second, "2025-12") | {"payment_channel": "BCA"}
    other = elsewhere | {
        "payment_date": "2025-12-06",
        "key": elsewhere["key"].replace("2025-12|", "2025-11|"),
    }
    assert outcomes(files.take(files.file("COLLECTION", "2025-12", other | {"bill_period": "2025-11"}))) == [
        "CREATED"
    ], "paid at another place"
    files.undo(again)
    files.undo(grown)
    assert (await paid(owner))["2025-12"] == 200


def of_bills(receipt: str, *months: str) -> list[dict[str, str]]:
    """Return payments of one customer, day and amount; of a month "" no billed month was read."""
    plain = {"nomen": "1", "payment_date": "2025-12-05", "amount": "100", "payment_channel": "BCA"}
    return [
        {
            **plain,
            "bill_period": month,
            "receipt_number": receipt,
            "key": f"1|2025-12-05|{month}|100|{receipt}",
        }
        for month in months
    ]


async def test_two_payments_that_only_their_months_told_apart_stay_two(
    files: Imports, owner: httpx.AsyncClient
) -> None:
    files.take(files.file("MC", "2025-12", MASTER))
    files.take(files.file("COLLECTION", "2025-12", *of_bills("R1", "", "")))
    assert (await paid(owner))["2025-12"] == 200
    for expected in (["UPDATED", "CREATED"], ["UNCHANGED", "UNCHANGED"]):
        both = files.file("COLLECTION", "2025-12", *of_bills("R1", "2025-10", "2025-11"))
        assert outcomes(files.take(both)) == expected
        items = (await owner.get("/collections", params={"nomen": "1"})).json()["items"]
        assert sorted(one["bill_period"] for one in items) == ["2025-10", "2025-11"]
    files.take(files.file("COLLECTION", "2025-12", *of_bills("R1", "2025-11")))
    items = (await owner.get("/collections", params={"nomen": "1"})).json()["items"]
    assert sorted(one["bill_period"] for one in items) == ["2025-10", "2025-11"], (
        "a file of one takes none away"
    )


@pytest.mark.parametrize(("receipt", "stand"), [("R1", []), ("", ["2025-12"])], ids=["named", "alike"])
async def test_payments_of_several_months_in_several_files_are_several(
    files: Imports, owner: httpx.AsyncClient, receipt: str, stand: list[str]
) -> None:
    files.take(files.file("MC", "2025-12", MASTER))
    for month in ("", "2025-10", "2025-11"):
        files.take(files.file("COLLECTION", "2025-12", *of_bills(receipt, month)))
    items = (await owner.get("/collections", params={"nomen": "1"})).json()["items"]
    assert sorted(one["bill_period"] for one in items) == ["2025-10", "2025-11", *stand]


async def test_payments_that_are_alike_are_each_one_of_its_own(
    files: Imports, owner: httpx.AsyncClient
) -> None:
    files.take(files.file("MC", "2025-12", MASTER))
    one = {"nomen": "1", "payment_date": "2025-12-05", "amount": "100", "key": "1|2025-12-05||100|"}
    first = files.file("COLLECTION", "2025-12", one, one)
    assert outcomes(files.take(first)) == ["CREATED"] * 2
    assert outcomes(files.take(files.file("COLLECTION", "2025-12", one))) == ["UNCHANGED"]
    assert (await paid(owner))["2025-12"] == 200, "a file that has one of them says nothing of the other"
    third = files.file("COLLECTION", "2025-12", one, one, one)
    assert outcomes(files.take(third)) == ["UNCHANGED", "UNCHANGED", "CREATED"]
    files.undo(third)

    page = (await owner.get("/collections", params={"limit": 1})).json()
    rest = (await owner.get("/collections", params={"limit": 1, "cursor": page["next_cursor"]})).json()
    [shown] = page["items"]
    assert [shown["id"] != other["id"] for other in rest["items"]] == [True]
    path = f"/collections/{shown['id']}"
    assert (await owner.patch(path, json={"amount": "150"})).status_code == 200
    assert (await paid(owner))["2025-12"] == 250
    assert (await owner.delete(path)).status_code == 204
    assert (await paid(owner))["2025-12"] == 100
    files.take(files.file("COLLECTION", "2025-12", one, one))
    assert (await paid(owner))["2025-12"] == 100, "what was taken back comes in no more, the other one stands"


async def test_a_plain_list_of_customers_bills_nobody(files: Imports, owner: httpx.AsyncClient) -> None:
    async def figures() -> tuple[str, int, int]:
        seen = (await owner.get("/kpi/data")).json()
        return seen["periode"], seen["total_pelanggan"], seen["target"]["total_nominal"]

    billed = files.file(
        "MC", "2025-12", MASTER | {"kubikasi": "12"}, {"nomen": "2", "name": "Budi", "rayon": "34"}
    )
    files.take(billed)
    before = await figures()
    assert before == ("2025-12", 2, 1000), "who has no amount in a billing master was billed nothing"
    ani = {"nomen": "1", "name": "Ani Baru", "address": "Jl. Sunter No.2", "rayon": "34"}
    same_month = files.file("MC", "2025-12", ani)
    assert outcomes(files.take(same_month)) == ["UPDATED"], "as its preview says"
    files.take(files.file("MC", "2026-01", ani))
    assert await figures() == before, "neither a newer billed month nor another target"
    assert (await owner.get("/customers/1")).json()["name"] == "Ani Baru"
    again = files.file("MC", "2025-12", MASTER | {"kubikasi": "12"})
    assert outcomes(files.take(again)) == ["UPDATED"]
    assert await figures() == before
    files.undo(again)
    files.undo(billed)
    assert (await owner.get("/kpi/data")).json()["target"]["total_nominal"] == 0
    files.take(files.file("MC", "2026-01", MASTER))
    assert (await figures())[0] == "2026-01"
    assert (await owner.get("/customers/1")).json()["name"] == "Ani", "the newest file says who they are"

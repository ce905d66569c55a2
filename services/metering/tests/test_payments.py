"""Payments of files that people correct and take back, and the files that say them again."""

import httpx
import psycopg
import pytest
from arus_stack.testing import ServiceDatabase

from .conftest import Caller, Imports
from .test_books import customer, outcomes

pytestmark = pytest.mark.integration


async def test_a_row_that_says_nothing_new_leaves_what_a_person_made_of_it(
    files: Imports, owner: httpx.AsyncClient
) -> None:
    files.take(files.file("MC", "2025-12", customer("1", target_mc="100")))
    paid = {"nomen": "1", "payment_date": "2025-12-05", "amount": "50", "bill_period": "2025-12"}
    first = files.file("COLLECTION", "2025-12", paid)
    files.take(first)
    path = f"/collections/{(await owner.get('/collections')).json()['items'][0]['id']}"
    await owner.patch(path, json={"amount": "60"})

    again = files.file("COLLECTION", "2025-12", paid)
    told = files.take(again)
    assert outcomes(told) == ["UNCHANGED"]
    assert len(told) == 1, "nothing new is told"
    assert (await owner.get(path)).json()["amount"]["amount"] == "60.00"

    other = files.file("COLLECTION", "2025-12", {**paid, "amount": "70"})
    assert outcomes(files.take(other)) == ["UPDATED"]
    assert (await owner.get(path)).json()["amount"]["amount"] == "70.00", "a newer word"
    files.undo(other)
    assert (await owner.get(path)).json()["amount"]["amount"] == "60.00", "what stood before"

    assert (await owner.delete(path)).status_code == 204
    assert outcomes(files.take(files.file("COLLECTION", "2025-12", paid))) == ["UNCHANGED"]
    assert (await owner.get(path)).status_code == 410
    assert files.undo(again)[-1].withdrawn == 0
    assert (await owner.get("/kpi/data")).json()["target"]["sudah_bayar_nominal"] == 0


async def test_who_entered_corrected_or_took_back_a_payment_stays_known(
    files: Imports, owner: httpx.AsyncClient, caller: Caller, database: ServiceDatabase
) -> None:
    await owner.post("/customers", json={"nomen": "1", "name": "Ani", "address": "Jl. Sunter No.1"})
    paid = {"nomen": "1", "payment_date": "2025-12-05", "amount": "50"}
    files.take(files.file("COLLECTION", "2025-12", paid))
    made = await owner.post("/collections", json=paid | {"amount": "7"})
    assert made.json()["said_by"] == "user-1"
    siti = caller(sub="siti")
    listed = (await owner.get("/collections")).json()["items"]
    [filed] = [one for one in listed if one["said_by"] is None]
    changed = await siti.patch(f"/collections/{filed['id']}", json={"amount": "60"})
    assert changed.json()["said_by"] == "siti"
    assert (await siti.delete(f"/collections/{made.json()['id']}")).status_code == 204
    line = (await owner.get("/customers/1/timeline")).json()["items"]
    said = {
        one["facts"]["amount_minor"]: (one["facts"]["said_by"], one["facts"].get("withdrawn_by"))
        for one in line
        if one["kind"] == "payment"
    }
    assert said == {6_000: ("siti", None), 700: ("user-1", "siti")}
    with psycopg.connect(database.worker_url, options="-c search_path=metering") as connection:
        assert connection.execute("select said_by from customer_periods").fetchall() == [("user-1",)]


async def test_a_payment_that_was_taken_back_is_gone(owner: httpx.AsyncClient) -> None:
    await owner.post("/customers", json={"nomen": "1", "name": "Ani", "address": "Jl. Sunter No.1"})
    paid = {"nomen": "1", "payment_date": "2025-12-05", "amount": "50"}
    path = f"/collections/{(await owner.post('/collections', json=paid)).json()['id']}"
    assert (await owner.delete(path)).status_code == 204
    for method, body in (("GET", None), ("PATCH", {"amount": "60"}), ("DELETE", None)):
        answer = await owner.request(method, path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (410, "payment_removed")
    assert (await owner.get("/collections/0")).status_code == 404


async def test_null_and_what_stands_change_nothing(owner: httpx.AsyncClient) -> None:
    await owner.post("/customers", json={"nomen": "1", "name": "Ani", "address": "Jl. Sunter No.1"})
    paid = {"nomen": "1", "payment_date": "2025-12-05", "amount": "50", "receipt_number": "K-1"}
    made = (await owner.post("/collections", json=paid)).json()
    for path, fields in (
        ("/customers/1", ("name", "address", "rayon", "serial", "meter_size", "is_active")),
        (f"/collections/{made['id']}", ("payment_date", "amount", "bill_period", "receipt_number")),
    ):
        before = (await owner.get(path)).json()
        for field in fields:
            answer = await owner.patch(path, json={field: None})
            [error] = answer.json()["errors"]
            assert (answer.status_code, error["field"], error["code"]) == (422, field, "not_null")
        assert (await owner.patch(path, json={})).status_code == 200
        assert (await owner.get(path)).json() == before
    same = await owner.patch(f"/collections/{made['id']}", json=paid | {"nomen": None})
    assert same.status_code == 422, "whose it is cannot be changed"
    del paid["nomen"]
    assert (await owner.patch(f"/collections/{made['id']}", json=paid)).json() == made


async def test_an_import_whose_payment_was_corrected_is_not_taken_back(
    files: Imports, owner: httpx.AsyncClient
) -> None:
    paid = {"nomen": "1", "payment_date": "2025-12-05", "amount": "50"}
    first = files.file("COLLECTION", "2025-12", paid)
    files.take(first)
    path = f"/collections/{(await owner.get('/collections')).json()['items'][0]['id']}"
    await owner.patch(path, json={"amount": "60"})
    [refused] = files.undo(first)
    assert [(one.kind, one.label) for one in refused.dependants] == [("payment_edit", "1 2025-12-05")]
    again = files.file("COLLECTION", "2025-12", paid)
    files.take(again)
    assert files.undo(first)[-1].withdrawn == 1, "another import says it as well"
    assert (await owner.get(path)).json()["amount"]["amount"] == "60.00"
    assert files.undo(again)[-1].dependants_in_all == 1
    await owner.delete(path)
    assert files.undo(again)[-1].dependants_in_all == 0


async def test_a_corrected_payment_is_still_known_in_both_registers(
    files: Imports, owner: httpx.AsyncClient
) -> None:
    files.take(files.file("MC", "2025-12", customer("1", target_mc="1000000")))
    paid = {"nomen": "1", "payment_date": "2025-12-05", "amount": "500000", "bill_number": "B1"}
    files.take(files.file("COLLECTION", "2025-12", paid | {"payment_channel": "LOKET"}))
    files.take(files.file("MB", "2025-12", paid))
    for one in (await owner.get("/collections")).json()["items"]:
        changed = await owner.patch(
            f"/collections/{one['id']}", json={"receipt_number": f"R-{one['source']}"}
        )
        assert changed.json()["source"] == one["source"]
    assert (await owner.get("/kpi/data")).json()["target"]["sudah_bayar_nominal"] == 500_000
    daily = next(
        one for one in (await owner.get("/collections")).json()["items"] if one["source"] == "COLLECTION"
    )
    moved = await owner.patch(f"/collections/{daily['id']}", json={"bill_period": "2025-11"})
    assert moved.json()["payment_type"] == "ARREARS", "of another bill's period it is of another type"

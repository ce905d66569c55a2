"""Payments that are not due yet, or of arrears, and say no billing period: kept, listed, counted in none."""

import httpx
import pytest

from .conftest import Imports
from .test_books import customer

pytestmark = pytest.mark.integration
PAID = {"nomen": "1", "payment_date": "2025-12-02", "amount": "100"}


@pytest.mark.parametrize("kind", ["UNDUE", "ARREARS"])
async def test_it_counts_in_no_period_by_file_and_by_hand_until_somebody_says_one(
    files: Imports, owner: httpx.AsyncClient, kind: str
) -> None:
    files.take(files.file("MC", "2025-12", customer("1", target_mc="1000")))
    files.take(files.file("COLLECTION", "2025-12", PAID | {"payment_type": kind}))
    made = await owner.post("/collections", json=PAID | {"payment_type": kind})
    assert (made.status_code, made.json()["bill_period"]) == (201, "")
    path = f"/collections/{made.json()['id']}"
    corrected = (await owner.patch(path, json={"amount": "90"})).json()
    assert (corrected["bill_period"], corrected["payment_type"]) == ("", kind)
    assert (await owner.get("/kpi/data")).json()["target"]["sudah_bayar_nominal"] == 0
    listed = (await owner.get("/collections", params={"type": kind})).json()["items"]
    assert [one["bill_period"] for one in listed] == ["", ""]
    assert (await owner.get("/collections/export", params={"format": "csv"})).text.count(f",{kind},") == 2
    line = (await owner.get("/customers/1/timeline")).json()["items"]
    assert [one["period"] for one in line if one["kind"] == "payment"] == ["", ""]

    said = (await owner.patch(path, json={"bill_period": "2025-12"})).json()
    assert said["bill_period"] == "2025-12"
    assert (await owner.get("/kpi/data")).json()["target"]["sudah_bayar_nominal"] == 90


async def test_a_payment_of_the_month_needs_no_period(files: Imports, owner: httpx.AsyncClient) -> None:
    files.take(files.file("MC", "2025-12", customer("1", target_mc="1000")))
    for kind in (None, "CURRENT"):
        made = (await owner.post("/collections", json=PAID | {"payment_type": kind})).json()
        assert (made["bill_period"], made["payment_type"]) == ("2025-12", "CURRENT")
    undue = (await owner.post("/collections", json=PAID | {"payment_type": "UNDUE"})).json()
    current = (await owner.patch(f"/collections/{undue['id']}", json={"payment_type": "CURRENT"})).json()
    assert current["bill_period"] == "2025-12"

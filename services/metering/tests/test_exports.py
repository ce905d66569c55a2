"""Customers and payments as files: who gets which rows, and what is in them."""

import io
from datetime import datetime
from typing import Any

import httpx
import openpyxl
import pytest

from .conftest import Caller, Imports

pytestmark = pytest.mark.integration
NAME = '=HYPERLINK("http://jahat.example","Budi")'


@pytest.fixture
def filled(files: Imports) -> Imports:
    """Two customers in two rayons, one with a name that attacks a spreadsheet, and two payments."""
    customers = [
        {"nomen": "007", "name": NAME, "address": "Jl. Sunter No.1", "rayon": "34"},
        {"nomen": "8", "name": "Ani", "address": "Jl. Baru 2", "rayon": "35"},
    ]
    files.take(files.file("MC", "2025-12", *customers))
    paid = [
        {"nomen": "007", "payment_date": "2025-12-05", "amount": "1500.50", "rayon": "34", "key": "a"},
        {"nomen": "8", "payment_date": "2025-12-06", "amount": "7", "rayon": "35", "key": "b"},
    ]
    files.take(files.file("COLLECTION", "2025-12", *paid))
    return files


async def exported(
    client: httpx.AsyncClient, path: str, kind: str, language: str = "id", **params: Any
) -> httpx.Response:
    answer = await client.get(path, params={"format": kind, **params}, headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    return answer


def cells(answer: httpx.Response) -> list[tuple[Any, ...]]:
    page: Any = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    return list(page.iter_rows(values_only=True))


def about(answer: httpx.Response) -> list[Any]:
    """Return what a workbook says of itself beneath its title."""
    book: Any = openpyxl.load_workbook(io.BytesIO(answer.content))
    return [row[0] for row in book.worksheets[1].iter_rows(min_row=2, values_only=True)]


async def test_a_workbook_of_customers_keeps_numbers_as_text(
    owner: httpx.AsyncClient, filled: Imports
) -> None:
    head, *rows = cells(await exported(owner, "/customers/export", "xlsx"))
    assert head == ("Nomen", "Nama", "Alamat", "Rayon", "Golongan", "Nomor meter", "Status")
    assert [(row[0], row[1], row[6]) for row in rows] == [("007", NAME, "Aktif"), ("8", "Ani", "Aktif")]
    found = cells(await exported(owner, "/customers/export", "xlsx", q="sunter", rayon="34"))
    assert [row[0] for row in found[1:]] == ["007"]


async def test_payments_carry_dates_and_money_and_run_nothing(
    owner: httpx.AsyncClient, filled: Imports
) -> None:
    _, *rows = cells(await exported(owner, "/collections/export", "xlsx"))
    assert [(row[0], row[1], row[3], row[4]) for row in rows] == [
        (datetime.fromisoformat("2025-12-06"), "8", 7, "2025-12"),
        (datetime.fromisoformat("2025-12-05"), "007", 1500.5, "2025-12"),
    ]
    csv = await exported(owner, "/collections/export", "csv", "en", nomen="007", **{"from": "2025-12-05"})
    assert csv.content.decode("utf-8-sig").splitlines()[1].startswith("2025-12-05,007,34,1500.5,2025-12,")
    assert "payments-2025-12-05.csv" in csv.headers["content-disposition"]
    assert ";'=HYPERLINK" not in (await exported(owner, "/customers/export", "csv", q="8")).text
    assert "'=HYPERLINK" in (await exported(owner, "/customers/export", "csv")).text


async def test_the_size_is_told_before_and_wrong_filters_are_named(
    owner: httpx.AsyncClient, filled: Imports
) -> None:
    for path, filters in (("/customers", {"rayon": "35"}), ("/collections", {"to": "2025-12-05"})):
        size = (await owner.get(f"{path}/export/size")).json()
        assert size == {"rows": 2, "most": {"csv": 100_000, "xlsx": 100_000, "pdf": 5_000}}
        assert (await owner.get(f"{path}/export/size", params=filters)).json()["rows"] == 1
    reversed_ = await owner.get(
        "/collections/export", params={"format": "csv", "from": "2025-12-02", "to": "2025-12-01"}
    )
    assert (reversed_.status_code, reversed_.json()["errors"][0]["field"]) == (422, "to")


@pytest.mark.parametrize("path", ["/customers/export", "/collections/export"])
async def test_nobody_exports_beyond_their_tenant(caller: Caller, filled: Imports, path: str) -> None:
    stranger = caller("tenant-b")
    assert len((await exported(stranger, path, "csv")).text.splitlines()) == 1
    assert (await stranger.get(f"{path}/size")).json()["rows"] == 0
    assert (await caller("tenant-a", "operator").get(path, params={"format": "csv"})).status_code == 403


async def test_figures_come_as_files(owner: httpx.AsyncClient, caller: Caller, files: Imports) -> None:
    billed = [
        {"nomen": nomen, "name": "A", "rayon": rayon, "target_mc": "100", "kubikasi": "10.5"}
        for nomen, rayon in (("1", "34"), ("2", "35"))
    ]
    files.take(files.file("MC", "2025-12", *billed))
    files.take(
        files.file("COLLECTION", "2025-12", {"nomen": "1", "payment_date": "2025-12-05", "amount": "25"})
    )
    files.take(
        files.file("ARDEBT", "2025-12", {"nomen": "2", "amount": "7", "bills": "2", "as_of": "2025-12-28"})
    )
    head, *rows = cells(await exported(owner, "/kpi/periods/export", "xlsx", by="rayon"))
    assert (head[0], head[5], head[8]) == ("Periode", "Dibayar (Rp)", "Tingkat penagihan (%)")
    assert [(row[0], row[1], row[3], row[5], row[6]) for row in rows] == [
        ("2025-12", "34", 10.5, 25, 75), ("2025-12", "35", 10.5, 0, 100),
    ]  # fmt: skip
    csv = await exported(owner, "/kpi/daily/export", "csv", "en", rayon="34")
    assert csv.content.decode("utf-8-sig").splitlines()[1].startswith("2025-12-05,1,25.00,25.00,100.00,25")
    bands = cells(await exported(owner, "/kpi/arrears/export", "xlsx"))[1:]
    assert [(row[0], row[3]) for row in bands] == [("0-30", 0), ("31-60", 7), ("61-90", 0), (">90", 0)]
    told = about(await exported(owner, "/kpi/arrears/export", "xlsx", rayon="35"))
    assert told[:3] == ["Periode: 2025-12", "Rayon: 35", "Daftar per tanggal: 28 Des 2025"]
    assert told[3].startswith("Data per: ")
    assert told[3].endswith(" WIB")
    for path, rows_of in (("periods", 1), ("daily", 1), ("arrears", 4)):
        assert (await owner.get(f"/kpi/{path}/export/size")).json()["rows"] == rows_of
        stranger = await exported(caller("tenant-b"), f"/kpi/{path}/export", "csv")
        assert "25" not in stranger.text
        refused = await caller("tenant-a", "operator").get(f"/kpi/{path}/export", params={"format": "csv"})
        assert refused.status_code == 403


async def test_periods_come_newest_first_with_what_changed(owner: httpx.AsyncClient, files: Imports) -> None:
    for period, amount in (("2025-10", "40"), ("2025-11", "50"), ("2025-12", "33.30")):
        billed = [
            {"nomen": nomen, "rayon": rayon, "target_mc": "90"} for nomen, rayon in (("1", "34"), ("2", "35"))
        ]
        files.take(files.file("MC", period, *billed))
        paid = {"nomen": "1", "payment_date": f"{period}-05", "amount": amount, "key": period}
        files.take(files.file("COLLECTION", period, paid))
    answer = await exported(owner, "/kpi/periods/export", "xlsx", by="rayon")
    head, *rows = cells(answer)
    assert head[9] == "Perubahan dibayar (%)"
    assert [(row[0], row[1], row[5], row[9]) for row in rows] == [
        ("2025-12", "34", 33.3, -33.4), ("2025-12", "35", 0, None),
        ("2025-11", "34", 50, 25), ("2025-11", "35", 0, None),
        ("2025-10", "34", 40, None), ("2025-10", "35", 0, None),
    ]  # fmt: skip
    page: Any = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert (page["I2"].value, page["I2"].number_format) == (37, "0.00")

"""Fuel transactions as files: who gets which rows, and what is in them."""

import io
from datetime import datetime
from typing import Any

import httpx
import openpyxl
import psycopg
import pytest
from arus_runtime.web import exports
from arus_stack.testing import ServiceDatabase
from pypdf import PdfReader

from .conftest import CatalogueOwner

pytestmark = pytest.mark.integration

PATH = "/fuel/transactions/export"
NAME = '=HYPERLINK("http://jahat.example","Gudang")'
LOCATION = "insert into ingest.locations values ('tenant-a', %s, %s, 'Asia/Makassar', true, 1)"


@pytest.fixture
async def recorded(
    owner: httpx.AsyncClient, golden: dict[str, Any], database: ServiceDatabase
) -> dict[str, Any]:
    """A use at a place whose name attacks a spreadsheet, and one that was voided."""
    with psycopg.connect(database.superuser_url) as connection:
        connection.execute(LOCATION, (golden["location_id"], NAME))
    for more in ({"note": "+62 811 aman"}, {"date": "2025-01-09", "volume_l": "1234.5"}):
        answer = await owner.post("/fuel/transactions", json=golden | more)
        assert answer.status_code == 201, answer.text
    voided = (await owner.post("/fuel/transactions", json=golden | {"date": "2025-01-08"})).json()["id"]
    assert (await owner.delete(f"/fuel/transactions/{voided}")).status_code == 204
    return golden


async def exported(
    client: httpx.AsyncClient, kind: str, language: str = "id", **params: Any
) -> httpx.Response:
    answer = await client.get(PATH, params={"format": kind, **params}, headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    return answer


async def test_a_workbook_holds_what_the_list_shows_with_real_types(
    owner: httpx.AsyncClient, recorded: dict[str, Any]
) -> None:
    answer = await exported(owner, "xlsx", status="active")
    page: Any = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    rows = list(page.iter_rows(values_only=True))
    assert rows[0][:6] == ("Tanggal", "Lokasi", "Produk", "Volume (L)", "Catatan", "Status")
    assert [(row[0], row[1], row[3], row[4]) for row in rows[1:]] == [
        (datetime.fromisoformat("2025-01-10"), NAME, 520, "+62 811 aman"),
        (datetime.fromisoformat("2025-01-09"), NAME, 1234.5, None),
    ]
    assert page["B2"].data_type == "s"


async def test_a_csv_speaks_the_language_and_runs_nothing(
    owner: httpx.AsyncClient, recorded: dict[str, Any]
) -> None:
    indonesian = await exported(owner, "csv")
    assert indonesian.headers["content-disposition"] == (
        "attachment; filename=\"transaksi-bbm.csv\"; filename*=UTF-8''transaksi-bbm.csv"
    )
    lines = indonesian.content.decode("utf-8-sig").splitlines()
    assert lines[2].split(";")[0] == "2025-01-09"
    assert ";1234,5;" in lines[2]
    assert lines[1].count("'=HYPERLINK") == 1
    assert ";'+62 811 aman;Berlaku;" in lines[1]
    english = await exported(owner, "csv", "en", bom="false", **{"from": "2025-01-09", "to": "2025-01-09"})
    assert "fuel-transactions-2025-01-09-2025-01-09.csv" in english.headers["content-disposition"]
    head, line = english.content.decode().splitlines()
    assert head.startswith("Date,Location,")
    assert ",1234.5," in line


async def test_a_pdf_says_what_it_is_of(owner: httpx.AsyncClient, recorded: dict[str, Any]) -> None:
    answer = await exported(owner, "pdf", "en", **{"from": "2025-01-10"})
    assert answer.headers["content-type"] == "application/pdf"
    [page] = PdfReader(io.BytesIO(answer.content)).pages
    text = page.extract_text()
    for said in ("Fuel transactions", "From Jan 10, 2025", "520", "Page 1 of"):
        assert said in text or (said == "From Jan 10, 2025" and "From 10 Jan 2025" in text)


async def test_the_size_is_told_before(owner: httpx.AsyncClient, recorded: dict[str, Any]) -> None:
    size = (await owner.get(f"{PATH}/size")).json()
    assert size == {"rows": 3, "most": {"csv": 100_000, "xlsx": 100_000, "pdf": 5_000}}
    assert (await owner.get(f"{PATH}/size", params={"status": "voided"})).json()["rows"] == 1


async def test_more_rows_than_a_file_holds_are_refused_with_the_bound(
    owner: httpx.AsyncClient, recorded: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(exports.MOST_ROWS, "pdf", 2)  # pyright: ignore[reportArgumentType] -- a mapping by its type
    answer = await owner.get(PATH, params={"format": "pdf"})
    assert (answer.status_code, answer.json()["code"]) == (422, "export_too_large")
    assert "at most 2 rows" in answer.json()["detail"]
    assert (await owner.get(PATH, params={"format": "pdf", "status": "active"})).status_code == 200
    assert (await owner.get(PATH, params={"format": "docx"})).json()["errors"][0]["code"] == "not_one_of"


async def test_nobody_exports_beyond_their_locations_and_tenant(
    owner: httpx.AsyncClient, caller: Any, recorded: dict[str, Any], catalogue: CatalogueOwner
) -> None:
    assert len((await exported(owner, "csv")).text.splitlines()) == 4
    elsewhere = caller("tenant-a", "viewer", locations=[catalogue.location()])
    for client in (elsewhere, caller("tenant-b")):
        assert len((await exported(client, "csv")).text.splitlines()) == 1
        assert (
            len((await exported(client, "csv", location_id=recorded["location_id"])).text.splitlines()) == 1
        )
        assert (await client.get(f"{PATH}/size")).json()["rows"] == 0
    assert (await caller("tenant-a", "operator").get(PATH, params={"format": "csv"})).status_code == 403

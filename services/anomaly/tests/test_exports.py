"""Verdicts as files: who gets which rows, and what is in them."""

import io
from datetime import datetime
from typing import Any

import httpx
import openpyxl
import pytest
from arus.catalog.v1.events_pb2 import LocationChanged
from arus_runtime.ids import new_ulid
from pypdf import PdfReader

from .conftest import Caller, Door, Place, Worker

pytestmark = pytest.mark.integration

PATH = "/anomalies/export"
HOSTILE = "=1+1|Gudang"


@pytest.fixture
async def judged(worker: Worker, door: Door, place: Place) -> Place:
    """A place with a hostile name, three ordinary days and one that is not."""
    named = LocationChanged(tenant_id=place.tenant, location_id=place.location, name=HOSTILE)
    await door.tell(f"{place.tenant}:{place.location}", named, topic="catalog.location.v1")
    facts = [place.recorded(f"2025-01-0{day}", 300) for day in (7, 8, 9)]
    await door.tell(place.key, *facts, place.recorded("2025-01-10", 520))
    await worker.until(place.tenant, lambda rows: sum(current for _, _, current in rows) == 4)
    return place


async def lines(client: httpx.AsyncClient, **params: str) -> list[str]:
    answer = await client.get(PATH, params={"format": "csv", **params})
    assert answer.status_code == 200, answer.text
    return answer.content.decode("utf-8-sig").splitlines()


async def test_a_workbook_says_what_was_judged_and_why(caller: Caller, judged: Place) -> None:
    client = caller(judged.tenant, language="en")
    answer = await client.get(PATH, params={"format": "xlsx", "status": "ANOMALI"})
    page: Any = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    head, row = page.iter_rows(values_only=True)
    assert head[:5] == ("Date", "Location", "Product", "Status", "Volume (L)")
    day, place, _, status, volume, usual, score, reason, _ = row
    assert (day, status, volume, usual) == (datetime.fromisoformat("2025-01-10"), "ANOMALI", 520, 300)
    assert score == pytest.approx(173.3333)
    assert reason == "Use of 520 L is 173% of the usual 300 L: ANOMALI (anomaly)."
    assert place in (HOSTILE, judged.location)
    assert page["B2"].data_type == "s"


async def test_a_csv_and_a_pdf_hold_what_the_filters_find(caller: Caller, judged: Place) -> None:
    client = caller(judged.tenant)
    head, *rows = await lines(client)
    assert head.startswith("Tanggal;Lokasi;Produk;Status;")
    assert [row.split(";")[0] for row in rows] == ["2025-01-10", "2025-01-09", "2025-01-08", "2025-01-07"]
    assert len(await lines(client, status="NORMAL", **{"from": "2025-01-09"})) == 2
    answer = await client.get(PATH, params={"format": "pdf", "status": "ANOMALI"})
    [page] = PdfReader(io.BytesIO(answer.content)).pages
    assert "Penilaian BBM" in page.extract_text()
    assert "173% dari biasanya" in page.extract_text()
    assert (await client.get(f"{PATH}/size", params={"status": "NORMAL"})).json()["rows"] == 3


async def test_nobody_exports_beyond_their_locations_and_tenant(caller: Caller, judged: Place) -> None:
    assert len(await lines(caller(judged.tenant, "viewer", locations=[judged.location]))) == 5
    for client in (caller(judged.tenant, "viewer", locations=[new_ulid()]), caller(new_ulid())):
        assert len(await lines(client)) == 1
        assert len(await lines(client, location_id=judged.location)) == 1
        assert (await client.get(f"{PATH}/size")).json()["rows"] == 0
    refused = await caller(judged.tenant, "device").get(PATH, params={"format": "csv"})
    assert refused.status_code == 403

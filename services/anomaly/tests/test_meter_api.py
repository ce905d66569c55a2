"""Register reads on the topic become the seed's summary and lists, on a real Kafka and PostgreSQL."""

import asyncio
import io
import time
from datetime import date, timedelta
from typing import Any

import httpx
import openpyxl
import pytest
from arus.metering.v1.events_pb2 import PeriodRebilled, RegisterReadRecorded

from .conftest import DEADLINE_S, Caller, Door, Place, Worker

pytestmark = pytest.mark.integration
KINDS = ("extreme", "turun", "zero", "negative", "salah_catat", "rebill", "estimasi")
STANDS = {
    "100": (1000, 1020, 1040, 1340),
    "200": (1000, 1020, 1040, 1040),
    "300": (1000, 1020, 1040, 900),
    "400": (1000, 1020, 1040, 1060),
    "500": (1000, 1020, 1040, 0),
}
SKIPPED = "500"
WITHOUT_SERVICE = "400"


def reads(tenant: str, nomen: str) -> list[RegisterReadRecorded]:
    told: list[RegisterReadRecorded] = []
    for at, stand in enumerate(STANDS[nomen]):
        event = RegisterReadRecorded(
            tenant_id=tenant, nomen=nomen, period=f"2024-{at + 9:02}", rayon="34", is_active=True
        )
        on = date(2024, 9, 14) + timedelta(days=30 * at)
        event.reads.add(
            read_id=f"r{at}", read_date=f"{on}", stand_l=stand * 1000, read_method="ACTUAL", serial="A"
        )
        told.append(event)
    if nomen == SKIPPED:
        told[-1].reads[0].ClearField("stand_l")
        told[-1].reads[0].skip_status = "PAGAR TERKUNCI"
    told[-1].is_active = nomen != WITHOUT_SERVICE
    return told


async def summary(http: httpx.AsyncClient, **asked: str) -> dict[str, Any]:
    return (await http.get("/anomalies/meter/summary", params=asked)).raise_for_status().json()


async def assert_found_by_tag(http: httpx.AsyncClient, said: dict[str, Any]) -> None:
    """Check that who uses water without a service is counted, listed and exported, though no kind holds."""
    assert {tag: of["count"] for tag, of in said["tags"].items() if of["count"]} == {"USAGE_INACTIVE": 1}
    for narrowed, found in (
        ({"tag": "USAGE_INACTIVE"}, [WITHOUT_SERVICE]),
        ({"tag": ["USAGE_INACTIVE", "STUCK_METER"]}, [WITHOUT_SERVICE]),
        ({"tag": "USAGE_INACTIVE", "kind": "zero"}, []),
        ({"tag": "GANTI_METER"}, []),
    ):
        rows = (await http.get("/anomalies/meter", params=narrowed)).json()["items"]
        assert [one["nomen"] for one in rows] == found
        assert (await http.get("/anomalies/meter/export/size", params=narrowed)).json()["rows"] == len(found)
        file = await http.get("/anomalies/meter/export", params={**narrowed, "format": "csv"})
        assert len(file.content.splitlines()) == 1 + len(found)


@pytest.mark.parametrize("path", ["", "/summary", "/100", "/export", "/export/size"])
async def test_who_watches_fuel_reads_nothing_of_customers(caller: Caller, place: Place, path: str) -> None:
    answer = await caller(place.tenant, "operator").get(f"/anomalies/meter{path}", params={"format": "csv"})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_reads_become_the_seeds_summary_and_lists_with_reasons(
    worker: Worker, door: Door, caller: Caller, place: Place
) -> None:
    http = caller(place.tenant)
    empty = await summary(http)
    assert (empty["periode"], empty["periods"]) == ("", [])
    assert empty["anomalies"] == {kind: {"count": 0} for kind in KINDS}
    for nomen in STANDS:
        await door.tell(f"{place.tenant}:{nomen}", *reads(place.tenant, nomen), topic="meter.read.v1")
    deadline = time.monotonic() + DEADLINE_S
    while (said := await summary(http)).get("judged") != 5 or said["period"] != "2024-12":
        assert time.monotonic() < deadline, said
        await asyncio.sleep(0.02)
    assert (said["periode"], said["periods"]) == (
        "Desember 2024",
        ["2024-12", "2024-11", "2024-10", "2024-09"],
    )
    assert said["anomalies"] == {
        kind: {"count": int(kind in ("extreme", "zero", "negative"))} for kind in KINDS
    }
    assert (said["distinct_customers"], said["skipped"]) == (3, 1)
    await assert_found_by_tag(http, said)
    assert (await summary(http, rayon="35", period="2024-10"))["judged"] == 0

    listed = (await http.get("/anomalies/meter", params={"kind": ["extreme", "zero"]})).json()["items"]
    assert [(one["nomen"], one["kinds"]) for one in listed] == [("100", ["extreme"]), ("200", ["zero"])]
    assert listed[0]["reasons"][0]["text"] == "Pemakaian 300 m³ dalam 30 hari, lebih dari 100 m³ sebulan."
    asked = {"format": "csv", "kind": ["extreme", "zero"]}
    export = "/anomalies/meter/export"
    head, *lines = (await http.get(export, params=asked)).content.decode("utf-8-sig").splitlines()
    assert head.startswith("Nomor pelanggan;Rayon;Periode;Jenis;Tanggal baca;")
    assert [line.split(";")[:4] for line in lines] == [
        ["100", "34", "2024-12", "Ekstrem"],
        ["200", "34", "2024-12", "Nol"],
    ]
    assert (await http.get(f"{export}/size")).json()["rows"] == 3
    english = caller(place.tenant, language="en")
    answer = await english.get(export, params={"format": "xlsx", "kind": "negative"})
    page: Any = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    [(nomen, *_, kinds, _day, begin, stand, days, use, _usual, why)] = page.iter_rows(
        min_row=2, values_only=True
    )
    assert (nomen, kinds, begin, stand, days, use) == ("300", "Negative", 1040, 900, 30, -140)
    assert why == "The stand went back from 1,040 m³ to 900 m³."
    assert page["A2"].data_type == "s", "a customer's number keeps its zeros"
    history = (await english.get("/anomalies/meter/300")).json()["items"]
    assert [one["period"] for one in history] == ["2024-12", "2024-11", "2024-10", "2024-09"]
    assert history[0]["reasons"][0]["text"] == "The stand went back from 1,040 m³ to 900 m³."
    assert [one["code"] for one in history[-1]["remarks"]] == ["METER_AWAL"]
    closed = (await http.get(f"/anomalies/meter/{WITHOUT_SERVICE}")).json()["items"]
    assert [one["tags"] for one in closed[:2]] == [["USAGE_INACTIVE"], []]

    # A bill of the month to come that was corrected is no month that was judged, and no read.
    of: dict[str, Any] = {"tenant_id": place.tenant, "nomen": "100", "period": "2025-01", "rayon": "34"}
    await door.tell(f"{place.tenant}:100", PeriodRebilled(delta_l=-1000, **of), topic="meter.read.v1")
    while (ahead := await summary(http, period="2025-01", rayon="34"))["distinct_customers"] != 1:
        assert time.monotonic() < deadline, ahead
        await asyncio.sleep(0.02)
    assert (ahead["anomalies"]["rebill"], ahead["judged"]) == ({"count": 1}, 0)
    assert (await summary(http))["period"] == "2024-12"

    stranger = caller("01JGZ3M0T0ARVSTENANT00000X")
    assert (await summary(stranger))["judged"] == 0
    assert (await stranger.get("/anomalies/meter/300")).status_code == 404
    assert (await stranger.get(f"{export}/size")).json()["rows"] == 0
    assert len((await stranger.get(export, params={"format": "csv"})).content.splitlines()) == 1
    wrong = await http.get("/anomalies/meter", params={"period": "2024-13"})
    assert wrong.status_code == 422

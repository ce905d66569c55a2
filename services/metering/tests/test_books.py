"""Imports into the books on a real PostgreSQL: versions, withdrawals, what is told, and the figures."""

import hashlib
import os
from collections import Counter
from datetime import timedelta
from typing import Any

import httpx
import psycopg
import pytest
from arus.imports.v1.events_pb2 import ImportChunkPublished, ImportRowsAnswered, ImportWithdrawn
from arus.metering.v1.events_pb2 import (
    CustomerChanged,
    PeriodRebilled,
    RegisterReadRecorded,
    RegisterReadWithdrawn,
)
from arus_metering.commands.imports import AT_ONCE
from arus_runtime.testing import NOON
from arus_stack.testing import ServiceDatabase

from .conftest import Caller, Imports

pytestmark = pytest.mark.integration
M3 = 1_000
TABLES = (
    "customer_periods",
    "meter_readings",
    "collections",
    "bills",
    "arrears",
    "customers",
    "customer_grams",
)


def of_type(events: list[Any], kind: type[Any]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def outcomes(events: list[Any]) -> list[str]:
    (answer,) = of_type(events, ImportRowsAnswered)
    return [ImportRowsAnswered.Outcome.Name(row.outcome).removeprefix("OUTCOME_") for row in answer.rows]


def standing(database: ServiceDatabase) -> Counter[tuple[Any, ...]]:
    """Return what stands in the books, without when it was written and by what."""
    hidden = ("number", "recorded_at", "updated_at", "version", "is_withdrawn")
    found: Counter[tuple[Any, ...]] = Counter()
    with psycopg.connect(database.worker_url, options="-c search_path=metering") as connection:
        for table in TABLES:
            rows = connection.execute(f"select to_jsonb(t) from {table} t".encode()).fetchall()
            for (row,) in rows:
                if row.get("is_current", True):
                    kept = {name: value for name, value in row.items() if name not in hidden}
                    found[table, str(sorted(kept.items()))] += 1
    return found


def digest(database: ServiceDatabase) -> str:
    """Return a hash of what stands in the books."""
    lines = sorted(f"{entry} {count}" for entry, count in standing(database).items())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def customer(nomen: str, **said: str) -> dict[str, str]:
    return {"nomen": nomen, "name": f"Pelanggan {nomen}", "address": "Jl. Sunter No.1", "rayon": "34", **said}


async def test_the_seeds_figures_come_from_files(files: Imports, owner: httpx.AsyncClient) -> None:
    billed = [customer(str(100_000 + n), kubikasi="25", target_mc="500000") for n in range(5_000)]
    for first in range(0, 5_000, 500):
        files.take(files.file("MC", "2025-12", *billed[first : first + 500]))
    paid = [
        {"nomen": str(100_000 + n), "payment_date": "2025-12-05", "amount": "500000"} for n in range(4_500)
    ]
    for first in range(0, 4_500, 500):
        files.take(files.file("COLLECTION", "2025-12", *paid[first : first + 500]))
    # The register of paid bills says the same again.
    master = [{**row, "bill_period": "2025-12"} for row in paid]
    for first in range(0, 4_500, 500):
        files.take(files.file("MB", "2025-12", *master[first : first + 500]))
    answer = (await owner.get("/kpi/data")).json()
    assert answer.pop("data_as_of")
    assert answer == {
        "total_pelanggan": 5000,
        "total_kubikasi": 125000,
        "target": {
            "total_nomen": 5000,
            "total_nominal": 2500000000,
            "sudah_bayar_nomen": 4500,
            "sudah_bayar_nominal": 2250000000,
        },
        "collection_rate": 90.0,
        "collection_rate_nomen": 90.0,
        "periode": "2025-12",
    }


async def test_the_newest_import_that_stands_is_what_the_books_say(
    files: Imports, database: ServiceDatabase
) -> None:
    files.take(files.file("MC", "2025-12", customer("1", kubikasi="20", target_mc="100")))
    before = standing(database)
    first = files.file("SBRS", "2025-12", {"nomen": "1", "stand_akhir": "100", "read_method": "ACTUAL"})
    told = files.take(first)
    assert outcomes(told) == ["CREATED"]
    (read,) = of_type(told, RegisterReadRecorded)
    assert (read.reads[0].stand_l, read.rayon, read.is_active) == (100 * M3, "34", True)
    once = standing(database)

    assert files.take(first) == [], "the same chunk again changes nothing"
    same = files.file("SBRS", "2025-12", {"nomen": "1", "stand_akhir": "100", "read_method": "ACTUAL"})
    assert outcomes(files.take(same)) == ["UNCHANGED"]
    other = files.file("SBRS", "2025-12", {"nomen": "1", "stand_akhir": "120", "read_method": "ACTUAL"})
    told = files.take(other)
    assert outcomes(told) == ["UPDATED"]
    assert [read.reads[0].stand_l for read in of_type(told, RegisterReadRecorded)] == [120 * M3]

    (back,) = of_type(files.undo(other), RegisterReadRecorded)
    assert back.reads[0].stand_l == 100 * M3
    files.undo(same)
    assert standing(database) == once
    assert len(of_type(files.undo(first), RegisterReadWithdrawn)) == 1
    assert standing(database) == before


async def test_an_import_taken_back_leaves_the_books_as_if_it_had_never_come(
    files: Imports, database: ServiceDatabase
) -> None:
    files.take(files.file("MC", "2025-11", customer("1"), customer("2")))
    before = standing(database)
    taken = [
        files.file("MC", "2025-12", customer("1", address="Jl. Baru 2"), customer("3")),
        files.file("COLLECTION", "2025-12", {"nomen": "1", "payment_date": "2025-12-01", "amount": "5"}),
        files.file("MAINBILL", "2025-12", {"nomen": "1", "amount": "5", "volume": "2"}),
        files.file("ARDEBT", "2025-12", {"nomen": "1", "amount": "5", "bill_period": "2025-10"}),
    ]
    for chunk in taken:
        files.take(chunk)
    assert standing(database) != before
    gone = [event for chunk in taken for event in files.undo(chunk)]
    assert standing(database) == before
    assert [(one.nomen, one.is_gone) for one in of_type(gone, CustomerChanged)] == [("3", True), ("1", False)]


async def test_a_billing_master_behind_the_reads_says_anew_whose_they_are(files: Imports) -> None:
    def told(events: list[Any]) -> list[tuple[str, str, bool]]:
        found = of_type(events, RegisterReadRecorded)
        return [(read.period, read.usage_class, read.is_active) for read in found]

    for month in ("2025-10", "2025-11", "2025-12"):
        read = {"nomen": "1", "stand_akhir": "100", "read_method": "ACTUAL"}
        assert told(files.take(files.file("SBRS", month, read))) == [(month, "", True)]
    november = files.file("MC", "2025-11", customer("1", tariff="2A"))
    october, rest = ("2025-10", "2A", True), [("2025-11", "2A", True), ("2025-12", "2A", True)]
    assert told(files.take(november)) == [october, *rest], "the first that is known holds before it too"
    closed = files.file("MC", "2025-12", customer("1", tariff="2A", customer_status="TUTUP"))
    assert told(files.take(closed)) == [("2025-12", "2A", False)]
    assert told(files.take(files.file("MC", "2025-10", customer("1", tariff="3B")))) == [
        ("2025-10", "3B", True)
    ]
    late = files.file("SBRS", "2025-11", {"nomen": "1", "stand_akhir": "120", "read_method": "ACTUAL"})
    assert told(files.take(late)) == [("2025-11", "2A", True)], "as of its month, not of the newest"
    assert told(files.undo(closed)) == [("2025-12", "2A", True)]
    assert told(files.undo(november)) == [("2025-11", "3B", True), ("2025-12", "3B", True)]


@pytest.mark.timeout(3_600)
async def test_a_large_import_is_taken_back_piece_by_piece_and_leaves_nothing(
    files: Imports, database: ServiceDatabase
) -> None:
    rows = int(os.environ.get("ARUS_UNDO_ROWS", "5000"))

    def sent(import_id: str, first: int, more: int) -> list[ImportChunkPublished]:
        chunks = [
            files.file(
                "SBRS",
                "2025-12",
                *(
                    {"nomen": f"{n:08}", "stand_akhir": str(n % 900 + more), "read_method": "ACTUAL"}
                    for n in range(start, start + 500)
                ),
                import_id=import_id,
            )
            for start in range(first, first + rows, 500)
        ]
        for chunk in chunks:
            files.take(chunk)
        return chunks

    sent("earlier", 0, 0)
    before = digest(database)
    large = sent("large", rows // 2, 5)  # half of it says other than the earlier one, half is new
    assert digest(database) != before
    wish = ImportWithdrawn(tenant_id=files.tenant, import_id="large", type="SBRS", period="2025-12")
    pieces = [files.take(wish)]
    while pieces[-1][-1].is_partial:
        pieces.append(files.take(wish))
    assert max(len(piece) for piece in pieces) <= AT_ONCE + 1
    assert sum(piece[-1].withdrawn for piece in pieces) == rows
    assert files.take(large[0]) == [], "what was taken back does not come back"
    assert digest(database) == before


async def test_a_wrong_row_is_answered_and_the_others_are_taken(files: Imports) -> None:
    chunk = files.file(
        "SBRS", "2025-12", {"nomen": "1", "stand_akhir": "x"}, {"nomen": "2", "stand_akhir": "5"}
    )
    told = files.take(chunk)
    (answer,) = of_type(told, ImportRowsAnswered)
    assert [(row.field, row.code) for row in answer.rows] == [("stand_akhir", "ROW_NOT_DECIMAL"), ("", "")]
    assert [read.nomen for read in of_type(told, RegisterReadRecorded)] == ["2"]


@pytest.mark.parametrize("period", ["9999-12", "0001-01", "1800-05", "2025-13", "x"])
@pytest.mark.parametrize("kind", ["SBRS", "MC", "ARDEBT"])
async def test_rows_of_a_month_that_cannot_be_are_answered_as_wrong(
    files: Imports, kind: str, period: str
) -> None:
    row = {"nomen": "1", "stand_akhir": "5", "amount": "7", "age_days": "3"}
    (answer,) = of_type(files.take(files.file(kind, period, row)), ImportRowsAnswered)
    assert [(row.field, row.code) for row in answer.rows] == [("period", "ROW_NOT_PERIOD")]


async def test_a_day_that_cannot_be_is_wrong(files: Imports) -> None:
    row = {"nomen": "1", "stand_akhir": "5", "read_date": "9999-12-31"}
    (answer,) = of_type(files.take(files.file("SBRS", "2025-12", row)), ImportRowsAnswered)
    assert [(row.field, row.code) for row in answer.rows] == [("read_date", "ROW_NOT_DATE")]


async def test_a_period_that_stands_twice_in_a_file_keeps_both_reads(files: Imports) -> None:
    twice = [{"nomen": "1", "stand_akhir": stand, "read_date": "2025-12-14"} for stand in ("100", "130")]
    told = files.take(files.file("SBRS", "2025-12", *twice))
    assert [read.stand_l for read in of_type(told, RegisterReadRecorded)[-1].reads] == [100 * M3, 130 * M3]


async def test_a_duplicate_that_is_gone_is_told(files: Imports) -> None:
    rows = [
        {"nomen": "1", "stand_akhir": stand, "read_date": "2025-12-14", "read_method": "ACTUAL"}
        for stand in ("100", "120")
    ]
    files.take(files.file("SBRS", "2025-12", *rows))
    mended = files.take(files.file("SBRS", "2025-12", rows[1]))
    [read] = [event for event in mended if isinstance(event, RegisterReadRecorded)]
    assert [one.stand_l for one in read.reads] == [120_000]
    assert outcomes(mended) == ["UNCHANGED"]


async def test_a_read_is_told_as_of_when_it_was_recorded_however_often(files: Imports) -> None:
    read = {"nomen": "1", "volume": "-7", "customer_status": "TUTUP"}
    events = [
        *files.take(files.file("SBRS", "2025-12", read), NOON),
        *files.take(files.file("MC", "2025-12", customer("1", tariff="2A")), NOON + timedelta(days=40)),
    ]
    first, again = of_type(events, RegisterReadRecorded)
    assert (first.usage_class, again.usage_class) == ("", "2A")
    assert first.reads == again.reads
    assert (first.reads[0].volume_l, first.reads[0].recorded_at) == (-7 * M3, f"{NOON:%Y-%m-%dT%H:%M:%SZ}")
    assert {first.is_active, again.is_active} == {False}, "the read says so, whatever the master says"


async def test_a_meter_changed_in_the_field_is_told_with_its_read(files: Imports) -> None:
    new = {"serial": "B", "stand_akhir": "10", "stand_cabut": "1080", "stand_pasang": "0", "dials": "4"}
    told = files.take(
        files.file("SBRS", "2025-12", {"nomen": "1", **new}, {"nomen": "2", "stand_akhir": "5"})
    )
    by_nomen = {event.nomen: event.reads[0] for event in of_type(told, RegisterReadRecorded)}
    changed, kept = by_nomen["1"], by_nomen["2"]
    assert (changed.replacement.old_final_l, changed.replacement.new_start_l) == (1_080 * M3, 0)
    assert (changed.dials, changed.multiplier) == (4, 0)
    assert not kept.HasField("replacement")


async def test_a_bill_made_again_with_another_volume_is_a_rebilling(files: Imports) -> None:
    files.take(files.file("MAINBILL", "2025-12", {"nomen": "1", "amount": "100000", "volume": "20"}))
    again = files.file("MAINBILL", "2025-12", {"nomen": "1", "amount": "75000", "volume": "15"})
    (rebilled,) = of_type(files.take(again), PeriodRebilled)
    assert (rebilled.delta_l, rebilled.delta_minor) == (-5 * M3, -2_500_000)
    assert (rebilled.rayon, rebilled.usage_class) == ("", ""), "nobody knows the customer"
    (taken_back,) = of_type(files.undo(again), PeriodRebilled)
    assert (taken_back.delta_l, taken_back.delta_minor) == (0, 0)


@pytest.mark.parametrize("dates", [("2025-12-01", "2025-12-10"), ("2025-12-10", "2025-12-01")])
@pytest.mark.parametrize("in_files", [1, 2])
async def test_which_bill_was_first_is_told_by_their_dates(
    files: Imports, dates: tuple[str, str], in_files: int
) -> None:
    bills = [
        {"nomen": "1", "key": number, "bill_number": number, "bill_date": on, "amount": "1", "volume": volume}
        for number, on, volume in zip(("A", "B"), dates, ("20", "15"), strict=True)
    ]
    parts = [bills] if in_files == 1 else [bills[:1], bills[1:]]
    events = [event for part in parts for event in files.take(files.file("MAINBILL", "2025-12", *part))]
    (rebilled,) = of_type(events, PeriodRebilled)
    assert rebilled.delta_l == (-5 * M3 if dates[0] < dates[1] else 5 * M3)


async def test_an_adjustment_is_a_rebilling_whichever_register_has_it(files: Imports) -> None:
    def told(events: list[Any]) -> list[tuple[str, int, int]]:
        return [(one.nomen, one.delta_l, one.delta_minor) for one in of_type(events, PeriodRebilled)]

    alone = files.file("MAINBILL", "2025-12", {"nomen": "9", "amount": "-25000", "volume": "-5"})
    assert told(files.take(alone)) == [("9", -5 * M3, -2_500_000)]
    assert told(files.undo(alone)) == [("9", 0, 0)]
    master = [customer(n, kubikasi="20", target_mc="100000", tariff="2A") for n in ("1", "2", "3")]
    assert told(files.take(files.file("MC", "2025-12", *master))) == []
    master[0] |= {"kubikasi": "15", "target_mc": "75000"}
    again = files.file("MC", "2025-12", *master, customer("3", kubikasi="-8", target_mc="-40000"))
    assert told(files.take(again)) == [("1", -5 * M3, -2_500_000), ("3", -8 * M3, -4_000_000)]
    assert told(files.undo(again)) == [("1", 0, 0), ("2", 0, 0), ("3", 0, 0)]
    of_known = files.file("MAINBILL", "2025-12", {"nomen": "1", "amount": "-25000", "volume": "-5"})
    (rebilled,) = of_type(files.take(of_known), PeriodRebilled)
    assert (rebilled.rayon, rebilled.usage_class) == ("34", "2A")


async def test_another_books_rows_are_passed_over(files: Imports) -> None:
    assert files.take(files.file("FUEL", "2025-12", {"nomen": "1"})) == []


async def test_figures_by_rayon_period_and_day(files: Imports, owner: httpx.AsyncClient) -> None:
    for period in ("2025-11", "2025-12"):
        files.take(
            files.file(
                "MC", period, customer("1", target_mc="100", kubikasi="10"),
                customer("2", target_mc="300", kubikasi="30", rayon="35"),
            )
        )  # fmt: skip
    paid = [
        {"nomen": "1", "payment_date": "2025-12-02", "amount": "100"},
        {"nomen": "2", "payment_date": "2025-12-03", "amount": "150", "key": "2a"},
    ]
    files.take(files.file("COLLECTION", "2025-12", *paid))
    # The register of paid bills says the same again, and one that the daily list does not have.
    also = {"nomen": "2", "payment_date": "2025-11-20", "amount": "30", "bill_period": "2025-11"}
    files.take(files.file("MB", "2025-12", paid[0] | {"bill_period": "2025-12"}, also))

    rayons = (await owner.get("/kpi/rayons")).json()["items"]
    assert [(row["rayon"], row["collection_rate"]) for row in rayons] == [("34", 100.0), ("35", 50.0)]
    periods = (await owner.get("/kpi/periods")).json()["items"]
    assert [(row["period"], row["paid"]["amount"], row["outstanding"]["amount"]) for row in periods] == [
        ("2025-11", "30.00", "370.00"),
        ("2025-12", "250.00", "150.00"),
    ]
    days = (await owner.get("/kpi/daily")).json()
    assert [(day["day"], day["collection_rate"]) for day in days["items"]] == [
        ("2025-12-02", 25.0),
        ("2025-12-03", 62.5),
    ]
    files.take(
        files.file(
            "ARDEBT",
            "2025-12",
            {"nomen": "1", "amount": "7", "age_days": "31"},
            {"nomen": "2", "amount": "9", "age_days": "400", "bills": "14"},
            {"nomen": "3", "amount": "5", "age_days": "400", "bills": "0"},
        )
    )
    bands = (await owner.get("/kpi/arrears")).json()["items"]
    assert [(band["days"], band["amount"]["amount"]) for band in bands] == [
        ("0-30", "0.00"), ("31-60", "7.00"), ("61-90", "0.00"), (">90", "14.00"),
    ]  # fmt: skip
    assert [(band["customers"], band["bills"]) for band in bands] == [(0, 0), (1, 1), (0, 0), (2, 15)]
    files.take(files.file("ARDEBT", "2026-01", {"nomen": "1", "amount": "8", "age_days": "1"}))
    newest = (await owner.get("/kpi/arrears")).json()
    assert (newest["period"], newest["items"][0]["amount"]["amount"]) == ("2026-01", "8.00"), "billed or not"
    former = (customer("1", target_mc="100", rayon="32"), customer("3", target_mc="100", rayon="33"))
    files.take(files.file("MC", "2020-01", *former))
    scopes = (await owner.get("/kpi/scopes")).json()
    assert scopes == {"periods": ["2025-12", "2025-11", "2020-01"], "rayons": ["33", "34", "35"]}
    wrong = await owner.get("/kpi/periods", params={"from": "2020-01"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "from")


async def test_who_is_billed_nothing_and_pays_makes_no_rate_pass_all(
    files: Imports, owner: httpx.AsyncClient
) -> None:
    billed = [customer(str(n), target_mc="100" if n else "0") for n in range(3)]
    files.take(files.file("MC", "2025-12", *billed))
    paid = [{"nomen": str(n), "payment_date": "2025-12-02", "amount": "100"} for n in range(3)]
    files.take(files.file("COLLECTION", "2025-12", *paid))
    answer = (await owner.get("/kpi/data")).json()
    assert (answer["collection_rate_nomen"], answer["target"]["sudah_bayar_nomen"]) == (100.0, 2)
    assert answer["total_pelanggan"] == 3


async def test_of_a_months_lists_of_debts_the_newest_holds(files: Imports, owner: httpx.AsyncClient) -> None:
    def debt(nomen: str, as_of: str, rayon: str = "34") -> dict[str, str]:
        return {"nomen": nomen, "amount": "7", "age_days": "31", "as_of": as_of, "rayon": rayon}

    async def owed() -> tuple[str | None, str | None, str]:
        said = (await owner.get("/kpi/arrears")).json()
        return said["period"], said["listed_on"], said["items"][1]["amount"]["amount"]

    files.take(files.file("ARDEBT", "2025-12", debt("1", "2025-12-10"), debt("2", "2025-12-10")))
    files.take(files.file("ARDEBT", "2025-12", debt("3", "2025-12-10", "35")))
    assert await owed() == ("2025-12", "2025-12-10", "21.00")
    newer = files.file("ARDEBT", "2025-12", debt("1", "2025-12-31"))
    files.take(newer)
    assert await owed() == ("2025-12", "2025-12-31", "14.00"), "2 has paid; of 35 there is no newer list"
    files.take(files.file("MC", "2026-01", customer("1", target_mc="100")))
    assert await owed() == ("2025-12", "2025-12-31", "14.00"), "the newest that is listed"
    unlisted = (await owner.get("/kpi/arrears", params={"period": "2026-01"})).json()
    assert (unlisted["listed_on"], unlisted["newest_period"]) == (None, "2025-12")
    files.undo(newer)
    assert await owed() == ("2025-12", "2025-12-10", "21.00")


async def test_a_list_of_debts_that_comes_late_says_nothing_of_what_a_newer_one_has(
    files: Imports, owner: httpx.AsyncClient, database: ServiceDatabase
) -> None:
    def debts(as_of: str, *said: tuple[str, str]) -> ImportChunkPublished:
        rows = [{"nomen": nomen, "amount": amount, "age_days": "31"} for nomen, amount in said]
        return files.file("ARDEBT", "2025-12", *(row | ({"as_of": as_of} if as_of else {}) for row in rows))

    async def owed() -> tuple[str, str, list[str]]:
        said = (await owner.get("/kpi/arrears")).json()
        line = (await owner.get("/customers/A/timeline")).json()["items"]
        amounts = [one["facts"]["amount_minor"] for one in line if one["kind"] == "arrears"]
        return said["listed_on"], said["items"][1]["amount"]["amount"], amounts

    files.take(files.file("MC", "2025-11", customer("A")))
    newer = debts("2025-12-20", ("A", "1"), ("B", "2"), ("D", "4"))
    files.take(newer)
    once, before = await owed(), standing(database)
    assert once[:2] == ("2025-12-20", "7.00")
    for late in (debts("2025-12-10", ("A", "10"), ("B", "20"), ("C", "40")), debts("", ("A", "9"))):
        assert set(outcomes(files.take(late))[:2]) == {"UNCHANGED"}
        assert await owed() == once
        files.undo(late)
        assert standing(database) == before
    late = debts("2025-12-10", ("A", "10"), ("C", "40"))
    files.take(late)
    corrected = debts("2025-12-20", ("A", "3"))
    assert outcomes(files.take(corrected)) == ["UPDATED"]
    assert (await owed())[1] == "9.00"
    files.undo(corrected)
    assert await owed() == once
    files.undo(newer)
    assert (await owed())[:2] == ("2025-12-10", "50.00")


async def test_lists_of_debts_without_a_rayon_are_of_their_customers(
    files: Imports, owner: httpx.AsyncClient
) -> None:
    master = [customer("1"), customer("2"), customer("3", rayon="35")]
    files.take(files.file("MC", "2025-11", *master))
    for nomens, as_of in (("12", "2025-12-15"), ("3", "2025-12-16"), ("1", "2025-12-17")):
        owed = [{"nomen": nomen, "amount": "7", "age_days": "31", "as_of": as_of} for nomen in nomens]
        files.take(files.file("ARDEBT", "2025-12", *owed))
    amounts = [
        (await owner.get("/kpi/arrears", params=asked)).json()["items"][1]["amount"]["amount"]
        for asked in ({}, {"rayon": "34"}, {"rayon": "35"})
    ]
    assert amounts == ["14.00", "7.00", "7.00"]


async def test_a_list_of_the_whole_utility_pays_off_what_it_leaves_out(
    files: Imports, owner: httpx.AsyncClient
) -> None:
    files.take(files.file("MC", "2025-11", customer("1"), customer("2"), customer("3", rayon="35")))
    for nomens, as_of in (("1239", "2025-12-15"), ("13", "2025-12-20")):
        owed = [{"nomen": nomen, "amount": "7", "age_days": "31", "as_of": as_of} for nomen in nomens]
        files.take(files.file("ARDEBT", "2025-12", *owed))
    said = (await owner.get("/kpi/arrears")).json()
    assert (said["items"][1]["bills"], said["listed_on"]) == (2, "2025-12-20")


async def test_rows_of_a_list_without_a_day_that_come_later_belong_to_it(
    files: Imports, owner: httpx.AsyncClient
) -> None:
    owed = [{"nomen": nomen, "amount": "7", "age_days": "31"} for nomen in ("1", "2", "3")]
    files.take(files.file("ARDEBT", "2025-12", *owed[:2]), at=NOON)
    files.take(files.file("ARDEBT", "2025-12", owed[2]), at=NOON + timedelta(days=1))
    said = (await owner.get("/kpi/arrears")).json()
    assert (said["listed_on"], said["items"][1]["amount"]["amount"]) == ("2025-12-31", "21.00")
    files.take(files.file("ARDEBT", "2025-12", owed[0] | {"as_of": "2025-12-20"}))
    said = (await owner.get("/kpi/arrears")).json()
    assert (said["listed_on"], said["items"][1]["amount"]["amount"]) == ("2025-12-20", "7.00")


async def test_a_payment_that_both_registers_hold_counts_once(
    files: Imports, owner: httpx.AsyncClient
) -> None:
    files.take(files.file("MC", "2025-12", customer("1", target_mc="1000"), customer("2", target_mc="1000")))
    once = {"payment_date": "2025-12-02", "amount": "100", "bill_period": "2025-12"}
    daily = [
        {"nomen": "1", **once, "key": "1a", "receipt_number": "K-1"},
        {"nomen": "1", **once, "key": "1b", "receipt_number": "K-2"},
        {"nomen": "2", **once, "key": "2a"},
    ]
    master = [
        {"nomen": "1", **once, "key": "m1"},
        {"nomen": "2", **once, "key": "m2"},
        {"nomen": "2", **once, "key": "m3"},
        {"nomen": "2", **once | {"payment_date": "2025-12-09"}, "key": "m4"},
    ]
    files.take(files.file("MB", "2025-12", *master))
    taken = files.file("COLLECTION", "2025-12", *daily)
    files.take(taken)
    # 1 paid twice and MB knows of one of them; 2 paid once by the daily list and twice more by MB.
    figures = (await owner.get("/kpi/data")).json()
    assert (figures["target"]["sudah_bayar_nominal"], figures["collection_rate"]) == (500, 25.0)
    days = (await owner.get("/kpi/daily")).json()["items"]
    assert [(day["day"], day["payments"]) for day in days] == [("2025-12-02", 4), ("2025-12-09", 1)]
    listed = (await owner.get("/collections")).json()["items"]
    assert sorted(one["id"][-2:] for one in listed if one["is_repeat"]) == ["m1", "m2"]
    exported = (await owner.get("/collections/export", params={"format": "csv"})).text
    assert (exported.count(",Yes,"), exported.count(",No: the daily list holds it already,")) == (5, 2)
    line = (await owner.get("/customers/1/timeline")).json()["items"]
    assert sorted(one["facts"]["is_repeat"] for one in line if one["kind"] == "payment") == [0, 0, 1]

    files.undo(taken)
    figures = (await owner.get("/kpi/data")).json()
    assert figures["target"]["sudah_bayar_nominal"] == 400, "what only MB holds counts by itself"
    assert not any(one["is_repeat"] for one in (await owner.get("/collections")).json()["items"])


@pytest.mark.parametrize(
    ("daily", "master", "paid"),
    [
        ({"amount": "110"}, {"amount": "100", "penalty": "10"}, 110),
        ({"amount": "100"}, {"amount": "100", "penalty": "10"}, 100),
        ({"amount": "105"}, {"amount": "100", "penalty": "10"}, 205),
        ({"amount": "103", "bill_number": "B1"}, {"amount": "100", "bill_number": "B1"}, 103),
        (
            {"amount": "103", "receipt_number": "K"},
            {"amount": "100", "receipt_number": "K", "payment_date": "2025-12-04"},
            103,
        ),
        ({"amount": "103", "bill_number": "B1"}, {"amount": "100", "bill_number": "B2"}, 203),
    ],
    ids=["penalty", "penalty_not_taken", "neither", "bill", "receipt_of_another_day", "other_bill"],
)
async def test_a_payment_is_the_same_with_its_penalty_or_by_its_number(
    files: Imports, owner: httpx.AsyncClient, daily: dict[str, str], master: dict[str, str], paid: int
) -> None:
    files.take(files.file("MC", "2025-12", customer("1", target_mc="1000")))
    once = {"nomen": "1", "payment_date": "2025-12-02", "bill_period": "2025-12"}
    files.take(files.file("COLLECTION", "2025-12", once | daily | {"key": "d"}))
    files.take(files.file("MB", "2025-12", once | master | {"key": "m"}))
    figures = (await owner.get("/kpi/data")).json()
    assert figures["target"]["sudah_bayar_nominal"] == paid
    listed = {one["id"][-1]: one["is_repeat"] for one in (await owner.get("/collections")).json()["items"]}
    assert listed == {"d": False, "m": paid < 200}


async def test_all_figures_of_a_rayon_are_of_the_customers_its_master_has(
    files: Imports, owner: httpx.AsyncClient
) -> None:
    moved = [customer("1", target_mc="100"), customer("2", target_mc="100", rayon="35")]
    files.take(files.file("MC", "2025-11", customer("2", target_mc="100"), customer("9", target_mc="100")))
    files.take(files.file("MC", "2025-12", *moved))
    # The files of payments and of arrears have no rayon, or another; 9 is not in the master any more.
    said = [("1", "40", ""), ("2", "30", "34"), ("9", "20", "34")]
    paid = [{"nomen": n, "payment_date": "2025-12-02", "amount": a, "rayon": r} for n, a, r in said]
    files.take(files.file("COLLECTION", "2025-12", *paid))
    owed = [{"nomen": n, "amount": a, "rayon": r, "bills": "2"} for n, a, r in said]
    files.take(files.file("ARDEBT", "2025-12", *owed))

    async def of(rayon: str | None) -> tuple[float, float, dict[str, str], list[str]]:
        asked = {"rayon": rayon} if rayon else {}
        kpi = (await owner.get("/kpi/data", params=asked)).json()["target"]["sudah_bayar_nominal"]
        days = (await owner.get("/kpi/daily", params=asked)).json()["items"]
        bands = (await owner.get("/kpi/arrears", params=asked)).json()["items"]
        listed = (await owner.get("/collections", params=asked)).json()["items"]
        return (
            kpi,
            float(days[-1]["paid_until_then"]["amount"]),
            {band["days"]: band["amount"]["amount"] for band in bands if band["customers"]},
            sorted(f"{one['nomen']} in {one['rayon']}" for one in listed),
        )

    assert await of("34") == (40, 40.0, {"31-60": "60.00"}, ["1 in 34", "9 in 34"])
    assert await of("35") == (30, 30.0, {"31-60": "30.00"}, ["2 in 35"])
    assert await of(None) == (70, 70.0, {"31-60": "90.00"}, ["1 in 34", "2 in 35", "9 in 34"])


async def test_a_search_finds_any_part_of_number_name_or_address(
    files: Imports, owner: httpx.AsyncClient
) -> None:
    both = customer("123456", name="PT Example"), customer("777", rayon="35", name="Budi 100%_")
    files.take(files.file("MC", "2025-12", *both))

    async def found(q: str, **more: str) -> list[str]:
        answer = await owner.get("/customers/search", params={"q": q, **more})
        return [one["nomen"] for one in answer.json()["results"]]

    answer = await owner.get("/customers/search", params={"q": "12345", "rayon": "34"})
    assert answer.json() == {
        "results": [{"nomen": "123456", "name": "PT Example", "address": "Jl. Sunter No.1", "rayon": "34"}]
    }
    assert [await found(q) for q in ("xampl", "3456", "SUNTER no", "100%_", "7", "zz")] == [
        ["123456"], ["123456"], ["123456", "777"], ["777"], ["777"], [],
    ]  # fmt: skip
    assert await found("sunter", rayon="35") == ["777"]
    assert await found("3456", rayon="") == ["123456"], "an empty filter, as forms send it"


async def test_a_search_finds_every_part_of_words_whatever_they_are_made_of(
    files: Imports, owner: httpx.AsyncClient
) -> None:
    strange = customer("1", name='O\'Brien \\ (Kali) & |:* "q"', address="Gg. Ñandú 🚰")
    files.take(files.file("MC", "2025-12", strange, customer("2")))
    words = f"1 {strange['name']} {strange['address']}".lower()
    parts = {words[at : at + size] for size in (2, 3, 5, len(words)) for at in range(len(words) - size + 1)}
    for part in sorted(part for part in parts if len(part.strip()) > 1):
        answer = await owner.get("/customers/search", params={"q": part})
        assert "1" in [one["nomen"] for one in answer.json()["results"]], part


async def test_a_search_gives_the_best_hits_first(files: Imports, owner: httpx.AsyncClient) -> None:
    many = [customer(f"{n}", name=f"Pelanggan {n}x1234") for n in range(5000, 5050)]
    best = [customer("9123", address="Gang 1234"), customer("1234"), customer("12345")]
    files.take(files.file("MC", "2025-12", *many, *best))
    results = (await owner.get("/customers/search", params={"q": "1234"})).json()["results"]
    assert [one["nomen"] for one in results] == [
        "1234",
        "12345",
        "9123",
        *(f"{n}" for n in range(5000, 5047)),
    ]
    pages = (await owner.get("/customers", params={"q": "1234", "limit": 2})).json()
    assert [one["nomen"] for one in pages["items"]] == ["1234", "12345"], "a list is by number"


async def test_customers_are_looked_up_by_their_numbers(
    files: Imports, owner: httpx.AsyncClient, caller: Caller
) -> None:
    files.take(files.file("MC", "2025-12", *(customer(nomen) for nomen in ("1", "2", "3", "44"))))

    async def found(client: httpx.AsyncClient, **asked: Any) -> list[str]:
        page = (await client.get("/customers", params=asked)).raise_for_status().json()
        return [one["nomen"] for one in page["items"]]

    assert await found(owner, nomen=["44", "1", "nobody"]) == ["1", "44"]
    assert await found(owner, nomen=["1", "2"], q="2") == ["2"]
    assert await found(owner, nomen=["1", "44"], q="pelanggan 44") == ["44"]
    assert await found(caller("tenant-b"), nomen=["1", "2"]) == []
    assert len(await found(owner, nomen=[f"{n}" for n in range(100)])) == 4
    many = await owner.get("/customers", params={"nomen": [f"{n}" for n in range(101)]})
    assert (many.status_code, many.json()["errors"][0]["field"]) == (422, "nomen")


async def test_no_tenant_sees_another_ones_books(files: Imports, caller: Caller) -> None:
    files.take(files.file("MC", "2025-12", customer("123456", target_mc="5")))
    stranger = caller("tenant-b")
    assert (await stranger.get("/customers/search", params={"q": "123456"})).json() == {"results": []}
    assert (await stranger.get("/customers/123456")).status_code == 404
    assert (await stranger.get("/customers/123456/timeline")).status_code == 404
    assert (await stranger.get("/kpi/data")).json()["total_pelanggan"] == 0


async def test_a_customer_is_entered_changed_and_deactivated(
    files: Imports, owner: httpx.AsyncClient, caller: Caller
) -> None:
    new = customer("42")
    made = await owner.post("/customers", json=new)
    assert (made.status_code, made.json()["is_active"]) == (201, True)
    strange = await owner.post("/customers", json=customer("🚰/7 b"))
    assert strange.headers["location"].endswith("/customers/%F0%9F%9A%B0%2F7%20b")
    taken = await owner.post("/customers", json=new)
    assert (taken.status_code, taken.json()["errors"][0]["field"]) == (409, "nomen")
    changed = await owner.patch(
        "/customers/42", json={"rayon": "35"}, headers={"If-Match": made.headers["etag"]}
    )
    assert (changed.status_code, changed.json()["rayon"]) == (200, "35")
    stale = await owner.patch(
        "/customers/42", json={"rayon": "34"}, headers={"If-Match": made.headers["etag"]}
    )
    assert stale.status_code == 412
    assert (await caller("tenant-a", "viewer").patch("/customers/42", json={})).status_code == 403
    assert (await owner.delete("/customers/42")).status_code == 204
    assert (await owner.get("/customers/42")).json()["is_active"] is False
    assert (await owner.get("/kpi/data")).json()["total_pelanggan"] == 0, "who was entered was not billed"
    files.take(files.file("MC", "2099-12", customer("42", rayon="36")))
    assert (await owner.get("/customers/42")).json()["rayon"] == "36", "a later period says more"


async def test_who_said_what_of_a_customer_is_on_their_time_line(
    files: Imports, owner: httpx.AsyncClient, caller: Caller
) -> None:
    files.take(files.file("MC", "2025-12", customer("42")))
    await caller("tenant-a", "admin", sub="user-2").patch(
        "/customers/42", json={"name": "PT Baru", "rayon": "34"}
    )
    assert (await owner.delete("/customers/42")).status_code == 204
    line = (await owner.get("/customers/42/timeline")).json()["items"]
    told = [one for one in line if one["kind"] == "customer"]
    said = [{name: fact for name, fact in one["facts"].items() if name != "said_at"} for one in told]
    assert said == [
        {"is_active": 0, "said_by": "user-1"},
        {"name": "PT Baru", "said_by": "user-2"},
    ], "only what was changed, newest first"
    assert {(one["import_id"], one["period"]) for one in told} == {("", told[0]["day"][:7])}


async def test_a_payment_is_entered_corrected_and_taken_back(
    files: Imports, owner: httpx.AsyncClient
) -> None:
    files.take(files.file("MC", "2025-12", customer("1", target_mc="100")))
    unknown = await owner.post(
        "/collections", json={"nomen": "9", "payment_date": "2025-12-05", "amount": "5"}
    )
    (error,) = unknown.json()["errors"]
    assert (unknown.status_code, error["field"], error["code"]) == (422, "nomen", "unknown_reference")
    made = await owner.post(
        "/collections", json={"nomen": "1", "payment_date": "2025-12-05", "amount": "50.00"}
    )
    assert (made.status_code, made.json()["payment_type"]) == (201, "CURRENT")
    coming = {"nomen": "1", "payment_date": "2999-12-05", "amount": "5"}
    early = await owner.post("/collections", json=coming)
    assert (early.status_code, early.json()["errors"][0]["field"]) == (422, "payment_date")
    path = f"/collections/{made.json()['id']}"
    seen = {"If-Match": made.headers["etag"]}
    changed = await owner.patch(path, json={"amount": "60"}, headers=seen)
    assert changed.json()["amount"]["amount"] == "60.00"
    stale = await owner.patch(path, json={"amount": "70"}, headers=seen)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    assert (await owner.delete(path, headers=seen)).status_code == 412
    assert (await owner.get(path)).headers["etag"] == stale.headers["etag"] == changed.headers["etag"]
    assert (await owner.get("/kpi/data")).json()["collection_rate"] == 60.0
    assert [one["rayon"] for one in (await owner.get("/collections?nomen=1")).json()["items"]] == ["34"]
    assert (await owner.delete(path)).status_code == 204
    assert (await owner.get(path)).status_code == 410
    assert (await owner.get("/kpi/data")).json()["collection_rate"] == 0.0


async def test_a_customer_is_seen_on_one_time_line(files: Imports, owner: httpx.AsyncClient) -> None:
    files.take(files.file("MC", "2025-12", customer("1", target_mc="100", kubikasi="20")))
    files.take(files.file("SBRS", "2025-12", {"nomen": "1", "stand_akhir": "100", "read_date": "2025-12-14"}))
    files.take(
        files.file("COLLECTION", "2025-12", {"nomen": "1", "payment_date": "2025-12-20", "amount": "100"})
    )
    changed = {"nomen": "1", "replaced_on": "2025-12-16", "new_serial": "B", "new_start_m3": "0"}
    assert (await owner.post("/meters/replacements", json=changed)).status_code == 201
    assert (await owner.get("/meters/replacements?nomen=1")).json()[0]["old_final_m3"] is None
    line = (await owner.get("/customers/1/timeline")).json()
    assert [one["kind"] for one in line["items"]] == ["payment", "replacement", "read", "billed"]
    assert line["data_as_of"]
    facts = line["items"][0]["facts"]
    paid = (await owner.get(f"/collections/{facts['id']}")).json()
    assert (paid["amount"]["amount"], paid["version"]) == ("100.00", facts["version"])
    assert (await owner.get("/customers/nobody/timeline")).status_code == 404
    await owner.post("/meters/replacements", json=changed | {"new_serial": "C"})
    days: list[list[str]] = []
    where = "/customers/1/timeline?limit=1"
    while len(days) < 9:
        page = (await owner.get(where)).json()
        days.append([one["kind"] for one in page["items"]])
        if page["next_before"] is None:
            break
        where = f"/customers/1/timeline?limit=1&before={page['next_before']}"
    assert days == [["payment"], ["replacement", "replacement"], ["read"], ["billed"]]

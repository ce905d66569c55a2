"""Files that overlap, whichever months they are of: a row that says its day is one fact."""

import asyncio

import httpx
import psycopg
import pytest
from arus_ingest import jobs, rules
from arus_runtime.context import Context
from arus_runtime.jobs import Jobs
from arus_stack.testing import ServiceDatabase

from .test_imports import HEAD, Work, catalogue_heard, committed, uploaded, work

__all__ = ["catalogue_heard", "work"]

pytestmark = pytest.mark.integration


def days(*dates: str) -> str:
    return "\n".join([HEAD, *(f"{date};Gudang A;Solar;300;" for date in dates), ""])


WEEK = days("2025-01-29", "2025-01-30", "2025-01-31", "2025-02-01", "2025-02-02")
FEBRUARY = days("2025-02-01", "2025-02-02", "2025-02-03", "2025-02-04")
OVERLAP = {"created": 2, "updated": 0, "unchanged": 2, "rejected": 0}


async def test_fuel_in_the_files_of_two_months_is_recorded_once(owner: httpx.AsyncClient, work: Work) -> None:
    week = await committed(owner, work, WEEK, "BBM minggu 5 Jan25.csv")
    february = await committed(owner, work, FEBRUARY, "BBM Februari 2025.csv")
    assert (week["period"], february["period"]) == ("2025-01", "2025-02")
    assert february["counts"] == OVERLAP
    assert len((await owner.get("/fuel/transactions")).json()["items"]) == 7
    held = await owner.post(f"/imports/{week['id']}/undo")
    assert (held.status_code, held.json()["code"]) == (409, "import_in_use")


async def test_what_stands_under_the_month_of_its_file_is_found(
    owner: httpx.AsyncClient, work: Work, database: ServiceDatabase
) -> None:
    week = await committed(owner, work, WEEK, "BBM minggu 5 Jan25.csv")
    with psycopg.connect(database.worker_url, options="-c search_path=ingest") as connection:
        connection.execute("update imports set month_in_keys = true")
        for number, date in enumerate(
            ("2025-01-29", "2025-01-30", "2025-01-31", "2025-02-01", "2025-02-02"), 2
        ):
            old = rules.key_id("FUEL", "2025-01", f"{date}|Gudang A|Solar|300", 1)
            changed = connection.execute(
                "update import_rows set key_id = %s where number = %s and key_id = %s",
                (old, number, rules.key_id("FUEL", "", f"{date}|gudang a|solar|300", 1)),
            )
            assert changed.rowcount == 1
    february = await committed(owner, work, FEBRUARY, "BBM Februari 2025.csv")
    assert february["counts"] == OVERLAP
    assert len((await owner.get("/fuel/transactions")).json()["items"]) == 7
    held = await owner.post(f"/imports/{week['id']}/undo")
    assert (held.status_code, held.json()["code"]) == (409, "import_in_use")
    await owner.post(f"/imports/{february['id']}/undo")
    await work()
    assert (await owner.post(f"/imports/{week['id']}/undo")).status_code == 202


async def test_a_preview_of_payments_knows_those_of_another_month(
    owner: httpx.AsyncClient, work: Work
) -> None:
    head = "NOMEN;TGL BAYAR;JUMLAH BAYAR;NO KWITANSI;KANAL"
    lines = [
        f"34010000{n};{day};1500;K{n};BCA"
        for n, day in enumerate(("29/12/2025", "31/12/2025", "02/01/2026"), 10)
    ]
    made = await committed(owner, work, "\n".join([head, *lines]), "Koleksi Jan 2026.csv")
    assert (made["type"], made["period"]) == ("COLLECTION", "2026-01")
    sent = await uploaded(owner, "\n".join([head, *lines[:2]]), "Koleksi Des 2025.csv")
    await work()
    seen = (await owner.get(f"/imports/{sent['id']}")).json()
    assert (seen["period"], seen["counts"]["unchanged"]) == ("2025-12", 2), seen


async def test_commits_of_many_months_go_on_one_behind_the_other_without_a_pause(
    owner: httpx.AsyncClient, work: Work, context: Context, database: ServiceDatabase
) -> None:
    head = "NOMEN;TGL BAYAR;JUMLAH BAYAR;NO KWITANSI;KANAL"
    sent = [
        await uploaded(
            owner, f"{head}\n340100001;25/{month:02}/2025;1500;K{month};BCA", f"Koleksi {month}.csv"
        )
        for month in range(1, 5)
    ]
    await work()
    for one in sent:
        seen = (await owner.get(f"/imports/{one['id']}")).json()
        await owner.post(f"/imports/{one['id']}/commit", json={"preview": seen["preview"]})
    runner = Jobs({job.kind: job for job in jobs.JOBS}, context)
    claimed = [one for _ in sent if (one := await runner.claim())]
    assert len(claimed) == len(sent)
    for one in reversed(claimed):
        await runner.attempt(one, asyncio.Event())
    await work()
    with psycopg.connect(database.worker_url, options="-c search_path=ingest") as connection:
        gone = connection.execute("select state, sent = chunks and sent > 0 from imports").fetchall()
    assert gone == [("committing", True)] * len(sent), "each has all its rows on their way"


async def test_a_payment_whose_billed_month_was_not_read_before_is_known(
    owner: httpx.AsyncClient, work: Work
) -> None:
    head = "NOMEN;TGL BAYAR;JUMLAH BAYAR;NO KWITANSI;{bill}"
    lines = [f"34010000{n};{n}/12/2025;1500;K{n};11" for n in (13, 14, 15)]
    before = "\n".join([head.format(bill="KOLOM X"), *lines[:2]])
    made = await committed(owner, work, before, "Koleksi Des 2025.csv")
    assert (made["type"], made["rows"]) == ("COLLECTION", 2)
    grown = "\n".join([head.format(bill="BULAN REKENING"), *lines])
    sent = await uploaded(owner, grown, "Koleksi Des 2025 (2).csv")
    await work()
    seen = (await owner.get(f"/imports/{sent['id']}")).json()
    assert seen["sheets"][0]["columns"]["bill_period"] == "BULAN REKENING"
    assert (seen["counts"]["updated"], seen["counts"]["created"]) == (2, 1), seen["counts"]
    await owner.post(f"/imports/{seen['id']}/commit", json={"preview": seen["preview"]})
    await work()
    again = await uploaded(owner, grown + "\n", "Koleksi Des 2025 (3).csv")
    await work()
    seen = (await owner.get(f"/imports/{again['id']}")).json()
    assert seen["counts"]["unchanged"] == 3, "under their own keys by now"


async def test_payments_that_are_alike_are_told_apart_by_their_numbers(
    owner: httpx.AsyncClient, work: Work
) -> None:
    head = "NOMEN;TGL BAYAR;JUMLAH BAYAR;NO KWITANSI;{bill}"
    lines = [f"34010000{n};{n}/12/2025;1500;{receipt};11" for n, receipt in ((13, "K13"), (14, ""))]
    before = "\n".join([head.format(bill="KOLOM X"), *lines])
    await committed(owner, work, before, "Koleksi Des 2025.csv")
    more = lines[0].removesuffix("11") + "10"
    sent = await uploaded(
        owner, "\n".join([head.format(bill="BULAN REKENING"), *lines, more]), "Koleksi Des 2025 (2).csv"
    )
    await work()
    seen = (await owner.get(f"/imports/{sent['id']}")).json()
    assert (seen["counts"]["updated"], seen["counts"]["created"]) == (1, 2), seen["counts"]


async def test_places_and_fuels_are_the_same_in_capitals(
    owner: httpx.AsyncClient, work: Work, database: ServiceDatabase
) -> None:
    spelt = f"{HEAD}\n2025-01-08;Gudang A;Solar;300;Genset\n2025-01-08;GUDANG A;solar;300;Genset\n"
    first = await committed(owner, work, spelt, "BBM Jan25.csv")
    assert first["counts"] == {"created": 2, "updated": 0, "unchanged": 0, "rejected": 0}
    with psycopg.connect(database.worker_url, options="-c search_path=ingest") as connection:
        as_before = rules.key_id("FUEL", "", "2025-01-08|Gudang A|Solar|300", 1)
        changed = connection.execute("update import_rows set key_id = %s where number = 2", (as_before,))
        assert changed.rowcount == 1
    loud = f"{HEAD}\n2025-01-08;Gudang A;Solar;300;Genset\n2025-01-08;GUDANG A;SOLAR;300;Pompa 2\n"
    again = await committed(owner, work, loud, "BBM Jan25 lagi.csv")
    assert again["counts"] == {"created": 0, "updated": 1, "unchanged": 1, "rejected": 0}


async def test_what_leans_on_an_import_keeps_it_and_nothing_leans_on_one_that_goes(
    owner: httpx.AsyncClient, work: Work, database: ServiceDatabase
) -> None:
    week = await committed(owner, work, WEEK, "BBM minggu 5 Jan25.csv")
    february = await committed(owner, work, FEBRUARY, "BBM Februari 2025.csv")
    with psycopg.connect(database.worker_url, options="-c search_path=ingest") as connection:
        # As if February's file had been committed first, and had gone on behind the week's rows.
        connection.execute(
            "update imports set committed_at = committed_at - interval '1 hour' where id = %s",
            (february["id"],),
        )
    held = await owner.post(f"/imports/{week['id']}/undo")
    assert (held.status_code, held.json()["code"]) == (409, "import_in_use")
    assert (await owner.post(f"/imports/{february['id']}/undo")).status_code == 202
    await work()
    assert (await owner.post(f"/imports/{week['id']}/undo")).status_code == 202

    third = await uploaded(owner, WEEK + "\n", "BBM minggu 5.csv")
    with psycopg.connect(database.worker_url, options="-c search_path=ingest") as connection:
        later = "update jobs set run_after = now() + interval '1 hour' where kind = 'imports.undo'"
        assert connection.execute(f"{later} and state = 'waiting'").rowcount == 1
        connection.commit()
        await work()
        seen = (await owner.get(f"/imports/{third['id']}")).json()
        assert seen["counts"] == {"created": 5, "updated": 0, "unchanged": 0, "rejected": 0}, (
            "what goes is gone"
        )
        await owner.post(f"/imports/{third['id']}/commit", json={"preview": seen["preview"]})
        await work()
        connection.execute("update jobs set run_after = now() where kind = 'imports.undo'")
        connection.commit()
        await work()
    assert (await owner.get(f"/imports/{week['id']}")).json()["state"] == "undone"
    assert len((await owner.get("/fuel/transactions?status=active")).json()["items"]) == 5


async def test_taking_back_that_was_given_up_goes_on_when_asked_again(
    owner: httpx.AsyncClient, work: Work, database: ServiceDatabase
) -> None:
    week = await committed(owner, work, WEEK, "BBM minggu 5 Jan25.csv")
    await owner.post(f"/imports/{week['id']}/undo")
    with psycopg.connect(database.worker_url, options="-c search_path=ingest") as connection:
        gone = connection.execute("delete from jobs where kind = 'imports.undo'")
        assert gone.rowcount == 1
    await work()
    assert (await owner.get(f"/imports/{week['id']}")).json()["state"] == "undoing"
    for _ in range(2):
        assert (await owner.post(f"/imports/{week['id']}/undo")).status_code == 202
    await work()
    done = (await owner.get(f"/imports/{week['id']}")).json()
    assert (done["state"], done["done"]) == ("undone", 5)
    assert (await owner.get("/fuel/transactions?status=active")).json()["items"] == []

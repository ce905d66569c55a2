"""Imports over REST, from the upload to taking them back, on a real PostgreSQL."""

import asyncio
import base64
import io
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import psycopg
import pytest
from arus.fuel.v1.events_pb2 import FuelTransactionRecorded
from arus_ingest import jobs, upkeep
from arus_runtime.context import Context
from arus_runtime.jobs import Jobs
from arus_stack.testing import ServiceDatabase
from prometheus_client import REGISTRY

from .conftest import Caller, kinds, told

pytestmark = pytest.mark.integration

HEAD = "Tanggal;Lokasi;Produk;Volume (L);Catatan"
GOOD = f"""{HEAD}
2025-01-08;Gudang A;Solar;300;
2025-01-09;GDA;Solar;300,5;
2025-01-10;gudang a;BBM-SOLAR;520;Genset
"""
MIXED = f"""{HEAD}
2025-01-08;Gudang A;Solar;300;
2025-01-09;Gudang X;Solar;310;
2025-01-10;Gudang A;Solar;banyak;
"""
WAITING = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
Work = Callable[[], Awaitable[None]]


@pytest.fixture
def work(context: Context) -> Work:
    """Call it to have every job done that waits."""
    runner = Jobs({job.kind: job for job in jobs.JOBS}, context)

    async def done() -> None:
        while work := await runner.claim():
            await runner.attempt(work, asyncio.Event())

    return done


@pytest.fixture(autouse=True)
def catalogue_heard(database: ServiceDatabase) -> None:
    """Let the door have heard of Gudang A and of Solar."""
    with psycopg.connect(database.worker_url, options="-c search_path=ingest") as connection:
        connection.execute(
            """insert into locations (tenant_id, id, name, timezone, is_active, version, code) values
               ('tenant-a', '01JGJ4M3Z8Q0T7C1V5X2B9N6KD', 'Gudang A', 'Asia/Jakarta', true, 1, 'GDA')"""
        )
        connection.execute(
            """insert into products (tenant_id, id, name, kind, is_active, version, code) values
               ('tenant-a', '01JGJ4M3ZA5R8W2E6T0Y4U1P7H', 'Solar', 'fuel', true, 1, 'BBM-SOLAR')"""
        )


async def uploaded(
    client: httpx.AsyncClient, text: str | bytes, name: str = "BBM Gudang A Jan25.csv"
) -> dict[str, Any]:
    content = text.encode() if isinstance(text, str) else text
    answer = await client.post("/imports", files=[("files", (name, content))])
    assert answer.status_code == 202, answer.text
    return answer.json()["items"][0]


async def shown(client: httpx.AsyncClient, import_id: str) -> dict[str, Any]:
    return (await client.get(f"/imports/{import_id}")).json()


async def committed(
    client: httpx.AsyncClient, work: Work, text: str, name: str = "BBM.csv"
) -> dict[str, Any]:
    made = await uploaded(client, text, name)
    await work()
    seen = await shown(client, made["id"])
    answer = await client.post(f"/imports/{made['id']}/commit", json={"preview": seen["preview"]})
    assert answer.status_code == 202, answer.text
    await work()
    return await shown(client, made["id"])


async def test_a_fuel_file_is_previewed_committed_and_taken_back(
    owner: httpx.AsyncClient, work: Work, database: ServiceDatabase
) -> None:
    made = await uploaded(owner, GOOD)
    assert (made["state"], made["file_name"]) == ("queued", "BBM Gudang A Jan25.csv")
    await work()
    seen = await shown(owner, made["id"])
    assert (seen["state"], seen["type"], seen["rows"], seen["blocks"]) == ("preview", "FUEL", 3, [])
    assert seen["counts"] == {"created": 3, "updated": 0, "unchanged": 0, "rejected": 0}
    preview = (await owner.get(f"/imports/{made['id']}/preview")).json()
    assert [row["fields"]["volume_l"] for row in preview["create"]] == ["300", "300.5", "520"]
    assert set(kinds(database)) == {"ImportChanged"}
    so_far = [event for _, event in told(database)]
    assert list(dict.fromkeys(event.state for event in so_far)) == ["queued", "analysed", "preview"]
    assert (so_far[0].progress, so_far[-1].progress, so_far[-1].done) == (0.0, 1.0, 3)

    answer = await owner.post(f"/imports/{made['id']}/commit", json={"preview": seen["preview"]})
    assert answer.json()["state"] == "committing"
    await work()
    done = await shown(owner, made["id"])
    assert (done["state"], done["counts"]["created"], done["progress"]) == ("completed", 3, 1.0)
    facts = (await owner.get("/fuel/transactions")).json()["items"]
    assert [(one["date"], one["volume_l"], one["note"]) for one in facts] == [
        ("2025-01-10", "520", "Genset"), ("2025-01-09", "300.5", None), ("2025-01-08", "300", None),
    ]  # fmt: skip
    recorded = [event for _, event in told(database) if isinstance(event, FuelTransactionRecorded)]
    assert [event.volume_ul for event in recorded] == [300_000_000, 300_500_000, 520_000_000]

    would = (await owner.get(f"/imports/{made['id']}/undo")).json()
    assert (would["possible"], would["counts"]["created"]) == (True, 3)
    assert (await owner.post(f"/imports/{made['id']}/undo")).json()["state"] == "undoing"
    await work()
    assert (await shown(owner, made["id"]))["state"] == "undone"
    assert (await owner.get("/fuel/transactions?status=active")).json()["items"] == []
    assert kinds(database).count("FuelTransactionVoided") == 3


async def test_rows_that_do_not_come_in_return_to_be_mended(owner: httpx.AsyncClient, work: Work) -> None:
    done = await committed(owner, work, MIXED)
    assert (done["state"], done["counts"]) == (
        "completed_with_errors", {"created": 1, "updated": 0, "unchanged": 0, "rejected": 2},
    )  # fmt: skip
    answer = await owner.get(f"/imports/{done['id']}/errors.xlsx")
    assert answer.status_code == 200, answer.text
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    page = book.worksheets[0]
    assert page.title == f"FUEL {done['period']}", "it is known by it whatever the file is called"
    assert [[page.cell(row, column).value for column in range(1, 5)] for row in (2, 3)] == [
        ["2025-01-09", "Gudang X", "Solar", "310"],
        ["2025-01-10", "Gudang A", "Solar", "banyak"],
    ]
    assert [page.cell(2, 2).comment is None, page.cell(3, 4).comment is None] == [False, False]
    page.cell(2, 2, "Gudang A")
    page.cell(3, 4, "520")
    mended = io.BytesIO()
    book.save(mended)
    again = await uploaded(owner, mended.getvalue(), "BBM-perbaikan.xlsx")
    await work()
    seen = await shown(owner, again["id"])
    assert (seen["state"], seen["type"], seen["counts"]["created"]) == ("preview", "FUEL", 2), seen
    assert seen["counts"]["rejected"] == 0


async def test_what_stands_already_is_not_taken_twice(owner: httpx.AsyncClient, work: Work) -> None:
    first = await committed(owner, work, GOOD)
    again = await uploaded(owner, GOOD)
    await work()
    seen = await shown(owner, again["id"])
    assert (seen["repeats"], [block["code"] for block in seen["blocks"]]) == (first["id"], ["file_repeats"])
    refused = await owner.post(f"/imports/{again['id']}/commit", json={"preview": seen["preview"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "import_blocked")

    more = GOOD.replace("Genset", "Dua truk") + "2025-01-11;Gudang A;Solar;310;\n"
    longer = await committed(owner, work, more)
    assert longer["counts"] == {"created": 1, "updated": 1, "unchanged": 2, "rejected": 0}
    assert len((await owner.get("/fuel/transactions")).json()["items"]) == 4

    kept = await owner.post(f"/imports/{first['id']}/undo")
    assert (kept.status_code, kept.json()["code"]) == (409, "import_in_use")
    assert kept.json()["errors"][0]["code"] == "depends_import"
    await owner.post(f"/imports/{longer['id']}/undo")
    await work()
    notes = [one["note"] for one in (await owner.get("/fuel/transactions?status=active")).json()["items"]]
    assert notes == ["Genset", None, None]


async def test_a_preview_knows_to_which_places_the_sender_is_limited(caller: Caller, work: Work) -> None:
    limited = caller("tenant-a", "analyst", sub="user-2", locations=["01JGJ4M3Z8Q0T7C1V5X2B9N6KE"])
    made = await uploaded(limited, GOOD)
    await work()
    seen = await shown(limited, made["id"])
    assert seen["counts"] == {"created": 0, "updated": 0, "unchanged": 0, "rejected": 3}


async def test_only_what_was_previewed_is_committed(owner: httpx.AsyncClient, work: Work) -> None:
    made = await uploaded(owner, GOOD)
    await work()
    other = await owner.post(f"/imports/{made['id']}/commit", json={"preview": "0" * 64})
    assert (other.status_code, other.json()["code"]) == (409, "preview_changed")
    for far in ("0000-01", "1800-05", "9999-12", "2024-13"):
        assert (await owner.patch(f"/imports/{made['id']}", json={"period": far})).status_code == 422
    patched = await owner.patch(f"/imports/{made['id']}", json={"period": "2024-12"})
    assert patched.json()["state"] == "queued"
    await work()
    seen = await shown(owner, made["id"])
    assert [block["code"] for block in seen["blocks"]] == ["period_disagrees"]
    blocked = await owner.post(f"/imports/{made['id']}/commit", json={"preview": seen["preview"]})
    assert blocked.status_code == 409


async def test_what_cannot_be_read_says_why(owner: httpx.AsyncClient, work: Work) -> None:
    made = await uploaded(owner, b"\x89PNG\r\n\x1a\n" + bytes(200), "BBM.xlsx")
    await work()
    seen = await shown(owner, made["id"])
    assert (seen["state"], len(seen["blocks"])) == ("failed", 1)
    assert seen["blocks"][0]["message"] != seen["blocks"][0]["code"]
    empty = await owner.post("/imports", files=[("files", ("BBM.csv", b""))])
    (error,) = empty.json()["errors"]
    assert (empty.status_code, error["field"], error["message"]) == (
        422, "files.0", "The file BBM.csv is empty.",
    )  # fmt: skip


async def test_who_commits_rows_holds_no_history_while_waiting_for_a_fact(
    owner: httpx.AsyncClient, work: Work, database: ServiceDatabase
) -> None:
    """Else it and a correction that moves this fact into such a history would wait for each other."""
    await committed(owner, work, GOOD)
    made = await uploaded(owner, GOOD.replace("Genset", "Dua truk") + "2025-01-11;Gudang A;Solar;310;\n")
    await work()
    seen = await shown(owner, made["id"])
    await owner.post(f"/imports/{made['id']}/commit", json={"preview": seen["preview"]})
    url, options = database.superuser_url, "-c search_path=ingest"
    async with (
        await psycopg.AsyncConnection[Any].connect(url, options=options) as other,
        await psycopg.AsyncConnection[Any].connect(url, autocommit=True) as watching,
    ):
        await other.execute("select from fuel_transactions where note = 'Genset' for update")
        committing = asyncio.ensure_future(work())
        async with asyncio.timeout(30):
            while not await (await watching.execute(WAITING)).fetchone():  # noqa: ASYNC110 - it waits elsewhere
                await asyncio.sleep(0.01)
        await other.execute("select from fuel_keys for update nowait")
        await other.commit()
        await committing
    assert (await shown(owner, made["id"]))["counts"] == {
        "created": 1, "updated": 1, "unchanged": 2, "rejected": 0,
    }  # fmt: skip


async def test_two_commits_at_once_record_a_row_once(
    owner: httpx.AsyncClient, context: Context, work: Work, database: ServiceDatabase
) -> None:
    sent = [(await uploaded(owner, text))["id"] for text in (GOOD, GOOD + "\n", GOOD)]
    await work()
    seen = [await shown(owner, one) for one in sent]
    assert [one["counts"]["created"] for one in seen] == [3, 3, 3]
    answers = [
        await owner.post(f"/imports/{one['id']}/commit", json={"preview": one["preview"]}) for one in seen
    ]
    assert [answer.status_code for answer in answers] == [202, 202, 409]
    assert answers[2].json()["errors"][0]["code"] == "file_repeats", "its like was committed since"
    runner = Jobs({job.kind: job for job in jobs.JOBS}, context)
    claimed = [await runner.claim(), await runner.claim()]
    url, options = database.superuser_url, "-c search_path=ingest"
    async with (
        await psycopg.AsyncConnection[Any].connect(url, options=options) as other,
        await psycopg.AsyncConnection[Any].connect(url, autocommit=True) as watching,
    ):
        await other.execute("lock table fuel_keys in share mode")
        both = [asyncio.ensure_future(runner.attempt(one, asyncio.Event())) for one in claimed if one]
        async with asyncio.timeout(30):
            while len(await (await watching.execute(WAITING)).fetchall()) < 2:  # noqa: ASYNC110 - elsewhere
                await asyncio.sleep(0.01)
        await other.commit()
        await asyncio.gather(*both)
    ended = [(await shown(owner, one))["counts"] for one in sent[:2]]
    assert sorted((one["created"], one["unchanged"]) for one in ended) == [(0, 3), (3, 0)]
    assert len((await owner.get("/fuel/transactions")).json()["items"]) == 3


ODD = """Tanggal;Lokasi;Produk;Isi;Volume (L)
2025-01-08;Gudang A;Solar;300;drum 1
2025-01-09;Gudang A;Solar;310;drum 2
"""


async def test_what_people_say_of_a_column_holds_now_and_for_the_next_file(
    owner: httpx.AsyncClient, work: Work
) -> None:
    made = await uploaded(owner, ODD)
    await work()
    seen = await shown(owner, made["id"])
    [sheet] = seen["sheets"]
    assert [one["header"] for one in sheet["mapping"]] == ODD.partition("\n")[0].split(";")
    assert sheet["mapping"][3] == {
        "header": "Isi", "samples": ["300", "310"], "field": None, "fit": None, "power": 0, "decides": False,
    }  # fmt: skip
    said = {"columns": {"Isi": "volume_l", "Volume (L)": "note"}}
    assert (await owner.patch(f"/imports/{made['id']}", json=said)).status_code == 200
    await work()
    seen = await shown(owner, made["id"])
    assert [(one["field"], one["fit"]) for one in seen["sheets"][0]["mapping"][3:]] == [
        ("volume_l", 1.0), ("note", 1.0),
    ]  # fmt: skip
    assert (seen["state"], seen["counts"]["created"]) == ("preview", 2)

    again = await uploaded(owner, ODD.replace("2025-01", "2025-02"), "BBM Gudang A Feb25.csv")
    await work()
    assert (await shown(owner, again["id"]))["state"] == "preview"


async def test_a_commit_that_was_stopped_goes_on_and_does_nothing_twice(
    owner: httpx.AsyncClient, context: Context, work: Work, database: ServiceDatabase
) -> None:
    many = "".join(f"2025-01-08;Gudang A;Solar;{number};\n" for number in range(1, 1201))
    made = await uploaded(owner, f"{HEAD}\n{many}")
    await work()
    seen = await shown(owner, made["id"])
    await owner.post(f"/imports/{made['id']}/commit", json={"preview": seen["preview"]})
    runner = Jobs({job.kind: job for job in jobs.JOBS}, context)
    claimed = await runner.claim()
    assert claimed is not None
    stop = asyncio.Event()
    attempt = asyncio.create_task(runner.attempt(claimed, stop))
    async with asyncio.timeout(60):
        while (await shown(owner, made["id"]))["done"] == 0:
            pass  # asking is waiting
    stop.set()
    await attempt
    assert (await shown(owner, made["id"]))["done"] < 1200
    await work()
    done = await shown(owner, made["id"])
    assert (done["state"], done["counts"]["created"]) == ("completed", 1200)
    volumes = [event.volume_ul for _, event in told(database) if isinstance(event, FuelTransactionRecorded)]
    assert volumes == [number * 1_000_000 for number in range(1, 1201)]


async def test_imports_of_a_type_that_there_is_not_are_not_an_empty_list(owner: httpx.AsyncClient) -> None:
    assert (await owner.get("/imports?type=FUEL")).status_code == 200
    answer = await owner.get("/imports?type=KUCING")
    [error] = answer.json()["errors"]
    assert (answer.status_code, error["field"], error["code"]) == (422, "type", "not_one_of")
    assert "FUEL" in error["message"]


async def test_no_organisation_sees_the_imports_of_another(
    owner: httpx.AsyncClient, caller: Caller, work: Work
) -> None:
    done = await committed(owner, work, GOOD)
    stranger = caller("tenant-b")
    assert (await stranger.get("/imports")).json()["items"] == []
    for path in ("", "/preview", "/undo", "/errors.xlsx"):
        assert (await stranger.get(f"/imports/{done['id']}{path}")).status_code == 404
    for path, body in (("/commit", {"preview": done["preview"]}), ("/undo", None)):
        assert (await stranger.post(f"/imports/{done['id']}{path}", json=body)).status_code == 404
    assert (await stranger.patch(f"/imports/{done['id']}", json={"type": "FUEL"})).status_code == 404
    limited = caller("tenant-a", "admin", sub="user-2", locations=["01JGJ4M3Z8Q0T7C1V5X2B9N6KD"])
    assert (await limited.get(f"/imports/{done['id']}")).status_code == 404
    assert (await limited.get("/imports")).json()["items"] == []


def counted(metric: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(metric, labels) or 0


async def test_files_are_kept_for_as_long_as_the_settings_say(
    owner: httpx.AsyncClient, work: Work, context: Context, database: ServiceDatabase, tmp_path: Path
) -> None:
    done = await committed(owner, work, MIXED)
    fresh = await uploaded(owner, GOOD)
    begun = await owner.post(
        "/imports/uploads",
        headers={
            "Upload-Length": "100",
            "Upload-Metadata": f"filename {base64.b64encode(b'a.csv').decode()}",
        },
    )
    upload = begun.headers["Location"].removeprefix("/api/v1")
    await owner.patch(
        upload,
        content=b"half",
        headers={"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"},
    )
    assert await upkeep.sweep_once(context) == {"imports": 0, "uploads": 0}
    assert 0 < counted("arus_upload_oldest_unfinished_seconds") < 86_400
    swept = {of: counted("arus_files_swept_bytes_total", of=of) for of in ("imports", "uploads")}
    with psycopg.connect(database.superuser_url, options="-c search_path=ingest") as connection:
        connection.execute(
            "update imports set uploaded_at = now() - interval '401 days' where id = %s", (done["id"],)
        )
        connection.execute("update import_uploads set started_at = now() - interval '8 days'")
    of_import = [
        path for path in (tmp_path / "files").rglob("*") if path.is_file() and done["id"] in path.parts
    ]
    size = sum(path.stat().st_size for path in of_import)
    assert await upkeep.sweep_once(context) == {"imports": 1, "uploads": 1}
    assert counted("arus_files_swept_bytes_total", of="imports") == swept["imports"] + size
    assert counted("arus_files_swept_bytes_total", of="uploads") == swept["uploads"] + len(b"half")
    assert counted("arus_upload_oldest_unfinished_seconds") == 0
    kept = {path.parts[-2] for path in (tmp_path / "files").rglob("*") if path.is_file()}
    assert kept == {fresh["id"]}
    assert (await owner.head(upload)).status_code == 404
    answer = await owner.get(f"/imports/{done['id']}/errors.xlsx")
    assert (answer.status_code, answer.json()["code"]) == (410, "import_file_gone")
    assert (await owner.post(f"/imports/{done['id']}/undo")).json()["state"] == "undoing"


async def asked(client: httpx.AsyncClient, work: Work, import_id: str, **said: Any) -> list[str]:
    """Say something of a file and return what is asked then."""
    if said:
        answer = await client.patch(f"/imports/{import_id}", json=said)
        assert answer.status_code == 200, answer.text
    await work()
    seen = await shown(client, import_id)
    return [question["key"] for question in seen["sheets"][seen["sheet"]]["questions"]]


async def test_questions_are_answered_one_after_another_and_the_next_file_is_known(
    owner: httpx.AsyncClient, caller: Caller, work: Work
) -> None:
    lines = "".join(f"34010000{number};12,250;12,275;ACTUAL\n" for number in range(10, 20))
    text = f"Kolom A;Kolom B;Kolom C;Kolom D\n{lines}"
    one = (await uploaded(owner, text, "kiriman.csv"))["id"]
    assert await asked(owner, work, one) == ["type"]
    missing = ["column:nomen", "column:stand_akhir", "period"]
    assert await asked(owner, work, one, answers={"type": "SBRS"}) == missing
    assert (await shown(owner, one))["state"] == "needs_mapping"
    assert await asked(owner, work, one, answers={"column:nomen": "Kolom A"}) == missing[1:]
    strange = await owner.patch(f"/imports/{one}", json={"answers": {"column:stand_akhir": "Kolom X"}})
    assert (strange.status_code, strange.json()["errors"][0]["field"]) == (422, "answers.column:stand_akhir")
    notation = await asked(owner, work, one, answers={"column:stand_akhir": "Kolom B"}, period="2025-12")
    assert notation == ["notation:Kolom B"]
    # It was the other column: what a field's column is said to be anew, the column before is no more.
    notation = await asked(owner, work, one, answers={"column:stand_akhir": "Kolom C"})
    assert notation == ["notation:Kolom C"]
    for said, field in (
        ({"answers": {"notation:Kolom C": "never"}}, "answers.notation:Kolom C"),
        ({"answers": {"notation:Kolom X": "1.234,56"}}, "answers"),
        ({"answers": {"x": "y" * 1_001}}, "answers.x"),
        ({"columns": {"Kolom X": "nomen"}}, "columns.Kolom X"),
    ):
        strange = await owner.patch(f"/imports/{one}", json=said)
        assert (strange.status_code, strange.json()["errors"][0]["field"]) == (422, field)
    assert await asked(owner, work, one, answers={"notation:Kolom C": "1.234,56"}) == []
    seen = await shown(owner, one)
    assert (seen["state"], seen["type"], seen["period"], seen["blocks"]) == ("preview", "SBRS", "2025-12", [])
    preview = (await owner.get(f"/imports/{one}/preview")).json()
    assert preview["create"][0]["fields"] == {
        "nomen": "3401000010", "stand_akhir": "12.275", "period": "2025-12",
    }  # fmt: skip

    following = (await uploaded(owner, text.replace("12,", "13,"), "kiriman_jan26.csv"))["id"]
    assert await asked(owner, work, following) == notation
    assert (await shown(owner, following))["type"] == "SBRS"
    stranger = caller("tenant-b")
    other = (await uploaded(stranger, text, "kiriman.csv"))["id"]
    assert await asked(stranger, work, other) == ["type"]


async def test_what_headers_mean_may_be_said_before_the_type_is_known(
    owner: httpx.AsyncClient, work: Work
) -> None:
    lines = "".join(f"34010000{number};12{number};ACTUAL\n" for number in range(10, 20))
    text = f"Kolom A;Kolom B;Kolom C\n{lines}"
    one = (await uploaded(owner, text, "kiriman_des25.csv"))["id"]
    assert await asked(owner, work, one) == ["type"]
    meanings = {"Kolom A": "nomen", "Kolom B": "stand_akhir", "Kolom C": "read_method"}
    assert await asked(owner, work, one, columns=meanings) == []
    seen = await shown(owner, one)
    assert (seen["state"], seen["type"]) == ("preview", "SBRS")
    await owner.post(f"/imports/{one}/commit", json={"preview": seen["preview"]})
    following = (await uploaded(owner, text.replace(";12", ";13"), "kiriman_jan26.csv"))["id"]
    assert await asked(owner, work, following) == []
    for wrong, field in (
        ({"columns": {"Kolom A": "nomer"}}, "columns.Kolom A"),
        ({"answers": {"type": "sbrs"}}, "answers.type"),
    ):
        answer = await owner.patch(f"/imports/{following}", json=wrong)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_what_is_likely_a_type_has_to_be_said_and_may_be_another_one(
    owner: httpx.AsyncClient, caller: Caller, work: Work
) -> None:
    text = "NOMEN;KUBIKASI\n340001;12\n340002;13\n"
    one = (await uploaded(owner, text, "kiriman Desember 2025.csv"))["id"]
    assert await asked(owner, work, one) == ["type"]
    seen = await shown(owner, one)
    assert (seen["state"], seen["type"], seen["sheets"][0]["type"]) == ("needs_mapping", None, "MC")
    refused = await owner.post(f"/imports/{one}/commit", json={"preview": "0" * 64})
    assert refused.status_code == 409
    assert await asked(owner, work, one, type="SBRS") == []
    seen = await shown(owner, one)
    assert (seen["state"], seen["type"], seen["blocks"]) == ("preview", "SBRS", [])

"""Files whose rows name their months: compared with what stands of each, and what a person says of them."""

from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from arus.imports.v1.events_pb2 import ImportChunkPublished
from arus_ingest.files import Detection, TypedRow, detect, read_rows
from arus_runtime.context import Context
from arus_stack.testing import ServiceDatabase

from .conftest import told
from .test_import_books import committed, previewed, put_off, work

HEAD = "NOMEN;NAMA;ALAMAT;RAYON;KUBIKASI;TAGIHAN;PERIODE"
READS = "NOMEN;STAND AWAL;STAND AKHIR;METODE BACA;TGL BACA;PERIODE"
BILLS = "NOMEN;NO TAGIHAN;TGL TAGIHAN;PEMAKAIAN;BIAYA AIR;TOTAL TAGIHAN;PERIODE"


def customers(month: str, *numbers: int, amount: str = "100.000") -> list[str]:
    return [f"6000{n:02};A{n};Jl. B;34;10;{amount};{month}" for n in numbers]


def text(*rows: str, head: str = HEAD) -> bytes:
    return "\n".join((head, *rows, "")).encode()


async def seen(
    owner: httpx.AsyncClient, context: Context, name: str, content: bytes, **said: Any
) -> tuple[str, dict[str, Any]]:
    """Return where an import is, and what its preview says after a person said something."""
    sent = await owner.post("/imports", files=[("files", (name, content))])
    path = f"/imports/{sent.json()['items'][0]['id']}"
    await work(context)
    if said:
        assert (await owner.patch(path, json=said)).status_code == 200
        await work(context)
    return path, (await owner.get(path)).json()


def counts(created: int, updated: int, unchanged: int = 0) -> dict[str, int]:
    return {"created": created, "updated": updated, "unchanged": unchanged, "rejected": 0}


@pytest.mark.integration
@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            ("MC Oktober 2025.csv", text(*customers("2025-10", 1, 2, amount="900.000"))),
            ("MC gabungan.csv", text(*customers("2025-11", *range(1, 9)), *customers("2025-10", 1, 2))),
        ),
        (
            ("MC gabungan.csv", text(*customers("2025-11", *range(1, 9)), *customers("2025-10", 1, 2))),
            ("MC Okt.csv", text(*customers("2025-10", *range(1, 11), amount="900.000"))),
        ),
        (
            ("SBRS.csv", text("600001;;120;ACTUAL;20/10/2025;2025-10", head=READS)),
            (
                "SBRS gabungan.csv",
                text(
                    *(f"60000{n};;140;ACTUAL;20/12/2025;2025-12" for n in range(1, 4)),
                    "600001;;121;ACTUAL;20/10/2025;2025-10",
                    head=READS,
                ),
            ),
        ),
        (
            ("MAINBILL.csv", text("600001;B1;25/10/2025;10;9.000;9.000;2025-10", head=BILLS)),
            (
                "MAINBILL gabungan.csv",
                text(
                    *(f"60000{n};C{n};25/11/2025;10;9.000;9.000;2025-11" for n in range(1, 4)),
                    "600001;B1;25/10/2025;10;8.000;8.000;2025-10",
                    head=BILLS,
                ),
            ),
        ),
    ],
    ids=["after its month", "before its month", "reads", "bills"],
)
async def test_rows_are_compared_with_what_stands_of_their_own_months(
    owner: httpx.AsyncClient, context: Context, first: tuple[str, bytes], second: tuple[str, bytes]
) -> None:
    await committed(owner, context, *first)
    await work(context)
    _, found = await seen(owner, context, *second)
    number = len(second[1].splitlines()) - 1
    changed = 1 if second[0].startswith(("SBRS", "MAIN")) else 2
    assert found["state"] == "preview", found
    assert found["counts"] == counts(number - changed, changed)


@pytest.mark.integration
async def test_a_month_that_came_since_the_preview_asks_again(
    owner: httpx.AsyncClient, context: Context
) -> None:
    both = text(*customers("2025-11", *range(1, 9)), *customers("2025-10", 1, 2))
    path, found = await seen(owner, context, "MC gabungan.csv", both)
    assert found["counts"] == counts(10, 0)
    await committed(owner, context, "MC Okt.csv", text(*customers("2025-10", 1, amount="900.000")))
    await work(context)
    await owner.post(f"{path}/commit", json={"preview": found["preview"]})
    await work(context)
    asks = (await owner.get(path)).json()
    assert (asks["state"], [one["code"] for one in asks["blocks"]]) == ("preview", ["books_changed"])
    assert asks["counts"] == counts(9, 1)


@pytest.mark.integration
async def test_an_import_of_before_is_of_its_period_alone(
    owner: httpx.AsyncClient, context: Context, database: ServiceDatabase
) -> None:
    path, found = await previewed(owner, context)
    await owner.post(f"{path}/commit", json={"preview": found["preview"]})
    await work(context)
    with psycopg.connect(database.worker_url, options="-c search_path=ingest") as connection:
        assert connection.execute("update imports set months = null").rowcount == 1
    same = text("3401000001;100;999;ACTUAL;14/12/2025;2025-12", head=READS)
    _, found = await seen(owner, context, "SBRS 35.csv", same)
    assert found["counts"]["created"] == 0


@pytest.mark.integration
async def test_commits_go_on_once_no_month_of_theirs_is_on_its_way(
    owner: httpx.AsyncClient, context: Context, database: ServiceDatabase
) -> None:
    names = {
        "both": text(*customers("2025-11", 1, 2), *customers("2025-10", 1)),
        "October": text(*customers("2025-10", 5)),
        "November": text(*customers("2025-11", 6, 7)),
        "November again": text(*customers("2025-11", 8, 9)),
    }
    ids: list[str] = []
    for name, content in names.items():
        ids.append(await committed(owner, context, f"MC {name}.csv", content))
        put_off(database)
    with psycopg.connect(database.worker_url, options="-c search_path=ingest") as connection:
        connection.execute(
            "update jobs set run_after = now() where state = 'waiting' and params ->> 'import_id' = %s",
            (ids[0],),
        )
    await work(context)
    chunks = [event for _, event in told(database) if isinstance(event, ImportChunkPublished)]
    assert chunks[0].import_id == ids[0]
    assert sorted(one.import_id for one in chunks) == sorted(ids)


def rows_of(path: Path, found: Detection) -> list[TypedRow]:
    return list(read_rows(path, found))


@pytest.mark.parametrize(
    ("head", "month"),
    [
        ("PERIODE", "2025-10"),
        ("PERIODE", "Oktober"),
        ("BULAN;TAHUN", "10;2025"),
        ("PERIODE", "01/10/2025"),
    ],
)
def test_what_a_person_says_holds_for_rows_that_name_another_month(
    tmp_path: Path, head: str, month: str
) -> None:
    path = tmp_path / "MC.csv"
    path.write_text(
        "\n".join(
            [
                f"NOMEN;NAMA;ALAMAT;RAYON;KUBIKASI;TAGIHAN;{head}",
                *(f"60000{n};A{n};Jl. B;34;10;100.000;{month}" for n in range(9)),
            ]
        ),
        "utf-8",
    )
    taught = {"PERIODE": "period"}
    (found,) = detect(path, type="MC", period="2025-11", meanings=taught)
    assert (found.period, found.questions) == ("2025-11", ())
    assert not {"period", "period_month", "period_year"} & found.columns.keys()
    assert {row.fields["period"] for row in rows_of(path, found)} == {"2025-11"}
    assert {row.key.partition("|")[2] for row in rows_of(path, found)} == {"2025-11"}
    (agreed,) = detect(path, type="MC", period="2025-10", meanings=taught)
    assert {row.fields["period"] for row in rows_of(path, agreed)} == {"2025-10"}
    assert {"period", "period_month"} & agreed.columns.keys()


def test_rows_of_several_months_keep_theirs_and_the_file_is_of_one_of_them(tmp_path: Path) -> None:
    path = tmp_path / "MC.csv"
    path.write_bytes(text(*customers("2025-11", 1, 2, 3), *customers("2025-10", 1)))
    for said, period in (("2025-12", "2025-11"), ("2025-10", "2025-10")):
        (found,) = detect(path, period=said)
        assert (found.period, found.questions) == (period, ())
        assert [row.fields["period"] for row in rows_of(path, found)] == ["2025-11"] * 3 + ["2025-10"]


@pytest.mark.integration
async def test_the_month_that_answers_a_question_is_the_one_of_all_rows(
    owner: httpx.AsyncClient, context: Context, database: ServiceDatabase
) -> None:
    sent = text(*customers("2025-10", 1, 2))
    path, asks = await seen(owner, context, "MC November 2025.csv", sent)
    assert asks["state"] == "needs_mapping"
    await owner.patch(path, json={"answers": {"period": "2025-11"}})
    await work(context)
    found = (await owner.get(path)).json()
    assert (found["state"], found["period"], found["blocks"]) == ("preview", "2025-11", [])
    shown = (await owner.get(f"{path}/preview")).json()
    assert [row["fields"]["period"] for row in shown["create"]] == ["2025-11"] * 2
    await owner.post(f"{path}/commit", json={"preview": found["preview"]})
    await work(context)
    (chunk,) = [event for _, event in told(database) if isinstance(event, ImportChunkPublished)]
    assert {row.fields["period"] for row in chunk.rows} == {chunk.period} == {"2025-11"}


@pytest.mark.integration
async def test_who_says_a_month_is_told_that_rows_name_several(
    owner: httpx.AsyncClient, context: Context
) -> None:
    both = text(*customers("2025-11", 1, 2, 3), *customers("2025-10", 1))
    path, found = await seen(owner, context, "MC gabungan.csv", both, period="2025-12")
    assert (found["period"], [one["code"] for one in found["blocks"]]) == (
        "2025-11",
        ["row_months_disagrees"],
    )
    [block] = found["blocks"]
    assert "December 2025" in block["message"]
    assert "October 2025, November 2025" in block["message"]
    blocked = await owner.post(f"{path}/commit", json={"preview": found["preview"]})
    assert blocked.status_code == 409
    await owner.patch(path, json={"confirmed": True})
    await work(context)
    sure = (await owner.get(path)).json()
    assert (sure["blocks"], sure["counts"]) == ([], counts(4, 0))
    assert sure["preview"] != found["preview"]

"""Answers to questions about a file: which are refused, and which the next file of its layout goes by."""

import io

import httpx
import openpyxl
import pytest

from .conftest import Caller
from .test_imports import Work, asked, catalogue_heard, shown, uploaded, work

__all__ = ["catalogue_heard", "work"]

pytestmark = pytest.mark.integration


async def test_a_column_of_ages_is_no_column_of_months(owner: httpx.AsyncClient, work: Work) -> None:
    text = "NOMEN;NAMA;LAMANYA;JUMLAH\n34000001;ANI;3;5000\n34000002;BUDI;11;7000\n"
    one = (await uploaded(owner, text, "ARDEBT DES 2025.csv"))["id"]
    assert await asked(owner, work, one) == ["column:age"]
    for key, code in (("column:age", "answer_which_age"), ("column:ages", "not_one_of")):
        refused = await owner.patch(f"/imports/{one}", json={"answers": {key: "LAMANYA"}})
        (error,) = refused.json()["errors"]
        assert (refused.status_code, error["field"], error["code"]) == (422, f"answers.{key}", code)
    refused = await owner.patch(f"/imports/{one}", json={"answers": {"column:age": "LAMANYA"}})
    assert "column:bill_period, column:due_date, column:age_days" in refused.json()["errors"][0]["message"]
    assert await asked(owner, work, one, answers={"column:age_days": "LAMANYA"}) == []
    preview = (await owner.get(f"/imports/{one}/preview")).json()
    assert [row["fields"]["age_days"] for row in preview["create"]] == ["3", "11"]


async def test_a_period_is_answered_with_a_month(owner: httpx.AsyncClient, work: Work) -> None:
    text = "NOMEN;STAND LALU;STAND KINI;CARA BACA\n34000001;900;910;ACTUAL\n"
    one = (await uploaded(owner, text, "SBRS.csv"))["id"]
    assert await asked(owner, work, one) == ["period"]
    for month in ("Desember 2025", "2025-13", "2025-12\n"):
        refused = await owner.patch(f"/imports/{one}", json={"answers": {"period": month}})
        (error,) = refused.json()["errors"]
        assert (refused.status_code, error["field"]) == (422, "answers.period")
        assert error["code"] == "answer_no_month"
    assert await asked(owner, work, one, answers={"period": "2025-12"}) == []
    assert (await shown(owner, one))["period"] == "2025-12"


async def test_a_column_that_decides_without_being_a_field_is_told(
    owner: httpx.AsyncClient, work: Work
) -> None:
    text = (
        "NOMEN;TGL BAYAR;JUMLAH BAYAR;D/K;KASIR\n34000001;10/12/2025;5000;K;A\n34000002;11/12/2025;700;D;A\n"
    )
    one = (await uploaded(owner, text, "KOLEKSI DES 2025.csv"))["id"]
    await work()
    (sheet,) = (await shown(owner, one))["sheets"]
    told = {column["header"]: (column["field"], column["decides"]) for column in sheet["mapping"]}
    assert (told["JUMLAH BAYAR"], told["D/K"]) == (("amount", False), (None, True))


async def test_what_was_said_of_columns_is_said_of_the_next_month_too(
    owner: httpx.AsyncClient, caller: Caller, work: Work
) -> None:
    head = "NOMEN;TGL BAYAR;JUMLAH BAYAR;KASIR;JATUH TEMPO\n"
    text = head + "".join(f"3400000{n};1{n}/12/2025;-5000;A;akhir bulan\n" for n in (3, 4, 5))
    one = (await uploaded(owner, text, "KOLEKSI DES 2025.csv"))["id"]
    keys = ["unread:due_date:JATUH TEMPO", "minus:JUMLAH BAYAR"]
    assert await asked(owner, work, one) == keys
    assert await asked(owner, work, one, answers={keys[0]: "skip"}) == keys[1:]
    assert await asked(owner, work, one, answers={keys[1]: "returned"}) == []

    next_one = (await uploaded(owner, text.replace("/12/2025", "/01/2026"), "KOLEKSI JAN 2026.csv"))["id"]
    assert await asked(owner, work, next_one) == keys[1:]  # of money every file is asked
    assert await used(owner, next_one) == {keys[0]: "skip"}
    assert await asked(owner, work, next_one, answers={keys[1]: "received"}) == []
    preview = (await owner.get(f"/imports/{next_one}/preview")).json()
    assert {row["fields"]["amount"] for row in preview["create"]} == {"5000"}

    assert await used(owner, next_one) == {keys[0]: "skip", keys[1]: "received"}

    third = (await uploaded(owner, text.replace("/12/2025", "/02/2026"), "KOLEKSI FEB 2026.csv"))["id"]
    assert await asked(owner, work, third) == keys[1:]
    assert await asked(owner, work, third, answers=dict.fromkeys(keys, "")) == keys
    readable = text.replace("akhir bulan", "20/02/2026").replace("/12/2025", "/02/2026")
    assert await asked(owner, work, third, answers={keys[0]: "skip", keys[1]: "received"}) == []
    fourth = (await uploaded(owner, readable, "KOLEKSI FEB 2026 lagi.csv"))["id"]
    assert await asked(owner, work, fourth) == keys[1:]
    assert (await shown(owner, fourth))["sheets"][0]["columns"]["due_date"] == "JATUH TEMPO"
    stranger = caller("tenant-b")
    other = (await uploaded(stranger, text, "KOLEKSI DES 2025.csv"))["id"]
    assert await asked(stranger, work, other) == keys


async def used(client: httpx.AsyncClient, import_id: str) -> dict[str, str]:
    """Return the answers that a file goes by."""
    (sheet,) = (await shown(client, import_id))["sheets"]
    return {one["key"]: one["answer"] for one in sheet["answered"]}


async def test_noughts_that_were_filled_in_are_in_the_rows_to_mend(
    owner: httpx.AsyncClient, work: Work
) -> None:
    text = "NOMEN;TGL BAYAR;JUMLAH BAYAR\n00123456;05/12/2025;1000\n340123;06/12/2025;banyak\n"
    one = (await uploaded(owner, text, "koleksi des 2025.csv"))["id"]
    assert await asked(owner, work, one) == ["zeros:NOMEN"]
    assert await asked(owner, work, one, answers={"zeros:NOMEN": "fill"}) == []
    counts = (await shown(owner, one))["counts"]
    assert (counts["created"], counts["rejected"]) == (1, 1)
    answer = await owner.get(f"/imports/{one}/errors.xlsx")
    page = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert page.cell(2, 1).value == "00340123"

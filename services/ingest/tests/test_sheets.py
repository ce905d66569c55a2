"""Workbooks of several sheets: none is left out without a word, and each is known by its name."""

import io
from typing import Any

import httpx
import openpyxl
import pytest

from .test_imports import Work, catalogue_heard, shown, uploaded, work

__all__ = ["catalogue_heard", "work"]

pytestmark = pytest.mark.integration

HEAD = ["NOMEN", "NAMA", "ALAMAT", "RAYON", "KUBIKASI", "NOMINAL"]


def customers(rayon: int, number: int) -> list[list[Any]]:
    return [
        HEAD,
        *(
            [f"{rayon}0100{one:04}", f"NAMA {one}", f"JL. SUNTER {one}", rayon, 12, 60000]
            for one in range(number)
        ),
    ]


def workbook(**sheets: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name.replace("_", " "))
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


async def said(client: httpx.AsyncClient, work: Work, import_id: str, **changes: Any) -> dict[str, Any]:
    answer = await client.patch(f"/imports/{import_id}", json=changes)
    assert answer.status_code == 200, answer.text
    await work()
    return await shown(client, import_id)


async def commit(client: httpx.AsyncClient, seen: dict[str, Any]) -> int:
    path = f"/imports/{seen['id']}/commit"
    return (await client.post(path, json={"preview": seen["preview"]})).status_code


async def test_no_sheet_of_facts_is_left_out_without_a_word(owner: httpx.AsyncClient, work: Work) -> None:
    notes = [["Petunjuk"], ["Isi setiap lembar."]]
    content = workbook(Petunjuk=notes, Rayon_34=customers(34, 40), Rayon_35=customers(35, 30))
    name = "MC Desember 2025.xlsx"
    one = (await uploaded(owner, content, name))["id"]
    await work()
    seen = await shown(owner, one)
    assert (seen["state"], seen["rows"]) == ("preview", 40)
    assert [block["code"] for block in seen["blocks"]] == ["sheets_left_out"]
    assert "Rayon 35 (30)" in seen["blocks"][0]["message"]
    assert await commit(owner, seen) == 409
    seen = await said(owner, work, one, confirmed=True)
    assert (seen["blocks"], await commit(owner, seen)) == ([], 202)
    await work()

    other = (await uploaded(owner, content, name))["id"]
    await work()
    seen = await shown(owner, other)
    assert (seen["rows"], seen["blocks"], seen["repeats"]) == (30, [], None), (
        "the sheet that is still to come"
    )
    assert await commit(owner, seen) == 202
    again = (await uploaded(owner, content, name))["id"]
    await work()
    seen = await shown(owner, again)
    assert [block["code"] for block in seen["blocks"]] == ["file_repeats"]
    for place, first in ((0, one), (1, other)):
        assert (await said(owner, work, again, sheet=place))["repeats"] == first


@pytest.mark.parametrize("place", [None, "Data"])
async def test_the_type_of_a_workbook_with_notes_may_be_said(
    owner: httpx.AsyncClient, work: Work, place: str | None
) -> None:
    notes = [["Petunjuk pengisian", None, None], ["No", "Kolom", "Arti"], [1, "NOMEN", "Nomor pelanggan"],
             [2, "NAMA", "Nama pelanggan"], [3, "ALAMAT", "Alamat"]]  # fmt: skip
    one = (await uploaded(owner, workbook(Petunjuk=notes, Data=customers(34, 40)), "MC Desember 2025.xlsx"))[
        "id"
    ]
    await work()
    seen = await shown(owner, one)
    [at] = [sheet["sheet"] for sheet in seen["sheets"] if sheet["name"] == "Data"]
    changes: dict[str, Any] = {"type": "MC"} if place is None else {"type": "MC", "sheet": at}
    seen = await said(owner, work, one, **changes)
    assert (seen["state"], seen["type"], seen["rows"], seen["blocks"]) == ("preview", "MC", 40, []), seen
    assert seen["sheets"][seen["sheet"]]["name"] == "Data"
    wrong = await owner.patch(f"/imports/{one}", json={"sheet": 7})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "sheet")

"""Answers to questions about a file: which are refused, and which the next file of its layout goes by."""

import httpx
import pytest

from .test_imports import Work, asked, catalogue_heard, uploaded, work

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

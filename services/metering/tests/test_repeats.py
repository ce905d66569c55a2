"""Payments that two lists hold: which one is the repeat follows whoever writes or takes back, at once."""

import runpy
from pathlib import Path

import httpx
import psycopg
import pytest
from arus_stack.testing import ServiceDatabase

from .conftest import Imports
from .test_books import customer, digest

pytestmark = pytest.mark.integration
MIGRATIONS = Path(__file__).parents[1] / "migrations/versions"
ONCE = {"nomen": "1", "payment_date": "2025-12-02", "amount": "100", "bill_period": "2025-12"}


async def test_a_repeat_is_one_whichever_file_comes_first_and_none_once_that_is_gone(
    files: Imports, owner: httpx.AsyncClient, database: ServiceDatabase
) -> None:
    files.take(files.file("MC", "2025-12", customer("1", target_mc="1000")))
    master = files.file("MB", "2025-12", ONCE | {"key": "m"}, import_id="m")
    daily = files.file("COLLECTION", "2025-12", ONCE | {"key": "d"}, import_id="d")
    files.take(master)
    alone = digest(database)
    files.take(daily)
    both = digest(database)
    files.undo(daily)
    assert digest(database) == alone
    files.undo(master)
    files.take(files.file("COLLECTION", "2025-12", ONCE | {"key": "d"}, import_id="d2"))
    files.take(files.file("MB", "2025-12", ONCE | {"key": "m"}, import_id="m2"))
    assert await repeats(owner) == ["m"]
    assert both != alone
    # The same file once more: its newer versions say the same.
    files.take(files.file("MB", "2025-12", ONCE | {"key": "m"}, import_id="m3"))
    assert await repeats(owner) == ["m"]


async def test_what_people_enter_correct_and_take_back_makes_and_unmakes_repeats(
    files: Imports, owner: httpx.AsyncClient
) -> None:
    files.take(files.file("MC", "2025-12", customer("1", target_mc="1000")))
    files.take(files.file("MB", "2025-12", ONCE | {"key": "m"}))
    said = {name: value for name, value in ONCE.items() if name != "key"}
    path = f"/collections/{(await owner.post('/collections', json=said)).json()['id']}"
    assert await repeats(owner) == ["m"]
    await owner.patch(path, json={"bill_period": "2025-11"})
    assert await repeats(owner) == [], "it pays another period"
    await owner.patch(path, json={"bill_period": "2025-12"})
    assert await repeats(owner) == ["m"]
    assert (await owner.delete(path)).status_code == 204
    assert await repeats(owner) == []


async def repeats(client: httpx.AsyncClient) -> list[str]:
    listed = (await client.get("/collections")).json()["items"]
    return [one["id"].rpartition("/")[2] for one in listed if one["is_repeat"]]


async def test_the_migration_says_of_old_payments_what_is_said_of_new_ones(
    files: Imports, owner: httpx.AsyncClient, database: ServiceDatabase
) -> None:
    files.take(files.file("MC", "2025-12", *(customer(nomen, target_mc="1000") for nomen in "12")))
    numbered = ONCE | {"nomen": "2", "receipt_number": "K", "amount": "90"}
    files.take(files.file("COLLECTION", "2025-12", ONCE | {"key": "a"}, numbered | {"key": "b"}))
    twice = (ONCE | {"key": "c"}, ONCE | {"key": "d"}, numbered | {"key": "e", "amount": "80"})
    files.take(files.file("MB", "2025-12", *twice))
    theirs = Imports(database.worker_url, "tenant-b")
    theirs.take(theirs.file("MB", "2025-12", ONCE | {"key": "f"}))
    now = await repeats(owner)
    assert len(now) == 2
    migration = runpy.run_path(str(MIGRATIONS / "0017_paired_payments.py"))
    with psycopg.connect(database.superuser_url, options="-c search_path=metering") as connection:
        connection.execute("update collections set is_repeat = false")
        connection.execute(migration["SETTLED"])
    assert await repeats(owner) == now

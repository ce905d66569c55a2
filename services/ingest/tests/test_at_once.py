"""Many at once change one fact: each change stands, and they are told in the order in which they came to."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
import psycopg
import pytest
from arus_ingest.catalogue import Known
from arus_ingest.commands.fuel import TRANSACTIONS, record_known
from arus_ingest.state import FuelKey
from arus_ingest.store.fuel import hold_keys
from arus_runtime.context import Context
from arus_runtime.ids import new_ulid
from arus_stack.testing import ServiceDatabase

from .conftest import CatalogueOwner, told

pytestmark = pytest.mark.integration
PATH = "/fuel/transactions"
AT_ONCE = 16
WAITING = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"


async def test_corrections_of_one_fact_at_once_all_stand_and_are_told_in_order(
    owner: httpx.AsyncClient, catalogue: CatalogueOwner, database: ServiceDatabase
) -> None:
    fact: dict[str, Any] = {
        "date": "2025-01-10",
        "location_id": catalogue.location(),
        "product_id": catalogue.product(),
        "volume_l": "500",
    }
    path = f"{PATH}/{(await owner.post(PATH, json=fact)).json()['id']}"
    answers = await asyncio.gather(*(owner.patch(path, json={"volume_l": n + 1}) for n in range(AT_ONCE)))
    made = sorted((answer.json()["version"], answer.json()["volume_l"]) for answer in answers)
    assert [version for version, _ in made] == list(range(2, AT_ONCE + 2))
    volumes = [event.volume_ul // 1_000_000 for _, event in told(database)]
    assert volumes == [500, *(int(volume) for _, volume in made)]


async def test_a_correction_waits_for_who_records_under_its_key_and_sees_what_came_of_it(
    owner: httpx.AsyncClient, catalogue: CatalogueOwner, database: ServiceDatabase
) -> None:
    fact: dict[str, Any] = {
        "date": "2025-01-10",
        "location_id": catalogue.location(),
        "product_id": catalogue.product(),
    }
    ours, theirs = [
        (await owner.post(PATH, json=fact | {"volume_l": volume})).json()["id"] for volume in ("500", "300")
    ]
    url, options = database.superuser_url, "-c search_path=ingest"
    async with await psycopg.AsyncConnection[Any].connect(url, options=options) as other:
        await other.execute("select from fuel_keys for update")
        await other.execute("update fuel_transactions set volume_ul = 400000000 where id = %s", (theirs,))
        correction = asyncio.create_task(owner.patch(f"{PATH}/{ours}", json={"volume_l": "400"}))
        await waits_or_ends(correction, url)
        await other.commit()
        answer = (await correction).json()
    assert [warning["code"] for warning in answer["warnings"]] == ["DUPLIKAT"]


async def waits_or_ends(task: asyncio.Task[Any], url: str) -> None:
    """Return when what a task does waits for a lock, or has not waited."""
    async with await psycopg.AsyncConnection[Any].connect(url, autocommit=True) as watching:
        while not task.done():
            if await (await watching.execute(WAITING)).fetchone():
                break
            await asyncio.sleep(0.01)


async def test_recording_waits_for_who_changes_under_its_key_and_sees_what_came_of_it(
    owner: httpx.AsyncClient, catalogue: CatalogueOwner, database: ServiceDatabase
) -> None:
    fact: dict[str, Any] = {
        "date": "2025-01-10",
        "location_id": catalogue.location(),
        "product_id": catalogue.product(),
    }
    theirs = (await owner.post(PATH, json=fact | {"volume_l": "300"})).json()["id"]
    url, options = database.superuser_url, "-c search_path=ingest"
    async with await psycopg.AsyncConnection[Any].connect(url, options=options) as other:
        await other.execute("select from fuel_keys for update")
        await other.execute("update fuel_transactions set volume_ul = 400000000 where id = %s", (theirs,))
        recording = asyncio.create_task(owner.post(PATH, json=fact | {"volume_l": "400"}))
        await waits_or_ends(recording, url)
        await other.commit()
        answer = (await recording).json()
    assert [warning["code"] for warning in answer["warnings"]] == ["DUPLIKAT"]


async def test_who_records_holds_the_keys_that_it_changes_besides(
    context: Context, database: ServiceDatabase
) -> None:
    key = FuelKey(new_ulid(), new_ulid())

    async def held() -> None:
        async with context.db.tenant("tenant-a") as other:
            await hold_keys(other, "tenant-a", {key})

    async with context.db.tenant("tenant-a") as tx:
        nothing, now = Known({}, {}), datetime.now(UTC)
        assert await record_known(tx, "tenant-a", nothing, TRANSACTIONS, [], at=now, besides={key}) == []
        holding = asyncio.create_task(held())
        await waits_or_ends(holding, database.superuser_url)
        assert not holding.done()
    await holding

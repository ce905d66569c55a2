"""Many at once change one fact: each change stands, and they are told in the order in which they came to."""

import asyncio
from typing import Any

import httpx
import psycopg
import pytest
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
        async with await psycopg.AsyncConnection[Any].connect(url, autocommit=True) as watching:
            while not correction.done():
                if await (await watching.execute(WAITING)).fetchone():
                    break
                await asyncio.sleep(0.01)
        await other.commit()
        answer = (await correction).json()
    assert [warning["code"] for warning in answer["warnings"]] == ["DUPLIKAT"]

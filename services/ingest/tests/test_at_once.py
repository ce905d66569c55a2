"""Many at once change one fact: each change stands, and they are told in the order in which they came to."""

import asyncio
from typing import Any

import httpx
import pytest
from arus_stack.testing import ServiceDatabase

from .conftest import CatalogueOwner, told

pytestmark = pytest.mark.integration
PATH = "/fuel/transactions"
AT_ONCE = 16


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

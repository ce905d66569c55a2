"""Who is limited to locations sees nothing of the books, which know of none, and changes nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from .conftest import Caller, Imports

pytestmark = pytest.mark.integration
DOCUMENT: dict[str, Any] = json.loads((Path(__file__).parents[1] / "openapi.json").read_text("utf-8"))
OPERATIONS = [
    (method, path.removeprefix("/api/v1"))
    for path, operations in DOCUMENT["paths"].items()
    for method in operations
]


async def test_who_is_limited_to_locations_is_told_so_everywhere(caller: Caller, files: Imports) -> None:
    known = {"nomen": "1", "name": "Ani", "address": "Jl. Sunter No.1", "rayon": "34"}
    files.take(files.file("MC", "2025-12", known))
    limited = caller("tenant-a", "owner", locations=["01JGZ3M0T0ARVSL0CAT10N0001"])
    of_nobody = caller("tenant-a", "owner", locations=[])
    for method, path in OPERATIONS:
        address = path.format(nomen="1", period="2025-12", payment_id="x", replacement_id="x")
        for client in (limited, of_nobody):
            answer = await client.request(method, address, params={"format": "csv"})
            said = answer.status_code, answer.json().get("code")
            assert said == (403, "limited_to_locations"), (method, path, answer.text)
    assert (await caller().get("/customers/1")).status_code == 200

"""Thresholds for a location and a product that this service has not heard of: their owner is asked."""

from typing import Any

import httpx
import pytest
from arus_runtime.ids import new_ulid
from arus_runtime.settings import Peer, Settings

from .conftest import Caller, Place

pytestmark = pytest.mark.integration

BODY = {"thresholds": {"waspada_pct": "110"}}
PATHS = ("/thresholds", "/thresholds/backtest")


async def made(inventory: httpx.AsyncClient) -> dict[str, str]:
    """Make a location and a product, and return them as a scope. No worker runs that would hear of it."""
    place = await inventory.post("/locations", json={"name": "Gudang A", "type": "depot"})
    goods = await inventory.post(
        "/products", json={"code": new_ulid(), "name": "Solar", "kind": "fuel", "unit": "L"}
    )
    return {"location_id": place.json()["id"], "product_id": goods.json()["id"]}


def refused(answer: httpx.Response) -> tuple[int, list[tuple[str, str]]]:
    return answer.status_code, [(error["field"], error["code"]) for error in answer.json()["errors"]]


async def test_what_was_made_a_moment_ago_can_be_given_thresholds(
    caller: Caller, inventory: Caller, place: Place
) -> None:
    scope = await made(inventory(place.tenant))
    owner = caller(place.tenant)
    version = await owner.post("/thresholds", json=BODY | scope)
    assert version.status_code == 201, version.text
    assert {f"{field}_id": version.json()[field]["id"] for field in ("location", "product")} == scope
    tried = await owner.post("/thresholds/backtest", json=BODY | scope)
    assert (tried.status_code, tried.json()["counts"]["facts"]) == (200, 0)


@pytest.mark.parametrize("path", PATHS)
async def test_what_their_owner_denies_is_refused(
    caller: Caller, inventory: Caller, place: Place, path: str
) -> None:
    theirs = await made(inventory(new_ulid()))
    owner = caller(place.tenant)
    denied = [(field, "unknown_reference") for field in ("location_id", "product_id")]
    assert refused(await owner.post(path, json=BODY | theirs)) == (422, denied)
    ours = await made(inventory(place.tenant))
    mixed = ours | {"product_id": theirs["product_id"]}
    assert refused(await owner.post(path, json=BODY | mixed)) == (422, denied[1:])


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("peers", [{"inventory": Peer(grpc="127.0.0.1:1")}, {}])
async def test_while_their_owner_is_away_nothing_is_refused_as_unknown(
    caller: Caller, settings: Settings, place: Place, path: str, peers: dict[str, Peer]
) -> None:
    settings.peers.update(peers)
    owner = caller(place.tenant)
    answer = await owner.post(path, json=BODY | {"location_id": place.location})
    assert (answer.status_code, answer.json()["code"]) == (503, "catalogue_unreachable")
    assert int(answer.headers["retry-after"]) > 0
    assert (await owner.get("/thresholds")).json()["items"] == []


async def test_a_key_that_may_not_read_the_catalogue_is_told_so(
    caller: Caller, inventory: Caller, place: Place
) -> None:
    scope = await made(inventory(place.tenant))
    limited: dict[str, Any] = {"resources": {"thresholds": "cr"}}
    answer = await caller(place.tenant, **limited).post("/thresholds", json=BODY | scope)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")

"""How members like to read: columns of tables and saved views, chosen on several devices."""

import asyncio
from typing import Any

import pytest
from arus_gateway.rules import CHOSEN_MOST

from .world import Gateway, Person

pytestmark = pytest.mark.integration


async def test_how_somebody_likes_to_read_is_theirs_in_each_organisation(gateway: Gateway):
    siti = await gateway.register()
    colleague = await gateway.colleague(siti, "analyst")
    chosen = {
        "tables": {"transactions": {"hidden": ["recorded"], "dense": True}},
        "views": [{"name": "Solar di Cakung", "page": "/fuel/transactions", "search": "product=1"}],
    }
    answer = await siti.http.patch("/auth/me", json={"preferences_change": chosen})
    assert answer.json()["preferences"] == chosen
    # Another change leaves them alone.
    await siti.http.patch("/auth/me", json={"name": "Siti Aminah"})
    assert (await siti.http.get("/auth/me")).json()["preferences"] == chosen
    nothing: dict[str, Any] = {"tables": {}, "views": []}
    assert (await colleague.http.get("/auth/me")).json()["preferences"] == nothing
    other = (await siti.http.post("/organisations", json={"name": "Kedua"})).json()
    moved = (await siti.http.post("/auth/switch", json={"organisation_id": other["id"]})).json()
    there = gateway.connect(Authorization=f"Bearer {moved['access_token']}")
    assert (await there.get("/auth/me")).json()["preferences"] == nothing


async def test_two_devices_keep_each_others_views_and_tables(gateway: Gateway):
    siti = await gateway.register()
    phone = await gateway.log_in(siti.email)
    views = [
        {"name": f"Tampilan {number}", "page": "/fuel/transactions", "search": ""} for number in range(6)
    ]

    async def change(person: Person, **preferences: Any) -> None:
        answer = await person.http.patch("/auth/me", json={"preferences_change": preferences})
        assert answer.status_code == 200, answer.text

    # At once, and the first ever.
    await asyncio.gather(
        *(change((siti, phone)[number % 2], views=[view]) for number, view in enumerate(views)),
        change(phone, tables={"meter": {"hidden": ["rayon"]}}),
    )
    elsewhere = {**views[1], "page": "/meters"}
    await change(siti, views=[elsewhere, {**views[1], "search": "from=2025-01-08"}])
    await change(phone, views=[{**views[0], "search": None}], tables={"audit": {"dense": True}})
    await change(siti, tables={"audit": None, "incidents": None})
    kept = (await siti.http.get("/auth/me")).json()["preferences"]
    assert kept["tables"] == {"meter": {"hidden": ["rayon"], "dense": False}}
    shown = {(view["page"], view["name"]): view["search"] for view in kept["views"]}
    assert len(kept["views"]) == len(shown)
    assert shown == {
        ("/fuel/transactions", "Tampilan 1"): "from=2025-01-08",
        **{("/fuel/transactions", f"Tampilan {number}"): "" for number in range(2, 6)},
        ("/meters", "Tampilan 1"): "",
    }


async def test_views_are_bounded_over_all_changes(gateway: Gateway):
    siti = await gateway.register()
    views = [{"name": f"V{number}", "page": "/", "search": ""} for number in range(CHOSEN_MOST)]
    assert (
        await siti.http.patch("/auth/me", json={"preferences_change": {"views": views}})
    ).status_code == 200
    more = {"views": [{"name": "One more", "page": "/"}]}
    refused = await siti.http.patch("/auth/me", json={"name": "Siti Lain", "preferences_change": more})
    assert refused.status_code == 422
    assert refused.json()["errors"] == [
        {
            "field": "preferences_change.views",
            "code": "too_many",
            "message": "preferences_change.views must have at most 100 items, got 101.",
        }
    ]
    now = (await siti.http.get("/auth/me")).json()
    assert (now["user"]["name"], len(now["preferences"]["views"])) == ("Siti", CHOSEN_MOST)


async def test_a_saved_view_names_a_page_of_the_console(gateway: Gateway):
    siti = await gateway.register()
    view = {"name": "Lain", "page": "https://elsewhere.example/"}
    answer = await siti.http.patch("/auth/me", json={"preferences_change": {"views": [view]}})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].endswith("page")


async def test_what_replaced_all_preferences_once_is_refused(gateway: Gateway):
    # A console of before, or one at a replica of before, means another thing by either name.
    siti = await gateway.register()
    answer = await siti.http.patch("/auth/me", json={"preferences": {"tables": {}, "views": []}})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "preferences"

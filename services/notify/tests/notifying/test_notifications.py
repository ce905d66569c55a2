"""What people were told, over REST: their own list, their own preferences, the log of deliveries."""

from arus_runtime.ids import new_ulid

from .conftest import Caller
from .world import Desk, Town

PREFERENCES = "/notifications/preferences"


async def test_the_list_shows_ones_own_newest_first_and_counts_what_is_unread(
    desk: Desk, town: Town, caller: Caller
) -> None:
    person, other = town.person(desk.tenant), town.person(desk.tenant, "Budi")
    await desk.names()
    for severity in (2, 3, 4):
        await desk.happens(severity=severity)
        await desk.work()
    client = caller(person, "viewer", language="en")
    first = (await client.get("/notifications", params={"limit": 2})).json()
    rest = (await client.get("/notifications", params={"cursor": first["next_cursor"]})).json()
    shown = first["items"] + rest["items"]
    assert [entry["severity"] for entry in shown] == ["critical", "warning", "info"]
    assert (first["unread"], rest["next_cursor"]) == (3, None)
    assert shown[0]["title"] == "Critical: incident at Gudang A, Solar"
    assert shown[0]["text"] == "Use of 520 L is 173% of the usual 300 L: ANOMALI (anomaly)."
    assert shown[0]["location"] == {"id": desk.location, "name": "Gudang A"}
    assert shown[0]["standing"] == "open"

    at = f"/notifications/{shown[0]['id']}/read"
    assert (await client.post(at)).json() == {"unread": 2}
    assert (await client.post(at)).json() == {"unread": 2}
    unread = (await client.get("/notifications", params={"unread": True})).json()["items"]
    assert [entry["severity"] for entry in unread] == ["warning", "info"]
    assert (await client.post("/notifications/read-all")).json() == {"unread": 0}
    assert (await caller(other, "viewer").get("/notifications")).json()["unread"] == 3
    assert (await caller(other, "viewer").post(at)).status_code == 404


async def test_another_organisation_sees_and_marks_nothing(desk: Desk, town: Town, caller: Caller) -> None:
    person = town.person(desk.tenant)
    await desk.happens()
    await desk.work()
    [entry] = (await caller(person, "viewer").get("/notifications")).json()["items"]
    stranger = caller(person, "owner", tenant=new_ulid())
    assert (await stranger.get("/notifications")).json() == {"items": [], "next_cursor": None, "unread": 0}
    assert (await stranger.get("/notifications/deliveries")).json()["items"] == []
    assert (await stranger.post(f"/notifications/{entry['id']}/read")).status_code == 404


async def test_who_never_said_so_has_the_defaults_and_changes_what_they_have_seen(
    desk: Desk, town: Town, caller: Caller
) -> None:
    client = caller(town.person(desk.tenant), "viewer")
    shown = await client.get(PREFERENCES)
    assert shown.headers["ETag"] == '"0"'
    assert shown.json() == {
        "in_app": "info",
        "email": "warning",
        "whatsapp": "off",
        "whatsapp_number": None,
        "quiet_hours": None,
        "critical_passes": False,
        "digest_at": "07:00",
        "alarms_per_day": 20,
        "timezone": None,
        "organisation_timezone": "Asia/Jakarta",
        "whatsapp_available": True,
    }
    body = {
        "whatsapp": "critical",
        "whatsapp_number": "+6281234567890",
        "quiet_hours": {"from": "22:00", "to": "05:30"},
        "critical_passes": True,
        "digest_at": "06:15",
        "alarms_per_day": 5,
        "timezone": "Asia/Makassar",
    }
    changed = await client.patch(PREFERENCES, json=body, headers={"If-Match": '"0"'})
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"1"')
    assert changed.json() == shown.json() | body
    assert (await client.get(PREFERENCES)).json() == changed.json()
    stale = await client.patch(PREFERENCES, json={"email": "off"}, headers={"If-Match": '"0"'})
    assert stale.status_code == 412
    same = await client.patch(PREFERENCES, json=body, headers={"If-Match": '"1"'})
    assert same.headers["ETag"] == '"1"'
    other = caller(town.person(desk.tenant, "Budi"), "viewer")
    assert (await other.get(PREFERENCES)).json() == shown.json()


async def test_what_cannot_be_is_refused_field_by_field(desk: Desk, town: Town, caller: Caller) -> None:
    client = caller(town.person(desk.tenant), "viewer", language="en")

    async def refused(body: dict[str, object]) -> tuple[str, str]:
        answer = await client.patch(PREFERENCES, json=body)
        assert answer.status_code == 422, answer.text
        [error] = answer.json()["errors"]
        return error["field"], error["code"]

    assert await refused({"alarms_per_day": 0}) == ("alarms_per_day", "too_small")
    assert await refused({"alarms_per_day": 201}) == ("alarms_per_day", "too_large")
    assert await refused({"email": None}) == ("email", "not_null")
    assert await refused({"critical_passes": None}) == ("critical_passes", "not_null")
    assert await refused({"email": "loud"}) == ("email", "not_one_of")
    assert await refused({"digest_at": "24:00"}) == ("digest_at", "wrong_pattern")
    assert await refused({"quiet_hours": {"from": "22:00", "to": "22:00"}}) == (
        "quiet_hours.to",
        "quiet_hours_empty",
    )
    assert await refused({"quiet_hours": {"from": "22:00"}}) == ("quiet_hours.to", "missing")
    assert await refused({"whatsapp_number": "0812"}) == ("whatsapp_number", "wrong_pattern")
    assert await refused({"timezone": "Asia/Bogor"}) == ("timezone", "not_timezone")


async def test_the_log_is_ones_own_and_everybodys_for_administrators(
    desk: Desk, town: Town, caller: Caller
) -> None:
    person = town.person(desk.tenant)
    town.person(desk.tenant, "Budi")
    await desk.happens()
    await desk.work()
    own = (await caller(person, "viewer").get("/notifications/deliveries")).json()["items"]
    assert {(entry["channel"], entry["to"]) for entry in own} == {
        ("email", "s…@example.com"),
        ("in_app", ""),
    }
    admin = caller(person, "admin")
    everybodys = (await admin.get("/notifications/deliveries")).json()["items"]
    assert {entry["to"] for entry in everybodys} == {"s…@example.com", "b…@example.com", ""}
    params = {"channel": "email", "state": ["sent", "failed"], "mine": True}
    found = (await admin.get("/notifications/deliveries", params=params)).json()["items"]
    assert [(entry["channel"], entry["state"], entry["attempts"]) for entry in found] == [
        ("email", "sent", 1)
    ]
    assert (await admin.get("/notifications/deliveries", params={"state": "held"})).json()["items"] == []


async def test_roles_without_notifications_are_kept_out(desk: Desk, town: Town, caller: Caller) -> None:
    operator = caller(town.person(desk.tenant), "operator")
    for path in ("/notifications", PREFERENCES, "/notifications/deliveries", "/notifications/webhooks"):
        assert (await operator.get(path)).status_code == 403, path
    viewer = caller(town.person(desk.tenant), "viewer")
    assert (await viewer.get("/notifications/webhooks")).status_code == 403
    body = {"name": "a", "url": "https://example.com/"}
    assert (await viewer.post("/notifications/webhooks", json=body)).status_code == 403

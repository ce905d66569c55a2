"""News of cases: to whom it concerns and nobody else, in the way they want."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from arus.anomaly.v1.events_pb2 import CaseChange, CaseChanged, CasePriority, CaseStatus
from arus_notify import handlers, rules
from arus_notify.state import Severity
from arus_runtime.ids import new_ulid
from arus_runtime.testing import meta
from arus_runtime.worker import Reject, Upsert

from .conftest import Caller
from .world import Counterpart, Desk, Mailbox, Town

CHANGED = CaseChange.CASE_CHANGE_CHANGED


OPENED: tuple[str, list[str]] = ("opened", [])
DONE: tuple[str, list[str]] = ("closed", [])
SITIS_OWN: tuple[str, list[str]] = ("assigned", [])


@pytest.mark.parametrize(
    ("change", "fields", "by", "news"),
    [
        ("opened", ["assignee_id", "status"], "budi", [OPENED, ("assigned", ["siti"])]),
        ("changed", ["assignee_id"], "budi", [("assigned", ["siti"])]),
        ("changed", ["assignee_id"], "siti", [SITIS_OWN]),
        ("changed", ["priority"], "budi", []),
        ("changed", ["status", "assignee_id"], "budi", [DONE, ("assigned", ["siti"])]),
        ("opened", ["status"], "budi", [OPENED]),
        ("commented", [], "wati", [("commented", ["siti", "budi"])]),
        ("commented", [], "siti", [("commented", ["budi"])]),
        ("visited", [], "siti", [("visited", ["budi"])]),
        ("fell_due", [], "", [("fell_due", ["siti"])]),
        ("became_overdue", [], "", [("became_overdue", ["siti"])]),
        ("attached", [], "budi", []),
    ],
)
def test_nobody_is_told_of_what_they_did_themselves(
    change: str, fields: Sequence[str], by: str, news: Any
) -> None:
    found = rules.case_news(change, "closed", fields, assignee="siti", opener="budi", by=by)
    assert [(what, list(people)) for what, people in found] == news


def test_who_opened_a_case_that_nobody_has_is_reminded_of_it() -> None:
    nobodys = {"status": "open", "assignee": "", "opener": "budi"}
    assert rules.case_news("became_overdue", fields=[], by="", **nobodys) == [("became_overdue", ["budi"])]
    taken = rules.case_news("changed", fields=["assignee_id", "status"], by="wati", **nobodys)
    assert taken == [], "taken from somebody"


def test_a_critical_case_alarms_and_a_comment_never_does() -> None:
    assert rules.case_severity("assigned", critical=False) is Severity.WARNING
    assert rules.case_severity("became_overdue", critical=True) is Severity.CRITICAL
    assert rules.case_severity("commented", critical=True) is Severity.INFO


def test_a_case_under_anothers_key_is_refused() -> None:
    event = CaseChanged(tenant_id="t", case_id="c", change=CHANGED)
    with pytest.raises(Reject):
        handlers.cases.handlers[CaseChanged](None, event, meta("t:other", tenant="t"))


async def happens(desk: Desk, **more: Any) -> CaseChanged:
    """Let news of a case be asked for as the worker does, without telling it yet."""
    values: dict[str, Any] = {
        "tenant_id": desk.tenant,
        "case_id": new_ulid(),
        "number": 17,
        "change": CHANGED,
        "domain": "meter",
        "type": "extreme",
        "status": CaseStatus.CASE_STATUS_OPEN,
        "priority": CasePriority.CASE_PRIORITY_HIGH,
        "due_date": "2026-01-09",
        "nomen": "123456",
        "period": "2025-12",
        "rayon": "34",
        "changed_fields": ["assignee_id"],
    }
    event = CaseChanged(**values | more)
    at = meta(
        f"{event.tenant_id}:{event.case_id}", tenant=desk.tenant, at=datetime.now(UTC), event_id=new_ulid()
    )
    async with desk.context.worker_db.system() as tx:
        for effect in handlers.case_changed(event, at):
            assert isinstance(effect, Upsert)
            names = [column.name for column in effect.table.columns]
            columns, places = ", ".join(names), ", ".join(["%s"] * len(names))
            await tx.execute(
                f"insert into {effect.table.name} ({columns}) values ({places})".encode(), effect.values
            )
    return event


async def test_who_is_given_a_case_gets_a_mail_and_an_entry_that_lead_to_it(
    desk: Desk, town: Town, mailbox: Mailbox, caller: Caller
) -> None:
    siti, budi = town.person(desk.tenant, "Siti"), town.person(desk.tenant, "Budi")
    event = await happens(desk, assignee_id=siti, opened_by=budi, changed_by=budi)
    await desk.work()
    [mail] = mailbox.mails
    assert (mail["To"], mail["Subject"]) == (
        "siti@example.com",
        "Kasus #17 (pemakaian ekstrem) kini Anda tangani",
    )
    text = mail.get_body(("plain",))
    assert text is not None
    assert "Pelanggan 123456, periode Desember 2025, rayon 34." in text.get_content()
    assert "Tenggat 9 Jan 2026." in text.get_content()
    assert f"/app/cases?id={event.case_id}" in text.get_content()
    [entry] = (await caller(siti, "viewer").get("/notifications")).json()["items"]
    assert (entry["kind"], entry["case_id"], entry["severity"]) == ("case", event.case_id, "warning")
    assert (entry["incident_id"], entry["location"], entry["standing"]) == (None, None, None)
    assert entry["text"] == "Pelanggan 123456, periode Desember 2025, rayon 34. Tenggat 9 Jan 2026."
    assert (await caller(budi, "viewer").get("/notifications")).json()["items"] == []


async def test_who_has_just_come_is_told_although_the_others_are_remembered(
    desk: Desk, town: Town, caller: Caller
) -> None:
    budi = town.person(desk.tenant, "Budi")
    await happens(desk, assignee_id=budi, changed_by="")
    await desk.work()
    siti = town.person(desk.tenant, "Siti")
    await happens(desk, assignee_id=siti, changed_by=budi)
    await desk.work()
    assert len((await caller(siti, "viewer").get("/notifications")).json()["items"]) == 1


async def test_a_comment_stands_in_the_list_and_is_not_mailed_until_the_digest(
    desk: Desk, town: Town, mailbox: Mailbox, caller: Caller
) -> None:
    siti, budi = town.person(desk.tenant, "Siti"), town.person(desk.tenant, "Budi", language="en")
    commented: dict[str, Any] = {"change": CaseChange.CASE_CHANGE_COMMENTED, "changed_fields": []}
    await happens(desk, assignee_id=siti, opened_by=budi, changed_by=siti, **commented)
    await desk.work()
    assert mailbox.mails == []
    [entry] = (await caller(budi, "viewer", language="en").get("/notifications")).json()["items"]
    assert entry["title"] == "A comment on case #17 (extreme use)"
    await desk.digest()
    [mail] = mailbox.mails
    assert mail["Subject"] == "Arus digest: 0 incidents, 0 critical; news of cases: 1"


async def test_a_case_at_a_place_that_is_seen_no_more_is_told_no_more(
    desk: Desk, town: Town, mailbox: Mailbox
) -> None:
    siti = town.person(desk.tenant, "Siti", places=["01JGJ4M3Z8Q0T7C1V5X2B9N6KD"])
    place = {"location_id": desk.location, "product_id": desk.product, "nomen": "", "domain": "fuel"}
    await happens(desk, assignee_id=siti, changed_by="", **place)
    await desk.work()
    assert (mailbox.mails, desk.deliveries()) == ([], [])


async def test_who_is_limited_to_places_is_told_of_no_customer(
    desk: Desk, town: Town, mailbox: Mailbox, caller: Caller
) -> None:
    siti = town.person(desk.tenant, "Siti")
    await happens(desk, assignee_id=siti, changed_by="")
    await desk.work("notify.tell-case")
    town.people[desk.tenant] = []
    assert town.person(desk.tenant, "Budi", places=[desk.location])
    town.people[desk.tenant][0].user_id = siti
    desk.context.own.pop("people")
    await desk.work()
    assert desk.deliveries()[0] == ("email", "skipped", "no_longer_allowed", 1)
    await happens(desk, assignee_id=siti, changed_by="")
    await desk.work()
    await desk.digest()
    assert mailbox.mails == []
    assert len([one for one in desk.deliveries() if one[0] == "in_app"]) == 1, "of what was told before"
    narrowed = caller(siti, "viewer", locations=[desk.location])
    listed = (await narrowed.get("/notifications")).json()
    assert (listed["items"], listed["unread"]) == ([], 0)


async def test_webhooks_hear_of_a_case_from_its_opening_to_its_end(
    desk: Desk, caller: Caller, counterpart: Counterpart
) -> None:
    await desk.names()
    for name, more in (("everything", {"least": "info"}), ("here", {"location_ids": [desk.location]})):
        body = {"name": name, "url": f"{counterpart.url}/{name}"} | more
        assert (await caller("admin-1").post("/notifications/webhooks", json=body)).status_code == 201
    case, siti = new_ulid(), new_ulid()
    said: dict[str, Any] = {"case_id": case, "assignee_id": siti, "opened_by": siti, "changed_by": siti}
    place = {"location_id": desk.location, "product_id": desk.product, "domain": "fuel", "nomen": ""}
    opened: dict[str, Any] = {"change": CaseChange.CASE_CHANGE_OPENED, "changed_fields": ["status"]}
    closed: dict[str, Any] = {"status": CaseStatus.CASE_STATUS_CLOSED, "changed_fields": ["status"]}
    await happens(desk, **said, **opened)
    await happens(desk, **said)
    await happens(desk, **said, change=CaseChange.CASE_CHANGE_COMMENTED, changed_fields=[])
    await happens(desk, **said, **closed)
    await happens(desk, **said, **closed, **place, priority=CasePriority.CASE_PRIORITY_CRITICAL)
    await desk.work()
    bodies = [(seen.path, json.loads(seen.body)) for seen in counterpart.seen]
    assert sorted((path, body["type"], body["data"]["severity"]) for path, body in bodies) == [
        ("/everything", "case.assigned", "warning"),
        ("/everything", "case.closed", "critical"),
        ("/everything", "case.closed", "warning"),
        ("/everything", "case.commented", "info"),
        ("/everything", "case.opened", "warning"),
        ("/here", "case.closed", "critical"),
    ], "a customer's case lies nowhere"
    [there] = [body["data"] for path, body in bodies if path == "/here"]
    assert (there["case_id"], there["number"], there["status"], there["priority"], there["assignee_id"]) == (
        case, 17, "closed", "critical", siti,
    )  # fmt: skip
    assert (there["location"]["name"], there["product"]["name"], there["nomen"]) == (
        "Gudang A",
        "Solar",
        None,
    )

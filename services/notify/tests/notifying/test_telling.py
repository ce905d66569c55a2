"""Who is told and when: scope, quiet hours, the alarm budget, digests, and one summary for a whole import."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from arus.anomaly.v1.events_pb2 import IncidentChange
from arus_notify import store, upkeep

from .conftest import Caller
from .world import Counterpart, Desk, Mailbox, Town

ELSEWHERE = "01JGJ4M3Z8Q0T7C1V5X2B9N6KD"


def around_now(zone: str) -> dict[str, str]:
    """Return quiet hours of a person that it is the middle of now."""
    now = datetime.now(ZoneInfo(zone))
    return {"from": f"{now - timedelta(hours=2):%H:%M}", "to": f"{now + timedelta(hours=2):%H:%M}"}


async def prefer(caller: Caller, person: str, **body: Any) -> None:
    answer = await caller(person, "viewer").patch("/notifications/preferences", json=body)
    assert answer.status_code == 200, answer.text


async def test_nobody_is_told_of_a_place_they_may_not_see(desk: Desk, town: Town, mailbox: Mailbox) -> None:
    town.person(desk.tenant, "Everywhere")
    town.person(desk.tenant, "Here", places=[desk.location])
    town.person(desk.tenant, "Elsewhere", places=[ELSEWHERE])
    town.person("another-tenant", "Stranger")
    await desk.happens()
    await desk.work()
    assert {mail["To"] for mail in mailbox.mails} == {"everywhere@example.com", "here@example.com"}


async def test_nobody_is_mailed_at_an_address_that_may_be_a_strangers(
    desk: Desk, town: Town, mailbox: Mailbox, caller: Caller
) -> None:
    person = town.person(desk.tenant, proved=False)
    await desk.happens()
    await desk.work()
    assert mailbox.mails == []
    assert [delivery[0] for delivery in desk.deliveries()] == ["in_app"]
    listed = (await caller(person, "viewer").get("/notifications")).json()
    assert listed["unread"] == 1


async def test_who_may_no_longer_see_the_place_is_told_nothing_any_more(
    desk: Desk, town: Town, mailbox: Mailbox, caller: Caller
) -> None:
    person = town.person(desk.tenant)
    await desk.happens()
    await desk.work("notify.tell")
    town.people[desk.tenant] = []
    desk.context.own.pop("people")
    await desk.work()
    assert mailbox.mails == []
    assert desk.deliveries()[0] == ("email", "skipped", "no_longer_allowed", 1)
    narrowed = caller(person, "viewer", locations=[ELSEWHERE])
    answer = (await narrowed.get("/notifications")).json()
    assert (answer["items"], answer["unread"]) == ([], 0)
    assert (await narrowed.get("/notifications/deliveries")).json()["items"] == []


async def test_an_incident_withdrawn_meanwhile_is_not_mailed(
    desk: Desk, town: Town, mailbox: Mailbox
) -> None:
    town.person(desk.tenant)
    await desk.happens()
    await desk.work("notify.tell")
    async with desk.context.worker_db.system() as tx:
        await tx.execute("update incidents set standing = 'withdrawn'")
    await desk.work()
    assert mailbox.mails == []
    assert desk.deliveries()[0] == ("email", "skipped", "withdrawn", 1)


async def test_quiet_hours_hold_a_mail_until_the_digest(
    desk: Desk, town: Town, mailbox: Mailbox, caller: Caller
) -> None:
    person = town.person(desk.tenant)
    await desk.names(zone="Asia/Jayapura")
    await prefer(caller, person, quiet_hours=around_now("Asia/Jayapura"))
    await desk.happens()
    await desk.work()
    assert mailbox.mails == []
    assert desk.deliveries() == [("email", "held", "quiet", 0), ("in_app", "sent", "", 0)]
    [entry] = (await caller(person, "viewer").get("/notifications")).json()["items"]
    assert entry["held"] == "quiet"
    await desk.digest()
    [mail] = mailbox.mails
    assert mail["Subject"] == "Ringkasan Arus: 1 insiden, 1 kritis"
    text = mail.get_body(("plain",))
    assert text is not None
    assert "1 pesan datang pada jam tenang." in text.get_content()
    assert "Kritis: insiden di Gudang A, Solar. Pemakaian 520 L" in text.get_content()
    assert [row[:3] for row in desk.deliveries()] == [
        ("email", "digested", "quiet"),
        ("email", "sent", ""),
        ("in_app", "sent", ""),
    ]


async def test_quiet_hours_are_those_of_the_persons_own_zone(
    desk: Desk, town: Town, mailbox: Mailbox, caller: Caller
) -> None:
    person = town.person(desk.tenant)
    await desk.names(zone="Asia/Jakarta")
    await prefer(caller, person, quiet_hours=around_now("Asia/Jakarta"), timezone="America/New_York")
    await desk.happens()
    await desk.work()
    assert len(mailbox.mails) == 1


async def test_the_critical_passes_quiet_hours_if_the_person_says_so(
    desk: Desk, town: Town, mailbox: Mailbox, caller: Caller
) -> None:
    person = town.person(desk.tenant)
    await prefer(caller, person, quiet_hours=around_now("Asia/Jakarta"), critical_passes=True)
    await desk.names()
    await desk.happens(severity=3)
    await desk.happens(severity=4)
    await desk.work()
    assert [mail["Subject"][:6] for mail in mailbox.mails] == ["Kritis"]


async def test_after_the_alarms_of_a_day_the_rest_waits_for_the_digest_and_is_said_to(
    desk: Desk, town: Town, mailbox: Mailbox, caller: Caller
) -> None:
    person = town.person(desk.tenant)
    await prefer(caller, person, alarms_per_day=2)
    for _ in range(5):
        await desk.happens()
    await desk.happens(severity=2)
    await desk.work()
    assert len(mailbox.mails) == 2
    assert [row[1:3] for row in desk.deliveries() if row[0] == "email"].count(("held", "budget")) == 3
    await desk.digest()
    assert len(mailbox.mails) == 3
    text = mailbox.mails[2].get_body(("plain",))
    assert text is not None
    assert mailbox.mails[2]["Subject"] == "Ringkasan Arus: 4 insiden, 3 kritis"
    assert "3 pesan menunggu ringkasan ini karena batas 2 alarm per hari" in text.get_content()
    await desk.digest()
    assert len(mailbox.mails) == 3


async def test_who_wants_no_digest_gets_none(
    desk: Desk, town: Town, mailbox: Mailbox, caller: Caller
) -> None:
    person = town.person(desk.tenant)
    await prefer(caller, person, digest_at=None)
    await desk.happens(severity=2)
    await desk.work()
    await desk.digest()
    assert mailbox.mails == []
    assert len((await caller(person, "viewer").get("/notifications")).json()["items"]) == 1


async def test_what_was_held_of_who_wants_whatsapp_alone_comes_over_whatsapp_when_the_night_is_over(
    desk: Desk, town: Town, mailbox: Mailbox, caller: Caller, counterpart: Counterpart
) -> None:
    person = town.person(desk.tenant)
    quiet = around_now("Asia/Jakarta")
    await desk.names()
    await prefer(
        caller,
        person,
        email="off",
        whatsapp="critical",
        whatsapp_number="+6281234567890",
        quiet_hours=quiet,
    )
    await desk.happens()
    await desk.happens(severity=2)  # in the list alone, and not what WhatsApp is wanted for
    await desk.work()
    assert ("whatsapp", "held", "quiet", 0) in desk.deliveries()
    [(run_after,)] = desk.rows("select run_after from jobs where tenant_id = %s and kind = 'notify.digest'")
    assert f"{run_after.astimezone(ZoneInfo('Asia/Jakarta')):%H:%M}" == quiet["to"]  # a second later at most
    assert counterpart.seen == []
    await desk.digest()
    assert (len(counterpart.seen), mailbox.mails) == (1, [])
    assert b"Ringkasan Arus: 1 insiden, 1 kritis" in counterpart.seen[0].body
    assert [row[:2] for row in desk.deliveries() if row[0] == "whatsapp"] == [
        ("whatsapp", "digested"),
        ("whatsapp", "sent"),
    ]


async def test_a_held_mail_of_who_wants_no_digest_comes_when_the_night_is_over(
    desk: Desk, town: Town, mailbox: Mailbox, caller: Caller
) -> None:
    person = town.person(desk.tenant)
    await desk.names()
    await prefer(caller, person, digest_at=None, quiet_hours=around_now("Asia/Jakarta"))
    await desk.happens()
    await desk.happens(severity=2)
    await desk.work()
    await desk.digest()
    assert [mail["Subject"] for mail in mailbox.mails] == ["Ringkasan Arus: 1 insiden, 1 kritis"]


async def test_another_hour_for_the_digest_moves_the_one_that_is_planned(
    desk: Desk, town: Town, caller: Caller
) -> None:
    person = town.person(desk.tenant)
    await desk.happens(severity=2)
    await desk.work()
    later = datetime.now(ZoneInfo("Asia/Jakarta")) + timedelta(hours=3)
    await prefer(caller, person, digest_at=f"{later:%H:%M}")
    [(run_after,)] = desk.rows("select run_after from jobs where tenant_id = %s and kind = 'notify.digest'")
    assert timedelta() <= run_after - later.replace(second=0, microsecond=0) <= timedelta(seconds=1)


async def test_moving_the_digest_costs_no_digest(
    desk: Desk, town: Town, mailbox: Mailbox, caller: Caller
) -> None:
    person = town.person(desk.tenant)
    now = datetime.now(ZoneInfo("Asia/Jakarta"))
    early, earlier, soon = (f"{now + timedelta(hours=hours):%H:%M}" for hours in (-1, -2, 3))
    await prefer(caller, person, digest_at=early)
    await desk.happens(severity=2)
    await desk.work()
    await prefer(caller, person, digest_at=soon)
    await desk.digest()
    assert len(mailbox.mails) == 1
    await prefer(caller, person, digest_at=earlier)
    await desk.happens(severity=2)
    await desk.work()
    await desk.digest()
    assert len(mailbox.mails) == 2
    await desk.happens(severity=2)
    await prefer(caller, person, digest_at=None)
    await desk.work()
    await desk.digest()
    assert len(mailbox.mails) == 2
    await prefer(caller, person, digest_at=early)
    await desk.digest()
    assert len(mailbox.mails) == 3


async def test_a_whole_import_is_told_as_one_summary(
    desk: Desk, town: Town, mailbox: Mailbox, caller: Caller
) -> None:
    person = town.person(desk.tenant, "Everywhere", language="en")
    here = town.person(desk.tenant, "Here", places=[desk.location])
    ours = desk.location
    for number in range(14):
        desk.location = ours if number < 10 else ELSEWHERE
        await desk.happens(is_history=True, import_id="import-1", severity=4 if number in {3, 12} else 2)
    assert await desk.work() == 0
    await desk.now_due("notify.summarise")
    await desk.work()
    said = {mail["To"]: mail["Subject"] for mail in mailbox.mails}
    assert said == {
        "everywhere@example.com": "Import of history: 14 incidents, 2 critical",
        "here@example.com": "Impor riwayat: 10 insiden, 1 kritis",
    }
    [entry] = (await caller(person, "viewer", language="en").get("/notifications")).json()["items"]
    assert (entry["kind"], entry["incidents"], entry["critical"], entry["import_id"]) == (
        "summary",
        14,
        2,
        "import-1",
    )
    assert entry["title"] == "Import of history: 14 incidents, 2 critical"
    assert (await caller(here, "viewer").get("/notifications")).json()["items"][0]["incidents"] == 10


async def test_a_summary_that_grew_is_told_again_by_every_way(
    desk: Desk, town: Town, mailbox: Mailbox, caller: Caller, counterpart: Counterpart
) -> None:
    made = await caller("admin", "admin").post(
        "/notifications/webhooks", json={"name": "Hook", "url": f"{counterpart.url}/hook"}
    )
    assert made.status_code == 201, made.text
    client = caller(town.person(desk.tenant), "viewer")
    await desk.happens(is_history=True, import_id="import-1")
    await desk.now_due("notify.summarise")
    await desk.work()
    [entry] = (await client.get("/notifications")).json()["items"]
    await client.post(f"/notifications/{entry['id']}/read")
    await desk.happens(is_history=True, import_id="import-1")
    for _ in range(2):  # asked again without news, nothing is told
        async with desk.context.worker_db.system() as tx:
            # As the worker's own upsert does; this test's Desk keeps the row that stands.
            await tx.execute(
                "update jobs set state = 'waiting', run_after = now() where kind = 'notify.summarise'"
            )
        await desk.work()
    answer = (await client.get("/notifications")).json()
    assert [(item["id"], item["incidents"]) for item in answer["items"]] == [(entry["id"], 2)]
    assert answer["unread"] == 1
    assert [mail["Subject"].split(":")[1].split(" insiden")[0] for mail in mailbox.mails] == [" 1", " 2"]
    assert len(counterpart.seen) == 2


async def test_a_summary_that_grew_again_and_again_spends_the_alarms_of_a_day_and_ends_in_the_digest(
    desk: Desk, town: Town, mailbox: Mailbox, caller: Caller
) -> None:
    await prefer(caller, town.person(desk.tenant), alarms_per_day=2)
    for _ in range(4):
        await desk.happens(is_history=True, import_id="import-1")
        async with desk.context.worker_db.system() as tx:
            await tx.execute(
                "update jobs set state = 'waiting', run_after = now() where kind = 'notify.summarise'"
            )
        await desk.work()
    assert len(mailbox.mails) == 2
    await desk.digest()
    assert mailbox.mails[2]["Subject"] == "Ringkasan Arus: 4 insiden, 4 kritis"


async def test_an_escalation_is_told_again(desk: Desk, town: Town, mailbox: Mailbox) -> None:
    town.person(desk.tenant)
    await desk.names()
    event = await desk.happens(severity=3)
    await desk.happens(
        severity=4, incident_id=event.incident_id, change=IncidentChange.INCIDENT_CHANGE_ESCALATED
    )
    await desk.work()
    subjects = sorted(mail["Subject"].split(":")[0] for mail in mailbox.mails)
    assert subjects == ["Kritis", "Peringatan"]
    assert any(mail["Subject"].endswith("memburuk") for mail in mailbox.mails)


async def test_people_are_asked_for_once_in_a_while_only(desk: Desk, town: Town) -> None:
    town.person(desk.tenant)
    for _ in range(3):
        await desk.happens()
    await desk.work()
    assert town.asked == 1


async def test_what_was_told_long_ago_is_forgotten(desk: Desk, town: Town, caller: Caller) -> None:
    person = town.person(desk.tenant)
    for days in (401, 399):
        event = await desk.happens()
        await desk.work()
        async with desk.context.worker_db.system() as tx:
            for statement in (
                "update notifications set created_at = created_at - %s where incident_id = %s",
                "update deliveries set created_at = created_at - %s where incident_id = %s",
                "update alerts set occurred_at = occurred_at - %s where incident_id = %s",
            ):
                await tx.execute(statement, (timedelta(days=days), event.incident_id))
    async with desk.context.worker_db.system() as tx:
        await store.forget(tx, upkeep.KEPT_DAYS)
    assert len((await caller(person, "viewer").get("/notifications")).json()["items"]) == 1
    assert len(desk.deliveries()) == 2
    assert desk.rows("select count(*) from alerts where tenant_id = %s") == [(1,)]

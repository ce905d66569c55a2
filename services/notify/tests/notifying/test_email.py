"""Alerts as mail, over a real SMTP server: what is written, and what happens when it is not taken."""

from email.message import EmailMessage
from pathlib import Path

from arus_notify.planning import DELIVER

from .world import Desk, Mailbox, Town

RECORDED = Path(__file__).parent / "recorded"


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return part.get_content().replace("\r\n", "\n")


async def test_a_critical_incident_is_mailed_in_the_readers_language(
    desk: Desk, town: Town, mailbox: Mailbox
) -> None:
    town.person(desk.tenant, "Siti")
    town.person(desk.tenant, "John", language="en")
    await desk.names()
    event = await desk.happens(incident_id="01JH8PV6W4RZ3M0T5X9K2C7B1N")
    await desk.work()
    siti, john = sorted(mailbox.mails, key=lambda mail: mail["To"], reverse=True)
    assert siti["Subject"] == "Kritis: insiden di Gudang A, Solar"
    assert john["Subject"] == "Critical: incident at Gudang A, Solar"
    assert body(siti, "plain") == (RECORDED / "incident.id.txt").read_text("utf-8")
    assert body(john, "plain") == (RECORDED / "incident.en.txt").read_text("utf-8")
    assert f'href="https://arus.example.com/app/incidents?id={event.incident_id}"' in body(siti, "html")
    assert siti["From"] == "Arus <arus@example.com>"
    assert desk.deliveries() == [("email", "sent", "", 1)] * 2 + [("in_app", "sent", "", 0)] * 2


async def test_names_that_strangers_typed_stay_text(desk: Desk, town: Town, mailbox: Mailbox) -> None:
    town.person(desk.tenant)
    await desk.names(location="Gudang\r\nBcc: x@example.com", product="<script>alert(1)</script>")
    await desk.happens()
    await desk.work()
    [mail] = mailbox.mails
    assert mail["Bcc"] is None
    assert (
        mail["Subject"].strip() == "Kritis: insiden di Gudang Bcc: x@example.com, <script>alert(1)</script>"
    )
    assert "<script>" not in body(mail, "html")
    assert "&lt;script&gt;" in body(mail, "html")


async def test_a_mail_put_off_by_the_server_is_tried_again_under_the_same_id(
    desk: Desk, town: Town, mailbox: Mailbox
) -> None:
    town.person(desk.tenant)
    mailbox.refuses["siti@example.com"] = "450 4.2.1 mailbox busy"
    await desk.happens()
    await desk.work()
    assert desk.deliveries()[0] == ("email", "waiting", "away", 1)
    mailbox.refuses.clear()
    await desk.now_due()
    await desk.work()
    assert desk.deliveries()[0][:2] == ("email", "sent")
    [(delivery_id,)] = desk.rows("select id from deliveries where tenant_id = %s and channel = 'email'")
    assert mailbox.mails[0]["Message-ID"] == f"<{delivery_id}@arus>"


async def test_a_mail_refused_for_good_is_not_tried_again(desk: Desk, town: Town, mailbox: Mailbox) -> None:
    town.person(desk.tenant)
    mailbox.refuses["siti@example.com"] = "550 5.1.1 no such user"
    await desk.happens()
    await desk.work()
    assert desk.deliveries()[0] == ("email", "failed", "refused", 1)
    [(detail,)] = desk.rows("select detail from deliveries where tenant_id = %s and channel = 'email'")
    assert "no such user" in detail
    await desk.now_due()
    assert await desk.work(DELIVER) == 0


async def test_the_same_alert_asked_for_twice_is_told_once(desk: Desk, town: Town, mailbox: Mailbox) -> None:
    town.person(desk.tenant)
    event = await desk.happens()
    await desk.work()
    await desk.happens(incident_id=event.incident_id)
    async with desk.context.worker_db.system() as tx:
        await tx.execute(
            "update jobs set state = 'waiting', run_after = now() where tenant_id = %s", (desk.tenant,)
        )
    await desk.work()
    assert len(mailbox.mails) == 1
    assert desk.deliveries() == [("email", "sent", "", 1), ("in_app", "sent", "", 0)]


async def test_an_alert_waits_for_as_long_as_the_gateway_is_away(
    desk: Desk, town: Town, mailbox: Mailbox
) -> None:
    town.person(desk.tenant)
    town.away = True
    await desk.happens()
    for _ in range(15):
        await desk.work()
        await desk.now_due("notify.tell")
    assert mailbox.mails == []
    assert desk.rows("select state, failures from jobs where tenant_id = %s") == [("waiting", 0)]
    town.away = False
    await desk.now_due("notify.tell")
    await desk.work()
    assert len(mailbox.mails) == 1

"""Mail reaches a real SMTP server, or a folder, or says that it did not."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from arus_runtime.mail import (
    Attachment,
    FolderMail,
    MailRefusedError,
    MailUnavailableError,
    SmtpMail,
    compose,
    mail_of,
)
from arus_runtime.settings import Settings
from arus_stack import ports

SENDER = "Arus <arus@example.org>"


class Inbox:
    """What a real SMTP server was handed."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.says = ""

    async def handle_RCPT(self, _: Any, __: Any, envelope: Any, address: str, ___: Any) -> str:  # noqa: N802
        envelope.rcpt_tos.append(address)
        return self.says or "250 OK"

    async def handle_DATA(self, _: Any, __: Any, envelope: Any) -> str:  # noqa: N802 — the server's name for it
        self.messages.append(message_from_bytes(envelope.content))
        return "250 OK"


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def smtp_url(inbox: Inbox) -> Iterator[str]:
    controller = Controller(inbox, hostname="127.0.0.1", port=ports.free_port())
    controller.start()
    yield f"smtp://127.0.0.1:{controller.port}"
    controller.stop()


async def test_a_mail_arrives_with_its_derived_id(smtp_url: str, inbox: Inbox) -> None:
    await SmtpMail(smtp_url, SENDER).send("sari@example.org", "Verifikasi", "Kode: 123 – é", message_id="m-1")
    (message,) = inbox.messages
    assert (message["Message-ID"], message["To"], message["From"]) == (
        "<m-1@arus>",
        "sari@example.org",
        SENDER,
    )
    payload = message.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert payload.decode().strip() == "Kode: 123 – é"


async def test_a_mail_may_say_the_same_in_html(smtp_url: str, inbox: Inbox) -> None:
    await SmtpMail(smtp_url, SENDER).send(
        "s@example.org", "Uji", "Teks", message_id="m-1", html="<p>Teks</p>"
    )
    (message,) = inbox.messages
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


@pytest.mark.parametrize(
    ("said", "failure"),
    [
        ("550 5.1.1 no such user", MailRefusedError),
        ("450 4.2.1 busy", MailUnavailableError),
        ("421 4.3.2 shutting down", MailUnavailableError),
    ],
)
async def test_a_refusal_says_whether_trying_again_is_of_use(
    smtp_url: str, inbox: Inbox, said: str, failure: type[MailUnavailableError]
) -> None:
    inbox.says = said
    with pytest.raises(MailUnavailableError, match=r"no such user|busy|shutting down") as refused:
        await SmtpMail(smtp_url, SENDER).send("s@example.org", "Uji", "Teks", message_id="m-1")
    assert type(refused.value) is failure


async def test_a_server_that_is_away_is_said_to_be(inbox: Inbox) -> None:
    with pytest.raises(MailUnavailableError):
        await SmtpMail(f"smtp://127.0.0.1:{ports.free_port()}", SENDER).send(
            "a@b.id", "s", "t", message_id="m-1"
        )


@pytest.mark.parametrize(("to", "subject"), [("a@b.id\nBcc: c@d.id", "s"), ("a@b.id", "s\nBcc: c@d.id")])
async def test_no_header_can_be_smuggled_in(tmp_path: Path, to: str, subject: str) -> None:
    with pytest.raises(ValueError, match=r"linefeed|newline|CR|control"):
        await FolderMail(tmp_path, SENDER).send(to, subject, "t", message_id="m-1")


async def test_without_a_server_mail_is_kept_in_a_folder(tmp_path: Path) -> None:
    mail = mail_of(Settings(home=tmp_path))
    for _ in range(2):
        await mail.send("sari@example.org", "Verifikasi", "Kode", message_id="m-1")
    (kept,) = (tmp_path / "mail").iterdir()
    assert message_from_bytes(kept.read_bytes())["Subject"] == "Verifikasi"


def test_a_server_in_the_settings_is_used() -> None:
    assert isinstance(mail_of(Settings.model_validate({"smtp_url": "smtp://127.0.0.1:25"})), SmtpMail)


async def test_a_file_goes_with_the_mail_under_its_own_name() -> None:
    file = Attachment("laporan-é.pdf", "application/pdf", b"%PDF-1.4")
    composed = compose("arus@x.id", "a@x.id", "Laporan", "Isi", "id-1", attachments=[file])
    [attached] = message_from_bytes(composed.as_bytes(), policy=policy.default).iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == ("laporan-é.pdf", "application/pdf")
    assert attached.get_content() == b"%PDF-1.4"

"""Mail leaves through one port: an SMTP server, or a folder when there is none."""

from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib
import structlog

from arus_runtime import observe
from arus_runtime.settings import Settings

TIMEOUT_S = 15
_PERMANENT = 500
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail. media_type: such as application/pdf."""

    name: str
    media_type: str
    content: bytes


class MailUnavailableError(Exception):
    """The mail server is away or refuses for now; try again later."""


class MailRefusedError(MailUnavailableError):
    """The mail server refuses this mail for good; trying again is no use."""


class Mail(Protocol):
    """Where mail goes."""

    async def send(
        self,
        to: str,
        subject: str,
        text: str,
        *,
        message_id: str,
        html: str = "",
        attachments: Sequence[Attachment] = (),
    ) -> None:
        """Hand one mail over; the same message_id twice is the same mail. html: the same, for who likes it.

        Raises MailUnavailableError.
        """
        ...


@dataclass(frozen=True, slots=True)
class SmtpMail:
    """Mail through an SMTP server: smtps:// is TLS from the start, smtp:// upgrades when it is offered."""

    url: str
    sender: str

    async def send(
        self,
        to: str,
        subject: str,
        text: str,
        *,
        message_id: str,
        html: str = "",
        attachments: Sequence[Attachment] = (),
    ) -> None:
        """Hand one mail over to the server."""
        server = urlsplit(self.url)
        try:
            await aiosmtplib.send(
                compose(self.sender, to, subject, text, message_id, html=html, attachments=attachments),
                hostname=server.hostname or "127.0.0.1",
                port=server.port,
                username=unquote(server.username) if server.username else None,
                password=unquote(server.password) if server.password else None,
                use_tls=server.scheme == "smtps",
                timeout=TIMEOUT_S,
            )
        except (aiosmtplib.SMTPException, OSError) as error:
            observe.MAILS.labels("failed").inc()
            failure = MailRefusedError if _is_for_good(error) else MailUnavailableError
            raise failure(str(error)) from error
        observe.MAILS.labels("sent").inc()


@dataclass(frozen=True, slots=True)
class FolderMail:
    """Mail kept as files where there is no mail server; the log says where each lies, never what it says."""

    folder: Path
    sender: str

    async def send(
        self,
        to: str,
        subject: str,
        text: str,
        *,
        message_id: str,
        html: str = "",
        attachments: Sequence[Attachment] = (),
    ) -> None:
        """Write one mail to the folder."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.folder / f"{message_id}.eml"
        path.write_bytes(
            compose(self.sender, to, subject, text, message_id, html=html, attachments=attachments).as_bytes()
        )
        observe.MAILS.labels("kept").inc()
        _log.info("mail kept in a folder, as no SMTP server is set", path=str(path))


def _is_for_good(error: Exception) -> bool:
    """Say whether the server's answer is about this very mail, and permanent (RFC 5321, 4.2.1: 5yz)."""
    match error:
        case aiosmtplib.SMTPAuthenticationError():
            return False
        case aiosmtplib.SMTPRecipientsRefused():
            return all(refused.code >= _PERMANENT for refused in error.recipients)
        case aiosmtplib.SMTPResponseException():
            return error.code >= _PERMANENT
        case _:
            return False


def compose(
    sender: str,
    to: str,
    subject: str,
    text: str,
    message_id: str,
    *,
    html: str = "",
    attachments: Sequence[Attachment] = (),
) -> EmailMessage:
    """Return the message; line breaks in addresses or subject are refused by the email package."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = formatdate()
    message["Message-ID"] = f"<{message_id}@arus>"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    for file in attachments:
        maintype, _, subtype = file.media_type.partition("/")
        message.add_attachment(file.content, maintype=maintype, subtype=subtype, filename=file.name)
    return message


def mail_of(settings: Settings) -> Mail:
    """Return the port the settings ask for."""
    url = settings.smtp_url.get_secret_value()
    return (
        SmtpMail(url, settings.mail_from) if url else FolderMail(settings.home / "mail", settings.mail_from)
    )

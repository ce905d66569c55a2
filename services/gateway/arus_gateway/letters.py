"""Mails the gateway writes, in the reader's language."""

import asyncio
from dataclasses import dataclass
from typing import Final

import structlog
from arus_runtime.ids import new_ulid
from arus_runtime.mail import Mail, MailUnavailableError

ATTEMPTS_AFTER_S: Final = (0, 2, 15, 60)
_log: Final = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail ready to go."""

    to: str
    subject: str
    text: str


_VERIFY: Final = {
    "id": ("Buktikan alamat surel Anda", "Halo {name},\n\nBuka tautan ini untuk membuktikan alamat surel Anda di Arus "
           "(berlaku 3 hari):\n\n{link}\n\nAbaikan surat ini bila Anda tidak mendaftar."),
    "en": ("Verify your e-mail address", "Hello {name},\n\nOpen this link to verify your e-mail address at Arus "
           "(valid for 3 days):\n\n{link}\n\nIgnore this mail if you did not register."),
}  # fmt: skip
_RESET: Final = {
    "id": ("Atur ulang kata sandi", "Halo {name},\n\nBuka tautan ini untuk memilih kata sandi baru (berlaku 1 jam):"
           "\n\n{link}\n\nAbaikan surat ini bila Anda tidak memintanya; kata sandi Anda tetap."),
    "en": ("Reset your password", "Hello {name},\n\nOpen this link to choose a new password (valid for 1 hour):"
           "\n\n{link}\n\nIgnore this mail if you did not ask for it; your password stays."),
}  # fmt: skip
_INVITE: Final = {
    "id": ("Undangan ke {organisation}", "Halo,\n\n{name} mengundang Anda ke organisasi {organisation} di Arus. Buka "
           "tautan ini untuk bergabung (berlaku 7 hari):\n\n{link}"),
    "en": ("Invitation to {organisation}", "Hello,\n\n{name} invites you to the organisation {organisation} at Arus. "
           "Open this link to join (valid for 7 days):\n\n{link}"),
}  # fmt: skip


def verification(to: str, name: str, language: str, public_url: str, token: str) -> Letter:
    """Return the mail that proves an address."""
    return _letter(_VERIFY, to, language, name=name, link=f"{public_url}/app/verify-email?token={token}")


def password_reset(to: str, name: str, language: str, public_url: str, token: str) -> Letter:
    """Return the mail that lets someone choose a new password."""
    return _letter(_RESET, to, language, name=name, link=f"{public_url}/app/reset-password?token={token}")


def invitation(
    to: str, inviter: str, organisation: str, language: str, public_url: str, token: str
) -> Letter:
    """Return the mail that invites someone into an organisation."""
    link = f"{public_url}/app/invitation?token={token}"
    return _letter(_INVITE, to, language, name=inviter, organisation=organisation, link=link)


def _letter(texts: dict[str, tuple[str, str]], to: str, language: str, **parts: str) -> Letter:
    subject, text = texts.get(language, texts["id"])
    # Names are what strangers typed; a header must stay one line.
    flat = {name: " ".join(part.split()) for name, part in parts.items()}
    return Letter(to, subject.format(**flat), text.format(**flat))


class Postbox:
    """Sends letters behind the answer's back, trying again while the mail server is away.

    A letter that is lost for good can be asked for again, so none outlives the process.
    """

    def __init__(self, mail: Mail) -> None:
        self._mail = mail
        self._under_way: set[asyncio.Task[None]] = set()

    def post(self, letter: Letter) -> None:
        """Send the letter soon."""
        task = asyncio.create_task(self._send(letter))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def close(self, patience_s: float = 5) -> None:
        """Give letters under way a moment, then drop them."""
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=patience_s)
            for task in late:
                task.cancel()

    async def _send(self, letter: Letter) -> None:
        message_id = new_ulid()
        for wait_s in ATTEMPTS_AFTER_S:
            await asyncio.sleep(wait_s)
            try:
                await self._mail.send(letter.to, letter.subject, letter.text, message_id=message_id)
            except MailUnavailableError as error:
                _log.warning("mail not sent yet", message_id=message_id, reason=str(error))
            else:
                return
        _log.error("mail given up", message_id=message_id)

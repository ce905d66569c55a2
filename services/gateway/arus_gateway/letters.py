"""Mails the gateway writes, in the reader's language."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import structlog
import yaml
from arus_runtime.ids import new_ulid
from arus_runtime.mail import Mail, MailUnavailableError

from arus_gateway.afterwards import Afterwards

ATTEMPTS_AFTER_S: Final = (0, 2, 15, 60)
_log: Final = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail ready to go."""

    to: str
    subject: str
    text: str


def verification(to: str, language: str, public_url: str, token: str, *, name: str) -> Letter:
    """Return the mail that proves an address."""
    return _letter(
        "verification", to, language, name=name, link=f"{public_url}/app/verify-email?token={token}"
    )


def password_reset(to: str, language: str, public_url: str, token: str, *, name: str) -> Letter:
    """Return the mail that lets someone choose a new password."""
    return _letter(
        "password_reset", to, language, name=name, link=f"{public_url}/app/reset-password?token={token}"
    )


def invitation(
    to: str, language: str, public_url: str, token: str, *, name: str, organisation: str
) -> Letter:
    """Return the mail that invites someone into an organisation."""
    link = f"{public_url}/app/invitation?token={token}"
    return _letter("invitation", to, language, name=name, organisation=organisation, link=link)


def _letter(kind: str, to: str, language: str, **parts: str) -> Letter:
    texts = _letters()[kind]
    subject, _, text = texts.get(language, texts["id"]).partition("\n")
    # Names are what strangers typed; a header must stay one line.
    flat = {name: " ".join(part.split()) for name, part in parts.items()}
    return Letter(to, subject.format(**flat), text.format(**flat))


@cache
def _letters() -> Mapping[str, Mapping[str, str]]:
    return yaml.safe_load(files("arus_gateway").joinpath("letters.yaml").read_text("utf-8"))


class Postbox:
    """Sends letters behind the answer's back, trying again while the mail server is away.

    A letter that is lost for good can be asked for again, so none outlives the process.
    """

    def __init__(self, mail: Mail, afterwards: Afterwards) -> None:
        self._mail = mail
        self._afterwards = afterwards

    def post(self, letter: Letter) -> None:
        """Send the letter soon."""
        self._afterwards.do(self._send(letter))

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

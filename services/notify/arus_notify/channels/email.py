"""E-mail: text, and the same as plain HTML. Message-ID is derived, so that a repeat is recognised."""

from dataclasses import dataclass
from html import escape

from arus_runtime.mail import Mail, MailRefusedError, MailUnavailableError

from arus_notify.channels.port import Letter, Undelivered


@dataclass(frozen=True, slots=True)
class Email:
    """To one mailbox."""

    mail: Mail
    address: str
    open_word: str

    async def send(self, letter: Letter) -> str:
        """Hand the mail over to the mail server."""
        try:
            await self.mail.send(
                self.address,
                letter.headline,
                text(letter),
                message_id=letter.id,
                html=html(letter, self.open_word),
            )
        except MailRefusedError as error:
            raise Undelivered("refused", str(error), for_good=True) from error
        except MailUnavailableError as error:
            raise Undelivered("away", str(error)) from error
        return f"<{letter.id}@arus>"


def text(letter: Letter) -> str:
    """Return the letter as plain text."""
    return "\n".join((letter.headline, "", *letter.lines, "", letter.link, "", "--", letter.footer, ""))


def html(letter: Letter, open_word: str) -> str:
    """Return the letter as HTML that every mail program shows: no images, no scripts, one link."""
    lines = "".join(f'<p style="margin:0 0 8px">{escape(line)}</p>' for line in letter.lines)
    return (
        f'<!doctype html><html lang="{letter.language}"><body style="font-family:sans-serif;color:#10222b">'
        f'<h1 style="font-size:18px;margin:0 0 12px">{escape(letter.headline)}</h1>{lines}'
        f'<p style="margin:16px 0"><a href="{escape(letter.link)}" style="color:#0b5c6b">'
        f"{escape(open_word)}</a></p>"
        f'<p style="font-size:12px;color:#4b5d67">{escape(letter.footer)}</p></body></html>'
    )

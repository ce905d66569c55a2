"""WhatsApp Cloud API: one template message per alert, as businesses may send without being written to first.

https://developers.facebook.com/docs/whatsapp/cloud-api/guides/send-message-templates
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

import orjson

from arus_notify.channels.port import TIMEOUT_S, Letter, Undelivered, retry_after_s

if TYPE_CHECKING:
    from aiohttp import ClientSession

PARAMETER_MOST: Final = 1_000
# Told with status 400, though nothing is wrong with the message: rates, and trouble of the service itself.
_BUSY: Final = frozenset((4, 80007, 130429, 131048, 131056))
_AWAY: Final = frozenset((1, 2, 131000, 131016))
# A parameter with line breaks, tabs or more than four spaces in a row is refused.
_BLANK: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class WhatsApp:
    """To one number in E.164 form. url: of the API, its version included; sender: the phone number id."""

    session: "ClientSession"
    url: str
    sender: str
    token: str
    template: str
    number: str

    async def send(self, letter: Letter) -> str:
        """Hand the message over and return its wamid."""
        import aiohttp  # noqa: PLC0415 - loaded by the first delivery, not by the start

        try:
            async with self.session.post(
                f"{self.url}/{self.sender}/messages",
                data=orjson.dumps(message(letter, self.template, self.number)),
                headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
                timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
                allow_redirects=False,
            ) as answer:
                return _understood(answer.status, answer.headers, await answer.read())
        except TimeoutError as error:
            raise Undelivered("away", f"no answer within {TIMEOUT_S:g} s") from error
        except aiohttp.ClientError as error:
            raise Undelivered("away", str(error)) from error


def message(letter: Letter, template: str, number: str) -> Mapping[str, Any]:
    """Return the body of the request: the template's parameters are what, why and where to look."""
    said = (letter.headline, letter.lines[0] if letter.lines else letter.headline, letter.link)
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": number.removeprefix("+"),
        "type": "template",
        "template": {
            "name": template,
            "language": {"code": letter.language},
            "components": [
                {"type": "body", "parameters": [{"type": "text", "text": _flat(part)} for part in said]}
            ],
        },
        # Comes back with the status of the message, so that a repeat can be told from another one.
        "biz_opaque_callback_data": letter.id,
    }


def _understood(status: int, headers: Mapping[str, str], body: bytes) -> str:
    try:
        said: object = orjson.loads(body)
    except orjson.JSONDecodeError:
        said = None
    document = cast("dict[str, Any]", said) if isinstance(said, dict) else {}
    if status == 200:
        messages: Any = document.get("messages") or [{}]
        return str(messages[0].get("id", ""))
    error: Any = document.get("error")
    error = cast("dict[str, Any]", error) if isinstance(error, dict) else {}
    code = error.get("code")
    detail = f"{status} {code or ''} {error.get('message', '')}".strip()
    if status == 429 or code in _BUSY:
        raise Undelivered("busy", detail, after_s=retry_after_s(headers.get("Retry-After")))
    if status >= 500 or status == 408 or code in _AWAY:
        raise Undelivered("failed", detail, after_s=retry_after_s(headers.get("Retry-After")))
    raise Undelivered("refused", detail, for_good=True)


def _flat(text: str) -> str:
    return _BLANK.sub(" ", text).strip()[:PARAMETER_MOST] or "-"

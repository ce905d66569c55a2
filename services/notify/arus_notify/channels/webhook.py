"""Webhooks, signed as Standard Webhooks says (https://www.standardwebhooks.com), to public addresses only."""

import base64
import hashlib
import hmac
import re
import secrets
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import orjson
import structlog

from arus_notify.channels.port import TIMEOUT_S, Letter, Undelivered, retry_after_s

if TYPE_CHECKING:
    from aiohttp import ClientSession

_log: Final = structlog.get_logger(__name__)
SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - the spec's prefix, not a secret
SECRET_BYTES: Final = 32
_MAY_PASS: Final = frozenset((408, 425, 429))
_NUMBERS: Final = re.compile(r"(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+))*\.?")
"""Other spellings of an IPv4 address (inet_aton); the last part of a name is never one of them."""
_UNICAST: Final = IPv6Network("2000::/3")
"""All of IPv6 that was ever given out (RFC 4291); what embeds or translates IPv4 lies outside, but 6to4."""
_6TO4: Final = IPv6Network("2002::/16")
"""Addresses that carry an IPv4 address inside (RFC 3056)."""
_PROTOCOLS: Final = IPv4Network("192.0.0.0/24")
"""Of protocols, not of hosts (RFC 6890); Python takes a part of it for public."""


def new_secret() -> str:
    """Return a fresh signing secret as its receiver is shown it."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Return one entry of the webhook-signature header: HMAC-SHA256 over id.timestamp.body."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = hmac.digest(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(signed).decode()}"


@dataclass(frozen=True, slots=True)
class Webhook:
    """To one URL. signed_with: the secret, and the former one while it still counts."""

    session: "ClientSession"
    url: str
    signed_with: Sequence[str]
    loopback: bool = False
    clock: Callable[[], float] = time.time

    async def send(self, letter: Letter) -> str:
        """Post the event; only an answer of 2xx means that it was taken."""
        import aiohttp  # noqa: PLC0415 - as in whatsapp

        # A literal address is never looked up, so the session's resolver does not see it.
        if not is_allowed(self.url, loopback=self.loopback):
            raise Undelivered("forbidden_address", urlsplit(self.url).hostname or "", for_good=True)
        body = orjson.dumps(letter.event)
        try:
            async with self.session.post(
                self.url,
                data=body,
                headers=self._headers(letter.id, body),
                timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
                allow_redirects=False,
            ) as answer:
                _judge(answer.status, answer.headers)
        except TimeoutError as error:
            raise Undelivered("away", f"no answer within {TIMEOUT_S:g} s") from error
        except aiohttp.ClientConnectorDNSError as error:
            # The same words for a name that leads astray and for one that is none: names of the network we
            # run in are not to be found out.
            _log.warning("webhook's name leads nowhere", reason=str(error.os_error))
            raise Undelivered("away", f"{error.host} leads to no public address") from error
        except aiohttp.ClientError as error:
            raise Undelivered("away", str(error)) from error
        return letter.id

    def _headers(self, message_id: str, body: bytes) -> Mapping[str, str]:
        at = int(self.clock())
        return {
            "Content-Type": "application/json",
            "User-Agent": "Arus-Webhooks/1",
            "webhook-id": message_id,
            "webhook-timestamp": str(at),
            "webhook-signature": " ".join(signature(key, message_id, at, body) for key in self.signed_with),
        }


def _judge(status: int, headers: Mapping[str, str]) -> None:
    if 200 <= status < 300:
        return
    if status == 410:
        raise Undelivered("gone", str(status), for_good=True)
    if status in _MAY_PASS or status >= 500:
        reason = "busy" if status == 429 else "failed"
        raise Undelivered(reason, str(status), after_s=retry_after_s(headers.get("Retry-After")))
    raise Undelivered("refused", str(status), for_good=True)


def is_allowed(url: str, *, loopback: bool) -> bool:
    """Say whether a webhook may have this URL: https to a name or a public address.

    loopback: this machine is allowed too, over http as well. What a name leads to is seen at each delivery.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.password is not None:
        return False
    try:
        local = ip_address(host).is_loopback
        public = is_public(host)
    except ValueError:
        # 127.1, 2130706433 and 0x7f000001 are addresses, too, to whom they are given.
        local, public = host == "localhost", not _NUMBERS.fullmatch(host)
    if loopback and local:
        return parts.scheme in {"http", "https"}
    return parts.scheme == "https" and public


def is_public(address: str) -> bool:
    """Say whether an IP address lies in the public internet, also where it wraps another one."""
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped:
            return is_public(str(parsed.ipv4_mapped))
        return parsed.is_global and parsed in _UNICAST and parsed not in _6TO4
    return parsed.is_global and not parsed.is_multicast and parsed not in _PROTOCOLS


def new_session(*, loopback: bool) -> "ClientSession":
    """Return a session whose connections reach allowed addresses only, whatever a name leads to by then."""
    import aiohttp  # noqa: PLC0415 - as above
    from aiohttp.abc import AbstractResolver, ResolveResult  # noqa: PLC0415

    class PublicOnly(AbstractResolver):
        """Looks names up, and refuses a name that leads astray: one bad address is enough."""

        def __init__(self) -> None:
            self._names = aiohttp.ThreadedResolver()

        async def resolve(
            self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
        ) -> list[ResolveResult]:
            found = await self._names.resolve(host, port, family)
            for entry in found:
                address = entry["host"].partition("%")[0]
                if not is_public(address) and not (loopback and ip_address(address).is_loopback):
                    raise OSError(f"{host} leads to {address}")
            return found

        async def close(self) -> None:
            await self._names.close()

    connector = aiohttp.TCPConnector(resolver=PublicOnly(), use_dns_cache=False, force_close=True)
    return aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())

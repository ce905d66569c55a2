"""What the tests of the gateway talk about: people, their mailbox, a gateway without sockets."""

import asyncio
import email
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

import httpx
from arus_gateway.door import Door, door_of
from arus_runtime.context import Context

PASSWORD = "kopi-pagi-di-gudang"
HOME = "http://gateway"
API = f"{HOME}/api/v1"


class Mailbox:
    """Keeps every mail that arrived over SMTP."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.mails: list[Message] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.mails.append(email.message_from_bytes(envelope.content))
        return "250 OK"

    async def token_for(self, address: str, word: str) -> str:
        """Wait for the newest mail to the address whose link holds the word and return the link's token."""
        async with asyncio.timeout(20):
            while True:
                for mail in [mail for mail in reversed(self.mails) if mail["To"] == address]:
                    text = mail.get_payload(decode=True)
                    assert isinstance(text, bytes)
                    if found := re.search(rf"/{word}\?token=([\w-]+)", text.decode()):
                        self.mails.remove(mail)
                        return found[1]
                await asyncio.sleep(0.01)


@dataclass
class Person:
    """A signed-in person of a test."""

    http: httpx.AsyncClient
    id: str
    email: str
    organisation: str
    tokens: Mapping[str, Any] = field(repr=False)


@dataclass
class Gateway:
    """A running gateway without sockets."""

    context: Context
    anonymous: httpx.AsyncClient
    connect: Callable[..., httpx.AsyncClient]
    numbers: Iterator[int]

    @property
    def door(self) -> Door:
        return door_of(self.context)

    async def register(self, name: str = "Siti") -> Person:
        address = f"{name.lower()}{next(self.numbers)}@example.com"
        body = {"email": address, "password": PASSWORD, "name": name}
        answer = await self.anonymous.post("/auth/register", json=body)
        assert answer.status_code == 201, answer.text
        return await self.log_in(address)

    async def log_in(self, address: str, password: str = PASSWORD) -> Person:
        answer = await self.anonymous.post("/auth/login", json={"email": address, "password": password})
        assert answer.status_code == 200, answer.text
        tokens = answer.json()
        http = self.connect(Authorization=f"Bearer {tokens['access_token']}")
        return Person(http, tokens["user"]["id"], address, tokens["organisation"]["id"], tokens)

    async def colleague(self, owner: Person, role: str, **more: Any) -> Person:
        address = f"{role}{next(self.numbers)}@example.com"
        body = {"email": address, "name": role, "password": PASSWORD, "role": role} | more
        answer = await owner.http.post("/users", json=body)
        assert answer.status_code == 201, answer.text
        return await self.log_in(address)

    async def prove(self, *people: Person) -> None:
        """Let people have proved their addresses, as the link in the mail does."""
        async with self.context.worker_db.system() as tx:
            await tx.execute(
                "update persons set email_verified_at = now() where id = any(%s)",
                ([one.id for one in people],),
            )


Opening = Callable[..., AbstractAsyncContextManager[Gateway]]
"""Call it with settings for a gateway that lives as long as its block."""

"""The outside as this process reaches it: HTTP sessions, opened by the first delivery that needs one."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from arus_runtime.context import Context
from arus_runtime.crypto import FieldKeys, Keyring

from arus_notify.channels import webhook
from arus_notify.settings import settings_of

if TYPE_CHECKING:
    from aiohttp import ClientSession

_OWN: Final = "outside"


@dataclass(slots=True)
class Outside:
    """Sessions and keys. One session reaches what the operator has set, the other what customers entered."""

    context: Context
    _trusted: "ClientSession | None" = field(default=None, init=False)
    _public: "ClientSession | None" = field(default=None, init=False)
    _keyring: Keyring | None = field(default=None, init=False)

    @property
    def trusted(self) -> "ClientSession":
        """The session to services the operator chose."""
        if self._trusted is None:
            import aiohttp  # noqa: PLC0415 - loaded by the first delivery, not by the start

            self._trusted = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        return self._trusted

    @property
    def public(self) -> "ClientSession":
        """The session to addresses that customers entered: only to public ones."""
        if self._public is None:
            self._public = webhook.new_session(loopback=settings_of(self.context).webhook_loopback)
        return self._public

    @property
    def keys(self) -> FieldKeys:
        """What numbers and secrets are sealed with."""
        if self._keyring is None:
            settings = self.context.settings
            self._keyring = Keyring(settings.field_keys.get_secret_value(), settings.field_keys_file)
        return self._keyring.current

    async def close(self) -> None:
        """Close what was opened."""
        for session in (self._trusted, self._public):
            if session is not None:
                await session.close()


@asynccontextmanager
async def reaching_out(context: Context) -> AsyncGenerator[None]:
    """Let the process reach outside while it runs."""
    outside = Outside(context)
    context.own[_OWN] = outside
    try:
        yield
    finally:
        await outside.close()


def outside_of(context: Context) -> Outside:
    """Return how this process reaches outside."""
    return context.own[_OWN]


def number_place(tenant_id: str, person_id: str) -> str:
    """Return what a sealed WhatsApp number is bound to."""
    return f"preferences.whatsapp_number/{tenant_id}/{person_id}"


def secret_place(tenant_id: str, hook_id: str) -> str:
    """Return what a sealed signing secret is bound to."""
    return f"webhooks.secret/{tenant_id}/{hook_id}"

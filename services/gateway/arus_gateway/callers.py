"""Who is at the door: bearer tokens, cookies and API keys become one kind of caller."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from arus_runtime.auth import Principal
from arus_runtime.postgres import Database

from arus_gateway import rules, tokens
from arus_gateway.quotas import Quotas
from arus_gateway.store import keys, sessions
from arus_gateway.store.acting import acting, become, enter
from arus_gateway.tokens import Grant, Signer

CACHED_S: Final = 5.0
"""How long a role change or a revocation made by another replica may go unnoticed."""
CACHED_MOST: Final = 20_000
FORWARDED_LIFE: Final = timedelta(minutes=5)
TICKET_LIFE: Final = timedelta(seconds=60)
KEY_SESSION: Final = "key:"

Via = Literal["bearer", "cookie", "key"]


@dataclass(frozen=True, slots=True)
class Caller:
    """Someone let in. token: the access token that services behind the gateway are shown."""

    grant: Grant
    token: str
    via: Via

    @property
    def account(self) -> str:
        """Whose requests are counted together."""
        return self.grant.subject

    @property
    def principal(self) -> Principal:
        """The caller as every service would read them from the token."""
        grant = self.grant
        return Principal(
            user_id=grant.subject,
            tenant_id=grant.tenant_id,
            roles=frozenset((grant.role,)),
            locations=None if grant.locations is None else frozenset(grant.locations),
            language="en" if grant.language == "en" else "id",
            token=self.token,
            maker_roles=None if grant.maker_role is None else frozenset((grant.maker_role,)),
            resources=grant.resources,
        )


class Callers:
    """Recognises credentials. Each is looked up again after CACHED_S, so what was ended stays ended.

    An address that shows too many keys and cookies that are nobody's gets a Problem 429 for all that were
    not let in before: looking up costs the database, which a flood must not take from everybody else.
    """

    def __init__(
        self, db: Database, signer: Signer, quotas: Quotas, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._db = db
        self._signer = signer
        self._quotas = quotas
        self._clock = clock
        self._known: dict[str, tuple[Caller, float] | None] = {}
        """Who was let in, and until when that holds; None: to be looked up again."""

    async def of_bearer(self, credential: str, address: str = "") -> Caller | None:
        """Return who holds the access token or API key."""
        if known := self._remembered(credential):
            return known
        if credential.startswith(tokens.KEY_PREFIX):
            return await self._looked_up(credential, self._of_key, address)
        read = self._signer.read(credential)
        if read is None:
            return None
        grant, ends = read
        current = await self._current(grant)
        if current is None:
            return None
        # Roles are what they are now, not what they were when the token was signed.
        token = credential if current == grant else self._sign(current, ends - _now())
        via: Via = "key" if current.session.startswith(KEY_SESSION) else "bearer"
        return self._remember(credential, Caller(current, token, via), (ends - _now()).total_seconds())

    async def of_cookie(self, secret: str, address: str) -> Caller | None:
        """Return whose session the cookie continues."""
        if known := self._remembered(secret):
            return known
        return await self._looked_up(secret, self._of_session, address)

    async def of_ticket(self, ticket: str) -> Caller | None:
        """Return who asked for the live ticket."""
        read = self._signer.read(ticket, tokens.TICKET_AUDIENCE)
        if read is None:
            return None
        current = await self._current(read[0])
        return Caller(current, self._sign(current, FORWARDED_LIFE), "bearer") if current else None

    def ticket(self, caller: Caller) -> tuple[str, datetime]:
        """Return a ticket to the live feed, for clients that can send no header, and when it ends."""
        now = _now()
        signed = self._signer.sign(caller.grant, now=now, life=TICKET_LIFE, audience=tokens.TICKET_AUDIENCE)
        return signed, now + TICKET_LIFE

    async def refreshed(self, caller: Caller) -> Caller | None:
        """Return the caller as they are now, None when their session or key has ended."""
        current = await self._current(caller.grant)
        return Caller(current, self._sign(current, FORWARDED_LIFE), caller.via) if current else None

    def forget(self) -> None:
        """Look everybody up again: something about sessions, roles or keys has changed."""
        self._known = dict.fromkeys(self._known)

    async def _of_session(self, secret: str) -> Caller | None:
        digest = tokens.digest(secret)
        async with acting(self._db, proof=digest) as tx:
            shown = await sessions.shown(tx, digest)
            if shown is None or shown.used:
                return None
            await become(tx, person=shown.person_id)
            live = await sessions.live(tx, shown.session_id, _now())
        if live is None or live.kind != "cookie":
            return None
        grant = grant_of(live)
        return Caller(grant, self._sign(grant, FORWARDED_LIFE), "cookie")

    async def _of_key(self, secret: str) -> Caller | None:
        digest = tokens.digest(secret)
        async with acting(self._db, proof=digest) as tx:
            shown = await keys.shown(tx, digest)
            if shown is None:
                return None
            await enter(tx, shown.tenant_id)
            key = await keys.working(tx, shown.tenant_id, shown.key_id, _now())
        if key is None:
            return None
        grant = grant_of_key(key)
        return Caller(grant, self._sign(grant, FORWARDED_LIFE), "key")

    async def _current(self, grant: Grant) -> Grant | None:
        """Return the grant as the books say now, None when its session or key has ended."""
        if grant.session.startswith(KEY_SESSION):
            async with acting(self._db, tenant=grant.tenant_id) as tx:
                key = await keys.working(tx, grant.tenant_id, grant.subject, _now())
            return grant_of_key(key) if key else None
        async with acting(self._db, person=grant.subject) as tx:
            live = await sessions.live(tx, grant.session, _now())
        if live is None or live.tenant_id != grant.tenant_id or live.person_id != grant.subject:
            return None
        return grant_of(live)

    def _sign(self, grant: Grant, life: timedelta) -> str:
        return self._signer.sign(grant, now=_now(), life=life)

    def _remembered(self, credential: str) -> Caller | None:
        known = self._known.get(credential)
        return known[0] if known and known[1] > self._clock() else None

    async def _looked_up(
        self, secret: str, look: Callable[[str], Awaitable[Caller | None]], address: str
    ) -> Caller | None:
        if secret not in self._known:
            self._quotas.check_stranger(address)
        if caller := await look(secret):
            return self._remember(secret, caller)
        self._known.pop(secret, None)
        await self._quotas.count_stranger(address)
        return None

    def _remember(self, credential: str, caller: Caller, at_most_s: float = CACHED_S) -> Caller:
        if len(self._known) >= CACHED_MOST:
            self._known.clear()
        self._known[credential] = (caller, self._clock() + min(CACHED_S, at_most_s))
        return caller


def grant_of(live: sessions.Live) -> Grant:
    """Return what a live session's tokens say."""
    return Grant(live.person_id, live.tenant_id, live.role, live.location_ids, live.language, live.id)


def grant_of_key(working: keys.Working) -> Grant:
    """Return what an API key's tokens say: never more than its maker may now."""
    key, maker = working.key, working.maker
    return Grant(
        subject=key.id,
        tenant_id=key.tenant_id,
        role=key.role,
        locations=rules.both(key.location_ids, maker.location_ids),
        language="id",
        session=KEY_SESSION + key.id,
        resources=key.resources,
        maker_role=maker.role,
    )


def _now() -> datetime:
    return datetime.now(UTC)

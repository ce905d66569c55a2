"""Commands of a book: check, record and event in one transaction, repeatable under an Idempotency-Key."""

import hashlib
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Depends, Header, Request, Response
from psycopg.types.json import Jsonb
from pydantic import BaseModel

from arus_runtime.auth import Principal, authenticated
from arus_runtime.context import Context
from arus_runtime.postgres import Tx
from arus_runtime.web.problems import FieldProblem, Problem, ReplayedError

KEPT_HOURS: Final = 24
KEY_HEADER: Final = "Idempotency-Key"

_TRY_LOCK: Final = "select pg_try_advisory_xact_lock(hashtextextended(%s, 0)) as mine"
_STORED: Final = """
select body_hash, status, headers, body from idempotency
where tenant_id = %s and principal_id = %s and path = %s and key = %s
    and recorded_at > now() - make_interval(hours => %s)
"""
_STORE: Final = """
insert into idempotency (tenant_id, principal_id, path, key, body_hash, status, headers, body)
values (%s, %s, %s, %s, %s, %s, %s, %s)
on conflict (tenant_id, principal_id, path, key) do update set
    body_hash = excluded.body_hash, status = excluded.status, headers = excluded.headers,
    body = excluded.body, recorded_at = now()
"""
_FORGET: Final = "delete from idempotency where recorded_at < now() - make_interval(hours => %s)"


class Command:
    """One command of one caller.

    ``async with command.transaction() as tx: …; return await command.answer(tx, 201, out)``. Entering raises
    ReplayedError when the same key and body were answered before (the stored answer is sent), the 422 when
    the body differs, and the 409 while the first one is still running. What fails is not stored, so it may
    be tried again.
    """

    def __init__(
        self, context: Context, principal: Principal, path: str, key: str | None, body: bytes
    ) -> None:
        self.principal = principal
        self._context = context
        self._scope = (principal.tenant_id, principal.user_id, path)
        self._key = key
        self._body_hash = hashlib.sha256(body).digest()

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Tx]:
        """Give the command's one transaction."""
        async with self._context.db.tenant(self.principal.tenant_id) as tx:
            if self._key is not None:
                await self._claim(tx, self._key)
            yield tx
        self._context.committed()

    @property
    def repeatable(self) -> bool:
        """Whether the caller gave a key, under which the answer must be kept."""
        return self._key is not None

    def known_by(self, body: bytes) -> "Command":
        """Return this command known by another body: one without its secrets, of which no trace is kept."""
        return Command(self._context, self.principal, self._scope[2], self._key, body)

    async def answer(
        self,
        tx: Tx,
        status: int,
        out: BaseModel | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        kept: BaseModel | None = None,
    ) -> Response:
        """Return the response, kept in the command's own transaction when the caller gave a key.

        kept: what is kept in its place, and told again, where out holds a secret.
        """
        if self._key is not None:
            again, told = _bytes(kept or out), Jsonb(dict(headers or {}))
            await tx.execute(_STORE, (*self._scope, self._key, self._body_hash, status, told, again))
        return response(status, out, headers or {})

    async def _claim(self, tx: Tx, key: str) -> None:
        lock = await (await tx.execute(_TRY_LOCK, ("\x1f".join((*self._scope, key)),))).fetchone()
        if lock is None or not lock["mine"]:
            busy = FieldProblem(KEY_HEADER, "key_in_use", {"value": key})
            raise Problem(409, "command_in_progress", errors=[busy], headers={"Retry-After": "1"})
        row: dict[str, Any] | None = await (
            await tx.execute(_STORED, (*self._scope, key, KEPT_HOURS))
        ).fetchone()
        if row is None:
            return
        if bytes(row["body_hash"]) != self._body_hash:
            reused = FieldProblem(KEY_HEADER, "key_reused", {"value": key})
            raise Problem(422, "idempotency_key_reused", errors=[reused])
        raise ReplayedError(
            _response(row["status"], {**row["headers"], "Idempotency-Replayed": "true"}, row["body"])
        )


def response(status: int, out: BaseModel | None, headers: Mapping[str, str]) -> Response:
    """Return the answer to a command that was carried out and is not kept."""
    return _response(status, headers, _bytes(out))


def _bytes(out: BaseModel | None) -> bytes:
    return out.model_dump_json().encode() if out is not None else b""


def _response(status: int, headers: Mapping[str, str], body: bytes) -> Response:
    return Response(body, status, dict(headers), "application/json" if body else None)


_CLAIM_ALL: Final = """
insert into idempotency (tenant_id, principal_id, path, key, body_hash, status, headers, body)
select %(tenant)s, %(principal)s, %(path)s, key, body_hash, 0, '{}', ''
from unnest(%(keys)s::text[], %(hashes)s::bytea[]) as item (key, body_hash) order by key
on conflict (tenant_id, principal_id, path, key) do update set
    body_hash = excluded.body_hash, status = 0, recorded_at = now()
where idempotency.recorded_at <= now() - make_interval(hours => %(hours)s)
returning key
"""
_STORED_OF: Final = """
select key, body_hash, body from idempotency
where tenant_id = %(tenant)s and principal_id = %(principal)s and path = %(path)s and key = any(%(keys)s)
"""
_STORE_ALL: Final = """
update idempotency set status = 200, body = item.body
from unnest(%(keys)s::text[], %(bodies)s::bytea[]) as item (key, body)
where tenant_id = %(tenant)s and principal_id = %(principal)s and path = %(path)s
    and idempotency.key = item.key
"""
_RELEASE: Final = """
delete from idempotency
where tenant_id = %(tenant)s and principal_id = %(principal)s and path = %(path)s and key = any(%(keys)s)
"""


@dataclass(frozen=True, slots=True)
class Repeatable:
    """Commands of one caller that come many at a time, each under a key of its own.

    All of it in one transaction: claim the keys, do what is ours to do, settle. Somebody else's claim of a
    key is waited for and then read; keys are claimed in one order, so two streams never wait for each other.
    """

    tx: Tx
    principal: Principal
    path: str

    async def claim(self, hashes: Mapping[str, bytes]) -> Mapping[str, bytes | None]:
        """Claim keys, each with the hash of its body, and return those that were used before.

        Used before: key → the answer kept, None when it was kept for another body. All others are ours.
        """
        if not hashes:
            return {}
        keys = list(hashes)
        claimed = await self.tx.execute(
            _CLAIM_ALL,
            {**self._scope, "keys": keys, "hashes": list(hashes.values()), "hours": KEPT_HOURS},
        )
        ours = {row["key"] for row in await claimed.fetchall()}
        others = [key for key in keys if key not in ours]
        if not others:
            return {}
        kept = await self.tx.execute(_STORED_OF, {**self._scope, "keys": others})
        return {
            row["key"]: bytes(row["body"]) if bytes(row["body_hash"]) == hashes[row["key"]] else None
            for row in await kept.fetchall()
        }

    async def settle(self, answers: Mapping[str, bytes | None]) -> None:
        """Keep the answers of claimed keys; None lets a key go, so that what failed may be tried again."""
        done = {key: body for key, body in answers.items() if body is not None}
        if done:
            scope = {**self._scope, "keys": list(done), "bodies": list(done.values())}
            await self.tx.execute(_STORE_ALL, scope)
        failed = [key for key, body in answers.items() if body is None]
        if failed:
            await self.tx.execute(_RELEASE, {**self._scope, "keys": failed})

    @property
    def _scope(self) -> dict[str, str]:
        return {
            "tenant": self.principal.tenant_id,
            "principal": self.principal.user_id,
            "path": self.path,
        }


async def forget_answers(tx: Tx) -> int:
    """Delete answers older than 24 hours and return how many; worker role."""
    return (await tx.execute(_FORGET, (KEPT_HOURS,))).rowcount


async def _command(
    request: Request,
    principal: Annotated[Principal, Depends(authenticated)],
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=255,
            pattern=r"^[\x21-\x7e]+$",
            description="Makes the command repeatable for 24 hours: same key and body, same answer.",
        ),
    ] = None,
) -> Command:
    path = f"{request.method} {request.url.path}"
    return Command(request.app.state.context, principal, path, idempotency_key, await request.body())


Commanded = Annotated[Command, Depends(_command)]
"""A route's parameter that brings the command at hand."""

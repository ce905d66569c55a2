"""A command under an Idempotency-Key happens once, whoever repeats it and whenever."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

import httpx
import psycopg
import pytest
from arus_runtime.auth import Principal, require
from arus_runtime.commands import Commanded, forget_answers
from arus_runtime.context import Context, Service
from arus_runtime.web import Problem, create_app, etag, router
from arus_stack.testing import ServiceDatabase
from fastapi import Depends, Response
from pydantic import BaseModel

from .conftest import Token

pytestmark = pytest.mark.integration

notes = router("notes")


class Note(BaseModel):
    id: str
    body: str = ""


class Gate:
    """Holds commands inside their transaction until it is opened."""

    def __init__(self) -> None:
        self.entered = asyncio.Event()
        self.opened = asyncio.Event()


@notes.post("/notes", status_code=201, response_model=Note)
async def create_note(
    note: Note, command: Commanded, _: Annotated[Principal, Depends(require("notes", "c"))]
) -> Response:
    async with command.transaction() as tx:
        await tx.execute(
            "insert into notes values (%s, %s, %s)", (command.principal.tenant_id, note.id, note.body)
        )
        if note.body == "fails":
            raise Problem(409, "conflict")
        if isinstance(gate := GATES.get(note.body), Gate):
            gate.entered.set()
            await gate.opened.wait()
        return await command.answer(tx, 201, note, {"ETag": etag(1)})


GATES: dict[str, Gate] = {}


@pytest.fixture
async def http(context: Context) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(Service("shell", routers=[notes]), context)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shell") as client:
        yield client


def headers(token: str, key: str | None = "key-1") -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {})


async def count(context: Context) -> int:
    async with context.worker_db.system() as tx:
        row = await (await tx.execute("select count(*) as notes from notes")).fetchone()
        assert row is not None
        return row["notes"]


async def test_the_same_key_and_body_get_the_stored_answer(
    http: httpx.AsyncClient, context: Context, token: Token
) -> None:
    first = await http.post("/api/v1/notes", json={"id": "1"}, headers=headers(token()))
    again = await http.post("/api/v1/notes", json={"id": "1"}, headers=headers(token()))
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])
    assert again.headers["idempotency-replayed"] == "true"
    assert await count(context) == 1


async def test_the_same_key_with_another_body_is_refused(http: httpx.AsyncClient, token: Token) -> None:
    await http.post("/api/v1/notes", json={"id": "1"}, headers=headers(token()))
    other = await http.post("/api/v1/notes", json={"id": "2"}, headers=headers(token()))
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    (error,) = other.json()["errors"]
    assert (error["field"], error["code"]) == ("Idempotency-Key", "key_reused")
    assert "24" in error["message"]


async def test_a_key_belongs_to_its_tenant_and_its_caller(
    http: httpx.AsyncClient, context: Context, token: Token
) -> None:
    for number, bearer in enumerate((token("a", "u"), token("a", "v"), token("b", "u"))):
        answer = await http.post("/api/v1/notes", json={"id": str(number)}, headers=headers(bearer))
        assert answer.status_code == 201
    assert await count(context) == 3


async def test_a_repeat_while_the_first_is_running_is_told_to_wait(
    http: httpx.AsyncClient, context: Context, token: Token
) -> None:
    gate = GATES["slow"] = Gate()
    body = {"id": "1", "body": "slow"}
    first = asyncio.ensure_future(http.post("/api/v1/notes", json=body, headers=headers(token())))
    await asyncio.wait_for(gate.entered.wait(), 10)
    second = await http.post("/api/v1/notes", json=body, headers=headers(token()))
    gate.opened.set()
    assert (second.status_code, second.json()["code"]) == (409, "command_in_progress")
    assert [error["code"] for error in second.json()["errors"]] == ["key_in_use"]
    assert "retry-after" in second.headers
    assert (await first).status_code == 201
    assert await count(context) == 1


async def test_what_failed_may_be_tried_again(
    http: httpx.AsyncClient, context: Context, token: Token
) -> None:
    failed = await http.post("/api/v1/notes", json={"id": "1", "body": "fails"}, headers=headers(token()))
    assert failed.status_code == 409
    good = await http.post("/api/v1/notes", json={"id": "1"}, headers=headers(token()))
    assert (good.status_code, await count(context)) == (201, 1)


async def test_a_key_is_forgotten_after_a_day(
    http: httpx.AsyncClient, context: Context, database: ServiceDatabase, token: Token
) -> None:
    await http.post("/api/v1/notes", json={"id": "1"}, headers=headers(token()))
    with psycopg.connect(database.superuser_url) as admin:
        admin.execute("update shell.idempotency set recorded_at = now() - interval '25 hours'")
    again = await http.post("/api/v1/notes", json={"id": "2"}, headers=headers(token()))
    assert (again.status_code, await count(context)) == (201, 2)
    with psycopg.connect(database.superuser_url) as admin:
        admin.execute("update shell.idempotency set recorded_at = now() - interval '25 hours'")
    async with context.worker_db.system() as tx:
        assert await forget_answers(tx) == 1


async def test_without_a_key_every_command_counts(
    http: httpx.AsyncClient, context: Context, token: Token
) -> None:
    for number in ("1", "2"):
        await http.post("/api/v1/notes", json={"id": number}, headers=headers(token(), None))
    assert await count(context) == 2


@pytest.mark.parametrize("key", ["", "x" * 256, "with space"])
async def test_a_strange_key_is_refused(http: httpx.AsyncClient, token: Token, key: str) -> None:
    answer = await http.post(
        "/api/v1/notes",
        json={"id": "1"},
        headers={"Authorization": f"Bearer {token()}", "Idempotency-Key": key},
    )
    assert answer.status_code == 422


async def test_without_a_database_a_command_is_put_off(
    http: httpx.AsyncClient, database: ServiceDatabase, token: Token
) -> None:
    with psycopg.connect(database.superuser_url, autocommit=True) as admin:
        admin.execute("alter role shell_api nologin")
        admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'shell_api'")
    try:
        answer = await http.post("/api/v1/notes", json={"id": "1"}, headers=headers(token()))
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert "retry-after" in answer.headers
    finally:
        with psycopg.connect(database.superuser_url, autocommit=True) as admin:
            admin.execute("alter role shell_api login")

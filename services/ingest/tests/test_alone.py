"""A door whose database or broker is away says when to come back; it neither hangs nor grows."""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from arus_ingest import pressure
from arus_ingest.__main__ import SERVICE
from arus_ingest.settings import IngestSettings
from arus_runtime import postgres
from arus_runtime.context import Context
from arus_runtime.heart import heart_of
from arus_runtime.service import connected
from arus_stack import ports
from arus_stack.line import Line
from arus_stack.testing import DatabaseFor, ServiceDatabase

from .conftest import told

pytestmark = pytest.mark.integration

PATH = "/fuel/transactions"
DEADLINE_S = 60
BURST = 60
BURSTS = 10


@pytest.fixture
def line(database_for: DatabaseFor) -> Iterator[tuple[Line, ServiceDatabase]]:
    """Give a line to the database, and the database as it is reached through it."""
    direct = database_for("ingest")
    parts = urlsplit(direct.api_url)
    with Line(parts.hostname or "", parts.port or 5432) as made:
        yield made, replace(direct, api_url=made.url(direct.api_url), worker_url=made.url(direct.worker_url))


@pytest.fixture
def database(line: tuple[Line, ServiceDatabase], monkeypatch: pytest.MonkeyPatch) -> ServiceDatabase:
    monkeypatch.setattr(postgres, "SILENCE_S", 1 - postgres.STATEMENT_TIMEOUT_S)
    monkeypatch.setattr(postgres, "CHECKOUT_TIMEOUT_S", 1)
    monkeypatch.setattr(postgres, "WAITING_AT_MOST", BURST // 2)
    monkeypatch.setattr(postgres, "RECONNECT_S", 2)
    return line[1]


async def burst(owner: httpx.AsyncClient, golden: dict[str, Any]) -> list[httpx.Response]:
    """Ask many things at once; fails when one of them hangs."""
    async with asyncio.timeout(DEADLINE_S):
        return await asyncio.gather(
            *(owner.post(PATH, json=golden) for _ in range(BURST)),
            *(owner.get(PATH) for _ in range(BURST // 4)),
            owner.post(f"{PATH}/batch", json={"items": [golden]}),
        )


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while not await holds():  # noqa: ASYNC110 - the condition lies in another process
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("fault", ["cut", "mute"])
async def test_without_its_database_the_door_says_when_to_come_back(
    fault: str, line: tuple[Line, ServiceDatabase], owner: httpx.AsyncClient, golden: dict[str, Any]
) -> None:
    assert (await owner.post(PATH, json=golden)).status_code == 201
    getattr(line[0], fault)()
    answers = [answer for _ in range(2) for answer in await burst(owner, golden)]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(503, "unavailable")}
    assert all(int(answer.headers["retry-after"]) > 0 for answer in answers)
    line[0].mend()

    async def recovered() -> bool:
        return (await owner.post(PATH, json=golden)).status_code == 201

    await until(recovered)


async def test_a_door_without_its_database_does_not_grow(
    line: tuple[Line, ServiceDatabase],
    owner: httpx.AsyncClient,
    golden: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Not one block of memory may be kept for a request that was refused."""
    caplog.set_level(logging.CRITICAL, "psycopg.pool")  # pytest would keep what is logged
    line[0].cut()
    for _ in range(3):  # what is made once and kept is made
        await burst(owner, golden)
    held, tasks = blocks(), len(asyncio.all_tasks())
    asked = sum([len(await burst(owner, golden)) for _ in range(BURSTS)])
    assert blocks() - held < asked

    async def quiet() -> bool:
        """Whether no burst left a task behind; the few that try to connect come and go."""
        return len(asyncio.all_tasks()) < tasks + BURSTS

    await until(quiet)


def blocks() -> int:
    """Return how many blocks of memory Python holds."""
    gc.collect()
    return sys.getallocatedblocks()


async def test_without_a_broker_facts_are_kept_until_there_are_too_many(
    owner: httpx.AsyncClient, golden: dict[str, Any], context: Context, database: ServiceDatabase
) -> None:
    context.own["settings"] = IngestSettings(outbox_max_rows=30)
    nowhere = context.settings.model_copy(
        update={"kafka_bootstrap": f"127.0.0.1:{ports.free_port()}", "roles": frozenset({"relay"})}
    )
    relay, stop = heart_of(SERVICE, nowhere).relay, asyncio.Event()
    assert relay is not None
    relaying = asyncio.create_task(connected("relay", relay.run, stop))
    try:
        answers: list[httpx.Response] = []
        while not answers or answers[-1].status_code == 201:
            await pressure.measure(context)
            answers.append(await owner.post(PATH, json=golden))
            assert len(answers) <= 31
    finally:
        stop.set()
        await relaying
    closed = answers[-1]
    assert (closed.status_code, closed.json()["code"]) == (503, "outbox_full")
    assert int(closed.headers["retry-after"]) > 0
    assert len(answers) == 31
    assert len(told(database)) == 30

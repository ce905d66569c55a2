"""A service forgets what is no longer needed and shows what waits."""

import asyncio

import psycopg
import pytest
from arus_runtime import ddl, upkeep
from arus_runtime.context import Context
from arus_runtime.testing import until
from arus_runtime.worker import Column, Projection, Table
from arus_stack.testing import ServiceDatabase
from prometheus_client import REGISTRY

pytestmark = pytest.mark.integration

DEADLINE_S = 20
LEFT_BEHIND = """
set search_path = shell;
insert into idempotency (tenant_id, principal_id, path, key, body_hash, status, headers, body, recorded_at)
select 'a', 'u', '/', age::text, '', 200, '{}', '', now() - age * interval '1 hour'
from unnest(array[1, 23, 25, 100]) age;
insert into jobs (tenant_id, id, kind, params, state, ended_at)
select 'a', age::text, 'count', '{}', 'done', now() - age * interval '1 day'
from unnest(array[1, 29, 31]) age;
insert into jobs (tenant_id, id, kind, params) values ('a', 'waiting', 'count', '{}');
insert into jobs (tenant_id, id, kind, params, run_after)
values ('a', 'put off', 'count', '{}', now() + interval '8 hours'), ('a', 'digest', 'idle', '{}', 'tomorrow');
insert into outbox (tenant_id, topic, key, headers, added_at)
values ('a', 't', 'k', '', now() - interval '1 hour');
"""

JUDGE = Projection("judge", ("fuel.transaction.v1",), (Table("verdicts", (Column("tenant_id", "text"),)),))
WAITING = f"""
set search_path = shell;
set role shell_owner;
{ddl.worker_tables()}
{ddl.append_table("verdicts", "tenant_id text not null")}
reset role;
insert into progress values ('judge', 'fuel.transaction.v1', 3, 1, 8, 0, now());
insert into verdicts (src_part, src_off, src_idx, tenant_id) values (3, 7, 0, 'a'), (3, 7, 1, 'a');
"""


async def test_what_is_old_goes_and_what_waits_is_measured(
    context: Context, database: ServiceDatabase
) -> None:
    with psycopg.connect(database.superuser_url) as admin:
        admin.execute(LEFT_BEHIND)
    stop = asyncio.Event()
    running = asyncio.ensure_future(upkeep.run(context, ["count", "idle"], stop))
    async with asyncio.timeout(DEADLINE_S):
        while await counted(context, "idempotency") > 2:  # noqa: ASYNC110 — the condition lies in the database
            await asyncio.sleep(0.02)
    stop.set()
    await running
    assert await counted(context, "jobs") == 5
    assert REGISTRY.get_sample_value("arus_jobs_waiting", {"kind": "count"}) == 1
    assert REGISTRY.get_sample_value("arus_jobs_waiting", {"kind": "idle"}) == 0
    age_s = REGISTRY.get_sample_value("arus_outbox_age_seconds", {"relay": "shell"})
    assert age_s is not None
    assert 3600 <= age_s < 3700


async def test_result_rows_age_from_when_they_were_first_seen_waiting(
    context: Context, database: ServiceDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "MEASURE_S", 0.02)
    with psycopg.connect(database.superuser_url) as admin:
        admin.execute(WAITING.encode())
    stop = asyncio.Event()
    running = asyncio.ensure_future(upkeep.run(context, [], stop, [JUDGE]))
    await until(lambda: (result_age_s() or 0) > 0, DEADLINE_S)
    async with context.worker_db.system() as tx:
        await tx.execute("insert into published values ('judge', 3, 7, 1)")
    await until(lambda: result_age_s() == 0, DEADLINE_S)
    stop.set()
    await running


def result_age_s() -> float | None:
    return REGISTRY.get_sample_value("arus_outbox_age_seconds", {"relay": "shell/judge"})


async def counted(context: Context, table: str) -> int:
    async with context.worker_db.system() as tx:
        row = await (await tx.execute(f"select count(*) as rows from {table}".encode())).fetchone()
    assert row is not None
    return row["rows"]

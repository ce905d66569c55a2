"""Migrations run while services do."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from arus_runtime import migrate
from arus_stack import house, schemas
from arus_stack.testing import TEST_PASSWORD, PostgresServer, service_database, until

WAITING = """
select query_start from pg_stat_activity
where usename = 'metering_owner' and datname = current_database() and wait_event_type = 'Lock'
"""


@pytest.mark.integration
def test_a_migration_makes_nobody_wait_long_and_comes_back(postgres: PostgresServer) -> None:
    url = postgres.create_database()
    source = next(source for source in house.sources() if source.name == "metering")
    try:
        schemas.provision(url, ["metering"], lambda _: TEST_PASSWORD)
        owner = service_database(url, "metering").owner_url
        migrate.upgrade("metering", owner, revision="0013", migrations=source.migrations)
        with (
            ThreadPoolExecutor(1) as pool,
            psycopg.connect(url, autocommit=True) as watch,
            psycopg.connect(url) as reading,
        ):
            reading.execute("select from metering.customer_periods")
            done = pool.submit(migrate.upgrade, "metering", owner, migrations=source.migrations)
            tries: set[object] = set()

            def tried_twice() -> bool:
                tries.update(watch.execute(WAITING).fetchall())
                return len(tries) > 1 or done.done()

            until(tried_twice, "the migration, for the second time")
            assert not done.done()
            reading.rollback()
            done.result(60)
            newest = max(path.name[:4] for path in (source.migrations / "versions").glob("*.py"))
            assert watch.execute("select version_num from metering.alembic_version").fetchone() == (newest,)
    finally:
        postgres.drop_database(url)


SLOW = "autovacuum_vacuum_threshold = 1, autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1"
AT_WORK = """
select from pg_stat_activity
where datname = current_database() and backend_type = 'autovacuum worker' and query like '%s.t%'
"""
REVISION = """
from alembic import op

revision, down_revision = "{0}", {1}


def upgrade():
    op.execute("{2}")
"""


@pytest.mark.integration
def test_an_autovacuum_gives_way_to_a_migration(postgres: PostgresServer, tmp_path: Path) -> None:
    url = postgres.create_database()
    (tmp_path / "env.py").write_text("from arus_runtime.migrate import run_migrations\n\nrun_migrations()\n")
    (tmp_path / "versions").mkdir()
    for name, former, statement in (
        ("0001", None, f"create table s.t (id int) with ({SLOW})"),
        ("0002", "0001", "alter table s.t add column said text"),
    ):
        text = REVISION.format(name, repr(former), statement)
        (tmp_path / "versions" / f"{name}.py").write_text(text)
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("create schema s")
            migrate.upgrade("s", url, revision="0001", migrations=tmp_path)
            connection.execute("insert into s.t select generate_series(1, 300000)")
            connection.execute("delete from s.t")
            connection.execute("alter system set autovacuum_naptime = 1")
            connection.execute("select pg_reload_conf()")
            until(lambda: bool(connection.execute(AT_WORK).fetchall()), "an autovacuum")
            migrate.upgrade("s", url, migrations=tmp_path)
            assert connection.execute("select version_num from s.alembic_version").fetchone() == ("0002",)
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("alter system reset autovacuum_naptime")
            connection.execute("select pg_reload_conf()")
        postgres.drop_database(url)

"""Migrations run while services do."""

from concurrent.futures import ThreadPoolExecutor

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

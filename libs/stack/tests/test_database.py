"""What `arus db` says of a real database, and what it does about it."""

from dataclasses import replace

import psycopg
import pytest
from arus_stack import database
from arus_stack.database import Index, Need, Table
from arus_stack.testing import PostgresServer

NOTHING = Table("s", "t", 50_000, 0, 0, 2**20, 2**20, 0, 0, 0, analyzed=True)


USUAL = Index("s", "t", "i", 2**21, 0, 1, unique=False, valid=True)


@pytest.mark.parametrize(
    ("found", "act"),
    [
        (NOTHING, None),
        (replace(NOTHING, dead_rows=999), None),
        (replace(NOTHING, dead_rows=12_000), None),  # 19 %
        (replace(NOTHING, dead_rows=12_500), "vacuum"),
        (replace(NOTHING, analyzed=False), "analyze"),
        (replace(NOTHING, rows=0, analyzed=False), None),
        (replace(NOTHING, changed_rows=5_999), None),
        (replace(NOTHING, changed_rows=6_000), "analyze"),
        (USUAL, None),
        (replace(USUAL, valid=False), "reindex"),
        (replace(USUAL, bloat_bytes=2**20 - 1), None),
        (replace(USUAL, bloat_bytes=2**20), "reindex"),
        (replace(USUAL, bytes=2**20 - 1, bloat_bytes=2**20 - 1), None),
    ],
    ids=str,
)
def test_care_is_taken_from_the_bound_on(found: Table | Index, act: str | None) -> None:
    tables = [found] if isinstance(found, Table) else []
    indexes = [found] if isinstance(found, Index) else []
    assert [need.act for need in database.needs(tables, indexes)] == ([act] if act else [])


def test_an_index_that_keeps_something_unique_is_never_unused() -> None:
    assert replace(USUAL, scans=0).unused
    assert not replace(USUAL, scans=0, unique=True).unused


@pytest.mark.integration
def test_dead_rows_and_empty_indexes_are_found_and_gone_after_care(postgres: PostgresServer) -> None:
    url = postgres.create_database()
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("create schema s")
            connection.execute("create table s.t (id int primary key, said text not null)")
            connection.execute("alter table s.t set (autovacuum_enabled = off)")
            connection.execute("insert into s.t select n, repeat('x', 40) from generate_series(1, 60000) n")
            connection.execute("analyze s.t")
            assert [need.act for need in needed(connection)] == []
            connection.execute("delete from s.t where id % 10 > 0")
            connection.execute("select pg_stat_force_next_flush()")
            first = needed(connection)
            assert [(need.act, need.name) for need in first] == [("vacuum", "t")]
            database.take_care(connection, first[0])
            second = needed(connection)
            assert [(need.act, need.name) for need in second] == [("reindex", "t_pkey")]
            done = database.take_care(connection, second[0])
            assert done["bytes_after"] < done["bytes_before"] / 2
            assert needed(connection) == []
            [found] = database.tables(connection, ["s"])
            assert (found.rows, found.dead_rows) == (6_000, 0)
            assert found.bloat_bytes > found.table_bytes / 2  # vacuum keeps the room for later rows
    finally:
        postgres.drop_database(url)


def needed(connection: psycopg.Connection) -> list[Need]:
    return list(database.needs(database.tables(connection, ["s"]), database.indexes(connection, ["s"])))


@pytest.mark.integration
def test_slow_statements_are_told_where_the_server_counts_them(postgres: PostgresServer) -> None:
    """The embedded server has no pg_stat_statements: a view with its columns stands for it here."""
    url = postgres.create_database()
    try:
        with psycopg.connect(url) as connection:
            assert database.slow_statements(connection) is None
            connection.execute(
                "create view pg_stat_statements as select n || ' queries' as query, n::bigint as calls,"
                " n * 3.0::float8 as total_exec_time, 3.0::float8 as mean_exec_time, n::bigint as rows"
                " from generate_series(1, 20) n"
            )
            found = database.slow_statements(connection) or []
            assert len(found) == database.SLOWEST
            assert found[0]["statement"] == "20 queries"
    finally:
        postgres.drop_database(url)

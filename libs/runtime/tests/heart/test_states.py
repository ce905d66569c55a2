"""Heads of states are found by number: what that must not break."""

from collections.abc import Generator

import psycopg
import pytest
from arus_runtime import ddl
from arus_runtime.log.port import TopicPartition
from arus_runtime.store import Away, Part, PostgresStore
from arus_stack.testing import PostgresServer

from .workers import IN, totals

pytestmark = pytest.mark.integration

AT = TopicPartition(IN, 0)


@pytest.fixture
def url(postgres: PostgresServer) -> Generator[str]:
    url = postgres.create_database()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create schema test")
        connection.execute("set search_path = test")
        connection.execute(ddl.worker_tables().encode())
    yield url
    postgres.drop_database(url)


def commit(store: PostgresStore, epoch: int, start: int, *states: tuple[str, str, bytes]) -> None:
    store.commit([Part(AT, epoch, start, start + 1, states)])


def test_a_head_is_replaced_by_number_and_its_pages_by_name(url: str) -> None:
    store = PostgresStore(url, "test", totals())
    grant = store.take([AT])[AT]
    commit(store, grant.epoch, 0, ("t:a", "", b"1"), ("t:a", "2025", b"p1"), ("t:b", "", b"1"))
    commit(store, grant.epoch, 1, ("t:a", "", b"2"), ("t:a", "2025", b"p2"), ("t:c", "", b"1"))
    assert store.load(AT, ["t:a", "t:b", "t:c", "t:d"]) == {"t:a": b"2", "t:b": b"1", "t:c": b"1"}
    assert store.load_page(AT, "t:a", "2025") == b"p2"
    store.close()


def test_states_that_were_removed_meanwhile_are_not_lost_in_silence(url: str) -> None:
    store = PostgresStore(url, "test", totals())
    grant = store.take([AT])[AT]
    commit(store, grant.epoch, 0, ("t:a", "", b"1"), ("t:b", "", b"1"))
    with psycopg.connect(url, options="-c search_path=test") as connection:
        connection.execute("delete from state where key = 't:a'")
    with pytest.raises(Away, match="1 of 2 states are gone"):
        commit(store, grant.epoch, 1, ("t:a", "", b"2"), ("t:b", "", b"2"))
    assert store.load(AT, ["t:a", "t:b"]) == {"t:b": b"1"}
    again = store.take([AT])[AT]
    assert again.next_offset == 1
    commit(store, again.epoch, 1, ("t:a", "", b"2"), ("t:b", "", b"2"))
    assert store.load(AT, ["t:a", "t:b"]) == {"t:a": b"2", "t:b": b"2"}
    store.close()

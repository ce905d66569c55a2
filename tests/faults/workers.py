"""A worker whose rows depend on all events of their key, so that a loss, a repeat or a swap shows."""

from __future__ import annotations

import struct
import zlib
from typing import NamedTuple

from arus.anomaly.v1.events_pb2 import VerdictReached
from arus.fuel.v1.events_pb2 import FuelTransactionRecorded
from arus_runtime import ddl
from arus_runtime.worker import Column, Effect, Meta, Row, State, Table, Worker

SERVICE = "faults"
IN = "fuel.transaction.v1"
OUT = "anomaly.verdict.v1"
TOPICS = (IN, OUT, "anomaly.incident.v1", "meter.read.v1", "import.chunk.v1")
"""Six partitions each."""
WOKEN = "what a stopped worker held has been tried"
"""Said by a worker that stopped itself before a commit, once it has tried that commit after all."""
_LINK = struct.Struct(">qI")


class Link(NamedTuple):
    """How many events a key has had, and a checksum over all of them in order."""

    length: int
    checksum: int


def chain(name: str) -> tuple[Worker[Link], Table]:
    """Return a worker and its table, both of that name."""
    table = Table(
        name,
        (
            Column("tenant_id", "text"),
            Column("fact_id", "text"),
            Column("length", "int8"),
            Column("checksum", "int8"),
        ),
    )
    state = State(
        lambda: Link(0, 0), lambda value: Link(*_LINK.unpack(value)), lambda link: _LINK.pack(*link)
    )
    worker = Worker(name, (IN,), state, (table,))

    @worker.on(FuelTransactionRecorded)
    def recorded(link: Link, event: FuelTransactionRecorded, meta: Meta) -> tuple[Link, list[Effect]]:
        fact_id = event.transaction_id
        new = Link(link.length + 1, zlib.crc32(fact_id.encode(), link.checksum))
        verdict = VerdictReached(tenant_id=meta.tenant, fact_id=fact_id, history_count=new.length)
        return new, [Row(table, (meta.tenant, fact_id, *new), verdict)]

    return worker, table


def tables(*names: str) -> str:
    """Return the tables of chains, and a book of aggregates with its outbox."""
    columns = (
        "tenant_id text not null, fact_id text not null, length bigint not null, checksum bigint not null"
    )
    book = """
create table aggregates (id text primary key, version bigint not null default 0);
create table facts (id text primary key, aggregate text not null, version bigint not null);
"""
    return (
        ddl.worker_tables() + book + "".join(ddl.append_table(name, columns) + _bare(name) for name in names)
    )


def _bare(name: str) -> str:
    """Return what takes a table's key away: a row that is written twice must stand there twice."""
    return f"""
alter table {name} drop constraint {name}_pkey;
create index {name}_place on {name} (src_part, src_off, src_idx);
"""

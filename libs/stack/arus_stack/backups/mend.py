"""Let workers go on after the log was lost, or let records go before they were read.

Nobody's position goes back: results are keyed and their events numbered by it. So the log goes on behind the
highest one. Tombstones of nobody stand up to there, as after a restore, then everything that was said since
the loss once more, in its order; whoever has read some of it drops the repeats.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import Any

import psycopg
from arus_runtime.log.port import Bounds
from psycopg import sql

from arus_stack.backups.log import FILLER_KEY, Writer
from arus_stack.errors import Refused
from arus_stack.kafka.admin import KafkaAccess
from arus_stack.kafka.records import Reader


@dataclass(frozen=True, slots=True)
class Misfit:
    """A partition that does not hold what comes after a position; positions: by worker, service/name.

    goes_on: where all its workers go on. unread: how many offsets each of them must do without, at least.
    """

    topic: str
    partition: int
    first: int
    end: int
    positions: Mapping[str, int]
    was_lost: bool

    @property
    def goes_on(self) -> int:
        """Return where workers go on: behind every position of a lost log, with the oldest record else."""
        return max(self.end, *self.positions.values()) if self.was_lost else self.first

    @property
    def unread(self) -> Mapping[str, int]:
        """Return how many offsets workers will never read: of a lost log what others had read before them."""
        held = max(self.positions.values()) if self.was_lost else self.first
        return {
            worker: held - position
            for worker, position in self.positions.items()
            if position < held and (position or self.was_lost)  # who read nothing begins with the oldest
        }

    def as_json(self) -> dict[str, Any]:
        """Return what a program is told."""
        return {
            "topic": self.topic,
            "partition": self.partition,
            "why": "log behind" if self.was_lost else "facts expired",
            "first": self.first,
            "end": self.end,
            "positions": dict(self.positions),
            "goes_on": self.goes_on,
            "unread": max(self.unread.values(), default=0),
            "unread_by": dict(self.unread),
        }


def misfits(url: str, access: KafkaAccess, services: Sequence[str]) -> Iterator[Misfit]:
    """Give the partitions at which workers stop, or would stop."""
    with psycopg.connect(url) as connection:
        found = sorted(_positions(connection, services))
    for topic, partitions in groupby(found, itemgetter(0)):
        with Reader(access, topic) as reader:
            logs = {partition: Bounds(*bounds) for partition, bounds in reader.ends().items()}
        for partition, rows in groupby(partitions, itemgetter(1)):
            if partition not in logs:
                raise Refused(
                    f"{topic} has {len(logs)} partitions, and {partition} was read",
                    "`arus migrate` gives topics as many partitions as the catalogue says.",
                )
            one = _misfit(topic, partition, logs[partition], list(rows))
            if one is not None:
                yield one


def _misfit(
    topic: str, partition: int, log: Bounds, rows: Sequence[tuple[str, int, str, int, int | None]]
) -> Misfit | None:
    positions = {worker: position for _, _, worker, position, _ in rows}
    was_lost = any(position > log.end or log_end is not None for *_, position, log_end in rows)
    if was_lost or any(0 < position < log.first for position in positions.values()):
        return Misfit(topic, partition, *log, positions, was_lost)
    return None


def _positions(
    connection: psycopg.Connection, services: Sequence[str]
) -> Iterator[tuple[str, int, str, int, int | None]]:
    for service in services:
        if _reads(connection, service):
            query = sql.SQL("select topic, partition, worker, next_offset, log_end from {}.progress")
            for topic, partition, worker, *rest in connection.execute(query.format(sql.Identifier(service))):
                yield topic, partition, f"{service}/{worker}", *rest


def _reads(connection: psycopg.Connection, service: str) -> bool:
    found = connection.execute("select to_regclass(%s)", (f"{service}.progress",)).fetchone()
    return found is not None and found[0] is not None


def refuse_unless_quiet(url: str, services: Sequence[str]) -> None:
    """Raise Refused while a service works on the database: it would read and write the log meanwhile."""
    roles = [f"{service}_{kind}" for service in services for kind in ("api", "worker")]
    with psycopg.connect(url) as connection:
        asked = "select distinct usename from pg_stat_activity where usename = any(%s) order by 1"
        found = [name for (name,) in connection.execute(asked, (roles,))]
    if found:
        raise Refused(
            f"services are at work: {', '.join(found)}", "Stop all of them first; the log must stand still."
        )


def mend(url: str, access: KafkaAccess, services: Sequence[str], one: Misfit) -> int:
    """Let a partition's workers go on; return how many records were put behind their positions.

    What was begun may be done again.
    """
    if one.was_lost:
        _mark(url, services, one)
    again = _say_again(access, one) if one.was_lost else 0
    _go_on(url, services, one, one.goes_on)
    return again


def _mark(url: str, services: Sequence[str], one: Misfit) -> None:
    """Remember that the log was lost until workers go on: filled up, it would look whole."""
    with psycopg.connect(url) as connection:
        for service in filter(lambda service: _reads(connection, service), services):
            statement = sql.SQL(
                "update {}.progress set log_end = coalesce(log_end, %s)"
                " where topic = %s and partition = %s and next_offset > %s"
            ).format(sql.Identifier(service))
            connection.execute(statement, (one.end, one.topic, one.partition, one.end))


def let_go(url: str, services: Sequence[str], one: Misfit) -> None:
    """Let workers go on where they were, since the log that was lost is back."""
    if (furthest := max(one.positions.values())) > one.end:
        raise Refused(
            f"{one.topic}[{one.partition}] must reach {furthest}, which was read, got an end at {one.end}",
            "This is not the log that was read, or not all of it.",
        )
    _go_on(url, services, one, 0)


def _go_on(url: str, services: Sequence[str], one: Misfit, offset: int) -> None:
    """Let no position stand before an offset, and forget that the log was short."""
    with psycopg.connect(url) as connection:
        for service in filter(lambda service: _reads(connection, service), services):
            statement = sql.SQL(
                "update {}.progress set next_offset = greatest(next_offset, %s), log_end = null,"
                " epoch = epoch + 1 where topic = %s and partition = %s and next_offset > 0"
            ).format(sql.Identifier(service))
            connection.execute(statement, (offset, one.topic, one.partition))


def _say_again(access: KafkaAccess, one: Misfit) -> int:
    writer = Writer(access, one.topic, {one.partition: one.end})
    writer.fill(one.partition, one.goes_on, None)
    place = one.goes_on
    with Reader(access, one.topic) as reader:
        for record in reader.between({one.partition: one.first}, {one.partition: one.end}):
            if record.key != FILLER_KEY:
                writer.put(replace(record, offset=place))
                place += 1
    writer.finish()
    return place - one.goes_on

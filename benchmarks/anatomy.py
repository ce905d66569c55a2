"""Where a worker's CPU goes: its own, step by step, and PostgreSQL's, by what is left out of a commit."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import psycopg
from arus_anomaly import handlers
from arus_runtime import packing
from arus_runtime.engine import GC_THRESHOLD
from arus_runtime.fold import Folded, Folder, Origin
from arus_runtime.log import TopicPartition
from arus_runtime.log.partitioner import partition_of
from arus_runtime.log.port import Fetched
from arus_runtime.reading import Reader
from arus_runtime.side_inputs import Known
from arus_runtime.store import Part, PostgresStore
from arus_runtime.worker import PagedState, Pages
from ground import PARTITIONS, TOPIC, facts, fresh_database, postgres_alone
from harness import Benchmark, Length, Report, Result, Table, cpu_s, in_turn, spread

EVENTS: Final = {Length.FULL: 200_000, Length.QUICK: 60_000}
ROUNDS: Final = {Length.FULL: 5, Length.QUICK: 2}
BATCH: Final = 2_000
FOR_EVER: Final = 2**48 - 1
WORKER: Final = handlers.fuel
SECONDARY: Final = b"""
select indexrelid::regclass::text from pg_index
where indrelid = 'anomaly.verdicts'::regclass and not indisprimary
"""
STEPS: Final = {
    "read": "envelope and fact read from the record",
    "judge": "judged; verdict, its event, its envelope and its row written",
    "states": "states as bytes",
    "arrays": "rows and states put together for PostgreSQL",
}
LEFT_OUT: Final = {
    "nothing": "all of it",
    "states": "without states",
    "rows": "without verdicts",
    "secondary": "without the indexes of verdicts but the primary key",
}


@dataclass(slots=True)
class Folds:
    """Batches as the worker would commit them, and the CPU seconds of each step on the way."""

    parts: list[list[Part]] = field(default_factory=list[list[Part]])
    spent_s: dict[str, float] = field(default_factory=lambda: dict.fromkeys(STEPS, 0.0))


class NoStore:
    """What a folder asks of a store: how rows are packed."""

    def packer(self, table: Any) -> packing.Packer:
        return packing.Packer(table)


def measure(length: Length) -> Result:
    """Fold facts in this process, then commit what came of it with one thing left out at a time."""
    gc.set_threshold(*GC_THRESHOLD)
    events, rounds = EVENTS[length], ROUNDS[length]
    logs = _logs(events)
    folds = [_folded(logs) for _ in range(rounds)]
    with postgres_alone() as (postgres, pid):

        def committed(without: str) -> Mapping[str, float]:
            url = fresh_database(postgres, "anomaly")
            if without == "secondary":
                _drop_secondary(url)
            batches = [[_without(without, part) for part in batch] for batch in folds[0].parts]
            store = PostgresStore(url, "anomaly", WORKER)
            store.take([TopicPartition(TOPIC, partition) for partition in range(PARTITIONS)])
            before, began = cpu_s(pid), time.process_time()
            for batch in batches:
                store.commit(batch)
            client = time.process_time() - began
            store.close()
            return {"postgres_us": (cpu_s(pid) - before) / events * 1e6, "client_us": client / events * 1e6}

        found = in_turn(rounds, {name: lambda name=name: committed(name) for name in LEFT_OUT})
    rows = [row for batch in folds[0].parts for part in batch for row in part.rows[handlers.VERDICTS]]
    states = [value for batch in folds[0].parts for part in batch for _, _, value in part.states]
    return {
        "events": events,
        "rounds": rounds,
        "client_us": {step: spread([one.spent_s[step] / events * 1e6 for one in folds]) for step in STEPS},
        "commit": {
            name: {what: spread([one[name][what] for one in found]) for what in found[0][name]}
            for name in LEFT_OUT
        },
        "row_bytes": round(sum(map(len, rows)) / events),
        "state_bytes": round(sum(map(len, states)) / events),
    }


def _logs(events: int) -> list[list[Fetched]]:
    """Return the facts as they would be read, by partition."""
    logs: list[list[Fetched]] = [[] for _ in range(PARTITIONS)]
    for fact in facts(events):
        at = partition_of(fact.key, PARTITIONS)
        logs[at].append(Fetched(TOPIC, at, len(logs[at]), fact.key, fact.value, tuple(fact.headers)))
    return logs


def _folded(logs: Sequence[Sequence[Fetched]]) -> Folds:
    done, share = Folds(), BATCH // PARTITIONS
    reader, folder = Reader("anomaly/fuel", WORKER), Folder("anomaly", WORKER, NoStore())  # pyright: ignore[reportArgumentType] - it asks for no more
    folder.side = (Known(WORKER.side.empty, FOR_EVER),)
    origins = [Origin() for _ in logs]
    for start in range(0, max(map(len, logs)), share):
        batch: list[Part] = []
        for partition, log in enumerate(logs):
            records = log[start : start + share]
            if records:
                batch.append(_part(done, reader, folder, origins[partition], records))
        began = time.process_time()
        states = [value for part in batch for _, _, value in part.states]
        packing.int8_array(range(len(states)))
        packing.bytea_array(states)
        b"".join([row for part in batch for row in part.rows[handlers.VERDICTS]])
        done.spent_s["arrays"] += time.process_time() - began
        done.parts.append(batch)
    return done


def _part(done: Folds, reader: Reader, folder: Folder, origin: Origin, records: Sequence[Fetched]) -> Part:
    state, known = WORKER.state, origin.states
    assert isinstance(state, PagedState)
    for key in {(record.key or b"").decode() for record in records} - known.keys():
        known[key] = state.new(Pages())
    read_s = _timed(lambda: [reader.read(record) for record in records])[0]
    fold_s, folded = _timed(lambda: _fold(folder, records, origin))
    states_s, states = _timed(lambda: [(key, "", state.dump(value)) for key, value in folded.states.items()])
    for key, value in folded.states.items():
        pages = state.pages(value)
        if not pages.untouched:
            states += [(key, name, state.dump_page(page)) for name, page in pages.changed.items()]
        known[key] = value if pages.untouched else state.with_pages(value, pages.saved())
    origin.seen |= folded.seen
    done.spent_s["read"] += read_s
    done.spent_s["judge"] += fold_s - read_s
    done.spent_s["states"] += states_s
    at, start = TopicPartition(TOPIC, records[0].partition), records[0].offset
    return Part(at, 1, start, folded.next_offset, states, folded.seen, folded.rows)


def _fold(folder: Folder, records: Sequence[Fetched], origin: Origin) -> Folded:
    try:
        next(folder.fold(records, records[0].offset, origin))
    except StopIteration as end:
        folded: Folded = end.value
        assert folded.hold is None, folded.hold
        return folded
    raise AssertionError("facts in order ask for nothing")


def _timed(does: Callable[[], Any]) -> tuple[float, Any]:
    began = time.process_time()
    answer = does()
    return time.process_time() - began, answer


def _without(what: str, part: Part) -> Part:
    if what == "states":
        return replace(part, states=())
    return replace(part, rows={}) if what == "rows" else part


def _drop_secondary(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for (index,) in connection.execute(SECONDARY).fetchall():
            connection.execute(f"drop index {index}".encode())


def report(result: Result) -> Report:
    """Return both sides, step by step."""
    client = Table(
        ("the worker's own CPU, without Kafka's client", "µs an event"),
        [
            *((says, result["client_us"][step]) for step, says in STEPS.items()),
            ("committed by psycopg", result["commit"]["nothing"]["client_us"]),
        ],
    )
    server = Table(
        ("PostgreSQL's CPU for the commits", "µs an event"),
        [(says, result["commit"][name]["postgres_us"]) for name, says in LEFT_OUT.items()],
    )
    taken = f"{result['events']:,} facts in batches of {BATCH:,}, {result['rounds']} rounds"
    sizes = f"a verdict's row has {result['row_bytes']} bytes, the states {result['state_bytes']} an event"
    return Report((client, server), notes=(f"{taken}; {sizes}.",))


BENCHMARK: Final = Benchmark("anatomy", measure, report)

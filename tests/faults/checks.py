"""What must hold at the end, whatever was killed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from subprocess import Popen

from arus_runtime.log import Record
from arus_runtime.testing import decoded

from .conftest import Ground
from .workers import IN, OUT, SERVICE


def once(records: Sequence[Record]) -> list[Record]:
    """Return records as a reader sees them that keeps the highest sequence per source and partition."""
    seen: dict[tuple[int, bytes], int] = defaultdict(lambda: -1)
    kept: list[Record] = []
    for record in records:
        headers = dict(record.headers)
        origin, sequence = (record.partition, headers["ce_source"]), int(headers["ce_sequence"])
        if sequence > seen[origin]:
            seen[origin] = sequence
            kept.append(record)
    return kept


def results(ground: Ground, name: str) -> list[object]:
    """Return a worker's rows and states, without its name."""
    rows = f"select src_part, src_off, src_idx, fact_id, length, checksum, value from {name} order by 1, 2, 3"
    states = "select key, page, value from state where worker = %s order by 1, 2"
    return [*ground.query(rows), *ground.query(states, name)]


def differences(ground: Ground, name: str, other: str) -> int:
    """Return how many rows and states only one of two workers has."""
    ours, theirs = (Counter(results(ground, each)) for each in (name, other))
    return (ours - theirs).total() + (theirs - ours).total()


async def facts_told_wrongly(ground: Ground) -> int:
    """Return how many facts of the book a reader of its events misses, sees twice, or sees out of order."""
    source = f"/arus/{SERVICE}".encode()
    ours = [event for event in await ground.records(IN) if dict(event.headers)["ce_source"] == source]
    events = [(event.key, decoded(event)) for event in once(ours)]
    told = Counter((event.transaction_id, event.volume_ul) for _, event in events)
    kept = Counter[tuple[str, int]](ground.query("select id, version from facts"))
    versions: dict[bytes | None, list[int]] = defaultdict(list)
    for key, event in events:
        versions[key].append(event.volume_ul)
    swapped = sum(of != list(range(1, len(of) + 1)) for of in versions.values())
    return (told - kept).total() + (kept - told).total() + swapped


async def verdicts_told_wrongly(ground: Ground, name: str) -> int:
    """Return how many verdicts of a worker a reader misses, sees twice, or sees out of their key's order."""
    source = f"/arus/{SERVICE}/{name}/".encode()
    events = [e for e in await ground.records(OUT) if dict(e.headers)["ce_source"].startswith(source)]
    told = [(event.key, decoded(event)) for event in once(events)]
    kept = Counter[str](ground.query(f"select fact_id from {name}"))
    seen = Counter(event.fact_id for _, event in told)
    places: dict[bytes | None, list[int]] = defaultdict(list)
    for key, event in told:
        places[key].append(event.history_count)
    swapped = sum(of != list(range(1, len(of) + 1)) for of in places.values())
    return (seen - kept).total() + (kept - seen).total() + swapped


def moved_on(ground: Ground, name: str, *, events: int, facts: int) -> Callable[[], bool]:
    """Return what tells whether a worker has taken so many more events, and the book so many more facts."""
    count = "select count(*) from facts"
    taken, kept = ground.progress(name), ground.query(count)[0]
    return lambda: ground.progress(name) >= taken + events and ground.query(count)[0] >= kept + facts


async def unlike_calm(ground: Ground, name: str, door: Popen[bytes]) -> tuple[int, list[int]]:
    """Stop the door, let a worker finish and a calm one fold the same.

    Returns how many events there are, and how many differ: rows and states, facts told, verdicts told.
    """
    door.kill()
    door.wait()
    await ground.until(lambda: ground.query("select count(*) from outbox") == [0])
    wanted = await ground.wanted()
    ground.start("worker", "calm")
    await ground.until(lambda: ground.progress("calm") == ground.progress(name) == wanted)
    await ground.until(lambda: ground.unpublished(name) == 0)
    return wanted, [
        differences(ground, name, "calm"),
        await facts_told_wrongly(ground),
        await verdicts_told_wrongly(ground, name),
    ]

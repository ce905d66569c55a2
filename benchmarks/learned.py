"""The second opinion beside the first one, and beside river's half-space trees, on the same facts.

fuel      judges the facts; what its relay publishes is what the others read
learned   opinion, state, incident and outgoing events of each verdict, committed
river     the verdicts' volumes scored by trees of their key, in memory only, and the score by COPY
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Final

from arus_anomaly import handlers
from arus_runtime.lanes import PostgresLanes
from arus_runtime.relay import Relay
from ground import Ground, facts, ground, one_value, seed
from harness import Benchmark, Length, Report, Result, Table, in_turn, median, spread
from stream import worked

ROUNDS: Final = {Length.FULL: 3, Length.QUICK: 2}
EVENTS: Final = {Length.FULL: 400_000, Length.QUICK: 30_000}
A_KEY: Final = 200
"""Facts of a key, one a day: from the 21st on the detector says more than that it is learning."""
RIVER_SHARE: Final = 5
PUBLISHED_S: Final = 600.0
PEERS: Final = {
    "fuel": "**the worker `fuel`**: verdict, state and outgoing event, committed",
    "learned": "**the worker `learned`**: opinion, state, incidents and outgoing events, committed",
    "river": "aiokafka, river's half-space trees of each key in memory, COPY of the score; a fifth",
}
_UNPUBLISHED: Final = """
select count(*) from anomaly.verdicts v left join anomaly.published p
    on p.worker = 'fuel' and p.partition = v.src_part
where (v.src_off, v.src_idx) > (coalesce(p.src_off, -1), coalesce(p.src_idx, -1))
"""


def measure(length: Length) -> Result:
    """Judge facts, publish the verdicts, and let each read them in turn."""
    events = EVENTS[length]
    with ground() as on:
        seed(on, facts(events, events // A_KEY))
        url = on.database("anomaly")
        worked(on, url, events)
        asyncio.run(_published(on, url))
        said: dict[str, int] = {}

        def opinions() -> Mapping[str, float]:
            own = on.database("anomaly")
            found = worked(on, own, events, worker="learned")
            said.update(
                {
                    what: one_value(own, f"select count(*) from anomaly.{what}")
                    for what in ("opinions", "incidents")
                }
            )
            return found

        rounds = in_turn(
            ROUNDS[length],
            {
                "fuel": lambda: worked(on, on.database("anomaly"), events),
                "learned": opinions,
                "river": lambda: on.run("peers.py", "river", str(events // RIVER_SHARE), url=on.database()),
            },
        )
    assert said["opinions"] == events, said

    def over(one: str, other: str) -> list[float]:
        return [found[one]["cpu_us"] / found[other]["cpu_us"] for found in rounds]

    return {
        "events": events,
        "keys": events // A_KEY,
        "rounds": ROUNDS[length],
        "incidents": said["incidents"],
        "cpu_over_fuel": round(median(over("learned", "fuel")), 2),
        "river_cpu_over_learned": round(median(over("river", "learned")), 2),
        "peers": {
            peer: {what: spread([found[peer][what] for found in rounds]) for what in rounds[0][peer]}
            for peer in PEERS
        },
    }


async def _published(on: Ground, url: str) -> None:
    """Let the relay publish every verdict."""
    stop = asyncio.Event()
    lanes = PostgresLanes(url, "anomaly", [handlers.fuel])
    relay = asyncio.create_task(Relay("anomaly", lanes, on.log.producer()).run(stop))
    deadline = time.monotonic() + PUBLISHED_S
    while await asyncio.to_thread(one_value, url, _UNPUBLISHED):
        assert not relay.done(), relay.exception()
        assert time.monotonic() < deadline, f"not published within {PUBLISHED_S} s"
        await asyncio.sleep(0.2)
    stop.set()
    await relay


def report(result: Result) -> Report:
    """Return the workers and their peer side by side."""
    figures = ("events_per_s", "cpu_us", "postgres_us", "kafka_us", "peak_mb")
    peers = Table(
        ("", "events/s", "client CPU µs an event", "PostgreSQL µs", "Kafka µs", "client MB"),
        [(says, *(result["peers"][peer].get(figure) for figure in figures)) for peer, says in PEERS.items()],
    )
    taken = f"{result['events']:,} facts, about one a day of each of {result['keys']:,} keys"
    found = (
        f"{result['rounds']} rounds in turn: the median (lowest–highest); {result['incidents']:,} incidents"
    )
    ratio = (
        f"An opinion takes {result['cpu_over_fuel']:g} × the client CPU of a verdict; half-space trees, which"
        f" keep nothing and say a score only, {result['river_cpu_over_learned']:g} × that of an opinion."
    )
    return Report((peers,), notes=(f"{taken}, {found}.", ratio))


BENCHMARK: Final = Benchmark("learned", measure, report)

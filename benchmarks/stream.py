"""The worker against its peers, on one broker and one database.

ours           one process judges and commits everything; ours_2: two processes share the partitions
ours_cold      a million keys, each of which has a state that is not in memory
Ratios are taken within a round. faust counts only when its take + COPY reaches a tenth of aiokafka + COPY.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

import psycopg
from ground import FIRST_DAY, PARTITIONS, Ground, facts, first_facts, ground, measured, seed, together
from harness import (
    Benchmark,
    Chart,
    Length,
    Report,
    Result,
    Spread,
    Table,
    Target,
    in_turn,
    median,
    spread,
)

ROUNDS: Final = {Length.FULL: 3, Length.QUICK: 3}
EVENTS: Final = {Length.FULL: 1_000_000, Length.QUICK: 60_000}
SLOW_SHARE: Final = 5  # faust and quixstreams read a fifth of the facts, or a round would take minutes
FAUST_IS_FAIR: Final = 0.1
PEERS: Final = {
    "ours": "**this worker**: verdict, state and outgoing event, committed",
    "ours_2": "**this worker**, two processes",
    "ours_new": "**this worker**, as many keys as events, each new",
    "ours_cold": "**this worker**, the same keys again, no state in memory",
    "unjudged": "same client and packed COPY, nothing concluded",
    "aiokafka": "aiokafka + psycopg COPY by their manuals",
    "executemany": "aiokafka + psycopg `executemany`",
    "quixstreams": "quixstreams sink + COPY, a fifth of the facts",
    "faust": "faust `take` + COPY, a fifth of the facts",
    "copy": "COPY of the facts as ready rows, with a primary key",
    "results": "COPY of the very rows the worker commits, with their primary key alone",
}
_DONE: Final = b"select coalesce(sum(next_offset), 0) from anomaly.progress where worker = %s"


def worked(
    on: Ground, url: str, events: int, *, processes: int = 1, start: int = 0, worker: str = "fuel"
) -> Mapping[str, float]:
    """Let a worker's processes take the events that lie from start on, and return what they reached."""
    with on.cpu() as spent, psycopg.connect(url, autocommit=True) as connection:
        command = ("worker_peer.py", worker, str(PARTITIONS // processes))
        peers = [on.start(*command, url=url) for _ in range(processes)]
        while all(peer.poll() is None for peer in peers):
            row = connection.execute(_DONE, (worker,)).fetchone()
            if row and row[0] >= start + events:
                break
            time.sleep(0.05)
        for peer in peers:
            peer.send_signal(signal.SIGTERM)
        found = [measured(peer) for peer in peers]
    return together(found, spent)


def measure(length: Length) -> Result:
    """Run every peer in turn, then the worker over as many keys as events."""
    events = EVENTS[length]
    with ground() as on:
        seed(on, facts(events))
        url = ""

        def ours() -> Mapping[str, float]:
            nonlocal url
            url = on.database("anomaly")
            return worked(on, url, events)

        def plain(name: str) -> Mapping[str, float]:
            return on.run("peers.py", name, str(events), url=url if name == "results" else on.database())

        slow = str(events // SLOW_SHARE)
        rounds = in_turn(
            ROUNDS[length],
            {
                "ours": ours,
                "results": lambda: plain("results"),
                "ours_2": lambda: worked(on, on.database("anomaly"), events, processes=2),
                "unjudged": lambda: plain("unjudged"),
                "aiokafka": lambda: plain("aiokafka"),
                "executemany": lambda: plain("executemany"),
                "quixstreams": lambda: on.run("quix_peer.py", slow, url=on.database()),
                "faust": lambda: on.run(
                    "faust_peer.py", "worker", "--without-web", "--loglevel=error",
                    url=on.database(), ARUS_BENCH_COUNT=slow,
                ),
                "copy": lambda: plain("copy"),
            },
        )  # fmt: skip
    found, many = summary(rounds), many_keys(events)
    found["peers"] |= many
    cold = many["ours_cold"]["events_per_s"]["median"]
    return {
        "events": events,
        "rounds": ROUNDS[length],
        **found,
        "ours_cold_over_ours": round(cold / found["ours_events_per_s"], 3),
    }


def many_keys(keys: int) -> dict[str, Mapping[str, Spread]]:
    """Return what the worker reaches when every key is new, and when no state is in memory, once each."""
    with ground() as on:
        url = on.database("anomaly")
        seed(on, first_facts(keys))
        new = worked(on, url, keys)
        seed(on, facts(keys, keys, FIRST_DAY + timedelta(days=1), begin=keys))
        cold = worked(on, url, keys, start=keys)
    in_turn(1, {"ours_new": lambda: new, "ours_cold": lambda: cold})  # says them
    return {
        name: {what: spread([value]) for what, value in one.items()}
        for name, one in (("ours_new", new), ("ours_cold", cold))
    }


def summary(rounds: Sequence[Mapping[str, Mapping[str, float]]]) -> Result:
    """Return what is reported of the rounds."""

    def over(one: str, other: str) -> list[float]:
        return [found[one]["events_per_s"] / found[other]["events_per_s"] for found in rounds]

    faust_is_valid = median(over("faust", "aiokafka")) >= FAUST_IS_FAIR
    ratios: dict[str, list[float]] = {
        "ours_over_copy": over("ours", "copy"),
        "ours_over_copy_of_results": over("ours", "results"),
        "ours_over_unjudged": over("ours", "unjudged"),
        "ours_over_aiokafka": over("ours", "aiokafka"),
        "ours_over_executemany": over("ours", "executemany"),
        "ours_over_quixstreams": over("ours", "quixstreams"),
        "ours_over_faust_as_run": over("ours", "faust"),
        "faust_over_aiokafka": over("faust", "aiokafka"),
        "two_processes_over_one": over("ours_2", "ours"),
    }
    peers = {
        peer: {what: spread([found[peer][what] for found in rounds]) for what in rounds[0][peer]}
        for peer in rounds[0]
    }
    found: Result = {
        "ours_events_per_s": round(peers["ours"]["events_per_s"]["median"]),
        "ours_cpu_us": peers["ours"]["cpu_us"]["median"],
        "ours_postgres_us": peers["ours"]["postgres_us"]["median"],
        **{name: round(median(values), 3) for name, values in ratios.items()},
        "spreads": {name: spread(values, 3) for name, values in ratios.items()},
        "peers": peers,
    }
    found["ours_over_faust"] = found["ours_over_faust_as_run"] if faust_is_valid else None
    return found


def report(result: Result) -> Report:
    """Return the peers side by side, and the ratios."""
    figures = ("events_per_s", "cpu_us", "postgres_us", "kafka_us", "peak_mb")
    peers = Table(
        ("", "events/s", "client CPU µs an event", "PostgreSQL µs", "Kafka µs", "client MB"),
        [
            (says, *(result["peers"][peer].get(figure) for figure in figures))
            for peer, says in PEERS.items()
            if peer in result["peers"]
        ],
    )
    spreads = result["spreads"]
    ratios = Table(
        ("this worker's rate, over that of", "ratio", "in the JSON"),
        [
            (says, spreads[name], f"`{name}`")
            for name, says in (
                ("ours_over_unjudged", "the same client when nothing is concluded"),
                ("ours_over_aiokafka", "aiokafka + COPY, nothing concluded"),
                ("ours_over_executemany", "aiokafka + `executemany`, nothing concluded"),
                ("ours_over_quixstreams", "quixstreams + COPY, nothing concluded"),
                ("ours_over_faust_as_run", "faust + COPY, nothing concluded"),
                ("ours_over_copy", "raw COPY of the **facts'** rows: less than it writes"),
                ("ours_over_copy_of_results", "raw COPY of the **very rows it commits**, made beforehand"),
            )
        ],
    )
    taken = f"{result['events']:,} facts, {result['rounds']} rounds in turn: the median (lowest–highest)."
    ready = (
        "COPY of ready rows needs no Kafka, no judging, no state, no offset and no index but the primary key:"
    )
    notes = [
        f"{taken} Ratios are taken within a round. As many keys as events: measured once.",
        f"{ready} nothing that works can reach it.",
    ]
    if result["ours_over_faust"] is None:
        notes.append(
            f"faust reached {result['faust_over_aiokafka']:.2f} of aiokafka + COPY here, below the tenth from"
            " which it is taken as fairly set up: the ratio above is as run and counts for no promise."
        )
    bars = {
        _plain(says): result["peers"][peer]["events_per_s"]["median"]
        for peer, says in PEERS.items()
        if peer in result["peers"]
    }
    return Report((peers, ratios), Chart("Events a second, committed", bars), notes)


def _plain(says: str) -> str:
    return says.replace("**", "").replace("`", "")


BENCHMARK: Final = Benchmark(
    "stream",
    measure,
    report,
    (
        Target("ours_events_per_s", ">=", 40_000, "events a second of one process"),
        Target("ours_cpu_us", "<=", 20, "client CPU, µs an event", by_the_clock=False),
        Target("ours_postgres_us", "<=", 10, "PostgreSQL CPU, µs an event", by_the_clock=False),
        Target("ours_over_faust", ">=", 10, "times faust"),
        Target("ours_over_unjudged", ">=", 0.5, "of the same client when nothing is concluded"),
        Target("ours_over_copy", ">=", 0.3, "of raw COPY of the facts' rows"),
        Target("two_processes_over_one", ">=", 1.6, "two processes over one"),
    ),
)

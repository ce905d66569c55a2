"""Both clients of Kafka behind the port, side by side: publish facts, then read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ground import ground
from harness import Benchmark, Length, Report, Result, Table, in_turn, spread

ROUNDS: Final = {Length.FULL: 3, Length.QUICK: 2}
RECORDS: Final = {Length.FULL: 200_000, Length.QUICK: 50_000}
CLIENTS: Final = ("aiokafka", "confluent")
WAYS: Final = ("publish", "consume")  # the first publication fills the topic for the first reading


def measure(length: Length) -> Result:
    """Let each client publish and consume in turn; ratios are taken within a round."""
    records = RECORDS[length]
    with ground() as on:

        def one(client: str, way: str) -> Mapping[str, float]:
            return on.run("log_peer.py", client, way, str(records), url="")

        rounds = in_turn(
            ROUNDS[length],
            {
                f"{way} {client}": lambda client=client, way=way: one(client, way)
                for way in WAYS
                for client in CLIENTS
            },
        )
    peers = {
        name: {what: spread([found[name][what] for found in rounds]) for what in rounds[0][name]}
        for name in rounds[0]
    }
    ratios = {
        way: spread(
            [
                found[f"{way} confluent"]["events_per_s"] / found[f"{way} aiokafka"]["events_per_s"]
                for found in rounds
            ],
            3,
        )
        for way in WAYS
    }
    return {
        "records": records,
        "rounds": ROUNDS[length],
        **{way: {client: peers[f"{way} {client}"] for client in CLIENTS} for way in WAYS},
        "confluent_over_aiokafka": {way: ratio["median"] for way, ratio in ratios.items()},
        "spreads": ratios,
    }


def report(result: Result) -> Report:
    """Return both clients side by side."""
    rows = [
        (f"{way}, {client}", *(result[way][client][what] for what in ("events_per_s", "cpu_us", "peak_mb")))
        for way in WAYS
        for client in CLIENTS
    ]
    ratios = ", ".join(f"{way} {result['confluent_over_aiokafka'][way]:.2f}" for way in WAYS)
    return Report(
        (Table(("", "records/s", "client CPU µs a record", "client MB"), rows),),
        notes=(f"confluent-kafka's rate over aiokafka's, within a round: {ratios}.",),
    )


BENCHMARK: Final = Benchmark("log", measure, report)

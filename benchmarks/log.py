"""Measure both clients of Kafka behind the port, side by side: python benchmarks/log.py [--count N].

Each round runs every client and way once, in turn; ratios are taken within a round and their median reported.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ground import ground, median, write

ROUNDS: Final = 3
CLIENTS: Final = ("aiokafka", "confluent")
WAYS: Final = ("publish", "consume")

Round = Mapping[tuple[str, str], Mapping[str, Any]]


def summary(rounds: Sequence[Round]) -> dict[str, Any]:
    """Return what is reported of the rounds."""

    def of(client: str, way: str) -> dict[str, float]:
        return {
            what: round(median(one[client, way][what] for one in rounds), 2)
            for what in rounds[0][client, way]
        }

    def ratio(way: str) -> float:
        return round(
            median(
                one["confluent", way]["events_per_s"] / one["aiokafka", way]["events_per_s"] for one in rounds
            ),
            3,
        )

    return {
        **{way: {client: of(client, way) for client in CLIENTS} for way in WAYS},
        "confluent_over_aiokafka": {way: ratio(way) for way in WAYS},
        "rounds": len(rounds),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure both clients of Kafka behind the port.")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--count", type=int, default=200_000)
    given = parser.parse_args()
    rounds: list[Round] = []
    with ground() as on:
        for _ in range(given.rounds):
            found: dict[tuple[str, str], Mapping[str, Any]] = {}
            for way in WAYS:  # the first publication fills the topic for the first reading
                for client in CLIENTS:
                    found[client, way] = measured = on.run(
                        "log_peer.py", client, way, str(given.count), url=""
                    )
                    sys.stderr.write(
                        f"{client:>9} {way}: {measured['events_per_s']:>8.0f}/s {measured['cpu_us']:>5.1f} µs"
                        f" {measured['peak_mb']} MB\n"
                    )
            rounds.append(found)
    write("log", {**summary(rounds), "records": given.count})


if __name__ == "__main__":
    main()

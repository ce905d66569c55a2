"""Measure the worker against its peers on one broker and one database: python benchmarks/stream.py [--quick].

Each round runs every peer once, in turn, so that a noisy neighbour meets them all; ratios are taken within a
round and their median is reported. faust counts only when its take + COPY reaches a tenth of aiokafka + COPY.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from typing import Any, Final

from ground import Ground, ground, median, seed, write

ROUNDS: Final = 3
FAUST_SHARE: Final = 5  # faust reads a fifth of the facts, or a round would take minutes
FAUST_IS_FAIR: Final = 0.1
TARGETS: Final = {"ours_over_faust": (">=", 8.0), "ours_over_copy": (">=", 0.3), "ours_cpu_us": ("<=", 20.0)}

Round = Mapping[str, Mapping[str, Any]]


def one_round(on: Ground, count: int) -> Round:
    """Run every peer once."""
    found: dict[str, Mapping[str, Any]] = {}
    for peer in ("ours", "unjudged", "aiokafka", "copy", "faust"):
        url = on.database("anomaly") if peer == "ours" else on.database()
        if peer == "faust":
            words = ("faust_peer.py", "worker", "--without-web", "--loglevel=error")
            events = count // FAUST_SHARE
            measured = on.run(*words, url=url, ARUS_BENCH_COUNT=str(events))
        else:
            events = count
            measured = on.run("peers.py", peer, str(count), url=url)
        servers = {f"{name}_us": measured[f"{name}_cpu_s"] / events * 1e6 for name in ("postgres", "kafka")}
        found[peer] = {what: measured[what] for what in ("events_per_s", "cpu_us", "peak_mb")} | servers
        sys.stderr.write(
            f"{peer:>9}: {measured['events_per_s']:>8.0f}/s {measured['cpu_us']:>6.1f} µs"
            f" (PostgreSQL {servers['postgres_us']:.1f}, Kafka {servers['kafka_us']:.1f})\n"
        )
    return found


def summary(rounds: list[Round]) -> dict[str, Any]:
    """Return what is reported of the rounds."""

    def over(ours: str, theirs: str) -> float:
        return round(median(one[ours]["events_per_s"] / one[theirs]["events_per_s"] for one in rounds), 3)

    def of(peer: str, what: str) -> float:
        return round(median(one[peer][what] for one in rounds), 2)

    faust_is_valid = over("faust", "aiokafka") >= FAUST_IS_FAIR
    return {
        "ours_events_per_s": round(of("ours", "events_per_s")),
        "ours_cpu_us": of("ours", "cpu_us"),
        "ours_over_faust": over("ours", "faust") if faust_is_valid else None,
        "ours_over_copy": over("ours", "copy"),
        "ours_over_unjudged": over("ours", "unjudged"),
        "ours_over_aiokafka": over("ours", "aiokafka"),
        "faust_over_aiokafka": over("faust", "aiokafka"),
        "peers": {peer: {what: of(peer, what) for what in rounds[0][peer]} for peer in rounds[0]},
        "rounds": len(rounds),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the worker against its peers.")
    parser.add_argument("--quick", action="store_true", help="fewer facts")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--count", type=int, default=0)
    given = parser.parse_args()
    count = given.count or (100_000 if given.quick else 400_000)
    with ground() as on:
        seed(on, count)
        rounds = [one_round(on, count) for _ in range(given.rounds)]
    result = {**summary(rounds), "events": count}
    write("stream", result)
    for name, (relation, target) in TARGETS.items():
        value = result[name]
        reached = value is not None and (value >= target if relation == ">=" else value <= target)
        sys.stderr.write(f"{name}: {value} (target {relation} {target}){'' if reached else ' MISSED'}\n")


if __name__ == "__main__":
    main()

"""From a person's request to everyone's screen: how long, hop by hop, and at what cost of CPU."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import uvloop
from harness import Benchmark, Length, Report, Result, Table, Target, in_turn, percentiles, spread
from house import NO_CONSOLE, UNLIMITED, House, Owner, house, newcomer
from load import HOPS, Load, Rate, Seen, send, watched

ROUNDS: Final = {Length.FULL: 3, Length.QUICK: 2}
SECONDS: Final = {Length.FULL: 60.0, Length.QUICK: 10.0}
RATES: Final = (Rate(100), Rate(500), Rate(2_000, facts_per_request=10))
PROMISED: Final = RATES[1]
LOCATIONS: Final = 60
PRODUCTS: Final = 4
WARM_UP_S: Final = 5.0


def measure(length: Length) -> Result:
    """Load the house at each rate in turn."""
    with house({**UNLIMITED, **NO_CONSOLE}) as of:
        owner = newcomer(of.gateway, LOCATIONS, PRODUCTS)
        uvloop.run(_one(of, owner, PROMISED, WARM_UP_S))
        rounds = in_turn(
            ROUNDS[length],
            {
                rate.name: lambda rate=rate: uvloop.run(_one(of, owner, rate, SECONDS[length]))
                for rate in RATES
            },
        )
    found = {
        rate.name: {what: spread([one[rate.name][what] for one in rounds]) for what in rounds[0][rate.name]}
        for rate in RATES
    }
    promised = found[PROMISED.name]
    return {
        "seconds": SECONDS[length],
        "rounds": ROUNDS[length],
        "visible_p99_ms_at_500": promised["visible p99 ms"],
        "cpu_ms_at_500": promised["cpu ms"],
        "rates": found,
    }


async def _one(of: House, owner: Owner, rate: Rate, seconds: float) -> Mapping[str, float]:
    """Return waits in ms from when a fact was due, and CPU ms a fact."""
    seen = Seen()
    async with watched(of, owner, seen):
        before = of.cpu_s()
        await send(of, owner, Load(rate, seconds), seen)
        spent = {name: cpu - before[name] for name, cpu in of.cpu_s().items()}
    facts = len(seen.due)
    return {
        **{
            f"{hop} {name} ms": value
            for hop in HOPS
            for name, value in percentiles(seen.waits_ms(hop)).items()
        },
        "cpu ms": 1e3 * sum(spent.values()) / facts,
        **{f"cpu ms {name}": 1e3 * cpu / facts for name, cpu in spent.items()},
        "facts": facts,
        "requests refused": seen.refused,
        "never visible": seen.missing("visible"),
    }


def report(result: Result) -> Report:
    """Return waits and CPU by rate."""
    rates = result["rates"]
    waits = Table(
        (
            "ms after the request was due",
            *(f"{p} at {rate}" for rate in rates for p in ("p50", "p99", "p99.9")),
        ),
        [
            (hop, *(rates[rate][f"{hop} {p} ms"] for rate in rates for p in ("p50", "p99", "p999")))
            for hop in HOPS
        ],
    )
    parts = [what for what in rates[RATES[0].name] if what.startswith("cpu ms")]
    cpu = Table(
        ("CPU ms a fact", *rates),
        [
            (what.removeprefix("cpu ms").strip() or "**the whole house**", *(rates[r][what] for r in rates))
            for what in parts
        ],
    )
    lost = sum(rates[rate]["never visible"]["high"] for rate in rates)
    refused = sum(rates[rate]["requests refused"]["high"] for rate in rates)
    return Report(
        (waits, cpu),
        notes=(
            (
                f"{result['rounds']} rounds of {result['seconds']:g} s at each rate in turn, by the gateway:"
                " one fact a request at 100/s and 500/s, ten a request at 2,000/s."
            ),
            "The load, and who reads Kafka and the feed for it, run on the same cores.",
            (
                "accepted: answered with 201. published: readable on Kafka. judged: so is its verdict."
                " visible: the verdict came over the WebSocket."
            ),
            f"Requests refused: {refused:g}; facts never visible: {lost:g}.",
        ),
    )


BENCHMARK: Final = Benchmark(
    "latency",
    measure,
    report,
    (
        Target("visible_p99_ms_at_500", "<=", 50, "request → live feed at 500/s, p99 in ms"),
        Target("cpu_ms_at_500", "<=", 2, "CPU of the whole house at 500/s, ms a fact", by_the_clock=False),
    ),
)

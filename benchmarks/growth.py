"""What an event costs when there are many keys or much history, and how much disk it takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

import psycopg
from ground import FIRST_DAY, KEYS, Ground, facts, first_facts, ground, one_value, seed
from harness import Benchmark, Chart, Length, Report, Result, Spread, Table, Target, said, spread
from stream import worked

CHUNKS: Final = 3
EVENTS: Final = {Length.FULL: 100_000, Length.QUICK: 30_000}
"""In each of the chunks that are measured on top of what lies there."""
KEYS_OF: Final = {
    Length.FULL: (1_000, 10_000, 100_000, 1_000_000),
    Length.QUICK: (1_000, 10_000, 100_000),
}
ROWS_OF: Final = {Length.FULL: (0, 1_000_000, 10_000_000), Length.QUICK: (0, 1_000_000)}
MILLION: Final = 1_000_000
# History as it would lie there: the same organisations, places and fuels, earlier in time and in the log.
HISTORY: Final = b"""
insert into anomaly.verdicts (src_part, src_off, src_idx, is_current, tenant_id, fact_id, location_id,
    product_id, domain, business_date, status, judged_at, value, headers)
select n %% 6, n / 6 - %(rows)s, 0, true, 'org-' || lpad((key %% 50)::text, 4, '0'),
    '00' || lpad(n::text, 24, '0'), 'location-' || lpad((key / 4)::text, 6, '0'), 'fuel-' || key %% 4, 'fuel',
    %(last)s::date - ((%(rows)s - n) * 700 / %(rows)s)::int, 1 + (n %% 100 = 0)::int * 2, now(),
    v.value, v.headers
from generate_series(%(start)s::bigint, %(end)s::bigint) n,
    lateral (select (n * 7919) %% %(keys)s as key) k,
    (select value, headers from anomaly.verdicts where src_off >= 0 limit 1) v
"""
STEP: Final = 500_000
SIZES: Final = """
select jsonb_build_object(
    'verdicts', pg_table_size('anomaly.verdicts'), 'indexes of verdicts', pg_indexes_size('anomaly.verdicts'),
    'state', pg_total_relation_size('anomaly.state'))
"""


def measure(length: Length) -> Result:
    """Measure on top of ever more keys, then on top of ever more history."""
    by_keys = {str(keys): _with_keys(keys, EVENTS[length]) for keys in KEYS_OF[length]}
    by_rows = {str(rows): _with_history(rows, EVENTS[length]) for rows in ROWS_OF[length]}
    return {
        "events": EVENTS[length],
        "chunks": CHUNKS,
        "keys_worst_over_best": _flatness(by_keys),
        "rows_worst_over_best": _flatness(by_rows),
        "by_keys": by_keys,
        "by_rows": by_rows,
        "disk_mb_per_million": _disk(EVENTS[length] * CHUNKS),
    }


def _with_keys(keys: int, events: int) -> Mapping[str, Spread]:
    """Return what an event costs when so many keys have a state, none of them in memory at the start."""
    with ground() as on:
        url = on.database("anomaly")
        seed(on, first_facts(keys))
        worked(on, url, keys)
        return _chunks(on, url, events, keys, start=keys)


def _with_history(rows: int, events: int) -> Mapping[str, Spread]:
    """Return what an event costs on top of so many verdicts."""
    with ground() as on:
        url = on.database("anomaly")
        seed(on, facts(KEYS, KEYS))
        worked(on, url, KEYS)  # the first verdict lends the others its event
        with psycopg.connect(url, autocommit=True) as connection:
            for start in range(0, rows, STEP):
                given = {"rows": rows, "start": start, "end": min(rows, start + STEP) - 1}
                connection.execute(HISTORY, {**given, "keys": KEYS, "last": FIRST_DAY})
            connection.execute(b"vacuum analyze anomaly.verdicts")
            connection.execute(b"checkpoint")
        return _chunks(on, url, events, KEYS, start=KEYS)


def _chunks(on: Ground, url: str, events: int, keys: int, start: int) -> Mapping[str, Spread]:
    found: list[Mapping[str, float]] = []
    for number in range(CHUNKS):
        begin = start + number * events
        day = FIRST_DAY + timedelta(days=200 * (number + 1))
        seed(on, facts(events, keys, day, begin=begin))
        found.append(worked(on, url, events, start=begin))
        said(", ".join(f"{what} {value:.4g}" for what, value in found[-1].items()))
    spreads = {what: spread([one[what] for one in found]) for what in found[0]}
    return {**spreads, "cost_us": spread([one["cpu_us"] + one["postgres_us"] for one in found])}


def _flatness(points: Mapping[str, Mapping[str, Spread]]) -> float:
    costs = [point["cost_us"]["median"] for point in points.values()]
    return round(max(costs) / min(costs), 2)


def _disk(events: int) -> Mapping[str, float]:
    """Return how many MB a million events take: in the database, and on Kafka as they came."""
    with ground() as on:
        url = on.database("anomaly")
        seed(on, facts(events))
        worked(on, url, events)
        sizes: dict[str, int] = one_value(url, SIZES)
        return {
            **{what: round(size / events * MILLION / 2**20) for what, size in sizes.items()},
            "facts on Kafka": round(on.kafka_bytes("fuel.transaction.v1") / events * MILLION / 2**20),
        }


def report(result: Result) -> Report:
    """Return costs by keys and by history, and disk."""
    figures = ("cost_us", "cpu_us", "postgres_us", "events_per_s", "peak_mb")
    head = ("client + PostgreSQL, CPU µs an event", "client µs", "PostgreSQL µs", "events/s", "client MB")

    def rows(points: Mapping[str, Mapping[str, Spread]]) -> Sequence[Sequence[str | Spread]]:
        return [(f"{int(at):,}", *(point[figure] for figure in figures)) for at, point in points.items()]

    disk = result["disk_mb_per_million"]
    return Report(
        (
            Table(("keys with a state", *head), rows(result["by_keys"])),
            Table(("verdicts that lie there", *head), rows(result["by_rows"])),
            Table(("disk, MB per million events", ""), [(what, float(mb)) for what, mb in disk.items()]),
        ),
        Chart(
            "CPU µs an event, client and PostgreSQL together",
            {
                **{
                    f"{int(at):,} keys": point["cost_us"]["median"] for at, point in result["by_keys"].items()
                },
                **{
                    f"{int(at):,} verdicts": point["cost_us"]["median"]
                    for at, point in result["by_rows"].items()
                },
            },
        ),
        (
            (
                f"{result['chunks']} chunks of {result['events']:,} events on top of each, taken by a new"
                " process that has no state in memory: the median (lowest–highest)."
            ),
            (
                f"Worst over best: {result['keys_worst_over_best']:.2f} by keys,"
                f" {result['rows_worst_over_best']:.2f} by history; flat is at most 1.25."
            ),
        ),
    )


BENCHMARK: Final = Benchmark(
    "growth",
    measure,
    report,
    (
        Target(
            "keys_worst_over_best",
            "<=",
            1.25,
            "cost of an event, worst over best number of keys",
            by_the_clock=False,
        ),
        Target(
            "rows_worst_over_best",
            "<=",
            1.25,
            "cost of an event, worst over best length of history",
            by_the_clock=False,
        ),
    ),
)

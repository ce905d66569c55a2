"""Measure the learned detector: python benchmarks/detector.py DATA.

DATA is a folder with nab/ (streams) and files whose names begin with their domain, as fuel_daily_synth.csv; a
file named *_clean.csv beside another is its clean counterpart. Throughput is scored facts a second of CPU on
one core. The result goes to benchmarks/results/detector.json, the tables of docs/arsitektur_ml.md to standard
output.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from arus.metering.v1.events_pb2 import RegisterReadRecorded
from arus_anomaly.bench import keyed, streams
from arus_anomaly.codec import meter as codec
from arus_anomaly.handlers.meter import judge as meter_judge
from arus_anomaly.handlers.meter import meter
from arus_anomaly.rules.fuel import Trailing, builtin, judge
from arus_anomaly.rules.learned import detector, many
from arus_anomaly.rules.learned.columns import Memories
from arus_anomaly.rules.learned.detector import Fact, SideInputs
from arus_anomaly.rules.learned.profile import FUEL
from arus_anomaly.rules.learned.shipped import CALIBRATIONS
from arus_anomaly.rules.meter.limits import NO_VERSIONS
from arus_anomaly.state import Fact as Row
from arus_anomaly.state.memory import Memory
from arus_anomaly.state.meter import MeterHistory
from arus_runtime.side_inputs import Known
from arus_runtime.testing import meta

RESULTS: Final = Path(__file__).parent / "results"
SIDE: Final = SideInputs(FUEL, CALIBRATIONS["fuel"])
FIRST_DAY: Final = 739_252
ROUNDS: Final = 3
READS_BEHIND: Final = (0, 3, 12, 24)
MEASURES: Final = ("ap", "precision", "recall", "false_alarms_per_key_month")
STREAM_MEASURES: Final = ("nab_standard", "nab_standard_held_out", "point_ap")


def said(what: str) -> None:
    """Tell a person what happens."""
    sys.stderr.write(f"{what}\n")


def facts_per_s(keys: int, batch: int, batches: int) -> float:
    """Return facts scored a second of CPU, batch by batch: the best of three rounds."""
    chance = np.random.default_rng(1)
    rates: list[float] = []
    for _ in range(ROUNDS):
        memories, spent = Memories.new(keys), 0.0
        for number in range(batches):
            which = chance.permutation(np.arange(batch) % keys)
            days = np.full(batch, FIRST_DAY + number)
            values = chance.lognormal(6.0, 0.2, batch)
            began = time.process_time()
            memories, _ = many.score(memories, which, days, values, SIDE)
            spent += time.process_time() - began
        rates.append(batch * batches / spent)
    return max(rates)


def facts_per_s_one_by_one(count: int) -> float:
    """Return facts scored a second of CPU one after the other, the best of three."""
    values = np.random.default_rng(1).lognormal(6.0, 0.2, count).tolist()
    rates: list[float] = []
    for _ in range(ROUNDS):
        memory = Memory()
        began = time.process_time()
        for day, value in enumerate(values, FIRST_DAY):
            memory, _ = detector.score(memory, Fact(day, value), SIDE)
        rates.append(count / (time.process_time() - began))
    return max(rates)


def facts_per_s_of_the_rule(count: int) -> float:
    """Return facts the contract's rule judges a second of CPU, one after the other, the best of three."""
    litres = np.random.default_rng(1).lognormal(6.0, 0.2, count).tolist()
    facts = [
        Row(day, day.to_bytes(16, "big"), round(value * 1e6)) for day, value in enumerate(litres, FIRST_DAY)
    ]
    rates: list[float] = []
    for _ in range(ROUNDS):
        behind = Trailing()
        began = time.process_time()
        for fact in facts:
            judge(fact, behind.window(fact.day, builtin(fact.id, fact.day)))
            behind.add(fact)
        rates.append(count / (time.process_time() - began))
    return max(rates)


def reads_per_s(customers: int, behind: int) -> float:
    """Return register reads that the meter's worker judges a second of CPU, the best of three.

    Each is the newest of a customer with so many periods behind it, from the state as bytes to the state as
    bytes, the log and the database aside; all periods of the customer are judged again.
    """
    about, nothing = meta(tenant="t", key="t:1"), Known(NO_VERSIONS, 2**47)
    take, rates = meter.handlers[RegisterReadRecorded], list[float]()
    for _ in range(ROUNDS):
        chance, spent = np.random.default_rng(1), 0.0
        for _ in range(customers):
            *before, newest = _reads(chance.normal(20, 5, behind + 1))
            history = MeterHistory({})
            for read in before:
                history = take(history, read, about, nothing)
            stored = codec.dump_meter(meter_judge(history, about, nothing)[0])
            began = time.process_time()
            history = take(codec.load_meter(stored), newest, about, nothing)
            codec.dump_meter(meter_judge(history, about, nothing)[0])
            spent += time.process_time() - began
        rates.append(customers / spent)
    return max(rates)


def _reads(uses_m3: npt.NDArray[np.float64]) -> list[RegisterReadRecorded]:
    told: list[RegisterReadRecorded] = []
    for at, stand_m3 in enumerate(np.cumsum(np.maximum(uses_m3.round(), 0)).astype(int).tolist()):
        read = RegisterReadRecorded(
            tenant_id="t", nomen="1", period=f"{2023 + at // 12}-{at % 12 + 1:02}", rayon="34", is_active=True
        )
        on = date(2023, 1, 14) + timedelta(days=30 * at)
        read.reads.add(
            read_id=f"r{at}", read_date=f"{on}", stand_l=stand_m3 * 1000, read_method="ACTUAL", serial="A"
        )
        told.append(read)
    return told


def throughput() -> dict[str, int]:
    """Return facts a second of CPU: in one large batch, in batches as a worker's, one by one; the rule's."""
    return {
        "batches_of_100000_over_5000_keys": round(facts_per_s(5_000, 100_000, 5)),
        "batches_of_2000_over_1000_keys": round(facts_per_s(1_000, 2_000, 50)),
        "batches_of_2000_over_100_keys": round(facts_per_s(100, 2_000, 20)),
        "batches_of_2000_over_10_keys": round(facts_per_s(10, 2_000, 10)),
        "batches_of_2000_over_1_key": round(facts_per_s(1, 2_000, 10)),
        "one_by_one": round(facts_per_s_one_by_one(20_000)),
        "rule_one_by_one": round(facts_per_s_of_the_rule(50_000)),
        **{
            f"register_reads_with_{behind}_behind": round(reads_per_s(300, behind)) for behind in READS_BEHIND
        },
    }


def quality(data: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what the bench finds on each set of a folder."""
    if (data / "nab").is_dir():
        yield "nab", streams.measured(data / "nab", said)
    for file in sorted(data.glob("*.csv")):
        domain = file.stem.partition("_")[0]
        if domain not in ("fuel", "spend", "meter", "sensor") or file.stem.endswith("_clean"):
            continue
        clean = file.with_stem(f"{file.stem}_clean")
        yield file.stem, keyed.measured(file, domain, clean if clean.exists() else None, said)


def table(results: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Yield the lines of the document's tables."""
    for name, found in results.items():
        columns = STREAM_MEASURES if "nab_standard" in found else MEASURES
        yield f"| {name} | {' | '.join(columns)} |"
        yield "|---" * (1 + len(columns)) + "|"
        rows = {"learned": found, "learned, shipped calibration": found.get("shipped"), **found["peers"]}
        for detector_name, row in rows.items():
            if row:
                yield f"| {detector_name} | {' | '.join(str(row[column]) for column in columns)} |"
        yield ""


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the learned detector.")
    parser.add_argument("data", type=Path, help="folder with nab/ and labelled files")
    data = parser.parse_args().data
    result = {"facts_per_cpu_s": throughput(), **dict(quality(data))}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "detector.json").write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", "utf-8")
    sets = {name: found for name, found in result.items() if name != "facts_per_cpu_s"}
    sys.stdout.write("\n".join(table(sets)) + "\n")
    sys.stdout.write(json.dumps(result["facts_per_cpu_s"], indent=2) + "\n")


if __name__ == "__main__":
    main()

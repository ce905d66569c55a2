"""The largest values that are taken stop no worker; what is larger is parked."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from arus.anomaly.v1.events_pb2 import STATUS_NORMAL, VerdictReached
from arus.fuel.v1.events_pb2 import FuelTransactionRecorded
from arus.metering.v1.events_pb2 import MeterReplaced, PeriodRebilled, RegisterReadRecorded
from arus_anomaly.codec import meter as codec
from arus_anomaly.codec import opinions
from arus_anomaly.codec.verdicts import MOST_UL
from arus_anomaly.handlers.fuel import fuel
from arus_anomaly.handlers.learned import learned
from arus_anomaly.handlers.meter import meter
from arus_runtime.testing import NOON, Bench
from arus_runtime.worker import AnyWorker, Reject
from google.protobuf.message import Message
from ulid import ULID

STANDS = (codec.MOST_L, -codec.MOST_L, codec.MOST_L // 2, 0, 1, -1)


def facts(chance: Random) -> list[Message]:
    days = [date(2024, 1, 1) + timedelta(days=at) for at in range(60)]
    days[chance.randrange(60)] = date(1900, 1, 1)
    days[chance.randrange(60)] = date(2999, 12, 31)
    return [
        FuelTransactionRecorded(
            tenant_id="t",
            transaction_id=str(ULID.from_timestamp(1.7e9 + at)),
            location_id="l",
            product_id="p",
            business_date=day.isoformat(),
            volume_ul=chance.choice((1, MOST_UL, MOST_UL // 2)),
        )
        for at, day in enumerate(days)
    ]


def read(chance: Random, at: int) -> RegisterReadRecorded.Read:
    on = date(2020, 1, 20) + timedelta(days=30 * at)
    said: dict[str, Any] = {
        name: chance.choice(STANDS)
        for name in ("stand_l", "volume_l", "previous_l", "raw_stand_l")
        if chance.random() < 0.5
    }
    found = RegisterReadRecorded.Read(
        read_id=f"r{at}",
        read_date=chance.choice((on.isoformat(),) * 20 + ("1900-01-01", "2999-12-31")),
        serial=chance.choice("AB"),
        multiplier=chance.choice((1, codec.MOST_TIMES)),
        dials=chance.choice((0, 4, codec.MOST_DIALS)),
        **said,
    )
    if chance.random() < 0.2:
        found.replacement.old_final_l, found.replacement.new_start_l = chance.choices(STANDS, k=2)
    return found


def periods(chance: Random) -> list[Message]:
    told: list[Message] = []
    for at in range(40):
        period = f"{2020 + at // 12}-{at % 12 + 1:02}"
        reads = [read(chance, at) for _ in range(chance.choice((1, 1, 2)))]
        told.append(
            RegisterReadRecorded(tenant_id="t", nomen="1", period=period, is_active=True, reads=reads)
        )
        if chance.random() < 0.2:
            delta_l = chance.choice((codec.MOST_REBILLED, -codec.MOST_REBILLED))
            told.append(
                PeriodRebilled(tenant_id="t", nomen="1", period=period, delta_l=delta_l, delta_minor=delta_l)
            )
            old, new = chance.choices(STANDS, k=2)
            told.append(
                MeterReplaced(
                    tenant_id="t", nomen="1", replaced_on="2021-01-01", old_final_l=old, new_start_l=new
                )
            )
    return told


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(
    ("workers", "make", "key"), [([fuel, learned], facts, "t:l:p"), ([meter], periods, "t:1")]
)
async def test_the_largest_values_stop_no_worker(
    workers: Sequence[AnyWorker], make: Any, key: str, seed: int
) -> None:
    async with Bench("anomaly", workers) as bench:
        await bench.feed(*make(Random(seed)), key=key, tenant="t")
    assert [engine.stopped for engine in bench.engines] == [{} for _ in workers]
    assert not [at for at in bench.log.topics if at.topic.endswith(".dlq")]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("stand_l", codec.MOST_L + 1),
        ("volume_l", 2**63 - 1),
        ("previous_l", -(2**63)),
        ("raw_stand_l", codec.MOST_L + 1),
        ("multiplier", codec.MOST_TIMES + 1),
        ("multiplier", -1),
        ("dials", codec.MOST_DIALS + 1),
        ("dials", -1),
        ("read_date", "9999-12-31"),
    ],
)
def test_a_read_beyond_what_meters_count_is_parked(name: str, value: object) -> None:
    said: dict[str, Any] = {"read_date": "2025-01-10", name: value}
    event = RegisterReadRecorded(reads=[RegisterReadRecorded.Read(**said)])
    with pytest.raises(Reject, match="business_date must be" if name == "read_date" else f"{name} must be"):
        codec.reads(event, NOON)


def test_other_values_of_a_meter_beyond_the_largest_are_parked() -> None:
    with pytest.raises(Reject, match="old_final_l must be"):
        codec.changed(MeterReplaced(replaced_on="2025-01-10", old_final_l=2**63 - 1))
    with pytest.raises(Reject, match="delta_minor must be"):
        codec.rebilling(PeriodRebilled(delta_minor=2**63 - 1))
    with pytest.raises(Reject, match="period must be"):
        codec.number("9999-12")


def test_a_verdict_on_a_volume_beyond_the_largest_is_parked_by_the_second_opinion() -> None:
    with pytest.raises(Reject, match="volume_ul > 0 and <= 1000000000000000"):
        opinions.seen(VerdictReached(status=STATUS_NORMAL, volume_ul=MOST_UL + 1))

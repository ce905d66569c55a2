"""What the services' own workers are fed: streams in which order matters, some of it late or said again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random

from arus.anomaly.v1.events_pb2 import (
    INCIDENT_CHANGE_CLOSED,
    INCIDENT_CHANGE_ESCALATED,
    INCIDENT_CHANGE_OPENED,
    INCIDENT_CHANGE_UPDATED,
    SEVERITY_CRITICAL,
    SEVERITY_WARNING,
    STATUS_ANOMALI,
    STATUS_NORMAL,
    IncidentChanged,
    VerdictReached,
)
from arus.fuel.v1.events_pb2 import (
    FuelTransactionCorrected,
    FuelTransactionRecorded,
    FuelTransactionVoided,
)
from arus.imports.v1.events_pb2 import ImportChunkPublished, ImportWithdrawn
from arus.metering.v1.events_pb2 import RegisterReadRecorded
from arus_runtime.ids import derived_id
from arus_runtime.log import Message
from arus_runtime.testing import message
from ulid import ULID

KEYS = 60
FIRST = datetime(2025, 1, 6, tzinfo=UTC)
UL = 1_000_000
LATE = 0.2
CHUNKS, ROWS = 4, 20
TYPES = ("MC", "SBRS", "COLLECTION", "MAINBILL")


def fact_id(number: int) -> str:
    at_ms = int(FIRST.timestamp() * 1000) + number
    return str(ULID.from_bytes(at_ms.to_bytes(6, "big") + number.to_bytes(10, "big")))


def volumes(chance: Random) -> Iterator[float]:
    """Yield litres around 300, a few of them three times as much."""
    while True:
        yield 300 * chance.lognormvariate(0, 0.1) * (3 if chance.random() < 0.04 else 1)


def facts(source: str, count: int) -> Iterator[Message]:
    """Yield fuel facts: of half the keys in order, of the others some late, corrected or voided."""
    chance = Random(7)
    litres = volumes(chance)
    said: dict[int, list[FuelTransactionRecorded]] = {key: [] for key in range(KEYS)}
    for number in range(count):
        key = number % KEYS
        tenant, behind = ("late" if key % 2 else "orderly"), said[key]
        names = {"tenant_id": tenant, "location_id": f"L{key}", "product_id": "P"}
        event: FuelTransactionRecorded | FuelTransactionCorrected | FuelTransactionVoided
        turn = chance.random() if tenant == "late" and behind else 1.0
        if turn < 0.05:
            event = FuelTransactionVoided(transaction_id=behind.pop().transaction_id, **names)
        elif turn < 0.15:
            event = FuelTransactionCorrected(
                transaction_id=behind[-1].transaction_id,
                business_date=behind[-1].business_date,
                volume_ul=round(next(litres) * UL),
                **names,
            )
        else:
            back = chance.randint(1, 20) if turn < 0.15 + LATE else 0
            event = FuelTransactionRecorded(
                transaction_id=fact_id(number),
                business_date=(FIRST + timedelta(days=number // KEYS - back)).date().isoformat(),
                volume_ul=round(next(litres) * UL),
                **names,
            )
            behind.append(event)
        yield message(
            event, key=f"{tenant}:L{key}:P", tenant=tenant, source=source, sequence=number, at=FIRST
        )


def verdicts(source: str, count: int) -> Iterator[Message]:
    """Yield the rule's verdicts: of half the keys in order, of the others some late and some said again."""
    chance = Random(7)
    said: dict[int, list[VerdictReached]] = {key: [] for key in range(KEYS)}
    for number, litres in zip(range(count), volumes(chance), strict=False):
        key = number % KEYS
        tenant, behind = ("late" if key % 2 else "orderly"), said[key]
        verdict = VerdictReached(
            tenant_id=tenant,
            domain="fuel",
            fact_id=fact_id(number),
            location_id=f"L{key}",
            product_id="P",
            business_date=(FIRST + timedelta(days=number // KEYS)).date().isoformat(),
            status=STATUS_ANOMALI if litres > 450 else STATUS_NORMAL,
            volume_ul=round(litres * UL),
        )
        if tenant == "late" and behind and chance.random() < LATE:
            earlier = behind[-chance.randint(1, min(len(behind), 20))]
            verdict.business_date = earlier.business_date
            if chance.random() < 0.5:
                verdict.fact_id = earlier.fact_id
        behind.append(verdict)
        yield message(
            verdict, key=f"{tenant}:L{key}:P", tenant=tenant, source=source, sequence=number, at=FIRST
        )


def reads(source: str, count: int) -> Iterator[Message]:
    """Yield register reads, month after month; some are recorded again with another stand."""
    chance = Random(7)
    stands = dict.fromkeys(range(KEYS), 1_000_000)
    for number in range(count):
        key, month = number % KEYS, number // KEYS
        if chance.random() < LATE:
            month = max(0, month - chance.randint(1, 6))
        stands[key] += chance.randint(0, 40) * 1_000 * (10 if chance.random() < 0.04 else 1)
        on = date(2000 + month // 12, month % 12 + 1, 20)
        event = RegisterReadRecorded(
            tenant_id="t", nomen=f"{key}", period=f"{on:%Y-%m}", rayon="34", usage_class="2A", is_active=True
        )
        event.reads.add(
            read_id=f"r{number}",
            read_date=on.isoformat(),
            stand_l=stands[key],
            serial="A",
            read_method="ESTIMATE" if chance.random() < 0.1 else "ACTUAL",
        )
        yield message(event, key=f"t:{key}", tenant="t", source=source, sequence=number, at=FIRST)


def chunks(source: str, count: int) -> Iterator[Message]:
    """Yield the chunks of imports, of own customers each: one comes twice, each third import is undone."""
    for number in range(count):
        of, turn = divmod(number, CHUNKS + 2)
        type_ = TYPES[of % len(TYPES)]
        import_id, period = fact_id(of), "2025-01"
        event: ImportChunkPublished | ImportWithdrawn
        if turn > CHUNKS and of % 3 == 0:
            event = ImportWithdrawn(tenant_id="t", import_id=import_id, type=type_, period=period)
        else:
            part = turn % CHUNKS
            event = ImportChunkPublished(
                tenant_id="t", import_id=import_id, type=type_, period=period, chunk=part + 1, chunks=CHUNKS
            )
            for line in range(part * ROWS, (part + 1) * ROWS):
                nomen = f"{of}-{line}"
                event.rows.add(
                    row_id=derived_id(import_id, str(line)),
                    number=line,
                    key=nomen,
                    hash=nomen,
                    fields={
                        "nomen": nomen,
                        "name": f"Pelanggan {nomen}",
                        "rayon": "34",
                        "kubikasi": "25",
                        "target_mc": "500000",
                        "stand_akhir": f"{1_000 + line}",
                        "payment_date": "2025-01-05" if line % 7 else "",
                        "amount": "500000",
                    },
                )
        yield message(event, key=f"t:{import_id}", tenant="t", source=source, sequence=number, at=FIRST)


def incidents(source: str, count: int) -> Iterator[Message]:
    """Yield incidents that open, are updated, become worse and close; each fourth is history."""
    course = (
        (INCIDENT_CHANGE_OPENED, SEVERITY_WARNING),
        (INCIDENT_CHANGE_UPDATED, SEVERITY_WARNING),
        (INCIDENT_CHANGE_ESCALATED, SEVERITY_CRITICAL),
        (INCIDENT_CHANGE_CLOSED, SEVERITY_CRITICAL),
    )
    for number in range(count):
        key, turn = number % KEYS, number // KEYS
        change, severity = course[turn % len(course)]
        incident = turn // len(course)
        event = IncidentChanged(
            tenant_id="t",
            incident_id=fact_id(incident * KEYS + key),
            domain="fuel",
            location_id=f"L{key}",
            product_id="P",
            change=change,
            severity=severity,
            last_date=date(2025, 1, 6).isoformat(),
            is_history=incident % 4 == 3,
            import_id=f"import-{key}-{incident}" if incident % 4 == 3 else "",
        )
        yield message(event, key=f"t:L{key}:P", tenant="t", source=source, sequence=number, at=FIRST)

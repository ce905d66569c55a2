"""Register reads from the wire, histories of customers as bytes, and verdicts on them as messages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import lru_cache
from hashlib import blake2b
from operator import attrgetter
from typing import Any, Final
from zlib import crc32

import orjson
from arus.anomaly.v1.events_pb2 import (
    METER_KIND_ESTIMASI,
    METER_KIND_EXTREME,
    METER_KIND_NEGATIVE,
    METER_KIND_REBILL,
    METER_KIND_SALAH_CATAT,
    METER_KIND_TURUN,
    METER_KIND_ZERO,
    MeterKind,
    MeterVerdictReached,
    MeterVerdictWithdrawn,
)
from arus.metering.v1.events_pb2 import (
    MeterReplaced,
    MeterReplacementWithdrawn,
    PeriodRebilled,
    RegisterReadRecorded,
    RegisterReadWithdrawn,
)
from arus_runtime.wire import Encoded
from arus_runtime.worker import Reject
from google.protobuf.message import Message

from arus_anomaly.codec.keys import YEARS, business_date, dated, instant_ms, milliseconds, ordinal
from arus_anomaly.rules.meter import DEFAULTS, RULE, Judgement, Kind, Tag
from arus_anomaly.rules.meter.changes import Changes
from arus_anomaly.rules.meter.findings import counts
from arus_anomaly.rules.meter.opinions import Seen
from arus_anomaly.rules.meter.register import Level, Register
from arus_anomaly.rules.meter.usage import Use
from arus_anomaly.state.meter import (
    Changed,
    KnownPeriod,
    MeterHistory,
    Read,
    Rebilling,
    Replacement,
    Settled,
)

Told = (
    RegisterReadRecorded | RegisterReadWithdrawn | MeterReplaced | MeterReplacementWithdrawn | PeriodRebilled
)
WIRE_KIND: Final[Mapping[Kind, MeterKind]] = {
    Kind.EXTREME: METER_KIND_EXTREME,
    Kind.DROP: METER_KIND_TURUN,
    Kind.ZERO: METER_KIND_ZERO,
    Kind.NEGATIVE: METER_KIND_NEGATIVE,
    Kind.INCORRECT: METER_KIND_SALAH_CATAT,
    Kind.REBILL: METER_KIND_REBILL,
    Kind.ESTIMATED: METER_KIND_ESTIMASI,
}
KIND_OF: Final = {wire: kind for kind, wire in WIRE_KIND.items()}
MOST_L: Final = 10**12
"""Of a stand or a volume. With the next two, whatever is reckoned from them stays within 64 bits."""
MOST_DIALS: Final = 9
MOST_TIMES: Final = 10_000
"""What one litre of a register can stand for."""
MOST_REBILLED: Final = 10**15
"""Litres or hundredths of the currency's unit, as the books hold them."""
_REACHED: Final = MeterVerdictReached.DESCRIPTOR.full_name
_VERSION: Final = 2
"""Of histories as bytes; 1: a read had digits behind the point, and neither trouble nor volume of its own."""
_DECIMALS_OF_1: Final = 11
_REBILLED_AT: Final = 2
"""What stands before is read by every version; whose a rebilling is stands apart: older ones unpack two."""
_OF_REGISTER: Final = tuple(field.name for field in fields(Register))
_of_register: Final = attrgetter(*_OF_REGISTER)
_SETTLED_BY: Final = f"{RULE} {crc32(','.join(_OF_REGISTER).encode()):08x}"
"""By which rule, and on which make of register; what another one settled is judged from the beginning."""
BIT: Final = {one: 1 << place for of in (Kind, Tag) for place, one in enumerate(of)}
"""What stands for a kind or a tag in a column of several. They are stored: add behind the last one only."""


@dataclass(frozen=True, slots=True)
class MeterVerdict:
    """What a stored verdict on a billing period says. Volumes are litres; None: there is none."""

    nomen: str
    period: str
    rayon: str
    kinds: tuple[Kind, ...]
    reason_codes: tuple[str, ...]
    read_id: str
    read_date: date | None
    stand_l: int | None
    from_l: int | None
    days: int
    use_l: int
    use30_l: int
    usual_l: int
    usual_periods: int
    would_be_l: int | None
    run: int
    limit_l: int
    limits_id: str
    drop_pct: int
    delta_l: int
    delta_minor: int
    usage_class: str
    serial: str
    beside: "tuple[MeterVerdict, ...]"


def nomen_of(event: Told, record_key: str) -> str:
    """Return whose meter an event is about; raises ``Reject`` when it came under another's key."""
    said = f"{event.tenant_id}:{event.nomen}"
    if said != record_key:
        raise Reject(f"record key must be {said!r}, got {record_key!r}")
    if ":" in event.tenant_id:
        raise Reject(f"tenant_id must not hold ':', got {event.tenant_id!r}")
    return event.nomen


@lru_cache(maxsize=4096)
def number(period: str) -> int:
    """Return the number of a billing period YYYY-MM; raises ``Reject`` for any other text."""
    first = dated(f"{period}-01")
    if first is None:
        raise Reject(f"period must be YYYY-MM from {YEARS[0]} to {YEARS[1]}, got {period[:20]!r}")
    return first.year * 12 + first.month - 1


@lru_cache(maxsize=4096)
def period(of: int) -> str:
    """Return a billing period as text."""
    return f"{of // 12:04}-{of % 12 + 1:02}"


def reads(event: RegisterReadRecorded, at: datetime) -> tuple[Read, ...]:
    """Return the reads of a period, by day and then as told. at: when, and recorded where they do not say."""
    told_ms = milliseconds(at)
    found = [
        Read(
            id=read.read_id.encode(),
            day=ordinal(read.read_date),
            stand_l=_litres(read, "stand_l"),
            serial=read.serial,
            method=read.read_method,
            previous_l=_litres(read, "previous_l"),
            skip=read.skip_status,
            recorded_ms=_recorded_ms(read.recorded_at, told_ms),
            usage_class=event.usage_class.strip().upper(),
            is_active=event.is_active,
            multiplier=_within("multiplier", read.multiplier or 1, 1, MOST_TIMES),
            dials=_within("dials", read.dials, 0, MOST_DIALS),
            trouble=read.trouble,
            volume_l=_litres(read, "volume_l"),
            is_date_assumed=read.is_date_assumed,
            raw_l=_litres(read, "raw_stand_l"),
            replacement=_replaced_at_read(read.replacement) if read.HasField("replacement") else None,
        )
        for read in event.reads
    ]
    return tuple(sorted(found, key=lambda read: read.day))


def _recorded_ms(said: str, told_ms: int) -> int:
    """Return when a read was recorded: never behind the event that tells it, up to which limits are known."""
    return min(instant_ms(said), told_ms) if said else told_ms


def changed(event: MeterReplaced | MeterReplacementWithdrawn) -> Changed:
    """Return a change of the meter, told or taken back."""
    stated = Replacement(*_stands(event))
    return Changed(ordinal(event.replaced_on), event.new_serial, stated, event.old_serial)


def _replaced_at_read(told: RegisterReadRecorded.Replacement) -> Replacement:
    stands = _stands(told)
    # Events of before the date was told have one where neither stand is.
    is_dated = bool(told.replaced_on) or stands == (None, None)
    return Replacement(*stands, is_dated, ordinal(told.replaced_on) if told.replaced_on else 0)


def _stands(
    told: MeterReplaced | MeterReplacementWithdrawn | RegisterReadRecorded.Replacement,
) -> tuple[int | None, int | None]:
    return _litres(told, "old_final_l"), _litres(told, "new_start_l")


def _litres(told: Message, name: str) -> int | None:
    """Return a stand or a volume, None where it is not told; raises ``Reject`` for more than meters count."""
    return _within(name, getattr(told, name), -MOST_L, MOST_L) if told.HasField(name) else None


def _within(name: str, value: int, least: int, most: int) -> int:
    if not least <= value <= most:
        raise Reject(f"{name} must be >= {least} and <= {most}, got {value}")
    return value


def rebilling(event: PeriodRebilled) -> Rebilling | None:
    """Return what a period was billed again; None when that was taken back."""
    if not (event.delta_l or event.delta_minor):
        return None
    delta_l = _within("delta_l", event.delta_l, -MOST_REBILLED, MOST_REBILLED)
    delta_minor = _within("delta_minor", event.delta_minor, -MOST_REBILLED, MOST_REBILLED)
    return Rebilling(delta_l, delta_minor, event.rayon, event.usage_class.strip().upper())


def reached(judged: Judgement, tenant_id: str, nomen: str, rayon: str) -> Encoded:
    """Return a judgement as the event that tells it."""
    event = _of_meter(judged)
    event.tenant_id, event.nomen, event.period = tenant_id, nomen, period(judged.period)
    event.rule, event.rayon = RULE, rayon
    event.beside.extend(map(_of_meter, judged.beside))
    return Encoded(_REACHED, event.SerializeToString(deterministic=True))


def _of_meter(judged: Judgement) -> MeterVerdictReached:
    return MeterVerdictReached(
        kinds=[WIRE_KIND[kind] for kind in judged.kinds],
        reason_codes=[finding.code for finding in judged.findings],
        read_id=judged.read_id.decode(),
        read_date=business_date(judged.day)[1] if judged.day else "",
        stand_l=judged.stand_l,
        from_l=judged.from_l,
        days=judged.days,
        use_l=judged.use_l,
        use30_l=judged.use30_l,
        usual_l=judged.usual_l,
        usual_periods=judged.usual_periods,
        would_be_l=judged.would_be_l,
        run=judged.run,
        limit_l=judged.limit_l,
        limits_id=judged.limits_id,
        drop_pct=judged.drop_pct,
        usage_class=judged.usage_class,
        delta_l=judged.delta_l,
        delta_minor=judged.delta_minor,
        serial=judged.serial,
    )


def withdrawn(of: int, tenant_id: str, nomen: str) -> MeterVerdictWithdrawn:
    """Return the event that takes the verdict on a period back."""
    return MeterVerdictWithdrawn(tenant_id=tenant_id, nomen=nomen, period=period(of))


def digest(verdict: Encoded) -> str:
    """Return what tells a verdict from another one."""
    return blake2b(verdict.value, digest_size=8).hexdigest()


def bits(held: Iterable[Kind] | Iterable[Tag]) -> int:
    """Return kinds, or tags, as one number."""
    return sum(BIT[one] for one in set(held))


def kinds_of(said: Judgement | MeterVerdict) -> int:
    """Return the kinds that hold, of whichever of the customer's meters, as one number."""
    return bits(kind for one in (said, *said.beside) for kind in one.kinds)


def tags_of(judged: Judgement) -> int:
    """Return the tags of what is said, of whichever of the customer's meters, as one number."""
    said = (finding for one in (judged, *judged.beside) for finding in one.findings)
    return bits(finding.tag for finding in said if finding.tag)


def dump_meter(history: MeterHistory) -> bytes:
    """Return a history as bytes."""
    return orjson.dumps(
        {
            "version": _VERSION,
            "known": [
                (
                    of,
                    [_written(read) for read in known.reads],
                    known.rebilling and known.rebilling[:_REBILLED_AT],
                    known.rayon,
                    known.said,
                )
                for of, known in sorted(history.known.items())
            ],
            "rebilled": [
                (of, *known.rebilling[_REBILLED_AT:])
                for of, known in sorted(history.known.items())
                if known.rebilling
            ],
            "sizes": [
                (of, known.meter_size) for of, known in sorted(history.known.items()) if known.meter_size
            ],
            "changed": [
                (one.day, one.serial, tuple(one.replacement), one.old_serial) for one in history.changed
            ],
            "settled": history.settled and (_SETTLED_BY, history.settled.through, history.settled.register),
        },
        default=_plainly,
        option=orjson.OPT_PASSTHROUGH_DATACLASS,
    )


def _plainly(value: object) -> tuple[Any, ...]:
    if isinstance(value, Register):
        return _of_register(value)
    return value.known if isinstance(value, Changes) else tuple(value)  # type: ignore[arg-type]


def _written(read: Read) -> tuple[Any, ...]:
    return (read.id.decode(), *read[1:-1], read.replacement and tuple(read.replacement))


def _remembered(written: list[Any], version: int) -> Read:
    first, *others, replaced = written
    if version == 1:
        del others[_DECIMALS_OF_1]
        others += "", None
    return Read(first.encode(), *others, replacement=Replacement(*replaced) if replaced else None)


def _settled(written: list[Any] | None) -> Settled | None:
    """Return how far a history is settled."""
    if written is None or written[0] != _SETTLED_BY:
        return None
    _, through, register = written
    return Settled(through, _register(register))


def _register(written: list[Any]) -> Register:
    serial, dials, level, actual, before_back, seen, *others, accepted, changes, beside = written
    levels = _level(level), _level(actual), _level(before_back), _level(seen)
    register = Register(serial, dials, *levels, *others)
    register.accepted = tuple(Use(*use) for use in accepted)
    register.changes = Changes(*map(_changes, changes))
    register.beside = tuple(map(_register, beside))
    return register


def _level(written: list[Any] | None) -> Level | None:
    return Level(*written) if written else None


def _changes(written: list[list[Any]]) -> tuple[Changed, ...]:
    return tuple(
        Changed(day, serial, Replacement(*stated), *old_serial)
        for day, serial, stated, *old_serial in written
    )


def load_meter(value: bytes) -> MeterHistory:
    """Return the history that was written down."""
    document: dict[str, Any] = orjson.loads(value)
    version: int = document.get("version", 1)
    whose = {of: (rayon, usage_class) for of, rayon, usage_class in document.get("rebilled", ())}
    sizes: dict[int, str] = dict(document.get("sizes", ()))
    return MeterHistory(
        {
            of: KnownPeriod(
                tuple(_remembered(read, version) for read in told),
                Rebilling(*rebilled, *whose.get(of, ())) if rebilled else None,
                rayon,
                said,
                sizes.get(of, ""),
            )
            for of, told, rebilled, rayon, said in document["known"]
        },
        _changes(document["changed"]),
        _settled(document.get("settled")),
    )


def meter_verdict(value: bytes) -> MeterVerdict:
    """Return what the bytes of a MeterVerdictReached say."""
    event = MeterVerdictReached.FromString(value)
    return _verdict(event, event)


def _verdict(event: MeterVerdictReached, of: MeterVerdictReached) -> MeterVerdict:
    """Return what is said of a meter. of: what tells it, with its customer, period and rayon."""
    return MeterVerdict(
        of.nomen,
        of.period,
        of.rayon,
        tuple(KIND_OF[kind] for kind in event.kinds if kind in KIND_OF),
        tuple(event.reason_codes),
        event.read_id,
        date.fromisoformat(event.read_date) if event.read_date else None,
        event.stand_l if event.HasField("stand_l") else None,
        event.from_l if event.HasField("from_l") else None,
        event.days,
        event.use_l,
        event.use30_l,
        event.usual_l,
        event.usual_periods,
        event.would_be_l if event.HasField("would_be_l") else None,
        event.run,
        event.limit_l,
        event.limits_id,
        event.drop_pct or DEFAULTS.drop_pct,
        event.delta_l,
        event.delta_minor,
        event.usage_class,
        event.serial,
        tuple(_verdict(one, of) for one in event.beside),
    )


def seen(verdict: MeterVerdict) -> Seen | None:
    """Return the use that a verdict is on, where it was read, and rightly."""
    if verdict.read_date is None or not counts(verdict.kinds, verdict.days):
        return None
    return Seen(number(verdict.period), verdict.read_date.toordinal(), verdict.use30_l)

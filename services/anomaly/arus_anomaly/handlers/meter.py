"""What register reads do: a customer's periods are judged together, once per batch; news is told."""

from collections.abc import Sequence
from typing import Final

from arus.metering.v1.events_pb2 import (
    MeterReplaced,
    MeterReplacementWithdrawn,
    PeriodRebilled,
    RegisterReadRecorded,
    RegisterReadWithdrawn,
)
from arus_runtime.side_inputs import Known, SideInput
from arus_runtime.worker import Column, Effect, InformedWorker, Meta, Row, State, Supersede, Table

from arus_anomaly.codec import meter as codec
from arus_anomaly.codec import meter_limits
from arus_anomaly.rules import meter as rules
from arus_anomaly.rules.meter.limits import NO_VERSIONS, Limits, Versions, holding, size_of
from arus_anomaly.state.meter import UNKNOWN, KnownPeriod, MeterHistory

METER_VERDICTS: Final = Table(
    "meter_verdicts",
    (
        Column("tenant_id", "text"),
        Column("nomen", "text"),
        Column("period", "text"),
        Column("rayon", "text"),
        Column("kinds", "int2"),
        Column("tags", "int2"),
        Column("is_skipped", "bool"),
        Column("is_read", "bool"),
        Column("usage_class", "text"),
        Column("movement", "float8", nullable=True),
        Column("judged_at", "timestamptz"),
    ),
    entity=("tenant_id", "nomen", "period"),
)
LIMITS: Final[SideInput[Versions]] = SideInput(
    meter_limits.TABLES,
    empty=NO_VERSIONS,
    add=lambda versions, _, rows: meter_limits.add_versions(versions, rows),
)
meter: Final = InformedWorker(
    "meter",
    topics=("meter.read.v1",),
    state=State(new=lambda: MeterHistory({}), load=codec.load_meter, dump=codec.dump_meter),
    side=LIMITS,
    tables=(METER_VERDICTS,),
)


@meter.on(RegisterReadRecorded)
def recorded(
    history: MeterHistory, event: RegisterReadRecorded, meta: Meta, _: Known[Versions]
) -> MeterHistory:
    """Take the reads of a period in place of those that stood."""
    codec.nomen_of(event, meta.key)
    of = codec.number(event.period)
    told = history.known.get(of, UNKNOWN)
    known = KnownPeriod(
        codec.reads(event, meta.at), told.rebilling, event.rayon, told.said, size_of(event.meter_size)
    )
    return history.with_period(of, known)


@meter.on(RegisterReadWithdrawn)
def withdrawn(
    history: MeterHistory, event: RegisterReadWithdrawn, meta: Meta, _: Known[Versions]
) -> MeterHistory:
    """Take the reads of a period out."""
    codec.nomen_of(event, meta.key)
    of = codec.number(event.period)
    return history.with_period(of, history.known.get(of, UNKNOWN)._replace(reads=(), rayon="", meter_size=""))


@meter.on(MeterReplaced)
def replaced(history: MeterHistory, event: MeterReplaced, meta: Meta, _: Known[Versions]) -> MeterHistory:
    """Take in that the meter was changed."""
    codec.nomen_of(event, meta.key)
    return history.with_changed(codec.changed(event))


@meter.on(MeterReplacementWithdrawn)
def replacement_withdrawn(
    history: MeterHistory, event: MeterReplacementWithdrawn, meta: Meta, _: Known[Versions]
) -> MeterHistory:
    """Take in that the meter was not changed, though it had been told."""
    codec.nomen_of(event, meta.key)
    return history.without_changed(codec.changed(event))


@meter.on(PeriodRebilled)
def rebilled(history: MeterHistory, event: PeriodRebilled, meta: Meta, _: Known[Versions]) -> MeterHistory:
    """Take in that a period was billed again, or that this was taken back."""
    codec.nomen_of(event, meta.key)
    of = codec.number(event.period)
    told = history.known.get(of, UNKNOWN)
    return history.with_period(of, told._replace(rebilling=codec.rebilling(event)))


@meter.concludes
def judge(history: MeterHistory, meta: Meta, known: Known[Versions]) -> tuple[MeterHistory, Sequence[Effect]]:
    """Say what is said of each period now, where it differs from what was said. What was said is kept."""
    tenant_id, _, nomen = meta.key.partition(":")

    def limits(usage_class: str, meter_size: str, recorded_ms: int) -> Limits:
        of = known.at(recorded_ms.to_bytes(6, "big")).get(tenant_id)
        return rules.DEFAULTS if of is None else holding(of, usage_class, meter_size, recorded_ms)

    superseded: list[tuple[str, str, str]] = []
    gone: list[tuple[str, str, str]] = []
    rows: list[Row] = []
    told = dict(history.known)
    newly_judged, settled = rules.judge_on(history.settled, history.periods(), limits)
    for judged in newly_judged:
        of, standing = judged.period, told[judged.period]
        entity = (tenant_id, nomen, codec.period(of))
        if not judged.findings:
            del told[of]
            if standing.said:
                superseded.append(entity)
                gone.append(entity)
                values = (*entity, standing.place, 0, 0, False, False, "", None, meta.at)
                rows.append(Row(METER_VERDICTS, values, codec.withdrawn(of, tenant_id, nomen)))
            continue
        verdict = codec.reached(judged, tenant_id, nomen, standing.place)
        said = codec.digest(verdict)
        if said == standing.said:
            continue
        if standing.said:
            superseded.append(entity)
        told[of] = standing._replace(said=said)
        values = (
            *entity, standing.place, codec.kinds_of(judged), codec.tags_of(judged), judged.is_skipped,
            bool(judged.read_id), judged.usage_class, judged.movement, meta.at,
        )  # fmt: skip
        rows.append(Row(METER_VERDICTS, values, verdict))
    effects: list[Effect] = [Supersede(METER_VERDICTS, superseded)] if superseded else []
    effects += rows
    if gone:
        # A withdrawal is written down and told, but it is no verdict that stands.
        effects.append(Supersede(METER_VERDICTS, gone))
    return MeterHistory(told, history.changed, settled), effects

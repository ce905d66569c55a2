"""Commands of thresholds: draft and set what records are judged by, with the event that tells it."""

from datetime import datetime
from typing import Final

from arus_runtime import outbox
from arus_runtime.auth import Principal
from arus_runtime.ids import new_ulid
from arus_runtime.postgres import Tx
from arus_runtime.rpc import Peers
from arus_runtime.web import FieldProblem, Problem, wrong

from arus_anomaly import catalogue, codec, store
from arus_anomaly.codec.meter_limits import limits_set, litres
from arus_anomaly.rules.meter.limits import EVERY_CLASS, EVERY_SIZE, Limits
from arus_anomaly.rules.meter.limits import Version as MeterVersion
from arus_anomaly.rules.thresholds import Scope, Thresholds, Version
from arus_anomaly.schemas.meter_limits import NewMeterLimits
from arus_anomaly.schemas.thresholds import ThresholdsIn

DRAFT: Final = "draft"


def draft(scope: Scope, said: ThresholdsIn | None) -> Version:
    """Return thresholds as somebody wrote them, not yet recorded; raises the 422 when they contradict."""
    if said is None:
        return Version(b"", DRAFT, scope, None)
    if said.anomali_pct < said.waspada_pct:
        raise wrong("thresholds.anomali_pct", "too_small", bound=said.waspada_pct, value=said.anomali_pct)
    if said.low_pct is not None and said.low_pct >= said.waspada_pct:
        raise wrong("thresholds.low_pct", "not_less", bound=said.waspada_pct, value=said.low_pct)
    by = Thresholds(
        DRAFT,
        codec.ppm(said.waspada_pct),
        codec.ppm(said.anomali_pct),
        0 if said.low_pct is None else codec.ppm(said.low_pct),
        said.facts_needed,
        said.profile == codec.WEEKDAY,
    )
    return Version(b"", DRAFT, scope, by)


async def check_scope(tx: Tx, peers: Peers, principal: Principal, scope: Scope) -> None:
    """Refuse a scope that is not the caller's to set, or whose location or product does not exist."""
    if not scope.location_id and principal.locations is not None:
        raise wrong("location_id", "everywhere_outside_scope")
    if scope.location_id and not principal.sees(scope.location_id):
        raise wrong("location_id", "outside_scope", value=scope.location_id)
    known = await catalogue.known(tx, peers, principal, scope)
    unknown = [
        FieldProblem(field, "unknown_reference", {"value": given})
        for field, given in scope._asdict().items()
        if given and given not in known
    ]
    if unknown:
        raise Problem(422, "invalid_input", errors=unknown)


async def set_thresholds(
    tx: Tx, peers: Peers, principal: Principal, new: Version, asked: datetime | None
) -> str:
    """Record a draft as a version, and return its id."""
    await check_scope(tx, peers, principal, new.scope)
    version_id = new_ulid()
    by = new.thresholds and new.thresholds._replace(version_id=version_id)
    version = new._replace(id=version_id, thresholds=by)
    valid_from = await store.thresholds.add_version(
        tx, principal.tenant_id, version, asked, principal.user_id
    )
    await outbox.add(
        tx,
        codec.threshold_set(principal.tenant_id, version, valid_from, principal.user_id),
        tenant_id=principal.tenant_id,
        key=principal.tenant_id,
        cause=version_id,
        label="set",
    )
    return version_id


def meter_limits(new: NewMeterLimits) -> MeterVersion:
    """Return limits of register reads as somebody wrote them; raises the 422 when they contradict."""
    said, limits = new.limits, None
    if said is not None:
        first, last = said.month_from_days, said.month_to_days
        if last < first:
            raise wrong("limits.month_to_days", "too_small", bound=first, value=last)
        limits = Limits(
            DRAFT,
            litres(said.extreme_m3),
            said.drop_pct,
            litres(said.drop_floor_m3),
            (first, last),
            said.zeros,
            said.estimates,
            frozenset(said.trouble_codes),
        )
    return MeterVersion(0, DRAFT, new.usage_class or EVERY_CLASS, limits, new.meter_size or EVERY_SIZE)


async def set_meter_limits(tx: Tx, principal: Principal, new: MeterVersion, asked: datetime | None) -> str:
    """Record a draft as a version, and return its id."""
    version_id = new_ulid()
    limits = new.limits and new.limits._replace(version_id=version_id)
    version = new._replace(id=version_id, limits=limits)
    valid_from = await store.meter_limits.add_version(
        tx, principal.tenant_id, version, asked, principal.user_id
    )
    await outbox.add(
        tx,
        limits_set(principal.tenant_id, version, valid_from, principal.user_id),
        tenant_id=principal.tenant_id,
        key=principal.tenant_id,
        cause=version_id,
        label="set",
    )
    return version_id

"""Versions of what register reads are judged by, as they are stored and told."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from arus.anomaly.v1.events_pb2 import MeterThresholdSet

from arus_anomaly.codec.keys import milliseconds
from arus_anomaly.rules.meter.limits import Limits, Version, Versions, with_versions

_LITRES: Final = 1_000
VERSION_COLUMNS: Final = (
    "tenant_id", "id", "usage_class", "valid_from", "extreme_m3", "drop_pct", "drop_floor_m3",
    "month_from_days", "month_to_days", "zeros", "estimates", "trouble_codes",
)  # fmt: skip
"""The columns of a stored version, in the order that ``version`` takes them in."""
OF_EVERY_SIZE: Final = "meter_limits"
OF_A_SIZE: Final = "meter_size_limits"
TABLES: Final = {OF_EVERY_SIZE: VERSION_COLUMNS, OF_A_SIZE: (*VERSION_COLUMNS, "meter_size")}
"""By table their columns. Limits of a size stand apart: the version of Arus before knows none, and would take
them for those of every size."""


def litres(cubic_metres: Decimal) -> int:
    """Return cubic metres of at most three places as litres."""
    return int(cubic_metres * _LITRES)


def cubic_metres(litres: int) -> Decimal:
    """Return litres as cubic metres, exactly."""
    return Decimal(litres) / _LITRES


def version(row: Sequence[Any]) -> tuple[str, Version]:
    """Return a stored version, and whose it is."""
    tenant_id, version_id, usage_class, valid_from, *told = row
    extreme, drop, floor, first, last, zeros, estimates, codes, *size = told
    limits = None
    if extreme is not None:
        limits = Limits(
            version_id,
            litres(extreme),
            drop,
            litres(floor),
            (first, last),
            zeros,
            estimates,
            frozenset(codes),
        )
    return tenant_id, Version(milliseconds(valid_from), version_id, usage_class, limits, *size)


def values(limits: Limits | None) -> Sequence[Any]:
    """Return what is stored of limits, in the order of the columns behind valid_from."""
    if limits is None:
        return (None,) * 8
    return (
        cubic_metres(limits.extreme_l),
        limits.drop_pct,
        cubic_metres(limits.drop_floor_l),
        *limits.month_days,
        limits.zeros,
        limits.estimates,
        sorted(limits.trouble_codes),
    )


def add_versions(versions: Versions, rows: Sequence[Sequence[Any]]) -> Versions:
    """Return versions with stored ones added."""
    return with_versions(versions, map(version, rows))


def limits_set(tenant_id: str, version: Version, valid_from: datetime, set_by: str) -> MeterThresholdSet:
    """Return a new version as the event that tells it."""
    by = version.limits
    event = MeterThresholdSet(
        tenant_id=tenant_id,
        version_id=version.id,
        usage_class=version.usage_class,
        meter_size=version.meter_size,
        valid_from=valid_from.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        set_by=set_by,
    )
    if by is not None:
        event.limits.CopyFrom(
            MeterThresholdSet.Limits(
                extreme_l=by.extreme_l,
                drop_pct=by.drop_pct,
                drop_floor_l=by.drop_floor_l,
                month_from_days=by.month_days[0],
                month_to_days=by.month_days[1],
                zeros=by.zeros,
                estimates=by.estimates,
                trouble_codes=sorted(by.trouble_codes),
            )
        )
    return event

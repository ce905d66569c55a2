"""Versions of thresholds as they are stored and told."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from arus.anomaly.v1.events_pb2 import PROFILE_PLAIN, PROFILE_WEEKDAY, ThresholdSet
from arus_contracts.reading import plain

from arus_anomaly.codec.keys import ulid_start
from arus_anomaly.rules.thresholds import PPM_PER_PCT, Scope, Thresholds, Version, Versions, with_versions

WEEKDAY: Final = "weekday"
PLAIN: Final = "plain"


def ppm(percent: Decimal) -> int:
    """Return percent as millionths, exactly; raises ValueError for more than four places."""
    whole = percent * PPM_PER_PCT
    if whole != int(whole):
        raise ValueError(f"percent must have <= 4 decimal places, got {percent} %")
    return int(whole)


def percent(millionths: int) -> Decimal:
    """Return millionths as percent, exactly."""
    return Decimal(millionths) / PPM_PER_PCT


VERSION_COLUMNS: Final = (
    "tenant_id", "id", "location_id", "product_id", "valid_from", "waspada_pct", "anomali_pct", "low_pct",
    "facts_needed", "profile",
)  # fmt: skip
"""The columns of a stored version of thresholds, in the order that ``version`` takes them in."""


def version(row: Sequence[Any]) -> tuple[str, Version]:
    """Return a stored version of thresholds, and whose it is."""
    tenant_id, version_id, location_id, product_id, valid_from, waspada, anomali, low, needed, profile = row
    set_ = profile and Thresholds(
        version_id, ppm(waspada), ppm(anomali), 0 if low is None else ppm(low), needed, profile == WEEKDAY
    )
    scope = Scope(location_id or "", product_id or "")
    return tenant_id, Version(ulid_start(valid_from), version_id, scope, set_)


def profile(by: Thresholds) -> str:
    """Return how thresholds take the baseline, as it is stored."""
    return WEEKDAY if by.by_weekday else PLAIN


def add_versions(versions: Versions, rows: Sequence[Sequence[Any]]) -> Versions:
    """Return versions with stored ones added."""
    return with_versions(versions, map(version, rows))


def threshold_set(tenant_id: str, version: Version, valid_from: datetime, set_by: str) -> ThresholdSet:
    """Return a new version of thresholds as the event that tells it."""
    by = version.thresholds
    event = ThresholdSet(
        tenant_id=tenant_id,
        version_id=version.id,
        location_id=version.scope.location_id,
        product_id=version.scope.product_id,
        valid_from=valid_from.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        set_by=set_by,
    )
    if by is not None:
        event.thresholds.CopyFrom(
            ThresholdSet.Thresholds(
                waspada_pct=plain(percent(by.waspada_ppm)),
                anomali_pct=plain(percent(by.anomali_ppm)),
                facts_needed=by.facts_needed,
                low_pct=plain(percent(by.low_ppm)) if by.low_ppm else "",
                profile=PROFILE_WEEKDAY if by.by_weekday else PROFILE_PLAIN,
            )
        )
    return event

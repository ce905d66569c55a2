"""Which calibration a fact is read by: its organisation's own where there is one, else the shipped one."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from arus_anomaly.rules.learned.calibration import Calibration
from arus_anomaly.rules.learned.shipped import CALIBRATIONS


class Version(NamedTuple):
    """A calibration fitted on an organisation's own facts."""

    valid_from: bytes
    """Milliseconds since 1970 in 48 bits, as a ULID begins: ids of this time or later compare higher."""
    calibration: Calibration


Calibrations = Mapping[tuple[str, str], Sequence[Version]]
"""By tenant and domain, the newest first."""
NO_CALIBRATIONS: Final[Calibrations] = {}


def with_versions(calibrations: Calibrations, added: Iterable[tuple[str, str, Version]]) -> Calibrations:
    """Return calibrations with more, each with its tenant and domain."""
    changed = dict(calibrations)
    for tenant_id, domain, version in added:
        of = (*changed.get((tenant_id, domain), ()), version)
        changed[tenant_id, domain] = sorted(
            of, key=lambda one: (one.valid_from, one.calibration.version), reverse=True
        )
    return changed


def holding(calibrations: Calibrations, tenant_id: str, domain: str, ulid: bytes) -> Calibration:
    """Return what the fact with this id is read by, given the bytes of its ULID."""
    for version in calibrations.get((tenant_id, domain), ()):
        if version.valid_from <= ulid:
            return version.calibration
    return CALIBRATIONS[domain]

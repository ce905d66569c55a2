"""Thresholds: what a volume is judged by, and which version of them holds for a fact (R-13, R-15, R-17).

A version says what holds from its time on for the whole organisation, a location, a product, or a product at
a location. For a fact the newest version of the narrowest scope counts, as of when the fact was recorded; a
version that inherits makes its scope follow the next wider one again.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from arus_contracts import reading

PPM_PER_PCT: Final = 10_000


class Thresholds(NamedTuple):
    """What a volume is judged by. Percentages of the baseline are exact: millionths of it, whole."""

    version_id: str
    """"" for the built-in ones."""
    waspada_ppm: int
    """From here on WASPADA."""
    anomali_ppm: int
    """Above it ANOMALI."""
    low_ppm: int
    """Below it WASPADA too; 0: never."""
    facts_needed: int
    """With fewer earlier facts there is no score."""
    by_weekday: bool
    """The baseline is the mean of the same weekday's facts, where there are enough of them."""


DEFAULTS: Final = Thresholds("", *reading.BUILT_IN, reading.HISTORY_NEEDED, by_weekday=False)


class Scope(NamedTuple):
    """Where a version holds; "" for any."""

    location_id: str
    product_id: str


class Version(NamedTuple):
    """What somebody set."""

    valid_from: bytes
    """Milliseconds since 1970 in 48 bits, as a ULID begins: ids of this time or later compare higher."""
    id: str
    scope: Scope
    thresholds: Thresholds | None
    """None: the next wider scope's hold."""


OfTenant = Mapping[tuple[str, str], Sequence[Version]]
"""Of each ``Scope`` its versions, the newest first."""
Versions = Mapping[str, OfTenant]
"""By tenant; a tenant without versions is absent."""
NO_VERSIONS: Final[Versions] = {}


def with_versions(versions: Versions, added: Iterable[tuple[str, Version]]) -> Versions:
    """Return versions with more, each with its tenant."""
    changed: dict[str, dict[tuple[str, str], Sequence[Version]]] = {}
    for tenant_id, version in added:
        of = changed.setdefault(tenant_id, dict(versions.get(tenant_id, {})))
        of[version.scope] = sorted(
            (*of.get(version.scope, ()), version), key=lambda one: (one.valid_from, one.id), reverse=True
        )
    return {**versions, **changed}


def holding(of: OfTenant, location_id: str, product_id: str, ulid: bytes) -> Thresholds:
    """Return what the fact with this id is judged by, given the bytes of its ULID."""
    version = version_holding(of, location_id, product_id, ulid)
    return DEFAULTS if version is None or version.thresholds is None else version.thresholds


def version_holding(of: OfTenant, location_id: str, product_id: str, ulid: bytes) -> Version | None:
    """Return the version that a fact is judged by; None: the built-in thresholds."""
    for scope in _scopes(location_id, product_id):
        version = _newest(of, scope, ulid)
        if version is not None and version.thresholds is not None:
            return version
    return None


def reaches(of: OfTenant, scope: Scope, location_id: str, product_id: str, ulid: bytes) -> bool:
    """Say whether a fact of this place and product is judged by what a scope says, or by wider ones."""
    for nearer in _scopes(location_id, product_id):
        if nearer == scope:
            return True
        version = _newest(of, nearer, ulid)
        if version is not None and version.thresholds is not None:
            return False
    return False


def _scopes(location_id: str, product_id: str) -> Sequence[tuple[str, str]]:
    # Plain tuples: a hot path makes these, and they find what a Scope is the key of.
    return (location_id, product_id), ("", product_id), (location_id, ""), ("", "")


def _newest(of: OfTenant, scope: tuple[str, str], ulid: bytes) -> Version | None:
    for version in of.get(scope, ()):
        if version.valid_from <= ulid:
            return version
    return None

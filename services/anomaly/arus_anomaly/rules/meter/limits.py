"""What register reads are judged by: per tariff class, each version from a time on.

For a read the newest version of its class counts, as of when the read was recorded; a version that inherits
makes its class follow what holds for every class again, in the end what is built in.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple


class Limits(NamedTuple):
    """Bounds of the seven judgements. Volumes are litres of a month of 30 days."""

    version_id: str = ""
    """"" for the built-in ones."""
    extreme_l: int = 100_000
    """Above it the use is extreme (R-19)."""
    drop_pct: int = 50
    """Below this share of the usual use it dropped (R-20)."""
    drop_floor_l: int = 5_000
    """Where the usual use is less, a drop says nothing."""
    month_days: tuple[int, int] = (20, 45)
    """Periods of so many days count as a month: their use is taken as it is, others' as of 30 days."""
    zeros: int = 3
    """So many in a row look like a stuck meter."""
    estimates: int = 3
    """So many in a row are warned of (R-25)."""
    trouble_codes: frozenset[str] = frozenset()
    """Reader's codes that say the read is wrong (R-23), in capitals."""


DEFAULTS: Final = Limits()
EVERY_CLASS: Final = ""
LimitsOf = Callable[[str, int], Limits]
"""What a read of a tariff class is judged by, given when it was recorded: milliseconds since 1970."""


class Version(NamedTuple):
    """What somebody set."""

    valid_from_ms: int
    """Milliseconds since 1970."""
    id: str
    usage_class: str
    """``EVERY_CLASS`` for those without their own."""
    limits: Limits | None
    """None: what holds for every class."""


OfTenant = Mapping[str, Sequence[Version]]
"""Of each class its versions, the newest first."""
Versions = Mapping[str, OfTenant]
"""By tenant; a tenant without versions is absent."""
NO_VERSIONS: Final[Versions] = {}


def builtin(_usage_class: str, _recorded_ms: int) -> Limits:
    """Return the built-in limits."""
    return DEFAULTS


def with_versions(versions: Versions, added: Iterable[tuple[str, Version]]) -> Versions:
    """Return versions with more, each with its tenant."""
    changed: dict[str, dict[str, Sequence[Version]]] = {}
    for tenant_id, version in added:
        of = changed.setdefault(tenant_id, dict(versions.get(tenant_id, {})))
        of[version.usage_class] = sorted(
            (*of.get(version.usage_class, ()), version),
            key=lambda one: (one.valid_from_ms, one.id),
            reverse=True,
        )
    return {**versions, **changed}


def version_holding(of: OfTenant, usage_class: str, recorded_ms: int) -> Version | None:
    """Return the version that a read is judged by; None: the built-in limits."""
    for name in (usage_class, EVERY_CLASS):
        version = next((one for one in of.get(name, ()) if one.valid_from_ms <= recorded_ms), None)
        if version is not None and version.limits is not None:
            return version
    return None


def holding(of: OfTenant, usage_class: str, recorded_ms: int) -> Limits:
    """Return what a read is judged by."""
    version = version_holding(of, usage_class, recorded_ms)
    return DEFAULTS if version is None or version.limits is None else version.limits

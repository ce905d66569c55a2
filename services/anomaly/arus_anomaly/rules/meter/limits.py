"""What register reads are judged by: per tariff class and meter size, each version from a time on.

For a read the newest version counts of its class and size, else of its size, else of its class, else of all,
as of when the read was recorded; a version that inherits makes its own follow what is wider, in the end what
is built in. The size comes before the class: it bounds what can flow, whoever draws it.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple
from unicodedata import normalize


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
EVERY_SIZE: Final = ""
LimitsOf = Callable[[str, str, int], Limits]
"""What a read of a tariff class and a meter size is judged by, given when it was recorded: milliseconds since
1970."""


class Version(NamedTuple):
    """What somebody set."""

    valid_from_ms: int
    """Milliseconds since 1970."""
    id: str
    usage_class: str
    """``EVERY_CLASS`` for those without their own."""
    limits: Limits | None
    """None: what holds for the next wider one."""
    meter_size: str = EVERY_SIZE
    """As ``size_of`` writes it; ``EVERY_SIZE`` for those without their own."""


OfTenant = Mapping[tuple[str, str], Sequence[Version]]
"""Of each class and size its versions, the newest first."""
Versions = Mapping[str, OfTenant]
"""By tenant; a tenant without versions is absent."""
NO_VERSIONS: Final[Versions] = {}


def builtin(_usage_class: str, _meter_size: str, _recorded_ms: int) -> Limits:
    """Return the built-in limits."""
    return DEFAULTS


def with_versions(versions: Versions, added: Iterable[tuple[str, Version]]) -> Versions:
    """Return versions with more, each with its tenant."""
    changed: dict[str, dict[tuple[str, str], Sequence[Version]]] = {}
    for tenant_id, version in added:
        of = changed.setdefault(tenant_id, dict(versions.get(tenant_id, {})))
        scope = version.usage_class, version.meter_size
        of[scope] = sorted(
            (*of.get(scope, ()), version),
            key=lambda one: (one.valid_from_ms, one.id),
            reverse=True,
        )
    return {**versions, **changed}


def version_holding(of: OfTenant, usage_class: str, meter_size: str, recorded_ms: int) -> Version | None:
    """Return the version that a read is judged by; None: the built-in limits."""
    for scope in (
        (usage_class, meter_size),
        (EVERY_CLASS, meter_size),
        (usage_class, EVERY_SIZE),
        (EVERY_CLASS, EVERY_SIZE),
    ):
        version = next((one for one in of.get(scope, ()) if one.valid_from_ms <= recorded_ms), None)
        if version is not None and version.limits is not None:
            return version
    return None


def holding(of: OfTenant, usage_class: str, meter_size: str, recorded_ms: int) -> Limits:
    """Return what a read is judged by."""
    version = version_holding(of, usage_class, meter_size, recorded_ms)
    return DEFAULTS if version is None or version.limits is None else version.limits


_FRACTION: Final = re.compile("[¼-¾⅐-⅞]")
_SIGNS: Final = str.maketrans({"⁄": "/", ",": "."})
_INCHES: Final = re.compile(r"""(?<=\d)(["'′’”“]+|INCH(ES|I)?|INCI?|IN)\.?$""")
_BLANK: Final = re.compile(r" (?!\d)|(?<!\d) ")


@lru_cache(maxsize=4096)
def size_of(said: str) -> str:
    """Return a meter size as sizes are compared: 1/2" and ½ inch are 1/2, dn 20 is DN20, 15 mm stays 15MM.

    What has no unit is inches, as fractions of one are; nothing is converted.
    """
    text = normalize("NFKC", _FRACTION.sub(r" \g<0>", said)).translate(_SIGNS).upper()
    return _INCHES.sub("", _BLANK.sub("", " ".join(text.split())))

"""What register reads are judged by: per usage class, each version from a day on."""

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
    """Reader's codes that say the read is wrong (R-23)."""


DEFAULTS: Final = Limits()
LimitsOf = Callable[[str, int], Limits]
"""What the read of a usage class on a day is judged by."""


class Version(NamedTuple):
    """Limits of a usage class from a day on. usage_class: "" for every class without its own."""

    usage_class: str
    valid_from: int
    limits: Limits


def builtin(_usage_class: str, _day: int) -> Limits:
    """Return the built-in limits."""
    return DEFAULTS


def limits_of(versions: Iterable[Version]) -> LimitsOf:
    """Return which of some versions holds: the newest of the class, else of every class, else as built in."""
    by_class: dict[str, list[Version]] = {}
    for version in versions:
        by_class.setdefault(version.usage_class, []).append(version)
    newest_first: Mapping[str, Sequence[Version]] = {
        name: sorted(of, key=lambda one: (one.valid_from, one.limits.version_id), reverse=True)
        for name, of in by_class.items()
    }

    def holding(usage_class: str, day: int) -> Limits:
        for name in (usage_class, ""):
            for version in newest_first.get(name, ()):
                if version.valid_from <= day:
                    return version.limits
        return DEFAULTS

    return holding

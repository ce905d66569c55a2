"""Profiles: what is known of a domain before any of its facts."""

from datetime import date
from enum import IntEnum
from typing import Final, NamedTuple


class Season(IntEnum):
    """What repeats in a domain."""

    NONE = 0
    WEEKDAY = 1
    WEEK_OF_MONTH = 2


class Profile(NamedTuple):
    """How facts of a domain are taken before the key's own past says more."""

    name: str
    season: Season
    is_up_only: bool
    """Only high values surprise: spending, and other lumpy series."""
    learning_facts: int
    """A key with fewer facts than this alarms nobody: young histories cry wolf."""
    holiday_doubts: tuple[float, float] | None
    """Usual size (logarithm) of what Lebaran and another public holiday do; None: no days are known."""


FUEL: Final = Profile("fuel", Season.WEEKDAY, False, 21, (0.3, 0.1))
SPEND: Final = Profile("spend", Season.WEEK_OF_MONTH, True, 21, None)
METER: Final = Profile("meter", Season.NONE, False, 12, None)
PROFILES: Final = {profile.name: profile for profile in (FUEL, SPEND, METER)}

LUMPY_ZERO_SHARE: Final = 0.24
"""Zeros more often than this: intermittent, mean interval ≥ 1.32 (Syntetos, Boylan & Croston 2005)."""
LUMPY_SCALE: Final = 0.63
"""A logarithmic scale from here on is a squared coefficient of variation ≥ 0.49: lumpy (the same)."""


def phase(season: Season, day: int) -> int:
    """Return where in its season a day lies; day: ``date.toordinal``."""
    if season is Season.WEEKDAY:
        return (day + 6) % 7
    if season is Season.WEEK_OF_MONTH:
        return (date.fromordinal(day).day - 1) // 7
    return 0


def is_up_only(profile: Profile, zero_share: float, scale: float) -> bool:
    """Tell whether only high values of a key surprise."""
    return profile.is_up_only or zero_share > LUMPY_ZERO_SHARE or scale > LUMPY_SCALE

"""What the detector remembers of one key: a small frozen value, and the same value as bytes."""

from collections.abc import Sequence
from struct import Struct
from typing import Final, NamedTuple

LEVEL_VALUES: Final = 21
"""The level is taken from the last three weeks, so that every weekday weighs the same in it."""
PHASES: Final = 7
HOLIDAYS: Final = 2

FORMAT: Final = 1
NEVER: Final = -1


class Memory(NamedTuple):
    """One key's past, as the detector needs it. Values are natural logarithms."""

    values: tuple[float, ...] = ()
    """At most the last 21 learned values without their season, oldest first."""
    factors: tuple[float, ...] = (0.0,) * PHASES
    """How far each phase of the season lies from the level."""
    factor_facts: tuple[int, ...] = (0,) * PHASES
    holiday_factors: tuple[float, ...] = (0.0,) * HOLIDAYS
    holiday_facts: tuple[int, ...] = (0,) * HOLIDAYS
    deviation: float = 0.0
    """Running mean of the absolute residuals."""
    deviation_facts: int = 0
    excess: float = 0.0
    """Running mean of z, bounded at ±3: what stays a little too high shows here."""
    run: int = 0
    """Facts running that lie far above (positive) or far below what was expected (negative)."""
    zero_share: float = 0.0
    """Running share of facts that say zero."""
    previous: float = 0.0
    """The last value as it was recorded."""
    facts: int = 0
    """Accepted facts so far, zeros included."""
    quiet: int = NEVER
    """Facts since the last alarm of the open incident; -1: none is open."""
    worst: int = 0
    """The highest severity of the open incident."""
    cut: float = 0.0
    """By how many decades people's dismissals have raised this key's bar, on ``cut_day``."""
    cut_day: int = 0


_HEAD: Final = Struct("<BBiiiiiiddddd")
_SEASON: Final = Struct(f"<{PHASES + HOLIDAYS}d{PHASES + HOLIDAYS}i")
_VALUES: Final[Sequence[Struct]] = [Struct(f"<{size}d") for size in range(LEVEL_VALUES + 1)]


def dump(memory: Memory) -> bytes:
    """Return a memory as bytes: at most 334 of them."""
    head = _HEAD.pack(
        FORMAT,
        len(memory.values),
        memory.deviation_facts,
        memory.facts,
        memory.run,
        memory.quiet,
        memory.worst,
        memory.cut_day,
        memory.deviation,
        memory.excess,
        memory.zero_share,
        memory.previous,
        memory.cut,
    )
    season = _SEASON.pack(
        *memory.factors, *memory.holiday_factors, *memory.factor_facts, *memory.holiday_facts
    )
    return head + season + _VALUES[len(memory.values)].pack(*memory.values)


def load(value: bytes) -> Memory:
    """Return the memory that these bytes are; raises ValueError for another format."""
    (
        kind,
        size,
        deviation_facts,
        facts,
        run,
        quiet,
        worst,
        cut_day,
        deviation,
        excess,
        zeros,
        previous,
        cut,
    ) = _HEAD.unpack_from(value)
    if kind != FORMAT:
        raise ValueError(f"memory format must be {FORMAT}, got {kind}")
    season = _SEASON.unpack_from(value, _HEAD.size)
    facts_at = PHASES + HOLIDAYS
    return Memory(
        _VALUES[int(size)].unpack_from(value, _HEAD.size + _SEASON.size),
        season[:PHASES],
        season[facts_at : facts_at + PHASES],
        season[PHASES:facts_at],
        season[facts_at + PHASES :],
        deviation,
        deviation_facts,
        excess,
        run,
        zeros,
        previous,
        facts,
        quiet,
        worst,
        cut,
        cut_day,
    )

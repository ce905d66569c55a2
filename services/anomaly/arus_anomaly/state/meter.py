"""What is remembered of one customer's meter: every register read of every billing period, and rebillings."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, NamedTuple

ACTUAL: Final = "ACTUAL"
_EPOCH: Final = date(1970, 1, 1).toordinal()
_DAY_MS: Final = 86_400_000
_ZONE_MS: Final = 7 * 3_600_000
"""Days of the utility begin by WIB, seven hours ahead of UTC."""


class Replacement(NamedTuple):
    """A meter was changed between two reads; None: not stated. Litres."""

    old_final_l: int | None
    new_start_l: int | None
    is_dated: bool = True
    """Whether it is said when: stands alone may be columns that a file fills with zeros."""
    day: int = 0
    """``date.toordinal`` of the change as a file says it; 0: not known."""


class Read(NamedTuple):
    """One register read as it stands in the utility's books. Stands are litres on the register."""

    id: bytes
    """ULID."""
    day: int
    """``date.toordinal`` of the read."""
    stand_l: int | None
    """None: nothing was read."""
    serial: str
    """"" when the file does not say."""
    method: str = ACTUAL
    """In capitals, without blanks around it; "" when the file does not say."""
    previous_l: int | None = None
    """The stand before, as the file says it; None when it does not."""
    skip: str = ""
    """Why nothing was read; "" for no reason."""
    recorded_ms: int = 0
    """When it was recorded, milliseconds since 1970; 0: unknown."""
    usage_class: str = ""
    is_active: bool = True
    """Whether the service was active."""
    multiplier: int = 1
    dials: int = 0
    """Digits of the register before the point; 0: unknown."""
    opens: bool = False
    """The first read of a register of which no earlier use is known: a baseline only."""
    trouble: str = ""
    """The reader's trouble code; "" for none."""
    volume_l: int | None = None
    """The use as the file says it, which counts where there is no stand; None when it does not."""
    is_date_assumed: bool = False
    """Nobody says when it was read: the day is the last on which it can have been."""
    raw_l: int | None = None
    """The stand as a file brought it, where a person corrected it."""
    replacement: Replacement | None = None

    @property
    def latest_day(self) -> int:
        """Return the day on which it was recorded, where the utility is."""
        return (self.recorded_ms + _ZONE_MS) // _DAY_MS + _EPOCH


class Rebilling(NamedTuple):
    """A billed period was billed again with another volume: what changed."""

    delta_l: int
    delta_minor: int
    """Hundredths of the currency's unit."""
    rayon: str = ""
    usage_class: str = ""
    """Both the customer's as of the period, for one without a read; "": unknown."""


class Period(NamedTuple):
    """What is known of one billing period."""

    number: int
    """Year × 12 + month − 1."""
    reads: tuple[Read, ...]
    """By day, those of one day as told; one, unless the period was recorded twice or two meters were read."""
    rebilling: Rebilling | None = None
    changed: tuple["Changed", ...] = ()
    """Meters that people say were changed until its last read, since that of the period before."""
    meter_size: str = ""
    """As sizes are compared; "": unknown."""


class Changed(NamedTuple):
    """A meter that was changed for another. day: on which; 0: not known. serial: of the new one."""

    day: int
    serial: str
    replacement: Replacement
    old_serial: str = ""


class KnownPeriod(NamedTuple):
    """A billing period as it was told, and what was said of it last."""

    reads: tuple[Read, ...] = ()
    rebilling: Rebilling | None = None
    rayon: str = ""
    """Told with the reads; of none where none stand."""
    said: str = ""
    """Digest of the verdict that stands; "" when nothing was said."""
    meter_size: str = ""
    """Told with the reads."""

    @property
    def place(self) -> str:
        """Return the rayon: the reads' own, without any the rebilling's."""
        return self.rayon if self.reads or not self.rebilling else self.rebilling.rayon


UNKNOWN: Final = KnownPeriod()
"""A period of which nothing was told."""


class Settled(NamedTuple):
    """How far the periods are judged for good, as long as none of them is told anew."""

    through: int
    """The number of the last of them."""
    register: object
    """What the rules go on from behind it."""


@dataclass(frozen=True, slots=True)
class MeterHistory:
    """Everything told of one customer: periods by number, meters changed by day.

    settled: follows from the rest, so that a customer of many years is not judged from the beginning.
    """

    known: Mapping[int, KnownPeriod]
    changed: tuple[Changed, ...] = ()
    settled: Settled | None = field(default=None, compare=False)

    def with_period(self, number: int, known: KnownPeriod) -> "MeterHistory":
        """Return this history with a period as it now is."""
        settled = self.settled if self.settled and self.settled.through < number else None
        return MeterHistory({**self.known, number: known}, self.changed, settled)

    def with_changed(self, changed: Changed) -> "MeterHistory":
        """Return this history with one more change of the meter."""
        return replace(self, changed=tuple(sorted({*self.changed, changed}, key=_in_order)), settled=None)

    def without_changed(self, changed: Changed) -> "MeterHistory":
        """Return this history as if the meter had not been changed so."""
        kept = tuple(one for one in self.changed if one != changed)
        return replace(self, changed=kept, settled=None)

    def periods(self) -> list[Period]:
        """Return what is to be judged, oldest first; changes of the meter with the next period read."""
        through, waiting = self.settled.through if self.settled else -1, deque(self.changed)
        periods = (
            Period(
                number, known.reads, known.rebilling, tuple(_until(known.reads, waiting)), known.meter_size
            )
            for number, known in sorted(self.known.items())
            if waiting or number > through
        )
        return [period for period in periods if period.number > through]


def _in_order(changed: Changed) -> tuple[int, str, tuple[tuple[bool, int], ...]]:
    """Order by day; of two of one day, a stand that nobody wrote down comes before one that was."""
    stands = tuple((stand is not None, stand or 0) for stand in changed.replacement[:2])
    return changed.day, changed.serial, stands


def _until(reads: tuple[Read, ...], waiting: deque[Changed]) -> Iterator[Changed]:
    while waiting and reads and waiting[0].day <= reads[-1].day:
        yield waiting.popleft()

"""What can be said of a billing period's read, and why."""

from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from math import log
from typing import Final, NamedTuple


class Kind(StrEnum):
    """The seven anomalies, by the keys of R-26; several may hold of one read."""

    EXTREME = "extreme"
    DROP = "turun"
    ZERO = "zero"
    NEGATIVE = "negative"
    INCORRECT = "salah_catat"
    REBILL = "rebill"
    ESTIMATED = "estimasi"


class Tag(StrEnum):
    """What a finding is called in one word by lists and other systems, where it is."""

    STUCK_METER = "STUCK_METER"
    ROLLOVER = "ROLLOVER"
    GANTI_METER = "GANTI_METER"
    CATCH_UP = "CATCH_UP"
    OVER_ESTIMATE = "OVER_ESTIMATE"
    USAGE_INACTIVE = "USAGE_INACTIVE"


class Finding(NamedTuple):
    """One thing said of a read. code: of ``reasons.yaml``; its numbers are those of the judgement."""

    code: str
    kind: Kind | None
    """None: a remark, which is no anomaly."""
    tag: Tag | None = None


EXTREME: Final = Finding("METER_EXTREME", Kind.EXTREME)
DROP: Final = Finding("METER_TURUN", Kind.DROP)
ZERO: Final = Finding("METER_ZERO", Kind.ZERO)
ZERO_VOLUME: Final = Finding("METER_VOLUME_NOL", Kind.ZERO)
STUCK: Final = Finding("METER_MACET", Kind.ZERO, Tag.STUCK_METER)
NEGATIVE: Final = Finding("METER_NEGATIVE", Kind.NEGATIVE)
OLD_BELOW_LAST: Final = Finding("METER_GANTI_AKHIR_MUNDUR", Kind.NEGATIVE)
NEW_BELOW_START: Final = Finding("METER_GANTI_AWAL_MUNDUR", Kind.NEGATIVE)
NEGATIVE_VOLUME: Final = Finding("METER_VOLUME_MINUS", Kind.NEGATIVE)
REBILLED: Final = Finding("METER_REBILL", Kind.REBILL)
ESTIMATED: Final = Finding("METER_ESTIMASI", Kind.ESTIMATED)
METHOD_UNKNOWN: Final = Finding("METER_METODE_TIDAK_DIKETAHUI", Kind.ESTIMATED)
ESTIMATED_AGAIN: Final = Finding("METER_ESTIMASI_BERULANG", Kind.ESTIMATED)

BELOW_ZERO: Final = Finding("METER_STAND_DI_BAWAH_NOL", Kind.INCORRECT)
BEYOND_DIALS: Final = Finding("METER_STAND_LEBIH_DARI_REGISTER", Kind.INCORRECT)
FRACTION: Final = Finding("METER_STAND_PECAHAN", Kind.INCORRECT)
WRONG_SERIAL: Final = Finding("METER_NOMOR_SERI_LAIN", Kind.INCORRECT)
FUTURE: Final = Finding("METER_TANGGAL_DI_DEPAN", Kind.INCORRECT)
NOT_LATER: Final = Finding("METER_TANGGAL_MUNDUR", Kind.INCORRECT)
TWICE: Final = Finding("METER_PERIODE_GANDA", Kind.INCORRECT)
PREVIOUS_DIFFERS: Final = Finding("METER_STAND_AWAL_BEDA", Kind.INCORRECT)
SWAPPED: Final = Finding("METER_ANGKA_TERTUKAR", Kind.INCORRECT)
DIGIT_MORE: Final = Finding("METER_ANGKA_LEBIH", Kind.INCORRECT)
DIGIT_LESS: Final = Finding("METER_ANGKA_KURANG", Kind.INCORRECT)
REPLACEMENT_INCOMPLETE: Final = Finding("METER_GANTI_TIDAK_LENGKAP", Kind.INCORRECT)
TROUBLE: Final = Finding("METER_KODE_KENDALA", Kind.INCORRECT)

BASELINE: Final = Finding("METER_AWAL", None)
NORMAL: Final = Finding("METER_NORMAL", None)
UNCOMPARED: Final = Finding("METER_BELUM_ADA_BIASANYA", None)
SKIPPED: Final = Finding("METER_TIDAK_DIBACA", None)
ROLLOVER: Final = Finding("METER_PUTARAN", None, Tag.ROLLOVER)
ROLLOVER_REPLACED: Final = Finding("METER_GANTI_PUTARAN", None, Tag.ROLLOVER)
REPLACED: Final = Finding("METER_GANTI", None, Tag.GANTI_METER)
CATCH_UP: Final = Finding("METER_SUSULAN", None, Tag.CATCH_UP)
OVER_ESTIMATE: Final = Finding("METER_ESTIMASI_TERLALU_TINGGI", None, Tag.OVER_ESTIMATE)
PRORATED: Final = Finding("METER_DIPRORATA", None)
USAGE_INACTIVE: Final = Finding("METER_PAKAI_TANPA_LAYANAN", None, Tag.USAGE_INACTIVE)

FINDINGS: Final = (
    EXTREME, DROP, ZERO, ZERO_VOLUME, STUCK, NEGATIVE, OLD_BELOW_LAST, NEW_BELOW_START, NEGATIVE_VOLUME,
    REBILLED, ESTIMATED, METHOD_UNKNOWN, ESTIMATED_AGAIN, BELOW_ZERO, BEYOND_DIALS, FRACTION,
    WRONG_SERIAL, FUTURE, NOT_LATER, TWICE, PREVIOUS_DIFFERS, SWAPPED, DIGIT_MORE, DIGIT_LESS,
    REPLACEMENT_INCOMPLETE, TROUBLE, BASELINE, NORMAL, UNCOMPARED, SKIPPED, ROLLOVER, ROLLOVER_REPLACED,
    REPLACED, CATCH_UP, OVER_ESTIMATE, PRORATED, USAGE_INACTIVE,
)  # fmt: skip
REFUSED: Final = frozenset((
    BELOW_ZERO, BEYOND_DIALS, FRACTION, WRONG_SERIAL, FUTURE, NOT_LATER, TROUBLE, SWAPPED, DIGIT_MORE,
    DIGIT_LESS,
))  # fmt: skip
"""What is wrong with a read in itself: no use counts from its stand."""
REMARKS: Final = frozenset(one.code for one in FINDINGS if one.kind is None)
TAGS: Final = {one.code: one.tag for one in FINDINGS if one.tag}


_NO_USE: Final = frozenset((Kind.NEGATIVE, Kind.INCORRECT, Kind.ESTIMATED))


def counts(kinds: Iterable[Kind], days: int) -> bool:
    """Say whether a period's use was read, and rightly, so that it says how much is used."""
    return days > 0 and _NO_USE.isdisjoint(kinds)


class Judgement(NamedTuple):
    """What is said of a billing period, and the numbers it rests on. Volumes are litres."""

    period: int
    findings: tuple[Finding, ...]
    read_id: bytes = b""
    """Of the read that was judged; empty: the period has a rebilling only."""
    day: int = 0
    stand_l: int | None = None
    from_l: int | None = None
    """The stand the use counts from."""
    days: int = 0
    """Days the use is spread over; 0: no use is known."""
    use_l: int = 0
    use30_l: int = 0
    """Use of 30 days, rounded half up, for reading: decisions are made on the exact fraction."""
    usual_l: int = 0
    """Mean use of 30 days of the accepted actual periods before it, rounded the same; 0: none."""
    usual_periods: int = 0
    would_be_l: int | None = None
    """The stand that a slip of the pen explains."""
    run: int = 0
    """How many zero uses or estimates in a row, this one included."""
    limit_l: int = 0
    """What extreme use was compared with."""
    drop_pct: int = 0
    """Below this share of the usual use it dropped."""
    limits_id: str = ""
    delta_l: int = 0
    delta_minor: int = 0
    usage_class: str = ""
    serial: str = ""
    """Of the meter that this is on, where the customer has several."""
    beside: "tuple[Judgement, ...]" = ()
    """What is said of the other meters that were read, what tells most first."""

    @property
    def movement(self) -> float | None:
        """Return how far (logarithm) the use lies above the usual one; None where that says nothing."""
        if not counts(self.kinds, self.days) or self.use30_l <= 0 or self.usual_l <= 0:
            return None
        return log(self.use30_l / self.usual_l)

    @property
    def is_skipped(self) -> bool:
        """Say whether nothing was read."""
        return SKIPPED in self.findings

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Return the anomalies that hold, each once, in the order of R-26."""
        return _kinds(self.findings)


@lru_cache(maxsize=1024)
def _kinds(findings: tuple[Finding, ...]) -> tuple[Kind, ...]:
    held = {one.kind for one in findings if one.kind}
    return tuple(kind for kind in Kind if kind in held)

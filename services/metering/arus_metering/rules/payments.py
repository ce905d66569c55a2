"""What a payment pays: CURRENT, UNDUE or ARREARS (R-30), and how old a debt is."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final, Literal

PaymentType = Literal["CURRENT", "UNDUE", "ARREARS"]
BANDS: Final = ("0-30", "31-60", "61-90", ">90")
_SAID: Final[dict[PaymentType, tuple[str, ...]]] = {
    "CURRENT": (
        "CURRENT", "CUR", "CURR", "LANCAR", "BERJALAN", "BULAN BERJALAN", "REKENING BERJALAN",
        "TAGIHAN BERJALAN", "PERIODE BERJALAN", "BULAN INI",
    ),
    "UNDUE": (
        "UNDUE", "UN DUE", "UND", "NOT DUE", "NOT YET DUE", "BELUM JATUH TEMPO", "BLM JATUH TEMPO", "BJT",
        "DI MUKA", "DIMUKA", "BAYAR DI MUKA", "ADVANCE", "PREPAID",
    ),
    "ARREARS": (
        "ARREARS", "ARREAR", "ARR", "TUNGGAKAN", "TUNGGAK", "MENUNGGAK", "TGK", "OVERDUE", "OVER DUE",
        "PAST DUE", "LEWAT JATUH TEMPO", "PIUTANG",
    ),
}  # fmt: skip
_WORDS: Final[dict[str, PaymentType]] = {word: kind for kind, words in _SAID.items() for word in words}
_NOT_PLAIN: Final = re.compile(r"[^A-Z0-9]+")
_NUMBER: Final = re.compile(r"\d{1,5}")
_YEARS: Final = re.compile(r"tahun|thn|year")
_MONTHS: Final = re.compile(r"bulan|bln|month")
_BILLS: Final = re.compile(r"lembar|lbr|rekening|\brek\b|bill")
_ABOVE: Final = re.compile(
    r"^\s*(?:>|≥|lebih|di ?atas|over|above|more)|\+|(?:ke atas|lebih|and over|or more)\s*$"
)
_BELOW: Final = re.compile(r"^\s*(?:<|≤|kurang|di ?bawah|s[/.]?d\b|sampai|maks|max|up to|under|below|less)")
_OF_A_PAYMENT: Final = ("channel", "receipt_number", "bill_number")
_OTHER_WORDS: Final = re.compile(r"20\d\d|lancar|lunas")


def plain(word: str) -> str:
    """Return a word in capitals, whatever stands between its parts one space."""
    return _NOT_PLAIN.sub(" ", word.upper()).strip()


def payment_type(
    said: str, bill_period: str, active_period: str, *, paid_on: date, due: date | None = None
) -> PaymentType:
    """Return what a payment pays: as the file says, else by the bill's period and when it is due.

    The active period's bill is CURRENT. One of another period is UNDUE until it is due and then ARREARS;
    where nobody knows when, an older one is ARREARS and a later one UNDUE. An unknown period counts as the
    active one.
    """
    if known := _WORDS.get(plain(said)):
        return known
    if not bill_period or bill_period == active_period:
        return "CURRENT"
    if due:
        return "UNDUE" if paid_on <= due else "ARREARS"
    return "UNDUE" if bill_period > active_period else "ARREARS"


def active_period(period: str, paid_on: date) -> str:
    """Return the month whose bill is the current one when a file's payment is made. period: of the file."""
    # A file may begin before its month: what was paid then was paid in another one.
    return min(filter(None, (period, f"{paid_on:%Y-%m}")))


def is_same_payment(stands: Mapping[str, Any], said: Mapping[str, Any], period: str) -> bool:
    """Say whether a payment that stands and one of the same customer, day and amount are one.

    The one that stands may not have had its billed month read, and holds none or the active one then. Two
    payments may be alike: only a receipt's or a bill's number says which it is, at the same place.
    period: of the file that says it.
    """
    may_hold = "", said["bill_period"], active_period(period, said["payment_date"])
    return (
        bool(said["receipt_number"] or said["bill_number"])
        and all(stands[name] == said[name] for name in _OF_A_PAYMENT)
        and stands["bill_period"] in may_hold
    )


def days_of_bills(bills: int) -> int:
    """Return how many days the oldest of so many unpaid bills is at least due, a month between each."""
    return 30 * (bills - 1) + 1 if bills > 0 else 0


def days_of_band(said: str) -> int | None:
    """Return the least days of an age band as people write it, None where it is none.

    Of "31-60", "31 s/d 60 hari" the first number; of "30-60", "> 30", "di atas 30", "30+" one more; of
    "< 30", "s/d 30" none. A month counts 30 days.
    """
    text = said.strip().lower()
    found = [int(number) for number in _NUMBER.findall(text)]
    if not found or len(found) > 2 or _OTHER_WORDS.search(text):
        return None
    first = found[0]
    unit = 365 if _YEARS.search(text) else 30 if _MONTHS.search(text) or _BILLS.search(text) else 1
    if len(found) == 1 and _BELOW.search(text):
        return 0
    if len(found) == 1 and _ABOVE.search(text):
        return first * unit + 1
    if _BILLS.search(text):
        return days_of_bills(first)
    is_past = len(found) == 2 and first > 0 and (unit > 1 or first % 30 == 0)
    return first * unit + is_past


def band(age_days: int) -> str:
    """Return the ageing band of a debt so many days past its due date."""
    return BANDS[0 if age_days <= 30 else 1 if age_days <= 60 else 2 if age_days <= 90 else 3]

"""What a payment pays: CURRENT, UNDUE or ARREARS (R-30), and how old a debt is."""

from typing import Final, Literal

PaymentType = Literal["CURRENT", "UNDUE", "ARREARS"]
BANDS: Final = ("0-30", "31-60", "61-90", ">90")
_WORDS: Final[dict[str, PaymentType]] = {
    "CURRENT": "CURRENT",
    "LANCAR": "CURRENT",
    "UNDUE": "UNDUE",
    "BELUM JATUH TEMPO": "UNDUE",
    "ARREARS": "ARREARS",
    "TUNGGAKAN": "ARREARS",
}


def payment_type(said: str, bill_period: str, active_period: str) -> PaymentType:
    """Return what a payment pays: as the file says, else by the bill's period against the active one.

    The active period's bill is CURRENT, an older one ARREARS, a later one not yet due: UNDUE. An unknown
    period counts as the active one.
    """
    if known := _WORDS.get(said.strip().upper()):
        return known
    if not bill_period or bill_period == active_period:
        return "CURRENT"
    return "UNDUE" if bill_period > active_period else "ARREARS"


def band(age_days: int) -> str:
    """Return the ageing band of a debt so many days past its due date."""
    return BANDS[0 if age_days <= 30 else 1 if age_days <= 60 else 2 if age_days <= 90 else 3]

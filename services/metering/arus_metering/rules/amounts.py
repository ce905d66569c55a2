"""Decimals of files as whole litres and hundredths of a rupiah, and back."""

from decimal import Decimal, InvalidOperation
from typing import Final

LITRES: Final = 1_000
MINOR: Final = 100
MOST: Final = 10**15
_SHORT: Final = 12
"""Digits that no unit lifts above the most."""


class NotExactError(ValueError):
    """The decimal has more places than its unit holds, or more digits than the books do."""


def whole(text: str, per_unit: int) -> int:
    """Return a decimal in units as whole parts of them; raises ValueError where that is not exact."""
    if len(text) <= _SHORT and text.isdecimal():  # most are; a tenth of what a Decimal costs
        return int(text) * per_unit
    try:
        exact = Decimal(text) * per_unit
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not exact.is_finite() or exact != exact.to_integral_value() or abs(exact) > MOST:
        raise NotExactError(text)
    return int(exact)


def shown(value: int, per_unit: int) -> str:
    """Return whole parts as a plain decimal of units: 1250 litres are "1.25"."""
    exact = Decimal(value) / per_unit
    text = f"{exact:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def rupiah(minor: int) -> str:
    """Return hundredths as an amount with two places."""
    return f"{Decimal(minor) / MINOR:.2f}"

"""Who may ask, and what lists and their exports are asked by."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Annotated, Any

from arus_runtime.auth import Principal, require_everywhere
from arus_runtime.web import wrong
from arus_runtime.web.spans import BusinessDate
from fastapi import Depends, Path, Query
from pydantic import AfterValidator, Field

from arus_metering.rules.payments import PaymentType
from arus_metering.schemas.records import Period

CustomerReader = Annotated[Principal, Depends(require_everywhere("customers", "r"))]
PaymentReader = Annotated[Principal, Depends(require_everywhere("collections", "r"))]
MeterReader = Annotated[Principal, Depends(require_everywhere("meters", "r"))]
Nomen = Annotated[str, Path(min_length=1, max_length=40)]
Q = Annotated[str, Query(max_length=200, description="Part of the number, name or address, in any case.")]
Nomens = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=40)]] | None,
    Query(alias="nomen", max_length=100, description="Only these customers, at most 100; all when left out."),
]
Said = Annotated[
    Annotated[str, Field(max_length=40)] | None, AfterValidator(lambda text: text or None), Query()
]
"""A filter by a word; an empty one, as a form sends it, asks for nothing."""


@dataclass(frozen=True, slots=True)
class PaymentFilter:
    """Which payments are asked for."""

    nomen: str | None
    rayon: str | None
    period: str | None
    type: PaymentType | None
    first: date | None
    last: date | None

    def values(self) -> Mapping[str, Any]:
        """Return it as the store is asked."""
        return asdict(self)


async def _payments(
    *,
    nomen: Said = None,
    rayon: Said = None,
    period: Annotated[Period | None, Query(description="The billing period paid.")] = None,
    type: Annotated[PaymentType | None, Query()] = None,  # noqa: A002 - the parameter's public name
    first: Annotated[BusinessDate | None, Query(alias="from")] = None,
    last: Annotated[BusinessDate | None, Query(alias="to", description="Included.")] = None,
) -> PaymentFilter:
    if first and last and first > last:
        raise wrong("to", "too_small", bound=first, value=last)
    return PaymentFilter(nomen, rayon, period, type, first, last)


Payments = Annotated[PaymentFilter, Depends(_payments)]
"""A route's parameter that brings the filters of a list of payments."""

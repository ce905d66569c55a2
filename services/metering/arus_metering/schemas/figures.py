"""Figures of the collection as shown; shares are percent with two places, null where nothing is billed."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from arus_metering.rules.amounts import LITRES, MINOR, shown
from arus_metering.rules.payments import BANDS
from arus_metering.schemas.records import Money

_PLACES: Final = Decimal("0.01")


def share(part: int, of: int) -> float | None:
    """Return a share in percent, two places half up; None of nothing."""
    if not of:
        return None
    return float((Decimal(100 * part) / of).quantize(_PLACES, ROUND_HALF_UP))


def _number(value: int, per_unit: int) -> int | float:
    """Return units as the seed's JSON has them: whole where they are."""
    return value // per_unit if value % per_unit == 0 else value / per_unit


class SeedTarget(BaseModel):
    """Billed and paid, as the seed names them; rupiah."""

    total_nomen: int
    total_nominal: int | float
    sudah_bayar_nomen: int = Field(description="Customers who paid more than Rp 0 of it, all of it or not.")
    sudah_bayar_nominal: int | float


class KpiData(BaseModel):
    """The seed's figures of a period. collection_rate: paid of billed rupiah in percent (R-31)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "total_pelanggan": 5000,
                    "total_kubikasi": 125000,
                    "target": {
                        "total_nomen": 5000,
                        "total_nominal": 2500000000,
                        "sudah_bayar_nomen": 4500,
                        "sudah_bayar_nominal": 2250000000,
                    },
                    "collection_rate": 90.0,
                    "collection_rate_nomen": 90.0,
                    "periode": "2025-12",
                    "data_as_of": "2025-12-31T10:00:00Z",
                }
            ]
        }
    )

    total_pelanggan: int
    total_kubikasi: int | float
    target: SeedTarget
    collection_rate: float
    collection_rate_nomen: float
    periode: str | None
    data_as_of: datetime | None

    @classmethod
    def of(cls, period: str | None, row: Mapping[str, Any] | None, as_of: datetime | None) -> Self:
        """Return the figures of a period; nothing billed: zeros."""
        row = row or dict.fromkeys(
            ("customers", "volume_l", "target_customers", "target_minor", "paid_customers", "paid_minor"), 0
        )
        return cls(
            total_pelanggan=row["customers"],
            total_kubikasi=_number(row["volume_l"], LITRES),
            target=SeedTarget(
                total_nomen=row["target_customers"],
                total_nominal=_number(row["target_minor"], MINOR),
                sudah_bayar_nomen=row["paid_customers"],
                sudah_bayar_nominal=_number(row["paid_minor"], MINOR),
            ),
            collection_rate=share(row["paid_minor"], row["target_minor"]) or 0.0,
            collection_rate_nomen=share(row["paid_customers"], row["target_customers"]) or 0.0,
            periode=period,
            data_as_of=as_of,
        )


class Figures(BaseModel):
    """What was billed in a period and what was paid of it."""

    period: str = Field(examples=["2025-12"])
    rayon: str | None = Field(examples=["34"], description="Null: all of them together.")
    customers: int = Field(examples=[2500])
    volume_m3: str = Field(examples=["62500"])
    target: Money
    target_customers: int = Field(examples=[2500])
    paid: Money
    paid_customers: int = Field(examples=[2250])
    outstanding: Money
    collection_rate: float | None = Field(examples=[90.0], description="Paid of billed rupiah, percent.")
    collection_rate_customers: float | None = Field(examples=[90.0])

    @classmethod
    def of(cls, row: Mapping[str, Any], *, parted: bool) -> Self:
        """Return figures as shown. parted: the row is one rayon's."""
        return cls(
            period=row["period"],
            rayon=row["part"] if parted else None,
            customers=row["customers"],
            volume_m3=shown(row["volume_l"], LITRES),
            target=Money.of(row["target_minor"]),
            target_customers=row["target_customers"],
            paid=Money.of(row["paid_minor"]),
            paid_customers=row["paid_customers"],
            outstanding=Money.of(row["target_minor"] - row["paid_minor"]),
            collection_rate=share(row["paid_minor"], row["target_minor"]),
            collection_rate_customers=share(row["paid_customers"], row["target_customers"]),
        )


class Comparison(BaseModel):
    """Periods beside each other, oldest first; by rayon where asked."""

    items: list[Figures]
    data_as_of: datetime | None


class Scopes(BaseModel):
    """What figures can be asked of."""

    periods: list[str] = Field(examples=[["2025-12", "2025-11"]], description="Billed ones, newest first.")
    rayons: list[str] = Field(
        examples=[["34", "35"]], description="Billed in the newest period, or of customers now."
    )


class Day(BaseModel):
    """What was paid of a period on a day, and until then."""

    day: date
    payments: int = Field(examples=[120])
    paid: Money
    paid_until_then: Money
    collection_rate: float | None = Field(examples=[12.5], description="Paid until then of billed, percent.")


class Days(BaseModel):
    """How a period is paid, day by day, against its target."""

    period: str | None = Field(examples=["2025-12"])
    target: Money
    items: list[Day]
    data_as_of: datetime | None

    @classmethod
    def of(
        cls, period: str | None, rows: Sequence[Mapping[str, Any]], target_minor: int, as_of: datetime | None
    ) -> Self:
        """Return days as shown; rows: oldest first."""
        until, items = 0, list[Day]()
        for row in rows:
            until += row["paid_minor"]
            items.append(
                Day(
                    day=row["day"],
                    payments=row["payments"],
                    paid=Money.of(row["paid_minor"]),
                    paid_until_then=Money.of(until),
                    collection_rate=share(until, target_minor),
                )
            )
        return cls(period=period, target=Money.of(target_minor), items=items, data_as_of=as_of)


class Band(BaseModel):
    """What is owed for so many days."""

    days: Literal["0-30", "31-60", "61-90", ">90"]
    customers: int
    bills: int
    amount: Money
    penalty: Money


class Ageing(BaseModel):
    """What is owed as of a period, by its age; every band is there."""

    period: str | None = Field(examples=["2025-12"])
    listed_on: date | None = Field(
        description="Of which day the list is; null: there is none of the period, and nothing is known."
    )
    newest_period: str | None = Field(description="The newest month that has a list.", examples=["2025-12"])
    items: list[Band]
    data_as_of: datetime | None

    @classmethod
    def of(
        cls,
        period: str | None,
        rows: Sequence[Mapping[str, Any]],
        as_of: datetime | None,
        *,
        listed_on: date | None,
        newest_period: str | None,
    ) -> Self:
        """Return bands as shown."""
        by_band = {row["band"]: row for row in rows}
        nothing = {"customers": 0, "bills": 0, "amount_minor": 0, "penalty_minor": 0}
        items = [
            Band(
                days=band,  # pyright: ignore[reportArgumentType] - the names of the bands are the same
                customers=row["customers"],
                bills=row["bills"],
                amount=Money.of(row["amount_minor"]),
                penalty=Money.of(row["penalty_minor"]),
            )
            for band in BANDS
            for row in (by_band.get(band, nothing),)
        ]
        return cls(
            period=period,
            listed_on=listed_on,
            newest_period=newest_period,
            items=items,
            data_as_of=as_of,
        )


class Happening(BaseModel):
    """What happened at a customer. facts: as its kind has them; litres, hundredths of a rupiah.

    Kind customer: what a person said of them, and no more; said_by is null where that was not kept.
    """

    kind: Literal["read", "payment", "bill", "billed", "arrears", "replacement", "correction", "customer"]
    day: date
    period: str
    facts: dict[str, str | int | None]
    import_id: str = Field(description="Empty: entered by a person.")


class Profile(BaseModel):
    """A customer on one time line, newest first."""

    nomen: str
    items: list[Happening]
    next_before: date | None = Field(description="Ask again with before= this day; null: that was all.")
    data_as_of: datetime | None

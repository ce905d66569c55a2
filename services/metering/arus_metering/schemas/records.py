"""Customers, payments and replaced meters as people write and read them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from arus_runtime.periods import MONTH
from arus_runtime.web.problems import not_null
from arus_runtime.web.spans import BusinessDate
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator
from pydantic.config import JsonDict
from pydantic.json_schema import SkipJsonSchema

from arus_metering.rules.amounts import LITRES, MINOR, rupiah, shown
from arus_metering.rules.payments import PaymentType
from arus_metering.state import Customer, Payment, Replacement


def _text(longest: int) -> Any:
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=longest, pattern=r"\S")


Nomen = Annotated[str, _text(40)]
Text = Annotated[str, _text(500)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]
MeterSize = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)]
Period = Annotated[str, Field(pattern=MONTH, examples=["2025-12"])]
Rupiah = Annotated[Decimal, Field(ge=-1_000_000_000_000, le=1_000_000_000_000, decimal_places=2)]
Stand = Annotated[Decimal, Field(ge=0, le=1_000_000_000, decimal_places=3)]

PT_EXAMPLE: JsonDict = {
    "nomen": "123456",
    "name": "PT Example",
    "address": "Jl. Sunter No.1",
    "rayon": "34",
    "usage_class": "3A",
    "serial": "A-1001",
    "is_active": True,
}
PAID: JsonDict = {
    "nomen": "123456",
    "payment_date": "2025-12-05",
    "amount": "500000.00",
    "bill_period": "2025-12",
    "payment_type": "CURRENT",
    "receipt_number": "K-1",
}
CHANGED: JsonDict = {
    "nomen": "123456",
    "replaced_on": "2025-12-10",
    "old_serial": "A-1001",
    "old_final_m3": "1072",
    "new_serial": "B-2001",
    "new_start_m3": "0",
}


class Money(BaseModel):
    """An amount of money."""

    amount: str = Field(examples=["500000.00"])
    currency: Literal["IDR"] = "IDR"

    @classmethod
    def of(cls, minor: int) -> Self:
        """Return hundredths of a rupiah as money."""
        return cls(amount=rupiah(minor))


class NewCustomer(BaseModel):
    """A customer as a clerk enters them."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [PT_EXAMPLE]})

    nomen: Nomen
    name: Text
    address: Text
    rayon: Code = ""
    usage_class: Code = ""
    serial: Code = ""
    meter_size: MeterSize = ""
    is_active: Annotated[bool, Field(strict=True)] = True


class CustomerPatch(BaseModel):
    """Only what changes."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"rayon": "35"}]})

    name: Text | SkipJsonSchema[None] = None
    address: Text | SkipJsonSchema[None] = None
    rayon: Code | SkipJsonSchema[None] = None
    usage_class: Code | SkipJsonSchema[None] = None
    serial: Code | SkipJsonSchema[None] = None
    meter_size: MeterSize | SkipJsonSchema[None] = Field(
        default=None, description="Empty: says nothing of it."
    )
    is_active: Annotated[bool, Field(strict=True)] | SkipJsonSchema[None] = None

    _given = field_validator("*", mode="before")(not_null)

    def values(self) -> dict[str, Any]:
        """Return what was given."""
        return self.model_dump(exclude_unset=True)


class CustomerRecord(BaseModel):
    """A customer as the books now know them."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**PT_EXAMPLE, "version": 1, "updated_at": "2025-12-15T02:00:00Z"}]}
    )

    nomen: str
    name: str
    address: str
    rayon: str
    usage_class: str
    serial: str
    is_active: bool
    version: int
    updated_at: datetime

    @classmethod
    def of(cls, customer: Customer) -> Self:
        """Return a customer as shown."""
        return cls.model_validate(customer, from_attributes=True)


class CustomerDetail(CustomerRecord):
    """A customer as the books now know them, with the size of their meter."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {**PT_EXAMPLE, "meter_size": '1/2"', "version": 1, "updated_at": "2025-12-15T02:00:00Z"}
            ]
        }
    )

    meter_size: str = Field(description="As the newest file or person says it; empty: nobody does.")


class Found(BaseModel):
    """A customer as the seed's search answers."""

    nomen: str
    name: str
    address: str
    rayon: str


class SearchResults(BaseModel):
    """What a search finds, best first; at most 50."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "results": [
                        {"nomen": "123456", "name": "PT Example", "address": "Jl. Sunter No.1", "rayon": "34"}
                    ]
                }
            ]
        }
    )

    results: list[Found]


class NewPayment(BaseModel):
    """A payment as a clerk enters it; without a period that of its date, UNDUE and ARREARS none."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [PAID]})

    nomen: Nomen
    payment_date: BusinessDate
    amount: Rupiah
    bill_period: Period | None = None
    payment_type: PaymentType | None = None
    receipt_number: Code = ""

    def values(self) -> dict[str, Any]:
        """Return it by the columns of the books."""
        return payment_values(self.model_dump())


class PaymentPatch(BaseModel):
    """Only what changes."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"amount": "450000.00"}]})

    payment_date: BusinessDate | SkipJsonSchema[None] = None
    amount: Rupiah | SkipJsonSchema[None] = None
    bill_period: Period | SkipJsonSchema[None] = None
    payment_type: PaymentType | SkipJsonSchema[None] = None
    receipt_number: Code | SkipJsonSchema[None] = None

    _given = field_validator("*", mode="before")(not_null)

    def values(self) -> dict[str, Any]:
        """Return what was given, by the columns of the books."""
        return payment_values(self.model_dump(exclude_unset=True))


def payment_values(given: dict[str, Any]) -> dict[str, Any]:
    """Return fields with the amount as hundredths."""
    amount: Decimal | None = given.pop("amount", None)
    return given if amount is None else {**given, "amount_minor": int(amount * MINOR)}


class PaymentRecord(BaseModel):
    """A payment as it now stands."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **PAID,
                    "id": "01JGZ3M0T0ARVSPAYMENT00001",
                    "rayon": "34",
                    "source": "MANUAL",
                    "amount": {"amount": "500000.00", "currency": "IDR"},
                    "version": 7,
                    "is_repeat": False,
                    "said_by": "01JGZ3M0T0ARVSUSER00000001",
                }
            ]
        }
    )

    id: str
    nomen: str
    rayon: str
    source: str
    payment_date: date
    amount: Money
    payment_type: str
    bill_period: str
    receipt_number: str
    version: int
    is_repeat: bool = Field(description="Of MB: the daily transactions hold it too; figures count it once.")
    said_by: str | None = Field(description="Who entered or last corrected it; null: a file.")

    @classmethod
    def of(cls, payment: Payment) -> Self:
        """Return a payment as shown."""
        return cls(
            id=payment.id,
            nomen=payment.nomen,
            rayon=payment.rayon,
            source=payment.source,
            payment_date=payment.payment_date,
            amount=Money.of(payment.amount_minor),
            payment_type=payment.payment_type,
            bill_period=payment.bill_period,
            receipt_number=payment.receipt_number,
            version=payment.version,
            is_repeat=payment.is_repeat,
            said_by=payment.said_by,
        )


class NewReplacement(BaseModel):
    """A meter changed for another; what nobody wrote down is left out."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [CHANGED]})

    nomen: Nomen
    replaced_on: BusinessDate
    old_serial: Code = ""
    old_final_m3: Stand | None = None
    new_serial: Annotated[str, _text(60)]
    new_start_m3: Stand | None = None

    def values(self) -> dict[str, Any]:
        """Return it by the fields of ``Replacement``."""
        given = self.model_dump()
        for end in ("old_final", "new_start"):
            stand: Decimal | None = given.pop(f"{end}_m3")
            given[f"{end}_l"] = None if stand is None else int(stand * LITRES)
        return given


class ReplacementRecord(BaseModel):
    """A meter changed for another; null: not stated."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**CHANGED, "id": "01JGZ3M0T0ARVSMETERNEW0001", "import_id": ""}]}
    )

    id: str
    nomen: str
    replaced_on: date
    old_serial: str
    old_final_m3: str | None
    new_serial: str
    new_start_m3: str | None
    import_id: str = Field(description="Of the file that tells it; empty: entered by a person.")

    @classmethod
    def of(cls, one: Replacement) -> Self:
        """Return a replacement as shown."""
        return cls(
            id=one.id,
            nomen=one.nomen,
            replaced_on=one.replaced_on,
            old_serial=one.old_serial,
            old_final_m3=None if one.old_final_l is None else shown(one.old_final_l, LITRES),
            new_serial=one.new_serial,
            new_start_m3=None if one.new_start_l is None else shown(one.new_start_l, LITRES),
            import_id=one.import_id,
        )

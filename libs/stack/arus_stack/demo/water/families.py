"""The six families of files a water utility's office works with, as tables of canonical fields."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from arus_stack.demo.water.town import ADMIN_FEE, FIXED_CHARGE, Town, owed

Value = str | int | Decimal | date | None
Line = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Facts:
    """One file's worth: the facts of one family in one period, each a mapping of the same fields."""

    family: str
    period: str
    lines: tuple[Line, ...]


def facts(made: Town, family: str, period: str) -> Facts:
    """Return what a family tells of a period."""
    return Facts(family, period, tuple(FAMILIES[family](made, period)))


def _customers(made: Town, period: str) -> list[Line]:
    return [
        {
            "nomen": one.customer.nomen,
            "name": one.customer.name,
            "address": one.customer.address,
            "rayon": one.customer.rayon,
            "route": one.customer.route,
            "tariff": one.customer.tariff,
            "serial": one.customer.serial,
            "kubikasi": one.volume_m3,
            "target_mc": one.amount,
            "period": one.period,
        }
        for one in made.bills
        if one.period == period and not one.reason
    ]


def _payments(made: Town, period: str) -> list[Line]:
    return [
        {
            "nomen": one.bill.customer.nomen,
            "rayon": one.bill.customer.rayon,
            "payment_date": one.paid_on,
            "amount": one.bill.amount + one.penalty,
            "payment_type": one.kind,
            "payment_channel": one.channel,
            "receipt_number": one.receipt,
            "bill_period": one.bill.period,
        }
        for one in made.payments
        if f"{one.paid_on:%Y-%m}" == period
    ]


def _reads(made: Town, period: str) -> list[Line]:
    return [
        {
            "nomen": one.customer.nomen,
            "name": one.customer.name,
            "rayon": one.customer.rayon,
            "route": one.customer.route,
            "serial": one.serial,
            "stand_awal": one.stand_awal,
            "stand_akhir": one.stand_akhir,
            "volume": one.volume_m3,
            "read_method": one.method,
            "skip_status": one.skip,
            "reader": one.reader,
            "read_date": one.read_date,
            "stand_cabut": one.removed_at,
            "stand_pasang": one.fitted_at,
            "replacement_date": one.replaced_on,
        }
        for one in made.reads
        if one.period == period
    ]


def _paid_bills(made: Town, period: str) -> list[Line]:
    return [
        {
            "nomen": one.bill.customer.nomen,
            "name": one.bill.customer.name,
            "bill_number": one.bill.number,
            "bill_period": one.bill.period,
            "payment_date": one.paid_on,
            "amount": one.bill.amount,
            "penalty": one.penalty,
            "payment_place": one.channel,
            "payment_status": "LUNAS",
        }
        for one in made.payments
        if f"{one.paid_on:%Y-%m}" == period
    ]


def _bills(made: Town, period: str) -> list[Line]:
    return [
        {
            "nomen": one.customer.nomen,
            "name": one.customer.name,
            "route": one.customer.route,
            "tariff": one.customer.tariff,
            "bill_number": one.number,
            "bill_date": one.issued,
            "due_date": one.due,
            "stand_awal": one.stand_awal,
            "stand_akhir": one.stand_akhir,
            "volume": one.volume_m3,
            "water_charge": one.water,
            "fixed_charge": FIXED_CHARGE,
            "admin_fee": ADMIN_FEE,
            "amount": one.amount,
            "period": one.period,
        }
        for one in made.bills
        if one.period == period
    ]


def _arrears(made: Town, period: str) -> list[Line]:
    year, month = map(int, period.split("-"))
    return [
        {
            "nomen": one.customer.nomen,
            "name": one.customer.name,
            "rayon": one.customer.rayon,
            "bill_period": one.period,
            "amount": one.amount,
            "volume": one.volume_m3,
            "age_days": 30 * (year * 12 + month - int(one.period[:4]) * 12 - int(one.period[5:])),
        }
        for one in owed(made, period)
    ]


FAMILIES: Final[Mapping[str, Callable[[Town, str], list[Line]]]] = {
    "MC": _customers,
    "COLLECTION": _payments,
    "SBRS": _reads,
    "MB": _paid_bills,
    "MAINBILL": _bills,
    "ARDEBT": _arrears,
}

"""Rows of imported files as facts of the books; canonical names as the file types declare them."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from arus_runtime.periods import MONTH

from arus_metering.rules.amounts import LITRES, MINOR, whole
from arus_metering.rules.payments import active_period, days_of_band, days_of_bills, payment_type, plain
from arus_metering.state import Fact, Wrong

Fields = Mapping[str, str]
TYPES: Final = frozenset({"MC", "COLLECTION", "SBRS", "MB", "MAINBILL", "ARDEBT"})
PAYMENTS: Final = frozenset({"COLLECTION", "MB"})
LONGEST: Final = 500
UNKNOWN_METHOD: Final = "TIDAK_DIKETAHUI"
"""How a stand was read that nothing is said of (R-25)."""
_MONTH: Final = re.compile(MONTH)
_YEARS: Final = range(1900, 2200)
_BILLED: Final = frozenset({"target_minor", "volume_l"})
_NOTHING: Final = frozenset(
    {
        "N", "NO", "T", "TIDAK", "TIDAK ADA", "TANPA KENDALA", "NIHIL", "NIL", "NONE", "NULL", "N/A", "NA",
        "FALSE", "ADA", "OK", "OKE", "BAIK", "BAGUS", "GOOD", "NORMAL", "LANCAR", "METER BAIK",
        "METER NORMAL", "KONDISI BAIK", "TERBACA", "DIBACA", "BACA", "READ", "ACTUAL", "NOT SKIPPED",
    }
)  # fmt: skip
"""What columns for a reason say where there is none; noughts and strokes say the same."""
_INACTIVE: Final = frozenset(
    {
        "0", "N", "T", "NONAKTIF", "NON AKTIF", "NONACTIVE", "NON ACTIVE", "TIDAK AKTIF", "TDK AKTIF",
        "INAKTIF", "INACTIVE", "NOT ACTIVE", "BERHENTI", "BERHENTI LANGGANAN", "CLOSED", "DISCONNECTED",
        *(
            f"{closed}{for_how_long}"
            for closed in ("TUTUP", "DITUTUP", "PUTUS", "DIPUTUS", "CABUT", "DICABUT", "SEGEL", "DISEGEL",
                           "BONGKAR", "DIBONGKAR")
            for for_how_long in ("", " SEMENTARA", " TETAP", " PERMANEN")
        ),
    }
)  # fmt: skip
"""Words of a status without service; what stands between their parts is one space."""


class _Refusal(Exception):  # noqa: N818 - an outcome
    def __init__(self, field: str, code: str, **params: str) -> None:
        super().__init__(code)
        self.wrong = Wrong(field, code, params)


def fact(type_: str, period: str, fields: Fields, told_on: date = date.max) -> Fact | Wrong:
    """Return what a row says, or what is wrong with it.

    period: YYYY-MM, of the file; told_on: the day on which it was told, behind which nothing was read.
    """
    try:
        nomen = _text(fields, "nomen", 40)
        if not nomen:
            return Wrong("nomen", "ROW_REQUIRED", {})
        table, read = _READ[type_]
        values = {"rayon": _text(fields, "rayon", 40), **read(period, fields)}
        if values.get("is_date_assumed"):
            values["read_date"] = min(values["read_date"], told_on)
        return Fact(table, nomen, values)
    except _Refusal as refusal:
        return refusal.wrong


def billed(facts: Sequence[Fact | Wrong]) -> list[Fact | Wrong]:
    """Return customers of a billing master: who has neither amount nor volume there was billed nothing.

    Where nobody has any it is a plain list of customers, and says nothing of what was billed.
    """
    if not any(isinstance(one, Fact) and _says(one) for one in facts):
        return list(facts)
    return [
        one._replace(values={**one.values, **{name: one.values[name] or 0 for name in _BILLED}})
        if isinstance(one, Fact)
        else one
        for one in facts
    ]


def _says(one: Fact) -> bool:
    return any(one.values[name] is not None for name in _BILLED)


def _customer(period: str, fields: Fields) -> dict[str, Any]:
    status = _text(fields, "customer_status")
    return {
        "period": _period(fields, "period", period),
        "name": _text(fields, "name"),
        "address": _text(fields, "address"),
        "route": _text(fields, "route", 40),
        "usage_class": _text(fields, "tariff", 40).upper(),
        "meter_size": _text(fields, "meter_size", 40),
        "serial": _text(fields, "serial", 60),
        "is_active": _is_active(status),
        "bill_number": _text(fields, "bill_number", 60),
        "target_minor": _whole(fields, "target_mc", MINOR),
        "volume_l": _whole(fields, "kubikasi", LITRES),
        "unsaid": [] if status else ["is_active"],
    }


def _read(period: str, fields: Fields) -> dict[str, Any]:
    of = _period(fields, "period", period)
    status = _text(fields, "customer_status")
    read_date = _date(fields, "read_date")
    skip_status, stand_l = _reason(fields, "skip_status"), _whole(fields, "stand_akhir", LITRES)
    if stand_l is None and not fields.get("volume") and fields.get("skip_status") and not skip_status:
        raise _Refusal("stand_akhir", "ROW_REQUIRED")
    return {
        "period": of,
        "read_date": read_date or _last_day(of),
        "is_date_assumed": read_date is None,
        "serial": _text(fields, "serial", 60),
        "stand_awal_l": _whole(fields, "stand_awal", LITRES),
        "stand_akhir_l": stand_l,
        "volume_l": _whole(fields, "volume", LITRES),
        "read_method": _text(fields, "read_method", 60).upper() or UNKNOWN_METHOD,
        "skip_status": skip_status,
        "trouble": _reason(fields, "trouble"),
        "reader": _text(fields, "reader", 100),
        "usage_class": _text(fields, "tariff", 40).upper(),
        "replaced_on": _date(fields, "replacement_date"),
        "old_final_l": _whole(fields, "stand_cabut", LITRES),
        "new_start_l": _whole(fields, "stand_pasang", LITRES),
        "dials": _whole(fields, "dials", 1),
        "multiplier": _whole(fields, "multiplier", 1),
        "is_active": _is_active(status) if status else None,
    }


def _payment(source: str) -> Callable[[str, Fields], dict[str, Any]]:
    def payment(period: str, fields: Fields) -> dict[str, Any]:
        on = _date(fields, "payment_date")
        amount = _whole(fields, "amount", MINOR)
        if on is None or amount is None:
            raise _Refusal("payment_date" if on is None else "amount", "ROW_REQUIRED")
        of, active = _period(fields, "bill_period", ""), active_period(period, on)
        kind = payment_type(
            _text(fields, "payment_type"), of, active, paid_on=on, due=_date(fields, "due_date")
        )
        return {
            "source": source,
            "payment_date": on,
            "amount_minor": amount,
            "payment_type": kind,
            # What is not of the active period, and of no other that is said, is of none.
            "bill_period": of or (active if kind == "CURRENT" else ""),
            "bill_number": _text(fields, "bill_number", 60),
            "channel": _text(fields, "payment_channel", 60) or _text(fields, "payment_place", 60),
            "receipt_number": _text(fields, "receipt_number", 60),
            "penalty_minor": _whole(fields, "penalty", MINOR) or 0,
            "volume_l": _whole(fields, "volume", LITRES),
        }

    return payment


def _bill(period: str, fields: Fields) -> dict[str, Any]:
    amount = _whole(fields, "amount", MINOR)
    if amount is None:
        raise _Refusal("amount", "ROW_REQUIRED")
    return {
        "period": _period(fields, "period", period),
        "bill_number": _text(fields, "bill_number", 60),
        "bill_date": _date(fields, "bill_date"),
        "due_date": _date(fields, "due_date"),
        "volume_l": _whole(fields, "volume", LITRES) or 0,
        "amount_minor": amount,
        "penalty_minor": _whole(fields, "penalty", MINOR) or 0,
    }


def _debt(period: str, fields: Fields) -> dict[str, Any]:
    amount = _whole(fields, "amount", MINOR)
    if amount is None:
        raise _Refusal("amount", "ROW_REQUIRED")
    as_of = _date(fields, "as_of") or _last_day(period)
    of = _period(fields, "bill_period", "")
    due = _date(fields, "due_date")
    number = _text(fields, "bill_number", 60)
    return {
        "as_of": period or f"{as_of:%Y-%m}",
        "bill_period": of or period or f"{as_of:%Y-%m}",
        "bill_number": number,
        "due_date": due,
        "amount_minor": amount,
        "penalty_minor": _whole(fields, "penalty", MINOR) or 0,
        "age_days": _age_days(fields, as_of, due or (_last_day(of) if of else None)),
        "listed_on": _date(fields, "as_of"),
        # Of a line that names its bill a number of bills is how many months are owed, on every line.
        "bills": 1 if of or number else _whole(fields, "bills", 1) or 1,
    }


def _age_days(fields: Fields, as_of: date, due: date | None) -> int:
    """Return how old a debt is: as the file says it, else since it was due; of several bills the oldest."""
    said, band = _whole(fields, "age_days", 1), _text(fields, "age_band")
    if said is None:
        said = days_of_band(band)
    if said is not None:
        return max(said, 0)
    bills = _whole(fields, "bills", 1)
    if due is None and bills is None:
        raise (
            _Refusal("age_band", "ROW_NOT_AGE_BAND", value=band)
            if band
            else _Refusal("age_days", "ROW_AGE_UNKNOWN")
        )
    return max((as_of - due).days if due else 0, days_of_bills(bills or 0), 0)


_READ: Final[Mapping[str, tuple[str, Callable[[str, Fields], dict[str, Any]]]]] = {
    "MC": ("customer_periods", _customer),
    "SBRS": ("meter_readings", _read),
    "COLLECTION": ("collections", _payment("COLLECTION")),
    "MB": ("collections", _payment("MB")),
    "MAINBILL": ("bills", _bill),
    "ARDEBT": ("arrears", _debt),
}


def _is_active(status: str) -> bool:
    return plain(status) not in _INACTIVE


def _text(fields: Fields, name: str, longest: int = LONGEST) -> str:
    text = fields.get(name, "").strip()
    if len(text) > longest or "\0" in text:
        raise _Refusal(name, "ROW_TOO_LONG", value=str(len(text)), bound=str(longest))
    return text


def _reason(fields: Fields, name: str) -> str:
    """Return a reason in capitals; "" where the column says that there is none."""
    text = _text(fields, name, 60).upper()
    return "" if text in _NOTHING or not text.strip("0-–. ") else text


def _whole(fields: Fields, name: str, per_unit: int) -> int | None:
    text = fields.get(name, "").strip()
    if not text:
        return None
    try:
        return whole(text, per_unit)
    except ValueError:
        places = len(str(per_unit)) - 1
        raise _Refusal(name, "ROW_NOT_DECIMAL", value=text, bound=str(places)) from None


def _date(fields: Fields, name: str) -> date | None:
    text = fields.get(name, "").strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise _Refusal(name, "ROW_NOT_DATE", value=text) from None
    if day.year not in _YEARS:
        raise _Refusal(name, "ROW_NOT_DATE", value=text)
    return day


def _period(fields: Fields, name: str, otherwise: str) -> str:
    text = fields.get(name, "").strip() or otherwise
    if text and not is_period(text):
        raise _Refusal(name, "ROW_NOT_PERIOD", value=text)
    if not text and name == "period":
        raise _Refusal(name, "ROW_REQUIRED")
    return text


def is_period(text: str) -> bool:
    """Say whether a text is YYYY-MM, of the last century or this one."""
    return _MONTH.fullmatch(text) is not None


def after(period: str, months: int) -> str:
    """Return the period so many months later (or earlier, below zero)."""
    months += int(period[:4]) * 12 + int(period[5:]) - 1
    return f"{months // 12:04}-{months % 12 + 1:02}"


def _last_day(period: str) -> date:
    if not period:
        raise _Refusal("as_of", "ROW_REQUIRED")
    following = after(period, 1)
    return date.fromordinal(date(int(following[:4]), int(following[5:]), 1).toordinal() - 1)

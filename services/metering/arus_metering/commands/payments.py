"""Payments that people enter, correct and take back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from arus_runtime import outbox
from arus_runtime.auth import Principal
from arus_runtime.ids import derived_id, new_ulid
from arus_runtime.postgres import Tx
from arus_runtime.web import IfMatchHeader, Problem, wrong

from arus_metering import codec
from arus_metering.commands.customers import named
from arus_metering.rules.payments import payment_type
from arus_metering.rules.reads import day_of
from arus_metering.state import Payment
from arus_metering.store import entries
from arus_metering.store import payments as store
from arus_metering.store.versions import Version

_ENTERED: Final = {
    "source": store.MANUAL,
    "payment_type": "",
    "bill_number": "",
    "channel": "",
    "receipt_number": "",
    "volume_l": None,
    "penalty_minor": 0,
}


async def add(tx: Tx, principal: Principal, values: Mapping[str, Any], at: datetime) -> Payment:
    """Record a payment of a customer the books know."""
    await entries.hold(tx, principal.tenant_id, "collections")
    customer = await named(tx, values["nomen"])
    given = {name: value for name, value in values.items() if value is not None}
    # As from a file: what is not of the active period, and of no other that is said, is of none.
    of = "" if given.get("payment_type") in {"UNDUE", "ARREARS"} else f"{given['payment_date']:%Y-%m}"
    said = {**_ENTERED, "bill_period": of, **given, "rayon": customer.rayon}
    return await _write(tx, principal, new_ulid(), said, at)


async def change(
    tx: Tx,
    principal: Principal,
    payment_id: str,
    values: Mapping[str, Any],
    *,
    if_match: IfMatchHeader,
    at: datetime,
) -> Payment:
    """Correct a payment if the caller has seen the version; what it said before stays as an older one.

    No difference, no version.
    What the file said beside stays said, so that the other register's entry is still known as the same. Of
    another bill's period it is of another type.
    """
    standing = await _held(tx, principal, payment_id, if_match)
    said = {**standing, **values}
    if said == standing:
        return await found(tx, payment_id)
    if said["bill_period"] != standing["bill_period"]:
        said["payment_type"] = values.get("payment_type", "")
    elif not said["bill_period"] and said["payment_type"] == "CURRENT":
        said["bill_period"] = f"{said['payment_date']:%Y-%m}"
    return await _write(tx, principal, payment_id, said, at)


async def withdraw(
    tx: Tx, principal: Principal, payment_id: str, *, if_match: IfMatchHeader, at: datetime
) -> None:
    """Take a payment back if the caller has seen the version."""
    standing = await _held(tx, principal, payment_id, if_match)
    await store.withdraw(tx, principal.tenant_id, payment_id, principal.user_id, at)
    await entries.note(tx, principal.tenant_id)
    await _tell(tx, principal, standing["nomen"], payment_id, None, at=at)


async def found(tx: Tx, payment_id: str) -> Payment:
    """Return a payment that stands; raises the 404, the 410."""
    payment = await store.one(tx, payment_id)
    if payment is None:
        raise await _missing(tx, payment_id)
    return payment


async def _missing(tx: Tx, payment_id: str) -> Problem:
    """Return the 410 of a payment that was taken back, the 404 of one that never was."""
    if await store.was_withdrawn(tx, payment_id):
        return Problem(410, "payment_removed")
    return Problem(404, "not_found")


async def _held(tx: Tx, principal: Principal, payment_id: str, if_match: IfMatchHeader) -> Mapping[str, Any]:
    """Return all that is said of a payment, which nobody else changes until the transaction ends."""
    await entries.hold(tx, principal.tenant_id, "collections")
    standing = await store.standing(tx, payment_id)
    if standing is None:
        raise await _missing(tx, payment_id)
    if_match.check(standing["number"])
    return standing


async def _write(
    tx: Tx, principal: Principal, payment_id: str, said: Mapping[str, Any], at: datetime
) -> Payment:
    on, today, of = said["payment_date"], day_of(at), said["bill_period"]
    if on > today:
        raise wrong("payment_date", "too_large", value=on, bound=today)
    values = {**said, "payment_type": payment_type(said["payment_type"], of, f"{on:%Y-%m}", paid_on=on)}
    entry_id = new_ulid()
    version = Version(
        payment_id,
        0,
        derived_id(entry_id, "row"),
        entry_id,
        at.isoformat(),
        said["nomen"],
        said["rayon"],
        values,
    )
    await entries.write(tx, "collections", principal.tenant_id, version, principal.user_id)
    await _tell(tx, principal, said["nomen"], payment_id, values, at=at)
    return await found(tx, payment_id)


async def _tell(
    tx: Tx,
    principal: Principal,
    nomen: str,
    payment_id: str,
    payment: Mapping[str, Any] | None,
    *,
    at: datetime,
) -> None:  # fmt: skip
    await outbox.add(
        tx,
        codec.payment_stands(principal.tenant_id, nomen, payment_id, payment),
        tenant_id=principal.tenant_id,
        key=codec.key(principal.tenant_id, nomen),
        cause=new_ulid(),
        label="payment",
        at=at,
    )

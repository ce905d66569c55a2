"""Payments that people enter, correct and take back."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from arus_runtime import outbox
from arus_runtime.auth import Principal
from arus_runtime.ids import derived_id, new_ulid
from arus_runtime.postgres import Tx
from arus_runtime.web import FieldProblem, IfMatchHeader, Problem

from arus_metering import codec
from arus_metering.commands.customers import known
from arus_metering.rules.payments import payment_type
from arus_metering.rules.reads import day_of
from arus_metering.state import Payment
from arus_metering.store import entries
from arus_metering.store import payments as store
from arus_metering.store.versions import Version


async def add(tx: Tx, principal: Principal, values: Mapping[str, Any], at: datetime) -> Payment:
    """Record a payment of a customer the books know."""
    customer = await known(tx, values["nomen"])
    return await _write(tx, principal, new_ulid(), {**values, "rayon": customer.rayon}, at)


async def change(
    tx: Tx,
    principal: Principal,
    payment_id: str,
    values: Mapping[str, Any],
    *,
    if_match: IfMatchHeader,
    at: datetime,
) -> Payment:
    """Correct a payment if the caller has seen the version; what it said before stays as an older one."""
    standing = await _held(tx, principal, payment_id, if_match)
    return await _write(tx, principal, payment_id, {**asdict(standing), **values}, at)


async def withdraw(
    tx: Tx, principal: Principal, payment_id: str, *, if_match: IfMatchHeader, at: datetime
) -> None:
    """Take a payment back if the caller has seen the version."""
    standing = await _held(tx, principal, payment_id, if_match)
    await store.withdraw(tx, payment_id)
    await _tell(tx, principal, standing.nomen, payment_id, None, at=at)


async def found(tx: Tx, payment_id: str) -> Payment:
    """Return a payment that stands; raises the 404."""
    payment = await store.one(tx, payment_id)
    if payment is None:
        raise Problem(404, "not_found")
    return payment


async def _held(tx: Tx, principal: Principal, payment_id: str, if_match: IfMatchHeader) -> Payment:
    """Return a payment that stands, which nobody else changes until the transaction ends."""
    await entries.hold(tx, principal.tenant_id, "collections")
    standing = await found(tx, payment_id)
    if_match.check(standing.version)
    return standing


async def _write(
    tx: Tx, principal: Principal, payment_id: str, said: Mapping[str, Any], at: datetime
) -> Payment:
    on, today = said["payment_date"], day_of(at)
    if on > today:
        raise Problem(
            422, "invalid_input",
            errors=[FieldProblem("payment_date", "too_large", {"value": on, "bound": today})],
        )  # fmt: skip
    of = said.get("bill_period") or f"{on:%Y-%m}"
    values = {
        **said,
        "source": store.MANUAL,
        "bill_period": of,
        "payment_type": payment_type(said.get("payment_type") or "", of, f"{on:%Y-%m}", paid_on=on),
        "bill_number": "",
        "channel": "",
        "receipt_number": said.get("receipt_number") or "",
        "volume_l": None,
        "penalty_minor": 0,
    }
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
    await entries.write(tx, "collections", principal.tenant_id, version)
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

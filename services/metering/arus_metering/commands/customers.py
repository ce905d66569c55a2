"""Customers that people enter and change, and meters that are replaced."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from arus_runtime import outbox
from arus_runtime.auth import Principal
from arus_runtime.ids import derived_id, new_ulid
from arus_runtime.postgres import Tx
from arus_runtime.web import FieldProblem, IfMatchHeader, Problem, wrong

from arus_metering import codec
from arus_metering.rules.reads import day_of
from arus_metering.state import Customer, Replacement
from arus_metering.store import customers as store
from arus_metering.store import entries
from arus_metering.store.versions import Version

REPLACEMENT_VERSION: Final = 1
"""Of every change of a meter: it stands as it was entered, or not at all."""
_FIELDS: Final = ("name", "address", "rayon", "usage_class", "serial", "is_active")
_SIZE: Final = "meter_size"
"""Who says it empty says nothing of it."""
_NOTHING_BILLED: Final = {
    "route": "",
    "bill_number": "",
    "target_minor": None,
    "volume_l": None,
}


async def add(tx: Tx, principal: Principal, values: Mapping[str, Any], at: datetime) -> Customer:
    """Record a customer; raises the 409 when their number is taken."""
    await entries.hold(tx, principal.tenant_id, "customer_periods")
    if await store.one(tx, values["nomen"]):
        entry = FieldProblem("nomen", "already_exists", {"value": values["nomen"]})
        raise Problem(
            409, "already_exists", errors=[entry], params={"field": "nomen", "value": values["nomen"]}
        )
    return await _enter(tx, principal, values, [name for name in (*_FIELDS, _SIZE) if values[name] != ""], at)


async def change(
    tx: Tx,
    principal: Principal,
    nomen: str,
    values: Mapping[str, Any],
    *,
    if_match: IfMatchHeader,
    at: datetime,
) -> Customer:  # fmt: skip
    """Change what is said of a customer if the caller has seen the version; no difference, no event."""
    await entries.hold(tx, principal.tenant_id, "customer_periods")
    standing = await known(tx, nomen)
    if_match.check(standing.version)
    changed = replace(standing, **values)
    said = [name for name in _FIELDS if getattr(changed, name) != getattr(standing, name)]
    if changed.meter_size not in ("", standing.meter_size):
        said.append(_SIZE)
    if not said:
        return standing
    return await _enter(tx, principal, vars_of(changed), said, at)


async def replace_meter(tx: Tx, principal: Principal, values: Mapping[str, Any], at: datetime) -> Replacement:
    """Record that a customer's meter was changed for another; raises the 422 of a day to come."""
    if (on := values["replaced_on"]) > (today := day_of(at)):
        raise wrong("replaced_on", "too_large", value=on, bound=today)
    await entries.hold(tx, principal.tenant_id, "meter_readings")
    await named(tx, values["nomen"])
    made = Replacement(id=new_ulid(), **values)
    await entries.note(tx, principal.tenant_id)
    await store.add_replacement(tx, principal.tenant_id, made, principal.user_id)
    await outbox.add(
        tx,
        codec.replaced(principal.tenant_id, made),
        tenant_id=principal.tenant_id,
        key=codec.key(principal.tenant_id, made.nomen),
        cause=made.id,
        label="replaced",
        at=at,
    )
    return made


async def withdraw_replacement(
    tx: Tx, principal: Principal, replacement_id: str, *, if_match: IfMatchHeader, at: datetime
) -> None:
    """Take a change of a meter back; raises the 404, the 410, the 412, the 409 of one that a file tells.

    It is told once no other change that says the same stands.
    """
    await entries.hold(tx, principal.tenant_id, "meter_readings")
    one = await found_replacement(tx, replacement_id)
    if one.import_id:
        raise Problem(
            409,
            "replacement_of_import",
            errors=[FieldProblem("import_id", "replacement_of_import", {"import_id": one.import_id})],
            params={"import_id": one.import_id},
        )
    if_match.check(REPLACEMENT_VERSION)
    await entries.note(tx, principal.tenant_id)
    await store.withdraw_replacement(tx, one.id, principal.user_id, at)
    standing = await store.replacements(tx, one.nomen)
    if any(replace(other, id=one.id) == one for other in standing):
        return
    await outbox.add(
        tx,
        codec.replacement_withdrawn(principal.tenant_id, one),
        tenant_id=principal.tenant_id,
        key=codec.key(principal.tenant_id, one.nomen),
        cause=one.id,
        label="replacement/withdrawn",
        at=at,
    )


async def found_replacement(tx: Tx, replacement_id: str) -> Replacement:
    """Return a change of a meter that stands, a person's or a file's; raises the 404, the 410."""
    one = await store.replacement(tx, replacement_id)
    if one is None and await store.was_withdrawn(tx, replacement_id):
        raise Problem(410, "replacement_removed")
    if one is None:
        raise Problem(404, "not_found")
    return one


async def known(tx: Tx, nomen: str) -> Customer:
    """Return a customer; raises the 404 when the books know none of this number."""
    customer = await store.one(tx, nomen)
    if customer is None:
        raise Problem(404, "not_found")
    return customer


async def named(tx: Tx, nomen: str) -> Customer:
    """Return a customer that a body names; raises the 422 when the books know none of this number."""
    customer = await store.one(tx, nomen)
    if customer is None:
        raise wrong("nomen", "unknown_reference", value=nomen)
    return customer


async def _enter(
    tx: Tx, principal: Principal, fields: Mapping[str, Any], said: Collection[str], at: datetime
) -> Customer:
    """Write what a person says of a customer as a version of this month, beside others, and tell it.

    said: names of fields; the others are there for who reads the books as the version of Arus before did.
    """
    nomen: str = fields["nomen"]
    month = f"{day_of(at):%Y-%m}"
    unsaid = [name for name in _FIELDS if name not in said]
    size = fields[_SIZE] if _SIZE in said else ""
    values = {**_NOTHING_BILLED, **fields, _SIZE: size, "period": month, "unsaid": unsaid}
    entry_id = new_ulid()
    version = Version(
        f"MANUAL/{month}/{nomen}/{entry_id}",
        0,
        derived_id(entry_id, "row"),
        entry_id,
        at.isoformat(),
        nomen,
        fields["rayon"],
        values,
    )
    await entries.write(tx, "customer_periods", principal.tenant_id, version, principal.user_id)
    customer = await store.settle(tx, principal.tenant_id, nomen)
    await outbox.add(
        tx,
        codec.customer_changed(principal.tenant_id, nomen, vars_of(customer)),
        tenant_id=principal.tenant_id,
        key=codec.key(principal.tenant_id, nomen),
        cause=entry_id,
        label="changed",
        at=at,
    )
    anew = await store.reads_told_with(tx, principal.tenant_id, nomen, month)
    for period, (reads, master) in anew.items():
        await outbox.add(
            tx,
            codec.reads_stand(principal.tenant_id, nomen, period, reads, master),
            tenant_id=principal.tenant_id,
            key=codec.key(principal.tenant_id, nomen),
            cause=entry_id,
            label=f"reads/{period}",
            at=at,
        )
    return customer


def vars_of(customer: Customer) -> Mapping[str, Any]:
    """Return a customer's fields by name."""
    return {name: getattr(customer, name) for name in customer.__slots__}
